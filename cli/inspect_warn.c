/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect_warn.c - what in a corpus spoils training or scoring, in plain words, with what to do. Most harmful first. */
#include "cli/inspect.h"

#include "base/num.h"
#include "base/try.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_VARIANTS = 10, SMALL_LABEL = 10, SHOWN_SMALL = 5 };

void nfi_put_safe(nfi_buf *b, nf_str s, size_t cap, bool quoted)
{
    char text[1024];
    size_t n = s.n;

    for (; n > cap || (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80); n--)
        ;
    nfi_escape(text, sizeof text, s.n ? s.p : "", n);
    if (quoted)
        nfi_buf_putc(b, '"');
    nfi_buf_puts(b, text);
    if (n < s.n)
        nfi_buf_puts(b, "...");
    if (quoted)
        nfi_buf_putc(b, '"');
}

static void begin(nfi_report *x)
{
    x->nwarnings++;
}

/* fmt with numbers (%llu) and strings of ours only. */
static void add(nfi_report *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(nfi_report *x, const char *fmt, ...)
{
    char line[1024];
    va_list ap;

    va_start(ap, fmt);
    int n = vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    if (n > 0)
        nfi_buf_put(&x->warning, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

static void name(nfi_report *x, nf_str s)
{
    nfi_put_safe(&x->warning, s, 60, true);
}

static void id(nfi_report *x, const char *s)
{
    name(x, (nf_str){s, strlen(s)});
}

typedef unsigned long long llu;

static const char *documents(uint64_t n)
{
    return n == 1 ? "document" : "documents";
}

static void on_labels(nfi_report *x)
{
    const nf_inspection *r = x->r;
    size_t small = 0;

    for (size_t i = 0; i < r->nvariants && i < SHOWN_VARIANTS; i++) {
        const nf_inspect_variant *v = &r->variant[i];
        const nf_inspect_label *a = &r->label[v->a], *b = &r->label[v->b];
        const char *text;
        nf_variant_text(v->kind, &text);
        begin(x);
        add(x, "label ");
        name(x, a->name);
        add(x, " and ");
        name(x, b->name);
        add(x, " differ only in %s: %llu and %llu documents; %s\n", text, (llu)a->docs, (llu)b->docs,
            v->kind == NF_VARIANT_EDIT ? "if one is a slip, give both one spelling" : "they train as two classes; give both one spelling");
    }
    if (r->nvariants + r->more_variants > SHOWN_VARIANTS) {
        begin(x);
        add(x, "%llu more pairs of labels are spelled almost alike; --json lists %d\n",
            (llu)(r->nvariants + r->more_variants - SHOWN_VARIANTS), NF_INSPECT_VARIANTS);
    }
    if (r->nlabels == 1 && r->other_labels == 0) {
        begin(x);
        add(x, "all labels are ");
        name(x, r->label[0].name);
        add(x, ": a classifier needs two classes at least\n");
    }
    if (r->nlabels > 1 && r->label[0].docs * 10 > r->labelled * 9) {
        begin(x);
        add(x, "%llu of %llu labelled documents are ", (llu)r->label[0].docs, (llu)r->labelled);
        name(x, r->label[0].name);
        add(x, ": accuracy will say little; look at F1 by class\n");
    }
    for (size_t i = r->nlabels; i-- > 0 && r->label[i].docs < SMALL_LABEL;)
        small++;
    if (small && small <= SHOWN_SMALL) {
        for (size_t i = r->nlabels - small; i < r->nlabels; i++) {
            begin(x);
            add(x, "label ");
            name(x, r->label[i].name);
            add(x, " has %llu %s: %s\n", (llu)r->label[i].docs, documents(r->label[i].docs),
                r->label[i].docs == 1 ? "it cannot be held out for a test" : "too few to learn or to judge it well");
        }
    } else if (small) {
        begin(x);
        add(x, "%llu of %llu labels have fewer than %d documents: too few to learn or to judge them well\n", (llu)small, (llu)r->nlabels,
            SMALL_LABEL);
    }
    uint64_t several = x->multi ? 0 : r->several, without = r->docs - r->labelled - several;
    if (several) {
        begin(x);
        add(x, "several labels: %llu of %llu documents; train and crossval refuse them without --multi, and here it counts their labels\n",
            (llu)several, (llu)r->docs);
    }
    if (r->labelled + several && without) {
        begin(x);
        add(x, "no label: %llu of %llu documents; train and crossval use the others only\n", (llu)without, (llu)r->docs);
    }
}

static void on_texts(nfi_report *x)
{
    const nf_inspection *r = x->r;

    if (r->no_text) {
        begin(x);
        add(x, "without text: %llu %s; they get status empty and no label\n", (llu)r->no_text, documents(r->no_text));
    }
    if (r->no_token) {
        begin(x);
        add(x, "text without a word: %llu %s\n", (llu)r->no_token, documents(r->no_token));
    }
    if (r->few_tokens) {
        begin(x);
        add(x, "of 1 or 2 words: %llu %s; score calls them too_short\n", (llu)r->few_tokens, documents(r->few_tokens));
    }
    if (r->all_cut) {
        begin(x);
        add(x, "nothing but boilerplate: %llu %s, the first is ", (llu)r->all_cut, documents(r->all_cut));
        id(x, r->all_cut_id);
        add(x, "; once cleaned they are empty\n");
    }
    if (r->removed_chars * 50 >= r->chars && r->removed_chars) {
        char share[NFI_FIXED_MAX + 1] = "";
        share[nfi_format_fixed(share, 100.0 * (double)r->removed_chars / (double)r->chars, 1)] = '\0';
        begin(x);
        add(x,
            "boilerplate: %s %% of the characters, in %llu %s; other verbs leave it out unless --no-clean, newsframe clean --audit FILE "
            "lists it\n",
            share, (llu)r->with_cuts, documents(r->with_cuts));
    }
    if (r->copies) {
        begin(x);
        add(x, "copies: %llu %s with a text that came before (%llu %s, the most frequent in %llu documents, one of them ",
            (llu)r->copies, documents(r->copies), (llu)r->copied, r->copied == 1 ? "text" : "texts", (llu)r->most_copies);
        id(x, r->copy_id);
        add(x, "): copies on both sides of a test make it look better than it is; newsframe dedup marks them\n");
    }
    if (r->near) {
        begin(x);
        add(x, "near copies: %llu %s like an earlier one (the first is ", (llu)r->near, documents(r->near));
        id(x, r->near_id);
        add(x, ", like ");
        id(x, r->near_of);
        add(x, "); newsframe dedup marks them, and crossval keeps them in one fold\n");
    }
}

static void on_encodings(nfi_report *x)
{
    const nf_inspection *r = x->r;

    if (r->mojibake) {
        begin(x);
        add(x, "mojibake: %llu %s with UTF-8 that was read as Windows-1252 (%llu places, the first in ", (llu)r->mojibake,
            documents(r->mojibake), (llu)(r->mojibake_found.runs + r->mojibake_found.lost));
        id(x, r->mojibake_id);
        add(x, "): words with such letters match nothing; --repair undoes it\n");
    }
    if (r->repaired) {
        begin(x);
        add(x, "not UTF-8: %llu %s, repaired, the first is ", (llu)r->repaired, documents(r->repaired));
        id(x, r->repaired_id);
        add(x, "; if they are Windows-1252, read them with --encoding utf8-or-1252\n");
    }
    if (r->fallback) {
        begin(x);
        add(x, "read as Windows-1252: %llu %s, the first is ", (llu)r->fallback, documents(r->fallback));
        id(x, r->fallback_id);
        add(x, "\n");
    }
    if (r->replacement > r->repaired) {
        begin(x);
        add(x, "U+FFFD in %llu %s: letters were lost before the corpus was made\n", (llu)r->replacement, documents(r->replacement));
    }
    if (r->nul) {
        begin(x);
        add(x, "NUL bytes in %llu %s, read as blanks: perhaps UTF-16\n", (llu)r->nul, documents(r->nul));
    }
}

static void on_languages(nfi_report *x)
{
    const nf_inspection *r = x->r;

    if (r->nlanguages > 1) {
        uint64_t other = 0;
        for (size_t i = 1; i < r->nlanguages; i++)
            other += r->language[i].docs;
        begin(x);
        add(x, "in another language than %s: %llu %s, most of them in %s\n", r->language[0].name, (llu)other, documents(other),
            r->language[1].name);
    }
    if (r->mixed) {
        begin(x);
        add(x, "of the first %llu documents %llu have lines in a second language; the first is ", (llu)r->lines_told, (llu)r->mixed);
        id(x, r->mixed_id);
        add(x, "\n");
    }
}

static void on_scripts(nfi_report *x)
{
    const nf_inspection *r = x->r;

    if (r->two_scripts && r->two_scripts < r->docs) {
        begin(x);
        add(x, "%llu %s %s in two scripts; the first is ", (llu)r->two_scripts, documents(r->two_scripts),
            r->two_scripts == 1 ? "is" : "are");
        id(x, r->two_scripts_id);
        add(x, "\n");
    }
}

static void on_dates(nfi_report *x)
{
    const nf_inspection *r = x->r;

    if (r->unreadable) {
        begin(x);
        add(x, "dates that cannot be read: %llu, the first ", (llu)r->unreadable);
        id(x, r->unreadable_date);
        add(x, " of ");
        id(x, r->unreadable_id);
        add(x, "\n");
    }
    if (r->ambiguous) {
        begin(x);
        add(x, "dates whose day and month can be swapped: %llu, read with the %s first; --date-order %s reads 1/2 as %s\n",
            (llu)r->ambiguous, r->month_first ? "month" : "day", r->month_first ? "dmy" : "mdy",
            r->month_first ? "February 1st" : "January 2nd");
    }
    if (r->dated && r->undated) {
        begin(x);
        add(x, "no date: %llu %s\n", (llu)r->undated, documents(r->undated));
    }
}

/* The column for fields beyond those of the first record, which this program adds. */
static bool is_extra(nf_str s)
{
    return s.n == 5 && memcmp(s.p, "extra", 5) == 0;
}

void nfi_inspect_warn(nfi_report *x)
{
    const nf_inspection *r = x->r;

    if (r->docs == 0) {
        begin(x);
        add(x, "there are no documents\n");
    }
    if (x->counts->rejected) {
        begin(x);
        add(x, "malformed records: %llu; --rejects FILE writes them with the reasons\n", (llu)x->counts->rejected);
    }
    if (x->counts->ids_suffixed) {
        begin(x);
        add(x, "ids that an earlier document has: %llu; other verbs stop at them unless --dup-ids suffix\n", (llu)x->counts->ids_suffixed);
    }
    on_labels(x);
    on_texts(x);
    on_encodings(x);
    on_languages(x);
    on_scripts(x);
    on_dates(x);
    for (size_t c = 0; c < r->ncolumns; c++) {
        if (r->docs && r->column[c].filled == 0 && !is_extra(r->column[c].name)) {
            begin(x);
            add(x, "column ");
            name(x, r->column[c].name);
            add(x, " is blank everywhere\n");
        }
    }
}
