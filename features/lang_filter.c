/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lang_filter.c - documents in another language leave a stream before anybody counts them. Told in parallel, taken out in order. */
#include "features/lang.h"

#include "base/mem.h"
#include "base/par.h"
#include "base/try.h"
#include "datasets/stream.h"
#include "features/count.h"

#include <string.h>

enum { CHUNK_BYTES = 32 << 10 };

typedef struct filter {
    nf_lang *lang;
    int language, threads;
    bool *other; /* of the documents of a batch */
    size_t cap_other;
    const nf_batch *batch;
    const size_t *bound;
} filter;

nf_status nfi_language_check(char dst[8], const char *code, nf_err *err)
{
    char list[400] = "", asked[40];
    size_t at = 0;

    code = code ? code : "any";
    if (strcmp(code, "any") == 0 || nf_lang_find(code) >= 0) {
        memset(dst, 0, 8);
        memcpy(dst, code, strlen(code));
        return NF_OK;
    }
    for (size_t i = 0; nf_lang_code(i, NULL); i++) {
        size_t n = strlen(nf_lang_code(i, NULL));
        if (at + n + 2 > sizeof list)
            break;
        if (i > 0)
            list[at++] = ' ';
        memcpy(list + at, nf_lang_code(i, NULL), n);
        at += n;
    }
    nfi_escape(asked, sizeof asked, code, strlen(code));
    return NF_FAIL(err, NF_EINVAL, "no language \"%s\"; languages are any, %s", asked, list);
}

static void filter_free(void *ctx)
{
    filter *f = ctx;

    nf_lang_close(f->lang);
    nfi_free(f->other);
    nfi_free(f);
}

static nf_status tell(void *ctx, size_t k, int worker, nf_err *err)
{
    filter *f = ctx;

    (void)worker;
    for (size_t i = f->bound[k]; i < f->bound[k + 1]; i++) {
        const nf_doc *d = &f->batch->docs[i];
        nf_str parts[2] = {d->title, d->text};
        nf_lang_guess g;
        NF_TRY(nf_lang_of(&g, f->lang, parts, 2, err));
        f->other[i] = g.lang >= 0 && g.lang != f->language;
    }
    return NF_OK;
}

static nf_status take_out(void *ctx, nf_batch *b, nf_err *err)
{
    filter *f = ctx;
    nf_status s = NF_OK;
    size_t n = 0, *bound = nfi_alloc(b->n + 1, sizeof *bound);

    if (!bound)
        return nfi_oom(err, "languages");
    NF_GO(nfi_grow(&f->other, &f->cap_other, b->n, sizeof *f->other, err));
    f->batch = b;
    f->bound = bound;
    NF_GO(nfi_par_chunks(nfi_batch_cut(b, CHUNK_BYTES, bound), f->threads, tell, f, err));
    for (size_t i = 0; i < b->n; i++)
        if (!f->other[i])
            b->docs[n++] = b->docs[i];
    b->n = n;
out:
    nfi_free(bound);
    return s;
}

nf_status nfi_language_filter(nf_docs *in, const char *code, int threads, nf_err *err)
{
    int language = nf_lang_find(code);

    if (language < 0)
        return NF_OK;
    filter *f = nfi_calloc(1, sizeof *f);
    if (!f)
        return nfi_oom(err, "languages");
    nf_status s = nf_lang_open(&f->lang, NULL, err);
    if (s != NF_OK) {
        nfi_free(f);
        return s;
    }
    f->language = language;
    f->threads = nfi_par_threads(threads);
    nfi_docs_filter(in, take_out, f, filter_free);
    return NF_OK;
}
