/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_rules.c - the rules, in their order, over the lines that are left of a text.
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
#include "features/script.h"

#include <string.h>

enum {
    BORDER = 34,        /* price of a border between article and other things */
    FORBIDDEN = -4000,  /* score of a line that cannot be article */
    MAIN_CHARS = 200,   /* the least a main text has */
    MAIN_LINE = 80,     /* with a line of so many characters that ends like a sentence */
    TAIL_AFTER = 240,   /* characters of running text before a tail may begin */
    HEAD_LINES = 14,    /* lines before the main text among which a headline is looked for */
    HEAD_SHARE = 34,    /* the least of a headline's words that the text takes up, in percent */
    HEAD_KEEP = 2,      /* so many lines between headline and text stay whatever they are */
    REPEAT_CHARS = 24, REPEAT_WORDS = 4, /* the least a line has that counts as repeated */
    PLACES = 4,         /* of a line at which the beginning of another is looked for */
    COPY_WORDS = 6      /* the least of a line found again inside another */
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

static inline nfi_line *live(nfi_text_lines *t, size_t i) { return &t->line[t->live[i]]; }

/* ---- lines ---- */

static void cut_lines(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    if (c->frozen.n == 0)
        return;
    for (size_t i = 0; i < t->nlive; i++) {
        nfi_line *l = live(t, i);
        nfi_hash128 key;
        if (nfi_line_key(t, l, t->source, &key) && nfi_frozen_has(&c->frozen, key))
            l->rule = (int8_t)rule;
    }
}

/* ---- shape ---- */

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
        const nfi_line *l = live(t, i);
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
        const nfi_line *l = live(t, i);
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
        const nfi_line *l = live(t, i);
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
        const nfi_line *l = live(t, i);
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
        const nfi_line *l = live(t, i);
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
        between += live(t, i)->rule < 0 && !(live(t, i)->flags & NFI_LINE_PHRASE);
    for (size_t i = best + 1; i < m->from; i++)
        t->state[i] |= live(t, i)->rule < 0 && !(live(t, i)->flags & NFI_LINE_PHRASE) && (between <= HEAD_KEEP || live(t, i)->score > 0);
}

static void cut_shape(const nf_cleaner *c, nfi_text_lines *t, int rule)
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
        if (!t->state[i] && live(t, i)->rule < 0)
            live(t, i)->rule = (int8_t)rule;
}

/* ---- position ---- */

/* Cuts the tail, and runs of text that are small and stand apart from the main one. */
static void cut_position(const nf_cleaner *c, nfi_text_lines *t, int rule)
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
        if (live(t, i)->rule < 0)
            live(t, i)->rule = (int8_t)rule;
    size_t last = m.to;
    for (size_t at = m.to; next_run(t, &at, &r);) {
        size_t gap = r.from - last;
        bool stays = r.chars * 4 >= m.chars && gap <= 12;
        if (stays)
            last = r.to;
        for (size_t i = r.from; !stays && i < r.to; i++)
            if (live(t, i)->rule < 0)
                live(t, i)->rule = (int8_t)rule;
    }
    for (size_t at = 0; next_run(t, &at, &r) && r.from < m.from;) {
        if (r.chars * 4 >= m.chars || m.from - r.to <= 4)
            continue;
        for (size_t i = r.from; i < r.to; i++)
            if (live(t, i)->rule < 0)
                live(t, i)->rule = (int8_t)rule;
    }
}

/* ---- script ---- */

static void cut_script(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    uint64_t letters[NFI_SCRIPTS] = {0}, all = 0;
    unsigned most = 0;

    (void)c;
    if ((t->scripts & (t->scripts - 1)) == 0)
        return;
    for (size_t i = 0; i < t->nlive; i++) {
        const nfi_line *l = live(t, i);
        uint64_t n = l->flags & NFI_LINE_WHOLE ? l->letters : l->chars;
        letters[l->script] += n;
        all += n;
    }
    for (unsigned k = 1; k < NFI_SCRIPTS; k++)
        if (letters[k] > letters[most] || most == 0)
            most = k;
    if (letters[most] * 10 < all * 7) /* no one script is the text's own */
        return;
    for (size_t i = 0; i < t->nlive; i++) {
        nfi_line *l = live(t, i);
        if (l->rule < 0 && l->script && l->script != most && l->flags & NFI_LINE_WHOLE &&
            (l->script != NFI_SCRIPT_LATIN || l->letters >= 20))
            l->rule = (int8_t)rule;
    }
}

/* ---- repeats ---- */

/* Words are hashes: a sum that tells their order is enough. */
static inline uint64_t hash_words(const uint64_t w[REPEAT_WORDS])
{
    uint64_t h = w[0] + 3 * w[1] + 5 * w[2] + 9 * w[3];
    return h ^ h >> 32;
}
_Static_assert(REPEAT_WORDS == 4, "four words");

/* Whether a line may begin with words of this hash: a filter that keeps most lines of most texts from the table. */
enum { BEGIN_BITS = 1024 };
typedef struct begins {
    uint64_t bit[BEGIN_BITS / 64];
} begins;

static inline unsigned may_begin(const begins *b, uint64_t h) { return b->bit[h >> 6 & (BEGIN_BITS / 64 - 1)] >> (h & 63) & 1; }

/* The slot of a line that begins with these words, or the free one for it; NULL when many others are in its way (prepared text). */
static uint32_t *find_slot(nfi_text_lines *t, const uint64_t *w)
{
    size_t mask = t->nslot - 1, k = (size_t)hash_words(w) & mask;

    for (int probes = 0; probes < 64; probes++, k = (k + 1) & mask)
        if (!t->slot[k] || memcmp(t->word + t->line[t->slot[k] - 1].word, w, REPEAT_WORDS * sizeof *w) == 0)
            return &t->slot[k];
    return NULL;
}

/* Is all of line a inside the first words of b, which says little else and is no sentence? */
static bool copied(const nfi_text_lines *t, const nfi_line *a, const nfi_line *b, size_t at)
{
    return a->words >= COPY_WORDS && at + a->words <= b->words && a->words * 5 >= b->words * 3 && !(b->flags & NFI_LINE_END && at == 0) &&
           memcmp(t->word + a->word, t->word + b->word + at, a->words * sizeof *t->word) == 0;
}

static void cut_repeats(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    size_t want = 0;

    (void)c;
    for (size_t i = 0; i < t->nlive; i++)
        want += live(t, i)->words >= REPEAT_WORDS;
    if (want < 2 || t->nslot < 2 * want)
        return;
    memset(t->slot, 0, t->nslot * sizeof *t->slot);
    begins begun = {{0}};
    for (size_t i = 0; i < t->nlive; i++) {
        nfi_line *l = live(t, i);
        const uint64_t *w = t->word + l->word;
        if (l->rule >= 0 || l->words < REPEAT_WORDS || l->chars < REPEAT_CHARS || !(l->flags & NFI_LINE_WHOLE))
            continue;
        size_t places = l->words - REPEAT_WORDS + 1u < PLACES ? l->words - REPEAT_WORDS + 1u : PLACES;
        uint32_t *own = find_slot(t, w); /* for the line itself */
        uint64_t first = hash_words(w);
        unsigned may = may_begin(&begun, first);
        bool hit = false;
        for (size_t at = 1; at < places; at++)
            may |= may_begin(&begun, hash_words(w + at));
        begun.bit[first >> 6 & (BEGIN_BITS / 64 - 1)] |= UINT64_C(1) << (first & 63);
        for (size_t at = 0; at < places && may && !hit; at++) {
            uint32_t *s = at ? find_slot(t, w + at) : own;
            if (!s || !*s)
                continue;
            const nfi_line *a = &t->line[*s - 1];
            hit = (at == 0 && a->words == l->words && memcmp(t->word + a->word, w, l->words * sizeof *w) == 0 &&
                   nfi_line_numbers(t, a) == nfi_line_numbers(t, l)) ||
                  copied(t, a, l, at);
        }
        if (hit)
            l->rule = (int8_t)rule;
        else if (own && !*own)
            *own = (uint32_t)(l - t->line) + 1;
    }
}

/* ---- phrases ---- */

static void cut_phrases(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    (void)c;
    for (size_t i = 0; i < t->nlive; i++) {
        nfi_line *l = live(t, i);
        if (l->rule < 0 && l->flags & NFI_LINE_PHRASE)
            l->rule = (int8_t)rule;
    }
}

const nfi_clean_rule nfi_clean_rules[NFI_RULES] = {
    [NFI_RULE_LINES] = {"lines", "lines that the line table knows from many documents of the source", cut_lines},
    [NFI_RULE_SHAPE] = {"shape", "lines that look like menus, links and headlines, among lines that do", cut_shape},
    [NFI_RULE_POSITION] = {"position", "text that stands apart from the article: teasers before it, comments and other stories after it",
                           cut_position},
    [NFI_RULE_SCRIPT] = {"script", "lines in another script than the text", cut_script},
    [NFI_RULE_REPEATS] = {"repeats", "lines that say again what a line before them says", cut_repeats},
    [NFI_RULE_PHRASES] = {"phrases", "lines with a phrase of the list", cut_phrases},
};
