/* SPDX-License-Identifier: GPL-3.0-or-later */
/* errors.c - errors of a model as a table, the worst first. */
#include "cli/errors.h"

#include "base/buf.h"
#include "base/try.h"
#include "cli/columns.h"

enum { TERM_MAX = 1100 };

/* "visit 0.412 | envoy 0.200" */
static void words_cell(nf_csv *w, nfi_buf *b, const nf_model *m, const size_t *term, const double *nats, size_t n)
{
    char text[TERM_MAX];

    b->n = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = nf_model_term(m, term[i], text, sizeof text);
        nfi_buf_puts(b, i ? " | " : "");
        nfi_buf_put(b, text, len < sizeof text ? len : sizeof text);
        nfi_buf_putc(b, ' ');
        nfi_buf_put_fixed(b, nats[i], 3);
    }
    if (b->n)
        nf_csv_text(w, b->p, b->n);
    else
        nf_csv_blank(w);
}

nf_status nfi_errors_write(const char *path, nf_csv_dialect dialect, const nf_errors *e, const nf_model *m, const nf_str *label,
                           nf_err *err)
{
    nf_csv *w = NULL;
    nfi_buf b = {0};

    NF_TRY(nf_csv_open(&w, path, dialect, err));
    nfi_dict_header(w, "eval_errors", NULL, 0, NULL, 0);
    for (size_t i = 0; i < nf_errors_count(e); i++) {
        const nf_error *x = nf_errors_get(e, i);
        nf_csv_text(w, x->id.p, x->id.n);
        nf_csv_str(w, nf_error_kind_text(x->kind));
        nf_csv_str(w, nf_score_status_text(x->status));
        if (x->human >= 0)
            nf_csv_text(w, label[x->human].p, label[x->human].n);
        else
            nf_csv_blank(w);
        if (x->machine >= 0)
            nf_csv_text(w, label[x->machine].p, label[x->machine].n);
        else
            nf_csv_blank(w);
        if (x->has_margin)
            nf_csv_num(w, x->margin, 6);
        else
            nf_csv_blank(w);
        words_cell(w, &b, m, x->machine_term, x->machine_nats, x->nmachine);
        words_cell(w, &b, m, x->human_term, x->human_nats, x->nhuman);
        nf_csv_end(w);
    }
    bool short_of_memory = b.failed;
    nfi_buf_clear(&b);
    if (short_of_memory)
        err->code = NF_ENOMEM;
    nf_status closed = nf_csv_close(w, !short_of_memory, err);
    return short_of_memory ? NF_ENOMEM : closed;
}
