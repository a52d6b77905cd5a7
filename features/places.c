/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places.c - words with their places. Every stretch between ASCII blanks is tokenised by itself, with the text around it in sight, which
 * gives the tokens that the whole text gives; in the stretch each is looked for letter by letter, small or capital.
 */
#include "features/places.h"

#include "base/try.h"
#include "base/utf8.h"
#include "features/sentence.h"
#include "features/unicode.h"
#include "features/wordbreak.h"

#include <string.h>

enum { REACH = 96 }; /* bytes of a stretch that a token is looked for in, from the end of the one before */

void nfi_places_clear(nfi_places *p)
{
    nfi_free(p->tok);
    nfi_buf_clear(&p->bytes);
    nfi_tokbuf_clear(&p->buf);
    nf_cuts_clear(&p->cuts);
    nfi_buf_clear(&p->clean);
    *p = (nfi_places){0};
}

static bool is_word(const char *p, size_t n, size_t i, size_t *len)
{
    uint32_t cp;
    nfi_mark m = nfi_mark_at(p, n, i, len, &cp);
    return m == NFI_MARK_LOWER || m == NFI_MARK_UPPER || m == NFI_MARK_LETTER || m == NFI_MARK_DIGIT;
}

/* Does the token stand at text[i..e), capitals and dots aside? Then its end, else 0. */
static size_t matches(const char *text, size_t i, size_t e, const char *tok, size_t n)
{
    size_t t = 0, last = 0;

    while (t < n) {
        uint32_t a, b;
        size_t len, tlen;
        if (i >= e)
            return 0;
        nfi_mark m = nfi_mark_at(text, e, i, &len, &a);
        tlen = nfi_utf8_decode(tok + t, n - t, &b);
        if (t > 0 && (m == NFI_MARK_NONE || (a == '.' && b != '.'))) {
            i += len;
            continue;
        }
        if (nfi_uni_lower(a) != nfi_uni_lower(b) && !(b == '\'' && (a == 0x2019 || a == 0x2018 || a == 0x2bc)))
            return 0;
        i += len;
        t += tlen;
        last = i;
    }
    return last;
}

/* Place of a token in the stretch [*at, e), which moves on. False: not found. */
static bool find(const char *text, size_t *at, size_t e, const char *tok, size_t n, size_t *start, size_t *end)
{
    size_t most = e - *at > REACH ? *at + REACH : e, len;

    for (size_t i = *at; i < most; i += len) {
        bool word = is_word(text, e, i, &len);
        size_t to = word ? matches(text, i, e, tok, n) : 0;
        uint32_t cp;
        if (to == 0)
            continue;
        *start = i;
        *end = to;
        nfi_utf8_decode(text + i, e - i, &cp);
        *at = nfi_wb(cp) & NFI_WB_RUN ? i + len : to; /* pairs of letters overlap */
        return true;
    }
    return false;
}

/* From the first word character of [s, e) to the last and its marks. */
static void trim(const char *text, size_t s, size_t e, size_t *start, size_t *end)
{
    bool any = false;

    *start = s;
    *end = e;
    for (size_t i = s, len; i < e; i += len) {
        uint32_t cp;
        bool mark = any && i == *end && nfi_mark_at(text, e, i, &len, &cp) == NFI_MARK_NONE;
        if (!mark && !is_word(text, e, i, &len))
            continue;
        if (!any)
            *start = i;
        *end = i + len;
        any = true;
    }
}

/* Tokens of the stretch [s, e) of text. */
static nf_status stretch(nfi_places *p, const nfi_tokenizer *t, nf_str text, size_t s, size_t e, bool in_title, nf_err *err)
{
    size_t at = s, whole_start = 0, whole_end = 0;

    p->buf.ntok = 0;
    p->buf.nbytes = 0;
    t->chunk(&p->buf, text.p, text.n, s, e);
    if (p->buf.failed)
        return nfi_oom(err, "tokens");
    if (p->buf.ntok == 0)
        return NF_OK;
    trim(text.p, s, e, &whole_start, &whole_end);
    NF_TRY(nfi_grow(&p->tok, &p->cap, p->n + p->buf.ntok, sizeof *p->tok, err));
    for (size_t i = 0; i < p->buf.ntok; i++) {
        const nfi_token *k = &p->buf.tok[i];
        const char *bytes = (const char *)p->buf.bytes + k->off;
        nfi_placed x = {.off = p->bytes.n, .n = k->n, .in_title = in_title, .start = whole_start, .end = whole_end};
        (void)find(text.p, &at, e, bytes, k->n, &x.start, &x.end);
        nfi_buf_put(&p->bytes, bytes, k->n);
        p->tok[p->n++] = x;
    }
    return nfi_buf_ok(&p->bytes) ? NF_OK : nfi_oom(err, "tokens");
}

static nf_status part(nfi_places *p, const nfi_tokenizer *t, nf_str text, bool in_title, nf_err *err)
{
    for (size_t i = 0; i < text.n;) {
        size_t s = i;
        while (i < text.n && !nfi_is_blank(text.p[i]))
            i++;
        if (i > s)
            NF_TRY(stretch(p, t, text, s, i, in_title, err));
        while (i < text.n && nfi_is_blank(text.p[i]))
            i++;
    }
    return NF_OK;
}

/* Places in the cleaned text to places in the original: what was cut before them is added. */
static void shift(nfi_places *p, size_t from, nf_str text)
{
    size_t c = 0, at = 0, kept = 0, cut = 0; /* kept bytes and cut ones before at */

    for (size_t i = from; i < p->n; i++) {
        nfi_placed *x = &p->tok[i];
        for (; c < p->cuts.n; c++) { /* as nf_clean_apply(): whole lines, with their ends */
            size_t s = p->cuts.cut[c].start, e = p->cuts.cut[c].end;
            const char *nl = memchr(text.p + e, '\n', text.n - e);
            while (s > at && text.p[s - 1] != '\n')
                s--;
            if (kept + (s - at) > x->start)
                break;
            kept += s - at;
            at = nl ? (size_t)(nl - text.p) + 1 : text.n;
            cut = at - kept;
        }
        x->start += cut;
        x->end += cut;
    }
}

nf_status nfi_places_find(nfi_places *p, const nfi_text *text, const nf_doc *d, nf_err *err)
{
    nf_str body = d->text;

    p->n = 0;
    p->bytes.n = 0;
    p->cuts.n = 0;
    NF_TRY(part(p, text->tokenizer, d->title, true, err));
    size_t from = p->n;
    if (text->clean) {
        NF_TRY(nf_clean_text(text->clean, d->text, d->source, d->mark, d->nmarks, &p->cuts, err));
        if (p->cuts.n) {
            p->clean.n = 0;
            if (!nfi_buf_reserve(&p->clean, d->text.n))
                return nfi_oom(err, "a text");
            body = (nf_str){p->clean.p, nf_clean_apply(d->text, &p->cuts, p->clean.p)};
        }
    }
    NF_TRY(part(p, text->tokenizer, body, false, err));
    if (!nfi_buf_reserve(&p->bytes, 16))
        return nfi_oom(err, "tokens");
    shift(p, from, d->text);
    return NF_OK;
}
