/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect_doc.c - what nf_inspect() finds in one document alone: language, scripts, mojibake, hash, date. Any thread may do it. */
#include "features/inspect.h"

#include "base/try.h"
#include "base/utf8.h"

#include <string.h>

enum { MIN_MIXED_LETTERS = 100 };

static uint64_t characters_of(nf_str s)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    return n;
}

bool nfi_all_blank(nf_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!nfi_is_blank(s.p[i]))
            return false;
    return true;
}

static bool has_replacement(nf_str s)
{
    for (size_t i = 0; i + 3 <= s.n; i++) {
        const char *p = memchr(s.p + i, 0xef, s.n - i - 2);
        if (!p)
            return false;
        i = (size_t)(p - s.p);
        if (p[1] == '\xbf' && p[2] == '\xbd')
            return true;
    }
    return false;
}

/* Hash of the text with runs of ASCII blanks as one space and none at the ends. */
static nf_status hash_text(nfi_facts *f, nfi_buf *b, nf_str s, nf_err *err)
{
    b->n = 0;
    if (!nfi_buf_reserve(b, s.n + 1))
        return nfi_oom(err, "a text");
    for (size_t i = 0; i < s.n; i++) {
        if (!nfi_is_blank(s.p[i]))
            b->p[b->n++] = s.p[i];
        else if (b->n && b->p[b->n - 1] != ' ')
            b->p[b->n++] = ' ';
    }
    b->n -= b->n && b->p[b->n - 1] == ' ';
    f->has_text = b->n > 0;
    f->hash = nfi_xxh128(b->p, b->n);
    return NF_OK;
}

/* Does a tenth of the letters stand in lines of a language that is told and is not that of the document? */
static nf_status look_at_lines(nfi_facts *f, const nf_lang *l, nfi_buf *b, nf_str text, nf_err *err)
{
    size_t count = nf_lang_count();
    uint64_t all = 0, other = 0;

    b->n = 0;
    if (!nfi_buf_reserve(b, (count + 1) * sizeof(uint64_t)))
        return nfi_oom(err, "languages");
    uint64_t *letters = (uint64_t *)(void *)b->p;
    memset(letters, 0, (count + 1) * sizeof *letters);
    NF_TRY(nf_lang_lines(letters, l, text, err));
    for (size_t i = 0; i <= count; i++) {
        all += letters[i];
        other += i < count && (int)i != f->guess.lang ? letters[i] : 0;
    }
    f->lines = true;
    f->mixed = f->guess.lang >= 0 && all >= MIN_MIXED_LETTERS && other * 10 >= all;
    return NF_OK;
}

static bool is_two_scripts(const nfi_scripts *all)
{
    nfi_scripts s = *all;

    s.n[NFI_SCRIPT_HAN] += s.n[NFI_SCRIPT_KANA];
    s.n[NFI_SCRIPT_KANA] = 0;
    s.n[nfi_scripts_main(&s)] = 0;
    uint64_t second = s.n[nfi_scripts_main(&s)];
    return second >= 20 && second * 20 >= s.letters;
}

nf_status nfi_look(nfi_facts *f, const nf_inspect_opts *o, const nf_cleaner *clean, const nf_doc *d, uint64_t number, nfi_buf *b,
                   nf_cuts *cuts, nf_err *err)
{
    nf_str parts[2] = {d->title, d->text};
    nf_mojibake title = {0};

    *f = (nfi_facts){.guess = {.lang = -1}, .characters = characters_of(d->text)};
    NF_TRY(hash_text(f, b, d->text, err));
    NF_TRY(nf_clean_text(clean, d->text, d->source, d->mark, d->nmarks, cuts, err));
    f->chars = cuts->chars;
    f->removed_chars = cuts->removed_chars;
    f->cuts = cuts->n > 0;
    f->all_cut = cuts->empty;
    for (size_t i = 0; i < 2; i++) {
        nfi_scripts_add(&f->scripts, parts[i].p, parts[i].n);
        f->replaced |= has_replacement(parts[i]);
    }
    f->two_scripts = is_two_scripts(&f->scripts);
    f->broken = nf_mojibake_find(d->text.p, d->text.n, &f->mojibake);
    f->broken |= nf_mojibake_find(d->title.p, d->title.n, &title);
    f->mojibake.runs += title.runs;
    f->mojibake.lost += title.lost;
    f->has_date = !nfi_all_blank(d->date);
    f->dated = f->has_date && nfi_date_parse_both(f->date, d->date.p, d->date.n);
    if (o->lang) {
        NF_TRY(nf_lang_of(&f->guess, o->lang, parts, 2, err));
        if (number < NF_INSPECT_LINES)
            NF_TRY(look_at_lines(f, o->lang, b, d->text, err));
    }
    return NF_OK;
}
