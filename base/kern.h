/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kern.h - the inner loops, one table a CPU level. The scalar row is the reference; every other row gives the same bits, because each lane
 * does the same IEEE operations in the same order (no fused multiply-add, no horizontal sums). NF_KERN=scalar|avx2|avx512 forces a row.
 */
#ifndef NFI_KERN_H
#define NFI_KERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bit i of each mask is byte i of a 64-byte block. */
typedef struct nfi_class64 {
    uint64_t letter; /* A-Z a-z */
    uint64_t upper;  /* A-Z */
    uint64_t digit;  /* 0-9 */
    uint64_t high;   /* >= 0x80 */
    uint64_t joiner; /* ' , . _ : ; and other bytes that may join words: exactly 27 2C 2E 3A 3B 5F */
    uint64_t bar;    /* > | */
} nfi_class64;

/*
 * A line of at most NFI_RUN_BYTES bytes: its runs, of letters or of digits with single , . : between them, and the places where more than
 * that must be looked at. A capital after a small letter starts a run of its own.
 */
enum { NFI_RUN_BYTES = 640, NFI_RUN_AHEAD = 16 /* bytes that hashes look at past a run */, NFI_RUN_SPILL = 16 };
typedef struct nfi_run_odd {
    uint16_t at, run; /* byte; runs that start before it */
} nfi_run_odd;
typedef struct nfi_runs {
    _Alignas(64) uint8_t low[NFI_RUN_BYTES + NFI_RUN_AHEAD]; /* letters, capitals lowered; zeros between them and behind the line */
    uint64_t hash[NFI_RUN_BYTES + NFI_RUN_SPILL]; /* n, nfi_wordhash_of() the letters from start on, NFI_WORD_NUMBER where there are none */
    uint16_t start[NFI_RUN_BYTES + NFI_RUN_SPILL]; /* n */
    nfi_run_odd odd[NFI_RUN_BYTES];                /* nodd, rising: capitals after small letters, small letters after letter and
                                                      apostrophe, runs of bytes beyond ASCII */
    size_t n, nodd;
    unsigned bars, letters, capitals, digits; /* capitals: runs that begin with one; digits: runs of digits */
    unsigned more;                            /* bytes that go on with a character */
    bool ascii;
} nfi_runs;

/*
 * A row of up to 32 floats of which most may be alike: column i is base, or where bit i of mask is set the next of those that stand from
 * number at on in an array.
 */
typedef struct nfi_masked_row {
    uint32_t at, mask;
    float base, own; /* own: of whoever keeps the row */
} nfi_masked_row;
enum { NFI_MASKED = 32 };

enum { NFI_LEAST = 128 }; /* bytes of a row of least_u8() */

/*
 * What tells keys that are there once from the others: a bit for each value of the leading bits of a key, set when one was met, and few
 * bits, soon found, for the trailing bits of those that were met again.
 */
enum { NFI_SIEVE_LOG = 4, NFI_SIEVE_BITS = 1 << NFI_SIEVE_LOG };
typedef struct nfi_sieve {
    uint64_t *once, *again; /* words * NFI_SIEVE_BITS and words of them */
    uint32_t words;         /* a power of two */
    int shift;              /* leaves as many bits of a key as once has */
} nfi_sieve;

#define NFI_TURN_FLAG 0x80000000u
enum { NFI_TURNS_MORE = 32, NFI_WORDS_MORE = 4 };

typedef struct nfi_token {
    uint32_t off, n; /* where it starts, its bytes */
} nfi_token;

typedef struct nfi_kern {
    const char *name;
    /*
     * Classifies blocks 64-byte blocks of src and writes them with A-Z lowered to dst (caller-allocated, 64*blocks bytes, may not overlap).
     * src must be readable to the end of the last block.
     */
    void (*classify)(const uint8_t *src, size_t blocks, uint8_t *dst, nfi_class64 *cls);
    /*
     * Words of blocks 64-byte blocks: letter has the bits of their bytes, joiner of those bytes of them that join, upper of capitals.
     * Writes the places where letter turns, in order: starts and ends of words by turns; returns how many. NFI_TURN_FLAG is set at the
     * start of a word that begins with two capitals, and at the end of one that holds a joiner. cls[blocks] is all zero; turn has room for
     * 64 * blocks + NFI_TURNS_MORE numbers.
     */
    size_t (*turns)(const nfi_class64 *cls, size_t blocks, uint32_t *turn);
    /*
     * The words between n turns, two a word: those of least bytes or more to out, of which *m are made; room for NFI_WORDS_MORE more.
     * Stops before a word of more than NFI_MAX_TOKEN bytes, and where look is NFI_TURN_FLAG (else 0) before a word that is kept, with a
     * flag at its end, or at its start and of up to three bytes. Returns how many turns went.
     */
    size_t (*words)(const uint32_t *turn, size_t n, uint32_t least, uint32_t look, nfi_token *out, size_t *m);
    /*
     * acc[i] += x[j] * (double)w[j * ld + i] for j in [0, m), in that order, and i in [0, n); ld is n rounded up to a multiple of 8, and
     * what stands between n and ld is read but of no matter. Accumulators stay in registers in tiles of up to 32 columns.
     */
    void (*axpys_f64)(double *acc, const double *x, const float *w, size_t m, size_t n);
    /* The same for n up to NFI_MASKED, w[j * ld + i] being column i of row[j], whose array is w. Reads no other numbers of w. */
    void (*axpys_masked)(double *acc, const double *x, const nfi_masked_row *row, const float *w, size_t m, size_t n);
    /*
     * Sparse row times dense term-major matrix: out[j] = sum over e in order of val[e] * m[idx[e] * ld + j], j in [0, k), float32, k a
     * multiple of 16. ld >= k. Accumulators stay in registers in tiles of up to 128 columns.
     */
    void (*spmv_f32)(float *out, const int32_t *idx, const float *val, size_t nnz, const float *m, size_t ld, size_t k);
    /*
     * The way back: m[idx[e] * ld + j] += val[e] * by[j] for the 16 columns j, entry after entry; with scale (a matrix of the same shape,
     * or NULL) the product is multiplied by its element before it is added. ld >= 16; by and scale do not overlap m.
     */
    void (*scatter_f32)(float *m, size_t ld, const int32_t *idx, const float *val, size_t nnz, const float *by, const float *scale);
    /* out[i] = nfi_log32((float)in[i]); in normal and positive as a float; may be in place. */
    void (*log_f32)(double *out, const double *in, size_t n);
    /*
     * acc[j * n + i] += x * nfi_log32((float)(offset[j] + scale * v[i])) for i in [0, n), j in [0, m); the argument as above; nothing
     * overlaps.
     */
    void (*log_axpy_f32)(double *acc, double x, const double *v, double scale, const double *offset, size_t m, size_t n);
    /* out[i] = the least of row[list[j]][i] for j in [0, m), m >= 1; i in [0, NFI_LEAST). */
    void (*least_u8)(uint8_t *out, const uint8_t (*row)[NFI_LEAST], const uint8_t *list, size_t m);
    /* Offset of the first quote, backslash or byte below 0x20 of p[0..n), n when there is none. *high becomes true when a byte before it is
     * 0x80 or more, else it stays. */
    size_t (*find_special)(const uint8_t *p, size_t n, bool *high);
    /* Bytes of p[0..n) before the first sequence that is no well-formed UTF-8, n when there is none. */
    size_t (*utf8_prefix)(const uint8_t *p, size_t n);
    /* Fills r from the line s[0..n), n at most NFI_RUN_BYTES; s can be read up to the next multiple of 64. */
    void (*find_runs)(nfi_runs *r, const uint8_t *s, size_t n);
    /* Meets those of 64 keys whose bit is set in which. */
    void (*sieve_meet)(const nfi_sieve *v, const uint32_t *key, uint64_t which);
    /* Those of them that were met more than once, or look like one that was. Neither reads other keys. */
    uint64_t (*sieve_met)(const nfi_sieve *v, const uint32_t *key, uint64_t which);
} nfi_kern;

/* All rows; the vector ones exist on x86-64 only. Reach them through the functions below. */
extern const nfi_kern nfi_kern_scalar, nfi_kern_avx2, nfi_kern_avx512;

/* The rows this CPU can run, best last; *n rows. The scalar row is always first. */
const nfi_kern *const *nfi_kern_rows(size_t *n);
/* The row in use: the best, or the one NF_KERN names (an unknown or unsupported name falls back to scalar). Chosen by nf_init(). */
const nfi_kern *nfi_kern_get(void);
void nfi_kern_init(void);

#endif
