/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean.c - the cleaner: what it is made of, as an object and as bytes; rounds of rules; cuts.
 *
 * The content of a cleaner, which statistics and models keep, is text, then keys:
 *
 *   version=1
 *   rules=lines,shape,position,script,repeats,phrases   those in use, in this order; "none"
 *   phrases=N                                           N bytes follow: phrases, one a line, newsframe-phrases(5) without comments
 *   lines=N                                             N keys of 16 bytes follow, rising: XXH128 of a line, see clean_lines.c
 */
#include "features/clean.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/try.h"

#include <stdio.h>
#include <string.h>

#define MAX_PHRASE_FILE ((uint64_t)4 << 20)
#define ALL_RULES ((1u << NFI_RULES) - 1)

static const char *const function_words[] = {
#include "features/clean_words.inc"
};

const char *nf_clean_rule_name(size_t i, const char **summary)
{
    if (i >= NFI_RULES)
        return NULL;
    if (summary)
        *summary = nfi_clean_rules[i].summary;
    return nfi_clean_rules[i].name;
}

/* ---- making one ---- */

static void mark_stop(nfi_word_marks *m)
{
    for (size_t i = 0; i < sizeof function_words / sizeof *function_words; i++) {
        uint64_t h = 0;
        (void)nfi_clean_words(function_words[i], strlen(function_words[i]), strlen(function_words[i]), &h, 1, NULL);
        m->of[h >> 48] |= NFI_WORD_IS_STOP;
    }
}

static unsigned find_rule(const char *name, size_t n)
{
    for (unsigned k = 0; k < NFI_RULES; k++)
        if (strlen(nfi_clean_rules[k].name) == n && memcmp(nfi_clean_rules[k].name, name, n) == 0)
            return 1u << k;
    return 0;
}

static nf_status choose_rules(unsigned *rules, const nf_clean_opts *o, nf_err *err)
{
    unsigned r = o->nonly ? 0 : ALL_RULES;

    for (size_t i = 0; i < o->nonly + o->nwithout; i++) {
        const char *name = i < o->nonly ? o->only[i] : o->without[i - o->nonly];
        unsigned bit = find_rule(name, strlen(name));
        if (!bit)
            return NF_FAIL(err, NF_EINVAL, "no rule \"%.40s\"; the rules are lines, shape, position, script, repeats, phrases", name);
        r = i < o->nonly ? r | bit : r & ~bit;
    }
    *rules = r;
    return NF_OK;
}

static void set_rules(nf_cleaner *c, unsigned rules)
{
    c->rules = rules;
    if (rules & 1u << NFI_RULE_PHRASES)
        c->phrase_flags |= NFI_LINE_PHRASE;
    if (rules & 1u << NFI_RULE_POSITION)
        c->phrase_flags |= NFI_LINE_TAIL;
}

/* The bytes of c, and their hash. */
static nf_status spell(nf_cleaner *c, const nfi_buf *phrases, nf_err *err)
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

nf_status nf_cleaner_new(nf_cleaner **out, const nf_clean_opts *opts, nf_err *err)
{
    static const nf_clean_opts defaults = {0};
    const nf_clean_opts *o = opts ? opts : &defaults;
    nf_status s = NF_OK;
    unsigned rules = 0;
    nfi_buf phrases = {0};
    nf_lines *table = NULL;
    void *file = NULL;
    size_t n = 0;

    nf_cleaner *c = nfi_calloc(1, sizeof *c);
    if (!c)
        return nfi_oom(err, "a cleaner");
    c->refs = 1;
    NF_GO(choose_rules(&rules, o, err));
    set_rules(c, rules);
    mark_stop(&c->marks);
    NF_GO(nfi_phrases_builtin(&c->phrases, &phrases, err));
    if (o->phrases) {
        NF_GO(nfi_read_file(&file, &n, o->phrases, MAX_PHRASE_FILE, err));
        NF_GO(nfi_phrases_add(&c->phrases, &phrases, file, n, o->phrases, err));
    }
    NF_GO(nfi_phrases_settle(&c->phrases, &c->marks, err));
    if (o->lines_file)
        NF_GO(nf_lines_load(&table, o->lines_file, err));
    if (table || o->lines)
        NF_GO(nfi_lines_freeze(table ? table : o->lines, &c->frozen, err));
    NF_GO(spell(c, &phrases, err));
    if (c->content.n > NFI_MAX_CLEAN) {
        s = NF_FAIL(err, NF_ELIMIT, "phrases and repeated lines take %zu bytes, more than %zu", c->content.n, NFI_MAX_CLEAN);
        goto out;
    }
    *out = c;
    c = NULL;
out:
    nf_lines_free(table);
    nfi_free(file);
    nfi_buf_clear(&phrases);
    nf_cleaner_free(c);
    return s;
}

nf_cleaner *nfi_cleaner_ref(nf_cleaner *c)
{
    if (c)
        __atomic_add_fetch(&c->refs, 1, __ATOMIC_RELAXED);
    return c;
}

void nf_cleaner_free(nf_cleaner *c)
{
    if (!c || __atomic_sub_fetch(&c->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    nfi_phrases_clear(&c->phrases);
    nfi_free(c->frozen.key);
    nfi_buf_clear(&c->content);
    nfi_free(c);
}

const char *nf_cleaner_id(const nf_cleaner *c) { return c->id; }
size_t nf_cleaner_lines(const nf_cleaner *c) { return c->frozen.n; }

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
        unsigned bit = find_rule(v + i, e - i);
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
        set_rules(c, rules);
        mark_stop(&c->marks);
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
    NF_GO(spell(c, &phrases, err));
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

/* ---- cutting ---- */

struct nf_cuts_mem {
    nfi_text_lines t;
    nf_cut *cut;
    size_t cap;
};

void nf_cuts_clear(nf_cuts *cuts)
{
    if (cuts->mem) {
        nfi_text_lines_clear(&cuts->mem->t);
        nfi_free(cuts->mem->cut);
        nfi_free(cuts->mem);
    }
    *cuts = (nf_cuts){0};
}

static size_t one_round(const nf_cleaner *c, nfi_text_lines *t)
{
    size_t cut = 0;

    for (int k = 0; k < NFI_RULES; k++)
        if (c->rules & 1u << k)
            nfi_clean_rules[k].cut(c, t, k);
    for (size_t i = 0; i < t->nlive; i++)
        cut += t->line[t->live[i]].rule >= 0;
    return cut;
}

/* What is left of a page of nothing but boilerplate: lines of a few words, and most of it cut already for what it says. */
static void cut_remains(const nf_cleaner *c, nfi_text_lines *t)
{
    uint64_t left = 0, gone = 0;
    size_t lines = 0;

    if (!(c->rules & 1u << NFI_RULE_SHAPE))
        return;
    for (size_t i = 0; i < t->n; i++) {
        const nfi_line *l = &t->line[i];
        if (l->rule >= 0) {
            bool said = l->rule == NFI_RULE_LINES || l->rule == NFI_RULE_SCRIPT || l->rule == NFI_RULE_PHRASES;
            gone += said ? l->chars : 0;
            lines += said;
            continue;
        }
        if (l->score > 0 || l->words > 4 || l->chars > 60)
            return;
        left += l->chars;
    }
    if (lines < 3 || left * 3 > (left + gone))
        return;
    for (size_t i = 0; i < t->n; i++)
        if (t->line[i].rule < 0)
            t->line[i].rule = NFI_RULE_SHAPE;
}

static nf_status list_cuts(nf_cuts *out, nf_err *err)
{
    struct nf_cuts_mem *m = out->mem;
    const nfi_text_lines *t = &m->t;
    size_t n = 0;

    out->chars = out->removed_chars = 0;
    for (size_t i = 0; i < t->n; i++) {
        const nfi_line *l = &t->line[i];
        out->chars += l->chars;
        if (l->rule < 0)
            continue;
        NF_TRY(nfi_grow(&m->cut, &m->cap, n + 1, sizeof *m->cut, err));
        m->cut[n++] = (nf_cut){l->start, l->end, l->number, l->rule};
        out->removed_chars += l->chars;
    }
    out->cut = m->cut;
    out->n = n;
    out->empty = n > 0 && n == t->n;
    return NF_OK;
}

nf_status nf_clean_text(const nf_cleaner *c, nf_str text, nf_str source, const nf_line_mark *mark, size_t nmarks, nf_cuts *cuts,
                        nf_err *err)
{
    cuts->n = 0;
    cuts->chars = cuts->removed_chars = 0;
    cuts->empty = false;
    if (!cuts->mem && !(cuts->mem = nfi_calloc(1, sizeof *cuts->mem)))
        return nfi_oom(err, "cleaning");
    nfi_text_lines *t = &cuts->mem->t;
    NF_TRY(nfi_clean_scan(c, text, mark, nmarks, t, err));
    t->source = c->frozen.n ? nfi_source_key(source) : 0;
    for (t->nslot = 16; t->nslot < 2 * t->n;)
        t->nslot *= 2;
    NF_TRY(nfi_grow(&t->slot, &t->capslot, t->nslot, sizeof *t->slot, err));
    bool any = false;
    for (int round = 0; round < NFI_CLEAN_ROUNDS; round++) {
        NF_TRY(nfi_clean_prepare(c, t, err));
        if (one_round(c, t) == 0)
            break;
        any = true;
    }
    if (any)
        cut_remains(c, t);
    return list_cuts(cuts, err);
}

size_t nf_clean_apply(nf_str text, const nf_cuts *cuts, char *dst)
{
    size_t at = 0, n = 0;

    for (size_t i = 0; i <= cuts->n; i++) {
        size_t end = text.n, next = text.n;
        if (i < cuts->n) { /* the whole line, with the blanks around what was cut */
            const char *nl = memchr(text.p + cuts->cut[i].end, '\n', text.n - cuts->cut[i].end);
            end = cuts->cut[i].start;
            while (end > at && text.p[end - 1] != '\n')
                end--;
            next = nl ? (size_t)(nl - text.p) + 1 : text.n;
        }
        if (end > at)
            memmove(dst + n, text.p + at, end - at);
        n += end - at;
        at = next;
    }
    return n;
}
