/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean_content.c - the cleaner as bytes, which statistics and models keep.
 *
 * The content is text, then keys:
 *
 *   version=3
 *   rules=lines,shape,position,script,repeats,phrases   those in use, in this order; "none"
 *   phrases=N                                           N bytes follow: phrases, one a line, newsframe-phrases(5) without comments
 *   lines=N                                             N keys of 16 bytes follow, rising: XXH128 of a line, see clean_lines.c
 */
#include "features/clean.h"

#include "base/num.h"
#include "base/try.h"

#include <stdio.h>
#include <string.h>

static const char *const function_words[] = {
#include "features/clean_words.inc"
};

unsigned nfi_clean_find_rule(const char *name, size_t n)
{
    for (unsigned k = 0; k < NFI_RULES; k++)
        if (strlen(nfi_clean_rules[k].name) == n && memcmp(nfi_clean_rules[k].name, name, n) == 0)
            return 1u << k;
    return 0;
}

static void mark_stop(nfi_word_marks *m)
{
    for (size_t i = 0; i < sizeof function_words / sizeof *function_words; i++) {
        uint64_t h = 0;
        (void)nfi_clean_words(function_words[i], strlen(function_words[i]), strlen(function_words[i]), &h, 1, NULL);
        m->of[h >> 48] |= NFI_WORD_IS_STOP;
    }
}

void nfi_cleaner_begin(nf_cleaner *c, unsigned rules)
{
    c->rules = rules;
    if (rules & 1u << NFI_RULE_PHRASES)
        c->phrase_flags |= NFI_LINE_PHRASE;
    if (rules & 1u << NFI_RULE_POSITION)
        c->phrase_flags |= NFI_LINE_TAIL;
    mark_stop(&c->marks);
}

/* The bytes of c, and their hash. */
nf_status nfi_cleaner_spell(nf_cleaner *c, const nfi_buf *phrases, nf_err *err)
{
    nfi_buf *b = &c->content;
    char line[64];

    snprintf(line, sizeof line, "version=%d\nrules=", NFI_CLEAN_VERSION);
    nfi_buf_puts(b, line);
    for (unsigned k = 0, any = 0; k < NFI_RULES; k++) {
        if (!(c->rules & 1u << k))
            continue;
        nfi_buf_puts(b, any++ ? "," : "");
        nfi_buf_puts(b, nfi_clean_rules[k].name);
    }
    nfi_buf_puts(b, c->rules ? "\n" : "none\n");
    snprintf(line, sizeof line, "phrases=%zu\n", phrases->n);
    nfi_buf_puts(b, line);
    nfi_buf_put(b, phrases->p, phrases->n);
    snprintf(line, sizeof line, "lines=%zu\n", c->frozen.n);
    nfi_buf_puts(b, line);
    for (size_t i = 0; i < c->frozen.n; i++) {
        unsigned char key[16];
        for (int k = 0; k < 8; k++) {
            key[k] = (unsigned char)(c->frozen.key[i].hi >> 8 * k);
            key[8 + k] = (unsigned char)(c->frozen.key[i].lo >> 8 * k);
        }
        nfi_buf_put(b, key, sizeof key);
    }
    if (!nfi_buf_ok(b) || !nfi_buf_ok(phrases))
        return nfi_oom(err, "a cleaner");
    nfi_hash128 h = nfi_xxh128(b->p, b->n);
    snprintf(c->id, sizeof c->id, "%016llx%016llx", (unsigned long long)h.hi, (unsigned long long)h.lo);
    return NF_OK;
}

/* ---- from bytes ---- */

#define REFUSE(err, name, ...) NF_FAIL_AT(err, NF_EMODEL, name, 0, __VA_ARGS__)

/* The value of "key=value\n" at *at, which moves past it; false when it is not there. */
static bool take_value(const char *p, size_t n, size_t *at, const char *key, const char **v, size_t *len)
{
    size_t k = strlen(key);
    const char *nl = *at < n ? memchr(p + *at, '\n', n - *at) : NULL;

    if (!nl || (size_t)(nl - (p + *at)) < k + 1 || memcmp(p + *at, key, k) != 0 || p[*at + k] != '=')
        return false;
    *v = p + *at + k + 1;
    *len = (size_t)(nl - *v);
    *at = (size_t)(nl - p) + 1;
    return true;
}

static bool take_count(const char *p, size_t n, size_t *at, const char *key, uint64_t *out)
{
    const char *v;
    size_t len;
    return take_value(p, n, at, key, &v, &len) && nfi_parse_u64(v, len, out);
}

static bool parse_rules(const char *v, size_t n, unsigned *rules)
{
    *rules = 0;
    if (n == 4 && memcmp(v, "none", 4) == 0)
        return true;
    for (size_t i = 0; i <= n;) {
        const char *comma = i < n ? memchr(v + i, ',', n - i) : NULL;
        size_t e = comma ? (size_t)(comma - v) : n;
        unsigned bit = nfi_clean_find_rule(v + i, e - i);
        if (!bit || bit <= *rules) /* they stand in order */
            return false;
        *rules |= bit;
        i = e + 1;
    }
    return true;
}

static uint64_t get64(const unsigned char *p)
{
    uint64_t v = 0;
    for (int k = 7; k >= 0; k--)
        v = v << 8 | p[k];
    return v;
}

nf_status nfi_cleaner_from_content(nf_cleaner **out, const void *data, size_t n, const char *name, nf_err *err)
{
    const char *p = data, *v;
    size_t at = 0, len;
    uint64_t version, nphrases, nlines;
    unsigned rules;
    nfi_buf phrases = {0};
    nf_status s = NF_OK;

    nf_cleaner *c = nfi_calloc(1, sizeof *c);
    if (!c)
        return nfi_oom(err, "a cleaner");
    c->refs = 1;
    if (!take_count(p, n, &at, "version", &version) || !take_value(p, n, &at, "rules", &v, &len)) {
        s = REFUSE(err, name, "how it cleans is malformed");
        goto out;
    }
    if (version != NFI_CLEAN_VERSION) {
        s = REFUSE(err, name, "made with version %llu of the cleaning rules, this program has version %d: make it again",
                   (unsigned long long)version, NFI_CLEAN_VERSION);
        goto out;
    }
    bool fine = parse_rules(v, len, &rules) && take_count(p, n, &at, "phrases", &nphrases) && nphrases <= n - at;
    if (fine) {
        nfi_cleaner_begin(c, rules);
        s = nfi_phrases_add(&c->phrases, &phrases, p + at, (size_t)nphrases, name, err);
        if (s == NF_EFORMAT || s == NF_ELIMIT)
            s = REFUSE(err, name, "the phrases of how it cleans are malformed");
        NF_GO(s);
        NF_GO(nfi_phrases_settle(&c->phrases, &c->marks, err));
        at += (size_t)nphrases;
        fine = take_count(p, n, &at, "lines", &nlines) && nlines <= (n - at) / 16 && n - at == nlines * 16;
    }
    if (fine) {
        c->frozen.key = nfi_alloc((size_t)nlines, sizeof *c->frozen.key);
        if (!c->frozen.key) {
            s = nfi_oom(err, "a cleaner");
            goto out;
        }
        c->frozen.n = (size_t)nlines;
        for (size_t i = 0; i < nlines && fine; i++) {
            const unsigned char *q = (const unsigned char *)p + at + 16 * i;
            nfi_hash128 k = {.hi = get64(q), .lo = get64(q + 8)}, *b = c->frozen.key + i;
            *b = k;
            fine = i == 0 || b[-1].hi < k.hi || (b[-1].hi == k.hi && b[-1].lo < k.lo);
        }
    }
    if (!fine) {
        s = REFUSE(err, name, "how it cleans is malformed");
        goto out;
    }
    NF_GO(nfi_cleaner_spell(c, &phrases, err));
    if (c->content.n != n || memcmp(c->content.p, p, n) != 0) { /* one way to write it, so that equal cleaners have equal hashes */
        s = REFUSE(err, name, "how it cleans is not written as this version writes it");
        goto out;
    }
    *out = c;
    c = NULL;
out:
    nfi_buf_clear(&phrases);
    nf_cleaner_free(c);
    return s;
}
