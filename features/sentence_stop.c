/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sentence_stop.c - which stops end a sentence. A run of stops takes the quotes and brackets that close after it; then what follows
 * decides:
 *
 *   nothing more of the paragraph               ends
 *   a small letter, a comma, a number (glued)   goes on: "solidarity." on key issues; 3.5; example.org
 *   a capital, a number, a letter without case  ends, but for abbreviations, initials and marks of lists before a single full stop
 *   a capital without a blank                   ends after a word in small letters or a number: cooperation.The
 *
 * Stops of other scripts (NFI_MARK_FULL) always end, but for what only commas and Japanese "to" take up again. What follows a stop is
 * looked at up to the next letter, digit or stop, what stands before it for a few bytes: linear.
 */
#include "features/sentence.h"

#include <string.h>

#include "features/sentence_words.inc"

enum { MAX_WORD = 24 }; /* bytes of a word that is looked up */

/* What the scan knows of what it has passed. */
typedef struct passed {
    size_t word;      /* start of the word at hand: letters, digits and the stops within */
    size_t run;       /* start of what stands between blanks */
    nfi_mark last;    /* mark before */
    bool address;     /* the run is that of an address: ://, www., @ */
} passed;

typedef struct word {
    const char *p;
    size_t n;
} word;

static nfi_mark at(const nfi_sentences *s, size_t i, size_t *len)
{
    uint32_t cp;
    if (i >= s->n) {
        *len = 0;
        return NFI_MARK_LINE;
    }
    return nfi_mark_at(s->p, s->n, i, len, &cp);
}

static bool is_blank(nfi_mark m) { return m == NFI_MARK_BLANK || m == NFI_MARK_LINE; }
static bool is_stop(nfi_mark m) { return m == NFI_MARK_STOP || m == NFI_MARK_FULL; }
static bool is_letter(nfi_mark m) { return m == NFI_MARK_LOWER || m == NFI_MARK_UPPER || m == NFI_MARK_LETTER; }
static bool is_opening(nfi_mark m) { return m == NFI_MARK_OPEN || m == NFI_MARK_QUOTE_OPEN || m == NFI_MARK_QUOTE; }

/* Nothing more, or what can only stand after the end of a quote. */
static bool closes_before(nfi_mark m)
{
    return is_blank(m) || is_stop(m) || m == NFI_MARK_CLOSE || m == NFI_MARK_QUOTE_CLOSE || m == NFI_MARK_GO_ON;
}

static size_t skip_blanks(const nfi_sentences *s, size_t i)
{
    size_t len;
    while (i < s->n && is_blank(at(s, i, &len)))
        i += len;
    return i;
}

/* ---- lists of words ---- */

static bool listed(const char *const *list, size_t n, word w)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2, len = strlen(list[mid]);
        int c = memcmp(w.p, list[mid], w.n < len ? w.n : len);
        if (c == 0 && w.n == len)
            return true;
        if (c > 0 || (c == 0 && w.n > len))
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}
#define LISTED(list, w) listed(list, sizeof list / sizeof *list, w)

/* The word as it is; or, in capitals, with small letters after the first; or with a small first letter. */
static bool listed_any(const char *const *list, size_t n, word w)
{
    char buf[MAX_WORD];
    size_t capitals = 0;

    if (w.n == 0 || w.n > MAX_WORD)
        return false;
    if (listed(list, n, w))
        return true;
    memcpy(buf, w.p, w.n);
    for (size_t i = 0; i < w.n; i++)
        capitals += buf[i] >= 'A' && buf[i] <= 'Z';
    if (capitals == w.n && w.n > 1) {
        for (size_t i = 1; i < w.n; i++)
            buf[i] = (char)(buf[i] | 0x20);
        if (listed(list, n, (word){buf, w.n}))
            return true;
    }
    if (buf[0] < 'A' || buf[0] > 'Z')
        return false;
    buf[0] = (char)(buf[0] | 0x20);
    return listed(list, n, (word){buf, w.n});
}
#define LISTED_ANY(list, w) listed_any(list, sizeof list / sizeof *list, w)

/* The word at i; *after: where it ends. Cut at MAX_WORD + 1 bytes, more than any of a list. */
static word word_at(const nfi_sentences *s, size_t i, size_t *after)
{
    size_t j = i, len;

    while (j < s->n && j - i <= MAX_WORD) {
        nfi_mark m = at(s, j, &len);
        if (!is_letter(m) && m != NFI_MARK_NONE)
            break;
        j += len;
    }
    *after = j;
    return (word){s->p + i, j - i};
}

/* Whether a word at i begins sentences. "A." and "I." do not: they are initials. */
static bool is_starter(const nfi_sentences *s, size_t i)
{
    size_t after, len;
    word w = word_at(s, i, &after);

    return LISTED(starters, w) && !(w.n == 1 && at(s, after, &len) == NFI_MARK_STOP);
}

/* ---- before the stop ---- */

typedef enum word_kind { PLAIN, NEVER, NUMBER, MAY, ORDINAL, MARKER } word_kind;

static bool is_roman(word w)
{
    for (size_t i = 0; i < w.n; i++)
        if (!memchr("ivxIVX", w.p[i], 6))
            return false;
    return w.n > 0 && w.n <= 4;
}

/* What the word before a single full stop at i is. */
static word_kind what_before(const nfi_sentences *s, size_t start, size_t i, const passed *b)
{
    word w = {s->p + b->word, i - b->word};
    size_t letters = 0, digits = 0, inner = 0, piece = 0, longest = 0, len;
    nfi_mark m = NFI_MARK_OTHER;

    if (w.n == 0 || w.n > MAX_WORD)
        return PLAIN;
    for (size_t k = b->word; k < i; k += len) {
        nfi_mark now = at(s, k, &len);
        letters += is_letter(now);
        digits += now == NFI_MARK_DIGIT;
        inner += now == NFI_MARK_STOP;
        piece = now == NFI_MARK_STOP ? 0 : piece + (now != NFI_MARK_NONE);
        longest = piece > longest ? piece : longest;
        m = now == NFI_MARK_NONE ? m : now;
    }
    bool first = b->word == start || (b->word == start + 1 && s->p[start] == '(');
    if (first && ((digits > 0 && letters == 0 && longest <= 3) || (letters == 1 && digits == 0) || is_roman(w)))
        return MARKER;
    if (digits > 0)
        return letters == 0 && inner == 0 && digits <= 2 ? ORDINAL : PLAIN;
    if (letters == 0)
        return PLAIN;
    if (LISTED_ANY(never_ends, w))
        return NEVER;
    if (LISTED_ANY(before_number, w))
        return NUMBER;
    if (inner > 0)
        return longest <= 2 ? MAY : PLAIN; /* U.S., a.m., EE.UU.; not example.org */
    if (letters == 1 && m == NFI_MARK_LOWER) { /* in 2019 g. Putin: ends; g. Moskva: does not */
        size_t k = b->word;
        while (k > start && b->word - k < 4 && (s->p[k - 1] == ' ' || s->p[k - 1] == '\xa0' || s->p[k - 1] == '\xc2'))
            k--;
        return k > start && s->p[k - 1] >= '0' && s->p[k - 1] <= '9' ? PLAIN : MAY;
    }
    if (letters == 1 && m == NFI_MARK_UPPER)
        return MAY;
    return LISTED_ANY(may_end, w) ? MAY : PLAIN;
}

/* Whether a single full stop after b ends a sentence before what begins at f. */
static bool ends_before(const nfi_sentences *s, word_kind b, size_t f, nfi_mark m)
{
    size_t after;

    if (b == MARKER || b == NEVER)
        return false;
    if (b == NUMBER)
        return m != NFI_MARK_DIGIT;
    if (b == MAY)
        return m == NFI_MARK_UPPER ? is_starter(s, f) : m != NFI_MARK_DIGIT && m != NFI_MARK_LETTER;
    if (b == ORDINAL && m == NFI_MARK_UPPER)
        return !LISTED(ordinal_before, word_at(s, f, &after));
    return true;
}

/* ---- after the stop ---- */

/* Past what closes after a stop at *i, blanks before it aside. */
static bool closers(nfi_sentences *s, size_t *i, bool spaced)
{
    bool any = false;

    for (size_t len, next; *i < s->n; *i += len, any = true) {
        nfi_mark m = at(s, *i, &len), then = at(s, *i + len, &next);
        bool straight = s->p[*i] == '"', ok = false;
        if (m == NFI_MARK_CLOSE || m == NFI_MARK_QUOTE_CLOSE)
            ok = spaced ? is_blank(then) : then != NFI_MARK_LOWER || m == NFI_MARK_CLOSE || s->p[*i] == '\xc2';
        else if (m == NFI_MARK_QUOTE_OPEN)
            ok = !spaced && closes_before(then);
        else if (m == NFI_MARK_QUOTE)
            ok = spaced     ? straight && s->odd_quote && is_blank(then)
                 : straight ? s->odd_quote || closes_before(then)
                            : then != NFI_MARK_LOWER;
        else if (m == NFI_MARK_NONE)
            ok = !spaced;
        else if (m == NFI_MARK_OPEN && !spaced && s->p[*i] == '[') { /* a note: [12] */
            size_t k = *i + 1;
            while (k < s->n && k < *i + 4 && s->p[k] >= '0' && s->p[k] <= '9')
                k++;
            if (k > *i + 1 && k < s->n && s->p[k] == ']') {
                len = k + 1 - *i;
                ok = true;
            }
        }
        if (!ok)
            break;
        if (straight)
            s->odd_quote = !s->odd_quote;
    }
    return any;
}

/* The first letter, digit or other sign at or after *i, past quotes and opening brackets. */
static nfi_mark first_sign(const nfi_sentences *s, size_t *i)
{
    size_t len;
    nfi_mark m;

    while (m = at(s, *i, &len), is_opening(m) || m == NFI_MARK_NONE || m == NFI_MARK_QUOTE_CLOSE)
        *i += len;
    return m;
}

/* Whether the stop goes on as a word: what follows it directly, at i. run: as what_before() has it. */
static bool ends_glued(const nfi_sentences *s, size_t stop, size_t i, bool closed, bool single, word_kind b, const passed *past)
{
    size_t f = i, len, next;
    nfi_mark m = first_sign(s, &f), then;
    bool opened = f > i;

    if (past->address || i >= s->n)
        return i >= s->n;
    if (m == NFI_MARK_LETTER)
        return closed || opened || past->last == NFI_MARK_LETTER;
    if (m != NFI_MARK_UPPER)
        return false;
    if (closed || (opened && past->last != NFI_MARK_UPPER))
        return true;
    if (single && (b == NEVER || b == MARKER))
        return false;
    if (past->last == NFI_MARK_UPPER || (single && b == MAY))
        return is_starter(s, f);
    at(s, f, &len);
    then = at(s, f + len, &next);
    bool like_word = then == NFI_MARK_LOWER || is_blank(then) || s->p[f + len] == '\'';
    size_t length = stop - past->word;
    return like_word && length >= 2 && !(single && b == NUMBER) && (past->last == NFI_MARK_LOWER || past->last == NFI_MARK_DIGIT) &&
           !memchr(s->p + past->word, '.', length < MAX_WORD ? length : MAX_WORD);
}

static bool ends_spaced(const nfi_sentences *s, size_t i, bool closed, bool single, word_kind b)
{
    size_t len, f = i;
    nfi_mark m = first_sign(s, &f);

    if (m == NFI_MARK_DASH) { /* "left. - The others" */
        while (m = at(s, f, &len), f < s->n && (m == NFI_MARK_DASH || is_blank(m)))
            f += len;
        m = first_sign(s, &f);
    }
    if (m == NFI_MARK_LOWER || is_stop(m) || m == NFI_MARK_GO_ON)
        return false;
    return closed || !single || ends_before(s, b, f, m);
}

/* Whether the stop at i ends the sentence from start on; *end is where the sentence or else the stop ends. */
static bool stop_ends(nfi_sentences *s, size_t start, size_t i, const passed *past, size_t *end)
{
    size_t len, j = i, n = 0;
    uint32_t cp;
    bool full = false, question = false, closed;

    for (;;) { /* the run of stops; ". . ." too */
        nfi_mark m = j < s->n ? nfi_mark_at(s->p, s->n, j, &len, &cp) : NFI_MARK_LINE;
        if (is_stop(m) && j < s->n) {
            full = full || m == NFI_MARK_FULL;
            question = question || !(cp == '.' || cp == 0x2026 || cp == 0xff0e);
            n += cp == 0x2026 ? 3 : 1;
            j += len;
        } else if (j + 1 < s->n && s->p[j] == ' ' && s->p[j + 1] == '.' && s->p[j - 1] == '.' &&
                   (j + 2 >= s->n || strchr(" .\n\"", s->p[j + 2]))) {
            j++;
        } else {
            break;
        }
    }
    *end = j;
    closed = closers(s, end, false);
    size_t next = skip_blanks(s, *end);
    if (next > *end && next < s->n) { /* French closing quotes stand after a blank */
        size_t k = next;
        if (closers(s, &k, true)) {
            *end = k;
            next = skip_blanks(s, k);
            closed = true;
        }
    }
    if (next >= s->n)
        return true;
    bool single = n == 1 && !question && !full;
    word_kind b = single ? what_before(s, start, i, past) : PLAIN;
    if (full) {
        nfi_mark m = at(s, next, &len);
        return m != NFI_MARK_GO_ON && !(closed && s->n - next >= 3 && memcmp(s->p + next, "\xe3\x81\xa8", 3) == 0);
    }
    return next > *end ? ends_spaced(s, next, closed, single, b) : ends_glued(s, i, next, closed, single, b, past);
}

bool nfi_sentences_next(nfi_sentences *s, size_t *start, size_t *end, bool *stop)
{
    size_t i = skip_blanks(s, s->at), len, last = i;
    passed past = {.word = i, .run = i, .last = NFI_MARK_BLANK};

    if (i >= s->n)
        return false;
    *start = i;
    *stop = false;
    for (; i < s->n; i += len) {
        nfi_mark m = at(s, i, &len);
        if (is_stop(m)) {
            size_t e;
            bool ends = stop_ends(s, *start, i, &past, &e);
            if (ends) {
                s->at = *end = e;
                *stop = true;
                return true;
            }
            len = e - i;
            last = e;
            past.last = NFI_MARK_STOP;
            if (len > 1)
                past.word = e;
            continue;
        }
        if (is_blank(m)) {
            past.word = past.run = i + len;
            past.address = false;
            past.last = m;
            continue;
        }
        last = i + len;
        if (s->p[i] == '"')
            s->odd_quote = !s->odd_quote;
        if (s->p[i] == '@' || (s->p[i] == ':' && s->n - i > 2 && s->p[i + 1] == '/' && s->p[i + 2] == '/') ||
            (i == past.run && s->n - i > 3 && memcmp(s->p + i, "www.", 4) == 0))
            past.address = true;
        if (m == NFI_MARK_NONE)
            continue;
        if (!is_letter(m) && m != NFI_MARK_DIGIT)
            past.word = i + len;
        past.last = m;
    }
    s->at = s->n;
    *end = last;
    return true;
}
