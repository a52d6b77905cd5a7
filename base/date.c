/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * date.c - a date is cut into numbers, words and signs; one walk over these finds the time, the zone and up to three parts of the date, and
 * the parts then say what they are by their form and place. Days by civil: Hinnant's algorithm over eras of 400 years.
 */
#include "base/date.h"

#include <string.h>

enum { MAX_PIECES = 40, MAX_PARTS = 3, MAX_DIGITS = 18, DAY = 86400 };
enum { YEAR_MIN = 1, YEAR_MAX = 9999 };

typedef struct piece {
    char kind;      /* '0' a number, 'a' a word, else the sign itself; 'y', 'm', 'd' for the signs of East Asia */
    bool apart;     /* a blank stands before it */
    uint8_t digits; /* of a number */
    uint8_t len;    /* of a word, cut at 15 */
    int64_t value;
    char word[16];  /* lower case */
} piece;

typedef struct part {
    int64_t value;
    int digits;     /* 0: a month by name */
    char before;    /* the sign before it: one of - / . or ' ' */
} part;

typedef struct reading {
    piece piece[MAX_PIECES + 1]; /* the last is of kind '\0' */
    part part[MAX_PARTS];
    size_t nparts;
    bool has_time, has_zone, done; /* done: seconds hold the whole answer */
    int64_t time, zone;            /* seconds of the day; seconds east of Greenwich */
    int64_t seconds;
} reading;

typedef struct word_value {
    char word[12];
    int16_t value;
} word_value;

/* A name counts from its first three letters on, as far as it goes. */
static const word_value months[] = {{"january", 1}, {"february", 2}, {"march", 3}, {"april", 4}, {"may", 5}, {"june", 6}, {"july", 7},
                                    {"august", 8}, {"september", 9}, {"october", 10}, {"november", 11}, {"december", 12}};
static const word_value weekdays[] = {{"monday", 0}, {"tuesday", 0},  {"wednesday", 0}, {"thursday", 0},
                                      {"friday", 0}, {"saturday", 0}, {"sunday", 0}};
/* Minutes east of Greenwich. */
static const word_value zones[] = {{"z", 0},      {"utc", 0},    {"gmt", 0},    {"ut", 0},     {"wet", 0},    {"bst", 60},
                                   {"cet", 60},   {"cest", 120}, {"eet", 120},  {"eest", 180}, {"msk", 180},  {"ist", 330},
                                   {"hkt", 480},  {"kst", 540},  {"jst", 540},  {"est", -300}, {"edt", -240}, {"et", -300},
                                   {"cst", -360}, {"cdt", -300}, {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420}};
static const word_value fillers[] = {{"published", 0}, {"publication", 0}, {"posted", 0}, {"updated", 0}, {"modified", 0}, {"last", 0},
                                     {"first", 0},     {"created", 0},     {"date", 0},   {"time", 0},    {"on", 0},       {"at", 0},
                                     {"of", 0},        {"the", 0},         {"hrs", 0},    {"hours", 0}};
static const word_value ordinals[] = {{"st", 0}, {"nd", 0}, {"rd", 0}, {"th", 0}};

#define FIND(table, p) find((table), sizeof(table) / sizeof *(table), (p))

static const word_value *find(const word_value *table, size_t n, const piece *p)
{
    for (size_t i = 0; p->kind == 'a' && i < n; i++)
        if (strcmp(table[i].word, p->word) == 0)
            return &table[i];
    return NULL;
}

/* A name that p begins, at least three letters of it. */
static const word_value *find_name(const word_value *table, size_t n, const piece *p)
{
    for (size_t i = 0; p->kind == 'a' && p->len >= 3 && i < n; i++)
        if (strncmp(table[i].word, p->word, p->len) == 0)
            return &table[i];
    return NULL;
}

bool nfi_date_days(int64_t year, int64_t month, int64_t day, int32_t *days)
{
    static const uint8_t length[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 || day > length[month - 1] + (leap && month == 2))
        return false;
    int64_t y = year - (month <= 2), era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1; /* years start in March */
    *days = (int32_t)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
    return true;
}

void nfi_date_civil(int32_t days, int *year, int *month, int *day)
{
    int64_t z = (int64_t)days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

static void put_digits(char *dst, int n, int value)
{
    while (n-- > 0) {
        dst[n] = (char)('0' + value % 10);
        value /= 10;
    }
}

void nfi_date_format(char dst[10], int32_t days)
{
    int y, m, d;

    nfi_date_civil(days, &y, &m, &d);
    put_digits(dst, 4, y);
    put_digits(dst + 5, 2, m);
    put_digits(dst + 8, 2, d);
    dst[4] = dst[7] = '-';
}

static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static bool is_letter(unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

/* Signs beyond ASCII; *len bytes long. 0: none known. */
static char wide_sign(const char *p, size_t n, size_t *len)
{
    static const struct {
        char bytes[4], kind;
    } list[] = {{"\xe5\xb9\xb4", 'y'},  {"\xe6\x9c\x88", 'm'}, {"\xe6\x97\xa5", 'd'}, {"\xe2\x80\x90", '-'},
                {"\xe2\x80\x91", '-'},  {"\xe2\x80\x93", '-'}, {"\xe2\x80\xaf", ' '}, {"\xe2\x80\x89", ' '},
                {"\xe2\x80\x99", '\''}, {"\xe2\x88\x92", '-'}, {"\xc2\xa0", ' '},     {"\xc2\xb7", '|'}};

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        *len = strlen(list[i].bytes);
        if (*len <= n && memcmp(p, list[i].bytes, *len) == 0)
            return list[i].kind;
    }
    return 0;
}

/* True when p begins the reference of a control character, such as &#5; */
static bool is_control_reference(const char *p, size_t n)
{
    size_t i = 2;
    int value = 0;

    if (n < 4 || p[0] != '&' || p[1] != '#')
        return false;
    for (; i < n && i < 5 && is_digit((unsigned char)p[i]); i++)
        value = value * 10 + (p[i] - '0');
    return i > 2 && i < n && p[i] == ';' && value < 32;
}

/* False when the text holds what no date has. */
static bool cut(reading *r, const char *p, size_t n)
{
    size_t k = 0, i = 0, len;
    bool apart = false;

    while (i < n) {
        unsigned char c = (unsigned char)p[i];
        piece *t = &r->piece[k];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            apart = true;
            i++;
            continue;
        }
        if (c < 0x20 || c == 0x7f || is_control_reference(p + i, n - i))
            break;
        if (k == MAX_PIECES)
            return false;
        *t = (piece){.apart = apart};
        apart = false;
        if (is_digit(c)) {
            t->kind = '0';
            for (; i < n && is_digit((unsigned char)p[i]); i++) {
                if (t->digits == MAX_DIGITS)
                    return false;
                t->value = t->value * 10 + (p[i] - '0');
                t->digits++;
            }
        } else if (is_letter(c)) {
            t->kind = 'a';
            for (; i < n && is_letter((unsigned char)p[i]); i++)
                if (t->len < sizeof t->word - 1)
                    t->word[t->len++] = (char)(p[i] | 0x20);
        } else if (c < 0x80) {
            t->kind = (char)c;
            i++;
        } else {
            if (!(t->kind = wide_sign(p + i, n - i, &len)))
                return false;
            i += len;
            if (t->kind == ' ') {
                apart = true;
                continue;
            }
        }
        k++;
    }
    return k > 0;
}

static bool add_part(reading *r, int64_t value, int digits, char before)
{
    if (r->nparts == MAX_PARTS)
        return false;
    r->part[r->nparts++] = (part){value, digits, before};
    return true;
}

static bool set_time(reading *r, int64_t h, int64_t m, int64_t s)
{
    if (r->has_time || h > 24 || m > 59 || s > 60 || (h == 24 && (m || s)))
        return false;
    r->has_time = true;
    r->time = h * 3600 + m * 60 + s;
    return true;
}

/* "am", "p.m.": pieces taken, 0 for none; *pm says which. */
static size_t half_day(const piece *t, bool *pm)
{
    if (t[0].kind != 'a' || (t[0].word[0] != 'a' && t[0].word[0] != 'p'))
        return 0;
    *pm = t[0].word[0] == 'p';
    if (t[0].len == 2 && t[0].word[1] == 'm')
        return 1;
    if (t[0].len == 1 && t[1].kind == '.' && t[2].kind == 'a' && t[2].len == 1 && t[2].word[0] == 'm')
        return t[3].kind == '.' ? 4 : 3;
    return 0;
}

/* Hour of a clock of twelve. */
static bool twelve(int64_t *h, bool pm)
{
    if (*h < 1 || *h > 12)
        return false;
    *h = *h % 12 + (pm ? 12 : 0);
    return true;
}

/* h:m[:s[.fraction]] [am|pm], or h am: pieces taken, 0 for no time at t, SIZE_MAX for a wrong one. */
static size_t clock_time(reading *r, const piece *t)
{
    size_t k = 1, half;
    int64_t h = t[0].value, m = 0, s = 0;
    bool pm;

    if (t[0].digits > 2)
        return 0;
    if (t[1].kind == ':' && t[2].kind == '0') {
        if (t[2].digits != 2)
            return SIZE_MAX;
        m = t[2].value;
        k = 3;
        if (t[3].kind == ':' && t[4].kind == '0') {
            if (t[4].digits != 2)
                return SIZE_MAX;
            s = t[4].value;
            k = 5;
            if ((t[5].kind == '.' || t[5].kind == ',') && t[6].kind == '0' && !t[5].apart && !t[6].apart)
                k = 7; /* parts of a second are dropped */
        }
    }
    if ((half = half_day(t + k, &pm)) > 0) {
        if (!twelve(&h, pm))
            return SIZE_MAX;
        k += half;
    } else if (k == 1) {
        return 0;
    }
    return set_time(r, h, m, s) ? k : SIZE_MAX;
}

/* +0900, -05:30, +9 behind a time or a zone's name: pieces taken, 0 for none, SIZE_MAX for a wrong one. */
static size_t offset(reading *r, const piece *t)
{
    if ((t[0].kind != '+' && t[0].kind != '-') || t[1].kind != '0' || t[1].apart || t[1].digits > 4 || t[1].digits == 3)
        return 0;
    int64_t h = t[1].digits == 4 ? t[1].value / 100 : t[1].value, m = t[1].digits == 4 ? t[1].value % 100 : 0;
    size_t k = 2;
    if (t[1].digits < 4 && t[2].kind == ':' && t[3].kind == '0' && t[3].digits == 2) {
        m = t[3].value;
        k = 4;
    }
    if (h > 15 || m > 59)
        return SIZE_MAX;
    r->zone = (t[0].kind == '-' ? -1 : 1) * (h * 3600 + m * 60);
    r->has_zone = true;
    return k;
}

/* 20080116, 200801161304, 20080116130418 with a year of 1900 to 2100, else an instant of Unix; false when it is neither. */
static bool compact(reading *r, const piece *t, size_t *taken)
{
    int64_t v = t->value, rest = 0;
    int32_t days;
    int digits = t->digits;

    *taken = 1;
    if (digits == 8 || digits == 12 || digits == 14) {
        int64_t scale = digits == 8 ? 1 : digits == 12 ? 10000 : 1000000;
        int64_t y = v / scale / 10000, m = v / scale / 100 % 100, d = v / scale % 100;
        rest = v % scale;
        if (y >= 1900 && y <= 2100 && nfi_date_days(y, m, d, &days)) {
            int64_t hms = digits == 12 ? rest * 100 : rest;
            return r->nparts == 0 && add_part(r, y, 4, ' ') && add_part(r, m, 2, '-') && add_part(r, d, 2, '-') &&
                   (digits == 8 || set_time(r, hms / 10000, hms / 100 % 100, hms % 100));
        }
    }
    if (digits < 9 || r->nparts || r->has_time)
        return false;
    r->seconds = digits <= 10 ? v : digits <= 13 ? v / 1000 : digits <= 16 ? v / 1000000 : v / 1000000000;
    r->done = r->has_time = true;
    if (t[1].kind == '.' && t[2].kind == '0' && !t[1].apart && !t[2].apart)
        *taken = 3;
    return nfi_date_days(YEAR_MAX, 12, 31, &days) && r->seconds / DAY <= days;
}

/* A year of the era, and the common year that may follow in brackets; pieces taken, SIZE_MAX for a wrong one. */
static size_t juche(reading *r, const piece *t)
{
    if (t[0].kind != '0' || t[0].digits > 3 || !add_part(r, t[0].value + 1911, 4, ' '))
        return SIZE_MAX;
    if (t[1].kind == '(' && t[2].kind == '0' && t[3].kind == ')')
        return t[2].value == t[0].value + 1911 ? 4 : SIZE_MAX;
    return 1;
}

/* A number that is no part of a time. */
static size_t number(reading *r, const piece *t, char before)
{
    size_t k;

    if (r->nparts && t[-1].kind == 'a' && !strcmp(t[-1].word, "t") && (t->digits == 6 || t->digits == 4)) { /* T130418 */
        int64_t hms = t->digits == 4 ? t->value * 100 : t->value;
        return set_time(r, hms / 10000, hms / 100 % 100, hms % 100) ? 1 : SIZE_MAX;
    }
    if (t->digits >= 8)
        return compact(r, t, &k) ? k : SIZE_MAX;
    if (t->digits == 3 && t[1].kind == '(')
        return juche(r, t);
    if (t->digits > 4 || t->digits == 3 || !add_part(r, t->value, t->digits, before))
        return SIZE_MAX;
    return FIND(ordinals, &t[1]) && !t[1].apart ? 2 : 1;
}

static size_t word(reading *r, const piece *t, char before)
{
    const word_value *w;

    if ((w = find_name(months, 12, t)) != NULL)
        return add_part(r, w->value, 0, before) ? 1 : SIZE_MAX;
    if (find_name(weekdays, 7, t) || FIND(fillers, t))
        return 1;
    if ((w = FIND(zones, t)) != NULL && r->has_time && r->has_zone && t[1].kind == ')')
        return 1; /* the remark of RFC 2822 */
    if (w && r->has_time && !r->has_zone) {
        size_t k = offset(r, t + 1); /* GMT+9 */
        if (k == SIZE_MAX)
            return k;
        if (k == 0)
            r->zone = w->value * (int64_t)60;
        r->has_zone = true;
        return k + 1;
    }
    if (t->len == 1 && t->word[0] == 't' && r->nparts && t[1].kind == '0')
        return 1;
    if (!strcmp(t->word, "juche")) {
        size_t k = t[1].kind == '0' ? juche(r, t + 1) : 0;
        return k == SIZE_MAX ? k : k + 1;
    }
    return SIZE_MAX;
}

/* Finds time, zone and parts. */
static bool walk(reading *r)
{
    char before = ' ';
    size_t k;

    if (r->piece[0].kind == '-')
        return false; /* a number below zero */
    for (const piece *t = r->piece; t->kind; t += k) {
        if (t->kind == '0') {
            if ((k = clock_time(r, t)) == 0)
                k = number(r, t, before);
            before = ' ';
        } else if (t->kind == 'a') {
            k = word(r, t, before);
            before = ' ';
        } else if (r->has_time && !r->has_zone && (k = offset(r, t)) != 0) {
            before = ' ';
        } else {
            k = 1;
            if (!strchr("-/.,:;()[]|'@ymd", t->kind))
                return false;
            if (strchr("-/.", t->kind))
                before = t->kind;
        }
        if (k == SIZE_MAX)
            return false;
    }
    return true;
}

/* A year as written: two digits stand for 1969 to 2068. */
static int64_t full_year(const part *p)
{
    return p->digits == 2 ? p->value + (p->value < 69 ? 2000 : 1900) : p->value;
}

/* Parts with a month by name at place m. */
static bool with_name(const reading *r, size_t m, int64_t *y, int64_t *mo, int64_t *d, nfi_date_precision *precision)
{
    const part *p = r->part, *other[2];
    size_t n = 0;

    *mo = p[m].value;
    for (size_t i = 0; i < r->nparts; i++) {
        if (i == m)
            continue;
        if (p[i].digits == 0 || n == 2)
            return false;
        other[n++] = &p[i];
    }
    if (n == 1) {
        *d = 1;
        *y = other[0]->value;
        *precision = NFI_DATE_MONTH;
        return other[0]->digits == 4;
    }
    if (n == 0 || (other[0]->digits == 4 && other[1]->digits == 4))
        return false;
    bool year_first = other[0]->digits == 4;
    if (!year_first && other[1]->digits != 4 && (m == 2 || other[1]->digits != 2))
        return false; /* 08 16 Jan */
    *y = full_year(other[!year_first]);
    *d = other[year_first]->value;
    return true;
}

/* Numbers only. */
static bool with_numbers(const reading *r, nfi_date_order order, int64_t *y, int64_t *mo, int64_t *d, nfi_date *out)
{
    const part *p = r->part;

    *d = *mo = 1;
    if (p[0].digits == 4) {
        *y = p[0].value;
        out->precision = r->nparts == 1 ? NFI_DATE_YEAR : r->nparts == 2 ? NFI_DATE_MONTH : NFI_DATE_DAY;
        *mo = r->nparts > 1 ? p[1].value : 1;
        *d = r->nparts > 2 ? p[2].value : 1;
        return (r->nparts < 2 || p[1].digits <= 2) && (r->nparts < 3 || p[2].digits <= 2);
    }
    if (r->nparts == 2) {
        *mo = p[0].value;
        *y = p[1].value;
        out->precision = NFI_DATE_MONTH;
        return p[1].digits == 4;
    }
    if (r->nparts != 3 || p[1].digits > 2 || p[2].digits < 2 || p[1].before == ' ')
        return false;
    int64_t a = p[0].value, b = p[1].value;
    bool dots = p[1].before == '.';
    out->day_first = !dots && a > 12;
    out->month_first = !dots && b > 12;
    out->ambiguous = !dots && a <= 12 && b <= 12 && a != b;
    bool month_first = b > 12 || (out->ambiguous && order == NFI_MONTH_FIRST);
    *mo = month_first ? a : b;
    *d = month_first ? b : a;
    *y = full_year(&p[2]);
    return true;
}

/* -1 when they are none. */
static int two_digits(const char *p)
{
    unsigned tens = (unsigned char)p[0] - (unsigned)'0', ones = (unsigned char)p[1] - (unsigned)'0';
    return tens > 9 || ones > 9 ? -1 : (int)(tens * 10 + ones);
}

/* 2008-01-16, which most are; whatever else is left to the long way. */
static bool iso_day(nfi_date *x, const char *p, size_t n)
{
    if (n != 10 || p[4] != '-' || p[7] != '-')
        return false;
    int century = two_digits(p), year = two_digits(p + 2), month = two_digits(p + 5), day = two_digits(p + 8);
    if ((century | year | month | day) < 0 || !nfi_date_days(century * 100 + year, month, day, &x->days))
        return false;
    x->seconds = (int64_t)x->days * DAY;
    return true;
}

bool nfi_date_parse(nfi_date *out, const char *p, size_t n, nfi_date_order order)
{
    nfi_date x = {.precision = NFI_DATE_DAY};
    int64_t y = 0, m = 0, d = 0;
    size_t named = MAX_PARTS;

    if (iso_day(&x, p, n)) {
        *out = x;
        return true;
    }
    reading r = {0};
    if (n > NFI_MAX_DATE || !cut(&r, p, n) || !walk(&r))
        return false;
    if (r.done) {
        if (r.nparts || r.has_zone)
            return false;
        x.seconds = r.seconds;
    } else {
        if (r.nparts == 0)
            return false;
        for (size_t i = r.nparts; i-- > 0;)
            if (r.part[i].digits == 0)
                named = i;
        bool found = named < MAX_PARTS ? with_name(&r, named, &y, &m, &d, &x.precision) : with_numbers(&r, order, &y, &m, &d, &x);
        if (!found || !nfi_date_days(y, m, d, &x.days) || (r.has_time && x.precision != NFI_DATE_DAY))
            return false;
        x.seconds = (int64_t)x.days * DAY + r.time - r.zone;
    }
    if (r.has_time)
        x.precision = NFI_DATE_TIME;
    x.days = (int32_t)(x.seconds >= 0 ? x.seconds / DAY : -((-x.seconds + DAY - 1) / DAY));
    *out = x;
    return true;
}

bool nfi_date_parse_both(nfi_date out[2], const char *p, size_t n)
{
    nfi_date day, month;

    if (!nfi_date_parse(&day, p, n, NFI_DAY_FIRST))
        return false;
    month = day;
    if (day.ambiguous && !nfi_date_parse(&month, p, n, NFI_MONTH_FIRST))
        return false;
    out[NFI_DAY_FIRST] = day;
    out[NFI_MONTH_FIRST] = month;
    return true;
}
