/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_model_file.c - model files that are damaged, and files with right checksums whose contents cannot be: each is refused with words,
 * none is used.
 */
#include "model_forge.h"

#include "base/buf.h"

#include <math.h>
#include <unistd.h>

static size_t nwords, nterms, nentries, two; /* two: first entry of a term with two classes at least */

static void setup(void)
{
    static const char *const doc[][2] = {{"war", "troops fire"}, {"money", "tax vote caf\xc3\xa9"}, {"talks", "summit vote"},
                                         {"war", "troops vote"}};
    dk_docs k = {0};
    nf_train_opts o = {.select = {.min_df = 1}, .smoothing = 0.5};

    for (size_t i = 0; i < 4; i++)
        dk_add(&k, doc[i][0], doc[i][1]);
    nf_model *m = mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1, .text = {.stopwords = "en"}}}, &o);
    nwords = m->nwords;
    nterms = m->n;
    nentries = (size_t)m->ptr[m->n];
    for (two = 0; two < m->n && m->ptr[two + 1] - m->ptr[two] < 2;)
        two++;
    ck_assert_uint_lt(two, m->n);
    two = (size_t)m->ptr[two];
    forge_keep(m);
    dk_clear(&k);
}

static nf_status load(const void *p, size_t n, nf_err *err)
{
    nf_model *m;
    void *block;
    nf_status s = mk_load(&m, &block, p, n, err);
    if (s == NF_OK) {
        nf_model_free(m);
        nfi_free(block);
    }
    return s;
}

START_TEST(every_truncation_and_every_flipped_bit_is_refused)
{
    nf_err err;

    nft_ok(load(forge_image, forge_size, &nft_err));
    for (size_t n = 0; n < forge_size; n++)
        ck_assert_msg(load(forge_image, n, &err) == NF_EMODEL && err.msg[0], "%zu of %zu bytes", n, forge_size);
    for (size_t bit = 0; bit < forge_size * 8; bit++) {
        forge_image[bit / 8] ^= (unsigned char)(1u << bit % 8);
        ck_assert_msg(load(forge_image, forge_size, &err) == NF_EMODEL && err.msg[0], "bit %zu", bit);
        forge_image[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    nft_ok(load(forge_image, forge_size, &nft_err));
}
END_TEST

START_TEST(files_are_refused_like_memory)
{
    char path[NFT_PATH];
    nf_model *m = NULL;
    nf_err err = {0};
    nfi_rng r = nft_rng(1);

    for (int i = 0; i < 60; i++) {
        size_t at = (size_t)nfi_rng_below(&r, forge_size);
        if (i % 2) {
            forge_image[at] ^= 0x10;
            nft_file(path, NULL, "m.nfm", forge_image, forge_size);
            forge_image[at] ^= 0x10;
        } else {
            nft_file(path, NULL, "m.nfm", forge_image, at);
        }
        ck_assert_int_eq(nf_model_load(&m, path, &err), NF_EMODEL);
        ck_assert_str_eq(err.path, path);
        ck_assert_ptr_null(m);
    }
    nft_fails(nf_model_load(&m, "/no/such/model.nfm", &nft_err), NF_EIO);
    nft_fails(nf_model_load(&m, "/dev/null", &nft_err), NF_EMODEL);
    nft_file(path, NULL, "m.nfm", forge_image, forge_size);
    nft_ok(nf_model_load(&m, path, &nft_err));
    nf_model_free(m);
}
END_TEST

START_TEST(numbers_that_cannot_be_are_refused)
{
    static const double wild[] = {NAN, INFINITY, -INFINITY, 1e13, -1e13};
    static const struct {
        const char *tag, *words;
    } floats[] = {{"TIDF", "idf"}, {"TBAS", "weight"}, {"TWGT", "weight"}, {"ZCLS", "class offsets"}, {"PRIR", "priors"}};

    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < sizeof wild / sizeof *wild; k++)
            for (size_t at = 0; at < 3; at += 2)
                forge_element(floats[i].tag, at, wild[k], floats[i].words);
    forge_element("TIDF", 0, -1, "out of range");
    forge_element("PRIR", 1, log(0.1), "add up");
    forge_element("TDFR", 0, 0, "document frequency");
    forge_element("TDFR", 1, 5, "document frequency");
    forge_element("TCLS", 0, 3, "class number");
    forge_element("TCLS", nentries - 1, 65535, "class number");
    forge *f = forge_fresh(); /* two classes of a term change places */
    forge_section *cls = forge_find(f, "TCLS");
    uint16_t pair[2];
    memcpy(pair, cls->p + 2 * two, 4);
    memcpy(cls->p + 2 * two, (uint16_t[2]){pair[1], pair[0]}, 4);
    forge_refused(f, "classes out of order", "order");
    forge_element("TCLS", two + 1, pair[0], "order");
    forge_element("TPTR", 0, 1, "offsets");
    forge_element("TPTR", 1, 1e6, "offsets");
    forge_element("TPTR", 2, 0, "offsets");
    forge_element("TPTR", nterms, (double)nentries + 1, "offsets");
    forge_element("TPTR", nterms, (double)nentries - 1, "offsets");
    forge_element("TPTR", 1, 2e19, "offsets");
    forge_element("TSEQ", 0, (double)nwords + 1, "word that does not exist");
    forge_element("TSEQ", 0, 4294967295.0, "word that does not exist");
    forge_element("TSEQ", 0, 0, "empty term");
    forge_element("TSEQ", 0, (double)nwords, "not in order");
    forge_element("TSEQ", 3, (double)nwords + 1, "word that does not exist");
}
END_TEST

START_TEST(strings_that_cannot_be_are_refused)
{
    forge_element("WRDE", 0, 0, "words");
    forge_element("WRDE", 1, 1, "words");
    forge_element("WRDE", nwords - 1, 1e9, "words");
    forge_element("WRDE", nwords - 1, 2e19, "words");
    forge_element("WRDB", 0, 0x1b, "words");
    forge_element("WRDB", 0, ' ', "words");
    forge_element("WRDB", 0, 0x7f, "words");
    forge_element("WRDB", 0, 0xff, "words");
    forge_element("WRDB", 0, 'z', "words");
    forge_element("STPE", 0, 0, "stop words");
    forge_element("STPB", 0, 0x1b, "stop words");
    forge_element("STPB", 1, 'z', "stop words");
    forge_element("LABE", 0, 0, "labels");
    forge_element("LABE", 2, 1e9, "labels");
    forge_element("LABB", 0, 0x1b, "label");
    forge_element("LABB", 0, '\n', "label");
    forge_element("LABB", 0, 'z', "labels");
    forge_element("LABB", 0, 0xff, "labels");

    static const struct {
        const char *bytes;
        uint64_t end[3];
        const char *words;
    } labels[] = {{"aab", {1, 2, 3}, "labels"}, {"bac", {1, 2, 3}, "labels"}, {"ab\xe2\x80\xae", {1, 2, 5}, "control character"},
                  {"ab\xc2\x9b", {1, 2, 4}, "control character"},
                {"aba;", {1, 2, 4}, "labels"}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        forge *f = forge_fresh();
        forge_put(forge_find(f, "LABB"), labels[i].bytes, strlen(labels[i].bytes));
        forge_put(forge_find(f, "LABE"), labels[i].end, 3);
        forge_refused(f, labels[i].bytes, labels[i].words);
    }
    for (uint64_t n = 0; n < 2; n++) {
        forge *f = forge_fresh();
        forge_put(forge_find(f, "LABB"), "a", n);
        forge_put(forge_find(f, "LABE"), &n, n);
        forge_refused(f, "too few classes", "fewer than 2");
    }
    enum { MANY = 70000 };
    uint64_t *end = malloc(MANY * sizeof *end);
    char *text = malloc(MANY * 5 + 1);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(text + 5 * i, 6, "%05zu", i);
        end[i] = 5 * (i + 1);
    }
    forge *f = forge_fresh();
    forge_put(forge_find(f, "LABB"), text, MANY * 5);
    forge_put(forge_find(f, "LABE"), end, MANY);
    forge_refused(f, "70000 classes", "65535");
    memset(text, 'a', 300);
    end[0] = 300;
    f = forge_fresh();
    forge_put(forge_find(f, "WRDB"), text, 300);
    forge_put(forge_find(f, "WRDE"), end, 1);
    forge_refused(f, "a word of 300 bytes", "words");
    free(end);
    free(text);
}
END_TEST

/* In META, from becomes to. */
static void setting(const char *from, const char *to, const char *words)
{
    forge *f = forge_fresh();
    forge_section *s = forge_find(f, "META");
    nfi_buf b = {0};
    size_t n = strlen(from), at = 0;

    while (at + n <= s->bytes && memcmp(s->p + at, from, n) != 0)
        at++;
    ck_assert_msg(at + n <= s->bytes, "no setting %s", from);
    nfi_buf_put(&b, s->p, at);
    nfi_buf_puts(&b, to);
    nfi_buf_put(&b, s->p + at + n, s->bytes - at - n);
    ck_assert(nfi_buf_ok(&b));
    forge_put(s, b.p, b.n);
    nfi_buf_clear(&b);
    forge_refused(f, to, words);
}

START_TEST(settings_that_cannot_be_are_refused)
{
    setting("tokenizer=news", "tokenizer=nope", "tokenizer that this program does not have");
    setting("tokenizer_version=", "tokenizer_version=9", "another version of the tokenizer");
    setting("unicode=", "unicode=1", "Unicode");
    setting("classifier=cnb", "classifier=knn", "classifier that this program does not have");
    setting("weighting=tfidf", "weighting=bm25", "weighting that this program does not have");
    setting("ngram_lo=1", "ngram_lo=3", "ngram_hi");
    setting("ngram_hi=2", "ngram_hi=5", "ngram_hi");
    setting("ngram_hi=2", "ngram_hi=3", "TSEQ");
    setting("ngram_hi=2", "ngram_hi=1", "TSEQ");
    setting("ngram_hi=2", "ngram_hi=2.5", "ngram_hi");
    setting("documents=4", "documents=4.5", "documents");
    setting("smoothing=0.5", "smoothing=0", "smoothing");
    setting("smoothing=0.5", "smoothing=nan", "smoothing");
    setting("smoothing=0.5", "smoothing=-1", "smoothing");
    setting("smoothing=0.5", "smoothing=1e300", "smoothing");
    setting("smoothing=0.5", "smoothing=", "smoothing");
    setting("smoothing=0.5\n", "", "smoothing");
    setting("documents=4", "documents=0", "documents");
    setting("documents=4", "documents=-4", "documents");
    setting("loo_accuracy=-1", "loo_accuracy=2", "loo_accuracy");
    setting("stop=en", "stop=e\x1b[2Jn", "stop");
    setting("prior=uniform", "prior=uni\x1b[2J", "prior");
    setting("prior=uniform", "prior=\xff", "prior");
    setting("smoothing_how=given", "smoothing_how=a very long way to find it that no buffer holds", "smoothing_how");
    forge *f = forge_fresh();
    forge_put(forge_find(f, "META"), "", 0);
    forge_refused(f, "no settings", "tokenizer");
}
END_TEST

START_TEST(sections_must_be_there_and_fit)
{
    forge *f = forge_fresh();
    size_t n = f->n;

    for (size_t i = 0; i < n; i++) { /* missing, one element less, another type, doubled length */
        char tag[5];
        memcpy(tag, f->s[i].tag, 5);
        f->s[i].omit = true;
        forge_refused(f, tag, f->s[i].critical ? tag : "TDOC, TMNY and TMDC do not match");
        f = forge_fresh();
        if (f->s[i].count == 0) {
            f->s[i].count = 1;
            f->s[i].bytes = nfi_elem_size(f->s[i].type);
            forge_refused(f, tag, "");
            f = forge_fresh();
            continue;
        }
        if (f->s[i].count > 1) {
            forge_put(&f->s[i], (unsigned char[1]){0}, 0);
            forge_refused(f, tag, "");
            f = forge_fresh();
        }
        size_t elem = nfi_elem_size(f->s[i].type);
        f->s[i].count--;
        f->s[i].bytes -= elem;
        forge_refused(f, tag, "");
        f = forge_fresh();
        f->s[i].type = f->s[i].type == NFI_F64 ? NFI_F32 : NFI_F64;
        f->s[i].count = 1;
        forge_refused(f, tag, tag);
        f = forge_fresh();
    }
    forge_section *more = &f->s[f->n++];
    *more = (forge_section){.tag = "MORE", .type = NFI_U32, .count = 1, .bytes = 4, .p = nfi_calloc(1, 64)};
    nf_model *m;
    nft_ok(forge_load(&m, f, &nft_err));
    nf_model_free(m);
    more->critical = true;
    forge_refused(f, "an unknown critical section", "MORE");
    forge_refused_as(forge_fresh(), 2, "a file of version 2", "newer version");
}
END_TEST

START_TEST(counts_beyond_a_byte_are_kept_and_checked)
{
    enum { MANY = 300 };
    dk_docs k = {0};
    nf_model *m;

    for (size_t i = 0; i < MANY; i++) {
        dk_add(&k, "war", i < 254 ? "troops tanks fire" : i == 254 ? "tanks fire" : "fire");
        dk_add(&k, "talks", "summit");
    }
    nf_model *made =
        mk_train(&k, &(nf_count_opts){.corpus = {.threads = 1, .text = {.ngram_lo = 1, .ngram_hi = 1}}}, &(nf_train_opts){.smoothing = 1});
    forge_keep(made);
    /* terms: fire, summit, tanks, troops; classes: talks, war */
    nft_ok(nf_model_from_memory(&m, forge_image, forge_size, "model", &nft_err));
    ck_assert_uint_eq(m->n, 4);
    ck_assert_uint_eq(nf_model_term_docs(m, 0, 1), 300);
    ck_assert_uint_eq(nf_model_term_docs(m, 1, 0), 300);
    ck_assert_uint_eq(nf_model_term_docs(m, 2, 1), 255);
    ck_assert_uint_eq(nf_model_term_docs(m, 3, 1), 254);
    ck_assert_uint_eq(nf_model_term_docs(m, 3, 0), 0);
    nf_model_free(m);
    forge_element("TMNY", 0, 1e6, "document counts");
    forge_element("TMNY", 1, 0, "document counts");
    forge_element("TMDC", 0, 254, "document counts");
    forge_element("TMDC", 1, 0, "document counts");
    dk_clear(&k);
}
END_TEST

START_TEST(a_model_without_counts_for_explanation_works)
{
    char path[NFT_PATH];
    forge *f = forge_fresh();
    nf_model *m;

    forge_find(f, "TDOC")->omit = forge_find(f, "TMNY")->omit = forge_find(f, "TMDC")->omit = true;
    forge_write(f, 1, path);
    nft_ok(nf_model_load(&m, path, &nft_err));
    for (size_t t = 0; t < nterms; t++)
        ck_assert_uint_eq(nf_model_term_docs(m, t, 0), 0);
    size_t a, b;
    char *x = nft_read(path, &a), *y = mk_bytes(m, &b);
    nf_model_free(m);
    ck_assert(a == b && memcmp(x, y, a) == 0);
    free(x);
    free(y);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("model_file");
    TCase *t = tcase_create("damage");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, forge_drop);
    tcase_add_test(t, every_truncation_and_every_flipped_bit_is_refused);
    tcase_add_test(t, files_are_refused_like_memory);
    tcase_add_test(t, numbers_that_cannot_be_are_refused);
    tcase_add_test(t, strings_that_cannot_be_are_refused);
    tcase_add_test(t, settings_that_cannot_be_are_refused);
    tcase_add_test(t, sections_must_be_there_and_fit);
    tcase_add_test(t, counts_beyond_a_byte_are_kept_and_checked);
    tcase_add_test(t, a_model_without_counts_for_explanation_works);
    suite_add_tcase(s, t);
    return nft_run(s);
}
