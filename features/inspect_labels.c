/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect_labels.c - labels that are spellings of one: compared letter by letter after folding, each with each up to a limit. */
#include "features/inspect.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/try.h"
#include "base/utf8.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

#include <string.h>

enum { KEY = 160 }; /* letters of a label that are compared; a label has at most NFI_MAX_LABEL bytes */

typedef struct key {
    uint32_t all[KEY], word[KEY], alike[KEY]; /* folded; its letters and digits alone; these with look-alikes made Latin */
    size_t nall, nword;
} key;

const char *nf_variant_text(nf_variant_kind kind, const char **text)
{
    static const char *const list[][2] = {
#define X(name, code, words) {code, words},
        NF_VARIANTS(X)
#undef X
    };
    if ((unsigned)kind >= sizeof list / sizeof *list)
        return NULL;
    if (text)
        *text = list[kind][1];
    return list[kind][0];
}

/* Latin letter that a small Cyrillic or Greek letter, or a digit, is taken for. */
static uint32_t alike(uint32_t cp)
{
    static const struct {
        uint16_t cp;
        char latin;
    } rows[] = {{'0', 'o'},   {'1', 'l'},   {0x131, 'i'}, {0x3b1, 'a'}, {0x3b5, 'e'}, {0x3b9, 'i'}, {0x3ba, 'k'}, {0x3bd, 'v'},
                {0x3bf, 'o'}, {0x3c1, 'p'}, {0x3c4, 't'}, {0x3c5, 'u'}, {0x3c7, 'x'}, {0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'},
                {0x43a, 'k'}, {0x43c, 'm'}, {0x43d, 'h'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'}, {0x442, 't'}, {0x443, 'y'},
                {0x445, 'x'}, {0x455, 's'}, {0x456, 'i'}, {0x458, 'j'}, {0x501, 'd'}, {0x51b, 'q'}, {0x51d, 'w'}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].cp == cp)
            return (uint32_t)rows[i].latin;
    return cp;
}

static void make_key(key *k, nf_str name)
{
    uint32_t cp[NFI_MAX_LABEL], folded[18 * NFI_MAX_LABEL];
    size_t n = 0;

    *k = (key){0};
    for (size_t i = 0; i < name.n && n < NFI_MAX_LABEL; n++)
        i += nfi_utf8_decode(name.p + i, name.n - i, &cp[n]);
    size_t m = nfi_uni_fold(folded, sizeof folded / sizeof *folded, cp, n);
    for (size_t i = 0; m != SIZE_MAX && i < m && i < KEY; i++) {
        k->all[k->nall++] = folded[i];
        if (nfi_wb(folded[i]) & (NFI_WB_WORD | NFI_WB_MARK)) {
            k->alike[k->nword] = alike(folded[i]);
            k->word[k->nword++] = folded[i];
        }
    }
}

static bool same(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    return n == m && memcmp(a, b, n * sizeof *a) == 0;
}

static bool is_number(uint32_t cp)
{
    return (nfi_wb(cp) & NFI_WB_CLASS) == NFI_WB_NUMERIC;
}

/* One letter more, less, other, or two neighbours swapped; figures tell labels apart (topic1, topic2), and so do short words. */
static bool one_edit(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t from = 0, left = n, right = m;

    if (n < 5 || m < 5 || (n > m ? n - m : m - n) > 1)
        return false;
    while (from < n && from < m && a[from] == b[from])
        from++;
    while (left > from && right > from && a[left - 1] == b[right - 1]) {
        left--;
        right--;
    }
    size_t x = left - from, y = right - from;
    for (size_t i = from; i < left; i++)
        if (is_number(a[i]))
            return false;
    for (size_t i = from; i < right; i++)
        if (is_number(b[i]))
            return false;
    return (x <= 1 && y <= 1) || (x == 2 && y == 2 && a[from] == b[from + 1] && a[from + 1] == b[from]);
}

static int kind_of(const key *a, const key *b)
{
    if (same(a->all, a->nall, b->all, b->nall))
        return NF_VARIANT_CASE;
    if (a->nword && same(a->word, a->nword, b->word, b->nword))
        return NF_VARIANT_SPACING;
    if (a->nword && same(a->alike, a->nword, b->alike, b->nword))
        return NF_VARIANT_LOOKALIKE;
    return one_edit(a->word, a->nword, b->word, b->nword) ? NF_VARIANT_EDIT : -1;
}

nf_status nfi_label_variants(nf_inspect_variant *v, size_t *n, uint64_t *more, const nf_inspect_label *label, size_t nlabels, nf_err *err)
{
    size_t count = nlabels < NF_INSPECT_PAIRS ? nlabels : NF_INSPECT_PAIRS;
    key *k = nfi_alloc(count, sizeof *k);

    if (!k)
        return nfi_oom(err, "labels");
    *n = 0;
    *more = 0;
    for (size_t i = 0; i < count; i++)
        make_key(&k[i], label[i].name);
    for (size_t a = 0; a < count; a++)
        for (size_t b = a + 1; b < count; b++) {
            int kind = kind_of(&k[a], &k[b]);
            if (kind < 0)
                continue;
            if (*n < NF_INSPECT_VARIANTS)
                v[(*n)++] = (nf_inspect_variant){a, b, (nf_variant_kind)kind};
            else
                ++*more;
        }
    nfi_free(k);
    return NF_OK;
}
