/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyness.c - the formula of keyness.h. */
#include "features/keyness.h"

#include "base/num.h"

#include <math.h>

nfi_keyness nfi_keyness_of(double y, double n, double all_y, double all_n, double prior)
{
    double a_t = prior * all_y, a = prior * all_n, in = y + a_t, out = all_y - y + a_t;
    double others_in = n + a - in, others_out = all_n - n + a - out;

    if (in <= 0.0 || out <= 0.0 || others_in <= 0.0 || others_out <= 0.0)
        return (nfi_keyness){0.0, 0.0};
    double delta = nfi_log(in / others_in) - nfi_log(out / others_out);
    return (nfi_keyness){delta, delta / sqrt(1.0 / in + 1.0 / out)};
}
