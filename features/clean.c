/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clean.c - the cleaner: what it is made of; rounds of rules; cuts. */
#include "features/clean.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

#define MAX_PHRASE_FILE ((uint64_t)4 << 20)
#define ALL_RULES ((1u << NFI_RULES) - 1)

const char *nf_clean_rule_name(size_t i, const char **summary)
{
    if (i >= NFI_RULES)
        return NULL;
    if (summary)
        *summary = nfi_clean_rules[i].summary;
    return nfi_clean_rules[i].name;
}

/* ---- making one ---- */

static nf_status choose_rules(unsigned *rules, const nf_clean_opts *o, nf_err *err)
{
    unsigned r = o->nonly ? 0 : ALL_RULES;

    for (size_t i = 0; i < o->nonly + o->nwithout; i++) {
        const char *name = i < o->nonly ? o->only[i] : o->without[i - o->nonly];
        unsigned bit = nfi_clean_find_rule(name, strlen(name));
        if (!bit)
            return NF_FAIL(err, NF_EINVAL, "no rule \"%.40s\"; the rules are lines, shape, position, script, repeats, phrases", name);
        r = i < o->nonly ? r | bit : r & ~bit;
    }
    *rules = r;
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
    nfi_cleaner_begin(c, rules);
    NF_GO(nfi_phrases_builtin(&c->phrases, &phrases, err));
    if (o->phrases) {
        NF_GO(nfi_read_file(&file, &n, o->phrases, MAX_PHRASE_FILE, err));
        size_t mark = nfi_utf8_mark(file, n);
        NF_GO(nfi_phrases_add(&c->phrases, &phrases, (const char *)file + mark, n - mark, nfi_in_name(o->phrases), err));
    }
    NF_GO(nfi_phrases_settle(&c->phrases, &c->marks, err));
    if (o->lines_file)
        NF_GO(nf_lines_load(&table, o->lines_file, err));
    if (table || o->lines)
        NF_GO(nfi_lines_freeze(table ? table : o->lines, &c->frozen, err));
    NF_GO(nfi_cleaner_spell(c, &phrases, err));
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
    if (nfi_clean_alone(c, text, &cuts->chars))
        return NF_OK;
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
