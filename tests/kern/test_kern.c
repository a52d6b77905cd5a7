/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every row of the kernel table, the scalar one too, gives the bits of a loop written from the contract: one byte, one column, one class
 * at a time.
 */
#include "nft.h"

#include "base/kern.h"
#include "base/num.h"
#include "base/wordhash.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 67, NNZ = 200, WIDE = 160, TERMS = 300 };

static nfi_class64 classify_one_by_one(const uint8_t *src, uint8_t *dst)
{
    nfi_class64 c = {0};
    for (int i = 0; i < 64; i++) {
        uint64_t bit = (uint64_t)1 << i;
        uint8_t b = src[i];
        int upper = b >= 'A' && b <= 'Z';
        dst[i] = upper ? (uint8_t)(b + 32) : b;
        c.upper |= upper ? bit : 0;
        c.letter |= upper || (b >= 'a' && b <= 'z') ? bit : 0;
        c.digit |= b >= '0' && b <= '9' ? bit : 0;
        c.high |= b >= 0x80 ? bit : 0;
        c.joiner |= b != 0 && strchr("\x27\x2c\x2e\x3a\x3b\x5f", b) ? bit : 0;
        c.bar |= b == '>' || b == '|' ? bit : 0;
    }
    return c;
}

static int all_are(const uint8_t *p, size_t n, uint8_t b)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != b)
            return 0;
    return 1;
}

static void check_classes(const uint8_t *src, size_t blocks, const char *what)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    /* one byte off any alignment; what lies behind must stay */
    uint8_t *dst = malloc(64 * BLOCKS + 65), want[64];
    nfi_class64 *cls = malloc((BLOCKS + 1) * sizeof *cls);

    for (size_t q = 0; q < rows; q++) {
        memset(dst, 0xa5, 64 * BLOCKS + 65);
        memset(cls, 0x5a, (BLOCKS + 1) * sizeof *cls);
        row[q]->classify(src, blocks, dst + 1, cls);
        for (size_t b = 0; b < blocks; b++) {
            nfi_class64 c = classify_one_by_one(src + 64 * b, want);
            ck_assert_msg(memcmp(want, dst + 1 + 64 * b, 64) == 0, "%s: lowered bytes of block %zu of %s", row[q]->name, b, what);
            ck_assert_msg(c.letter == cls[b].letter && c.upper == cls[b].upper && c.digit == cls[b].digit && c.high == cls[b].high &&
                              c.joiner == cls[b].joiner && c.bar == cls[b].bar,
                          "%s: classes of block %zu of %s", row[q]->name, b, what);
        }
        ck_assert_msg(dst[0] == 0xa5 && all_are(dst + 1 + 64 * blocks, 64 * (BLOCKS - blocks) + 64, 0xa5) &&
                          all_are((const uint8_t *)(cls + blocks), sizeof *cls, 0x5a),
                      "%s: wrote beyond %zu blocks", row[q]->name, blocks);
    }
    free(dst);
    free(cls);
}

static int bit_of(const nfi_class64 *cls, size_t blocks, size_t i, size_t field)
{
    if (i >= 64 * blocks)
        return 0;
    const nfi_class64 *c = &cls[i / 64];
    return (int)((field == 0 ? c->letter : field == 1 ? c->upper : c->joiner) >> (i % 64) & 1);
}

/* From the contract, place by place. */
static size_t turns_one_by_one(const nfi_class64 *cls, size_t blocks, uint32_t *turn)
{
    size_t n = 0;
    int joined = 0;

    for (size_t i = 0; i <= 64 * blocks; i++) {
        int now = bit_of(cls, blocks, i, 0), before = i > 0 ? bit_of(cls, blocks, i - 1, 0) : 0;
        if (now && !before)
            turn[n++] = (uint32_t)i | (bit_of(cls, blocks, i, 1) && bit_of(cls, blocks, i + 1, 1) ? NFI_TURN_FLAG : 0);
        else if (!now && before)
            turn[n++] = (uint32_t)i | (joined ? NFI_TURN_FLAG : 0);
        joined = now && (joined || bit_of(cls, blocks, i, 2));
    }
    return n;
}

START_TEST(words_turn_where_the_contract_says)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    nfi_class64 cls[6];
    uint32_t want[64 * 5 + 1], got[64 * 5 + NFI_TURNS_MORE + 1];
    uint64_t x = 88172645463325252u;

    for (int round = 0; round < 4000; round++) {
        size_t blocks = (size_t)round % 6;
        memset(cls, 0, sizeof cls);
        for (size_t k = 0; k < blocks; k++) {
            uint64_t r[4];
            for (int i = 0; i < 4; i++) {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                r[i] = x;
            }
            /* from no word byte to all, words of every length; joiners and capitals are bytes of words */
            cls[k].letter = round % 5 == 0 ? 0x5555555555555555u : round % 5 == 1 ? r[0] | r[1] : round % 5 == 2 ? r[0] & r[1]
                            : round % 5 == 3 ? UINT64_MAX : r[0];
            cls[k].joiner = cls[k].letter & r[2] & r[3] & r[1];
            cls[k].upper = cls[k].letter & ~cls[k].joiner & r[2];
        }
        size_t n = turns_one_by_one(cls, blocks, want);
        for (size_t q = 0; q < rows; q++) {
            got[64 * blocks + NFI_TURNS_MORE] = 0x5a5a5a5a;
            ck_assert_msg(row[q]->turns(cls, blocks, got) == n, "%s: round %d: how many", row[q]->name, round);
            ck_assert_msg(memcmp(got, want, n * sizeof *want) == 0, "%s: round %d: where", row[q]->name, round);
            ck_assert_msg(got[64 * blocks + NFI_TURNS_MORE] == 0x5a5a5a5a, "%s: wrote beyond its room", row[q]->name);
        }
    }
}
END_TEST

START_TEST(scalar_row_is_first_and_names_differ)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);

    ck_assert_uint_ge(rows, 1);
    ck_assert_str_eq(row[0]->name, "scalar");
    for (size_t i = 0; i < rows; i++) {
        ck_assert(row[i]->classify && row[i]->turns && row[i]->words && row[i]->sieve_meet && row[i]->sieve_met);
        ck_assert(row[i]->axpys_f64 && row[i]->axpys_masked && row[i]->spmv_f32 && row[i]->scatter_f32);
        ck_assert(row[i]->log_f32 && row[i]->log_axpy_f32);
        ck_assert(row[i]->find_runs && row[i]->least_u8 && row[i]->find_special);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(row[i]->name, row[j]->name);
    }
}
END_TEST

START_TEST(environment_forces_a_row)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);

    for (size_t i = 0; i < rows; i++) {
        setenv("NF_KERN", row[i]->name, 1);
        nfi_kern_init();
        ck_assert_ptr_eq(nfi_kern_get(), row[i]);
    }
    setenv("NF_KERN", "no such row", 1);
    nfi_kern_init();
    ck_assert_ptr_eq(nfi_kern_get(), row[0]);
    setenv("NF_KERN", "", 1);
    nfi_kern_init();
    ck_assert_ptr_eq(nfi_kern_get(), row[rows - 1]);
    unsetenv("NF_KERN");
    nfi_kern_init();
    ck_assert_ptr_eq(nfi_kern_get(), row[rows - 1]);
}
END_TEST

START_TEST(every_byte_at_every_place_has_its_class)
{
    uint8_t src[256 * 64];

    for (int shift = 0; shift < 64; shift++) { /* 256 bytes in 4 blocks, each at each place of a block */
        for (int i = 0; i < 256; i++)
            src[i] = (uint8_t)(i + shift);
        check_classes(src, 4, "all bytes");
    }
    for (int c = 0; c < 256; c++) {
        memset(src, c, 64);
        check_classes(src, 1, "one byte throughout");
    }
}
END_TEST

START_TEST(random_blocks_of_any_number_have_their_classes)
{
    static const char letters[] = "AZaz@[`{09/:'.,;_ \x80\xff\x7f";
    nfi_rng r = nft_rng(1);
    uint8_t *src = malloc(64 * BLOCKS + 1);

    for (size_t blocks = 0; blocks <= BLOCKS; blocks++) {
        nft_rand_bytes(&r, src, 64 * BLOCKS + 1);
        check_classes(src + 1, blocks, "random bytes");
        for (size_t i = 0; i < 64 * BLOCKS; i++)
            src[i] = (uint8_t)letters[nfi_rng_below(&r, sizeof letters)];
        check_classes(src, blocks, "bytes at the borders of classes");
    }
    free(src);
}
END_TEST

static bool is_letter(unsigned c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
static bool is_small(unsigned c) { return c >= 'a' && c <= 'z'; }

typedef struct plain_runs {
    size_t start[NFI_RUN_BYTES], n, odd[NFI_RUN_BYTES], before[NFI_RUN_BYTES], nodd;
    unsigned bars, letters, capitals, digits, more;
    bool ascii;
} plain_runs;

static bool is_digit(unsigned c) { return c >= '0' && c <= '9'; }
static bool is_mark(unsigned c) { return c == ',' || c == '.' || c == ':'; }

/* From the contract, one byte at a time. */
static void runs_one_by_one(plain_runs *p, const uint8_t *s, size_t n)
{
    *p = (plain_runs){.ascii = true};
    for (size_t i = 0; i < n; i++) {
        unsigned c = s[i], before = i ? s[i - 1] : 0, third = i > 1 ? s[i - 2] : 0;
        bool glued = is_letter(c) && !is_small(c) && is_small(before);
        bool number = is_digit(c) && !is_digit(before) && !(is_mark(before) && is_digit(third));
        if (glued || (is_small(c) && before == 0x27 && is_letter(third)) || (c >= 0x80 && before < 0x80)) {
            p->odd[p->nodd] = i;
            p->before[p->nodd++] = p->n;
        }
        if ((is_letter(c) && !is_letter(before)) || glued || number) {
            p->start[p->n++] = i;
            p->capitals += is_letter(c) && !is_small(c);
            p->digits += number;
        }
        p->letters += is_letter(c);
        p->bars += c == '>' || c == '|';
        p->ascii &= c < 0x80;
        p->more += c >= 0x80 && c < 0xc0;
    }
}

static void check_runs(const uint8_t *s, size_t n)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    static nfi_runs r;
    static plain_runs p;

    runs_one_by_one(&p, s, n);
    for (size_t q = 0; q < rows; q++) {
        const char *name = row[q]->name;
        row[q]->find_runs(&r, s, n);
        ck_assert_msg(r.n == p.n && r.bars == p.bars && r.letters == p.letters && r.capitals == p.capitals && r.digits == p.digits &&
                          r.ascii == p.ascii && r.more == p.more,
                      "%s: counts of a line of %zu bytes", name, n);
        for (size_t k = 0; k < p.n; k++) {
            nfi_wordhash x = {0, 0, 0};
            for (size_t i = p.start[k]; i < n && is_letter(s[i]); i++)
                nfi_wordhash_byte(&x, s[i] | 0x20u);
            ck_assert_msg(r.start[k] == p.start[k], "%s: run %zu", name, k);
            ck_assert_msg(r.hash[k] == (x.n ? nfi_wordhash_end(&x) : NFI_WORD_NUMBER), "%s: hash of %u letters", name, x.n);
        }
        ck_assert_msg(r.nodd == p.nodd, "%s: %zu places of %zu to look at", name, r.nodd, p.nodd);
        for (size_t k = 0; k < p.nodd; k++)
            ck_assert_msg(r.odd[k].at == p.odd[k] && r.odd[k].run == p.before[k], "%s: place %zu of %zu bytes", name, k, n);
        for (size_t i = 0; i < n; i++)
            ck_assert_msg(r.low[i] == (is_letter(s[i]) ? s[i] | 0x20 : 0), "%s: byte %zu of %zu", name, i, n);
        ck_assert(all_are(r.low + n, NFI_RUN_AHEAD, 0));
    }
}

START_TEST(runs_of_letters_are_those_of_a_byte_at_a_time)
{
    static const char many[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzABCDEFGH", gaps[] = "  \x27\x27.,:;_>|0123-\xc3\x80";
    nfi_rng r = nft_rng(6);
    static uint8_t s[NFI_RUN_BYTES + 64];

    for (size_t n = 0; n <= NFI_RUN_BYTES; n++) {
        unsigned gap = 1 + (unsigned)nfi_rng_below(&r, 24); /* runs of about so many letters */
        for (size_t i = 0; i < sizeof s; i++)
            s[i] = (uint8_t)(nfi_rng_below(&r, gap) == 0 ? gaps[nfi_rng_below(&r, sizeof gaps)] : many[nfi_rng_below(&r, sizeof many - 1)]);
        check_runs(s, n);
        memset(s, 'a' + (int)(n % 26), sizeof s);
        check_runs(s, n);
        for (size_t i = 0; i < sizeof s; i++) /* as many runs as there can be */
            s[i] = (uint8_t)("aBa1"[n % 2 ? i % 2 : i % 4]);
        check_runs(s, n);
        nft_rand_bytes(&r, s, sizeof s);
        check_runs(s, n);
    }
}
END_TEST

/* Sums in the order of the contract; volatile, so that no compiler fuses or reorders. */
static void spmv_one_by_one(float *out, const int32_t *idx, const float *val, size_t nnz, const float *m, size_t ld, size_t k)
{
    for (size_t j = 0; j < k; j++) {
        volatile float sum = 0, p;
        for (size_t e = 0; e < nnz; e++) {
            p = val[e] * m[(size_t)idx[e] * ld + j];
            sum = sum + p;
        }
        out[j] = sum;
    }
}

/* Bits; a sum of infinities of both signs is not a number, of which there are several. */
static int same_floats(const float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(a + i, b + i, sizeof *a) != 0 && !(a[i] != a[i] && b[i] != b[i]))
            return 0;
    return 1;
}

static void check_spmv(const int32_t *idx, const float *val, size_t nnz, const float *m, size_t ld, size_t k, float *want, float *got)
{
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);

    spmv_one_by_one(want, idx, val, nnz, m, ld, k);
    for (size_t q = 0; q < rows; q++) {
        for (size_t j = 0; j <= k; j++)
            got[j] = -77;
        row[q]->spmv_f32(got, idx, val, nnz, m, ld, k);
        ck_assert_msg(same_floats(want, got, k), "%s: spmv of %zu entries into %zu columns", row[q]->name, nnz, k);
        ck_assert(got[k] == -77);
    }
}

START_TEST(sparse_row_times_matrix_has_the_same_bits_everywhere)
{
    nfi_rng r = nft_rng(2);
    const size_t ld = WIDE + 3; /* rows at any address */
    float *m = malloc((TERMS * ld + 1) * sizeof *m), *want = malloc((WIDE + 2) * sizeof *want), *got = malloc((WIDE + 2) * sizeof *got);
    int32_t idx[NNZ];
    float val[NNZ];

    for (int extreme = 0; extreme < 2; extreme++) {
        for (size_t i = 0; i < TERMS * ld + 1; i++)
            m[i] = extreme ? nft_rand_float(&r) : (float)nft_rand_between(&r, -1, 1);
        for (size_t nnz = 0; nnz <= NNZ; nnz += nnz < 24 ? 1 : 11)
            for (size_t k = 0; k <= WIDE; k += 16) {
                for (size_t e = 0; e < nnz; e++) {
                    idx[e] = (int32_t)nfi_rng_below(&r, TERMS);
                    val[e] = extreme ? nft_rand_float(&r) : (float)nft_rand_between(&r, 0, 1);
                }
                check_spmv(idx, val, nnz, m + 1, ld, k, want + 1, got + 1);
            }
    }
    free(m);
    free(want);
    free(got);
}
END_TEST

START_TEST(matrix_plus_sparse_row_has_the_same_bits_everywhere)
{
    enum { LD = 19 }; /* rows at any address */
    nfi_rng r = nft_rng(5);
    size_t rows, cells = TERMS * LD;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    float *first = malloc(cells * sizeof *first), *want = malloc(cells * sizeof *want), *got = malloc(cells * sizeof *got);
    float *scale = malloc(cells * sizeof *scale), by[16], val[NNZ];
    int32_t idx[NNZ];

    for (size_t round = 0; round < 200; round++) {
        bool extreme = round % 4 == 3, scaled = round % 2;
        size_t nnz = round < 20 ? round : (size_t)nfi_rng_below(&r, NNZ + 1);
        for (size_t i = 0; i < cells; i++) {
            first[i] = extreme ? nft_rand_float(&r) : (float)nft_rand_between(&r, -1, 1);
            scale[i] = extreme ? nft_rand_float(&r) : (float)nft_rand_between(&r, 0, 2);
        }
        for (size_t j = 0; j < 16; j++)
            by[j] = extreme ? nft_rand_float(&r) : (float)nft_rand_between(&r, -1, 1);
        for (size_t e = 0; e < nnz; e++) { /* terms may come more than once */
            idx[e] = (int32_t)nfi_rng_below(&r, TERMS);
            val[e] = extreme ? nft_rand_float(&r) : (float)nft_rand_between(&r, 0, 1);
        }
        memcpy(want, first, cells * sizeof *want);
        for (size_t e = 0; e < nnz; e++)
            for (size_t j = 0; j < 16; j++) {
                volatile float p = val[e] * by[j];
                if (scaled)
                    p = p * scale[(size_t)idx[e] * LD + j];
                want[(size_t)idx[e] * LD + j] += p;
            }
        for (size_t q = 0; q < rows; q++) {
            memcpy(got, first, cells * sizeof *got);
            row[q]->scatter_f32(got, LD, idx, val, nnz, by, scaled ? scale : NULL);
            ck_assert_msg(same_floats(want, got, cells), "%s: scatter of %zu entries%s", row[q]->name, nnz, scaled ? ", scaled" : "");
        }
    }
    free(first);
    free(want);
    free(got);
    free(scale);
}
END_TEST

START_TEST(tiles_leave_no_column_out)
{
    /* wider than any tile: column j of term t holds j, so out[j] = j times the sum of the values */
    enum { K = 16 * 41 };
    float *m = malloc(4 * K * sizeof *m), *out = malloc(K * sizeof *out);
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);

    for (int i = 0; i < 4 * K; i++)
        m[i] = (float)(i % K);
    for (size_t q = 0; q < rows; q++)
        for (size_t k = 16; k <= K; k += 16) {
            row[q]->spmv_f32(out, (const int32_t[]){0, 2, 3}, (const float[]){1, 2, 4}, 3, m, K, k);
            for (size_t j = 0; j < k; j++)
                if (out[j] != 7 * (float)j)
                    ck_abort_msg("%s: column %zu of %zu", row[q]->name, j, k);
        }
    free(m);
    free(out);
}
END_TEST

START_TEST(adding_multiples_has_the_same_bits_everywhere)
{
    enum { MOST = 100, ROWS = 5 };
    nfi_rng r = nft_rng(3);
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    double start[MOST + 4], want[MOST + 4], got[MOST + 4], x[ROWS];
    static float w[ROWS * (MOST + 8) + 1];

    for (int c = 0; c < nft_cases(200); c++)
        for (size_t n = 0; n <= MOST; n++) {
            size_t m = nfi_rng_below(&r, ROWS + 1), ld = (n + 7) / 8 * 8;
            for (size_t i = 0; i < MOST + 4; i++)
                start[i] = c % 2 ? nft_rand_between(&r, -100, 100) : (double)nft_rand_float(&r) * 1e30;
            for (size_t i = 0; i < sizeof w / sizeof *w; i++)
                w[i] = nft_rand_float(&r);
            memcpy(want, start, sizeof want);
            for (size_t j = 0; j < m; j++) {
                x[j] = c % 2 ? nft_rand_between(&r, -5, 5) : (double)nft_rand_float(&r);
                for (size_t i = 0; i < n; i++) {
                    volatile double p = x[j] * (double)w[1 + j * ld + i];
                    want[1 + i] = want[1 + i] + p;
                }
            }
            for (size_t q = 0; q < rows; q++) {
                memcpy(got, start, sizeof got);
                row[q]->axpys_f64(got + 1, x, w + 1, m, n);
                ck_assert_msg(memcmp(want, got, sizeof got) == 0, "%s: %zu rows of %zu", row[q]->name, m, n);
            }
        }
}
END_TEST

START_TEST(adding_masked_rows_has_the_same_bits_everywhere)
{
    nfi_rng r = nft_rng(6);
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    nfi_masked_row in[40];
    for (int c = 0; c < nft_cases(100); c++)
        for (size_t n = 0; n <= NFI_MASKED; n++) {
            size_t m = nfi_rng_below(&r, 41), entries = 0;
            double want[NFI_MASKED] = {0}, x[40];
            float *w = calloc(40 * NFI_MASKED, sizeof *w);
            for (size_t j = 0; j < m; j++) {
                uint32_t mask = (uint32_t)(nfi_rng_next(&r) & (c % 3 ? nfi_rng_next(&r) & nfi_rng_next(&r) : UINT64_MAX));
                x[j] = nft_rand_between(&r, -5, 5);
                in[j] = (nfi_masked_row){(uint32_t)entries, mask & (uint32_t)((UINT64_C(1) << n) - 1), nft_rand_float(&r), 0};
                for (size_t i = 0; i < n; i++) {
                    float v = in[j].mask >> i & 1 ? w[entries++] = nft_rand_float(&r) : in[j].base;
                    volatile double p = x[j] * (double)v;
                    want[i] = want[i] + p;
                }
            }
            w = realloc(w, entries * sizeof *w + 1); /* no longer than can be read */
            for (size_t q = 0; q < rows; q++) {
                double got[NFI_MASKED + 1] = {0};
                row[q]->axpys_masked(got, x, in, w, m, n);
                ck_assert_msg(memcmp(want, got, n * sizeof *got) == 0 && got[n] == 0, "%s: %zu rows of %zu", row[q]->name, m, n);
            }
            free(w);
        }
}
END_TEST

START_TEST(logarithms_have_the_bits_of_the_single_call)
{
    enum { MOST = 67 };
    static const double edges[] = {FLT_MIN, FLT_MAX, 1, 1 + FLT_EPSILON, 1 - FLT_EPSILON / 2, 0.5, 2, 1e-30, 1e30, 1 + DBL_EPSILON};
    nfi_rng r = nft_rng(4);
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    double in[MOST + 1], out[MOST + 1], want[MOST + 1];

    for (size_t n = 0; n <= MOST; n++) {
        for (size_t i = 0; i <= MOST; i++) {
            in[i] = nfi_rng_below(&r, 8) == 0 ? edges[nfi_rng_below(&r, sizeof edges / sizeof *edges)]
                                              : nfi_exp(nft_rand_between(&r, i % 2 ? -87 : -1, i % 2 ? 88 : 1));
            want[i] = (double)nfi_log32((float)in[i]);
        }
        for (size_t q = 0; q < rows; q++) {
            memset(out, 0, sizeof out);
            row[q]->log_f32(out, in, n);
            ck_assert_msg(memcmp(want, out, n * sizeof *out) == 0, "%s: log of %zu", row[q]->name, n);
            ck_assert(out[n] == 0);
            memcpy(out, in, sizeof out);
            row[q]->log_f32(out, out, n);
            ck_assert_msg(memcmp(want, out, n * sizeof *out) == 0, "%s: log of %zu in place", row[q]->name, n);
            ck_assert(out[n] == in[n]);
        }
    }
}
END_TEST

START_TEST(adding_multiples_of_logarithms_has_the_same_bits_everywhere)
{
    enum { MOST = 67 };
    nfi_rng r = nft_rng(5);
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    double start[2 * MOST + 2], want[2 * MOST + 2], got[2 * MOST + 2], v[MOST + 2];

    for (int c = 0; c < nft_cases(100); c++)
        for (size_t n = 0; n <= MOST; n++) {
            double x = nft_rand_between(&r, -5, 5), scale = nft_rand_between(&r, -3, 9),
                offset[2] = {c % 2 ? 1e-3 : nft_rand_between(&r, 0, 100), nft_rand_between(&r, 0.1, 9)};
            for (size_t i = 0; i < 2 * MOST + 2; i++)
                start[i] = nft_rand_between(&r, -100, 100);
            for (size_t i = 0; i < MOST + 2; i++) {
                v[i] = nfi_rng_below(&r, 4) ? nft_rand_between(&r, 0, 50) * (scale < 0 ? -1 : 1) : 0.0;
            }
            memcpy(want, start, sizeof want);
            for (size_t i = 1; i <= n; i++) {
                for (size_t j = 0; j < 2; j++) {
                    volatile double p = scale * v[i], q = offset[j] + p, t = x * (double)nfi_log32((float)q);
                    want[j * n + i] = want[j * n + i] + t;
                }
            }
            for (size_t q = 0; q < rows; q++) { /* one element off any alignment */
                memcpy(got, start, sizeof got);
                row[q]->log_axpy_f32(got + 1, x, v + 1, scale, offset, 2, n);
                ck_assert_msg(memcmp(want, got, sizeof got) == 0, "%s: log_axpy of %zu", row[q]->name, n);
            }
        }
}
END_TEST

START_TEST(least_bytes_are_those_of_a_byte_at_a_time)
{
    enum { ROWS = 90 };
    static uint8_t table[ROWS][NFI_LEAST];
    size_t rows;
    const nfi_kern *const *row = nfi_kern_rows(&rows);
    nfi_rng r = nft_rng(11);

    for (int round = 0; round < 300; round++) {
        uint8_t list[ROWS], want[NFI_LEAST], got[NFI_LEAST + 2];
        size_t m = 1 + (size_t)nfi_rng_below(&r, ROWS);
        for (size_t i = 0; i < sizeof table; i++)
            table[i / NFI_LEAST][i % NFI_LEAST] = (uint8_t)nfi_rng_next(&r);
        memset(want, 0xff, sizeof want);
        for (size_t j = 0; j < m; j++) {
            list[j] = (uint8_t)nfi_rng_below(&r, ROWS);
            for (size_t i = 0; i < NFI_LEAST; i++)
                want[i] = table[list[j]][i] < want[i] ? table[list[j]][i] : want[i];
        }
        for (size_t q = 0; q < rows; q++) {
            got[0] = got[NFI_LEAST + 1] = 0xa5;
            row[q]->least_u8(got + 1, (const uint8_t(*)[NFI_LEAST])table, list, m);
            ck_assert_msg(memcmp(want, got + 1, sizeof want) == 0 && got[0] == 0xa5 && got[NFI_LEAST + 1] == 0xa5, "%s: least of %zu rows",
                          row[q]->name, m);
        }
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("kern");
    TCase *t = tcase_create("rows");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, scalar_row_is_first_and_names_differ);
    tcase_add_test(t, words_turn_where_the_contract_says);
    tcase_add_test(t, environment_forces_a_row);
    tcase_add_test(t, every_byte_at_every_place_has_its_class);
    tcase_add_test(t, random_blocks_of_any_number_have_their_classes);
    tcase_add_test(t, runs_of_letters_are_those_of_a_byte_at_a_time);
    tcase_add_test(t, sparse_row_times_matrix_has_the_same_bits_everywhere);
    tcase_add_test(t, matrix_plus_sparse_row_has_the_same_bits_everywhere);
    tcase_add_test(t, tiles_leave_no_column_out);
    tcase_add_test(t, adding_multiples_has_the_same_bits_everywhere);
    tcase_add_test(t, adding_masked_rows_has_the_same_bits_everywhere);
    tcase_add_test(t, logarithms_have_the_bits_of_the_single_call);
    tcase_add_test(t, adding_multiples_of_logarithms_has_the_same_bits_everywhere);
    tcase_add_test(t, least_bytes_are_those_of_a_byte_at_a_time);
    suite_add_tcase(s, t);
    return nft_run(s);
}
