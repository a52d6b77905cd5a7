/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lang.c - the language of a text: scripts first, then fingerprints of n-grams (Cavnar and Trenkle 1994) through libexttextcat.
 *
 * Of the library only the fingerprint functions are used (fp_*): its own classifier compares with all 180 languages at once, gives up when
 * more than five are near, and takes English for Scots. Letters alone are compared, in small form: figures, punctuation and capitals of
 * names say little about a language and much about a text. Distance: rank differences of the up to 400 most frequent n-grams, as a share
 * of what no n-gram in common would give.
 *
 * Contract of the library, from its source (3.4.5): no state outside the handles; fp_Compare() reads only, so that fingerprints are shared
 * between threads, while each text gets a handle of its own; buffers must end with NUL, and memory that it cannot get stops the process
 * (its own allocations are a few hundred kilobytes a text, which is bounded here). Its hash table has 8192 chains without a secret: a text
 * made to collide costs about 10 ms, because no more than 900 letters are handed on.
 */
#include "newsframe/lang.h"

#include "base/mem.h"
#include "base/try.h"
#include "base/utf8.h"
#include "features/script.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

#include <libexttextcat/fingerprint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    NGRAMS = 400,     /* of a fingerprint, what the files hold */
    PIECES = 3,       /* of a long text */
    PIECE_BYTES = 900, /* of each */
    PIECE_LETTERS = 300,
    MIN_LETTERS = 20, /* below, n-grams say nothing */
    MIN_SYMBOLS = 6,  /* the same where the script decides */
    FEW_LETTERS = 50, /* below, the second language must be clearly further away */
    MANY_LETTERS = 300, /* from here on a text of a language is nearer to it */
    MAX_LINES = 200
};
/*
 * Chosen on labelled sentences in 16 languages and on English newsgroups: of the texts told wrong the rules for few and many letters drop a
 * fifth of the former (at 1 right one in 1,000) and six tenths of the latter. Random letters are at 0.9, encoded files at 0.82.
 */
#define MAX_DISTANCE 0.88
#define MAX_DISTANCE_MANY 0.78
#define MIN_MARGIN 0.002
#define MIN_MARGIN_FEW 0.02
#define FOREIGN_WEIGHT 3.0 /* what a letter outside the alphabet adds to the distance, by its share of the letters */
#define KANA_SHARE 0.05    /* of kana among kana and ideographs: more is Japanese */

static const struct language {
    const char *code, *name, *file;
    nfi_script script;
    const char *alphabet;
} languages[] = {
#include "features/lang_table.inc"
};
enum { LANGUAGES = sizeof languages / sizeof *languages };

struct nf_lang {
    void *print[LANGUAGES]; /* NULL where the script decides */
    void *none;             /* the empty fingerprint: distance to it is the size of the other */
    uint8_t alphabet[LANGUAGES][256]; /* Cyrillic: letter U+0400 + i is in it */
};

size_t nf_lang_count(void)
{
    return LANGUAGES;
}

const char *nf_lang_code(size_t i, const char **name)
{
    if (i >= LANGUAGES)
        return NULL;
    if (name)
        *name = languages[i].name;
    return languages[i].code;
}

int nf_lang_find(const char *code)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (strcmp(languages[i].code, code) == 0)
            return i;
    return -1;
}

const char *nf_lang_guess_code(const nf_lang_guess *g)
{
    return g->lang >= 0 && g->lang < LANGUAGES ? languages[g->lang].code : "und";
}

/* ---- fingerprints ---- */

void nf_lang_close(nf_lang *l)
{
    if (!l)
        return;
    for (int i = 0; i < LANGUAGES; i++)
        if (l->print[i])
            fp_Done(l->print[i]);
    if (l->none)
        fp_Done(l->none);
    nfi_free(l);
}

static void fill_alphabet(uint8_t has[256], const char *spec)
{
    uint8_t value = 1;

    memset(has + 0x30, 1, 32);
    for (size_t i = 0, n = strlen(spec); i < n;) {
        uint32_t cp;
        i += nfi_utf8_decode(spec + i, n - i, &cp);
        if (cp == '!')
            value = 0;
        else
            has[cp & 255] = value;
    }
}

nf_status nf_lang_open(nf_lang **out, const char *folder, nf_err *err)
{
    nf_status s = NF_OK;
    const char *env = getenv("NEWSFRAME_LANGUAGES");
    nf_lang *l = nfi_calloc(1, sizeof *l);

    if (!l)
        return nfi_oom(err, "languages");
    folder = folder ? folder : env && *env ? env : NF_LANGUAGES;
    l->none = fp_Init("none");
    if (!l->none) {
        s = nfi_oom(err, "languages");
        goto out;
    }
    for (int i = 0; i < LANGUAGES; i++) {
        char path[4096];
        if (languages[i].alphabet)
            fill_alphabet(l->alphabet[i], languages[i].alphabet);
        if (!languages[i].file)
            continue;
        int n = snprintf(path, sizeof path, "%s/%s.lm", folder, languages[i].file); /* the library reports a missing file to stderr */
        l->print[i] = fp_Init(languages[i].code);
        if (!l->print[i]) {
            s = nfi_oom(err, "languages");
            goto out;
        }
        if (n < 0 || (size_t)n >= sizeof path || access(path, R_OK) != 0 || !fp_Read(l->print[i], path, NGRAMS) ||
            fp_Compare(l->none, l->print[i], INT32_MAX) == 0) {
            s = NF_FAIL_AT(err, NF_EIO, path, 0,
                           "cannot read the fingerprint of a language: install the package libexttextcat-data, or name its folder in "
                           "NEWSFRAME_LANGUAGES");
            goto out;
        }
    }
    *out = l;
    l = NULL;
out:
    nf_lang_close(l);
    return s;
}

/* ---- texts ---- */

/* The letters of a text as they are compared: small, one blank between words. */
typedef struct sample {
    char text[PIECES * PIECE_LETTERS * 4 * 2 + 16]; /* a letter of 4 bytes and a blank before each at worst */
    size_t n;
    uint32_t letters;
    nfi_scripts scripts;
    uint32_t cyrillic[256]; /* how often U+0400 + i */
} sample;

/* Adds up to PIECE_LETTERS letters of p[0..n). */
static void take(sample *s, const char *p, size_t n)
{
    uint32_t taken = 0;
    bool blank = true;

    for (size_t i = 0; i < n && taken < PIECE_LETTERS;) {
        uint32_t cp;
        i += nfi_utf8_decode(p + i, n - i, &cp);
        unsigned rec = nfi_wb(cp);
        nfi_script of = nfi_script_of(cp);
        cp = cp == 0x2019 ? '\'' : cp;
        bool letter = of != NFI_SCRIPT_NONE, part = letter || (rec & NFI_WB_MARK) || cp == '\'';
        if (!part || (rec & NFI_WB_DROP)) {
            blank = blank || !(rec & NFI_WB_DROP);
            continue;
        }
        if (rec & NFI_WB_CHANGES)
            cp = nfi_uni_lower(cp);
        if (s->n + 6 > sizeof s->text)
            return;
        if (blank)
            s->text[s->n++] = ' ';
        blank = false;
        s->n += nfi_utf8_encode(s->text + s->n, cp);
        if (letter) {
            taken++;
            s->scripts.n[of]++;
            s->scripts.letters++;
            if (cp >= 0x400 && cp < 0x500)
                s->cyrillic[cp - 0x400]++;
        }
    }
    s->letters += taken;
}

/* Start of a character at or after i. */
static size_t character(const char *p, size_t n, size_t i)
{
    while (i < n && ((unsigned char)p[i] & 0xc0) == 0x80)
        i++;
    return i;
}

static void take_part(sample *s, nf_str text)
{
    size_t whole = PIECES * PIECE_BYTES;

    for (size_t k = 0; k < PIECES; k++) {
        size_t from = text.n <= whole ? k * PIECE_BYTES : k * (text.n - PIECE_BYTES) / (PIECES - 1);
        size_t to = from + PIECE_BYTES < text.n ? from + PIECE_BYTES : text.n;
        if (from >= text.n)
            return;
        from = character(text.p, text.n, from);
        to = character(text.p, text.n, to);
        if (from < to)
            take(s, text.p + from, to - from);
    }
}

/* The script that decides. Ideographs and syllables count double: each says as much as two letters, and names are often in Latin. */
static nfi_script main_script(const sample *s)
{
    nfi_scripts c = s->scripts;
    uint64_t han = c.n[NFI_SCRIPT_HAN] + c.n[NFI_SCRIPT_KANA];
    bool japanese = (double)c.n[NFI_SCRIPT_KANA] > KANA_SHARE * (double)han;

    c.n[NFI_SCRIPT_HANGUL] *= 2;
    c.n[NFI_SCRIPT_HAN] = japanese ? 0 : 2 * han;
    c.n[NFI_SCRIPT_KANA] = japanese ? 2 * han : 0;
    return nfi_scripts_main(&c);
}

/* Share of letters that are not in the alphabet of language i. */
static double foreign(const nf_lang *l, int i, const sample *s)
{
    uint64_t n = 0;

    if (!languages[i].alphabet)
        return 0.0;
    for (int c = 0; c < 256; c++)
        n += l->alphabet[i][c] ? 0 : s->cyrillic[c];
    return (double)n / (double)s->letters;
}

/* Compares with the fingerprints of one script; ties to the first. */
static nf_status compare(nf_lang_guess *g, const nf_lang *l, nfi_script script, sample *s, nf_err *err)
{
    void *text = fp_Init(NULL);
    double first = 0.0, second = 1e9, raw = 1.0;
    int best = -1;

    if (!text)
        return nfi_oom(err, "languages");
    s->text[s->n] = '\0';
    if (!fp_Create(text, s->text, (uint4)s->n, NGRAMS)) {
        fp_Done(text);
        return nfi_oom(err, "languages");
    }
    double most = (double)fp_Compare(l->none, text, INT32_MAX);
    for (int i = 0; i < LANGUAGES && most > 0; i++) {
        if (languages[i].script != script)
            continue;
        double d = (double)fp_Compare(l->print[i], text, INT32_MAX) / most, weighed = d * (1.0 + FOREIGN_WEIGHT * foreign(l, i, s));
        if (best < 0 || weighed < first) {
            second = best < 0 ? second : first;
            first = weighed;
            raw = d;
            best = i;
        } else if (weighed < second) {
            second = weighed;
        }
    }
    fp_Done(text);
    g->distance = raw;
    g->margin = first > 0 ? second / first - 1.0 : 0.0;
    if (raw <= (s->letters >= MANY_LETTERS ? MAX_DISTANCE_MANY : MAX_DISTANCE) &&
        g->margin >= (s->letters < FEW_LETTERS ? MIN_MARGIN_FEW : MIN_MARGIN))
        g->lang = best;
    return NF_OK;
}

static nf_status guess(nf_lang_guess *out, const nf_lang *l, sample *s, nf_err *err)
{
    nf_lang_guess g = {.lang = -1, .letters = s->letters};
    nfi_script script = main_script(s);
    int count = 0, last = -1;

    for (int i = 0; i < LANGUAGES; i++)
        if (languages[i].script == script) {
            count++;
            last = i;
        }
    if (count > 1 && s->letters >= MIN_LETTERS)
        NF_TRY(compare(&g, l, script, s, err));
    else if (count == 1 && s->letters >= MIN_SYMBOLS)
        g.lang = last;
    *out = g;
    return NF_OK;
}

nf_status nf_lang_of(nf_lang_guess *out, const nf_lang *l, const nf_str *part, size_t n, nf_err *err)
{
    sample s;

    s.n = 0;
    s.letters = 0;
    s.scripts = (nfi_scripts){0};
    memset(s.cyrillic, 0, sizeof s.cyrillic);
    for (size_t i = n; i-- > 0 && s.letters < PIECES * PIECE_LETTERS;) /* the text says more than its title */
        take_part(&s, part[i]);
    return guess(out, l, &s, err);
}

nf_status nf_lang_lines(uint64_t *letters, const nf_lang *l, nf_str text, nf_err *err)
{
    size_t told = 0;

    for (size_t at = 0; at < text.n;) {
        const char *nl = memchr(text.p + at, '\n', text.n - at);
        size_t end = nl ? (size_t)(nl - text.p) : text.n;
        nf_str line = {text.p + at, end - at};
        nf_lang_guess g = {.lang = -1};
        nfi_scripts all = {0};
        nfi_scripts_add(&all, line.p, line.n);
        if (all.letters > 0 && told++ < MAX_LINES)
            NF_TRY(nf_lang_of(&g, l, &line, 1, err));
        letters[g.lang >= 0 ? g.lang : LANGUAGES] += all.letters;
        at = end + 1;
    }
    return NF_OK;
}
