/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates: every form that the header names, what is no date, and the calendar against a plain count of days. */
#include "nft.h"

#include "base/date.h"

#include <stdio.h>
#include <string.h>

typedef struct row {
    const char *text, *want; /* "YYYY-MM-DD hh:mm:ss" or less; "" for no date */
} row;

static void show(char *dst, size_t cap, const nfi_date *d)
{
    static const int length[] = {4, 7, 10, 19};
    char day[10];
    int64_t s = d->seconds - (int64_t)d->days * 86400;

    ck_assert_msg(s >= 0 && s < 86400, "seconds and days disagree");
    nfi_date_format(day, d->days);
    snprintf(dst, cap, "%.10s %02d:%02d:%02d", day, (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
    dst[length[d->precision]] = '\0';
}

static void check(const row *r, size_t n, nfi_date_order order)
{
    for (size_t i = 0; i < n; i++) {
        nfi_date d = {.seconds = 77};
        char got[32] = "";
        if (nfi_date_parse(&d, r[i].text, strlen(r[i].text), order))
            show(got, sizeof got, &d);
        else
            ck_assert_msg(d.seconds == 77, "%s: output touched", r[i].text);
        ck_assert_msg(strcmp(got, r[i].want) == 0, "\"%s\": got \"%s\", want \"%s\"", r[i].text, got, r[i].want);
    }
}
#define CHECK(rows, order) check(rows, sizeof(rows) / sizeof *(rows), order)

START_TEST(forms_of_news_are_read)
{
    static const row rows[] = {
        {"2019-06-13", "2019-06-13"},
        {" 2019-06-13\n", "2019-06-13"},
        {"2019/6/3", "2019-06-03"},
        {"2019.06.13", "2019-06-13"},
        {"2019-06", "2019-06"},
        {"2019", "2019"},
        {"2019-06-13T10:11:12Z", "2019-06-13 10:11:12"},
        {"2019-06-13t10:11z", "2019-06-13 10:11:00"},
        {"2019-06-13 10:11:12.345+09:00", "2019-06-13 01:11:12"},
        {"2019-06-13T23:30:00-0530", "2019-06-14 05:00:00"},
        {"2019-06-13T10:11:12,5+02", "2019-06-13 08:11:12"},
        {"20080116", "2008-01-16"},
        {"20080116130418", "2008-01-16 13:04:18"},
        {"200801161304", "2008-01-16 13:04:00"},
        {"20080116T130418Z", "2008-01-16 13:04:18"},
        {"20080116T1304", "2008-01-16 13:04:00"},
        {"8-APR-1987 01:03:47.52", "1987-04-08 01:03:47"},
        {"9-APR-1987 13:32:06.7", "1987-04-09 13:32:06"},
        {"27-MAR-1987 00:03:35.68&#5;&#5;&#5;F RM", "1987-03-27 00:03:35"},
        {"3-MAR-1987  13:04:18.47", "1987-03-03 13:04:18"},
        {"16-Jan-08", "2008-01-16"},
        {"16-Jan-69", "1969-01-16"},
        {"06:55 20.10.2023", "2023-10-20 06:55:00"},
        {"20.10.2023, 06:55", "2023-10-20 06:55:00"},
        {"3.4.2023", "2023-04-03"},
        {"16 January 2008", "2008-01-16"},
        {"16th of Jan., 2008", "2008-01-16"},
        {"1st Sept 2008", "2008-09-01"},
        {"Jan 16, 2008", "2008-01-16"},
        {"JANUARY 16 2008", "2008-01-16"},
        {"2008 January 16", "2008-01-16"},
        {"2008-Jan-16", "2008-01-16"},
        {"January 2008", "2008-01"},
        {"2008 Jan", "2008-01"},
        {"Wednesday, January 16, 2008", "2008-01-16"},
        {"Wed, 16 Jan 2008 13:04:18 +0000", "2008-01-16 13:04:18"},
        {"16 Jan 2008 13:04 GMT", "2008-01-16 13:04:00"},
        {"Wed, 16 Jan 2008 20:04:18 EST", "2008-01-17 01:04:18"},
        {"Wed, 16 Jan 2008 13:04:18 +0100 (CET)", "2008-01-16 12:04:18"},
        {"Wed Jan 16 13:04:18 2008", "2008-01-16 13:04:18"},
        {"Wed Jan 16 13:04:18 UTC 2008", "2008-01-16 13:04:18"},
        {"Jan. 16, 2008 at 5:30 p.m. EDT", "2008-01-16 21:30:00"},
        {"Jan 16 2008 12am", "2008-01-16 00:00:00"},
        {"Jan 16 2008, 12:05 PM", "2008-01-16 12:05:00"},
        {"Published: 16 January 2008", "2008-01-16"},
        {"Last updated on 16/01/2008 18:00", "2008-01-16 18:00:00"},
        {"16/01/2008", "2008-01-16"},
        {"1/16/08", "2008-01-16"},
        {"01-16-2008", "2008-01-16"},
        {"01/2008", "2008-01"},
        {"16 Jan 2008 13:04 GMT+9", "2008-01-16 04:04:00"},
        {"2008\xe5\xb9\xb4"
         "1\xe6\x9c\x88"
         "16\xe6\x97\xa5",
         "2008-01-16"},
        {"16\xc2\xa0January\xe2\x80\xaf"
         "2008",
         "2008-01-16"},
        {"Juche 112 (2023).12.24", "2023-12-24"},
        {"Juche 112.12.24", "2023-12-24"},
        {"December 24, 112 (2023) Juche", "2023-12-24"},
        {"Juche 112 (2022).12.24", ""},
        {"1200488658", "2008-01-16 13:04:18"},
        {"@1200488658", "2008-01-16 13:04:18"},
        {"1200488658.75", "2008-01-16 13:04:18"},
        {"1200488658000", "2008-01-16 13:04:18"},
        {"1200488658000000", "2008-01-16 13:04:18"},
        {"2008-01-16 24:00", "2008-01-17 00:00:00"},
        {"2016-12-31 23:59:60", "2017-01-01 00:00:00"},
        {"1969-12-31 23:59:59", "1969-12-31 23:59:59"},
        {"0001-01-01", "0001-01-01"},
        {"9999-12-31", "9999-12-31"},
        {"29 February 2000", "2000-02-29"},
    };
    CHECK(rows, NFI_DAY_FIRST);
}
END_TEST

START_TEST(what_is_no_date_is_refused)
{
    static const row rows[] = {
        {"", ""},
        {" ", ""},
        {"June 31, 2024", ""},
        {"29 February 1900", ""},
        {"2023-02-29", ""},
        {"2023-13-01", ""},
        {"13/13/2023", ""},
        {"0000-01-01", ""},
        {"10000-01-01", ""},
        {"yesterday", ""},
        {"3 hours ago", ""},
        {"16 January", ""},
        {"January 16", ""},
        {"Monday", ""},
        {"10:30", ""},
        {"2023-01-01 25:00", ""},
        {"2023-01-01 24:01", ""},
        {"2023-01-01 10:60", ""},
        {"2023-01-01 10:5", ""},
        {"2023-01-01 13pm", ""},
        {"2023-01-01 10:00 +1700", ""},
        {"2023-01-01 10:00 11:00", ""},
        {"2023-01-01 - 2023-01-05", ""},
        {"2008-2009", ""},
        {"16 01 2008", ""},
        {"1/2", ""},
        {"-1200488658", ""},
        {"08 16 Jan", ""},
        {"Jan Feb 2008", ""},
        {"Jan 2008 2009", ""},
        {"16 Smarch 2008", ""},
        {"2008 10:00", ""},
        {"Jan 2008 10:00", ""},
        {"12345", ""},
        {"123", ""},
        {"$2008", ""},
        {"99999999999999999999999", ""},
        {"999999999999999999", "2001-09-09 01:46:39"},
        {"2008-01-16 \xd0\xb3.", ""},
        {"\xff\xfe", ""},
        {"1 2 3 4 5 6 7 8", ""},
        {"Ja 16, 2008", ""},
        {"Januaryish 16, 2008", ""},
        {"Decemberdecemberdecember 16, 2008", ""},
        {"2008-01-16 EST", ""},
    };
    CHECK(rows, NFI_DAY_FIRST);
    char long_one[NFI_MAX_DATE + 2];
    nfi_date d;
    memset(long_one, ' ', sizeof long_one);
    memcpy(long_one, "2008-01-16", 10);
    ck_assert(nfi_date_parse(&d, long_one, NFI_MAX_DATE, NFI_DAY_FIRST));
    ck_assert(!nfi_date_parse(&d, long_one, NFI_MAX_DATE + 1, NFI_DAY_FIRST));
    memset(long_one, '/', sizeof long_one); /* more pieces than a date has */
    ck_assert(!nfi_date_parse(&d, long_one, NFI_MAX_DATE, NFI_DAY_FIRST));
}
END_TEST

START_TEST(the_order_decides_what_is_ambiguous_only)
{
    static const row month_first[] = {{"3/4/2008", "2008-03-04"},  {"03-04-08", "2008-03-04"},  {"3.4.2008", "2008-04-03"},
                                      {"16/4/2008", "2008-04-16"}, {"4/16/2008", "2008-04-16"}, {"2008-03-04", "2008-03-04"},
                                      {"4/4/2008", "2008-04-04"}};
    static const row day_first[] = {
        {"3/4/2008", "2008-04-03"}, {"03-04-08", "2008-04-03"}, {"3.4.2008", "2008-04-03"}, {"4/16/2008", "2008-04-16"}};
    static const struct {
        const char *text;
        bool ambiguous, day_first, month_first;
    } flags[] = {{"3/4/2008", true, false, false},    {"4/4/2008", false, false, false},    {"16/4/2008", false, true, false},
                 {"4/16/2008", false, false, true},   {"16.4.2008", false, false, false},   {"3.4.2008", false, false, false},
                 {"2008-03-04", false, false, false}, {"4 March 2008", false, false, false}};

    CHECK(month_first, NFI_MONTH_FIRST);
    CHECK(day_first, NFI_DAY_FIRST);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        for (int order = 0; order < 2; order++) {
            nfi_date d;
            ck_assert(nfi_date_parse(&d, flags[i].text, strlen(flags[i].text), (nfi_date_order)order));
            ck_assert_msg(d.ambiguous == flags[i].ambiguous && d.day_first == flags[i].day_first && d.month_first == flags[i].month_first,
                          "%s", flags[i].text);
            nfi_date both[2];
            ck_assert(nfi_date_parse_both(both, flags[i].text, strlen(flags[i].text)));
            ck_assert_msg(both[order].seconds == d.seconds && both[order].days == d.days && both[order].ambiguous == d.ambiguous, "%s",
                          flags[i].text);
        }
    ck_assert(!nfi_date_parse_both((nfi_date[2]){0}, "31/2/2008", 9));
}
END_TEST

/* A count over years and months that knows nothing of eras. */
START_TEST(every_day_of_ten_thousand_years_is_counted)
{
    static const int length[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t want = -719162, got; /* 0001-01-01 */
    int y, m, d;

    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++) {
            int n = length[month - 1] + (month == 2 && (year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)));
            for (int day = 1; day <= n; day += day == 1 ? n - 1 : 1, want += day == n ? n - 1 : 1) {
                if (!nfi_date_days(year, month, day, &got) || got != want)
                    ck_abort_msg("%d-%d-%d is %d, want %d", year, month, day, got, want);
                nfi_date_civil(want, &y, &m, &d);
                if (y != year || m != month || d != day)
                    ck_abort_msg("%d is %d-%d-%d, want %d-%d-%d", want, y, m, d, year, month, day);
            }
            if (nfi_date_days(year, month, n + 1, &got))
                ck_abort_msg("%d-%d-%d exists", year, month, n + 1);
        }
    ck_assert(!nfi_date_days(0, 12, 31, &got) && !nfi_date_days(10000, 1, 1, &got) && !nfi_date_days(2000, 0, 1, &got) &&
              !nfi_date_days(2000, 1, 0, &got));
    ck_assert(nfi_date_days(1970, 1, 1, &got) && got == 0);
}
END_TEST

/* A blank before it keeps a date from the quick way. */
START_TEST(days_by_numbers_are_the_same_the_quick_way)
{
    static const int years[] = {0, 1, 99, 1899, 1900, 1969, 2000, 2023, 2024, 2100, 9999};

    for (size_t y = 0; y < sizeof years / sizeof *years; y++)
        for (int m = 0; m <= 13; m++)
            for (int d = 0; d <= 32; d++) {
                char text[32];
                int n = snprintf(text, sizeof text, " %04d-%02d-%02d", years[y], m, d);
                nfi_date quick = {.seconds = 77}, slow = {.seconds = 77};
                bool a = nfi_date_parse(&quick, text + 1, (size_t)n - 1, d % 2 ? NFI_DAY_FIRST : NFI_MONTH_FIRST);
                bool b = nfi_date_parse(&slow, text, (size_t)n, NFI_DAY_FIRST);
                ck_assert_msg(a == b && quick.seconds == slow.seconds && quick.days == slow.days && quick.precision == slow.precision &&
                                  !quick.ambiguous && !quick.day_first && !quick.month_first,
                              "%s", text);
            }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("date");
    TCase *t = tcase_create("date");
    tcase_add_test(t, days_by_numbers_are_the_same_the_quick_way);
    tcase_add_test(t, forms_of_news_are_read);
    tcase_add_test(t, what_is_no_date_is_refused);
    tcase_add_test(t, the_order_decides_what_is_ambiguous_only);
    tcase_add_test(t, every_day_of_ten_thousand_years_is_counted);
    suite_add_tcase(s, t);
    return nft_run(s);
}
