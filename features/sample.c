/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample.c - choosing the documents of the sample, and their rows in terms of kept terms. How they are chosen: sample.h. */
#include "features/sample.h"

#include "base/par.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/sums.h"
#include "features/varint.h"

#include <string.h>

void nfi_sample_clear(nfi_sample *s)
{
    nfi_free(s->label);
    nfi_free(s->inv);
    nfi_free(s->length);
    nfi_free(s->ptr);
    nfi_free(s->term);
    nfi_free(s->tf);
    nfi_free(s->group);
    *s = (nfi_sample){0};
}

/* ---- the keeper ---- */

void nfi_keeper_clear(nfi_keeper *k)
{
    nfi_stats_free_maps(k->map, k->needs.n);
    nfi_needs_clear(&k->needs);
    for (size_t i = 0; i < k->n; i++)
        nfi_free(k->kept[i].row);
    nfi_free(k->kept);
    *k = (nfi_keeper){0};
}

static bool is_above(const nfi_kept *a, uint64_t hash, uint64_t pos)
{
    return a->hash != hash ? a->hash > hash : a->pos > pos;
}

static void put_up(nfi_keeper *k, nfi_kept x)
{
    size_t i = k->n++;
    for (; i > 0 && !is_above(&k->kept[(i - 1) / 2], x.hash, x.pos); i = (i - 1) / 2)
        k->kept[i] = k->kept[(i - 1) / 2];
    k->kept[i] = x;
}

static nfi_kept take_top(nfi_keeper *k)
{
    nfi_kept top = k->kept[0], last = k->kept[--k->n];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < k->n; i = child) {
        if (child + 1 < k->n && is_above(&k->kept[child + 1], k->kept[child].hash, k->kept[child].pos))
            child++;
        if (!is_above(&k->kept[child], last.hash, last.pos))
            break;
        k->kept[i] = k->kept[child];
    }
    k->kept[i] = last;
    return top;
}

static nf_status offer(nfi_keeper *k, nfi_kept x, nf_err *err)
{
    size_t max_docs = k->max_docs ? k->max_docs : NFI_SAMPLE_DOCS;
    uint64_t max_entries = k->max_entries ? k->max_entries : NFI_SAMPLE_ENTRIES;

    if (k->full && !(x.hash != k->mark_hash ? x.hash < k->mark_hash : x.pos < k->mark_pos))
        return NF_OK;
    NF_TRY(nfi_grow(&k->kept, &k->cap, k->n + 1, sizeof *k->kept, err));
    put_up(k, x);
    k->entries += x.n;
    while (k->n > max_docs || k->entries > max_entries) {
        nfi_kept top = take_top(k);
        k->entries -= top.n;
        k->full = true;
        k->mark_hash = top.hash;
        k->mark_pos = top.pos;
        nfi_free(top.row);
    }
    return NF_OK;
}

/* Row of n entries as varints. kv is scratch of n elements. */
static nf_status encode(nfi_kept *x, nfi_kv *kv, nfi_buf *buf, nf_err *err)
{
    uint64_t before = 0;

    NF_TRY(nfi_sort_kv(kv, x->n, err));
    buf->n = 0;
    for (size_t i = 0; i < x->n; i++) {
        nfi_varint_put(buf, kv[i].key - before);
        nfi_varint_put(buf, kv[i].val);
        before = kv[i].key;
    }
    unsigned char *row = nfi_alloc(buf->n, 1);
    if (!nfi_buf_ok(buf) || !row) {
        nfi_free(row);
        return nfi_oom(err, "the sample of documents");
    }
    if (buf->n)
        memcpy(row, buf->p, buf->n);
    nfi_free(x->row);
    x->row = row;
    return NF_OK;
}

static void decode(const nfi_kept *x, nfi_kv *kv)
{
    const unsigned char *p = x->row;
    uint64_t term = 0;

    for (size_t i = 0; i < x->n; i++) {
        term += nfi_varint_get(&p);
        kv[i] = (nfi_kv){term, (uint32_t)nfi_varint_get(&p), 0};
    }
}

static bool any_of(const uint32_t *slot, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slot[i])
            return true;
    return false;
}

nf_status nfi_keeper_take(nfi_keeper *k, const nf_corpus *c, const uint32_t *of, uint64_t pos, uint32_t run, nf_err *err)
{
    nfi_kv *kv = NULL;
    nfi_rows rows = {0};
    nfi_buf buf = {0};
    size_t cap = 0;
    nf_status s = NF_OK;
    uint32_t *slot = nfi_calloc(c->n, sizeof *slot); /* place among the kept + 1 */

    if (!slot)
        return nfi_oom(err, "the sample of documents");
    for (size_t d = 0; d < c->n; d++)
        if (c->label[d] >= 0)
            NF_GO(offer(k, (nfi_kept){c->idhash[d], pos + d, run, c->label[d], c->nterms[d], NULL}, err));
    for (size_t i = 0; i < k->n; i++)
        if (k->kept[i].run == run && k->kept[i].pos >= pos)
            slot[k->kept[i].pos - pos] = (uint32_t)i + 1;
    for (size_t h = 0; h < c->nchunks; h++) {
        const nfi_chunk *ch = &c->chunk[h];
        size_t e = 0;
        if (!any_of(slot + ch->first, ch->n))
            continue;
        NF_GO(nfi_corpus_rows(c, h, of, &rows, err));
        for (size_t d = ch->first; d < ch->first + ch->n; e += c->nterms[d], d++) {
            if (!slot[d])
                continue;
            NF_GO(nfi_grow(&kv, &cap, c->nterms[d], sizeof *kv, err));
            for (size_t i = 0; i < c->nterms[d]; i++)
                kv[i] = (nfi_kv){rows.id[e + i], rows.tf[e + i], 0};
            NF_GO(encode(&k->kept[slot[d] - 1], kv, &buf, err));
        }
    }
out:
    nfi_rows_clear(&rows);
    nfi_free(slot);
    nfi_free(kv);
    nfi_buf_clear(&buf);
    return s;
}

/* ---- term numbers through a merge ---- */

void nfi_needs_clear(nfi_needs *x)
{
    for (size_t i = 0; i < x->n; i++) {
        nfi_free(x->need[i].bits);
        nfi_free(x->need[i].before);
        nfi_free(x->need[i].to);
    }
    nfi_free(x->need);
    *x = (nfi_needs){0};
}

nf_status nfi_needs_make(nfi_needs *out, const nfi_keeper *k, const nfi_stats_src *src, size_t first, size_t n, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_needs x = {nfi_calloc(n - first, sizeof *x.need), n - first};

    if (!x.need)
        return nfi_oom(err, "the sample of documents");
    for (size_t i = 0; i < k->n; i++) {
        const nfi_kept *d = &k->kept[i];
        if (d->run < first || d->run >= n)
            continue;
        nfi_need *need = &x.need[d->run - first];
        if (!need->bits && !(need->bits = nfi_calloc(src[d->run].head.terms / 64 + 1, sizeof *need->bits))) {
            s = nfi_oom(err, "the sample of documents");
            goto out;
        }
        const unsigned char *p = d->row;
        for (uint64_t e = 0, term = 0; e < d->n; e++) {
            term += nfi_varint_get(&p);
            (void)nfi_varint_get(&p);
            need->bits[term / 64] |= UINT64_C(1) << term % 64;
        }
    }
    for (size_t i = 0; i < x.n; i++) {
        nfi_need *need = &x.need[i];
        size_t words = (size_t)(src[first + i].head.terms / 64) + 1;
        if (!need->bits)
            continue;
        need->before = nfi_alloc(words, sizeof *need->before);
        for (size_t k64 = 0; need->before && k64 < words; k64++) {
            need->before[k64] = (uint32_t)need->n;
            need->n += (size_t)__builtin_popcountll(need->bits[k64]);
        }
        need->to = nfi_alloc(need->n, sizeof *need->to);
        if (!need->before || !need->to) {
            s = nfi_oom(err, "the sample of documents");
            goto out;
        }
    }
    *out = x;
    x = (nfi_needs){0};
out:
    nfi_needs_clear(&x);
    return s;
}

void nfi_needs_note(void *needs, const nfi_stats_part *part, size_t n, uint32_t number)
{
    nfi_needs *x = needs;
    for (size_t i = 0; i < n; i++) {
        nfi_need *need = &x->need[part[i].src];
        if (need->bits && (need->bits[part[i].number / 64] >> part[i].number % 64 & 1))
            need->to[need->at++] = number;
    }
}

static uint32_t new_number(const nfi_need *need, uint64_t term)
{
    uint64_t below = need->bits[term / 64] & ((UINT64_C(1) << term % 64) - 1);
    return need->to[need->before[term / 64] + (uint32_t)__builtin_popcountll(below)];
}

/* How many entries of a row are kept terms. */
static size_t count_kept(const nfi_kept *x, const nfi_need *need)
{
    const unsigned char *p = x->row;
    uint64_t term = 0;
    size_t n = 0;

    for (size_t i = 0; i < x->n; i++) {
        term += nfi_varint_get(&p);
        (void)nfi_varint_get(&p);
        n += new_number(need, term) != NFI_NONE;
    }
    return n;
}

nf_status nfi_keeper_before(void *keeper, const nfi_stats_src *src, size_t first, size_t n, nfi_stats_note *note, nf_err *err)
{
    nfi_keeper *k = keeper;
    nfi_stats_head head;
    uint32_t **map;

    NF_TRY(nfi_stats_join(&head, &map, src + first, n - first, err));
    nfi_stats_head_clear(&head);
    nf_status s = nfi_needs_make(&k->needs, k, src, first, n, err);
    if (s != NF_OK) {
        nfi_stats_free_maps(map, n - first);
        return s;
    }
    k->map = map;
    *note = (nfi_stats_note){nfi_needs_note, &k->needs};
    return NF_OK;
}

nf_status nfi_keeper_after(void *keeper, size_t first, nf_err *err)
{
    nfi_keeper *k = keeper;
    nfi_kv *kv = NULL;
    nfi_buf buf = {0};
    size_t cap = 0;
    nf_status s = NF_OK;

    for (size_t i = 0; i < k->n; i++) {
        nfi_kept *d = &k->kept[i];
        if (d->run < first || d->run >= first + k->needs.n)
            continue;
        NF_GO(nfi_grow(&kv, &cap, d->n, sizeof *kv, err));
        decode(d, kv);
        for (size_t e = 0; e < d->n; e++)
            kv[e].key = new_number(&k->needs.need[d->run - first], kv[e].key);
        NF_GO(encode(d, kv, &buf, err));
        d->label = (int32_t)k->map[d->run - first][d->label];
        d->run = (uint32_t)first;
    }
out:
    nfi_stats_free_maps(k->map, k->needs.n);
    k->map = NULL;
    nfi_needs_clear(&k->needs);
    nfi_free(kv);
    nfi_buf_clear(&buf);
    return s;
}

/* ---- the sample ---- */

static nf_status alloc_sample(nfi_sample *x, size_t n, nf_err *err)
{
    x->label = nfi_alloc(n, sizeof *x->label);
    x->inv = nfi_alloc(n, sizeof *x->inv);
    x->length = nfi_alloc(n, sizeof *x->length);
    x->ptr = nfi_calloc(n + 1, sizeof *x->ptr);
    x->n = n;
    return x->label && x->inv && x->length && x->ptr ? NF_OK : nfi_oom(err, "the sample of documents");
}

static uint32_t sum_of(const uint32_t *tf, size_t n)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += tf[i];
    return sum < UINT32_MAX ? (uint32_t)sum : UINT32_MAX;
}

static int by_hash(const void *a, const void *b, void *ctx)
{
    const nfi_kept *x = a, *y = b;
    (void)ctx;
    return is_above(x, y->hash, y->pos) ? 1 : is_above(y, x->hash, x->pos) ? -1 : 0;
}

nf_status nfi_sample_from_runs(nfi_sample *out, const nfi_keeper *k, const nfi_needs *needs, uint32_t *const *map, const nfi_weighting *w,
                               nf_err *err)
{
    double table[NFI_TF_TABLE];
    nfi_sample x = {0};
    nfi_kv *kv = NULL;
    uint32_t *tf = NULL;
    size_t cap = 0, captf = 0, entries = 0;
    nf_status s = NF_OK;
    nfi_kept *order = nfi_alloc(k->n, sizeof *order);

    if (!order)
        return nfi_oom(err, "the sample of documents");
    if (k->n)
        memcpy(order, k->kept, k->n * sizeof *order);
    NF_GO(nfi_sort(order, k->n, sizeof *order, by_hash, NULL, err));
    NF_GO(alloc_sample(&x, k->n, err));
    for (size_t i = 0; i < k->n; i++)
        entries += count_kept(&order[i], &needs->need[order[i].run]);
    x.term = nfi_alloc(entries, sizeof *x.term);
    x.tf = nfi_alloc(entries, sizeof *x.tf);
    if (!x.term || !x.tf) {
        s = nfi_oom(err, "the sample of documents");
        goto out;
    }
    entries = 0;
    nfi_tf_table(w->tf, table);
    for (size_t i = 0; i < k->n; i++) {
        const nfi_kept *d = &order[i];
        NF_GO(nfi_grow(&kv, &cap, d->n, sizeof *kv, err));
        NF_GO(nfi_grow(&tf, &captf, d->n, sizeof *tf, err));
        decode(d, kv);
        for (size_t e = 0; e < d->n; e++) {
            uint32_t term = new_number(&needs->need[d->run], kv[e].key);
            tf[e] = kv[e].val;
            if (term == NFI_NONE)
                continue;
            x.term[entries] = term;
            x.tf[entries++] = kv[e].val;
        }
        x.label[i] = (int32_t)map[d->run][d->label];
        x.length[i] = sum_of(tf, d->n);
        x.inv[i] = w->l2 ? nfi_inverse_norm(table, w->tf, tf, d->n) : d->n ? 1.0 : 0.0;
        x.ptr[i + 1] = entries;
    }
    NF_GO(nfi_sample_group_alike(&x, err));
    *out = x;
    x = (nfi_sample){0};
out:
    nfi_free(order);
    nfi_free(kv);
    nfi_free(tf);
    nfi_sample_clear(&x);
    return s;
}

/* Which documents: slot[d] = place in the sample + 1, or 0. Returns how many through *count. */
static nf_status choose(uint32_t *slot, size_t *count, const nf_corpus *c, const uint8_t *use, nf_err *err)
{
    size_t n = 0;
    uint64_t entries = 0;
    nf_status s = NF_OK;
    nfi_kv *kv = nfi_alloc(c->n, sizeof *kv);

    if (!kv)
        return nfi_oom(err, "the sample of documents");
    for (size_t d = 0; d < c->n; d++)
        if (c->label[d] >= 0 && (!use || use[d]))
            kv[n++] = (nfi_kv){c->idhash[d], (uint32_t)d, 0};
    NF_GO(nfi_sort_kv(kv, n, err));
    size_t i = 0;
    for (; i < n && i < NFI_SAMPLE_DOCS; i++) {
        entries += c->nterms[kv[i].val];
        if (entries > NFI_SAMPLE_ENTRIES)
            break;
        slot[kv[i].val] = (uint32_t)i + 1;
    }
    *count = i;
out:
    nfi_free(kv);
    return s;
}

/* Rows of the sample's documents in one chunk, one after another. */
typedef struct chunk_rows {
    uint32_t *term, *tf;
} chunk_rows;

typedef struct sampling {
    nfi_sample *x;
    const nf_corpus *c;
    const uint32_t *of, *slot;
    const nfi_weighting *w;
    double table[NFI_TF_TABLE];
    chunk_rows *rows; /* one a chunk */
} sampling;

/* Label, norm and kept entries, by term, of the documents of a chunk. */
static nf_status sample_chunk(void *ctx, size_t h, int worker, nf_err *err)
{
    sampling *p = ctx;
    const nf_corpus *c = p->c;
    const nfi_chunk *ch = &c->chunk[h];
    nfi_rows all = {0};
    nfi_kv *kv = NULL;
    size_t cap = 0, total = 0, n = 0, e = 0;
    nf_status s = NF_OK;

    (void)worker;
    for (size_t d = ch->first; d < ch->first + ch->n; d++)
        total += p->slot[d] ? c->nterms[d] : 0;
    if (!any_of(p->slot + ch->first, ch->n))
        return NF_OK;
    uint32_t *term = p->rows[h].term = nfi_alloc(total, sizeof *term), *tf = p->rows[h].tf = nfi_alloc(total, sizeof *tf);
    if (!term || !tf)
        return nfi_oom(err, "the sample of documents");
    NF_GO(nfi_corpus_rows(c, h, p->of, &all, err));
    for (size_t d = ch->first; d < ch->first + ch->n; e += c->nterms[d], d++) {
        size_t m = 0;
        if (!p->slot[d])
            continue;
        NF_GO(nfi_grow(&kv, &cap, c->nterms[d], sizeof *kv, err));
        for (size_t i = e; i < e + c->nterms[d]; i++)
            if (all.id[i] != NFI_NONE)
                kv[m++] = (nfi_kv){all.id[i], all.tf[i], 0};
        NF_GO(nfi_sort_kv(kv, m, err));
        for (size_t i = 0; i < m; i++, n++) {
            term[n] = (uint32_t)kv[i].key;
            tf[n] = kv[i].val;
        }
        p->x->label[p->slot[d] - 1] = c->label[d];
        p->x->length[p->slot[d] - 1] = sum_of(all.tf + e, c->nterms[d]);
        p->x->inv[p->slot[d] - 1] = p->w->l2 ? nfi_inverse_norm(p->table, p->w->tf, all.tf + e, c->nterms[d]) : c->nterms[d] ? 1.0 : 0.0;
        p->x->ptr[p->slot[d]] = m;
    }
out:
    nfi_rows_clear(&all);
    nfi_free(kv);
    return s;
}

/* Rows to their places. */
static nf_status place_chunk(void *ctx, size_t h, int worker, nf_err *err)
{
    const sampling *p = ctx;
    const nfi_chunk *ch = &p->c->chunk[h];
    size_t from = 0;

    (void)worker, (void)err;
    for (size_t d = ch->first; d < ch->first + ch->n; d++) {
        if (!p->slot[d])
            continue;
        uint64_t to = p->x->ptr[p->slot[d] - 1], n = p->x->ptr[p->slot[d]] - to;
        memcpy(p->x->term + to, p->rows[h].term + from, n * sizeof *p->x->term);
        memcpy(p->x->tf + to, p->rows[h].tf + from, n * sizeof *p->x->tf);
        from += n;
    }
    return NF_OK;
}

nf_status nfi_sample_from_corpus(nfi_sample *out, const nf_corpus *c, const uint8_t *use, const nfi_terms *t, const uint32_t *of,
                                 const nfi_weighting *w, const uint32_t *groups, int threads, nf_err *err)
{
    nfi_sample x = {0};
    size_t n = 0;
    nf_status s = NF_OK;
    uint32_t *slot = nfi_calloc(c->n, sizeof *slot);
    sampling p = {.x = &x, .c = c, .of = of, .slot = slot, .w = w, .rows = nfi_calloc(c->nchunks, sizeof *p.rows)};

    (void)t;
    NF_ASSERT(w->additive); /* other norms need idf: see nfi_doc_norms() */
    nfi_tf_table(w->tf, p.table);
    if (!slot || !p.rows) {
        s = nfi_oom(err, "the sample of documents");
        goto out;
    }
    NF_GO(choose(slot, &n, c, use, err));
    NF_GO(alloc_sample(&x, n, err));
    NF_GO(nfi_par_chunks(c->nchunks, nfi_par_threads(threads), sample_chunk, &p, err));
    for (size_t i = 0; i < n; i++)
        x.ptr[i + 1] += x.ptr[i];
    x.term = nfi_alloc((size_t)x.ptr[n], sizeof *x.term);
    x.tf = nfi_alloc((size_t)x.ptr[n], sizeof *x.tf);
    if (!x.term || !x.tf) {
        s = nfi_oom(err, "the sample of documents");
        goto out;
    }
    NF_GO(nfi_par_chunks(c->nchunks, nfi_par_threads(threads), place_chunk, &p, err));
    NF_GO(groups ? nfi_sample_group_by(&x, slot, c->n, use, groups, err) : nfi_sample_group_alike(&x, err));
    *out = x;
    x = (nfi_sample){0};
out:
    for (size_t h = 0; p.rows && h < c->nchunks; h++) {
        nfi_free(p.rows[h].term);
        nfi_free(p.rows[h].tf);
    }
    nfi_free(p.rows);
    nfi_free(slot);
    nfi_sample_clear(&x);
    return s;
}
