/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fmt_folder.c - a folder of articles, one a file. It is walked without recursion and without following links to folders; an entry that is
 * no text file is an error or a reject, never passed over. When every file lies exactly one level down, the folders are the classes.
 */
#define _GNU_SOURCE
#include "datasets/stream.h"

#include "base/limits.h"
#include "base/sort.h"
#include "base/try.h"
#include "datasets/label_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const nfi_format nfi_format_folder = {
    .name = "folder",
    .summary = "a folder of articles, one a file; folders of files one level down are the classes",
    .whole = true,
};

typedef struct walk {
    nf_docs *in;
    const char *folder;
    size_t n_folder; /* bytes of it without slashes at the end */
    int fd;
    nfi_entry *file;
    size_t n_files, cap_files;
    char **todo; /* folders to read */
    size_t n_todo, cap_todo;
} walk;

static const char *other_kind(mode_t mode)
{
    return S_ISFIFO(mode)   ? "is a FIFO, expected a file"
           : S_ISSOCK(mode) ? "is a socket, expected a file"
           : S_ISCHR(mode)  ? "is a device, expected a file"
           : S_ISBLK(mode)  ? "is a device, expected a file"
                            : "is no regular file";
}

/* The entry name of the folder dir, which is open as fd. */
static nf_status look(walk *w, int fd, const char *dir, const char *name, nf_err *err)
{
    struct stat st;
    size_t f = w->n_folder + 1, d = strlen(dir), n = strlen(name);
    char *whole = nfi_arena_alloc(&w->in->arena, f + d + n + 2), *rel = whole + f;
    nfi_entry e = {.path = rel, .whole = whole};

    if (!whole)
        return nfi_oom(err, "a folder");
    memcpy(whole, w->folder, f - 1);
    whole[f - 1] = '/';
    if (d) {
        memcpy(rel, dir, d);
        rel[d++] = '/';
    }
    memcpy(rel + d, name, n + 1);
    if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        e.fault = "vanished while the folder was read";
    } else if (S_ISDIR(st.st_mode)) {
        NF_TRY(nfi_grow(&w->todo, &w->cap_todo, w->n_todo + 1, sizeof *w->todo, err));
        w->todo[w->n_todo++] = rel;
        return NF_OK;
    } else if (S_ISLNK(st.st_mode) && fstatat(fd, name, &st, 0) != 0) {
        e.fault = "is a symbolic link to nothing";
    } else if (S_ISDIR(st.st_mode)) {
        e.fault = "is a symbolic link to a folder, which is not followed";
    } else if (!S_ISREG(st.st_mode)) {
        e.fault = other_kind(st.st_mode);
    } else if (strlen(w->folder) + d + n + 2 > NFI_MAX_PATH) {
        e.fault = "has a path longer than 4095 bytes";
    } else {
        e.format = nfi_format_by_extension(name);
        if (e.format && e.format->table && w->in->forced != &nfi_format_text)
            e.fault = "is a table within a folder of texts; name the file itself, or use --format text";
        e.size = (uint64_t)st.st_size;
    }
    NF_TRY(nfi_grow(&w->file, &w->cap_files, w->n_files + 1, sizeof *w->file, err));
    w->file[w->n_files++] = e;
    return NF_OK;
}

static nf_status read_folder(walk *w, const char *rel, nf_err *err)
{
    nf_status s = NF_OK;
    DIR *dir = NULL;
    int fd = openat(w->fd, *rel ? rel : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0 || !(dir = fdopendir(fd))) {
        int e = errno;
        if (fd >= 0)
            close(fd);
        if (!*rel || e == ENOMEM || e == EMFILE || e == ENFILE)
            return nfi_fail_errno(err, e, w->folder, "cannot read the folder");
        NF_TRY(nfi_grow(&w->file, &w->cap_files, w->n_files + 1, sizeof *w->file, err));
        size_t f = w->n_folder + 1, n = strlen(rel);
        char *whole = nfi_arena_alloc(&w->in->arena, f + n + 1);
        if (!whole)
            return nfi_oom(err, "a folder");
        memcpy(whole, w->folder, f - 1);
        whole[f - 1] = '/';
        memcpy(whole + f, rel, n + 1);
        w->file[w->n_files++] = (nfi_entry){.path = whole + f, .whole = whole, .fault = "is a folder that cannot be read"};
        return NF_OK;
    }
    for (;;) {
        errno = 0;
        const struct dirent *d = readdir(dir);
        if (!d) {
            if (errno)
                s = nfi_fail_errno(err, errno, w->folder, "cannot read the folder");
            break;
        }
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
            NF_GO(look(w, dirfd(dir), rel, d->d_name, err));
    }
out:
    closedir(dir);
    return s;
}

static int by_path(const void *a, const void *b, void *ctx)
{
    (void)ctx;
    return strcmp(((const nfi_entry *)a)->path, ((const nfi_entry *)b)->path);
}

/*
 * Bytes of the path before the name of the class when the folders are the classes: every file lies one level down, or in an archive that
 * has all in one folder, as tar makes it of a folder, two. SIZE_MAX when they are not.
 */
static size_t class_at(const nfi_entry *e, size_t n, bool archive)
{
    const char *first = NULL;
    size_t top = 0, levels = 0;

    for (size_t i = 0; i < n; i++) {
        size_t slashes = 0;
        if (e[i].fault)
            continue;
        for (const char *c = e[i].path; (c = strchr(c, '/')) != NULL; c++)
            slashes++;
        if (!first) {
            first = e[i].path;
            top = strcspn(first, "/") + 1;
            levels = slashes;
        }
        if (slashes != levels || (levels == 2 && strncmp(first, e[i].path, top) != 0))
            return SIZE_MAX;
    }
    return levels == 1 ? 0 : levels == 2 && archive ? top : SIZE_MAX;
}

static nf_status add(nf_docs *in, const char *base, nfi_archive *archive, const nfi_entry *e, size_t class, nf_err *err)
{
    nfi_source src = {.size = e->size, .fault = e->fault, .file = true, .regular = true, .archive = archive, .member = e->member};

    NF_TRY(nfi_name_id(&src.id, e->path, &in->arena, err));
    src.path = e->whole;
    in->distinct &= !archive && src.id.p == e->path;
    if (archive) { /* the name of a member is no path: it is only shown */
        size_t d = strlen(base);
        char *path = nfi_arena_alloc(&in->arena, d + src.id.n + 2);
        if (!path)
            return nfi_oom(err, "a folder");
        memcpy(path, base, d);
        path[d] = ':';
        memcpy(path + d + 1, src.id.p, src.id.n + 1);
        src.path = path;
    }
    src.format = in->forced && in->forced != &nfi_format_folder ? in->forced : e->format;
    if (src.format && src.format->table)
        src.format = &nfi_format_text; /* NULL: text or a page, by its content */
    if (e->fault && !in->o.rejects)
        return NF_FAIL_AT(err, archive ? NF_EFORMAT : NF_EIO, src.path, 0, "%s", e->fault);
    if (class != SIZE_MAX && !e->fault) {
        const char *name = e->path + class;
        char *label = nfi_arena_copy(&in->arena, name, (size_t)(strchr(name, '/') - name));
        if (!label)
            return nfi_oom(err, "a folder");
        NF_TRY(nfi_name_id(&src.label, label, &in->arena, err));
        const char *fault = in->o.need_label || in->o.check_label ? nfi_one_label_fault(src.label) : NULL;
        if (in->o.multi) {
            nf_str *part;
            size_t parts;
            if (nfi_label_cut(src.label, &in->arena, &part, &parts) != NF_OK ||
                nfi_label_set(&src.label, part, parts, &in->arena, &fault) != NF_OK)
                return nfi_oom(err, "a folder");
        }
        if (fault)
            return NF_FAIL_AT(err, NF_EFORMAT, src.path, 0, "the folder name as a label %s", fault);
    }
    return nfi_source_add(in, src, err);
}

nf_status nfi_entries_add(nf_docs *in, const char *base, nfi_archive *archive, const nfi_entry *e, size_t n, nf_err *err)
{
    size_t class = class_at(e, n, archive != NULL);

    for (size_t i = 0; i < n; i++)
        NF_TRY(add(in, base, archive, &e[i], class, err));
    if (class != SIZE_MAX && !in->have_columns && !in->o.all_columns) {
        nfi_plan plan = {.n = 1};
        nf_str name = {"label", 5};
        int32_t carry = 0;
        plan.name = &name;
        plan.carry = &carry;
        NF_TRY(nfi_columns_define(&in->columns, &plan, 1, &in->arena, err));
        in->have_columns = true;
    }
    return NF_OK;
}

nf_status nfi_walk(nf_docs *in, const char *folder, nf_err *err)
{
    nf_status s = NF_OK;
    walk w = {.in = in, .folder = folder, .n_folder = strlen(folder), .fd = -1};
    char root[1] = "";

    while (w.n_folder > 1 && folder[w.n_folder - 1] == '/')
        w.n_folder--;

    w.fd = open(folder, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    if (w.fd < 0) {
        s = nfi_fail_errno(err, errno, folder, "cannot read the folder");
        goto out;
    }
    NF_GO(read_folder(&w, root, err));
    while (w.n_todo > 0)
        NF_GO(read_folder(&w, w.todo[--w.n_todo], err));
    NF_GO(nfi_sort(w.file, w.n_files, sizeof *w.file, by_path, NULL, err));
    in->distinct = in->n_src == 0;
    s = nfi_entries_add(in, folder, NULL, w.file, w.n_files, err);
out:
    if (w.fd >= 0)
        close(w.fd);
    nfi_free(w.file);
    nfi_free(w.todo);
    return s;
}
