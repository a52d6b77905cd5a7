/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make_builtin.c - build-time program: trains the bundled corpus and writes the model as a C array. usage: make_builtin CORPUS OUT.c OUT.nfm */
#include "base/buf.h"
#include "base/io.h"
#include "newsframe/models.h"

#include <stdio.h>

static nf_status train(const char *corpus, const char *model, nf_err *err)
{
    nf_docs *docs = NULL;
    nf_counted *counted = NULL;
    nf_model *m = NULL;
    nf_docs_opts in = {.need_label = true, .threads = 1};
    nf_count_opts count = {.corpus = {.threads = 1}};
    nf_train_opts o = nf_train_defaults();
    nf_status s;

    o.threads = 1;
    s = nf_docs_open(&docs, &corpus, 1, &in, err);
    if (s == NF_OK)
        s = nf_count(&counted, docs, &count, err);
    if (s == NF_OK)
        s = nf_model_train(&m, counted, &o, err);
    if (s == NF_OK)
        s = nf_model_save(m, model, err);
    nf_model_free(m);
    nf_counted_free(counted);
    nf_docs_close(docs);
    return s;
}

static nf_status embed(const char *model, const char *source, nf_err *err)
{
    void *data = NULL;
    size_t n;
    nfi_buf b = {0};
    nfi_out *out = NULL;

    nf_status s = nfi_read_file(&data, &n, model, (uint64_t)1 << 30, err);
    if (s != NF_OK)
        return s;
    nfi_buf_puts(&b, "#include <stddef.h>\nextern const unsigned char nfi_builtin_model[];\nextern const size_t nfi_builtin_model_size;\n"
                     "_Alignas(64) const unsigned char nfi_builtin_model[] = {");
    for (size_t i = 0; i < n; i++) {
        nfi_buf_puts(&b, i % 32 ? "," : i ? ",\n" : "\n");
        nfi_buf_put_u64(&b, ((const unsigned char *)data)[i]);
    }
    nfi_buf_puts(&b, "};\nconst size_t nfi_builtin_model_size = sizeof nfi_builtin_model;\n");
    nfi_free(data);
    if (nfi_buf_ok(&b) && (s = nfi_out_open(&out, source, err)) == NF_OK) {
        nfi_out_write(out, b.p, b.n);
        s = nfi_out_commit(out, err);
    }
    nfi_buf_clear(&b);
    return s;
}

int main(int argc, char **argv)
{
    nf_err err = {0};

    if (argc != 4)
        return 2;
    nf_init();
    nf_status s = train(argv[1], argv[3], &err);
    if (s == NF_OK)
        s = embed(argv[3], argv[2], &err);
    if (s != NF_OK)
        fprintf(stderr, "make_builtin: %s:%llu: %s\n", err.path, (unsigned long long)err.line, err.msg);
    return s != NF_OK;
}
