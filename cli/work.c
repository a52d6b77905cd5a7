/* SPDX-License-Identifier: GPL-3.0-or-later */
/* work.c - what several verbs do alike. */
#include "cli/work.h"

#include "base/io.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/try.h"
#include "features/lang.h"

#include <string.h>
#include <sys/stat.h>

void nfi_work_text(const nfi_term_opts *o, nf_text_opts *text, nf_clean_opts *clean)
{
    *text = (nf_text_opts){.tokenizer = o->tokenizer, .ngram_lo = o->ngrams.min, .ngram_hi = o->ngrams.max, .stopwords = o->stopwords,
                           .lead = (uint32_t)o->lead, .language = o->language, .no_clean = o->no_clean, .clean = clean};
    *clean = (nf_clean_opts){.without = o->no_rule.v, .nwithout = o->no_rule.n, .phrases = o->phrases, .lines_file = o->lines};
}

void nfi_work_count(const nfi_term_opts *o, const nfi_common_opts *common, nfi_progress *progress, nf_corpus_opts *count,
                    nf_clean_opts *clean)
{
    nfi_work_text(o, &count->text, clean);
    count->threads = (int)common->threads;
    count->memory = common->memory;
    count->progress = nfi_work_progress;
    count->progress_ctx = progress;
}

void nfi_work_select(const nfi_term_opts *o, nf_select_opts *select)
{
    *select = (nf_select_opts){.max_features = o->max_features};
    if (o->min_df.percent)
        select->min_df_share = o->min_df.share;
    else
        select->min_df = o->min_df.count;
    if (o->max_df.percent)
        select->max_df_share = o->max_df.share;
    else
        select->max_df = o->max_df.count;
}

const char *nfi_work_weighting(const nfi_train_rows *o)
{
    nf_classifier_needs k;
    return o->weighting ? o->weighting : nf_classifier_about(o->classifier, &k) ? k.weighting : NULL;
}

bool nfi_work_exact(const nfi_train_rows *o)
{
    nf_classifier_needs k;
    const char *w = nfi_work_weighting(o);

    return nf_classifier_about(o->classifier, &k) && k.exact && !o->class_weight && strcmp(o->kind, nf_smoothing_name(0, NULL)) == 0 &&
           nf_weighting_is_additive(w);
}

bool nfi_work_whole(const nfi_train_rows *o)
{
    nf_classifier_needs k;

    if (!nf_classifier_about(o->classifier, &k))
        return false;
    return k.documents ||
           (!nfi_work_exact(o) && ((k.smoothing && strcmp(o->smoothing, "auto") == 0) || strcmp(o->calibration, "none") != 0));
}

int nfi_work_train(nfi_cli *cli, const nfi_train_rows *o, const nfi_term_opts *terms, const nfi_common_opts *common, nf_train_opts *train)
{
    *train = nf_train_defaults();
    train->classifier = o->classifier;
    train->weighting = o->weighting;
    train->prior = o->prior;
    train->calibration = o->calibration;
    train->smoothing_kind = o->kind;
    train->class_weight = o->class_weight;
    train->cost = o->cost;
    train->threads = (int)common->threads;
    train->seed = common->seed;
    nfi_work_select(terms, &train->select);
    if (strcmp(o->smoothing, "auto") != 0 &&
        (!nfi_parse_double(o->smoothing, strlen(o->smoothing), &train->smoothing) || train->smoothing <= 0.0))
        return nfi_cli_usage(cli, "--smoothing %s: expected a number above 0, or auto", o->smoothing);
    return NFI_EXIT_OK;
}

/* True when both are the same folder entry, whether the file is there yet or not; a device may be written twice. */
static bool same_target(const char *a, const char *b)
{
    const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
    char dir_a[4096] = ".", dir_b[4096] = ".";
    struct stat x, y;
    size_t n = slash_a ? (size_t)(slash_a - a) + 1 : 0, m = slash_b ? (size_t)(slash_b - b) + 1 : 0;

    if (stat(a, &x) == 0)
        return nfi_same_file(a, b);
    if (strcmp(a + n, b + m) != 0 || n >= sizeof dir_a || m >= sizeof dir_b)
        return false;
    memcpy(dir_a, a, n);
    memcpy(dir_b, b, m);
    return stat(dir_a, &x) == 0 && stat(dir_b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

int nfi_work_outputs(nfi_cli *cli, const char *const *out, size_t n, int nargs, char **args, const char *also)
{
    for (size_t i = 0; i < n; i++) {
        char dash[] = "-", *standard[] = {dash};
        int code = nfi_cli_check_output(cli, out[i], nargs > 0 ? args : standard, nargs > 0 ? nargs : args != NULL);
        if (code == NFI_EXIT_OK && also)
            code = nfi_cli_check_output(cli, out[i], (char *const[]){(char *)(uintptr_t)also}, 1);
        if (code != NFI_EXIT_OK)
            return code;
        for (size_t k = 0; out[i] && k < i; k++) {
            if (!out[k])
                continue;
            bool stream = strcmp(out[i], "-") == 0, other = strcmp(out[k], "-") == 0;
            if (stream && other)
                return nfi_cli_usage(cli, "two outputs go to standard output; give all but one a file");
            if (!stream && !other && same_target(out[i], out[k]))
                return nfi_cli_usage(cli, "two outputs go to \"%s\"; give each a file of its own", out[i]);
        }
    }
    return NFI_EXIT_OK;
}

int nfi_work_check_terms(nfi_cli *cli, const nfi_term_opts *o, const char *const *out, size_t n)
{
    const char *const in[] = {o->stopwords, o->lines, o->phrases};

    if (o->no_clean && (o->clean || o->no_rule.n || o->lines || o->phrases))
        return nfi_cli_usage(cli, "--no-clean goes with none of --clean, --no-rule, --lines and --phrases");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof in / sizeof *in; k++) {
            int code = in[k] ? nfi_cli_check_output(cli, out[i], (char *const[]){(char *)(uintptr_t)in[k]}, 1) : NFI_EXIT_OK;
            if (code != NFI_EXIT_OK)
                return code;
        }
    return NFI_EXIT_OK;
}

int nfi_work_check_labels(nfi_cli *cli, const nfi_input_opts *in)
{
    if (in->label_columns && !in->multi)
        return nfi_cli_usage(cli, "--label-columns gives a document any number of labels; add --multi");
    return NFI_EXIT_OK;
}

int nfi_work_salt(nfi_cli *cli, const nfi_ledger_rows *o, void **salt, size_t *n)
{
    enum { LEAST = 16, MOST = 4096 };
    nf_err err = {0};

    *salt = NULL;
    *n = 0;
    if (o->none && o->salt)
        return nfi_cli_usage(cli, "--ledger-salt hides a ledger, --no-ledger leaves it out; give one of them");
    if (!o->salt)
        return NFI_EXIT_OK;
    nf_status s = nfi_read_file(salt, n, o->salt, MOST, &err);
    if (s == NF_OK && *n < LEAST) {
        s = nfi_fail_at(&err, NF_EDATA, o->salt, 0,
                        "a salt of %zu bytes can be guessed, expected %d to %d (head -c 32 /dev/urandom >FILE makes one)", *n, LEAST, MOST);
        nfi_free(*salt);
        *salt = NULL;
    }
    return nfi_cli_fail(cli, s, &err);
}

bool nfi_work_bulk(int nargs, char **args)
{
    enum { WORTH = 1 << 20 }; /* bytes */
    uint64_t bytes = 0;
    struct stat st;

    for (int i = 0; i < nargs; i++) {
        if (strcmp(args[i], "-") == 0 || stat(args[i], &st) != 0 || !S_ISREG(st.st_mode))
            return false;
        bytes += (uint64_t)st.st_size;
    }
    return bytes >= WORTH;
}

nf_status nfi_work_open(nf_docs **out, const nfi_input_opts *in, const nfi_common_opts *common, bool need_label, int nargs, char **args,
                        nf_err *err)
{
    nf_docs_opts d = {0};

    nfi_cli_docs_opts(&d, in, common);
    d.need_label = need_label;
    return nf_docs_open(out, (const char *const *)args, (size_t)nargs, &d, err);
}

size_t nfi_work_column(const nf_docs *docs, const char *const *names, size_t n)
{
    size_t columns;
    const nf_str *column = nf_docs_columns(docs, &columns);

    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; names[k] && i < columns; i++)
            if (column[i].n == strlen(names[k]) && memcmp(column[i].p, names[k], column[i].n) == 0)
                return i;
    return SIZE_MAX;
}

size_t nfi_work_id_column(const nf_docs *docs, const nfi_input_opts *in)
{
    return nfi_work_column(docs, (const char *const[]){in->id ? in->id : "id"}, 1);
}

nf_status nfi_work_language(nf_lang **lang, int *number, const char *code, bool with_column, nf_err *err)
{
    char checked[8];

    NF_TRY(nfi_language_check(checked, code, err));
    *number = nf_lang_find(checked);
    return *number >= 0 || with_column ? nf_lang_open(lang, NULL, err) : NF_OK;
}

nf_status nfi_work_leave_out(nf_docs *docs, const char *code, const nfi_common_opts *common, nf_err *err)
{
    char checked[8];

    NF_TRY(nfi_language_check(checked, code, err));
    return nfi_language_filter(docs, checked, (int)common->threads, err);
}

void nfi_work_progress(void *ctx, const nf_docs_stats *so_far)
{
    nfi_progress_at(ctx, so_far->read, so_far->bytes, so_far->total_bytes);
}

nf_status nfi_work_model(nf_model **out, const char *path, nf_err *err)
{
    if (path)
        return nf_model_load(out, path, err);
    return nf_model_from_memory(out, nfi_builtin_model, nfi_builtin_model_size, "built-in model", err);
}
