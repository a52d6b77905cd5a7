/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_section_damage.c - every truncation and every flipped bit of a small file, and files that are wrong with right checksums. What the
 * whole reader refuses the streaming reader refuses too.
 */
#define _GNU_SOURCE
#include "unit/section_file.h"

#include "base/hash.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* All three readers refuse these bytes, with NF_EMODEL and words; words == NULL: any. */
static void refused(const void *p, size_t n, const char *words)
{
    char path[NFT_PATH];
    nf_err err[3] = {{0}, {0}, {0}};

    nft_file(path, NULL, "m.nfm", p, n);
    ck_assert_int_eq(memory_status(p, n, &err[0]), NF_EMODEL);
    ck_assert_int_eq(whole_status(path, &err[1]), NF_EMODEL);
    ck_assert_int_eq(stream_status(path, &err[2]), NF_EMODEL);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(words ? strstr(err[i].msg, words) != NULL : err[i].msg[0] != '\0', "reader %d says '%s', not '%s'", i, err[i].msg,
                      words);
}

static void put64(unsigned char *p, uint64_t v) { memcpy(p, &v, 8); }
static void put32(unsigned char *p, uint32_t v) { memcpy(p, &v, 4); }

static uint64_t get64(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

/* Makes the checksums of header and table right again, as whoever forges a file would. */
static void repair(unsigned char *p, size_t n)
{
    uint64_t at = get64(p + 48);
    if (at <= n - 16)
        put64(p + 104, nfi_xxh64(p + at, n - 16 - at));
    put64(p + 120, nfi_xxh64(p, 120));
}

START_TEST(every_truncation_is_refused)
{
    char path[NFT_PATH];
    size_t n;
    nf_err err;

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n);
    for (size_t cut = n; cut-- > 0;) {
        ck_assert_int_eq(truncate(path, (off_t)cut), 0);
        ck_assert_msg(memory_status(p, cut, &err) == NF_EMODEL, "memory, %zu bytes", cut);
        ck_assert_msg(whole_status(path, &err) == NF_EMODEL, "whole, %zu bytes", cut);
        ck_assert_msg(strstr(err.msg, cut ? "is truncated" : "is empty") != NULL, "%zu bytes: %s", cut, err.msg);
        ck_assert_msg(stream_status(path, &err) == NF_EMODEL, "stream, %zu bytes", cut);
    }
    free(p);
}
END_TEST

START_TEST(every_flipped_bit_is_refused)
{
    char path[NFT_PATH];
    size_t n;
    nf_err err;

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n);
    int fd = open(path, O_WRONLY);
    ck_assert_int_ge(fd, 0);
    for (size_t bit = 0; bit < n * 8; bit++) {
        p[bit / 8] ^= (unsigned char)(1u << bit % 8);
        ck_assert_int_eq(pwrite(fd, p + bit / 8, 1, (off_t)(bit / 8)), 1);
        ck_assert_msg(memory_status(p, n, &err) == NF_EMODEL, "memory, bit %zu", bit);
        ck_assert_msg(whole_status(path, &err) == NF_EMODEL, "whole, bit %zu", bit);
        ck_assert_msg(stream_status(path, &err) == NF_EMODEL, "stream, bit %zu", bit);
        p[bit / 8] ^= (unsigned char)(1u << bit % 8);
        ck_assert_int_eq(pwrite(fd, p + bit / 8, 1, (off_t)(bit / 8)), 1);
    }
    close(fd);
    nft_ok(stream_status(path, &nft_err));
    nft_ok(whole_status(path, &nft_err));
    free(p);
}
END_TEST

START_TEST(bursts_and_swapped_blocks_are_refused)
{
    char path[NFT_PATH];
    size_t n;
    nf_err err;
    nfi_rng r = nft_rng(3);

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n), *q = malloc(n);
    for (int i = nft_cases(20000); i > 0; i--) {
        size_t len = 2 + nfi_rng_below(&r, 15), at = nfi_rng_below(&r, n - len), from = nfi_rng_below(&r, n - len);
        memcpy(q, p, n);
        if (i % 2)
            nft_rand_bytes(&r, q + at, len);
        else
            memcpy(q + at, p + from, len);
        if (memcmp(p, q, n) != 0)
            ck_assert_int_eq(memory_status(q, n, &err), NF_EMODEL);
    }
    free(q);
    free(p);
}
END_TEST

/* A change to the small file, and the words it must be refused with. at counts from the header, from entry e of the table, or from the end.
 */
enum where { IN_HEADER, IN_TABLE, FROM_END };
static const struct forgery {
    const char *words;
    enum where where;
    int entry, at, width;
    uint64_t value;
} forgeries[] = {
    {"made by a newer version: file format 2", IN_HEADER, 0, 8, 2, 2},
    {"made by a newer version: needs unknown features", IN_HEADER, 0, 32, 8, (uint64_t)1 << 63},
    {"has a header of", IN_HEADER, 0, 12, 4, 120},
    {"has a header of 128 and entries of 0", IN_HEADER, 0, 28, 4, 0},
    {"has a header of 128 and entries of 47", IN_HEADER, 0, 28, 4, 47},
    {"entries of 4294967295", IN_HEADER, 0, 28, 4, UINT32_MAX},
    {"has 0 sections", IN_HEADER, 0, 24, 4, 0},
    {"has 65 sections", IN_HEADER, 0, 24, 4, 65},
    {"has 100000 sections", IN_HEADER, 0, 24, 4, 100000},
    {"section table at byte", IN_HEADER, 0, 24, 4, 8},
    {"section table at byte", IN_HEADER, 0, 48, 8, UINT64_MAX - 63},
    {"is truncated", IN_HEADER, 0, 16, 8, (uint64_t)1 << 40},
    {"trailing bytes", IN_HEADER, 0, 16, 8, 128},
    {"reserved header bytes", IN_HEADER, 0, 56, 1, 1},
    {"reserved header bytes", IN_HEADER, 0, 103, 1, 1},
    {"reserved header bytes", IN_HEADER, 0, 112, 1, 1},
    {"bytes that are not letters", IN_TABLE, 1, 0, 1, 0x1b},
    {"bytes that are not letters", IN_TABLE, 1, 3, 1, 0},
    {"has a duplicate section BYTE", IN_TABLE, 1, 0, 4, 0x45545942},
    {"section HALF: reserved bits", IN_TABLE, 1, 4, 4, 3},
    {"section HALF: reserved bits", IN_TABLE, 1, 36, 4, 1},
    {"section HALF: unknown element type 7", IN_TABLE, 1, 32, 4, 7},
    {"section HALF is misaligned", IN_TABLE, 1, 8, 8, 200},
    {"section HALF overlaps", IN_TABLE, 1, 8, 8, 128},
    {"section BYTE overlaps", IN_TABLE, 0, 8, 8, 64},
    {"hole of", IN_TABLE, 1, 8, 8, 320},
    {"section HALF reaches beyond", IN_TABLE, 1, 8, 8, UINT64_MAX - 63},
    {"section HALF reaches beyond", IN_TABLE, 1, 16, 8, (uint64_t)1 << 63},
    {"section BYTE reaches beyond", IN_TABLE, 0, 16, 8, UINT64_MAX - 127},
    {"section HALF: 4 elements", IN_TABLE, 1, 24, 8, 4},
    {"section LONG: 2305843009213693960 elements", IN_TABLE, 3, 24, 8, ((uint64_t)1 << 61) + 8}, /* times 8 wraps to 64 */
    {"checksum of section SIGN", IN_TABLE, 4, 40, 8, 1},
    {"checksum of section NONE", IN_TABLE, 5, 40, 8, 1},
    {"end mark", FROM_END, 0, 16, 1, 'X'},
    {"end mark", FROM_END, 0, 14, 1, 'S'},
    {"end mark", FROM_END, 0, 9, 1, ' '},
    {"end mark", FROM_END, 0, 8, 8, 0},
};

START_TEST(forged_files_with_right_checksums_are_refused)
{
    const struct forgery *g = &forgeries[_i];
    char path[NFT_PATH];
    size_t n;

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n);
    size_t base = g->where == IN_HEADER ? 0 : g->where == IN_TABLE ? get64(p + 48) + (size_t)g->entry * ENTRY : n;
    memcpy(g->where == FROM_END ? p + base - g->at : p + base + g->at, &g->value, (size_t)g->width);
    repair(p, n);
    refused(p, n, g->words);
    free(p);
}
END_TEST

START_TEST(gaps_must_be_zero)
{
    char path[NFT_PATH];
    size_t n;

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n);
    p[HEADER + sizeof bytes] = 1;
    refused(p, n, "gap after section BYTE is not zero");
    p[HEADER + sizeof bytes] = 0;
    p[get64(p + 48) - 1] = 1;
    refused(p, n, "gap after section LAST is not zero");
    free(p);
}
END_TEST

START_TEST(holes_before_the_table_are_refused)
{
    char path[NFT_PATH];
    size_t n, extra[] = {64, 8};
    static const char *const words[] = {"hole before the section table", "section table is misaligned"};

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n), *q = malloc(n + 64);
    uint64_t at = get64(p + 48);
    for (int i = 0; i < 2; i++) {
        memcpy(q, p, at);
        memset(q + at, 0, extra[i]);
        memcpy(q + at + extra[i], p + at, n - at);
        put64(q + 48, at + extra[i]);
        put64(q + 16, n + extra[i]);
        put64(q + n + extra[i] - 8, n + extra[i]);
        repair(q, n + extra[i]);
        refused(q, n + extra[i], words[i]);
    }
    free(q);
    free(p);
}
END_TEST

START_TEST(trailing_bytes_are_refused)
{
    char path[NFT_PATH];
    size_t n;

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n), *q = calloc(2, n);
    memcpy(q, p, n);
    refused(q, n + 1, "has 1 trailing bytes");
    memcpy(q + n, p, n);
    refused(q, 2 * n, "trailing bytes");
    free(q);
    free(p);
}
END_TEST

START_TEST(compatible_features_and_minor_versions_are_accepted)
{
    char path[NFT_PATH];
    size_t n;
    nf_err err;

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n);
    put64(p + 40, UINT64_MAX);
    p[10] = 99;
    repair(p, n);
    nft_ok(memory_status(p, n, &nft_err));
    ck_assert_int_eq(nfi_secr_from_memory(&(nfi_secr *){NULL}, p + 1, n - 1, "odd", 'M', 1, &err), NF_EINVAL);
    free(p);
}
END_TEST

/* src with every occurrence of a[0..an) replaced; returns the new length. */
static size_t replace(unsigned char *dst, const unsigned char *src, size_t n, const char *a, size_t an, const char *b, size_t bn)
{
    size_t o = 0;
    for (size_t i = 0; i < n;) {
        bool hit = n - i >= an && memcmp(src + i, a, an) == 0;
        memcpy(dst + o, hit ? (const unsigned char *)b : src + i, hit ? bn : 1);
        o += hit ? bn : 1;
        i += hit ? an : 1;
    }
    return o;
}

START_TEST(damage_by_text_mode_is_named)
{
    char path[NFT_PATH];
    size_t n, m;
    static const char words[] = "damaged in transfer as text";

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n), *q = malloc(3 * n);
    m = replace(q, p, n, "\r\n", 2, "\n", 1);
    refused(q, m, words);
    m = replace(q, p, n, "\n", 1, "\r\n", 2);
    refused(q, m, words);
    m = replace(q, p, n, "\r\n", 2, "\r", 1);
    refused(q, m, NULL);
    m = replace(q, p, n, "\x89", 1, "\xc2\x89", 2);
    refused(q, m, words);
    m = replace(q, p, n, "\x89", 1, "\xef\xbf\xbd", 3);
    refused(q, m, words);
    for (size_t i = 0; i < n; i++)
        q[i] = p[i] & 0x7f;
    refused(q, n, words);
    free(q);
    free(p);
}
END_TEST

START_TEST(other_kinds_of_file_are_named)
{
    static const struct {
        const char *text, *words;
    } other[] = {
        {"", "is empty"},
        {"\x89NF", "is truncated"},
        {"x", "is not a model file"},
        {"id,text\n1,strike\n", "is not a model file"},
        {"<!DOCTYPE html><html>404</html>", "web page"},
        {"iU5GTQ0KGgoBAAIAgAAAAA==", "base64"},
        {"\x1f\x8b\x08\x04", "gzip"},
        {"\x89PNG\r\n\x1a\n", "is not a model file"},
    };
    char path[NFT_PATH];
    size_t n;

    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        refused(other[i].text, strlen(other[i].text), other[i].words);
    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n), *q = malloc(n + 8);
    for (size_t width = 2; width <= 8; width *= 2) {
        memset(q, 0, n + 8);
        for (size_t i = 0; i < n; i++)
            q[i ^ (width - 1)] = p[i];
        refused(q, n, "big-endian");
    }
    put32(p + 12, 0x80000000u);
    refused(p, n, "big-endian");
    free(q);
    free(p);

    nfi_secr *r;
    nf_err err;
    ck_assert_int_eq(nfi_secr_open(&r, path, 'S', 1, &err), NF_EMODEL);
    ck_assert_str_eq(err.msg, "is a model file, expected a statistics file");
    ck_assert_str_eq(err.path, path);
}
END_TEST

START_TEST(only_regular_files_are_opened)
{
    char dir[NFT_PATH], path[NFT_PATH];
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    nf_err err;

    alarm(5);
    nft_dir(dir);
    nft_fails(whole_status(dir, &nft_err), NF_EMODEL);
    nft_fails(stream_status(dir, &nft_err), NF_EMODEL);
    snprintf(path, sizeof path, "%.400s/fifo", dir);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    nft_fails(whole_status(path, &nft_err), NF_EMODEL);
    nft_fails(stream_status(path, &nft_err), NF_EMODEL);
    nft_fails(whole_status("/dev/zero", &nft_err), NF_EMODEL);
    nft_fails(whole_status("/dev/null", &nft_err), NF_EMODEL);
    snprintf(addr.sun_path, sizeof addr.sun_path, "%.100s/s", dir);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
    nft_fails(whole_status(addr.sun_path, &nft_err), NF_EMODEL);
    close(fd);
    snprintf(path, sizeof path, "%.400s/missing", dir);
    nft_fails(whole_status(path, &nft_err), NF_EIO);
    nft_fails(stream_status(path, &nft_err), NF_EIO);
    nft_fails(nfi_secs_open_fd(&(nfi_secs *){NULL}, open("/dev/null", O_RDONLY), "x", 'M', 1, &nft_err), NF_EMODEL);
    alarm(0);

    small_file(path);
    ck_assert_int_eq(truncate(path, (off_t)1 << 42), 0); /* a valid header before terabytes of nothing */
    ck_assert_int_eq(whole_status(path, &err), NF_EMODEL);
    ck_assert_int_eq(stream_status(path, &err), NF_EMODEL);
}
END_TEST

/* A forged file that claims terabytes which are there, as a hole in the disk: no memory is asked for before the table was seen. */
START_TEST(a_sparse_file_cannot_ask_for_memory)
{
    char path[NFT_PATH];
    size_t n;
    uint64_t size = (uint64_t)1 << 42;
    nf_err err;

    small_file(path);
    unsigned char *p = (unsigned char *)nft_read(path, &n);
    put64(p + 16, size);
    put64(p + 48, size - SECTIONS * ENTRY - 16);
    put64(p + 120, nfi_xxh64(p, 120));
    nft_file(path, NULL, "m.nfm", p, n);
    ck_assert_int_eq(truncate(path, (off_t)size), 0);
    ck_assert_int_eq(whole_status(path, &err), NF_EMODEL);
    ck_assert_msg(strstr(err.msg, "the limit is") != NULL, "%s", err.msg);
    size = (uint64_t)1 << 35;
    put64(p + 16, size);
    put64(p + 48, size - SECTIONS * ENTRY - 16);
    put64(p + 120, nfi_xxh64(p, 120));
    nft_file(path, NULL, "m.nfm", p, n);
    ck_assert_int_eq(truncate(path, (off_t)size), 0);
    ck_assert_int_eq(whole_status(path, &err), NF_EMODEL);
    ck_assert_msg(strstr(err.msg, "checksum of the section table") != NULL, "%s", err.msg);
    free(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("section_damage");
    TCase *t = tcase_create("section_damage");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, every_truncation_is_refused);
    tcase_add_test(t, every_flipped_bit_is_refused);
    tcase_add_test(t, bursts_and_swapped_blocks_are_refused);
    tcase_add_loop_test(t, forged_files_with_right_checksums_are_refused, 0, (int)(sizeof forgeries / sizeof *forgeries));
    tcase_add_test(t, gaps_must_be_zero);
    tcase_add_test(t, holes_before_the_table_are_refused);
    tcase_add_test(t, trailing_bytes_are_refused);
    tcase_add_test(t, compatible_features_and_minor_versions_are_accepted);
    tcase_add_test(t, damage_by_text_mode_is_named);
    tcase_add_test(t, other_kinds_of_file_are_named);
    tcase_add_test(t, only_regular_files_are_opened);
    tcase_add_test(t, a_sparse_file_cannot_ask_for_memory);
    suite_add_tcase(s, t);
    return nft_run(s);
}
