/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_model_file.c - model files that are damaged, and files with right checksums whose contents cannot be: each is refused with words,
 * none is used.
 */
#include "model_forge.h"
#include "models_kit.h"

#include <math.h>
#include <unistd.h>

static unsigned char *image; /* the file of a small model, 64-byte aligned */
static size_t size;
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

    nft_ok(load(image, size, &nft_err));
    for (size_t n = 0; n < size; n++)
        ck_assert_msg(load(image, n, &err) == NF_EMODEL && err.msg[0], "%zu of %zu bytes", n, size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        image[bit / 8] ^= (unsigned char)(1u << bit % 8);
        ck_assert_msg(load(image, size, &err) == NF_EMODEL && err.msg[0], "bit %zu", bit);
        image[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    nft_ok(load(image, size, &nft_err));
}
END_TEST

START_TEST(files_are_refused_like_memory)
{
    char path[NFT_PATH];
    nf_model *m = NULL;
    nf_err err = {0};
    nfi_rng r = nft_rng(1);

    for (int i = 0; i < 60; i++) {
        size_t at = (size_t)nfi_rng_below(&r, size);
        if (i % 2) {
            image[at] ^= 0x10;
            nft_file(path, NULL, "m.nfm", image, size);
            image[at] ^= 0x10;
        } else {
            nft_file(path, NULL, "m.nfm", image, at);
        }
        ck_assert_int_eq(nf_model_load(&m, path, &err), NF_EMODEL);
        ck_assert_str_eq(err.path, path);
        ck_assert_ptr_null(m);
    }
    nft_fails(nf_model_load(&m, "/no/such/model.nfm", &nft_err), NF_EIO);
    nft_fails(nf_model_load(&m, "/dev/null", &nft_err), NF_EMODEL);
    nft_file(path, NULL, "m.nfm", image, size);
    nft_ok(nf_model_load(&m, path, &nft_err));
    nf_model_free(m);
}
END_TEST

/* Loads what a forge makes. */
static nf_status forged(forge *f, uint16_t major, nf_err *err)
{
    char dir[NFT_PATH], path[NFT_PATH];
    size_t n;

    nft_dir(dir);
    snprintf(path, sizeof path, "%.400s/m.nfm", dir);
    nft_ok(forge_write(f, path, major, &nft_err));
    char *p = nft_read(path, &n);
    nf_status s = load(p, n, err);
    free(p);
    return s;
}

static void is_refused(forge *f, const char *what, const char *words)
{
    nf_err err = {0};
    ck_assert_msg(forged(f, 1, &err) == NF_EMODEL, "%s is accepted", what);
    ck_assert_msg(strstr(err.msg, words) != NULL, "%s: \"%s\" does not say \"%s\"", what, err.msg, words);
    forge_clear(f);
}

static forge *fresh(void)
{
    static forge f;
    ck_assert(forge_open(&f, image, size));
    return &f;
}

/* One element of a section becomes v. */
static void element(const char *tag, size_t i, double v, const char *words)
{
    forge *f = fresh();
    forge_section *s = forge_find(f, tag);
    char what[64];

    ck_assert_uint_lt(i, s->count);
    snprintf(what, sizeof what, "%s[%zu] = %g", tag, i, v);
    switch (s->type) {
    case NFI_BYTES:
        s->p[i] = (unsigned char)v;
        break;
    case NFI_U16:
        memcpy(s->p + 2 * i, &(uint16_t){(uint16_t)v}, 2);
        break;
    case NFI_U32:
        memcpy(s->p + 4 * i, &(uint32_t){(uint32_t)v}, 4);
        break;
    case NFI_U64:
        memcpy(s->p + 8 * i, &(uint64_t){v < 1.8e19 ? (uint64_t)v : UINT64_MAX}, 8);
        break;
    case NFI_F32:
        memcpy(s->p + 4 * i, &(float){(float)v}, 4);
        break;
    default:
        memcpy(s->p + 8 * i, &v, 8);
    }
    is_refused(f, what, words);
}

START_TEST(numbers_that_cannot_be_are_refused)
{
    static const double wild[] = {NAN, INFINITY, -INFINITY, 1e13, -1e13};
    static const struct {
        const char *tag, *words;
    } floats[] = {{"TIDF", "idf"}, {"TBAS", "weight"}, {"TWGT", "weight"}, {"ZCLS", "class offsets"}, {"PRIR", "priors"}};

    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < sizeof wild / sizeof *wild; k++)
            for (size_t at = 0; at < 3; at += 2)
                element(floats[i].tag, at, wild[k], floats[i].words);
    element("TIDF", 0, -1, "out of range");
    element("PRIR", 1, log(0.1), "add up");
    element("TDFR", 0, 0, "document frequency");
    element("TDFR", 1, 5, "document frequency");
    element("TCLS", 0, 3, "class number");
    element("TCLS", nentries - 1, 65535, "class number");
    forge *f = fresh(); /* two classes of a term change places */
    forge_section *cls = forge_find(f, "TCLS");
    uint16_t pair[2];
    memcpy(pair, cls->p + 2 * two, 4);
    memcpy(cls->p + 2 * two, (uint16_t[2]){pair[1], pair[0]}, 4);
    is_refused(f, "classes out of order", "order");
    element("TCLS", two + 1, pair[0], "order");
    element("TPTR", 0, 1, "offsets");
    element("TPTR", 1, 1e6, "offsets");
    element("TPTR", 2, 0, "offsets");
    element("TPTR", nterms, (double)nentries + 1, "offsets");
    element("TPTR", nterms, (double)nentries - 1, "offsets");
    element("TPTR", 1, 2e19, "offsets");
    element("TSEQ", 0, (double)nwords + 1, "word that does not exist");
    element("TSEQ", 0, 4294967295.0, "word that does not exist");
    element("TSEQ", 0, 0, "empty term");
    element("TSEQ", 0, (double)nwords, "not in order");
    element("TSEQ", 3, (double)nwords + 1, "word that does not exist");
}
END_TEST

START_TEST(strings_that_cannot_be_are_refused)
{
    element("WRDE", 0, 0, "words");
    element("WRDE", 1, 1, "words");
    element("WRDE", nwords - 1, 1e9, "words");
    element("WRDE", nwords - 1, 2e19, "words");
    element("WRDB", 0, 0x1b, "words");
    element("WRDB", 0, ' ', "words");
    element("WRDB", 0, 0x7f, "words");
    element("WRDB", 0, 0xff, "words");
    element("WRDB", 0, 'z', "words");
    element("STPE", 0, 0, "stop words");
    element("STPB", 0, 0x1b, "stop words");
    element("STPB", 1, 'z', "stop words");
    element("LABE", 0, 0, "labels");
    element("LABE", 2, 1e9, "labels");
    element("LABB", 0, 0x1b, "label");
    element("LABB", 0, '\n', "label");
    element("LABB", 0, 'z', "labels");
    element("LABB", 0, 0xff, "labels");

    static const struct {
        const char *bytes;
        uint64_t end[3];
        const char *words;
    } labels[] = {{"aab", {1, 2, 3}, "labels"}, {"bac", {1, 2, 3}, "labels"}, {"ab\xe2\x80\xae", {1, 2, 5}, "control character"},
                  {"ab\xc2\x9b", {1, 2, 4}, "control character"},
                {"aba;", {1, 2, 4}, "labels"}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        forge *f = fresh();
        ck_assert(forge_put(forge_find(f, "LABB"), labels[i].bytes, strlen(labels[i].bytes)) &&
                  forge_put(forge_find(f, "LABE"), labels[i].end, 3));
        is_refused(f, labels[i].bytes, labels[i].words);
    }
    for (uint64_t n = 0; n < 2; n++) {
        forge *f = fresh();
        ck_assert(forge_put(forge_find(f, "LABB"), "a", n) && forge_put(forge_find(f, "LABE"), &n, n));
        is_refused(f, "too few classes", "fewer than 2");
    }
    enum { MANY = 70000 };
    uint64_t *end = malloc(MANY * sizeof *end);
    char *text = malloc(MANY * 5 + 1);
    for (size_t i = 0; i < MANY; i++) {
        snprintf(text + 5 * i, 6, "%05zu", i);
        end[i] = 5 * (i + 1);
    }
    forge *f = fresh();
    ck_assert(forge_put(forge_find(f, "LABB"), text, MANY * 5) && forge_put(forge_find(f, "LABE"), end, MANY));
    is_refused(f, "70000 classes", "65535");
    memset(text, 'a', 300);
    end[0] = 300;
    f = fresh();
    ck_assert(forge_put(forge_find(f, "WRDB"), text, 300) && forge_put(forge_find(f, "WRDE"), end, 1));
    is_refused(f, "a word of 300 bytes", "words");
    free(end);
    free(text);
}
END_TEST

/* In META, from becomes to. */
static void setting(const char *from, const char *to, const char *words)
{
    forge *f = fresh();
    forge_section *s = forge_find(f, "META");
    nfi_buf b = {0};
    size_t n = strlen(from), at = 0;

    while (at + n <= s->bytes && memcmp(s->p + at, from, n) != 0)
        at++;
    ck_assert_msg(at + n <= s->bytes, "no setting %s", from);
    nfi_buf_put(&b, s->p, at);
    nfi_buf_puts(&b, to);
    nfi_buf_put(&b, s->p + at + n, s->bytes - at - n);
    ck_assert(nfi_buf_ok(&b) && forge_put(s, b.p, b.n));
    nfi_buf_clear(&b);
    is_refused(f, to, words);
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
    forge *f = fresh();
    ck_assert(forge_put(forge_find(f, "META"), "", 0));
    is_refused(f, "no settings", "tokenizer");
}
END_TEST

START_TEST(sections_must_be_there_and_fit)
{
    nf_err err = {0};
    forge *f = fresh();
    size_t n = f->n;

    for (size_t i = 0; i < n; i++) { /* missing, one element less, another type, doubled length */
        char tag[5];
        memcpy(tag, f->s[i].tag, 5);
        f->s[i].omit = true;
        is_refused(f, tag, f->s[i].critical ? tag : "TDOC, TMNY and TMDC do not match");
        f = fresh();
        if (f->s[i].count == 0) {
            f->s[i].count = 1;
            f->s[i].bytes = nfi_elem_size(f->s[i].type);
            is_refused(f, tag, "");
            f = fresh();
            continue;
        }
        if (f->s[i].count > 1) {
            ck_assert(forge_put(&f->s[i], (unsigned char[1]){0}, 0));
            is_refused(f, tag, "");
            f = fresh();
        }
        size_t elem = nfi_elem_size(f->s[i].type);
        f->s[i].count--;
        f->s[i].bytes -= elem;
        is_refused(f, tag, "");
        f = fresh();
        f->s[i].type = f->s[i].type == NFI_F64 ? NFI_F32 : NFI_F64;
        f->s[i].count = 1;
        is_refused(f, tag, tag);
        f = fresh();
    }
    forge_section *more = &f->s[f->n++];
    *more = (forge_section){.tag = "MORE", .type = NFI_U32, .count = 1, .bytes = 4, .p = nfi_calloc(1, 64)};
    nft_ok(forged(f, 1, &nft_err));
    more->critical = true;
    is_refused(f, "an unknown critical section", "MORE");
    f = fresh();
    ck_assert_int_eq(forged(f, 2, &err), NF_EMODEL);
    ck_assert_msg(strstr(err.msg, "newer version") != NULL, "%s", err.msg);
    forge_clear(f);
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
    char *p = mk_bytes(made, &size);
    nfi_free(image);
    image = nfi_alloc_aligned(size, 1);
    memcpy(image, p, size);
    free(p);
    nf_model_free(made);
    nft_ok(nf_model_from_memory(&m, image, size, "model", &nft_err)); /* terms: fire, summit, tanks, troops; classes: talks, war */
    ck_assert_uint_eq(m->n, 4);
    ck_assert_uint_eq(nf_model_term_docs(m, 0, 1), 300);
    ck_assert_uint_eq(nf_model_term_docs(m, 1, 0), 300);
    ck_assert_uint_eq(nf_model_term_docs(m, 2, 1), 255);
    ck_assert_uint_eq(nf_model_term_docs(m, 3, 1), 254);
    ck_assert_uint_eq(nf_model_term_docs(m, 3, 0), 0);
    nf_model_free(m);
    element("TMNY", 0, 1e6, "document counts");
    element("TMNY", 1, 0, "document counts");
    element("TMDC", 0, 254, "document counts");
    element("TMDC", 1, 0, "document counts");
    dk_clear(&k);
}
END_TEST

START_TEST(a_model_without_counts_for_explanation_works)
{
    char dir[NFT_PATH], path[NFT_PATH], again[NFT_PATH];
    forge *f = fresh();
    nf_model *m;

    forge_find(f, "TDOC")->omit = forge_find(f, "TMNY")->omit = forge_find(f, "TMDC")->omit = true;
    nft_dir(dir);
    snprintf(path, sizeof path, "%.400s/m.nfm", dir);
    snprintf(again, sizeof again, "%.400s/again.nfm", dir);
    nft_ok(forge_write(f, path, 1, &nft_err));
    forge_clear(f);
    nft_ok(nf_model_load(&m, path, &nft_err));
    for (size_t t = 0; t < nterms; t++)
        ck_assert_uint_eq(nf_model_term_docs(m, t, 0), 0);
    nft_ok(nf_model_save(m, again, &nft_err));
    nf_model_free(m);
    size_t a, b;
    char *x = nft_read(path, &a), *y = nft_read(again, &b);
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
    tcase_add_checked_fixture(t, setup, teardown);
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
