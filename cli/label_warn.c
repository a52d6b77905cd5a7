/* SPDX-License-Identifier: GPL-3.0-or-later */
/* label_warn.c - labels that are probably not what was meant: too many of them, spelled in two ways, of one document. */
#include "cli/work.h"

#include "base/mem.h"
#include "base/sort.h"
#include "base/try.h"
#include "features/inspect.h"

enum { SHOWN = 5, MANY = 50, FEW_DOCS = 10 };

static int by_docs(const void *a, const void *b, void *ctx)
{
    const nf_inspect_label *x = a, *y = b;
    (void)ctx;
    return (x->docs < y->docs) - (x->docs > y->docs); /* stable: then by bytes */
}

static nf_status warn_variants(nfi_cli *cli, const nf_inspect_label *label, size_t n, nf_err *err)
{
    nf_inspect_variant *v = nfi_alloc(NF_INSPECT_VARIANTS, sizeof *v);
    size_t found = 0, shown = 0, skipped = 0;
    uint64_t more = 0;

    if (!v)
        return err->code = NF_ENOMEM;
    nf_status s = nfi_label_variants(v, &found, &more, label, n, err);
    for (size_t i = 0; s == NF_OK && i < found; i++) {
        const nf_inspect_label *a = &label[v[i].a], *b = &label[v[i].b];
        const char *text;
        if (v[i].kind == NF_VARIANT_EDIT) /* words that differ in a letter are mostly two words */
            continue;
        if (shown++ >= SHOWN) {
            skipped++;
            continue;
        }
        nf_variant_text(v[i].kind, &text);
        nfi_cli_warn(
            cli,
            "labels \"%.*s\" and \"%.*s\" differ only in %s: %llu and %llu documents; they train as two classes, give both one spelling",
            (int)a->name.n, a->name.p, (int)b->name.n, b->name.p, text, (unsigned long long)a->docs, (unsigned long long)b->docs);
    }
    if (skipped)
        nfi_cli_warn(cli, "%zu more pairs of labels are spelled almost alike; newsframe inspect lists them", skipped);
    nfi_free(v);
    return s;
}

static void warn_single(nfi_cli *cli, const nf_inspect_label *label, size_t n)
{
    size_t from = n;

    while (from > 0 && label[from - 1].docs == 1)
        from--;
    for (size_t i = from; i < n && i < from + SHOWN; i++)
        nfi_cli_warn(cli, "class \"%.*s\" has 1 document: it is trained, but no evaluation can hold it out", (int)label[i].name.n,
                     label[i].name.p);
    if (n > from + SHOWN)
        nfi_cli_warn(cli, "%zu more classes have 1 document", n - from - SHOWN);
}

nf_status nfi_work_warn_labels(nfi_cli *cli, const nf_counted *c, nf_err *err)
{
    size_t n = nf_counted_labels(c);
    uint64_t labelled = nf_counted_labelled(c);
    nf_inspect_label *label = nfi_alloc(n, sizeof *label);

    if (!label)
        return err->code = NF_ENOMEM;
    for (size_t k = 0; k < n; k++)
        label[k] = (nf_inspect_label){nf_counted_label(c, k), nf_counted_label_docs(c, k)};
    nf_status s = nfi_sort(label, n, sizeof *label, by_docs, NULL, err);
    if (s == NF_OK && n >= MANY && labelled < FEW_DOCS * n)
        nfi_cli_warn(cli,
                     "%zu different labels in %llu documents, such as \"%.*s\", \"%.*s\" and \"%.*s\"; is the label column the right one?",
                     n, (unsigned long long)labelled, (int)label[0].name.n, label[0].name.p, (int)label[n / 2].name.n, label[n / 2].name.p,
                     (int)label[n - 1].name.n, label[n - 1].name.p);
    if (s == NF_OK)
        s = warn_variants(cli, label, n, err);
    if (s == NF_OK)
        warn_single(cli, label, n);
    nfi_free(label);
    return s;
}

void nfi_work_note_single(nfi_cli *cli, const nf_counted *c)
{
    uint64_t labels = 0;

    for (size_t k = 0; k < nf_counted_labels(c); k++)
        labels += nf_counted_label_docs(c, k);
    if (labels == nf_counted_labelled(c) && labels)
        nfi_cli_note(cli, "no document has more than one label; without --multi each gets the one that fits best");
}
