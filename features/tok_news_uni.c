/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tok_news_uni.c - the half of the `news` tokeniser that meets characters beyond ASCII; the rules stand in tok_news.c.
 *
 * Letters of scripts without spaces are handed on one by one and make pairs across segments and blocks (run).
 *
 * Where the short way (tok_news_plain.c) gives up: decode and drop, decide joiners on a shadow of one byte a character, cut by UAX #29,
 * fold each segment. Works on blocks of BLOCK characters, so memory does not grow with the text; a segment longer than a block is longer
 * than any token and is dropped.
 */
#include "features/tok_news.h"

#include "base/utf8.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

#include <string.h>

enum {
    BLOCK = 16384,
    MARGIN = 4096,          /* characters at a block's end that may still change: 64 bases of look-ahead and their marks */
    MAX_SEGMENT = 256 * 31, /* more characters than this (bases and marks) are more than NFI_MAX_TOKEN bytes */
    MAX_FOLDED = 2048,      /* characters of one folded segment, decomposed */
    DEAD = NFI_WB_OTHER     /* class of what separates */
};

/* The last letter (with its marks) of a run of a script without spaces; n == 0: there is no run. */
typedef struct run {
    uint32_t cp[NFI_MAX_TOKEN / 2];
    size_t n;
    bool alone; /* no pair was made of it yet */
} run;

/* Scratch for n characters. */
typedef struct piece {
    uint32_t *cp, *off; /* character, and where it stands in the chunk */
    uint32_t *at;       /* shadow -> character */
    uint16_t *rec;
    uint8_t *brk;
    char *shadow;
    size_t n;
    struct piece *folded; /* scratch of MAX_FOLDED characters for a folded segment */
    run *run;             /* the run of letters that the last segment belongs to */
} piece;

/* Record with the tailored class of everything but joiners. */
static unsigned tailored(uint32_t cp)
{
    unsigned rec = nfi_wb(cp), cls = rec & NFI_WB_CLASS;

    if ((rec & NFI_WB_RUN) || (cls == NFI_WB_EXTENDNUMLET && cp != '_') || cp == 0x2044 ||
        (cls == NFI_WB_EXTEND && !(rec & (NFI_WB_MARK | NFI_WB_WORD))))
        rec = (rec & ~(unsigned)NFI_WB_CLASS) | DEAD;
    if (cls == NFI_WB_EXTEND) /* the half-width sound marks are letters, but make no token by themselves */
        rec &= ~(unsigned)NFI_WB_WORD;
    return rec;
}

/* Records, tailored by context, and boundaries of the characters of p. */
static void cut(piece *p)
{
    size_t m = 0;

    for (size_t i = 0; i < p->n; i++) {
        uint32_t cp = p->cp[i];
        unsigned rec = tailored(cp), cls = rec & NFI_WB_CLASS;
        p->rec[i] = (uint16_t)rec;
        if (cls == NFI_WB_EXTEND) { /* belongs to its base, which thereby is no ASCII letter any more */
            if (m > 0 && news_is_ascii_word((unsigned char)p->shadow[m - 1]))
                p->shadow[m - 1] = p->shadow[m - 1] <= '9' ? NEWS_DIGIT : NEWS_LETTER;
            continue;
        }
        p->at[m] = (uint32_t)i;
        p->shadow[m++] = cp < 0x80                                              ? (char)cp
                         : cls == NFI_WB_ALETTER || cls == NFI_WB_HEBREW_LETTER ? NEWS_LETTER
                         : cls == NFI_WB_NUMERIC                                ? NEWS_DIGIT
                                                                                : ' ';
    }
    for (size_t k = 0; k < m; k++) {
        char c = p->shadow[k];
        if (c != '\'' && c != ',' && c != '.' && c != '_' && c != ':' && c != ';')
            continue;
        unsigned char l = k > 0 ? (unsigned char)p->shadow[k - 1] : ' ', r = k + 1 < m ? (unsigned char)p->shadow[k + 1] : ' ';
        bool join = (news_is_ascii_word(l) || l >= 0x80) && (news_is_ascii_word(r) || r >= 0x80) && nfi_news_joins(p->shadow, m, k) > k;
        p->rec[p->at[k]] = join ? NFI_WB_ALETTER : DEAD;
    }
    nfi_wb_break(p->rec, p->n, p->brk);
}

/* Emits characters as they are; too many bytes are counted as dropped. A single ASCII character is nothing. */
static void emit(nfi_tokbuf *b, const uint32_t *cp, size_t n)
{
    char out[NFI_MAX_TOKEN + 4];
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        m += nfi_utf8_encode(out + m, cp[i]);
        if (m > NFI_MAX_TOKEN) {
            b->dropped++;
            return;
        }
    }
    if (m >= 2)
        nfi_tok_emit(b, out, m);
}

/* Ends a run; one letter by itself is a token. */
static void end_run(nfi_tokbuf *b, run *r)
{
    if (r->n && r->alone)
        emit(b, r->cp, r->n);
    r->n = 0;
}

/* Adds a letter, folded, with its marks: a token with the one before. */
static void add_to_run(nfi_tokbuf *b, run *r, const uint32_t *cp, size_t n)
{
    size_t max = sizeof r->cp / sizeof *r->cp / 2;

    if (n > max) { /* more marks than are kept; cannot be */
        end_run(b, r);
        emit(b, cp, n);
        return;
    }
    r->alone = r->n == 0;
    if (r->n) {
        memcpy(r->cp + r->n, cp, n * sizeof *cp);
        emit(b, r->cp, r->n + n);
    }
    memcpy(r->cp, cp, n * sizeof *cp);
    r->n = n;
}

/* Letters, numbers and marks alone? */
static bool is_solid(const uint32_t *cp, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cp[i] == 0x2bc || !(nfi_wb(cp[i]) & (NFI_WB_WORD | NFI_WB_MARK)))
            return false;
    return true;
}

/* Cuts a folded segment, q->cp[0..n), once more: folding may bring up blanks and punctuation. */
static void emit_folded(nfi_tokbuf *b, piece *q, size_t n)
{
    q->n = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = news_same_as(q->cp[i]);
        if (!(nfi_wb(c) & NFI_WB_DROP))
            q->cp[q->n++] = c;
    }
    cut(q);
    for (size_t s = 0, e; s < q->n; s = e) {
        bool word = q->rec[s] & NFI_WB_WORD;
        for (e = s + 1; e < q->n && !q->brk[e]; e++)
            word |= (q->rec[e] & NFI_WB_WORD) != 0;
        if (q->rec[s] & NFI_WB_RUN) {
            add_to_run(b, q->run, q->cp + s, e - s);
            continue;
        }
        end_run(b, q->run);
        if (word)
            emit(b, q->cp + s, e - s);
    }
}

/* A segment of ASCII characters: the same decisions as on the mask path. */
static void ascii_segment(nfi_tokbuf *b, const uint32_t *cp, size_t len, const char *text, size_t n, size_t s, size_t e)
{
    char raw[NFI_MAX_TOKEN];
    bool special = false;

    if (len < 2)
        return;
    if (len > NFI_MAX_TOKEN) {
        b->dropped++;
        return;
    }
    for (size_t i = 0; i < len; i++) {
        raw[i] = (char)cp[i];
        special |= !news_is_ascii_word(cp[i]);
    }
    if (special || len <= 3) {
        nfi_news_ascii(b, raw, len, text, n, s, e);
        return;
    }
    for (size_t i = 0; i < len; i++)
        raw[i] = raw[i] >= 'A' && raw[i] <= 'Z' ? (char)(raw[i] | 0x20) : raw[i];
    nfi_tok_emit(b, raw, len);
}

/* A letter of a script without spaces, with its marks: [s, e) of p. */
static void run_segment(nfi_tokbuf *b, piece *p, size_t s, size_t e)
{
    piece *q = p->folded;

    if (e - s == 1 && (p->rec[s] & NFI_WB_FAST)) {
        add_to_run(b, p->run, p->cp + s, 1);
        return;
    }
    size_t len = e - s > MAX_SEGMENT ? SIZE_MAX : nfi_uni_fold(q->cp, MAX_FOLDED, p->cp + s, e - s);
    if (len == SIZE_MAX) {
        end_run(b, p->run);
        b->dropped++;
    } else if (is_solid(q->cp, len)) {
        add_to_run(b, p->run, q->cp, len);
    } else {
        emit_folded(b, q, len);
    }
}

/* Emits segment [s, e) of p, which holds a letter or number; overwrites it. */
static void segment(nfi_tokbuf *b, piece *p, size_t s, size_t e, const char *text, size_t n, size_t base)
{
    uint32_t *word = p->cp + s;
    unsigned all = NFI_WB_FAST;
    uint32_t any = 0;
    bool dotted = false;
    size_t m = 0;

    for (size_t i = s; i < e; i++)
        any |= p->cp[i];
    if (any < 0x80) {
        uint32_t last;
        size_t end = base + p->off[e - 1];
        end += nfi_utf8_decode(text + end, n - end, &last);
        ascii_segment(b, p->cp + s, e - s, text, n, base + p->off[s], end);
        return;
    }
    if (e - s > MAX_SEGMENT) {
        b->dropped++;
        return;
    }
    if (e - s > 2 && p->cp[e - 2] == '\'' && (p->cp[e - 1] | 0x20) == 's')
        e -= 2;
    for (size_t i = s, letters = 0; i < e; i++) { /* one letter, dot, one letter, ... */
        unsigned cls = nfi_wb(p->cp[i]) & NFI_WB_CLASS;
        if (cls == NFI_WB_EXTEND)
            continue;
        if (p->cp[i] == '.') {
            dotted = true;
            letters = 0;
        } else if ((cls != NFI_WB_ALETTER && cls != NFI_WB_HEBREW_LETTER) || ++letters > 1) {
            dotted = false;
            break;
        }
    }
    for (size_t i = s; i < e; i++) {
        uint32_t cp = p->cp[i];
        if (cp == '.' && dotted)
            continue;
        unsigned rec = nfi_wb(cp);
        if (cp >= 0x80 || news_is_ascii_word(cp))
            all &= rec;
        word[m++] = cp == '"' ? 0x5f4 : (rec & NFI_WB_FAST) && (rec & NFI_WB_CHANGES) && cp >= 0x80 ? nfi_uni_fold_fast(cp) : cp;
    }
    if (all) { /* nothing but letters that fold one to one, and ASCII joiners */
        for (size_t i = 0; i < m; i++)
            word[i] = word[i] >= 'A' && word[i] <= 'Z' ? word[i] | 0x20 : word[i];
        emit(b, word, m);
        return;
    }
    piece *q = p->folded;
    size_t len = nfi_uni_fold(q->cp, MAX_FOLDED, word, m);
    if (len == SIZE_MAX)
        b->dropped++;
    else if (is_solid(q->cp, len))
        emit(b, q->cp, len);
    else
        emit_folded(b, q, len);
}

/* Emits the segments that begin in [s, e). */
static void segments(nfi_tokbuf *b, piece *p, size_t s, size_t e, const char *text, size_t n, size_t base)
{
    while (s < e && !b->failed) {
        bool word = p->rec[s] & NFI_WB_WORD;
        size_t z = s + 1;
        for (; z < p->n && !p->brk[z]; z++)
            word |= (p->rec[z] & NFI_WB_WORD) != 0;
        if (p->rec[s] & NFI_WB_RUN) {
            run_segment(b, p, s, z);
        } else {
            end_run(b, p->run);
            if (word)
                segment(b, p, s, z, text, n, base);
        }
        s = z;
    }
}

/* Lays both pieces out in the scratch of b. */
static bool make_pieces(nfi_tokbuf *b, piece *p, size_t cap, piece *q, run *r)
{
    size_t all = cap + MAX_FOLDED;

    b->work.n = 0;
    if (nfi_grow(&b->cps, &b->capcps, 3 * all, sizeof *b->cps, NULL) != NF_OK || !nfi_buf_reserve(&b->work, 4 * all)) {
        b->failed = true;
        return false;
    }
    uint16_t *rec = (uint16_t *)(void *)b->work.p;
    uint8_t *brk = (uint8_t *)(rec + all);
    char *shadow = (char *)(brk + all);
    *p =
        (piece){.cp = b->cps, .off = b->cps + all, .at = b->cps + 2 * all, .rec = rec, .brk = brk, .shadow = shadow, .folded = q, .run = r};
    *q = (piece){
        .cp = p->cp + cap, .off = p->off + cap, .at = p->at + cap, .rec = rec + cap, .brk = brk + cap, .shadow = shadow + cap, .run = r};
    return true;
}

/*
 * The last place at or before from where the characters may be parted, 0 if there is none: before one that nothing reaches across, else a
 * boundary.
 */
static size_t cut_off(const piece *p, size_t from)
{
    size_t last = from;

    while (last > 0 && ((p->rec[last] & NFI_WB_CLASS) != NFI_WB_OTHER || (p->cp[last] < 0x80 && strchr("-.,:;_'", (int)p->cp[last]))))
        last--;
    if (last > 0)
        return last;
    for (last = from; last > 0 && !p->brk[last]; last--)
        ;
    return last;
}

/* The long way: one stretch. */
static void any_chunk(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e)
{
    size_t cap = e - s < BLOCK ? e - s : BLOCK, pos = s, marks = 0;
    bool skipping = false; /* inside a segment that is longer than a block */
    piece p, q;
    run r;

    r.n = 0;
    if (!make_pieces(b, &p, cap, &q, &r))
        return;
    while (!b->failed) {
        while (pos < e && p.n < cap) {
            uint32_t cp;
            size_t len = nfi_utf8_decode(text + pos, e - pos, &cp);
            unsigned rec = nfi_wb(cp);
            if (!(rec & NFI_WB_DROP)) {
                marks = rec & NFI_WB_MARK ? marks + 1 : 0;
                if (marks <= NFI_MAX_MARKS) {
                    p.cp[p.n] = news_same_as(cp);
                    p.off[p.n++] = (uint32_t)(pos - s);
                }
            }
            pos += len;
        }
        cut(&p);
        size_t first = 0, last = p.n;
        if (skipping)
            for (first = 1; first < p.n && !p.brk[first]; first++)
                ;
        if (pos >= e) {
            segments(b, &p, first, p.n, text, n, s);
            end_run(b, &r);
            return;
        }
        last = cut_off(&p, p.n - MARGIN);
        if (last > 0 && last >= first) {
            segments(b, &p, first, last, text, n, s);
            skipping = false;
        } else {
            if (!skipping)
                b->dropped++;
            end_run(b, &r);
            skipping = true;
            size_t floor = p.n - MARGIN - 2 * NFI_MAX_MARKS;
            for (last = p.n - MARGIN; last > floor && !(p.rec[last] & NFI_WB_WORD); last--)
                ; /* go on at a letter, not at a mark or a joiner */
        }
        memmove(p.cp, p.cp + last, (p.n - last) * sizeof *p.cp);
        memmove(p.off, p.off + last, (p.n - last) * sizeof *p.off);
        p.n -= last;
    }
}

void nfi_news_chunk(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e)
{
    while ((s = nfi_news_plain(b, text, n, s, e)) < e && !b->failed) {
        size_t end = s;
        while (end < e && !nfi_is_blank(text[end]))
            end++;
        any_chunk(b, text, n, s, end);
        s = end;
    }
}
