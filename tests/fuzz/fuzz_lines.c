/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_lines.c - any contents of a line table under checksums that hold. The input is a list of pieces: a letter that picks a section
 * (E ends of sources, B their bytes, D their documents, K keys of lines, S sources of lines, C documents of lines, M settings), a byte of
 * length, and so many bytes; what is not given is taken from a sound file. A table that is accepted is merged with itself, saved, and read
 * back as itself; it cleans a text.
 */
#include "base/section.h"
#include "base/try.h"
#include "newsframe/clean.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIECES = 7 };
static const char letters[PIECES + 1] = "EBDKSCM";

typedef struct piece {
    const char *tag;
    nfi_elem type;
    const void *p;
    size_t n; /* bytes */
} piece;

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    static const uint64_t end[] = {0, 4}, docs[] = {5, 9}, key[] = {1, 2, 3, 4, 1, 1}, count[] = {3, 5, 9};
    static const uint32_t source[] = {0, 0, 1};
    piece p[PIECES] = {{"SRCE", NFI_U64, end, sizeof end},       {"SRCB", NFI_BYTES, "post", 4},
                       {"SDOC", NFI_U64, docs, sizeof docs},     {"LKEY", NFI_U64, key, sizeof key},
                       {"LSRC", NFI_U32, source, sizeof source}, {"LDOC", NFI_U64, count, sizeof count},
                       {"META", NFI_BYTES, "version=1\n", 10}};
    nfi_secw *w = NULL;

    for (size_t i = 0; i + 2 <= size;) {
        const char *letter = data[i] ? strchr(letters, data[i]) : NULL;
        size_t n = data[i + 1];
        i += 2;
        n = n < size - i ? n : size - i;
        if (letter) {
            p[letter - letters].p = data + i;
            p[letter - letters].n = n;
        }
        i += n;
    }
    nf_status s = nfi_secw_open(&w, path, 'L', 1, 0, NULL);
    NF_ASSERT(s == NF_OK);
    for (int k = 0; k < PIECES; k++)
        nfi_secw_section(w, p[k].tag, p[k].type, true, p[k].p, p[k].n / nfi_elem_size(p[k].type));
    s = nfi_secw_commit(w, NULL);
    NF_ASSERT(s == NF_OK);
}

static size_t bytes_of(const char *path, char *out, size_t cap)
{
    FILE *f = fopen(path, "rb");
    NF_ASSERT(f != NULL);
    size_t n = fread(out, 1, cap, f);
    fclose(f);
    return n;
}

static void use(nf_lines *t, const char *path)
{
    static char one[1 << 16], two[1 << 16];
    static const char text[] = "Share this article\nThe harbour was closed for two days.\nShare this article\n";
    nf_cleaner *c = NULL;
    nf_cuts cuts = {0};
    nf_lines *back = NULL;
    nf_err err = {0};

    nf_status s = nf_cleaner_new(&c, &(nf_clean_opts){.lines = t}, NULL);
    NF_ASSERT(s == NF_OK && nf_clean_text(c, (nf_str){text, sizeof text - 1}, (nf_str){"post", 4}, NULL, 0, &cuts, NULL) == NF_OK);
    nf_cuts_clear(&cuts);
    nf_cleaner_free(c);
    for (int merged = 0; merged < 2; merged++) {
        uint64_t docs = nf_lines_docs(t);
        size_t lines = nf_lines_count(t), sources = nf_lines_sources(t);
        if (merged) {
            s = nf_lines_merge(t, t, &err);
            NF_ASSERT((s == NF_OK || s == NF_ELIMIT) && nf_lines_count(t) == lines && nf_lines_sources(t) == sources);
            NF_ASSERT(nf_lines_docs(t) == (s == NF_OK ? 2 * docs : docs));
        }
        s = nf_lines_save(t, path, NULL);
        NF_ASSERT(s == NF_OK);
        size_t n = bytes_of(path, one, sizeof one);
        s = nf_lines_load(&back, path, NULL);
        NF_ASSERT(s == NF_OK && nf_lines_docs(back) == nf_lines_docs(t));
        s = nf_lines_save(back, path, NULL);
        NF_ASSERT(s == NF_OK && bytes_of(path, two, sizeof two) == n && memcmp(one, two, n) == 0);
        nf_lines_free(back);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64]; /* in memory where there is such a folder: files are synced */
    nf_lines *t = NULL;
    nf_err err = {0};

    snprintf(path, sizeof path, "%s/fuzz_lines.%ld", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (long)getpid());
    write_file(path, data, size);
    nf_status s = nf_lines_load(&t, path, &err);
    NF_ASSERT(s == NF_OK ? t != NULL : s == NF_EMODEL && !t && err.msg[0]);
    if (s == NF_OK)
        use(t, path);
    nf_lines_free(t);
    unlink(path);
    return 0;
}
