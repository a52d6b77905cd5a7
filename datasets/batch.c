/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * batch.c - from blocks of bytes to batches of documents. Records are cut one after another, parsed in parallel in groups whose borders
 * depend on the bytes alone, then taken in order: malformed ones to the rejects, ids against those met before. The batch takes over the
 * block its slices point into, so an unescaped field is never copied.
 */
#include "datasets/stream.h"

#include "base/limits.h"
#include "base/num.h"
#include "base/par.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

enum { MAX_RECORDS = 16384, GROUP_RECORDS = 512, GROUP_BYTES = 128 << 10, HEAD = 4096, AHEAD = 12 };

nf_status nfi_batch_room(nf_batch *b, size_t n, nf_err *err)
{
    NF_TRY(nfi_grow(&b->mem->slot, &b->mem->cap_slots, n, sizeof *b->mem->slot, err));
    return nfi_grow(&b->docs, &b->mem->cap_docs, n, sizeof *b->docs, err);
}

nf_status nfi_batch_arenas(struct nf_batch_mem *m, size_t n, nf_err *err)
{
    size_t had = m->cap_arenas;

    NF_TRY(nfi_grow(&m->arena, &m->cap_arenas, n, sizeof *m->arena, err));
    for (size_t i = had; i < m->cap_arenas; i++)
        m->arena[i] = (nfi_arena){0};
    return NF_OK;
}

void nf_batch_clear(nf_batch *b)
{
    if (!b)
        return;
    if (b->mem) {
        for (size_t i = 0; i < b->mem->cap_arenas; i++)
            nfi_arena_clear(&b->mem->arena[i]);
        nfi_free(b->mem->arena);
        nfi_free(b->mem->group);
        nfi_free(b->mem->slot);
        nfi_free(b->mem->buf);
        nfi_free(b->mem);
    }
    nfi_free(b->docs);
    *b = (nf_batch){0};
}

/* Empties b, keeping its memory. */
static nf_status begin(nf_batch *b, nf_err *err)
{
    b->n = 0;
    if (!b->mem && !(b->mem = nfi_calloc(1, sizeof *b->mem)))
        return nfi_oom(err, "a batch");
    for (size_t i = 0; i < b->mem->cap_arenas; i++)
        nfi_arena_reset(&b->mem->arena[i]);
    return NF_OK;
}

/* ---- cutting ---- */

/* The batch takes the bytes its n slots stand in: the whole block when nothing else is left in it, else a copy of its part. */
static nf_status take_bytes(nfi_reader *r, struct nf_batch_mem *m, size_t n, size_t from, bool full, nf_err *err)
{
    size_t tail = r->have - r->scan.start;

    if (full) {
        size_t len = r->scan.start - from;
        NF_TRY(nfi_grow(&m->buf, &m->cap_buf, len, 1, err));
        memcpy(m->buf, r->buf + from, len);
    } else {
        NF_TRY(nfi_grow(&m->buf, &m->cap_buf, tail, 1, err));
        if (tail)
            memcpy(m->buf, r->buf + r->scan.start, tail);
        char *block = r->buf;
        size_t cap = r->cap;
        r->buf = m->buf;
        r->cap = m->cap_buf;
        m->buf = block;
        m->cap_buf = cap;
        r->have = tail;
        r->scan.at -= r->scan.start;
        r->scan.quote = r->scan.quote > r->scan.start ? r->scan.quote - r->scan.start : 0;
        r->scan.start = 0;
        from = 0;
    }
    for (size_t i = 0; i < n; i++)
        m->slot[i].rec.p = m->buf + (m->slot[i].at - from);
    return NF_OK;
}

/* A record beyond the limit: its head becomes a reject, the rest is read and dropped. */
static nf_status skip_long(nfi_reader *r, nfi_slot *slot, nfi_arena *arena, nf_err *err)
{
    nf_str rec;
    nf_err why = {0};
    size_t len = r->have - r->scan.start < HEAD ? r->have - r->scan.start : HEAD;
    char *head = nfi_arena_copy(arena, r->buf + r->scan.start, len);

    (void)nfi_reader_too_long(r, &why);
    char *reason = nfi_arena_copy(arena, why.msg, strlen(why.msg));
    if (!head || !reason)
        return nfi_oom(err, "a reject");
    *slot = (nfi_slot){.rec = {head, len}, .line = r->scan.line, .record = ++r->record};
    slot->bad = (nfi_bad){.code = NF_ELIMIT, .line = why.line - r->scan.line, .reason = reason};
    r->scan.begun = true;
    do {
        r->scan.line += nfi_count_lines(r->buf + r->scan.start, r->scan.at - r->scan.start);
        r->scan.start = r->scan.at;
        nfi_reader_compact(r);
        NF_TRY(nfi_reader_fill(r, NFI_BLOCK, err));
    } while (!r->format->next(&r->scan, r->buf, r->have, r->eof, &rec) && !r->eof);
    r->scan.begun = false;
    return NF_OK;
}

/* Cuts the next records of the source into slots. *n == 0 at its end; *parsed is true when there is nothing to parse in them. */
static nf_status cut(nf_docs *in, nfi_reader *r, nf_batch *b, size_t *n, bool *parsed, nf_err *err)
{
    nf_str rec;
    size_t from = r->scan.start;
    bool full = false;

    *parsed = false;
    for (;;) {
        while (!full && r->format->next(&r->scan, r->buf, r->have, r->eof, &rec)) {
            NF_TRY(nfi_batch_room(b, *n + 1, err));
            b->mem->slot[*n] = (nfi_slot){.rec = rec, .at = (size_t)(rec.p - r->buf), .line = r->scan.rec_line, .record = ++r->record};
            full = ++*n == MAX_RECORDS;
        }
        if (*n > 0 || r->eof)
            break;
        if (r->have - r->scan.start > r->max_record) {
            if (!in->rejects)
                return nfi_reader_too_long(r, err);
            NF_TRY(nfi_batch_room(b, 1, err));
            NF_TRY(nfi_batch_arenas(b->mem, 1, err));
            NF_TRY(skip_long(r, &b->mem->slot[0], &b->mem->arena[0], err));
            *n = 1;
            *parsed = true;
            return NF_OK;
        }
        nfi_reader_compact(r);
        from = r->scan.start;
        NF_TRY(nfi_reader_fill(r, in->block, err));
    }
    return *n ? take_bytes(r, b->mem, *n, from, full, err) : NF_OK;
}

/* ---- parsing ---- */

typedef struct job {
    nf_docs *in;
    nfi_reader *r;
    nf_batch *b;
} job;

static nf_status parse_group(void *ctx, size_t group, int worker, nf_err *err)
{
    const job *j = ctx;
    struct nf_batch_mem *m = j->b->mem;
    nfi_row *row = &j->in->row[worker];
    nfi_reader *r = j->r;

    if (!r->parser[worker] && !(r->parser[worker] = r->format->open(r->scan.delimiter)))
        return nfi_oom(err, "a parser");
    row->arena = &m->arena[group];
    for (size_t i = m->group[group]; i < m->group[group + 1]; i++) {
        nfi_slot *slot = &m->slot[i];
        row->bad = (nfi_bad){0};
        row->n_extra = 0;
        row->replacements = 0;
        row->fallback = 0;
        row->flags = 0;
        row->record = slot->record;
        nf_status s = r->format->parse(r->parser[worker], &r->plan, slot->rec, row);
        if (s == NF_OK && row->bad.code == NF_OK)
            s = nfi_record_finish(&j->in->shape, row, &j->b->docs[i]);
        if (s != NF_OK)
            return nfi_oom(err, "a batch");
        slot->bad = row->bad;
        slot->replacements = row->replacements;
        slot->fallback = row->fallback;
        if (row->bad.code == NF_OK)
            slot->id = nfi_ids_hash(&j->in->ids, j->b->docs[i].id.p, j->b->docs[i].id.n);
    }
    return NF_OK;
}

static nf_status parse(nf_docs *in, nfi_reader *r, nf_batch *b, size_t n, nf_err *err)
{
    struct nf_batch_mem *m = b->mem;
    size_t groups = 0, bytes = 0, records = 0;

    for (size_t i = 0; i < n; i++) {
        if (i == 0 || records >= GROUP_RECORDS || bytes >= GROUP_BYTES) {
            NF_TRY(nfi_grow(&m->group, &m->cap_groups, groups + 2, sizeof *m->group, err));
            m->group[groups++] = i;
            records = bytes = 0;
        }
        records++;
        bytes += m->slot[i].rec.n;
    }
    m->group[groups] = n;
    NF_TRY(nfi_batch_arenas(m, groups, err));
    job j = {in, r, b};
    return nfi_par_chunks(groups, in->threads, parse_group, &j, err);
}

/* ---- taking ---- */

/* A path as messages show it. */
static const char *shown(const nf_docs *in, uint32_t file)
{
    return strcmp(in->src[file].path, "-") == 0 ? "standard input" : in->src[file].path;
}

/* The path as it is, for others to open; with bytes escaped that a table cannot hold. */
static nf_status path_cell(nf_docs *in, const char *path)
{
    size_t n = strlen(path), cap = n * 8 + 1;

    in->tmp.n = 0;
    if (nfi_utf8_valid_prefix(path, n) < n) {
        if (!nfi_buf_reserve(&in->tmp, cap))
            return NF_ENOMEM;
        nfi_escape(in->tmp.p, cap, path, n);
        path = in->tmp.p;
    }
    nf_csv_str(in->rejects, path);
    return NF_OK;
}

static nf_status reject(nf_docs *in, const nfi_slot *slot)
{
    NF_TRY(path_cell(in, in->src[slot->file].path));
    if (slot->record)
        nf_csv_int(in->rejects, (int64_t)slot->record);
    else
        nf_csv_blank(in->rejects);
    if (slot->line)
        nf_csv_int(in->rejects, (int64_t)(slot->line + slot->bad.line));
    else
        nf_csv_blank(in->rejects);
    nf_csv_str(in->rejects, slot->bad.reason);
    in->tmp.n = 0;
    nfi_utf8_repair(&in->tmp, slot->rec.p, slot->rec.n);
    if (!nfi_buf_ok(&in->tmp))
        return NF_ENOMEM;
    nf_csv_text(in->rejects, in->tmp.p, in->tmp.n);
    nf_csv_end(in->rejects);
    in->stats.read++;
    in->stats.rejected++;
    return NF_OK;
}

static nf_status malformed(const nf_docs *in, const nfi_slot *slot, nf_err *err)
{
    uint64_t line = slot->line ? slot->line + slot->bad.line : 0;
    nf_status s = NF_FAIL_AT(err, slot->bad.code, shown(in, slot->file), line, "%s", slot->bad.reason);

    if (err && slot->bad.has_byte) {
        err->has_byte = 1;
        err->byte = slot->bad.byte;
    }
    return s;
}

/* The id stands already: an error that names both places. */
static nf_status taken(const nf_docs *in, const nf_doc *doc, const nfi_id *first, nf_err *err)
{
    char id[80], here[32] = "", there[32] = "";

    nfi_escape(id, sizeof id, doc->id.p, doc->id.n < 60 ? doc->id.n : 60);
    if (doc->line) {
        memcpy(here, " of record ", 11);
        here[11 + nfi_format_u64(here + 11, doc->record)] = '\0';
    }
    if (!in->src[first->file].file) {
        memcpy(there, "record ", 7);
        size_t n = 7 + nfi_format_u64(there + 7, first->record);
        memcpy(there + n, " of ", 5);
    }
    return NF_FAIL_AT(err, NF_EDATA, shown(in, doc->file), doc->line,
                      "id \"%s\"%s was already used by %s%.200s; --dup-ids suffix keeps both", id, here, there, shown(in, first->file));
}

/* Settles the id of doc: first holder, or the n-th with "#n" after it. */
static nf_status settle_id(nf_docs *in, nf_doc *doc, nfi_hash128 h, nfi_arena *arena, nf_err *err)
{
    nfi_id *e;

    NF_TRY(nfi_ids_get(&e, &in->ids, h, err));
    if (e->n > 0 && !in->o.dup_ids_suffix)
        return taken(in, doc, e, err);
    for (nf_str base = doc->id; e->n > 0;) {
        uint32_t n = ++e->n;
        char *id = nfi_arena_alloc(arena, base.n + 21);
        if (!id)
            return nfi_oom(err, "an id");
        memcpy(id, base.p, base.n);
        id[base.n] = '#';
        doc->id = (nf_str){id, base.n + 1 + nfi_format_u64(id + base.n + 1, n)};
        nfi_id *own;
        NF_TRY(nfi_ids_get(&own, &in->ids, nfi_ids_hash(&in->ids, doc->id.p, doc->id.n), err));
        if (own->n == 0) {
            e = own;
            doc->flags |= NF_DOC_ID_SUFFIX;
        } else {
            NF_TRY(nfi_ids_get(&e, &in->ids, h, err)); /* the table may have moved */
        }
    }
    e->n = 1;
    e->file = doc->file;
    e->record = doc->record;
    return NF_OK;
}

static void count_flags(nf_docs_stats *stats, uint32_t flags)
{
    stats->repaired += (flags & NF_DOC_REPAIRED) != 0;
    stats->nul += (flags & NF_DOC_NUL) != 0;
    stats->ids_made += (flags & NF_DOC_ID_MADE) != 0;
    stats->ids_suffixed += (flags & NF_DOC_ID_SUFFIX) != 0;
    stats->mojibake += (flags & NF_DOC_MOJIBAKE) != 0;
    stats->not_accepted += (flags & NF_DOC_NOT_ACCEPTED) != 0;
}

/* In input order: rejects, ids, counts. Leaves the documents in b->docs[0..b->n). */
static nf_status take(nf_docs *in, nf_batch *b, size_t n, nf_err *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        const nfi_slot *slot = &b->mem->slot[i];
        nf_doc *doc = &b->docs[i];
        if (i + AHEAD < n && !in->distinct)
            nfi_ids_prefetch(&in->ids, b->mem->slot[i + AHEAD].id);
        if (slot->bad.code != NF_OK) {
            if (!in->rejects)
                return malformed(in, slot, err);
            if (reject(in, slot) != NF_OK)
                return nfi_oom(err, "a reject");
            continue;
        }
        doc->record = slot->record;
        doc->line = slot->line;
        doc->file = slot->file;
        if (!in->distinct)
            NF_TRY(settle_id(in, doc, slot->id, &b->mem->arena[0], err));
        in->stats.read++;
        in->stats.replacements += slot->replacements;
        in->stats.fallback += slot->fallback;
        if (doc->flags)
            count_flags(&in->stats, doc->flags);
        if (kept != i)
            b->docs[kept] = *doc;
        kept++;
    }
    b->n = kept;
    return NF_OK;
}

static void count_delimiter(nf_docs_stats *stats, char delimiter)
{
    stats->semicolons += delimiter == ';';
    stats->tabs += delimiter == '\t';
    stats->bars += delimiter == '|';
}

/* The next records of the table in->at; b->n may be 0 when all were rejects, or when the table is at its end, which moves in->at on. */
static nf_status read_table(nf_docs *in, nf_batch *b, nf_err *err)
{
    nfi_source *src = &in->src[in->at];
    size_t n = 0;
    bool parsed = false;

    bool fresh = !src->reader;
    if (fresh)
        NF_TRY(nfi_source_open(in, src, NFI_BLOCK, err));
    nfi_reader *r = src->reader;
    if (fresh || r->record == 0) {
        in->stats.bytes += nfi_reader_used(r); /* byte order mark and header */
        if (r->format == &nfi_format_csv && !in->o.delimiter)
            count_delimiter(&in->stats, r->scan.delimiter);
    }
    uint64_t before = nfi_reader_used(r);
    in->shape.plan = &r->plan;
    in->shape.id_base = src->id;
    NF_TRY(r->format->table ? cut(in, r, b, &n, &parsed, err) : nfi_stream_read(in, src, b, &n, err));
    for (size_t i = 0; i < n; i++)
        b->mem->slot[i].file = (uint32_t)in->at;
    if (n > 0 && !parsed && r->format->table)
        NF_TRY(parse(in, r, b, n, err));
    NF_TRY(take(in, b, n, err));
    in->stats.bytes += nfi_reader_used(r) - before;
    if (n == 0) {
        nfi_reader_close(r);
        nfi_free(r);
        src->reader = NULL;
        in->at++;
    }
    return NF_OK;
}

nf_status nf_docs_next(nf_docs *in, nf_batch *b, nf_err *err)
{
    nf_status s = NF_OK;

    if (in->failed)
        return NF_FAIL(err, NF_EINVAL, "the document stream has failed before");
    NF_GO(begin(b, err));
    while (b->n == 0 && in->at < in->n_src) {
        const nfi_source *src = &in->src[in->at];
        if (src->file || src->fault) {
            size_t n = 0;
            NF_GO(nfi_files_read(in, b, &n, err));
            NF_GO(take(in, b, n, err));
        } else {
            NF_GO(read_table(in, b, err));
        }
        if (in->filter && b->n) {
            size_t n = b->n;
            NF_GO(in->filter(in->filter_ctx, b, err));
            in->stats.left_out += n - b->n;
        }
        if (b->n == 0 && in->at < in->n_src)
            NF_GO(begin(b, err)); /* nothing but rejects: their memory goes round again */
    }
    for (size_t i = 0; b->n && i < NFI_WATCHERS; i++)
        if (in->watch[i])
            NF_GO(in->watch[i](in->watch_ctx[i], b, err));
out:
    if (s != NF_OK) {
        b->n = 0;
        in->failed = true;
    }
    return s;
}

void nfi_docs_filter(nf_docs *in, nf_status (*fn)(void *ctx, nf_batch *b, nf_err *err), void *ctx, void (*free_ctx)(void *ctx))
{
    if (in->filter) {
        free_ctx(ctx);
        return;
    }
    in->filter = fn;
    in->filter_ctx = ctx;
    in->filter_free = free_ctx;
}

void nf_docs_watch(nf_docs *in, nf_status (*fn)(void *ctx, const nf_batch *b, nf_err *err), void *ctx)
{
    size_t i = 0;

    while (i < NFI_WATCHERS && in->watch[i])
        i++;
    NF_ASSERT(i < NFI_WATCHERS);
    in->watch[i] = fn;
    in->watch_ctx[i] = ctx;
}
