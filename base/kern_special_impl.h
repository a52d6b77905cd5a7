/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kern_special_impl.h - find_special() of kern.h eight bytes at a time: the scalar row, and what the vector rows leave at the end. */
#ifndef NFI_KERN_SPECIAL_IMPL_H
#define NFI_KERN_SPECIAL_IMPL_H

#include "base/num.h"

#include <stdbool.h>

/* The top bit of each byte that is special, in eight of them; borrows make marks above a true one only. */
static inline uint64_t special_marks(uint64_t w)
{
    const uint64_t each = 0x0101010101010101u, top = each * 0x80;

    return nfi_bytes_equal(w, '"') | nfi_bytes_equal(w, '\\') | ((w - each * 0x20) & ~w & top);
}

/* From p[i] on; seen: bytes before it, or'ed. */
static inline size_t special_from(const uint8_t *p, size_t i, size_t n, uint64_t seen, bool *high)
{
    const uint64_t top = 0x8080808080808080u;

    for (; i + 8 <= n; i += 8) {
        uint64_t w = nfi_load_le(p + i), found = special_marks(w);
        if (found) {
            *high |= ((seen | (w & ((found & -found) - 1))) & top) != 0;
            return i + (size_t)__builtin_ctzll(found) / 8;
        }
        seen |= w;
    }
    for (; i < n && p[i] != '"' && p[i] != '\\' && p[i] >= 0x20; i++)
        seen |= p[i];
    *high |= (seen & top) != 0;
    return i;
}

#endif
