/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_phrases.c - phrases of pages that are not articles, as sequences of word hashes. The list is features/phrases.txt; users add their
 * own in the same form. Those that stand anywhere are found by one word: marks of words say no to nearly every word of a text.
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

/*
 * Word m of x: the longest of the first few is the one by which it is found, if it begins with letters of ASCII; rather one that another
 * follows than the last.
 */
static void choose_word(nfi_phrase *x, size_t m, uint32_t head, size_t letters)
{
    if (m >= NFI_WORD_PLACES || letters <= x->letters || letters < NFI_PHRASE_HEAD - 1 || (head & 0xff) >= 0x80)
        return;
    x->rare = (uint8_t)m;
    x->head = head;
    x->letters = (uint8_t)(letters < UINT8_MAX ? letters : UINT8_MAX);
}

/* Fills x from its words, # standing for a number, and returns how many there are; more than NFI_PHRASE_WORDS are too many. */
static size_t phrase_words(const char *p, size_t n, nfi_phrase *x)
{
    size_t m = 0, letters = 0;
    uint32_t head = 0;

    for (size_t i = 0, end; i < n; i = end) {
        const char *number = memchr(p + i, '#', n - i);
        uint64_t word = NFI_WORD_NUMBER;
        end = number == p + i ? i + 1 : nfi_clean_word(p, i, number ? (size_t)(number - p) : n, &word);
        if (!word)
            continue;
        if (m > 0)
            choose_word(x, m - 1, head, letters);
        if (m == NFI_PHRASE_WORDS)
            return m + 1;
        head = nfi_clean_head(p, i, end, &letters);
        x->word[m++] = word;
    }
    if (m > 0 && x->letters <= NFI_PHRASE_HEAD)
        choose_word(x, m - 1, head, letters);
    return m;
}

nf_status nfi_phrases_add(nfi_phrases *p, nfi_buf *kept, const char *text, size_t n, const char *name, nf_err *err)
{
    uint64_t number = 0;

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
        nfi_phrase x = {.kind = (uint8_t)kind};
        size_t m = phrase_words(text + at + len, end - at - len, &x);
        if (m == 0 || m > NFI_PHRASE_WORDS)
            return NF_FAIL_AT(err, NF_EFORMAT, name, number, "a phrase has 1 to %d words", NFI_PHRASE_WORDS);
        if (p->n >= MAX_PHRASES)
            return NF_FAIL_AT(err, NF_ELIMIT, name, number, "more than %d phrases", MAX_PHRASES);
        NF_TRY(nfi_grow(&p->p, &p->cap, p->n + 1, sizeof *p->p, err));
        x.n = (uint8_t)m;
        p->p[p->n++] = x;
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

/* How a phrase that stands anywhere is found. Of a head of three letters any byte may be the fourth: they may be all there are. */
static void put_rare(nfi_phrases *p, const nfi_phrase *x, nfi_word_marks *m)
{
    uint32_t last = x->letters < NFI_PHRASE_HEAD ? 255 : 0;
    uint64_t word = x->word[x->rare];

    m->of[word >> 48] |= (uint8_t)(NFI_WORD_IN_PHRASE << x->rare);
    nfi_word_put(&p->pairs, nfi_phrase_pair(word, x->rare + 1 < x->n ? x->word[x->rare + 1] : 0));
    p->anywhere |= x->letters == 0;
    for (uint32_t c = 0; c <= last; c++)
        p->head[nfi_phrase_head(x->head | c << 24)] = true;
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
        if (x->kind == NFI_PHRASE_HAS)
            put_rare(p, x, m);
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

bool nfi_phrases_go_on(const nfi_phrases *p, const uint64_t *word, size_t n)
{
    size_t lo = 0, hi = p->n;

    for (size_t d = 0; d < n; d++) {
        if (d == NFI_PHRASE_WORDS)
            return false;
        lo = lower(p, lo, hi, d, word[d]);
        hi = word[d] == UINT64_MAX ? hi : lower(p, lo, hi, d, word[d] + 1);
    }
    return lo < hi;
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
