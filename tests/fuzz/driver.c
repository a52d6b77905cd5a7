/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * driver.c - runs a fuzz target without a fuzzer, as a plain test: every recipe of the folders named, then seeded mutations of them.
 * A recipe is a text file: \n \r \t \\ \xHH escapes stand for bytes, line ends of the file itself for nothing, so no binary file is kept.
 *     fuzz_csv tests/fuzz/corpus/csv        TAP: a line a recipe and one for the mutations
 * FUZZ_RUNS says how many mutations; NFT_SEED which ones. With clang -fsanitize=fuzzer this file is left out.
 */
#include "base/rng.h"
#include "newsframe/status.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_RECIPES = 1000, MAX_INPUT = 1 << 16 };

static struct input {
    char name[64];
    uint8_t *p;
    size_t n;
} inputs[MAX_RECIPES];
static size_t n_inputs;

static int hex(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads a recipe; false when an escape makes no sense. \rN;...; is no part of it: long inputs come from mutation. */
static int read_recipe(FILE *f, uint8_t *out, size_t *n)
{
    for (int c; (c = getc(f)) != EOF && *n < MAX_INPUT;) {
        if (c == '\n')
            continue;
        if (c == '\\') {
            int hi, lo;
            switch (c = getc(f)) {
            case 'n':
                c = '\n';
                break;
            case 'r':
                c = '\r';
                break;
            case 't':
                c = '\t';
                break;
            case '\\':
                break;
            case 'x':
                hi = hex(getc(f));
                lo = hex(getc(f));
                if (hi < 0 || lo < 0)
                    return 0;
                c = hi * 16 + lo;
                break;
            default:
                return 0;
            }
        }
        out[(*n)++] = (uint8_t)c;
    }
    return 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

static int load(const char *folder)
{
    DIR *dir = opendir(folder);
    static uint8_t bytes[MAX_INPUT];

    if (!dir)
        return 0;
    for (const struct dirent *d; (d = readdir(dir)) != NULL && n_inputs < MAX_RECIPES;) {
        char path[1024];
        size_t n = 0;
        if (d->d_name[0] == '.' || strlen(d->d_name) >= sizeof inputs->name)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, d->d_name);
        FILE *f = fopen(path, "r");
        struct input *in = &inputs[n_inputs];
        if (!f || !read_recipe(f, bytes, &n) || !(in->p = malloc(n ? n : 1))) {
            printf("Bail out! cannot read the recipe %s\n", path);
            exit(1);
        }
        fclose(f);
        memcpy(in->p, bytes, n);
        in->n = n;
        memcpy(in->name, d->d_name, strlen(d->d_name) + 1);
        n_inputs++;
    }
    closedir(dir);
    qsort(inputs, n_inputs, sizeof *inputs, by_name);
    return 1;
}

/* One of: flip a bit, set a byte that parsers care about, cut, repeat a part, splice in another input. */
static size_t mutate(nfi_rng *r, uint8_t *p, size_t n)
{
    static const uint8_t liked[] = "\"\\,;\n\r\t{}[]:\0 \x80\xc2\xed\xf4\xff'0au";
    const struct input *other = &inputs[nfi_rng_below(r, n_inputs)];
    size_t at = n ? nfi_rng_below(r, n) : 0, len = n - at, m;

    switch (nfi_rng_below(r, 6)) {
    case 0:
        if (n)
            p[at] ^= (uint8_t)(1u << nfi_rng_below(r, 8));
        return n;
    case 1:
        if (n)
            p[at] = liked[nfi_rng_below(r, sizeof liked - 1)];
        return n;
    case 2:
        return at;
    case 3: /* insert a byte */
        if (n >= MAX_INPUT)
            return n;
        memmove(p + at + 1, p + at, len);
        p[at] = liked[nfi_rng_below(r, sizeof liked - 1)];
        return n + 1;
    case 4: /* repeat a part */
        m = 1 + nfi_rng_below(r, 64);
        for (size_t times = nfi_rng_below(r, 64); times > 0 && m <= len && n + m <= MAX_INPUT; times--, n += m)
            memmove(p + at + m, p + at, n - at);
        return n;
    default: /* go on with another input from a random place */
        m = other->n ? nfi_rng_below(r, other->n) : 0;
        if (at + (other->n - m) > MAX_INPUT)
            return n;
        memcpy(p + at, other->p + m, other->n - m);
        return at + (other->n - m);
    }
}

int main(int argc, char **argv)
{
    static uint8_t work[MAX_INPUT + 1];
    const char *seed = getenv("NFT_SEED"), *runs = getenv("FUZZ_RUNS");
    uint64_t s = seed ? strtoull(seed, NULL, 10) : 1, total = runs ? strtoull(runs, NULL, 10) : 5000;

    nf_init();
    for (int i = 1; i < argc; i++)
        if (!load(argv[i])) {
            printf("Bail out! cannot read the folder %s\n", argv[i]);
            return 1;
        }
    if (n_inputs == 0) {
        printf("Bail out! no recipes\n");
        return 1;
    }
    printf("1..%zu\n", n_inputs + 1);
    for (size_t i = 0; i < n_inputs; i++) {
        LLVMFuzzerTestOneInput(inputs[i].p, inputs[i].n); /* a fault ends the program */
        printf("ok %zu - %s\n", i + 1, inputs[i].name);
        fflush(stdout);
    }
    for (uint64_t k = 0; k < total; k++) {
        nfi_rng r = nfi_rng_stream(s, NFI_RNG_TEST, k);
        const struct input *from = &inputs[nfi_rng_below(&r, n_inputs)];
        size_t n = from->n;
        memcpy(work, from->p, n);
        for (uint64_t m = 1 + nfi_rng_below(&r, 4); m > 0; m--)
            n = mutate(&r, work, n);
        uint8_t *exact = malloc(n ? n : 1); /* its own block: one byte too many is seen */
        if (!exact)
            return 1;
        memcpy(exact, work, n);
        LLVMFuzzerTestOneInput(exact, n);
        free(exact);
    }
    printf("ok %zu - %" PRIu64 " mutations from seed %" PRIu64 "\n", n_inputs + 1, total, s);
    for (size_t i = 0; i < n_inputs; i++)
        free(inputs[i].p);
    return 0;
}
