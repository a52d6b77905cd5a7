/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stats_read.c - reads one statistics file in sequence. Memory does not grow with the file, and nothing in it is believed: the head is
 * checked at open, each term and number when it goes by, sums and checksums at the end. Layout: stats_write.c.
 */
#include "features/stats.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/try.h"
#include "base/utf8.h"
#include "features/unicode.h"
#include "features/varint.h"

#include <stdio.h>
#include <string.h>

#define REFUSE(err, name, ...) NF_FAIL_AT(err, NF_EMODEL, name, 0, __VA_ARGS__)

enum { TOTALS = 5, MAX_META = 4096, MAX_STOP = 64 << 20 };

/* ---- the head ---- */

void nfi_stats_head_clear(nfi_stats_head *h)
{
    nf_cleaner_free(h->clean);
    nfi_free(h->stop);
    nfi_free(h->label);
    nfi_free(h->label_docs);
    nfi_arena_clear(&h->arena);
    *h = (nfi_stats_head){0};
}

/* All bytes of a small section into *p (arena), with a NUL behind. */
static nf_status read_section(nfi_stats_src *s, const char *tag, size_t max, const char **p, size_t *n, nf_err *err)
{
    nfi_cursor *c = NULL;
    uint64_t bytes = nfi_secs_count(s->file, tag, NFI_BYTES, NULL);

    if (bytes > max)
        return NF_FAIL_AT(err, NF_ELIMIT, s->name, 0, "section %s has %llu bytes, more than %zu", tag, (unsigned long long)bytes, max);
    char *dst = nfi_arena_alloc(&s->head.arena, (size_t)bytes + 1);
    if (!dst)
        return nfi_oom(err, "a statistics file");
    NF_TRY(nfi_secs_cursor(&c, s->file, tag, NFI_BYTES, 0, err));
    nf_status st = nfi_cursor_read(c, dst, (size_t)bytes, err);
    nfi_cursor_close(c);
    if (st != NF_OK)
        return st;
    dst[bytes] = '\0';
    *p = dst;
    *n = (size_t)bytes;
    return NF_OK;
}

static nf_status read_u64(nfi_stats_src *s, const char *tag, uint64_t *dst, size_t n, nf_err *err)
{
    nfi_cursor *c = NULL;
    bool there;
    uint64_t have = nfi_secs_count(s->file, tag, NFI_U64, &there);

    if (there && have != n)
        return REFUSE(err, s->name, "section %s has %llu numbers, expected %zu", tag, (unsigned long long)have, n);
    NF_TRY(nfi_secs_cursor(&c, s->file, tag, NFI_U64, 0, err));
    nf_status st = nfi_cursor_read(c, dst, n * sizeof *dst, err);
    nfi_cursor_close(c);
    return st;
}

static nf_status read_settings(nfi_stats_src *s, nf_err *err)
{
    const char *p = NULL;
    size_t n = 0;

    NF_TRY(read_section(s, "META", MAX_META, &p, &n, err));
    const char *end = p + n;
    for (int i = 0; i < NFI_SETTINGS; i++) {
        size_t key = strlen(nfi_setting_names[i]);
        const char *unsaid = nfi_setting_default(i);
        if (unsaid && ((size_t)(end - p) <= key || memcmp(p, nfi_setting_names[i], key) != 0)) {
            snprintf(s->head.set.value[i], sizeof s->head.set.value[i], "%s", unsaid);
            continue;
        }
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        if (!nl || (size_t)(nl - p) <= key || memcmp(p, nfi_setting_names[i], key) != 0 || p[key] != '=')
            return REFUSE(err, s->name, "section META: expected setting %s", nfi_setting_names[i]);
        p += key + 1;
        size_t len = (size_t)(nl - p);
        if (len == 0 || len >= sizeof s->head.set.value[i] || memchr(p, '\0', len) || nfi_utf8_valid_prefix(p, len) != len)
            return REFUSE(err, s->name, "section META: setting %s has no usable value", nfi_setting_names[i]);
        memcpy(s->head.set.value[i], p, len);
        p = nl + 1;
    }
    if (p != end)
        return REFUSE(err, s->name, "section META: a setting that this version does not know");
    const char *labels = s->head.set.value[NFI_SET_LABELS];
    s->head.multi = strcmp(labels, "multi") == 0;
    if (!s->head.multi && strcmp(labels, "single") != 0)
        return REFUSE(err, s->name, "section META: setting labels is neither single nor multi");
    return NF_OK;
}

/* Strings with their lengths, rising by bytes, each of 1 to max bytes. */
static nf_status read_strings(nfi_stats_src *s, const char *tag, size_t max_bytes, size_t max, nf_str **out, size_t *count, nf_err *err)
{
    nfi_window w = {0};
    nf_str *v = NULL;
    size_t n = 0, cap = 0;
    nf_status st = NF_OK;
    uint64_t bytes = nfi_secs_count(s->file, tag, NFI_BYTES, NULL);

    if (bytes > max_bytes)
        return NF_FAIL_AT(err, NF_ELIMIT, s->name, 0, "section %s has %llu bytes, more than %zu", tag, (unsigned long long)bytes,
                          max_bytes);
    NF_TRY(nfi_window_open(&w, s->file, tag, s->name, err));
    while (nfi_window_left(&w) > 0) {
        uint64_t len;
        if ((st = nfi_window_varint(&w, &len, err)) != NF_OK || (st = nfi_grow(&v, &cap, n + 1, sizeof *v, err)) != NF_OK)
            goto out;
        if (len == 0 || len > max) {
            st = REFUSE(err, s->name, "section %s: string %zu has %llu bytes, expected 1 to %zu", tag, n, (unsigned long long)len, max);
            goto out;
        }
        char *p = nfi_arena_alloc(&s->head.arena, (size_t)len);
        if (!p) {
            st = nfi_oom(err, "a statistics file");
            goto out;
        }
        if ((st = nfi_window_bytes(&w, p, (size_t)len, err)) != NF_OK)
            goto out;
        v[n] = (nf_str){p, (size_t)len};
        if (nfi_utf8_valid_prefix(p, (size_t)len) != len || memchr(p, '\0', (size_t)len) || (n > 0 && nfi_str_cmp(v[n - 1], v[n]) >= 0)) {
            st = REFUSE(err, s->name, "section %s: string %zu is not UTF-8 or out of order", tag, n);
            goto out;
        }
        n++;
    }
    *out = v;
    *count = n;
    v = NULL;
out:
    nfi_free(v);
    nfi_window_close(&w);
    return st;
}

static nf_status read_cleaner(nfi_stats_src *s, nf_err *err)
{
    const char *id = s->head.set.value[NFI_SET_CLEAN], *p;
    size_t n;
    bool there, none = strcmp(id, "none") == 0;

    (void)nfi_secs_count(s->file, "CLEN", NFI_BYTES, &there);
    if (there == none)
        return REFUSE(err, s->name, none ? "section CLEN is there, but the setting clean is none" : "section CLEN is missing");
    if (none)
        return NF_OK;
    NF_TRY(read_section(s, "CLEN", NFI_MAX_CLEAN, &p, &n, err));
    NF_TRY(nfi_cleaner_from_content(&s->head.clean, p, n, s->name, err));
    return strcmp(id, nf_cleaner_id(s->head.clean)) == 0 ? NF_OK : REFUSE(err, s->name, "section CLEN is not what the setting clean says");
}

static nf_status read_head(nfi_stats_src *s, nf_err *err)
{
    static const char *const known[] = {"TERM", "STAT", "LEDG", "CDOC", "CLEN", "LABL", "META", "STOP", "TOTL"};
    nfi_stats_head *h = &s->head;
    uint64_t total[TOTALS], sum;

    NF_TRY(nfi_secs_check_known(s->file, known, sizeof known / sizeof *known, err));
    NF_TRY(read_settings(s, err));
    NF_TRY(read_cleaner(s, err));
    NF_TRY(read_strings(s, "STOP", MAX_STOP, NFI_MAX_TOKEN, &h->stop, &h->nstop, err));
    NF_TRY(read_strings(s, "LABL", (size_t)NFI_MAX_LABELS * (NFI_MAX_LABEL + 2), NFI_MAX_LABEL, &h->label, &h->nlabels, err));
    if (h->nlabels > NFI_MAX_LABELS)
        return NF_FAIL_AT(err, NF_ELIMIT, s->name, 0, "%zu labels, more than %d", h->nlabels, NFI_MAX_LABELS);
    h->label_docs = nfi_calloc(h->nlabels, sizeof *h->label_docs);
    if (!h->label_docs)
        return nfi_oom(err, "a statistics file");
    NF_TRY(read_u64(s, "CDOC", h->label_docs, h->nlabels, err));
    NF_TRY(read_u64(s, "TOTL", total, TOTALS, err));
    h->docs = total[0];
    sum = h->unlabelled = total[1];
    h->tokens = total[2];
    h->terms = total[3];
    h->entries = total[4];
    for (size_t k = 0; k < h->nlabels; k++)
        if (h->label_docs[k] == 0 || (h->multi && (h->unlabelled > h->docs || h->label_docs[k] > h->docs - h->unlabelled)) ||
            __builtin_add_overflow(sum, h->label_docs[k], &sum))
            return REFUSE(err, s->name, "section CDOC: label %zu has %llu documents", k, (unsigned long long)h->label_docs[k]);
    if (h->multi ? sum < h->docs || h->unlabelled > h->docs : sum != h->docs)
        return REFUSE(err, s->name, "labelled and unlabelled documents add up to %llu, not %llu", (unsigned long long)sum,
                      (unsigned long long)h->docs);
    if (h->terms >= NFI_NONE)
        return NF_FAIL_AT(err, NF_ELIMIT, s->name, 0, "more than %u distinct terms", NFI_NONE - 1);
    (void)nfi_secs_count(s->file, "LEDG", NFI_BYTES, &h->ledger);
    nfi_text text;
    NF_TRY(nfi_stats_text(&text, h, s->name, err));
    nfi_text_clear(&text);
    return NF_OK;
}

nf_status nfi_stats_text(nfi_text *t, const nfi_stats_head *h, const char *name, nf_err *err)
{
    const char(*v)[64] = h->set.value;
    const char *ngrams = v[NFI_SET_NGRAMS];
    uint64_t version, lead;
    nfi_text x = {.tokenizer = nfi_tokenizer_find(v[NFI_SET_TOKENIZER])};

    if (!x.tokenizer)
        return REFUSE(err, name, "counted with tokenizer \"%s\", which this version does not have", v[NFI_SET_TOKENIZER]);
    if (!nfi_parse_u64(v[NFI_SET_TOKENIZER_VERSION], strlen(v[NFI_SET_TOKENIZER_VERSION]), &version) || version != x.tokenizer->version)
        return REFUSE(err, name, "counted with version %s of tokenizer \"%s\", this program has version %u: count the documents again",
                      v[NFI_SET_TOKENIZER_VERSION], x.tokenizer->name, x.tokenizer->version);
    if (strcmp(v[NFI_SET_UNICODE], nfi_unicode_version()) != 0)
        return REFUSE(err, name, "counted under Unicode %s, this program has %s: count the documents again", v[NFI_SET_UNICODE],
                      nfi_unicode_version());
    if (strlen(v[NFI_SET_LANGUAGE]) >= sizeof x.language)
        return REFUSE(err, name, "setting language has no usable value");
    memcpy(x.language, v[NFI_SET_LANGUAGE], strlen(v[NFI_SET_LANGUAGE]) + 1);
    const nfi_weighting *w = nfi_weighting_find(v[NFI_SET_WEIGHTING]);
    if (!w || !w->additive)
        return REFUSE(err, name, "weighting \"%s\" is unknown or cannot be counted", v[NFI_SET_WEIGHTING]);
    if (strlen(ngrams) != 3 || ngrams[0] < '1' || ngrams[1] != '-' || ngrams[2] < ngrams[0] || ngrams[2] > '0' + NFI_MAX_NGRAM)
        return REFUSE(err, name, "n-grams \"%s\": expected 1-1 to %d-%d", ngrams, NFI_MAX_NGRAM, NFI_MAX_NGRAM);
    x.lo = ngrams[0] - '0';
    x.hi = ngrams[2] - '0';
    if (!nfi_parse_u64(v[NFI_SET_LEAD], strlen(v[NFI_SET_LEAD]), &lead) || lead > (x.lo == 1 ? NFI_MAX_LEAD : 0))
        return REFUSE(err, name, "setting lead has no usable value");
    x.lead = (uint32_t)lead;
    NF_TRY(nfi_stop_from_words(&x.stop, v[NFI_SET_STOPWORDS], h->stop, h->nstop, err));
    x.clean = nfi_cleaner_ref(h->clean);
    *t = x;
    return NF_OK;
}

static nf_status open_source(nfi_stats_src *out, nfi_stats_src *x, nf_err *err)
{
    nf_status s = read_head(x, err);
    if (s == NF_OK)
        *out = *x;
    else
        nfi_stats_src_clear(x);
    return s;
}

static char *copy_name(const char *name)
{
    size_t n = strlen(name) + 1;
    char *p = nfi_alloc(n, 1);
    return p ? memcpy(p, name, n) : NULL;
}

nf_status nfi_stats_src_open(nfi_stats_src *out, const char *path, nf_err *err)
{
    nfi_stats_src x = {.name = copy_name(nfi_in_name(path))};
    nf_status s = x.name ? nfi_secs_open(&x.file, path, 'S', NFI_STATS_MAJOR, err) : nfi_oom(err, "a statistics file");
    if (s == NF_OK)
        return open_source(out, &x, err);
    nfi_free(x.name);
    return s;
}

nf_status nfi_stats_src_open_fd(nfi_stats_src *out, int fd, const char *name, nf_err *err)
{
    nfi_stats_src x = {0};

    NF_TRY(nfi_secs_open_fd(&x.file, fd, name, 'S', NFI_STATS_MAJOR, err));
    x.name = copy_name(name);
    if (!x.name) {
        nfi_secs_close(x.file);
        return nfi_oom(err, "a statistics file");
    }
    return open_source(out, &x, err);
}

void nfi_stats_src_clear(nfi_stats_src *s)
{
    nfi_secs_close(s->file);
    nfi_free(s->name);
    nfi_stats_head_clear(&s->head);
    *s = (nfi_stats_src){0};
}

/* ---- terms ---- */

struct nfi_stats_in {
    const nfi_stats_src *s;
    int lo, hi; /* words a term */
    nfi_window term, stat;
    char text[NFI_MAX_TERM + 16];
    uint64_t index, entries;
    nfi_stat x;
    nfi_stat_class *entry;
    size_t cap;
};

nf_status nfi_stats_in_open(nfi_stats_in **out, const nfi_stats_src *src, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_stats_in *in = nfi_calloc(1, sizeof *in);

    if (!in)
        return nfi_oom(err, "a statistics file");
    in->s = src;
    in->lo = src->head.set.value[NFI_SET_NGRAMS][0] - '0';
    in->hi = src->head.set.value[NFI_SET_NGRAMS][2] - '0';
    in->x.term = in->text;
    NF_GO(nfi_window_open(&in->term, src->file, "TERM", src->name, err));
    NF_GO(nfi_window_open(&in->stat, src->file, "STAT", src->name, err));
    *out = in;
    in = NULL;
out:
    nfi_stats_in_close(in);
    return s;
}

void nfi_stats_in_close(nfi_stats_in *in)
{
    if (!in)
        return;
    nfi_window_close(&in->term);
    nfi_window_close(&in->stat);
    nfi_free(in->entry);
    nfi_free(in);
}

static nf_status bad_term(const nfi_stats_in *in, const char *what, nf_err *err)
{
    return REFUSE(err, in->s->name, "term %llu %s", (unsigned long long)in->index, what);
}

/* Words of 1 to NFI_MAX_TOKEN bytes above the space, joined by single spaces; as many as the settings say. */
static bool is_term(const nfi_stats_in *in)
{
    int words = 1;
    size_t start = 0, n = in->x.n;

    for (size_t i = 0; i <= n; i++) {
        if (i < n && (unsigned char)in->text[i] > ' ')
            continue;
        if (i == start || i - start > NFI_MAX_TOKEN || (i < n && in->text[i] != ' '))
            return false;
        start = i + 1;
        words += i < n;
    }
    return words >= in->lo && words <= in->hi && nfi_utf8_valid_prefix(in->text, n) == n;
}

static nf_status read_term(nfi_stats_in *in, nf_err *err)
{
    uint64_t shared, more;

    NF_TRY(nfi_window_varint(&in->term, &shared, err));
    NF_TRY(nfi_window_varint(&in->term, &more, err));
    if (shared > in->x.n || more == 0 || more > NFI_MAX_TERM - shared)
        return bad_term(in, "has an impossible length", err);
    unsigned char before = shared < in->x.n ? (unsigned char)in->text[shared] : 0;
    NF_TRY(nfi_window_bytes(&in->term, in->text + shared, (size_t)more, err));
    if ((unsigned char)in->text[shared] <= before) /* also when more bytes could have been shared */
        return bad_term(in, "is out of order", err);
    in->x.n = (size_t)(shared + more);
    return is_term(in) ? NF_OK : bad_term(in, "is not made of words", err);
}

static nf_status read_sum(nfi_stats_in *in, bool may_be_none, uint64_t *docs, uint64_t *freq, int64_t *val, nf_err *err)
{
    uint64_t v;

    NF_TRY(nfi_window_varint(&in->stat, docs, err));
    NF_TRY(nfi_window_varint(&in->stat, freq, err));
    NF_TRY(nfi_window_varint(&in->stat, &v, err));
    if (v > INT64_MAX)
        return bad_term(in, "has a negative sum of weights", err);
    *val = (int64_t)v;
    if ((*docs == 0 && !(may_be_none && *freq == 0 && v == 0)) || *freq < *docs)
        return bad_term(in, "occurs less often than it has documents", err);
    return NF_OK;
}

static nf_status read_numbers(nfi_stats_in *in, nf_err *err)
{
    const nfi_stats_head *h = &in->s->head;
    uint64_t n, docs = 0, freq = 0, val = 0, cls = 0, delta, labelled = 0;

    NF_TRY(read_sum(in, false, &in->x.df, &in->x.freq, &in->x.val, err));
    nfi_stat_class *bare = &in->x.bare;
    if (h->multi) {
        NF_TRY(read_sum(in, true, &bare->docs, &bare->freq, &bare->val, err));
        if (bare->docs > in->x.df || bare->docs > h->unlabelled || bare->freq > in->x.freq || bare->val > in->x.val)
            return bad_term(in, "has sums over documents without a label that exceed those of all", err);
        docs = bare->docs; /* of which no label has any */
        freq = bare->freq;
        val = (uint64_t)bare->val;
    }
    NF_TRY(nfi_window_varint(&in->stat, &n, err));
    if (in->x.df > h->docs || in->x.freq > h->tokens || n > h->nlabels)
        return bad_term(in, "has more documents, tokens or labels than there are", err);
    NF_TRY(nfi_grow(&in->entry, &in->cap, (size_t)n, sizeof *in->entry, err));
    for (size_t i = 0; i < n; i++) {
        nfi_stat_class *e = &in->entry[i];
        NF_TRY(nfi_window_varint(&in->stat, &delta, err));
        if (delta >= h->nlabels - cls || (i > 0 && delta == 0))
            return bad_term(in, "has a label that does not exist or is out of order", err);
        cls += delta;
        e->cls = (uint32_t)cls;
        NF_TRY(read_sum(in, false, &e->docs, &e->freq, &e->val, err));
        if (e->docs > h->label_docs[cls] || e->docs > in->x.df - docs || e->freq > in->x.freq - freq ||
            (uint64_t)e->val > (uint64_t)in->x.val - val)
            return bad_term(in, "has sums by label that exceed those of all documents", err);
        if (h->multi) { /* labels overlap: each has its own share of the labelled documents, and together they have them all */
            labelled = e->docs > UINT64_MAX - labelled ? UINT64_MAX : labelled + e->docs;
            continue;
        }
        docs += e->docs;
        freq += e->freq;
        val += (uint64_t)e->val;
    }
    if (h->multi && labelled < in->x.df - bare->docs)
        return bad_term(in, "has labelled documents that no label has", err);
    if (!h->multi && in->x.df - docs > h->unlabelled)
        return bad_term(in, "has more documents without a label than there are", err);
    in->x.entry = in->entry;
    in->x.nentries = (size_t)n;
    in->entries += n;
    return NF_OK;
}

nf_status nfi_stats_in_next(nfi_stats_in *in, const nfi_stat **term, nf_err *err)
{
    const nfi_stats_head *h = &in->s->head;

    if (in->index < h->terms) {
        NF_TRY(read_term(in, err));
        NF_TRY(read_numbers(in, err));
        in->index++;
        *term = &in->x;
        return NF_OK;
    }
    if (nfi_window_left(&in->term) > 0 || nfi_window_left(&in->stat) > 0)
        return REFUSE(err, in->s->name, "bytes follow the last of %llu terms", (unsigned long long)h->terms);
    if (in->entries != h->entries)
        return REFUSE(err, in->s->name, "%llu sums by label, expected %llu", (unsigned long long)in->entries,
                      (unsigned long long)h->entries);
    *term = NULL;
    return NF_OK;
}
