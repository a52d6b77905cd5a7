/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * date.h - dates as news writes them, to days and seconds since 1970-01-01 (UTC, proleptic Gregorian calendar). No locale, no time zone of
 * the machine, no clock: a text has one reading.
 *
 * Read are, in any letter case, with a time before or behind the date or none:
 *     2008-01-16  2008/1/16  2008.01.16  2008-01-16T13:04:18.5+09:00  2008-01  2008      (year first)
 *     20080116  200801161304  20080116130418  20080116T130418Z                           (compact)
 *     16 January 2008  16-JAN-1987 01:03:47.52  16th of Jan., 2008  Wed, 16 Jan 2008 13:04:18 +0000
 *     January 16, 2008  Jan 16 2008 5:30 p.m. EST  Wed Jan 16 13:04:18 GMT 2008  January 2008
 *     20.10.2023  16/01/2008  1/16/08  01/2008                                           (numbers only)
 *     year, month and day each before its sign of East Asia;  Juche 112 (2023).12.24, December 24, 112 (2023) (year 1 of Juche is 1912)
 *     1200488658  1200488658.5  1200488658000  @1200488658                               (seconds, milliseconds, microseconds of Unix)
 * Words such as "Published:" or "Updated on" and names of weekdays are passed over; weekdays are not checked. A control character, or the
 * reference of one (&#5;), ends the text. A time without a zone is taken as UTC. Not read: anything relative ("yesterday"), a day without
 * its year, and days that do not exist.
 *
 * Day or month first: with dots the day is first (20.10.2023); with strokes or hyphens what is above 12 is the day; where both are 12 or
 * less and differ, the text is *ambiguous* and the order that the caller names decides. Two digits of a year: 69 to 99 are 19xx, 00 to 68
 * are 20xx.
 */
#ifndef NFI_DATE_H
#define NFI_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum nfi_date_order { NFI_DAY_FIRST, NFI_MONTH_FIRST } nfi_date_order;
typedef enum nfi_date_precision { NFI_DATE_YEAR, NFI_DATE_MONTH, NFI_DATE_DAY, NFI_DATE_TIME } nfi_date_precision;

typedef struct nfi_date {
    int64_t seconds;              /* since 1970-01-01T00:00:00Z; the start of the day, month or year where the text says no more */
    int32_t days;                 /* the same in whole days, rounded down */
    nfi_date_precision precision; /* how much the text says */
    bool ambiguous;               /* day and month could be the other way round */
    bool day_first, month_first;  /* numbers with strokes or hyphens of which one is above 12: what order they show */
} nfi_date;

enum { NFI_MAX_DATE = 200 }; /* bytes of a date; longer text is none */

/* Reads all of p[0..n); false, *out untouched, when it is no date. O(n), no allocation. */
bool nfi_date_parse(nfi_date *out, const char *p, size_t n, nfi_date_order order);
/* The same by either order: out[NFI_DAY_FIRST] and out[NFI_MONTH_FIRST], which differ where the text is ambiguous alone. */
bool nfi_date_parse_both(nfi_date out[2], const char *p, size_t n);

/* Days since 1970-01-01 of a day that exists, year 1 to 9999 (false otherwise), and back. */
bool nfi_date_days(int64_t year, int64_t month, int64_t day, int32_t *days);
void nfi_date_civil(int32_t days, int *year, int *month, int *day);

/* "YYYY-MM-DD", no NUL; days of years 1 to 9999. */
void nfi_date_format(char dst[10], int32_t days);

#endif
