/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tok_news.c - the default tokeniser: words of UAX #29, tailored to scraped news. Here: the rules, and their ASCII half.
 *
 * A token is a word segment that holds at least one letter or number (category L or N). The tailorings:
 *  a) Letter case, compatibility forms (full width, ligatures) and the way accents are encoded do not count: NFKC and case folding.
 *     Subscript digits are digits (CO2); enclosing marks are dropped; of more than 30 combining marks in a row 30 count.
 *  b) ' and its typographic forms U+2018 U+2019 U+02BC join letters (don't) and become '. A final 's is dropped (Pyongyang's: pyongyang).
 *  c) . joins two digits (3.5). Between letters it joins single letters, and then disappears (J.R.R.: jrr), and the parts of a host name:
 *     on either side only [A-Za-z0-9-] and dots, and either the name begins with www. or a later part is a top-level domain of the list
 *     below, in small letters (or the whole name in capitals). So example.com is one token and "cooperation.The" is two: scraped
 *     text glues sentences. At most 64 bytes either way are looked at.
 *  d) , joins digits (1,000).
 *  e) : and ; never join.
 *  f) _ joins letters and digits, one at a time; at the ends it is not part of the token.
 *  g) US, UN, WHO and IT in capitals stay apart from us, un, who and it, unless the line is mostly capitals (nfi_line_shouts()); written
 *     with dots they always are the acronym (U.S., u.s.: US).
 *  h) A token of one ASCII letter or digit is dropped. (A single letter or digit beyond ASCII stays.)
 *  i) Soft hyphens, zero-width characters, bidirectional controls, BOMs: all default ignorables and format characters are dropped before
 *     anything else, so they neither split nor change a word. Every Unicode space, dash and quotation mark separates.
 *  k) Non-characters, private-use characters and U+FFFD are no tokens and separate.
 *  l) Digits and letters stay together (mig29, 5bn).
 *  m) Scripts without spaces between words (Han with hiragana, Thai, Lao, Khmer, Myanmar) give pairs of neighbouring letters, each with
 *     its marks: a run of n letters gives n - 1 overlapping tokens, one by itself gives itself. Han and hiragana run on into each other;
 *     katakana runs and hangul words are tokens, as UAX #29 has it. A double quote between Hebrew letters becomes U+05F4. U+202F and
 *     connectors other than _ separate.
 *  n) When folding brings up characters that are no letters or numbers (U+FDFA is four words), the folded form is cut by the same rules.
 *  o) Arabic tatweel (U+0640) and vowel signs (U+064B..U+0652, U+0670) are dropped like what is invisible: they are optional, and a word
 *     is the same with and without them. Hamza and madda are no vowel signs and stay, composed with their letter or not. Vowel signs and
 *     viramas of Indic scripts are marks and stay in the word.
 * ASCII text gives the same tokens by the mask path (tokenize.c with the functions here) and by nfi_news_chunk(); a property test holds
 * them together.
 */
#include "features/tok_news.h"

#include <string.h>

/*
 * Top-level domains that end a host name. Left out: those that are English words in small letters (in, it, is, at, be, me, no, so, to,
 * us, my, am), because a full stop without a space before them is more often the end of a sentence.
 */
static const char domains[26][8][4] = { /* by first letter: what follows it */
    {"e", "r", "u", "z"},                             /* a */
    {"d", "g", "iz", "r", "y"},                       /* b */
    {"a", "h", "l", "n", "o", "om", "u", "z"},        /* c */
    {"e", "k"},                                       /* d */
    {"du", "e", "g", "s", "t", "u"},                  /* e */
    {"i", "r"},                                       /* f */
    {"e", "ov", "r"},                                 /* g */
    {"k", "r", "u"},                                  /* h */
    {"d", "e", "l", "nfo", "nt", "o", "q", "r"},      /* i */
    {"o", "p"},                                       /* j */
    {"e", "g", "p", "r", "z"},                        /* k */
    {"b", "k", "t", "v", "y"},                        /* l */
    {"a", "d", "il", "x"},                            /* m */
    {"et", "g", "l", "p", "z"},                       /* n */
    {"rg"},                                           /* o */
    {"e", "h", "k", "l", "s", "t"},                   /* p */
    {"a"},                                            /* q */
    {"o", "s", "u"},                                  /* r */
    {"a", "e", "g", "i", "k", "y"},                   /* s */
    {"h", "n", "r", "v", "w"},                        /* t */
    {"a", "k", "y", "z"},                             /* u */
    {"a", "e", "n"},                                  /* v */
    {""},                                             /* w */
    {""},                                             /* x */
    {"e"},                                            /* y */
    {"a", "w"},                                       /* z */
};

static bool is_small(char c) { return c >= 'a' && c <= 'z'; }
static bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_letter(char c) { return is_small(c) || is_capital(c) || c == NEWS_LETTER; }
static bool is_digit(char c) { return (c >= '0' && c <= '9') || c == NEWS_DIGIT; }
static bool is_word(char c) { return is_letter(c) || is_digit(c); }
static bool is_high(char c) { return (unsigned char)c >= 0x80; }
static char lower(char c) { return is_capital(c) ? (char)(c | 0x20) : c; }

/* Bytes of host names. */
enum { HOST_SMALL = 2 };
static const uint8_t host[256] = {
    ['-'] = 1, ['.'] = 1,
    ['0'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['A'] = 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['a'] = 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
};
static bool is_host(char c) { return host[(unsigned char)c] != 0; }

const char *nfi_acronym(const char *p, size_t n)
{
    static const struct {
        char small[4], capital[4];
        size_t n;
    } words[] = {{"us", "US", 2}, {"un", "UN", 2}, {"who", "WHO", 3}, {"it", "IT", 2}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].n == n && words[i].small[0] == p[0] && memcmp(words[i].small, p, n) == 0)
            return words[i].capital;
    return NULL;
}

/*
 * Do the letters on both sides of the dot at i stand alone: no word goes on through a letter, digit, apostrophe or low line? A possessive
 * may follow.
 */
static bool between_initials(const char *text, size_t n, size_t i)
{
    if (!is_letter(text[i - 1]) || !is_letter(text[i + 1]))
        return false;
    if (i >= 2 && is_word(text[i - 2]))
        return false;
    if (i >= 3 && (text[i - 2] == '\'' || text[i - 2] == '_') && is_word(text[i - 3]))
        return false;
    size_t r = i + 2;
    if (r < n && is_word(text[r]))
        return false;
    if (r + 1 < n && text[r] == '_' && is_word(text[r + 1]))
        return false;
    if (r + 1 < n && text[r] == '\'' && is_letter(text[r + 1]))
        return lower(text[r + 1]) == 's' && (r + 2 >= n || !is_word(text[r + 2]));
    return true;
}

static uint32_t four(char a, char b, char c, char d)
{
    return (uint32_t)(uint8_t)a | (uint32_t)(uint8_t)b << 8 | (uint32_t)(uint8_t)c << 16 | (uint32_t)(uint8_t)d << 24;
}

static bool is_domain(const char *p, size_t n)
{
    bool found = false;

    if (n < 2 || n > 4 || lower(p[0]) < 'a' || lower(p[0]) > 'z')
        return false;
    uint32_t rest = four(lower(p[1]), n > 2 ? lower(p[2]) : 0, n > 3 ? lower(p[3]) : 0, 0);
    for (size_t i = 0; i < sizeof *domains / sizeof **domains; i++) { /* where it stands cannot be foreseen */
        const char *d = domains[lower(p[0]) - 'a'][i];
        found |= four(d[0], d[1], d[2], d[3]) == rest;
    }
    return found;
}

/*
 * Does the dot at i stand inside a host name? Returns i when it does not; else the end of a stretch of it with no other joiners than dots,
 * of which the same holds.
 */
static size_t in_host(const char *text, size_t n, size_t i)
{
    enum { REACH = 64 };
    size_t lo = i, hi = i + 1;
    unsigned small = 0;
    uint64_t dots = 0; /* from i + 1 on */

    for (unsigned k; lo > 0 && i - lo < REACH && (k = host[(unsigned char)text[lo - 1]]) != 0; lo--)
        small |= k & HOST_SMALL;
    for (unsigned k; hi < n && hi - i <= REACH && (k = host[(unsigned char)text[hi]]) != 0; hi++) {
        small |= k & HOST_SMALL;
        dots |= (uint64_t)(text[hi] == '.') << (hi - i - 1);
    }
    if ((lo > 0 && is_high(text[lo - 1])) || (hi < n && is_high(text[hi])))
        return i;
    bool cut_left = lo > 0 && is_host(text[lo - 1]), cut_right = hi < n && is_host(text[hi]);
    bool whole = hi - lo <= REACH; /* all of it is seen from every dot in it */
    while (text[lo] == '-' || text[lo] == '.')
        if (++lo >= i)
            return i;
    bool www = i - lo >= 3 && lower(text[lo]) == 'w' && lower(text[lo + 1]) == 'w' && lower(text[lo + 2]) == 'w' && text[lo + 3] == '.';
    if (www && !cut_left)
        return whole ? hi : i + 1;
    for (size_t at = i + 1, end; at < hi; at = end + 1, dots &= dots - 1) {
        end = dots ? i + 1 + (size_t)__builtin_ctzll(dots) : hi;
        if (end == at || (end == hi && cut_right))
            return i;
        if (is_domain(text + at, end - at) && (!small || is_small(text[at])))
            return whole ? at : i + 1;
    }
    return i;
}

size_t nfi_news_joins(const char *text, size_t n, size_t i)
{
    char left = text[i - 1], right = text[i + 1];

    switch (text[i]) {
    case '\'':
        return i + (is_letter(left) && is_letter(right));
    case ',':
        return i + (is_digit(left) && is_digit(right));
    case '_':
        return i + 1;
    case '.':
        return (is_digit(left) && is_digit(right)) || between_initials(text, n, i) ? i + 1 : in_host(text, n, i);
    default:
        return i;
    }
}

/* Is it letters with dots between them, one letter a part? */
static bool is_dotted(const char *p, size_t n)
{
    if (n < 3 || n % 2 == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if (i % 2 ? p[i] != '.' : !is_letter(p[i]))
            return false;
    return true;
}

void nfi_news_ascii(nfi_tokbuf *b, const char *raw, size_t len, const char *text, size_t n, size_t s, size_t e)
{
    char word[NFI_MAX_TOKEN];
    bool caps = len <= 3 || (len <= 5 && raw[len - 2] == '\'' && raw[len - 1] == 's'); /* room for an acronym; IT'S is not one */
    size_t m = 0;

    if (len > 2 && raw[len - 2] == '\'' && lower(raw[len - 1]) == 's')
        len -= 2;
    bool dotted = is_dotted(raw, len);
    for (size_t i = 0; i < len; i++) {
        if (dotted && raw[i] == '.')
            continue;
        caps = caps && is_capital(raw[i]);
        word[m++] = lower(raw[i]);
    }
    if (m < 2)
        return;
    const char *acronym = dotted || caps ? nfi_acronym(word, m) : NULL;
    if (acronym && (dotted || !nfi_line_shouts(text, n, s, e)))
        nfi_tok_emit(b, acronym, m);
    else
        nfi_tok_emit(b, word, m);
}

/* What nfi_news_ascii() does, without a copy where the token only gets shorter. */
static void special(nfi_tokbuf *b, const char *text, size_t n, size_t s, size_t e, uint32_t off)
{
    const char *raw = text + s;
    size_t len = e - s;

    if (len > 2 && raw[len - 2] == '\'' && lower(raw[len - 1]) == 's')
        len -= 2;
    if ((len >= 3 && raw[1] == '.') || (len <= 3 && (raw[0] == 'U' || raw[0] == 'W' || raw[0] == 'I'))) /* initials; perhaps an acronym */
        nfi_news_ascii(b, raw, e - s, text, n, s, e);
    else if (len >= 2)
        b->tok[b->ntok++] = (nfi_token){off, (uint32_t)len};
}

const nfi_tokenizer nfi_tok_news = {
    .name = "news",
    .summary = "words of UAX #29, tailored to scraped news",
    .version = 2,
    .joins = nfi_news_joins,
    .underscore_is_letter = false,
    .min_ascii = 2,
    .special = special,
    .chunk = nfi_news_chunk,
};
