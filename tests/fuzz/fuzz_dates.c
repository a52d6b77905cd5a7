/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a date: what is read is within the calendar, reads the same again, and its day reads back as itself. */
#include "base/date.h"
#include "base/try.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nfi_date d[2], back;
    bool ok[2];

    for (int order = 0; order < 2; order++) {
        memset(&d[order], 0, sizeof d[order]);
        ok[order] = nfi_date_parse(&d[order], (const char *)data, size, (nfi_date_order)order);
    }
    NF_ASSERT(ok[0] == ok[1]); /* what is ambiguous has two readings, all else one */
    if (!ok[0])
        return 0;
    NF_ASSERT(d[0].ambiguous == d[1].ambiguous && (d[0].ambiguous || d[0].seconds == d[1].seconds));
    for (int order = 0; order < 2; order++) {
        const nfi_date *x = &d[order];
        int64_t rest = x->seconds - (int64_t)x->days * 86400;
        char day[10];
        NF_ASSERT(rest >= 0 && rest < 86400);
        NF_ASSERT(x->days >= -719163 && x->days <= 2932897); /* zones move the first and the last day by one */
        if (x->days < -719162 || x->days > 2932896)
            continue;
        nfi_date_format(day, x->days);
        NF_ASSERT(nfi_date_parse(&back, day, sizeof day, NFI_DAY_FIRST) && back.days == x->days && back.precision == NFI_DATE_DAY);
    }
    return 0;
}
