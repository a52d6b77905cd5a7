/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stop.c - stop lists as sorted sets of tokens. Words go through the tokeniser, so that an entry matches what the tokeniser makes of the
 * same word in a text ("don't" is one token of `news` and the token "don" of `sklearn`); a line of several words gives several entries.
 */
#include "features/stop.h"

#include "base/io.h"
#include "base/sort.h"
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/str.h"

#include <string.h>

#define MAX_FILE ((uint64_t)16 << 20)

static const char *const english[] = {
#include "features/stop_en.inc"
};

/* Sorts words (in the arena of s already) and leaves one of each in s->word. */
static nf_status settle(nfi_stop *s, nf_str *words, size_t n, const char *name, nf_err *err)
{
    size_t len = strlen(name);

    NF_TRY(nfi_sort(words, n, sizeof *words, nfi_by_str, NULL, err));
    for (size_t i = 0; i < n; i++)
        if (s->n == 0 || nfi_str_cmp(words[s->n - 1], words[i]) != 0)
            words[s->n++] = words[i];
    s->word = nfi_arena_alloc(&s->arena, s->n * sizeof *s->word + 1);
    if (!s->word)
        return nfi_oom(err, "a stop list");
    if (s->n)
        memcpy(s->word, words, s->n * sizeof *words);
    if (len > sizeof s->name - 1)
        len = sizeof s->name - 1;
    memcpy(s->name, name, len);
    s->name[len] = '\0';
    return NF_OK;
}

nf_status nfi_stop_from_words(nfi_stop *s, const char *name, const nf_str *words, size_t n, nf_err *err)
{
    nf_status st = NF_OK;
    nfi_stop x = {0};
    nf_str *copy = nfi_alloc(n ? n : 1, sizeof *copy);

    if (!copy)
        return nfi_oom(err, "a stop list");
    for (size_t i = 0; i < n && st == NF_OK; i++) {
        copy[i] = (nf_str){nfi_arena_copy(&x.arena, words[i].p, words[i].n), words[i].n};
        if (!copy[i].p)
            st = nfi_oom(err, "a stop list");
    }
    if (st == NF_OK)
        st = settle(&x, copy, n, name, err);
    if (st == NF_OK)
        *s = x;
    else
        nfi_stop_clear(&x);
    nfi_free(copy);
    return st;
}

/* The entries of a file, comments taken out, appended to text. */
static nf_status read_words(nfi_buf *text, const char *path, nf_err *err)
{
    nf_status s = NF_OK;
    void *data = NULL;
    size_t n = 0;
    uint64_t line = 1;

    NF_TRY(nfi_read_file(&data, &n, path, MAX_FILE, err));
    path = nfi_in_name(path);
    const char *p = data, *end = p + n;
    for (const char *next; p < end; p = next, line++) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        next = nl ? nl + 1 : end;
        size_t len = (size_t)(next - p), bad = nfi_utf8_valid_prefix(p, len);
        if (bad < len) {
            s = NF_FAIL_AT(err, NF_EFORMAT, path, line, "byte %zu of the line is not UTF-8", bad + 1);
            goto out;
        }
        const char *comment = memchr(p, '#', len);
        nfi_buf_put(text, p, comment ? (size_t)(comment - p) : len);
        nfi_buf_putc(text, '\n');
    }
    if (!nfi_buf_ok(text))
        s = nfi_oom(err, "a stop list");
out:
    nfi_free(data);
    return s;
}

nf_status nfi_stop_load(nfi_stop *stop, const char *name, const nfi_tokenizer *t, nf_err *err)
{
    nf_status s = NF_OK;
    nfi_stop x = {0};
    nfi_buf text = {0};
    nfi_tokbuf tokens = {0};
    nf_str *words = NULL;
    size_t n = 0, cap = 0, pos = 0;
    bool built_in = strcmp(name, "none") == 0 || strcmp(name, "en") == 0;

    if (strcmp(name, "en") == 0) {
        for (size_t i = 0; i < sizeof english / sizeof *english; i++) {
            nfi_buf_puts(&text, english[i]);
            nfi_buf_putc(&text, '\n');
        }
    } else if (!built_in) {
        NF_GO(read_words(&text, name, err));
    }
    while (nfi_buf_ok(&text) && nfi_tokenize(t, &tokens, text.p, text.n, &pos)) {
        NF_GO(nfi_grow(&words, &cap, n + tokens.ntok, sizeof *words, err));
        for (size_t i = 0; i < tokens.ntok; i++, n++) {
            words[n] = (nf_str){nfi_arena_copy(&x.arena, tokens.bytes + tokens.tok[i].off, tokens.tok[i].n), tokens.tok[i].n};
            if (!words[n].p) {
                s = nfi_oom(err, "a stop list");
                goto out;
            }
        }
    }
    if (!nfi_buf_ok(&text) || tokens.failed) {
        s = nfi_oom(err, "a stop list");
        goto out;
    }
    NF_GO(settle(&x, words, n, built_in ? name : "file", err));
    *stop = x;
    x = (nfi_stop){0};
out:
    nfi_stop_clear(&x);
    nfi_free(words);
    nfi_tokbuf_clear(&tokens);
    nfi_buf_clear(&text);
    return s;
}

bool nfi_stop_has(const nfi_stop *s, const char *p, size_t n)
{
    size_t lo = 0, hi = s->n;
    nf_str key = {p, n};

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int d = nfi_str_cmp(s->word[mid], key);
        if (d == 0)
            return true;
        if (d < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

void nfi_stop_clear(nfi_stop *s)
{
    nfi_arena_clear(&s->arena);
    *s = (nfi_stop){0};
}
