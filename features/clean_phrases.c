/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_phrases.c - phrases of pages that are not articles, as sequences of word hashes. The list is features/phrases.txt; users add their
 * own in the same form. Each is found by one word of it: marks of words say no to nearly every word of a text.
 */
#include "features/clean.h"

#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

enum { STARTS_MAX = 200 };
#define MAX_PHRASES 65536

static const char *const builtin[] = {
#include "features/clean_phrases.inc"
};

static const char *const kinds[] = {
    [NFI_PHRASE_IS] = "is", [NFI_PHRASE_STARTS] = "starts", [NFI_PHRASE_HAS] = "has", [NFI_PHRASE_TAIL] = "tail"};

/* Words of a phrase; # stands for a number. */
static size_t phrase_words(const char *p, size_t n, uint64_t word[NFI_PHRASE_WORDS + 1])
{
    size_t m = 0;

    for (size_t i = 0; i < n && m <= NFI_PHRASE_WORDS;) {
        size_t e = i;
        while (e < n && p[e] != '#')
            e++;
        m += nfi_clean_words(p + i, e - i, n - i, word + m, NFI_PHRASE_WORDS + 1 - m, NULL);
        if (e < n && m <= NFI_PHRASE_WORDS)
            word[m++] = NFI_WORD_NUMBER;
        i = e + 1;
    }
    return m;
}

nf_status nfi_phrases_add(nfi_phrases *p, nfi_buf *kept, const char *text, size_t n, const char *name, nf_err *err)
{
    uint64_t number = 0, word[NFI_PHRASE_WORDS + 1];

    for (size_t at = 0, next; at < n; at = next) {
        const char *nl = memchr(text + at, '\n', n - at);
        size_t end = nl ? (size_t)(nl - text) : n, kind = 0, len;
        next = nl ? end + 1 : end;
        number++;
        if (nfi_utf8_valid_prefix(text + at, end - at) < end - at)
            return NF_FAIL_AT(err, NF_EFORMAT, name, number, "not UTF-8");
        while (at < end && (unsigned char)text[at] <= ' ')
            at++;
        while (end > at && (unsigned char)text[end - 1] <= ' ')
            end--;
        if (at == end || text[at] == '#')
            continue;
        for (len = 0; at + len < end && text[at + len] > ' ';)
            len++;
        while (kind < sizeof kinds / sizeof *kinds && !(strlen(kinds[kind]) == len && memcmp(kinds[kind], text + at, len) == 0))
            kind++;
        if (kind == sizeof kinds / sizeof *kinds)
            return NF_FAIL_AT(err, NF_EFORMAT, name, number,
                              "\"%.*s\" is no kind of phrase, expected is, starts, has or tail, and then the words",
                              (int)(len < 40 ? len : 40), text + at);
        size_t m = phrase_words(text + at + len, end - at - len, word);
        if (m == 0 || m > NFI_PHRASE_WORDS)
            return NF_FAIL_AT(err, NF_EFORMAT, name, number, "a phrase has 1 to %d words", NFI_PHRASE_WORDS);
        if (p->n >= MAX_PHRASES)
            return NF_FAIL_AT(err, NF_ELIMIT, name, number, "more than %d phrases", MAX_PHRASES);
        NF_TRY(nfi_grow(&p->p, &p->cap, p->n + 1, sizeof *p->p, err));
        nfi_phrase *x = &p->p[p->n++];
        *x = (nfi_phrase){.n = (uint8_t)m, .kind = (uint8_t)kind};
        memcpy(x->word, word, m * sizeof *word);
        if (kept) {
            nfi_buf_put(kept, text + at, end - at);
            nfi_buf_putc(kept, '\n');
        }
    }
    return NF_OK;
}

nf_status nfi_phrases_builtin(nfi_phrases *p, nfi_buf *kept, nf_err *err)
{
    for (size_t i = 0; i < sizeof builtin / sizeof *builtin; i++)
        NF_TRY(nfi_phrases_add(p, kept, builtin[i], strlen(builtin[i]), "built-in phrases", err));
    return NF_OK;
}

static int by_words(const void *a, const void *b, void *ctx)
{
    const nfi_phrase *x = a, *y = b;

    (void)ctx;
    for (size_t i = 0; i < NFI_PHRASE_WORDS; i++)
        if (x->word[i] != y->word[i])
            return x->word[i] < y->word[i] ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

/* The word by which a phrase that stands anywhere is found: the first that is no function word, if it is among the first few. */
static size_t rare_word(const nfi_phrase *x, const nfi_word_marks *m)
{
    for (size_t k = 0; k < x->n && k < NFI_WORD_PLACES; k++)
        if (!(nfi_word_mark(m, x->word[k]) & NFI_WORD_IS_STOP))
            return k;
    return 0;
}

nf_status nfi_phrases_settle(nfi_phrases *p, nfi_word_marks *m, nf_err *err)
{
    size_t n = 0;

    NF_TRY(nfi_sort(p->p, p->n, sizeof *p->p, by_words, NULL, err));
    for (size_t i = 0; i < p->n; i++)
        if (n == 0 || by_words(&p->p[n - 1], &p->p[i], NULL) != 0)
            p->p[n++] = p->p[i];
    p->n = n;
    for (size_t i = 0; i < p->n; i++) {
        const nfi_phrase *x = &p->p[i];
        size_t k = rare_word(x, m);
        if (x->kind == NFI_PHRASE_HAS)
            m->of[x->word[k] >> 48] |= (uint8_t)(NFI_WORD_IN_PHRASE << k);
        else
            nfi_word_put(&p->first, x->word[0]);
    }
    return NF_OK;
}

void nfi_phrases_clear(nfi_phrases *p)
{
    nfi_free(p->p);
    *p = (nfi_phrases){0};
}

/* First of the phrases [lo, hi), alike in their first d words, whose word d is at least w. */
static size_t lower(const nfi_phrases *p, size_t lo, size_t hi, size_t d, uint64_t w)
{
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (p->p[mid].word[d] < w)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Phrases that begin at word i: the range of those that agree with the text is narrowed word by word. */
static unsigned match_at(const nfi_phrases *p, const uint64_t *word, size_t i, size_t n, uint32_t chars)
{
    size_t lo = 0, hi = p->n;
    unsigned flags = 0;

    for (size_t d = 0; d < NFI_PHRASE_WORDS && i + d < n; d++) {
        lo = lower(p, lo, hi, d, word[i + d]);
        if (lo == hi || p->p[lo].word[d] != word[i + d])
            break;
        hi = word[i + d] == UINT64_MAX ? hi : lower(p, lo, hi, d, word[i + d] + 1);
        for (; lo < hi && p->p[lo].n == d + 1; lo++) { /* one of a kind at most */
            bool whole = i == 0 && d + 1 == n;
            unsigned kind = p->p[lo].kind;
            if (kind == NFI_PHRASE_HAS || (kind == NFI_PHRASE_STARTS && i == 0 && chars <= STARTS_MAX) || (kind == NFI_PHRASE_IS && whole))
                flags |= NFI_LINE_PHRASE;
            else if (kind == NFI_PHRASE_TAIL && whole)
                flags |= NFI_LINE_PHRASE | NFI_LINE_TAIL;
        }
    }
    return flags;
}

unsigned nfi_phrases_match(const nfi_phrases *p, const nfi_word_marks *m, const uint64_t *word, size_t n, uint32_t chars,
                           const uint16_t *at, size_t nat)
{
    unsigned flags = 0;

    if (n && nfi_word_in(&p->first, word[0]))
        flags = match_at(p, word, 0, n, chars);
    for (size_t i = 0; i < nat; i++)
        for (size_t k = 0; k < NFI_WORD_PLACES && k <= at[i]; k++)
            if (nfi_word_mark(m, word[at[i]]) & NFI_WORD_IN_PHRASE << k)
                flags |= match_at(p, word, at[i] - k, n, chars);
    return flags;
}
