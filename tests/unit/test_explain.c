/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places hold the tokens that are counted; parts of a margin add up, as numbers and as they are printed. */
#include "models_kit.h"

#include "features/places.h"
#include "newsframe/explain.h"

#include <math.h>

enum { DOCS = 60, NK = 4 };

/* Pieces that fold, split, join, vanish or overlap. */
static const char *const pieces[] = {"Troops ",
                                     "missile, ",
                                     "don\xe2\x80\x99t ",
                                     "U.S. ",
                                     "US ",
                                     "us ",
                                     "Pyongyang's ",
                                     "cooperation.The ",
                                     "food-stressed ",
                                     "and/or ",
                                     "1,000 ",
                                     "3.5 ",
                                     "example.com ",
                                     "caf\xc3\xa9 ",
                                     "cafe\xcc\x81 ",
                                     "\xef\xac\x81nd ",
                                     "\xe6\xb8\xaf\xe5\x8f\xa3\xe5\x85\xb3 ",
                                     "\xd0\x9f\xd1\x83\xd1\x82\xd0\xb8\xd0\xbd ",
                                     "co\xc2\xadoperate ",
                                     "\n",
                                     "\n\n",
                                     "Share this articleComments\n",
                                     "ADVERTISEMENT\n",
                                     "\xc2\xa0",
                                     "\xff ",
                                     "the ",
                                     "A B ",
                                     "J.R.R. Tolkien ",
                                     "(said) ",
                                     "x_y ",
                                     "MIG29 ",
                                     "\xe2\x80\x9cTax\xe2\x80\x9d "};

static size_t random_text(nfi_rng *r, char *text, size_t cap)
{
    size_t at = 0;
    for (uint64_t n = nfi_rng_below(r, 60); n > 0; n--)
        at += (size_t)snprintf(text + at, cap - at, "%s", pieces[nfi_rng_below(r, sizeof pieces / sizeof *pieces)]);
    return at;
}

START_TEST(places_hold_the_tokens_that_are_counted)
{
    static const char *const names[] = {"news", "sklearn"};

    for (int which = 0; which < 4; which++) {
        nfi_text text;
        nfi_places p = {0};
        nft_ok(nfi_text_init(&text, &(nf_text_opts){.tokenizer = names[which % 2], .no_clean = which >= 2}, &nft_err));
        for (int i = 0; i < nft_cases(1500); i++) {
            nfi_rng r = nft_rng((uint64_t)i);
            char title[4000], body[4000], clean[4000];
            nf_doc d = {.title = {title, random_text(&r, title, sizeof title)}, .text = {body, random_text(&r, body, sizeof body)}};
            nf_str part[2] = {d.title, d.text};
            size_t at = 0;
            nft_ok(nfi_places_find(&p, &text, &d, &nft_err));
            if (text.clean) {
                nf_cuts cuts = {0};
                nft_ok(nf_clean_text(text.clean, d.text, d.source, NULL, 0, &cuts, &nft_err));
                part[1] = (nf_str){clean, nf_clean_apply(d.text, &cuts, clean)};
                nf_cuts_clear(&cuts);
            }
            for (int k = 0; k < 2; k++) {
                nfi_tokbuf b = {0};
                size_t pos = 0, last = 0;
                while (nfi_tokenize(text.tokenizer, &b, part[k].p, part[k].n, &pos))
                    for (size_t t = 0; t < b.ntok; t++, at++) {
                        const nfi_placed *x = &p.tok[at];
                        ck_assert_uint_lt(at, p.n);
                        ck_assert(x->n == b.tok[t].n && memcmp(p.bytes.p + x->off, b.bytes + b.tok[t].off, x->n) == 0);
                        ck_assert(x->in_title == (k == 0) && x->start < x->end && x->end <= (k ? d.text.n : d.title.n));
                        ck_assert(x->start >= last); /* in order */
                        last = x->start;
                        const char *in = (k ? d.text.p : d.title.p) + x->start;
                        bool ascii = true;
                        for (size_t c = 0; c < x->end - x->start; c++)
                            ascii = ascii && (in[c] & 0x80) == 0 && in[c] != '.' && in[c] != '\'';
                        if (ascii) /* letter by letter */
                            for (size_t c = 0; c < x->n; c++)
                                ck_assert_msg((in[c] | 0x20) == (p.bytes.p[x->off + c] | 0x20), "%.*s at %.*s", (int)x->n,
                                              p.bytes.p + x->off, (int)(x->end - x->start), in);
                    }
                nfi_tokbuf_clear(&b);
            }
            ck_assert_uint_eq(at, p.n);
        }
        nfi_places_clear(&p);
        nfi_text_clear(&text);
    }
}
END_TEST

static nf_model *train(int hi, const char *stop, const char *classifier, const char *weighting, size_t nk)
{
    nf_count_opts count = {.corpus = {.text = {.ngram_lo = 1, .ngram_hi = hi, .stopwords = stop}}, .weighting = weighting};
    nf_train_opts o = nf_train_defaults();
    nfi_rng r = nft_rng(3);
    dk_docs k = {0};

    mk_docs(&k, &r, DOCS, nk);
    o.classifier = classifier;
    o.weighting = weighting;
    o.prior = "data";
    nf_model *m = mk_train(&k, &count, &o);
    dk_clear(&k);
    return m;
}

static void check(nf_model *m, nfi_rng *r, nf_explanation *e, nf_scorer *s)
{
    char body[4000];
    size_t n = 0;
    nf_model_info info;

    nf_model_describe(m, &info);
    for (uint64_t w = 2 + nfi_rng_below(r, 30); w > 0; w--) {
        static const char *const words[] = {"troops ",         "missile. ",      "The tax ", "budget ",      "summit ", "envoy. ",
                                            "officials said ", "Monday again. ", "rare3 ",   "caf\xc3\xa9 ", "flood "};
        n += (size_t)snprintf(body + n, sizeof body - n, "%s", words[nfi_rng_below(r, sizeof words / sizeof *words)]);
    }
    nf_doc d = {.title = {"Officials said", nfi_rng_below(r, 2) ? 14 : 0}, .text = {body, n}};
    int32_t label = (int32_t)nfi_rng_below(r, info.classes + 1) - 1;
    nft_ok(nf_explain(e, s, &d, label, -1, &nft_err));
    if (!e->score.scored)
        return;
    double sum = e->prior, by_sentence = e->prior + e->between;
    int64_t micro = e->prior_micro, by_sentence_micro = e->prior_micro + e->between_micro;
    for (size_t i = 0; i < e->nterms; i++) {
        const nf_term_part *t = &e->term[i];
        char text[200];
        size_t len = nf_model_term(m, t->term, text, sizeof text);
        ck_assert_uint_eq(t->places, t->count);
        for (size_t p = t->first; p < t->first + t->places; p++) {
            const nf_place *at = &e->place[p];
            nf_str in = at->in_title ? d.title : d.text;
            ck_assert(at->start < at->end && at->end <= in.n && (in.p[at->start] | 0x20) == (text[0] | 0x20) && len > 0);
        }
        ck_assert(i == 0 || fabs(e->term[i - 1].nats) >= fabs(t->nats));
        ck_assert_double_le(fabs(t->nats * 1e6 - (double)t->micro), 1.6);
        sum += t->nats;
        micro += t->micro;
    }
    for (size_t i = 0; i < e->units.n; i++) {
        by_sentence += e->units.unit[i].carries;
        by_sentence_micro += e->unit_micro[i];
    }
    ck_assert_double_eq_tol(sum, e->margin, 1e-9);
    ck_assert_double_eq_tol(by_sentence, e->margin, 1e-9);
    ck_assert(micro == e->margin_micro && by_sentence_micro == e->margin_micro);
    if (label < 0 && e->score.status == NF_SCORE_OK)
        ck_assert(e->label == e->score.label && e->against == e->score.second && e->margin == e->score.margin);
    else if (label >= 0)
        ck_assert_int_eq(e->label, label);
}

START_TEST(parts_add_up_to_the_margin)
{
    static const struct {
        int hi;
        const char *stop, *classifier, *weighting;
        size_t nk;
    } kinds[] = {
        {2, "none", "cnb", "tfidf", 4}, {3, "en", "mnb", "tf", 2}, {1, "none", "mnb", "tfidf", 3}, {2, "none", "cnb", "sklearn", 2}};

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        nf_model *m = train(kinds[k].hi, kinds[k].stop, kinds[k].classifier, kinds[k].weighting, kinds[k].nk);
        nf_scorer *s = NULL;
        nf_explanation e = {0};
        nft_ok(nf_scorer_new(&s, m, &(nf_scorer_opts){.threads = 2}, &nft_err));
        for (int i = 0; i < nft_cases(200); i++) {
            nfi_rng r = nft_rng((uint64_t)i);
            check(m, &r, &e, s);
        }
        nft_fails(nf_explain(&e, s, &(nf_doc){0}, 7, -1, &nft_err), NF_EINVAL);
        nf_explanation_clear(&e);
        nf_scorer_free(s);
        nf_model_free(m);
    }
}
END_TEST

/* Every part is rounded the same way, so that thousands of them have to move: each by one millionth at most. */
START_TEST(many_like_parts_add_up)
{
    enum { SENTENCES = 4001 };
    static char body[SENTENCES * 17 + 1];
    nf_model *m = train(2, "none", "cnb", "tfidf", 4);
    nf_scorer *s = NULL;
    nf_explanation e = {0};

    for (size_t i = 0; i < SENTENCES; i++)
        memcpy(body + i * 17, "Troops a summit. ", 17);
    nft_ok(nf_scorer_new(&s, m, &(nf_scorer_opts){.threads = 1}, &nft_err));
    nft_ok(nf_explain(&e, s, &(nf_doc){.text = {body, SENTENCES * 17}}, -1, -1, &nft_err));
    ck_assert_uint_eq(e.units.n, SENTENCES);
    int64_t micro = e.prior_micro + e.between_micro;
    for (size_t i = 0; i < e.units.n; i++) {
        ck_assert_double_lt(fabs(e.units.unit[i].carries * 1e6 - (double)e.unit_micro[i]), 1.0);
        micro += e.unit_micro[i];
    }
    ck_assert(micro == e.margin_micro);
    nf_explanation_clear(&e);
    nf_scorer_free(s);
    nf_model_free(m);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("explain");
    TCase *tc = tcase_create("explain");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, places_hold_the_tokens_that_are_counted);
    tcase_add_test(tc, parts_add_up_to_the_margin);
    tcase_add_test(tc, many_like_parts_add_up);
    suite_add_tcase(s, tc);
    return nft_run(s);
}
