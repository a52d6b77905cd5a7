/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kern_turns.h - the loops from bits to words that all rows of kern.h share; each is compiled with the bit instructions of its level. */
#ifndef NFI_KERN_TURNS_H
#define NFI_KERN_TURNS_H

#include "base/kern.h"
#include "base/limits.h"

/* The masks of a block, with those that find_runs() needs beside; what a caller does not look at is never computed. */
typedef struct block_class {
    nfi_class64 c;
    uint64_t quote; /* 27 */
    uint64_t mark;  /* , . : */
    uint64_t more;  /* 80 to BF */
} block_class;

/* The same of half a block, for rows that look at 32 bytes at a time. */
typedef struct half_class {
    uint32_t letter, upper, digit, high, joiner, bar, quote, mark, more;
} half_class;

static inline block_class join_halves(half_class l, half_class h)
{
    return (block_class){
        .c = {.letter = (uint64_t)h.letter << 32 | l.letter,
              .upper = (uint64_t)h.upper << 32 | l.upper,
              .digit = (uint64_t)h.digit << 32 | l.digit,
              .high = (uint64_t)h.high << 32 | l.high,
              .joiner = (uint64_t)h.joiner << 32 | l.joiner,
              .bar = (uint64_t)h.bar << 32 | l.bar},
        .quote = (uint64_t)h.quote << 32 | l.quote,
        .mark = (uint64_t)h.mark << 32 | l.mark,
        .more = (uint64_t)h.more << 32 | l.more,
    };
}

static inline size_t turns_popcount(uint64_t x)
{
#ifdef __POPCNT__
    return (size_t)__builtin_popcountll(x);
#else
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    return (size_t)(((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56);
#endif
}

/* The place of the lowest bit; any below 64 or 64 when there is none. */
static inline int turns_lowest(uint64_t x)
{
#ifdef __BMI__
    return (int)__builtin_ia32_tzcnt_u64(x);
#else
    return __builtin_ctzll(x | (uint64_t)1 << 63);
#endif
}

/* The places of the lowest eight bits; where there are fewer, what follows is written over later. Returns the bits left. */
static inline uint64_t turns_eight(uint64_t edges, uint32_t at, uint32_t *out)
{
    for (int i = 0; i < 8; i++) {
        out[i] = at + (uint32_t)turns_lowest(edges);
        edges &= edges - 1;
    }
    return edges;
}

/* What the loop below finds in a block. */
typedef struct turns_block {
    uint64_t edges, flags;
} turns_block;

typedef struct turns_state {
    uint64_t word; /* the last bit of the block before, lowest here */
    unsigned over; /* carry out of the block before when joiners are added to words */
} turns_state;

/* Adding joiners to words carries to the end of each word that has one. */
static inline turns_block turns_of(turns_state *s, const nfi_class64 *c, uint64_t next_upper)
{
    uint64_t w = c->letter, edges = w ^ (w << 1 | s->word), sum;
    uint64_t capitals = c->upper & (c->upper >> 1 | next_upper << 63);
    unsigned first = __builtin_add_overflow(w, c->joiner, &sum), second = __builtin_add_overflow(sum, (uint64_t)s->over, &sum);

    *s = (turns_state){w >> 63, first | second};
    return (turns_block){edges, (sum & ~w) | (edges & w & capitals)};
}

#ifndef NFI_TURNS_OWN
static size_t turns(const nfi_class64 *cls, size_t blocks, uint32_t *turn)
{
    turns_state state = {0};
    size_t n = 0;

    for (size_t k = 0; k <= blocks; k++) {
        turns_block b = turns_of(&state, &cls[k], k < blocks ? cls[k + 1].upper : 0);
        uint32_t at = (uint32_t)(k * 64), *out = turn + n;
        uint64_t left = turns_eight(turns_eight(turns_eight(b.edges, at, out), at, out + 8), at, out + 16); /* nearly always enough */

        for (uint32_t *more = out + 24; left; more += 8)
            left = turns_eight(left, at, more);
        for (uint64_t f = b.flags; f; f &= f - 1)
            out[turns_popcount(b.edges & (f ^ (f - 1)) >> 1)] |= NFI_TURN_FLAG;
        n += turns_popcount(b.edges);
    }
    return n;
}
#endif

static inline size_t words_from(const uint32_t *turn, size_t i, size_t n, uint32_t least, uint32_t look, nfi_token *out, size_t *m)
{
    nfi_token *to = out + *m;

    for (; i < n; i += 2) {
        uint32_t from = turn[i], end = turn[i + 1], s = from & ~NFI_TURN_FLAG, len = (end & ~NFI_TURN_FLAG) - s;
        if (len > NFI_MAX_TOKEN || (((end | (len <= 3 ? from : 0)) & look) && len >= least))
            break;
        *to = (nfi_token){s, len};
        to += len >= least;
    }
    *m = (size_t)(to - out);
    return i;
}

#ifndef NFI_WORDS_OWN
static size_t words(const uint32_t *turn, size_t n, uint32_t least, uint32_t look, nfi_token *out, size_t *m)
{
    *m = 0;
    return words_from(turn, 0, n, least, look, out, m);
}
#endif

#endif
