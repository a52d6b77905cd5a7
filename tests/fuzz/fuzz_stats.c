/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_stats.c - any contents of a statistics file under checksums that hold. The input is a list of pieces: a letter that picks a section
 * (T terms, S sums, C documents of labels, L labels, M settings, W stop words, N totals, G ledger), two bytes of length, little-endian,
 * and so many bytes; what is not given is taken from a sound file. '!' takes all that follows as the whole file, checksums and all. What a
 * merge makes of a file that is read to its end must be a sound file, and come out of a second merge with the same bytes.
 */
#include "base/try.h"
#include "features/stats.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIECES = 8 };
static const char letters[PIECES + 1] = "TSCLMWNG";

typedef struct piece {
    const char *tag;
    nfi_elem type;
    const void *p;
    size_t n; /* bytes */
} piece;

static void sound(piece p[PIECES], char meta[512])
{
    static const uint64_t cdoc[] = {1, 1}, totl[] = {3, 1, 5, 3, 4};
    nfi_text t = {.tokenizer = nfi_tokenizers[0], .lo = 1, .hi = 2, .stop = {.name = "none"}};
    nfi_settings s;
    size_t n = 0;

    nfi_settings_of(&s, &t, nfi_weightings[0], false);
    for (int i = 0; i < NFI_SETTINGS; i++)
        n += (size_t)snprintf(meta + n, 512 - n, "%s=%s\n", nfi_setting_names[i], s.value[i]);
    p[0] = (piece){"TERM", NFI_BYTES, "\0\3fox\0\3red\3\4 fox", 16};
    p[1] = (piece){"STAT", NFI_BYTES, "\2\2\2\1\0\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1", 28};
    p[2] = (piece){"CDOC", NFI_U64, cdoc, sizeof cdoc};
    p[3] = (piece){"LABL", NFI_BYTES, "\1A\1B", 4};
    p[4] = (piece){"META", NFI_BYTES, meta, n};
    p[5] = (piece){"STOP", NFI_BYTES, "", 0};
    p[6] = (piece){"TOTL", NFI_U64, totl, sizeof totl};
    p[7] = (piece){"LEDG", NFI_BYTES, NULL, 0};
}

/* The file of an input. */
static int make(const uint8_t *data, size_t size)
{
    piece p[PIECES];
    char meta[512];
    nfi_secw *w;
    int fd = -1;

    if (size > 0 && data[0] == '!') {
        NF_ASSERT(nfi_tmp_file(&fd, NULL) == NF_OK);
        NF_ASSERT(nfi_pwrite_all(fd, data + 1, size - 1, 0, NULL, NULL) == NF_OK);
        return fd;
    }
    sound(p, meta);
    for (size_t i = 0; i + 3 <= size;) {
        const char *letter = data[i] ? strchr(letters, data[i]) : NULL;
        size_t n = data[i + 1] | (size_t)data[i + 2] << 8;
        i += 3;
        n = n < size - i ? n : size - i;
        if (letter) {
            p[letter - letters].p = data + i;
            p[letter - letters].n = n;
        }
        i += n;
    }
    NF_ASSERT(nfi_secw_open_tmp(&w, &fd, 'S', NFI_STATS_MAJOR, NFI_STATS_MINOR, NULL) == NF_OK);
    for (int k = 0; k < PIECES; k++)
        if (p[k].p)
            nfi_secw_section(w, p[k].tag, p[k].type, true, p[k].p, p[k].n / nfi_elem_size(p[k].type));
    NF_ASSERT(nfi_secw_commit(w, NULL) == NF_OK);
    return fd;
}

static void same_bytes(int a, int b)
{
    static char x[1 << 18], y[1 << 18];
    ssize_t n = pread(a, x, sizeof x, 0), m = pread(b, y, sizeof y, 0);
    NF_ASSERT(n > 0 && n == m && memcmp(x, y, (size_t)n) == 0);
}

/* The source written anew: -1 when it cannot be read to its end. */
static int rewrite(const nfi_stats_src *src)
{
    nf_err err = {0};
    int out = -1;
    nf_status s = nfi_stats_merge_to(src, 1, NULL, &out, NULL, &err);
    NF_ASSERT(s == NF_OK || s == NF_EMODEL);
    return s == NF_OK ? out : -1;
}

/* Merges a source alone, twice over, and with itself, and derives terms. */
static void use(const nfi_stats_src *src)
{
    const nf_select_opts cut = {.min_df = 1, .max_features = 2};
    nfi_stats_src both[2] = {*src, *src}, again;
    nfi_terms t = {0};
    nf_err err = {0};
    int once = rewrite(src), out = -1;

    if (once >= 0) {
        int copy = dup(once);
        NF_ASSERT(copy >= 0 && nfi_stats_src_open_fd(&again, once, "again", &err) == NF_OK);
        int twice = rewrite(&again);
        NF_ASSERT(twice >= 0);
        same_bytes(copy, twice);
        close(copy);
        close(twice);
        nfi_stats_src_clear(&again);
    }
    nf_status s = nfi_stats_merge_to(both, 2, NULL, &out, NULL, &err);
    NF_ASSERT(s == NF_OK || s == NF_EMODEL || s == NF_ELIMIT || s == NF_EDATA);
    if (s == NF_OK)
        close(out);
    s = nfi_terms_from_stats(&t, both, 2, &cut, nfi_weighting_find("tf"), NULL, &err);
    NF_ASSERT(s == NF_OK || s == NF_EMODEL || s == NF_ELIMIT || s == NF_EDATA);
    nfi_terms_clear(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nfi_stats_src src;
    nf_err err = {0};
    nf_status s = nfi_stats_src_open_fd(&src, make(data, size), "fuzzed", &err);
    NF_ASSERT(s == NF_OK || s == NF_EMODEL || s == NF_ELIMIT);
    if (s == NF_OK) {
        use(&src);
        nfi_stats_src_clear(&src);
    } else {
        NF_ASSERT(err.msg[0] != '\0');
    }
    return 0;
}
