/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_shape.c - the rules of shape and position: which lines are the article, by what they look like and what stands around them.
 *
 * Shape. A line's score is a sum of what tells running text from menus and headlines: length, a sentence's end, function words, small
 * letters, link separators; in eighths of a nat. The lines are then parted into runs of article and of other things so that the sum of the
 * scores, less a price for each border, is largest (two states, Viterbi): a short line inside an article stays, a sentence inside a menu
 * goes. That needs something to hold on to: a text without any run of sentences, or with lines cut to a width, is left alone by this rule
 * and the next.
 *
 * The idea of length and function words as features, and of context deciding the doubtful, is that of Pomikalek (jusText, 2011) and of
 * Kohlschuetter, Fankhauser and Nejdl (WSDM 2010).
 */
#include "features/clean.h"

#include "base/try.h"

#include <string.h>

enum {
    BORDER = 34,        /* price of a border between article and other things */
    FORBIDDEN = -4000,  /* score of a line that cannot be article */
    MAIN_CHARS = 200,   /* the least a main text has */
    MAIN_LINE = 80,     /* with a line of so many characters that ends like a sentence */
    TAIL_AFTER = 240,   /* characters of running text before a tail may begin */
    HEAD_LINES = 14,    /* lines before the main text among which a headline is looked for */
    HEAD_SHARE = 34,    /* the least of a headline's words that the text takes up, in percent */
    HEAD_KEEP = 2       /* so many lines between headline and text stay whatever they are */
};

static inline int clip(int v, int lo, int hi) { return v < lo ? lo : v > hi ? hi : v; }

/* ---- scores ---- */

static int line_score(const nfi_line *l, bool stop_known)
{
    int chars = (int)(l->chars < 100000 ? l->chars : 100000), words = l->words, s = -24;

    if (words == 0)
        return -16;
    s += clip((chars - 40) * 24 / 60, 0, 24) + clip((chars - 100) * 8 / 150, 0, 8);
    if (l->flags & NFI_LINE_END && chars >= 25)
        s += 16;
    if (words >= 5)
        s += stop_known ? clip((l->stops * 100 / words - 12) * 16 / 20, 0, 16) : 10;
    s += 4 - 8 * l->capitals / words;
    s -= 12 * clip(l->separators, 0, 2);
    if (l->linked > 85)
        s -= l->linked > 170 ? 48 : 24;
    if (l->element == NF_ELEMENT_LIST || l->element == NF_ELEMENT_TABLE || l->element == NF_ELEMENT_CAPTION)
        s -= 8;
    if (l->flags & NFI_LINE_PHRASE)
        s = s < -24 ? s : -24;
    return s;
}

/* Lines that go on where the one before stopped for want of room. */
static bool is_wrapped(const nfi_text_lines *t)
{
    size_t joins = 0;

    for (size_t i = 1; i < t->nlive; i++) {
        const nfi_line *a = &t->line[t->live[i - 1]], *b = &t->line[t->live[i]];
        joins += a->chars >= 45 && a->chars <= 110 && !(a->flags & NFI_LINE_END) && b->flags & NFI_LINE_LOWER && !(b->flags & NFI_LINE_GAP);
    }
    return joins >= 3 && joins * 8 >= t->nlive;
}

nf_status nfi_clean_prepare(const nf_cleaner *c, nfi_text_lines *t, nf_err *err)
{
    uint64_t words = 0, stops = 0;
    size_t n = 0;

    (void)c;
    NF_TRY(nfi_grow(&t->live, &t->caplive, t->n, sizeof *t->live, err));
    NF_TRY(nfi_grow(&t->state, &t->capstate, t->n, sizeof *t->state, err));
    bool gap = false;
    for (size_t i = 0; i < t->n; i++) {
        nfi_line *l = &t->line[i];
        gap |= (l->flags & NFI_LINE_GAP) != 0;
        if (l->rule >= 0)
            continue;
        if (gap)
            l->flags |= NFI_LINE_GAP;
        gap = false;
        t->live[n++] = (uint32_t)i;
        if (l->chars >= 100) {
            words += l->words;
            stops += l->stops;
        }
    }
    t->nlive = n;
    bool stop_known = words < 30 || stops * 8 >= words;
    t->wrapped = is_wrapped(t);
    if (t->scored && stop_known == t->stop_known) /* that is all a round can change */
        return NF_OK;
    t->stop_known = stop_known;
    t->scored = true;
    for (size_t i = 0; i < n; i++) {
        nfi_line *l = &t->line[t->live[i]];
        l->score = (int16_t)line_score(l, t->stop_known);
    }
    return NF_OK;
}

/* ---- runs ---- */

typedef struct run {
    size_t from, to; /* live lines */
    uint64_t chars;  /* of lines that look like an article */
    bool sentence;   /* has a line that is one */
} run;

static void measure(nfi_text_lines *t, run *r)
{
    r->chars = 0;
    r->sentence = false;
    for (size_t i = r->from; i < r->to; i++) {
        const nfi_line *l = nfi_live_line(t, i);
        if (l->rule >= 0 || l->score <= 0)
            continue;
        r->chars += l->chars;
        r->sentence |= l->chars >= MAIN_LINE && l->flags & NFI_LINE_END;
    }
}

/* First live line from which on nothing belongs to the article; nlive when there is none. */
static size_t tail_start(nfi_text_lines *t)
{
    uint64_t chars = 0;

    for (size_t i = 0; i < t->nlive; i++) {
        const nfi_line *l = nfi_live_line(t, i);
        if (l->rule >= 0)
            continue;
        if (l->flags & NFI_LINE_TAIL && chars >= TAIL_AFTER)
            return i;
        if (l->score > 0)
            chars += l->chars;
    }
    return t->nlive;
}

/* State of every live line in t->state: 1 article, 0 other. */
static void part(nfi_text_lines *t, size_t tail)
{
    int64_t other = 0, article = -BORDER / 4;

    for (size_t i = 0; i < t->nlive; i++) {
        const nfi_line *l = nfi_live_line(t, i);
        int e = l->rule >= 0 || i >= tail ? FORBIDDEN : l->score;
        bool other_from_article = article - BORDER > other, article_from_other = other - BORDER > article;
        int64_t o = other_from_article ? article - BORDER : other, a = article_from_other ? other - BORDER : article;
        other = o - e;
        article = a + e;
        t->state[i] = (uint8_t)(other_from_article | article_from_other << 1);
    }
    unsigned s = article > other;
    for (size_t i = t->nlive; i-- > 0;) {
        unsigned back = t->state[i];
        t->state[i] = (uint8_t)s;
        s = s ? !(back & 2) : back & 1;
    }
}

static bool next_run(nfi_text_lines *t, size_t *at, run *r)
{
    while (*at < t->nlive && !t->state[*at])
        (*at)++;
    if (*at == t->nlive)
        return false;
    r->from = *at;
    while (*at < t->nlive && t->state[*at])
        (*at)++;
    r->to = *at;
    measure(t, r);
    return true;
}

static run main_run(nfi_text_lines *t)
{
    run best = {0}, r;

    for (size_t at = 0; next_run(t, &at, &r);)
        if (r.chars > best.chars)
            best = r;
    return best;
}

enum { SEEN = 1 << 12 };
static inline size_t seen_at(uint64_t word) { return word >> 52; }

/* A filter of the words of lines [from, to): bytes, for to set a bit waits for the one before. */
static void note_words(nfi_text_lines *t, size_t from, size_t to, uint8_t seen[SEEN])
{
    memset(seen, 0, SEEN);
    for (size_t i = from; i < to; i++) {
        const nfi_line *l = nfi_live_line(t, i);
        for (size_t k = 0; k < l->words; k++)
            seen[seen_at(t->word[l->word + k])] = 1;
    }
}

/* Share of the words of a line, function words and numbers aside, that are in the filter, in percent. */
static unsigned overlap(const nf_cleaner *c, const nfi_text_lines *t, const nfi_line *a, const uint8_t *seen)
{
    unsigned have = 0, found = 0;

    for (size_t i = 0; i < a->words && i < 24; i++) {
        uint64_t w = t->word[a->word + i];
        if (w == NFI_WORD_NUMBER || nfi_word_mark(&c->marks, w) & NFI_WORD_IS_STOP)
            continue;
        have++;
        found += seen[seen_at(w)];
    }
    return have >= 2 ? found * 100 / have : 0;
}

static inline bool may_stay(const nfi_line *l) { return l->rule < 0 && !(l->flags & NFI_LINE_PHRASE); }

/* The headline: of the lines before the main text the one whose words the text takes up most. Lines between stay if they are few, or look
 * like text. */
static void rescue_head(const nf_cleaner *c, nfi_text_lines *t, const run *m)
{
    size_t from = m->from > HEAD_LINES ? m->from - HEAD_LINES : 0, best = m->from, lines = m->to - m->from < 6 ? m->to : m->from + 6;
    unsigned share[HEAD_LINES] = {0}, most = 0;
    uint8_t seen[SEEN];

    if (m->from == from)
        return;
    note_words(t, m->from, lines, seen);
    for (size_t i = from; i < m->from; i++) {
        const nfi_line *l = nfi_live_line(t, i);
        if (l->rule >= 0 || l->flags & NFI_LINE_PHRASE || l->chars < 15 || l->chars > 200 || l->words < 3 || l->linked > 128)
            continue;
        unsigned o = overlap(c, t, l, seen);
        share[i - from] = o < HEAD_SHARE ? 0 : o + (l->element == NF_ELEMENT_HEADING ? 30 : 0);
        if (share[i - from] > most)
            most = share[i - from];
    }
    for (size_t i = m->from; i-- > from && most;) /* the first of those that are nearly as good */
        if (share[i - from] * 4 >= most * 3)
            best = i;
    if (best == m->from)
        return;
    t->state[best] = 1;
    size_t between = 0;
    for (size_t i = best + 1; i < m->from; i++)
        between += may_stay(nfi_live_line(t, i));
    for (size_t i = best + 1; i < m->from; i++)
        t->state[i] |= may_stay(nfi_live_line(t, i)) && (between <= HEAD_KEEP || nfi_live_line(t, i)->score > 0);
}

/* ---- the rules ---- */

void nfi_cut_shape(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    if (t->wrapped || t->nlive < 3)
        return;
    part(t, tail_start(t));
    run m = main_run(t);
    if (m.chars < MAIN_CHARS || !m.sentence)
        return;
    rescue_head(c, t, &m);
    size_t tail = tail_start(t);
    for (size_t i = 0; i < tail; i++)
        if (!t->state[i] && nfi_live_line(t, i)->rule < 0)
            nfi_live_line(t, i)->rule = (int8_t)rule;
}

/* Cuts the tail, and runs of text that are small and stand apart from the main one. */
void nfi_cut_position(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    (void)c;
    if (t->wrapped || t->nlive < 3)
        return;
    size_t tail = tail_start(t);
    part(t, tail);
    run m = main_run(t), r;
    if (m.chars < MAIN_CHARS || !m.sentence)
        return;
    for (size_t i = tail; i < t->nlive; i++)
        if (nfi_live_line(t, i)->rule < 0)
            nfi_live_line(t, i)->rule = (int8_t)rule;
    size_t last = m.to;
    for (size_t at = m.to; next_run(t, &at, &r);) {
        size_t gap = r.from - last;
        bool stays = r.chars * 4 >= m.chars && gap <= 12;
        if (stays)
            last = r.to;
        for (size_t i = r.from; !stays && i < r.to; i++)
            if (nfi_live_line(t, i)->rule < 0)
                nfi_live_line(t, i)->rule = (int8_t)rule;
    }
    for (size_t at = 0; next_run(t, &at, &r) && r.from < m.from;) {
        if (r.chars * 4 >= m.chars || m.from - r.to <= 4)
            continue;
        for (size_t i = r.from; i < r.to; i++)
            if (nfi_live_line(t, i)->rule < 0)
                nfi_live_line(t, i)->rule = (int8_t)rule;
    }
}
