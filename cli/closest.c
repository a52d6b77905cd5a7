/* SPDX-License-Identifier: GPL-3.0-or-later */
/* closest.c - which known name a mistyped one stands for: fewest insertions, deletions, changes and swaps of neighbours. */
#include "cli/opt.h"

#include <string.h>

#define WORD_MAX 63 /* longer words have no closest one */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t nfi_edit_distance(const char *a, size_t n, const char *b, size_t m, size_t limit)
{
    size_t row[3][WORD_MAX + 1];

    if (n > WORD_MAX || m > WORD_MAX)
        return limit + 1;
    for (size_t j = 0; j <= m; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t d = last[j - 1] + (a[i - 1] != b[j - 1]);
            d = least(d, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d = least(d, before[j - 2] + 1);
            now[j] = d;
        }
    }
    return row[n % 3][m] <= limit ? row[n % 3][m] : limit + 1;
}

/* A third of the word may be wrong, at least one letter; a name that starts with the word is one step away. Ties go to the first name. */
const char *nfi_closest(const char *word, const char *(*name)(const void *ctx, size_t i), const void *ctx)
{
    size_t n = strlen(word), limit = n < 6 ? 1 + n / 3 : n / 3, best = limit + 1;
    const char *found = NULL, *s;

    if (n == 0)
        return NULL;
    for (size_t i = 0; (s = name(ctx, i)) != NULL; i++) {
        size_t d = nfi_edit_distance(word, n, s, strlen(s), limit);
        if (d > 1 && n >= 2 && strncmp(s, word, n) == 0)
            d = 1;
        if (d < best) {
            best = d;
            found = s;
        }
    }
    return found;
}
