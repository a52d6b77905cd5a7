/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.c - letters by script. ASCII: letters of eight bytes are counted at once; the rest is looked up in a table of two stages. */
#include "features/script.h"

#include "base/utf8.h"

#include <string.h>

#include "features/script_table.inc"

_Static_assert(sizeof script_names / sizeof *script_names == NFI_SCRIPTS, "nfi_script and tools/gen_script.py list the same scripts");

nfi_script nfi_script_of(uint32_t cp)
{
    return cp < SCRIPT_END ? (nfi_script)script_index[(size_t)script_blocks[cp >> 7] << 7 | (cp & 127)] : NFI_SCRIPT_NONE;
}

const char *nfi_script_name(size_t script)
{
    return script < NFI_SCRIPTS ? script_names[script] : NULL;
}

/* Letters among eight ASCII bytes: bit 7 of a byte is set where the small form is at least 'a' and at most 'z'. */
static unsigned ascii_letters(uint64_t w)
{
    const uint64_t one = 0x0101010101010101u;
    uint64_t small = w | one * 0x20;
    return (unsigned)__builtin_popcountll((small + one * (0x80 - 'a')) & ~(small + one * (0x80 - 'z' - 1)) & one * 0x80);
}

void nfi_scripts_add(nfi_scripts *s, const char *p, size_t n)
{
    uint64_t ascii = 0, high = 0;

    for (size_t i = 0; i < n;) {
        uint64_t w;
        if (n - i >= 8 && (memcpy(&w, p + i, 8), (w & 0x8080808080808080u) == 0)) {
            ascii += ascii_letters(w);
            i += 8;
            continue;
        }
        unsigned char c = (unsigned char)p[i];
        if (c < 0x80) {
            ascii += ((unsigned)c | 0x20) - 'a' < 26;
            i++;
            continue;
        }
        uint32_t cp;
        i += nfi_utf8_decode(p + i, n - i, &cp);
        nfi_script of = nfi_script_of(cp);
        s->n[of] += of != NFI_SCRIPT_NONE;
        high += of != NFI_SCRIPT_NONE;
    }
    s->n[NFI_SCRIPT_LATIN] += ascii;
    s->letters += ascii + high;
}

nfi_script nfi_scripts_main(const nfi_scripts *s)
{
    nfi_script best = NFI_SCRIPT_NONE;

    for (int i = 1; i < NFI_SCRIPTS; i++)
        if (s->n[i] > s->n[best])
            best = (nfi_script)i;
    return best;
}

double nfi_scripts_share(const nfi_scripts *s, nfi_script script)
{
    return s->letters ? (double)s->n[script] / (double)s->letters : 0.0;
}
