/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_calibration_file.c - the calibration in a model file: it comes back as it went, and what cannot be is refused with words. */
#include "model_forge.h"

#include "models/multi.h"

#include <math.h>

static void setup(void)
{
    dk_docs k = {0};
    nfi_rng r = nft_rng(1);
    nf_train_opts o = nf_train_defaults();

    mk_docs(&k, &r, 60, 3);
    o.calibration = "bias";
    forge_keep(mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1}}, &o));
    dk_clear(&k);
}

/* The settings with the line of key replaced by line. */
static void setting(const char *key, const char *line, const char *words)
{
    forge *f = forge_fresh();
    forge_section *s = forge_find(f, "CALB");
    char old[400], new[800] = "";

    snprintf(old, sizeof old, "%.*s", (int)s->bytes, (const char *)s->p);
    char *at = strstr(old, key);
    ck_assert_ptr_nonnull(at);
    snprintf(new, sizeof new, "%.*s%s%s", (int)(at - old), old, line, strchr(at, '\n') + 1);
    forge_put(s, new, strlen(new));
    forge_refused(f, *line ? line : key, words);
}

/* Sigmoids of a model of several labels: they come back, and those that cannot be are refused. */
START_TEST(sigmoids_come_back_or_are_refused)
{
    static const char words[] = "section MSIG";
    nf_model *m;
    double odds[3] = {1.5, -1.2, -3}, p[3];

    nft_ok(forge_load(&m, forge_fresh(), &nft_err));
    nft_ok(nfi_multi_new(m, &nft_err));
    m->multi->sigmoid = nfi_calloc(6, sizeof *m->multi->sigmoid);
    m->multi->sigmoid[0] = 2.0;
    m->multi->sigmoid[1] = -1.0;
    forge_keep(m);
    nft_ok(forge_load(&m, forge_fresh(), &nft_err));
    ck_assert(nf_model_probabilities(m, NF_UNIT_DOCUMENT, odds, p));
    ck_assert_double_eq_tol(p[0], 1 / (1 + exp(-2.0)), 1e-12);
    ck_assert_double_eq(p[1], 0.5);
    nf_model_free(m);
    forge_element("MSIG", 0, -1, words);
    forge_element("MSIG", 0, NAN, words);
    forge_element("MSIG", 0, INFINITY, words);
    forge *f = forge_fresh();
    forge_find(f, "MULT")->omit = forge_find(f, "MTHR")->omit = true;
    forge_refused(f, "sigmoids without thresholds", words);
}
END_TEST

START_TEST(a_calibration_comes_back)
{
    nf_model *m, *none;
    double odds[3] = {1.5, -1.2, -3}, p[3], q[3];
    forge *f = forge_fresh();

    nft_ok(forge_load(&m, f, &nft_err));
    ck_assert(nf_model_probabilities(m, NF_UNIT_DOCUMENT, odds, p));
    size_t n;
    char *bytes = mk_bytes(m, &n);
    ck_assert_uint_eq(n, forge_size);
    ck_assert_mem_eq(bytes, forge_image, n);
    free(bytes);
    f = forge_fresh();
    for (size_t i = 0; i < 4; i++)
        forge_find(f, (const char *[]){"CALB", "CALO", "CALE", "CALP"}[i])->omit = true;
    nft_ok(forge_load(&none, f, &nft_err));
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
        forge *f = forge_fresh();
        forge_find(f, tag[i])->omit = true;
        forge_refused(f, tag[i], tag[i]);
        if (i == 0)
            continue;
        f = forge_fresh();
        forge_section *s = forge_find(f, tag[i]);
        s->count--;
        s->bytes -= nfi_elem_size(s->type);
        forge_refused(f, tag[i], "do not match");
        f = forge_fresh();
        s = forge_find(f, tag[i]);
        s->type = NFI_U16;
        s->count = s->bytes / 2;
        forge_refused(f, tag[i], tag[i]);
    }
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    for (size_t i = 0; i < 3; i++) {
        forge_element("CALO", i, NAN, "offset");
        forge_element("CALO", i, INFINITY, "offset");
        forge_element("CALO", i, 1e7, "offset");
        forge_element("CALE", i, 1e15, "CALE");
    }
    forge_element("CALE", 1, 0, "CALE");
    forge_element("CALE", 2, 30, "CALE");
    forge_element("CALP", 0, NAN, "CALP");
    forge_element("CALP", 0, -INFINITY, "CALP");
    forge_element("CALP", 0, 0.5, "CALP");
    forge_element("CALP", 1, -70, "CALP");
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
    tcase_add_checked_fixture(t, setup, forge_drop);
    tcase_add_test(t, a_calibration_comes_back);
    tcase_add_test(t, sigmoids_come_back_or_are_refused);
    tcase_add_test(t, sections_come_together_and_fit);
    tcase_add_test(t, what_cannot_be_is_refused);
    suite_add_tcase(s, t);
    return nft_run(s);
}
