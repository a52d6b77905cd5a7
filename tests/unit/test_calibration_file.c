/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_calibration_file.c - the calibration in a model file: it comes back as it went, and what cannot be is refused with words. */
#include "model_forge.h"
#include "models_kit.h"

#include "models/multi.h"

#include <math.h>

static unsigned char *image; /* the file of a small calibrated model, 64-byte aligned */
static size_t size;

static void setup(void)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(1);
    nf_train_opts o = nf_train_defaults();

    mk_docs(&k, &r, 60, 3);
    o.calibration = "bias";
    nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1}}, &o);
    char *p = mk_bytes(m, &size);
    image = nfi_alloc_aligned(size, 1);
    memcpy(image, p, size);
    free(p);
    nf_model_free(m);
    dk_clear(&k);
}

static void teardown(void)
{
    nfi_free(image);
}

static forge *fresh(void)
{
    static forge f;
    ck_assert(forge_open(&f, image, size));
    return &f;
}

static nf_status load(nf_model **m, forge *f, nf_err *err)
{
    char dir[NFT_PATH], path[NFT_PATH];

    nft_dir(dir);
    snprintf(path, sizeof path, "%.400s/m.nfm", dir);
    nft_ok(forge_write(f, path, 1, &nft_err));
    forge_clear(f);
    return nf_model_load(m, path, err);
}

static void is_refused(forge *f, const char *words)
{
    nf_model *m;
    nf_err err = {0};

    ck_assert_msg(load(&m, f, &err) == NF_EMODEL, "what should say \"%s\" is accepted", words);
    ck_assert_msg(strstr(err.msg, words) != NULL, "\"%s\" does not say \"%s\"", err.msg, words);
}

static void element(const char *tag, size_t i, double v, const char *words)
{
    forge *f = fresh();
    forge_section *s = forge_find(f, tag);

    ck_assert_uint_lt(i, s->count);
    if (s->type == NFI_F32)
        memcpy(s->p + 4 * i, &(float){(float)v}, 4);
    else if (s->type == NFI_U64)
        memcpy(s->p + 8 * i, &(uint64_t){(uint64_t)v}, 8);
    else
        memcpy(s->p + 8 * i, &v, 8);
    is_refused(f, words);
}

/* The settings with the line of key replaced by line. */
static void setting(const char *key, const char *line, const char *words)
{
    forge *f = fresh();
    forge_section *s = forge_find(f, "CALB");
    char old[400], new[800] = "";

    snprintf(old, sizeof old, "%.*s", (int)s->bytes, (const char *)s->p);
    char *at = strstr(old, key);
    ck_assert_ptr_nonnull(at);
    snprintf(new, sizeof new, "%.*s%s%s", (int)(at - old), old, line, strchr(at, '\n') + 1);
    ck_assert(forge_put(s, new, strlen(new)));
    is_refused(f, words);
}

/* Sigmoids of a model of several labels: they come back, and those that cannot be are refused. */
START_TEST(sigmoids_come_back_or_are_refused)
{
    static const char words[] = "section MSIG";
    nf_model *m;
    double odds[3] = {1.5, -1.2, -3}, p[3];
    nf_err err = {0};

    nft_ok(load(&m, fresh(), &nft_err));
    nft_ok(nfi_multi_new(m, &nft_err));
    m->multi->sigmoid = nfi_calloc(6, sizeof *m->multi->sigmoid);
    m->multi->sigmoid[0] = 2.0;
    m->multi->sigmoid[1] = -1.0;
    size_t n;
    char *bytes = mk_bytes(m, &n);
    void *data = nfi_alloc_aligned(n, 1);
    memcpy(data, bytes, n);
    free(bytes);
    nf_model_free(m);
    for (int fault = 0; fault < 5; fault++) {
        forge f;
        ck_assert(forge_open(&f, data, n));
        forge_section *g = forge_find(&f, "MSIG");
        double bad[] = {0, -1, NAN, INFINITY, 0};
        if (fault && fault < 4)
            memcpy(g->p, &bad[fault], 8);
        if (fault == 4)
            forge_find(&f, "MULT")->omit = forge_find(&f, "MTHR")->omit = true;
        if (fault) {
            is_refused(&f, words);
            continue;
        }
        ck_assert_int_eq(load(&m, &f, &err), NF_OK);
        ck_assert(nf_model_probabilities(m, NF_UNIT_DOCUMENT, odds, p));
        ck_assert_double_eq_tol(p[0], 1 / (1 + exp(-2.0)), 1e-12);
        ck_assert_double_eq(p[1], 0.5);
        nf_model_free(m);
    }
    nfi_free(data);
}
END_TEST

START_TEST(a_calibration_comes_back)
{
    nf_model *m, *none;
    nf_err err;
    double odds[3] = {1.5, -1.2, -3}, p[3], q[3];
    forge *f = fresh();

    nft_ok(load(&m, f, &nft_err));
    ck_assert(nf_model_probabilities(m, NF_UNIT_DOCUMENT, odds, p));
    size_t n;
    char *bytes = mk_bytes(m, &n);
    ck_assert_uint_eq(n, size);
    ck_assert_mem_eq(bytes, image, n);
    free(bytes);
    f = fresh();
    for (size_t i = 0; i < 4; i++)
        forge_find(f, (const char *[]){"CALB", "CALO", "CALE", "CALP"}[i])->omit = true;
    ck_assert_int_eq(load(&none, f, &err), NF_OK);
    memcpy(q, p, sizeof p);
    ck_assert(!nf_model_probabilities(none, NF_UNIT_DOCUMENT, odds, q));
    ck_assert_mem_eq(q, p, sizeof p);
    nf_model_free(m);
    nf_model_free(none);
}
END_TEST

START_TEST(sections_come_together_and_fit)
{
    static const char *const tag[] = {"CALB", "CALO", "CALE", "CALP"};

    for (size_t i = 0; i < 4; i++) {
        forge *f = fresh();
        forge_find(f, tag[i])->omit = true;
        is_refused(f, tag[i]);
        if (i == 0)
            continue;
        f = fresh();
        forge_section *s = forge_find(f, tag[i]);
        s->count--;
        s->bytes -= nfi_elem_size(s->type);
        is_refused(f, "do not match");
        f = fresh();
        s = forge_find(f, tag[i]);
        s->type = NFI_U16;
        s->count = s->bytes / 2;
        is_refused(f, tag[i]);
    }
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    for (size_t i = 0; i < 3; i++) {
        element("CALO", i, NAN, "offset");
        element("CALO", i, INFINITY, "offset");
        element("CALO", i, 1e7, "offset");
        element("CALE", i, 1e15, "CALE");
    }
    element("CALE", 1, 0, "CALE");
    element("CALE", 2, 30, "CALE");
    element("CALP", 0, NAN, "CALP");
    element("CALP", 0, -INFINITY, "CALP");
    element("CALP", 0, 0.5, "CALP");
    element("CALP", 1, -70, "CALP");
    setting("temperature=", "temperature=0\n", "temperature");
    setting("temperature=", "temperature=-1\n", "temperature");
    setting("temperature=", "temperature=nan\n", "temperature");
    setting("temperature=", "", "temperature");
    setting("power=", "power=0\n", "power");
    setting("power=", "power=9\n", "power");
    setting("documents=", "documents=5\n", "documents");
    setting("documents=", "documents=1e15\n", "documents");
    setting("documents=", "documents=50\n", "do not match");
    setting("how=", "how=\x1b[2J\n", "how");
    setting("method=", "method=none\n", "calibration that this program does not have");
    setting("method=", "method=isotonic\n", "calibration that this program does not have");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("calibration_file");
    TCase *t = tcase_create("files");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_calibration_comes_back);
    tcase_add_test(t, sigmoids_come_back_or_are_refused);
    tcase_add_test(t, sections_come_together_and_fit);
    tcase_add_test(t, what_cannot_be_is_refused);
    suite_add_tcase(s, t);
    return nft_run(s);
}
