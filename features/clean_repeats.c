/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clean_repeats.c - the rule of repeats: lines that say again what a line before them says, alone or with a few words around it. */
#include "features/clean.h"

#include <string.h>

enum {
    REPEAT_CHARS = 24, REPEAT_WORDS = 4, /* the least a line has that counts as repeated */
    PLACES = 4,                          /* of a line at which the beginning of another is looked for */
    COPY_WORDS = 6                       /* the least of a line found again inside another */
};

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

void nfi_cut_repeats(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    size_t want = 0;

    (void)c;
    for (size_t i = 0; i < t->nlive; i++)
        want += nfi_live_line(t, i)->words >= REPEAT_WORDS;
    if (want < 2 || t->nslot < 2 * want)
        return;
    memset(t->slot, 0, t->nslot * sizeof *t->slot);
    begins begun = {{0}};
    for (size_t i = 0; i < t->nlive; i++) {
        nfi_line *l = nfi_live_line(t, i);
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
