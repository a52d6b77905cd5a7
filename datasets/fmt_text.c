/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_text.c - one article a file, the whole file being its text. Files are read in parallel, those of a batch decided by the sizes met
 * when the operands were listed; one thread takes fewer at a time.
 */
#include "datasets/stream.h"

#include "base/io.h"
#include "base/par.h"
#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

enum {
    MAX_FILES = 4096,
    GROUP = 16,
    SHOWN = 4096, /* bytes that a reject shows */
    FEW = 256 << 10,
    UNPACKED = 16 /* a packed file counts for so many times its bytes: a batch holds what it becomes */
};

static const char *const text_ext[] = {".txt", ".text", NULL};

const nfi_format nfi_format_text = {
    .name = "text",
    .summary = "one article a file: the whole file is its text, its path the id",
    .extensions = text_ext,
    .whole = true,
};

typedef struct job {
    nf_docs *in;
    nf_batch *b;
    size_t n;
} job;

/* From the encoding of a byte order mark, the one that a page declares, or the one asked for. */
static nf_status to_utf8(const char *charset, bool page, nfi_row *row, nf_str *text, nf_err *err)
{
    size_t mark;
    char declared[NFI_CHARSET_NAME];
    const char *name = nfi_charset_of_mark(text->p, text->n, &mark);
    nfi_buf b = {0};

    if (name && mark == 3)
        name = NULL;
    else if (!name)
        name = page ? nfi_page_charset(text->p, text->n, charset, declared) : charset;
    if (!name)
        return NF_OK;
    nf_status s = nfi_charset_whole(&b, name, text->p + mark, text->n - mark, err);
    char *copy = s == NF_OK ? nfi_arena_copy(row->arena, b.p, b.n) : NULL;
    if (copy)
        *text = (nf_str){copy, b.n};
    nfi_buf_clear(&b);
    return s != NF_OK ? s : copy ? NF_OK : nfi_oom(err, "a file");
}

/* The values of the columns of the stream. */
static nf_status carry(nf_docs *in, const nfi_source *src, const nf_str page[NFI_PAGE_COLUMNS], nfi_row *row, nf_doc *d, nf_err *err)
{
    nf_str *carried = nfi_arena_alloc(row->arena, in->columns.n * sizeof *carried);
    uint8_t *kind = in->o.all_columns ? nfi_arena_alloc(row->arena, in->columns.n) : NULL;

    if (!carried || (in->o.all_columns && !kind))
        return nfi_oom(err, "a file");
    for (size_t i = 0; i < in->columns.n; i++) {
        int32_t c = (int32_t)i;
        carried[i] = c == in->label_column ? src->label : c == in->id_column ? src->id : c == in->text_column ? d->text : (nf_str){0};
        for (size_t k = 0; page && k < NFI_PAGE_COLUMNS; k++)
            if (c == in->page_column[k])
                carried[i] = page[k];
        if (kind)
            kind[i] = carried[i].n || c == in->text_column ? NF_KIND_STRING : NF_KIND_ABSENT;
    }
    d->kind = kind;
    d->carried = carried;
    return NF_OK;
}

/* The bytes of a file become a document. */
static nf_status finish(nf_docs *in, const nfi_source *src, nf_str text, nfi_place place, bool converted, nfi_row *row, nf_doc *doc,
                        nf_err *err)
{
    static const nf_str name = {"text", 4};
    nf_doc d = {.id = src->id, .label = src->label, .text = text};
    size_t skip = 0;
    nf_err why = {0};
    nf_str values[NFI_PAGE_COLUMNS] = {{0}};

    if (nfi_check_packed(text.p, text.n, place, NULL, &why) != NF_OK || nfi_check_start(&skip, text.p, text.n, NULL, &why) != NF_OK)
        return nfi_row_bad(row, why.code, "%s", why.msg) == NF_OK ? NF_OK : nfi_oom(err, "a file");
    bool page = src->format == &nfi_format_html || (!src->format && nfi_html_begins(text.p + skip, text.n - skip));
    if (!converted)
        NF_TRY(to_utf8(in->o.charset, page, row, &d.text, err));
    skip = nfi_utf8_mark(d.text.p, d.text.n);
    d.text.p += skip;
    d.text.n -= skip;
    if (nfi_clean(in->o.encoding, row, name, &d.text, &d.flags) != NF_OK || nfi_mend(in->o.repair, row, &d.text, &d.flags) != NF_OK)
        return nfi_oom(err, "a file");
    if (page && row->bad.code == NF_OK)
        NF_TRY(nfi_page_read(&d, values, row, err));
    NF_TRY(carry(in, src, page ? values : NULL, row, &d, err));
    if (row->replacements)
        d.flags |= NF_DOC_REPAIRED;
    if (row->fallback)
        d.flags |= NF_DOC_FALLBACK;
    *doc = d;
    return NF_OK;
}

static bool too_long(const nf_docs *in, const nfi_source *src)
{
    return src->size > in->max_document || src->size > SIZE_MAX - 128;
}

/* The bytes of a file, with a NUL behind them: at p, which has room for one more than it has, or unpacked in the arena of row. */
static nf_status read_bytes(nf_docs *in, const nfi_source *src, char *p, nfi_row *row, nf_str *out, nfi_place *place, nf_err *err)
{
    nfi_buf plain = {0};
    size_t n = (size_t)src->size;

    if (too_long(in, src))
        return NF_FAIL_AT(err, NF_ELIMIT, src->path, 0, "has %llu bytes, the limit is %llu", (unsigned long long)src->size,
                          (unsigned long long)in->max_document);
    NF_TRY(nfi_read_seen(p, n, src->path, err));
    p[n] = '\0';
    *place = NFI_IN_FOLDER;
    if (nfi_packing_of(p, n, NULL) == NFI_COMPRESSED) {
        nfi_memory packed = {p, n};
        *place = NFI_IN_PACKED;
        nf_status s = nfi_unpack_whole(&plain, &packed, src->path, in->max_document, in->o.max_unpacked, err);
        if (s == NF_OK && !(p = nfi_arena_copy(row->arena, plain.p, n = plain.n)))
            s = nfi_oom(err, "a file");
        nfi_buf_clear(&plain);
        NF_TRY(s);
    }
    *out = (nf_str){p, n};
    return NF_OK;
}

static nf_status read_file(nf_docs *in, const nfi_source *src, char *at, nfi_row *row, nfi_slot *slot, nf_doc *doc, nf_err *err)
{
    nfi_place place = NFI_IN_FOLDER;
    nf_err why = {0};

    nf_status s = read_bytes(in, src, at, row, &slot->rec, &place, &why);
    if (s == NF_ENOMEM) {
        if (err)
            *err = why;
        return s;
    }
    if (s != NF_OK)
        return nfi_row_bad(row, s, "%s", why.msg) == NF_OK ? NF_OK : nfi_oom(err, "a file");
    return finish(in, src, slot->rec, place, false, row, doc, err);
}

static void begin_row(nfi_row *row, nfi_arena *arena)
{
    row->arena = arena;
    row->bad = (nfi_bad){0};
    row->replacements = 0;
    row->fallback = 0;
    row->record = 1;
}

static void end_row(nf_docs *in, const nfi_row *row, nfi_slot *slot, const nf_doc *doc)
{
    slot->bad = row->bad;
    slot->replacements = row->replacements;
    slot->fallback = row->fallback;
    if (row->bad.code == NF_OK)
        slot->id = in->distinct ? (nfi_hash128){0} : nfi_ids_hash(&in->ids, doc->id.p, doc->id.n);
}

static nf_status read_group(void *ctx, size_t group, int worker, nf_err *err)
{
    const job *j = ctx;
    nf_docs *in = j->in;
    nfi_row *row = &in->row[worker];

    for (size_t i = group * GROUP; i < j->n && i < (group + 1) * GROUP; i++) {
        nfi_slot *slot = &j->b->mem->slot[i];
        const nfi_source *src = &in->src[slot->file];
        begin_row(row, &j->b->mem->arena[worker]);
        if (src->fault) {
            if (nfi_row_bad(row, NF_EIO, "%s", src->fault) != NF_OK)
                return nfi_oom(err, "a reject");
        } else if (src->archive) {
            if (slot->bad.code != NF_OK)
                row->bad = slot->bad;
            else
                NF_TRY(finish(in, src, slot->rec, NFI_IN_PACKED, false, row, &j->b->docs[i], err));
        } else {
            NF_TRY(read_file(in, src, j->b->mem->buf + slot->at, row, slot, &j->b->docs[i], err));
        }
        if (slot->rec.n > SHOWN)
            slot->rec.n = SHOWN;
        end_row(in, row, slot, &j->b->docs[i]);
    }
    return NF_OK;
}

/* Room for n bytes where a batch has its raw records, which are dropped, and for some more: the next batch may be larger. */
static nf_status room(struct nf_batch_mem *m, size_t n, nf_err *err)
{
    if (n <= m->cap_buf)
        return NF_OK;
    n += n / 4;
    nfi_free(m->buf);
    m->buf = nfi_alloc(n, 1);
    m->cap_buf = m->buf ? n : 0;
    return m->buf ? NF_OK : nfi_oom(err, "files");
}

nf_status nfi_files_read(nf_docs *in, nf_batch *b, size_t *n, nf_err *err)
{
    size_t count = 0, at = 0;
    uint64_t bytes = 0, held = 0, most = NFI_BLOCK;

    if (in->threads == 1) /* nothing to share out: what is read is still in the cache when it is used */
        most = FEW;

    if (in->src[in->at].archive) {
        NF_TRY(nfi_members_read(in, b, &count, GROUP, err));
        for (size_t i = 0; i < count; i++)
            bytes += in->src[in->at + i].size;
    }
    for (size_t i = in->at;
         i < in->n_src && (in->src[i].file || in->src[i].fault) && !in->src[i].archive && count < MAX_FILES && held < most; i++) {
        const nfi_source *src = &in->src[i];
        NF_TRY(nfi_batch_room(b, count + 1, err));
        b->mem->slot[count++] = (nfi_slot){.file = (uint32_t)i, .at = at, .record = src->fault ? 0 : 1};
        bytes += src->size;
        if (src->fault || too_long(in, src))
            continue;
        held += nfi_packed_by_extension(src->path) ? UNPACKED * src->size : src->size;
        at += (size_t)src->size + 1;
    }
    NF_TRY(room(b->mem, at, err));
    NF_TRY(nfi_batch_arenas(b->mem, (size_t)in->threads, err));
    job j = {in, b, count};
    NF_TRY(nfi_par_chunks((count + GROUP - 1) / GROUP, in->threads, read_group, &j, err));
    in->at += count;
    in->stats.bytes += bytes;
    *n = count;
    return NF_OK;
}

nf_status nfi_stream_read(nf_docs *in, nfi_source *src, nf_batch *b, size_t *n, nf_err *err)
{
    nfi_reader *r = src->reader;
    nfi_row *row = &in->row[0];

    if (r->record > 0)
        return NF_OK;
    while (!r->eof && r->have <= in->max_document)
        NF_TRY(nfi_reader_fill(r, NFI_BLOCK, err));
    NF_TRY(nfi_batch_room(b, 1, err));
    NF_TRY(nfi_batch_arenas(b->mem, 1, err));
    nfi_slot *slot = &b->mem->slot[0];
    *slot = (nfi_slot){.record = 1};
    begin_row(row, &b->mem->arena[0]);
    if (r->have > in->max_document) {
        if (nfi_row_bad(row, NF_ELIMIT, "the text has more than %zu bytes, the limit", in->max_document) != NF_OK)
            return nfi_oom(err, "a reject");
    } else {
        char *copy = nfi_arena_copy(row->arena, r->buf, r->have);
        if (!copy)
            return nfi_oom(err, "a file");
        slot->rec = (nf_str){copy, r->have < SHOWN ? r->have : SHOWN};
        NF_TRY(finish(in, src, (nf_str){copy, r->have}, NFI_IN_STREAM, r->charset != NULL, row, &b->docs[0], err));
    }
    end_row(in, row, slot, &b->docs[0]);
    r->scan.start = r->scan.at = r->have;
    r->record = 1;
    *n = 1;
    return NF_OK;
}
