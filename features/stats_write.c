/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats_write.c - writes statistics files (.nfs). The format, as in newsframe-stats(5):
 *
 * A section container of kind 'S' (base/section.h), version 1.0, all sections critical. A varint is an unsigned LEB128 number in its
 * shortest form, at most 2^64 - 1.
 *
 *   TERM  bytes  every term, rising by bytes, each as varint (bytes shared with the term before), varint (bytes that follow), these bytes.
 *                The shared part is as long as it can be. Words are joined by one space.
 *   STAT  bytes  for each term, varints: documents with it, occurrences, sum of weights (fixed point 2^-32), all three over all
 *                documents; where labels are "multi", the same three over documents without a label; number of class entries; for
 *                each: class less the class before (the first: the class), documents, occurrences, sum of weights
 *   LEDG  bytes  unless it is left out: for each document 16 bytes XXH128 of its id, 16 bytes XXH128 of its text (title, newline,
 *                text), both big-endian, a varint and so many bytes of the id (at most 1024); rising by the 32 bytes, no two equal.
 *                A record without an id of its own has 16 zeros and an empty id, and equal ones may stand there. With a salt the
 *                hashes are the first 16 bytes of SHA-256 (of the 64 hex digits of SHA-256 of the salt, then "i" and the id or "t"
 *                and the text), and the ids are empty
 *   CDOC  u64    documents of each label
 *   LABL  bytes  labels, rising by bytes, each as varint length and bytes
 *   CLEN  bytes  how texts are cleaned (clean_content.c), XXH128 of it is the setting clean; not there when that is none
 *   META  bytes  lines key=value: clean, labels (only where documents may have several: "multi"), language, lead (only where it is
 *                not 0), ledger (only where hashes are hidden by a salt: "salted-" and 16 hex digits), ngrams, stopwords, tokenizer,
 *                tokenizer_version, unicode, weighting
 *   STOP  bytes  stop words, rising by bytes, each as varint length and bytes
 *   TOTL  u64    documents, documents without a label, tokens, terms, class entries
 *
 * Nothing is pruned and nothing else is stored, so a file is a function of the documents as a set, whatever their order and partition.
 */
#include "features/stats.h"

#include "base/try.h"
#include "features/unicode.h"
#include "features/varint.h"

#include <stdio.h>
#include <string.h>

enum { FLUSH = 64 << 10, SIDE = 1 << 20, SIDE_COPY = 1 << 20 };

const char *const nfi_setting_names[NFI_SETTINGS] = {"clean",     "labels",    "language",          "lead",    "ledger",  "ngrams",
                                                     "stopwords", "tokenizer", "tokenizer_version", "unicode", "weighting"};

const char *nfi_setting_default(int i)
{
    return i == NFI_SET_LABELS ? "single" : i == NFI_SET_LEAD ? "0" : i == NFI_SET_LEDGER ? "plain" : NULL;
}

void nfi_settings_of(nfi_settings *s, const nfi_text *t, const nfi_weighting *w, bool multi)
{
    memset(s, 0, sizeof *s);
    snprintf(s->value[NFI_SET_CLEAN], sizeof s->value[0], "%s", t->clean ? nf_cleaner_id(t->clean) : "none");
    snprintf(s->value[NFI_SET_LABELS], sizeof s->value[0], "%s", multi ? "multi" : "single");
    snprintf(s->value[NFI_SET_LANGUAGE], sizeof s->value[0], "%s", t->language[0] ? t->language : "any");
    snprintf(s->value[NFI_SET_LEAD], sizeof s->value[0], "%u", t->lead);
    snprintf(s->value[NFI_SET_LEDGER], sizeof s->value[0], "plain");
    snprintf(s->value[NFI_SET_NGRAMS], sizeof s->value[0], "%d-%d", t->lo, t->hi);
    snprintf(s->value[NFI_SET_STOPWORDS], sizeof s->value[0], "%s", t->stop.name);
    snprintf(s->value[NFI_SET_TOKENIZER], sizeof s->value[0], "%s", t->tokenizer->name);
    snprintf(s->value[NFI_SET_TOKENIZER_VERSION], sizeof s->value[0], "%u", t->tokenizer->version);
    snprintf(s->value[NFI_SET_UNICODE], sizeof s->value[0], "%s", nfi_unicode_version());
    snprintf(s->value[NFI_SET_WEIGHTING], sizeof s->value[0], "%s", w->name);
}

struct nfi_statw {
    nfi_secw *w;
    nfi_buf term; /* of TERM, not yet handed on */
    nfi_buf stat; /* of STAT, which stands after TERM: kept, in side beyond SIDE bytes */
    nfi_out *side;
    char prev[NFI_MAX_TERM + 16];
    size_t nprev;
    uint64_t terms, entries, ledger;
    bool in_terms; /* TERM is being written */
    bool multi;
    nf_status status;
    nf_err err;
};

nf_status nfi_statw_open(nfi_statw **out, const char *path, int *fd, bool multi, nf_err *err)
{
    nfi_statw *w = nfi_calloc(1, sizeof *w);
    if (!w)
        return nfi_oom(err, "a statistics file");
    nf_status s = path ? nfi_secw_open(&w->w, path, 'S', NFI_STATS_MAJOR, NFI_STATS_MINOR, err)
                       : nfi_secw_open_tmp(&w->w, fd, 'S', NFI_STATS_MAJOR, NFI_STATS_MINOR, err);
    if (s != NF_OK) {
        nfi_free(w);
        return s;
    }
    nfi_secw_begin(w->w, "TERM", NFI_BYTES, true);
    w->in_terms = true;
    w->multi = multi;
    *out = w;
    return NF_OK;
}

static void hand_on(nfi_statw *w)
{
    nfi_secw_put(w->w, w->term.p, w->term.n);
    w->term.n = 0;
}

static void spill_side(nfi_statw *w)
{
    if (!w->side && w->status == NF_OK)
        w->status = nfi_out_open_tmp(&w->side, &w->err);
    if (w->status == NF_OK)
        nfi_out_write(w->side, w->stat.p, w->stat.n);
    w->stat.n = 0;
}

void nfi_statw_term(nfi_statw *w, const nfi_stat *t)
{
    size_t shared = 0, most = t->n < w->nprev ? t->n : w->nprev;
    uint32_t before = 0;

    while (shared < most && w->prev[shared] == t->term[shared])
        shared++;
    nfi_varint_put(&w->term, shared);
    nfi_varint_put(&w->term, t->n - shared);
    nfi_buf_put(&w->term, t->term + shared, t->n - shared);
    memcpy(w->prev + shared, t->term + shared, t->n - shared);
    w->nprev = t->n;
    nfi_varint_put(&w->stat, t->df);
    nfi_varint_put(&w->stat, t->freq);
    nfi_varint_put(&w->stat, (uint64_t)t->val);
    if (w->multi) {
        nfi_varint_put(&w->stat, t->bare.docs);
        nfi_varint_put(&w->stat, t->bare.freq);
        nfi_varint_put(&w->stat, (uint64_t)t->bare.val);
    }
    nfi_varint_put(&w->stat, t->nentries);
    for (size_t i = 0; i < t->nentries; i++) {
        nfi_varint_put(&w->stat, t->entry[i].cls - before);
        nfi_varint_put(&w->stat, t->entry[i].docs);
        nfi_varint_put(&w->stat, t->entry[i].freq);
        nfi_varint_put(&w->stat, (uint64_t)t->entry[i].val);
        before = t->entry[i].cls;
    }
    w->terms++;
    w->entries += t->nentries;
    if (w->term.n >= FLUSH)
        hand_on(w);
    if (w->stat.n >= SIDE)
        spill_side(w);
}

/* STAT behind TERM. */
static nf_status copy_stat(nfi_statw *w, nf_err *err)
{
    nf_status s = NF_OK;
    unsigned char *buf = NULL;

    nfi_secw_begin(w->w, "STAT", NFI_BYTES, true);
    if (!w->side) {
        nfi_secw_put(w->w, w->stat.p, w->stat.n);
        goto out;
    }
    spill_side(w);
    NF_GO(nfi_out_flush(w->side, err));
    buf = nfi_alloc(SIDE_COPY, 1);
    if (!buf) {
        s = nfi_oom(err, "a statistics file");
        goto out;
    }
    for (uint64_t at = 0, size = nfi_out_bytes(w->side); at < size;) {
        size_t n = size - at < SIDE_COPY ? (size_t)(size - at) : SIDE_COPY;
        NF_GO(nfi_pread_all(nfi_out_fd(w->side), buf, n, at, NULL, err));
        nfi_secw_put(w->w, buf, n);
        at += n;
    }
    nfi_out_abandon(w->side);
    w->side = NULL;
out:
    nfi_secw_end(w->w);
    nfi_free(buf);
    return s;
}

/* Closes TERM and writes STAT. */
static void end_terms(nfi_statw *w)
{
    if (!w->in_terms)
        return;
    w->in_terms = false;
    hand_on(w);
    nfi_secw_end(w->w);
    if (w->status == NF_OK && (!nfi_buf_ok(&w->term) || !nfi_buf_ok(&w->stat)))
        w->status = nfi_oom(&w->err, "a statistics file");
    if (w->status == NF_OK && w->terms >= NFI_NONE)
        w->status = NF_FAIL(&w->err, NF_ELIMIT, "more than %u distinct terms in one statistics file", NFI_NONE - 1);
    if (w->status == NF_OK)
        w->status = copy_stat(w, &w->err);
    nfi_buf_clear(&w->stat);
}

void nfi_statw_ledger(nfi_statw *w, const nfi_ledger_entry *e)
{
    if (w->in_terms) {
        end_terms(w);
        nfi_secw_begin(w->w, "LEDG", NFI_BYTES, true);
    }
    nfi_buf_put(&w->term, e->key, sizeof e->key);
    nfi_varint_put(&w->term, e->id.n);
    nfi_buf_put(&w->term, e->id.p, e->id.n);
    w->ledger++;
    if (w->term.n >= FLUSH)
        hand_on(w);
}

static void put_strings(nfi_statw *w, const char *tag, const nf_str *s, size_t n)
{
    nfi_secw_begin(w->w, tag, NFI_BYTES, true);
    for (size_t i = 0; i < n; i++) {
        nfi_varint_put(&w->term, s[i].n);
        nfi_buf_put(&w->term, s[i].p, s[i].n);
        if (w->term.n >= FLUSH)
            hand_on(w);
    }
    hand_on(w);
    nfi_secw_end(w->w);
}

nf_status nfi_statw_commit(nfi_statw *w, const nfi_stats_head *h, nf_err *err)
{
    nf_status s = NF_OK;

    if (h->ledger && w->in_terms) { /* no document at all */
        end_terms(w);
        nfi_secw_begin(w->w, "LEDG", NFI_BYTES, true);
    }
    end_terms(w);
    if (h->ledger) {
        hand_on(w);
        nfi_secw_end(w->w);
    }
    NF_ASSERT(w->ledger == (h->ledger ? h->docs : 0) || w->status != NF_OK);
    nfi_secw_section(w->w, "CDOC", NFI_U64, true, h->label_docs, h->nlabels);
    put_strings(w, "LABL", h->label, h->nlabels);
    if (h->clean)
        nfi_secw_section(w->w, "CLEN", NFI_BYTES, true, h->clean->content.p, h->clean->content.n);
    nfi_secw_begin(w->w, "META", NFI_BYTES, true);
    for (int i = 0; i < NFI_SETTINGS; i++) {
        const char *unsaid = nfi_setting_default(i);
        if (unsaid && strcmp(h->set.value[i], unsaid) == 0)
            continue;
        nfi_buf_puts(&w->term, nfi_setting_names[i]);
        nfi_buf_putc(&w->term, '=');
        nfi_buf_puts(&w->term, h->set.value[i]);
        nfi_buf_putc(&w->term, '\n');
    }
    hand_on(w);
    nfi_secw_end(w->w);
    put_strings(w, "STOP", h->stop, h->nstop);
    const uint64_t total[] = {h->docs, h->unlabelled, h->tokens, w->terms, w->entries};
    nfi_secw_section(w->w, "TOTL", NFI_U64, true, total, sizeof total / sizeof *total);
    if (w->status == NF_OK && !nfi_buf_ok(&w->term))
        w->status = nfi_oom(&w->err, "a statistics file");
    if (w->status != NF_OK) {
        s = w->status;
        if (err)
            *err = w->err;
        goto out;
    }
    nfi_secw *file = w->w;
    w->w = NULL;
    s = nfi_secw_commit(file, err);
out:
    nfi_statw_abandon(w);
    return s;
}

void nfi_statw_abandon(nfi_statw *w)
{
    if (!w)
        return;
    nfi_secw_abandon(w->w);
    nfi_out_abandon(w->side);
    nfi_buf_clear(&w->term);
    nfi_buf_clear(&w->stat);
    nfi_free(w);
}

nf_status nfi_stats_write(const nfi_terms *t, const nfi_stats_head *h, const nfi_ledger *l, const char *path, int *fd, nf_err *err)
{
    char term[NFI_MAX_TERM + 16] = {0};
    nfi_statw *w = NULL;
    nfi_stat_class *entry = nfi_alloc(h->nlabels, sizeof *entry);
    nf_status s = NF_OK;

    if (!entry)
        return nfi_oom(err, "a statistics file");
    NF_GO(nfi_statw_open(&w, path, fd, h->multi, err));
    for (size_t i = 0; t && i < t->n; i++) {
        nfi_stat x = {term, nfi_terms_spell(t, i, term, NFI_MAX_TERM), t->df[i], t->all_freq[i], t->all_val[i], {0}, entry, 0};
        if (h->multi)
            x.bare = (nfi_stat_class){0, t->df[i] - t->lab_doc[i], t->all_freq[i] - t->lab_freq[i], t->all_val[i] - t->lab_val[i]};
        for (uint64_t e = t->ptr[i]; e < t->ptr[i + 1]; e++)
            entry[x.nentries++] = (nfi_stat_class){t->cls[e], t->doc[e], t->freq[e], t->val[e]};
        nfi_statw_term(w, &x);
    }
    for (size_t i = 0; l && i < l->n; i++)
        nfi_statw_ledger(w, &l->e[i]);
    nfi_statw *open = w;
    w = NULL;
    s = nfi_statw_commit(open, h, err);
out:
    nfi_statw_abandon(w);
    nfi_free(entry);
    return s;
}
