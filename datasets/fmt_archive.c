/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_archive.c - an archive as a folder of articles. Its members are listed when the stream is opened, for their names decide the labels,
 * and read in the same order when their turn comes: the bytes of a batch one after another, the documents of it in parallel. An archive of
 * one table is that table.
 */
#include "datasets/stream.h"

#include "base/limits.h"
#include "base/try.h"

#include <string.h>

enum { MAX_MEMBERS = 4096 };

typedef struct list {
    nfi_entry *entry;
    size_t n, cap;
} list;

static nf_status add_member(nf_docs *in, list *l, const nfi_member *m, size_t number, nf_err *err)
{
    char *name = nfi_arena_copy(&in->arena, m->name, strlen(m->name));

    if (!name)
        return nfi_oom(err, "an archive");
    NF_TRY(nfi_grow(&l->entry, &l->cap, l->n + 1, sizeof *l->entry, err));
    l->entry[l->n++] = (nfi_entry){
        .path = name, .fault = m->fault, .format = nfi_format_by_extension(name), .size = m->size, .member = number};
    return NF_OK;
}

/* What it will become, by what it says itself; the true bytes are counted when they are read. */
static nf_status check_claims(const nf_docs *in, const list *l, const char *path, uint64_t size, nf_err *err)
{
    uint64_t sum = 0, max = in->o.max_unpacked ? in->o.max_unpacked : NFI_MAX_UNPACKED;

    for (size_t i = 0; i < l->n; i++)
        if (__builtin_add_overflow(sum, l->entry[i].size, &sum) || sum > max)
            return NF_FAIL_AT(err, NF_ELIMIT, path, 0, "unpacks to more than %llu bytes, the limit; --max-unpacked raises it",
                              (unsigned long long)max);
    if (sum > NFI_RATIO_FROM && sum / NFI_MAX_RATIO > size)
        return NF_FAIL_AT(err, NF_ELIMIT, path, 0, "unpacks to more than %d times its size: it looks like a bomb and is refused",
                          NFI_MAX_RATIO);
    return NF_OK;
}

static nf_status read_list(nf_docs *in, list *l, const char *path, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_in *raw = NULL;
    nfi_unpack *u = NULL;
    nfi_member m;
    bool found = true;

    NF_TRY(nfi_in_open(&raw, path, err));
    uint64_t size = nfi_in_size(raw);
    NF_TRY(nfi_unpack_open(&u, raw, NULL, path, true, in->o.max_unpacked, err));
    for (size_t number = 0; found; number++) {
        NF_GO(nfi_unpack_next(u, &m, &found, err));
        if (!found || m.folder)
            continue;
        NF_GO(add_member(in, l, &m, number, err));
        if (strcmp(m.name, "[Content_Types].xml") == 0) {
            s = NF_FAIL_AT(err, NF_EFORMAT, path, 0, "is an Office document; save the sheet as CSV, or the text as text");
            goto out;
        }
    }
    if (l->n == 0)
        s = NF_FAIL_AT(err, NF_EDATA, path, 0, "is an archive that holds no files");
    else
        s = check_claims(in, l, path, size, err);
out:
    nfi_unpack_close(u);
    return s;
}

nf_status nfi_list(nf_docs *in, const char *path, nf_err *err)
{
    nf_status s = NF_OK;
    list l = {0};
    nfi_archive *a = NULL;

    NF_GO(read_list(in, &l, path, err));
    const nfi_format *by_name = l.n == 1 ? nfi_format_by_extension(l.entry[0].path) : NULL, *one = in->forced ? in->forced : by_name;
    if (one && one->table && l.n == 1 && !l.entry[0].fault) {
        s = nfi_source_add(in, (nfi_source){.path = path, .format = one, .size = l.entry[0].size, .regular = true}, err);
        goto out;
    }
    if (in->forced && in->forced->table) {
        s = NF_FAIL_AT(err, NF_EFORMAT, path, 0, "is an archive of several files; --format %s reads one", in->forced->name);
        goto out;
    }
    for (size_t i = 0; i < l.n && in->forced != &nfi_format_text; i++) {
        const nfi_format *f = nfi_format_by_extension(l.entry[i].path);
        if (f && f->table && !l.entry[i].fault)
            l.entry[i].fault = "is a table within an archive of texts; unpack it, or use --format text";
    }
    NF_GO(nfi_grow(&in->archive, &in->cap_archives, in->n_archives + 1, sizeof *in->archive, err));
    if (!(a = nfi_calloc(1, sizeof *a))) {
        s = nfi_oom(err, "an archive");
        goto out;
    }
    a->path = path;
    in->archive[in->n_archives++] = a;
    s = nfi_entries_add(in, path, a, l.entry, l.n, err);
out:
    nfi_free(l.entry);
    return s;
}

void nfi_archive_close(nfi_archive *a)
{
    nfi_unpack_close(a->unpack);
    a->unpack = NULL;
    a->at = 0;
}

/* Goes on to the member of src, which must be what it was when the archive was listed. */
static nf_status find_member(nf_docs *in, const nfi_source *src, nf_err *err)
{
    nfi_archive *a = src->archive;
    nfi_member m = {0};
    bool found = true;

    if (!a->unpack) {
        nfi_in *raw = NULL;
        NF_TRY(nfi_in_open(&raw, a->path, err));
        NF_TRY(nfi_unpack_open(&a->unpack, raw, NULL, a->path, true, in->o.max_unpacked, err));
    }
    while (found && a->at <= src->member) {
        NF_TRY(nfi_unpack_next(a->unpack, &m, &found, err));
        a->at++;
    }
    size_t n = found ? strlen(m.name) : 0;
    in->tmp.n = 0;
    if (!nfi_buf_reserve(&in->tmp, n * 8 + 1))
        return nfi_oom(err, "an archive");
    nfi_escape(in->tmp.p, n * 8 + 1, found ? m.name : "", n);
    if (!found || m.fault || m.folder || strcmp(in->tmp.p, src->id.p) != 0)
        return NF_FAIL_AT(err, NF_EIO, a->path, 0, "changed while it was read");
    return NF_OK;
}

/* All bytes of a member, into arena; a member that is too large is a reject. */
static nf_status read_member(nf_docs *in, const nfi_source *src, nfi_slot *slot, nfi_arena *arena, nf_err *err)
{
    size_t got = 1;

    NF_TRY(find_member(in, src, err));
    for (in->tmp.n = 0; got > 0 && in->tmp.n <= in->max_document; in->tmp.n += got) {
        size_t room = in->max_document + 1 - in->tmp.n;
        if (room > ((size_t)1 << 20))
            room = (size_t)1 << 20;
        if (!nfi_buf_reserve(&in->tmp, room))
            return nfi_oom(err, "a member of an archive");
        NF_TRY(nfi_unpack_read(src->archive->unpack, in->tmp.p + in->tmp.n, room, &got, err));
    }
    if (in->tmp.n > in->max_document) {
        nfi_row row = {.arena = arena};
        in->tmp.n = in->tmp.n < 4096 ? in->tmp.n : 4096; /* what rejects show */
        if (nfi_row_bad(&row, NF_ELIMIT, "has more than %zu bytes, the limit", in->max_document) != NF_OK)
            return nfi_oom(err, "a reject");
        slot->bad = row.bad;
    }
    char *copy = nfi_arena_copy(arena, in->tmp.p, in->tmp.n);
    if (!copy)
        return nfi_oom(err, "a member of an archive");
    slot->rec = (nf_str){copy, in->tmp.n};
    return NF_OK;
}

nf_status nfi_members_read(nf_docs *in, nf_batch *b, size_t *n, size_t group, nf_err *err)
{
    nfi_archive *a = in->src[in->at].archive;
    size_t count = 0, bytes = 0;

    for (size_t i = in->at; i < in->n_src && in->src[i].archive == a && count < MAX_MEMBERS && bytes < NFI_BLOCK; i++) {
        NF_TRY(nfi_batch_room(b, count + 1, err));
        NF_TRY(nfi_batch_arenas(b->mem, count / group + 1, err));
        nfi_slot *slot = &b->mem->slot[count];
        *slot = (nfi_slot){.file = (uint32_t)i, .record = in->src[i].fault ? 0 : 1};
        if (!in->src[i].fault)
            NF_TRY(read_member(in, &in->src[i], slot, &b->mem->arena[count / group], err));
        bytes += slot->rec.n;
        count++;
    }
    if (in->at + count == in->n_src || in->src[in->at + count].archive != a)
        nfi_archive_close(a);
    *n = count;
    return NF_OK;
}
