/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * section_format.c - parses and renders header, table and trailer. Order of the checks: magic (and what a wrong one tells about the way the
 * file came), header checksum, version and features, exact size, table checksum, extents, types, trailer, gaps. No number is used before
 * the checksum over it was right, and none is trusted because of it: a forged file has right checksums.
 */
#define _GNU_SOURCE
#include "base/section_format.h"

#include "base/hash.h"
#include "base/try.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFUSE(err, name, ...) NF_FAIL_AT(err, NF_EMODEL, name, 0, __VA_ARGS__)

static const unsigned char elem_sizes[] = {1, 2, 4, 8, 8, 4, 8};

size_t nfi_elem_size(nfi_elem t)
{
    return elem_sizes[t];
}

static const char *elem_name(nfi_elem t)
{
    static const char *const names[] = {"bytes", "u16", "u32", "u64", "i64", "f32", "f64"};
    return names[t];
}

static const char *kind_name(char kind)
{
    return kind == 'S'   ? "statistics file"
           : kind == 'M' ? "model file"
           : kind == 'C' ? "cluster file"
           : kind == 'L' ? "line table"
                         : "section file";
}

static uint16_t get16(const unsigned char *p)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint32_t get32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t get64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static void put32(unsigned char *p, uint32_t v) { memcpy(p, &v, sizeof v); }
static void put64(unsigned char *p, uint64_t v) { memcpy(p, &v, sizeof v); }

static void make_magic(unsigned char m[8], char kind)
{
    const unsigned char magic[8] = {0x89, 'N', 'F', (unsigned char)kind, 0x0d, 0x0a, 0x1a, 0x0a};
    memcpy(m, magic, 8);
}

static bool all_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static bool starts(const unsigned char *p, uint64_t n, const char *with, size_t m)
{
    return n >= m && memcmp(p, with, m) == 0;
}

/* What a text-mode copy does to the magic: line ends changed in either direction, the high bit cut off, bytes recoded as characters. */
static bool text_damage(const unsigned char *p, uint64_t n)
{
    size_t lead = starts(p, n, "\x89NF", 3) || starts(p, n, "\x09NF", 3) ? 1
                  : starts(p, n, "\xc2\x89NF", 4)                        ? 2
                  : starts(p, n, "\xef\xbf\xbdNF", 5)                    ? 3
                                                                         : 0;
    if (lead == 0 || n < lead + 7)
        return false;
    const unsigned char *q = p + lead + 3;
    static const char *const tails[] = {"\r\n\x1a\n", "\n\x1a\n", "\r\r\n\x1a\r\n", "\r\n\x1a\r\n", "\n\n\x1a\n", "\r\x1a\r"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        if (starts(q, n - lead - 3, tails[i], strlen(tails[i])))
            return p[0] != 0x89 || i != 0;
    return false;
}

/* The file read as 2-, 4- or 8-byte numbers of the other byte order. */
static bool byte_swapped(const unsigned char *p, uint64_t n)
{
    for (size_t width = 2; width <= 8 && n >= 8; width *= 2) {
        unsigned char q[8], m[8];
        for (size_t i = 0; i < 8; i++)
            q[i] = p[i ^ (width - 1)];
        make_magic(m, (char)q[3]);
        if (memcmp(q, m, 8) == 0)
            return true;
    }
    return n >= 16 && get32(p + 12) == __builtin_bswap32(SEC_HEADER);
}

static nf_status check_magic(const unsigned char *p, uint64_t size, char kind, const char *name, nf_err *err)
{
    const char *want = kind_name(kind);
    unsigned char m[8];
    size_t have = size < 8 ? (size_t)size : 8;

    make_magic(m, kind);
    if (size == 0)
        return REFUSE(err, name, "is empty, expected a %s", want);
    if (memcmp(p, m, have) == 0)
        return NF_OK;
    if (size >= 8) {
        make_magic(m, (char)p[3]);
        if (memcmp(p, m, 8) == 0 && (p[3] == 'S' || p[3] == 'M' || p[3] == 'C' || p[3] == 'L'))
            return REFUSE(err, name, "is a %s, expected a %s", kind_name((char)p[3]), want);
    }
    if (text_damage(p, size))
        return REFUSE(err, name, "was damaged in transfer as text: copy it in binary mode");
    if (byte_swapped(p, size))
        return REFUSE(err, name, "is big-endian, expected little-endian");
    if (starts(p, size, "iU5G", 4))
        return REFUSE(err, name, "is base64 text: decode it first");
    if (starts(p, size, "\x1f\x8b", 2))
        return REFUSE(err, name, "is compressed by gzip: unpack it first");
    if (p[0] == '<')
        return REFUSE(err, name, "is not a %s but a web page or XML", want);
    return REFUSE(err, name, "is not a %s", want);
}

nf_status nfi_sec_parse_header(nfi_sechead *h, const unsigned char *head, uint64_t size, char kind, uint16_t major, const char *name,
                               nf_err *err)
{
    NF_TRY(check_magic(head, size, kind, name, err));
    if (size < SEC_HEADER)
        return REFUSE(err, name, "is truncated: %llu bytes, the header alone has %d", (unsigned long long)size, SEC_HEADER);
    if (get32(head + 12) == __builtin_bswap32(SEC_HEADER))
        return REFUSE(err, name, "is big-endian, expected little-endian");
    if (get64(head + 120) != nfi_xxh64(head, 120))
        return REFUSE(err, name, "is damaged: checksum of the header does not match");

    h->major = get16(head + 8);
    h->minor = get16(head + 10);
    if (h->major > major)
        return REFUSE(err, name, "was made by a newer version: file format %u.%u, this program reads up to %u", h->major, h->minor, major);
    if (get64(head + 32) != 0)
        return REFUSE(err, name, "was made by a newer version: needs unknown features 0x%llx", (unsigned long long)get64(head + 32));
    h->size = get64(head + 16);
    if (size < h->size)
        return REFUSE(err, name, "is truncated: %llu of %llu bytes", (unsigned long long)size, (unsigned long long)h->size);
    if (size > h->size)
        return REFUSE(err, name, "has %llu trailing bytes after its end", (unsigned long long)(size - h->size));
    if (size > NFI_MAX_FILE)
        return REFUSE(err, name, "has %llu bytes, the limit is %llu", (unsigned long long)size, (unsigned long long)NFI_MAX_FILE);
    if (get32(head + 12) != SEC_HEADER || get32(head + 28) != SEC_ENTRY)
        return REFUSE(err, name, "has a header of %u and entries of %u bytes, expected %d and %d", get32(head + 12), get32(head + 28),
                      SEC_HEADER, SEC_ENTRY);
    if (get32(head + 24) == 0 || get32(head + 24) > NFI_MAX_SECTIONS)
        return REFUSE(err, name, "has %u sections, expected 1 to %d", get32(head + 24), NFI_MAX_SECTIONS);
    if (!all_zero(head + 56, 48) || !all_zero(head + 112, 8))
        return REFUSE(err, name, "has reserved header bytes that are not zero");
    h->n = get32(head + 24);
    h->table = get64(head + 48);
    uint64_t tail = h->n * SEC_ENTRY + SEC_TRAILER;
    if (size < SEC_HEADER + tail || h->table != size - tail)
        return REFUSE(err, name, "has its section table at byte %llu, not before its end", (unsigned long long)h->table);
    return NF_OK;
}

static nf_status parse_entry(nfi_sechead *h, size_t i, const unsigned char *p, const char *name, nf_err *err)
{
    nfi_secent *e = &h->ent[i];
    uint32_t flags = get32(p + 4), type = get32(p + 32);
    uint64_t start = i ? h->ent[i - 1].offset + h->ent[i - 1].bytes : SEC_HEADER, end, bytes;

    memcpy(e->tag, p, 4);
    e->tag[4] = '\0';
    for (int c = 0; c < 4; c++)
        if (e->tag[c] <= ' ' || e->tag[c] > '~')
            return REFUSE(err, name, "names section %zu with bytes that are not letters", i + 1);
    for (size_t j = 0; j < i; j++)
        if (memcmp(h->ent[j].tag, e->tag, 4) == 0)
            return REFUSE(err, name, "has a duplicate section %s", e->tag);
    e->critical = flags & 1;
    e->offset = get64(p + 8);
    e->bytes = get64(p + 16);
    e->count = get64(p + 24);
    e->hash = get64(p + 40);
    if (flags > 1 || get32(p + 36) != 0)
        return REFUSE(err, name, "section %s: reserved bits are not zero", e->tag);
    if (type > NFI_F64)
        return REFUSE(err, name, "section %s: unknown element type %u", e->tag, type);
    e->type = (nfi_elem)type;
    if (e->offset % SEC_ALIGN)
        return REFUSE(err, name, "section %s is misaligned: it starts at byte %llu", e->tag, (unsigned long long)e->offset);
    if (e->offset < start)
        return REFUSE(err, name, "section %s overlaps what stands before it", e->tag);
    if (__builtin_add_overflow(e->offset, e->bytes, &end) || end > h->table)
        return REFUSE(err, name, "section %s reaches beyond the section table", e->tag);
    if (e->offset != nfi_sec_align(start))
        return REFUSE(err, name, "hole of %llu bytes before section %s", (unsigned long long)(e->offset - start), e->tag);
    if (__builtin_mul_overflow(e->count, (uint64_t)nfi_elem_size(e->type), &bytes) || bytes != e->bytes)
        return REFUSE(err, name, "section %s: %llu elements of type %s do not fill %llu bytes", e->tag, (unsigned long long)e->count,
                      elem_name(e->type), (unsigned long long)e->bytes);
    return NF_OK;
}

nf_status nfi_sec_parse_table(nfi_sechead *h, const unsigned char *head, const unsigned char *tail, const char *name, nf_err *err)
{
    const unsigned char *end = tail + h->n * SEC_ENTRY;

    if (get64(head + 104) != nfi_xxh64(tail, h->n * SEC_ENTRY))
        return REFUSE(err, name, "is damaged: checksum of the section table does not match");
    for (size_t i = 0; i < h->n; i++)
        NF_TRY(parse_entry(h, i, tail + i * SEC_ENTRY, name, err));
    uint64_t last = h->ent[h->n - 1].offset + h->ent[h->n - 1].bytes;
    if (h->table != nfi_sec_align(last))
        return REFUSE(err, name,
                      h->table % SEC_ALIGN ? "the section table is misaligned: it starts at byte %llu"
                                           : "hole before the section table at byte %llu",
                      (unsigned long long)h->table);
    if (memcmp(end, "NF", 2) != 0 || end[2] != head[3] || memcmp(end + 3, "END\r\n", 5) != 0 || get64(end + 8) != h->size)
        return REFUSE(err, name, "is damaged: the end mark does not match");
    return NF_OK;
}

uint64_t nfi_sec_gap(const nfi_sechead *h, size_t i, uint64_t *offset)
{
    *offset = h->ent[i].offset + h->ent[i].bytes;
    return nfi_sec_align(*offset) - *offset;
}

nf_status nfi_sec_check_gap(const nfi_sechead *h, size_t i, const unsigned char *gap, const char *name, nf_err *err)
{
    uint64_t at;

    if (!all_zero(gap, (size_t)nfi_sec_gap(h, i, &at)))
        return REFUSE(err, name, "the gap after section %s is not zero", h->ent[i].tag);
    return NF_OK;
}

nf_status nfi_sec_bad_hash(const nfi_secent *e, const char *name, nf_err *err)
{
    return REFUSE(err, name, "is damaged: checksum of section %s does not match", e->tag);
}

nf_status nfi_sec_parse_fd(nfi_sechead *h, int fd, char kind, uint16_t major, const char *name, nf_err *err)
{
    unsigned char head[SEC_HEADER] = {0}, tail[SEC_MAX_TAIL], gap[SEC_ALIGN];
    struct stat st;

    if (fstat(fd, &st) != 0)
        return nfi_fail_errno(err, errno, name, "cannot read");
    if (nfi_mode_name(st.st_mode))
        return REFUSE(err, name, "is %s, expected a %s", nfi_mode_name(st.st_mode), kind_name(kind));
    uint64_t size = (uint64_t)st.st_size;
    NF_TRY(nfi_pread_all(fd, head, size < SEC_HEADER ? (size_t)size : SEC_HEADER, 0, name, err));
    NF_TRY(nfi_sec_parse_header(h, head, size, kind, major, name, err));
    NF_TRY(nfi_pread_all(fd, tail, (size_t)(size - h->table), h->table, name, err));
    NF_TRY(nfi_sec_parse_table(h, head, tail, name, err));
    for (size_t i = 0; i < h->n; i++) {
        uint64_t at, n = nfi_sec_gap(h, i, &at);
        NF_TRY(nfi_pread_all(fd, gap, (size_t)n, at, name, err));
        NF_TRY(nfi_sec_check_gap(h, i, gap, name, err));
    }
    return NF_OK;
}

nf_status nfi_sec_open_fd(int *fd, const char *path, nf_err *err)
{
    int f;

    if (strcmp(path, "-") == 0)
        return nfi_stdin_fd(fd, UINT64_MAX, err);
    do
        f = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    while (f < 0 && errno == EINTR);
    if (f < 0 && (errno == ENXIO || errno == ENODEV)) /* sockets, devices without a driver */
        return REFUSE(err, path, "is a socket or a device, expected a file");
    if (f < 0)
        return nfi_fail_errno(err, errno, path, "cannot open");
    *fd = f;
    return NF_OK;
}

const nfi_secent *nfi_sec_find(const nfi_sechead *h, const char tag[4])
{
    for (size_t i = 0; i < h->n; i++)
        if (memcmp(h->ent[i].tag, tag, 4) == 0)
            return &h->ent[i];
    return NULL;
}

nf_status nfi_sec_check_type(const nfi_secent *e, nfi_elem type, const char *name, nf_err *err)
{
    if (e->type != type)
        return REFUSE(err, name, "section %s holds %s, expected %s", e->tag, elem_name(e->type), elem_name(type));
    return NF_OK;
}

nf_status nfi_sec_check_known(const nfi_sechead *h, const char *const *tags, size_t n, const char *name, nf_err *err)
{
    for (size_t i = 0; i < h->n; i++) {
        bool known = !h->ent[i].critical;
        for (size_t j = 0; j < n && !known; j++)
            known = memcmp(h->ent[i].tag, tags[j], 4) == 0;
        if (!known)
            return REFUSE(err, name, "was made by a newer version: section %s is critical and unknown", h->ent[i].tag);
    }
    return NF_OK;
}

void nfi_sec_render(const nfi_sechead *h, char kind, unsigned char head[SEC_HEADER], unsigned char *tail)
{
    unsigned char *end = tail + h->n * SEC_ENTRY;

    memset(tail, 0, h->n * SEC_ENTRY + SEC_TRAILER);
    for (size_t i = 0; i < h->n; i++) {
        const nfi_secent *e = &h->ent[i];
        unsigned char *p = tail + i * SEC_ENTRY;
        memcpy(p, e->tag, 4);
        put32(p + 4, e->critical);
        put64(p + 8, e->offset);
        put64(p + 16, e->bytes);
        put64(p + 24, e->count);
        put32(p + 32, (uint32_t)e->type);
        put64(p + 40, e->hash);
    }
    memcpy(end, "NF?END\r\n", 8);
    end[2] = (unsigned char)kind;
    put64(end + 8, h->size);

    memset(head, 0, SEC_HEADER);
    make_magic(head, kind);
    put32(head + 8, h->major | (uint32_t)h->minor << 16);
    put32(head + 12, SEC_HEADER);
    put64(head + 16, h->size);
    put32(head + 24, (uint32_t)h->n);
    put32(head + 28, SEC_ENTRY);
    put64(head + 48, h->table);
    put64(head + 104, nfi_xxh64(tail, h->n * SEC_ENTRY));
    put64(head + 120, nfi_xxh64(head, 120));
}
