/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_linear.c - linear machines against LIBLINEAR as scikit-learn has it (linear.txt). Solved to the end, weights agree to 1e-5. Models
 * stop earlier: their objective is at most 3 % above (2.3 % measured) the least, and never below it.
 */
#include "golden.h"

#include "base/buf.h"
#include "models/dual.h"
#include "models/model.h"

#include <math.h>

enum { MAX_DOCS = 40, MAX_TERMS = 100, MAX_CLASSES = 4, TEXT = 600 };

typedef struct machine_set {
    char train[MAX_DOCS][TEXT], term[MAX_TERMS][32], name[MAX_CLASSES][16];
    int cls[MAX_DOCS];
    size_t ntrain, nterm, nclass;
    double x[MAX_DOCS][MAX_TERMS]; /* rows of the weighting at hand */
    char weighting[16];            /* our name of it */
} machine_set;

typedef struct machine {
    bool svm;
    size_t cls;
    double cost[2], objective, v[MAX_TERMS + 1]; /* v: the bias at the end */
} machine;

static void read_line(golden *g, machine_set *s, const char *what)
{
    char a[8], b[8];

    if (strcmp(what, "set") == 0) {
        memset(s, 0, sizeof *s);
    } else if (strcmp(what, "classes") == 0) {
        s->nclass = (size_t)golden_number(g);
        for (size_t k = 0; k < s->nclass; k++)
            golden_copy(g, s->name[k], sizeof s->name[k]);
    } else if (strcmp(what, "train") == 0) {
        s->cls[s->ntrain] = (int)golden_number(g);
        golden_copy_rest(g, s->train[s->ntrain++], TEXT);
    } else if (strcmp(what, "terms") == 0) {
        s->nterm = (size_t)golden_number(g);
        ck_assert_uint_le(s->nterm, MAX_TERMS);
        for (size_t t = 0; t < s->nterm; t++)
            golden_copy(g, s->term[t], sizeof s->term[t]);
    } else if (strcmp(what, "weighting") == 0) {
        golden_copy(g, a, sizeof a);
        golden_copy(g, b, sizeof b);
        memset(s->x, 0, sizeof s->x);
        snprintf(s->weighting, sizeof s->weighting, "%s", strcmp(b, "l2") == 0 ? "sklearn" : "tfidf");
        ck_assert(strcmp(b, "l2") == 0 ? a[0] == '0' : a[0] == '1' && strcmp(b, "pre") == 0);
    } else if (strcmp(what, "row") == 0) {
        size_t i = (size_t)golden_number(g);
        for (size_t n = (size_t)golden_number(g); n > 0; n--) {
            size_t col = (size_t)golden_number(g);
            s->x[i][col] = golden_number(g);
        }
    } else {
        ck_abort_msg("unknown line: %s", what);
    }
}

static machine read_machine(golden *g, const machine_set *s)
{
    machine m = {.svm = strcmp(golden_field(g), "svm") == 0};

    m.cost[0] = golden_number(g);
    m.cost[1] = golden_number(g);
    m.cls = (size_t)golden_number(g);
    m.objective = golden_number(g);
    m.v[s->nterm] = golden_number(g);
    ck_assert_uint_eq((size_t)golden_number(g), s->nterm);
    for (size_t t = 0; t < s->nterm; t++)
        m.v[t] = golden_number(g);
    return m;
}

/* |v|^2/2 with the bias, and the loss of every row by its cost. */
static double objective(const machine_set *s, const machine *m, const double *v)
{
    double sum = 0.0;

    for (size_t t = 0; t <= s->nterm; t++)
        sum += v[t] * v[t] / 2;
    for (size_t i = 0; i < s->ntrain; i++) {
        bool mine = s->cls[i] == (int)m->cls;
        double score = v[s->nterm];
        for (size_t t = 0; t < s->nterm; t++)
            score += s->x[i][t] * v[t];
        double margin = mine ? score : -score, slack = margin < 1 ? 1 - margin : 0;
        sum += m->cost[mine] * (m->svm ? slack * slack : log1p(exp(-margin)));
    }
    return sum;
}

/* Alone, and among others of other costs that must not matter to it: the same bits. */
static void check_solver(const machine_set *s, const machine *m)
{
    static int32_t idx[MAX_DOCS * MAX_TERMS];
    static float val[MAX_DOCS * MAX_TERMS];
    int64_t ptr[MAX_DOCS + 1] = {0}, n = 0;
    uint16_t is[MAX_DOCS], first[MAX_DOCS];
    float v[(MAX_TERMS + 1) * NFI_DUAL_MAX], one[MAX_TERMS + 1];
    double w[MAX_TERMS + 1], cost[3][2] = {{m->cost[0] * 3, m->cost[1]}, {m->cost[0], m->cost[1]}, {m->cost[0], m->cost[1] / 2}};
    int passes = 0;

    for (size_t i = 0; i < s->ntrain; i++) {
        for (size_t t = 0; t < s->nterm; t++)
            if (s->x[i][t] != 0) {
                idx[n] = (int32_t)t;
                val[n++] = (float)s->x[i][t];
            }
        ptr[i + 1] = n;
        first[i] = s->cls[i] == (int)m->cls;
        is[i] = (uint16_t)(first[i] << 1 | i % 2);
    }
    nf_csr X = {.rows = s->ntrain, .cols = s->nterm, .ptr = ptr, .idx = idx, .val = val};
    nfi_dual p = {.X = &X, .n = 3, .is = is, .cost = (const double (*)[2])cost, .tolerance = 2e-6, .passes = 100000,
                  .rng = nfi_rng_stream(1, NFI_RNG_DESCENT, 0)};
    nft_ok((m->svm ? nfi_dual_svm : nfi_dual_logistic)(v, &p, &passes, &nft_err));
    ck_assert_int_lt(passes, p.passes);
    p.n = 1;
    p.is = first;
    p.cost = (const double (*)[2])(cost + 1);
    nft_ok((m->svm ? nfi_dual_svm : nfi_dual_logistic)(one, &p, &passes, &nft_err));
    for (size_t t = 0; t <= s->nterm; t++) {
        w[t] = (double)one[t];
        ck_assert(memcmp(&one[t], &v[t * NFI_DUAL_MAX + 1], sizeof *one) == 0);
        ck_assert_msg(fabs(w[t] - m->v[t]) < 1e-5, "%s %s C %g/%g class %zu: weight %zu is %.9f, expected %.9f",
                      m->svm ? "svm" : "logistic", s->weighting, m->cost[0], m->cost[1], m->cls, t, w[t], m->v[t]);
    }
    ck_assert_double_eq_tol(objective(s, m, w), m->objective, 1e-6 * m->objective);
}

static nf_model *train(const machine_set *s, const machine *m)
{
    char path[NFT_PATH], weight[40] = "";
    nfi_buf b = {0};
    nf_docs *docs = NULL;
    nf_counted *c = NULL;
    nf_model *out = NULL;

    for (size_t i = 0; i < s->ntrain; i++) {
        nfi_buf_puts(&b, "{\"text\": \"");
        nfi_buf_puts(&b, s->train[i]);
        nfi_buf_puts(&b, "\", \"label\": \"");
        nfi_buf_puts(&b, s->name[s->cls[i]]);
        nfi_buf_puts(&b, "\"}\n");
    }
    ck_assert(nfi_buf_ok(&b));
    nft_file(path, NULL, "docs.jsonl", b.p, b.n);
    nfi_buf_clear(&b);
    const char *paths[] = {path};
    nf_docs_opts open = {.need_label = true, .threads = 1};
    nft_ok(nf_docs_open(&docs, paths, 1, &open, &nft_err));
    nf_count_opts count = {.corpus = {.text = {.tokenizer = "sklearn", .ngram_lo = 1, .ngram_hi = 1}, .threads = 1},
                           .weighting = s->weighting};
    nft_ok(nf_count(&c, docs, &count, &nft_err));
    if (m->cost[1] != m->cost[0])
        snprintf(weight, sizeof weight, "%s=%g", s->name[m->cls], m->cost[1] / m->cost[0]);
    nf_train_opts o = {.classifier = m->svm ? "svm" : "logistic", .weighting = s->weighting, .cost = m->cost[0],
                       .class_weight = *weight ? weight : NULL, .calibration = "none", .threads = 1};
    nft_ok(nf_model_train(&out, c, &o, &nft_err));
    nf_counted_free(c);
    nf_docs_close(docs);
    return out;
}

/* Weights of the class in the model's file form: an entry for every term, base and z nothing. */
static void check_model(const machine_set *s, const machine *m)
{
    nf_model *model = train(s, m);
    double v[MAX_TERMS + 1] = {0};
    char term[32];

    ck_assert_uint_eq(model->n, s->nterm);
    ck_assert_uint_eq(model->nclasses, s->nclass);
    for (size_t t = 0; t < model->n; t++) {
        size_t n = nf_model_term(model, t, term, sizeof term - 1);
        term[n] = '\0';
        ck_assert_str_eq(term, s->term[t]);
        ck_assert_double_eq((double)model->base[t], 0.0);
        for (uint64_t e = model->ptr[t]; e < model->ptr[t + 1]; e++)
            if (model->cls[e] == m->cls)
                v[t] = (double)model->w[e];
    }
    ck_assert_double_eq(model->z[m->cls], 0.0);
    v[s->nterm] = model->log_prior[m->cls];
    double got = objective(s, m, v) / m->objective - 1.0;
    ck_assert_msg(got < 0.03 && got > -1e-6, "%s %s C %g/%g class %zu: objective %.6g of the least away",
                  m->svm ? "svm" : "logistic", s->weighting, m->cost[0], m->cost[1], m->cls, got);
    nf_model_free(model);
}

START_TEST(machines_equal_those_of_liblinear)
{
    golden g;
    static machine_set s;
    size_t machines = 0;

    golden_open(&g, "linear.txt");
    for (const char *what; (what = golden_next(&g));) {
        if (strcmp(what, "machine") != 0) {
            read_line(&g, &s, what);
            continue;
        }
        machine m = read_machine(&g, &s);
        check_solver(&s, &m);
        check_model(&s, &m);
        machines++;
    }
    golden_close(&g);
    ck_assert_uint_eq(machines, 96);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("linear");
    TCase *t = tcase_create("golden");
    tcase_add_test(t, machines_equal_those_of_liblinear);
    tcase_set_timeout(t, 60);
    suite_add_tcase(s, t);
    return nft_run(s);
}
