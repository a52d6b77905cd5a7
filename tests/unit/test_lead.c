/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of a document as terms of its own: which are marked, in corpora, models, views, units and explanations. */
#include "model_forge.h"

#include "models/oof.h"
#include "newsframe/explain.h"

enum { DOCS = 90, NK = 3 };

static nf_count_opts counting(uint32_t lead, int hi, const char *stop)
{
    return (nf_count_opts){.corpus = {.threads = 1, .text = {.ngram_lo = 1, .ngram_hi = hi, .stopwords = stop, .lead = lead}},
                           .weighting = "tfidf"};
}

static nf_model *train(uint32_t lead, int hi, const char *stop)
{
    nf_count_opts count = counting(lead, hi, stop);
    nf_train_opts o = nf_train_defaults();
    nfi_rng r = nft_rng(5);
    dk_docs k = {0};

    mk_docs(&k, &r, DOCS, NK);
    nf_model *m = mk_train(&k, &count, &o);
    dk_clear(&k);
    return m;
}

static void setup(void) { forge_keep(train(3, 2, "none")); }

/* Terms of a text, with their counts, as "term=2 term=1", unsorted, those that no model has left out. */
static void terms_of(char *out, size_t cap, nfi_counter *c, const nf_model *m)
{
    size_t n = 0;
    char term[200];

    *out = '\0';
    for (size_t i = 0; i < c->n; i++) {
        if (c->term[i] == NFI_NONE)
            continue;
        size_t len = nf_model_term(m, c->term[i], term, sizeof term);
        n += (size_t)snprintf(out + n, cap - n, "%s%.*s=%u", n ? " " : "", (int)len, term, c->tf[i]);
        ck_assert_uint_lt(n, cap);
    }
}

START_TEST(the_first_words_are_marked_once_for_each_time)
{
    char text[400];
    nfi_counter c;
    nfi_dict dict;

    for (int hi = 1; hi <= 2; hi++) {
        nf_model *m = train(3, hi, "none");
        nfi_model_dict(m, &dict);
        nft_ok(nfi_dict_hash(&dict, 1, &nft_err));
        nft_ok(nfi_counter_init(&c, &m->text, &dict, &nft_err));
        nf_doc d = {.title = {"Troops said", 11}, .text = {"troops said troops", 18}};
        nft_ok(nfi_count_text(&c, &d, &nft_err));
        terms_of(text, sizeof text, &c, m);
        ck_assert_ptr_nonnull(strstr(text, "^troops=2"));
        ck_assert_ptr_nonnull(strstr(text, "^said=1"));
        ck_assert_ptr_nonnull(strstr(text, "troops=3"));
        ck_assert_uint_eq(c.n_tokens, 5);
        ck_assert_uint_eq(c.known, 5);
        ck_assert_uint_eq(c.lead, 0);
        d.title.n = 0;
        d.text = (nf_str){"troops", 6};
        nft_ok(nfi_count_text(&c, &d, &nft_err));
        ck_assert_uint_eq(c.lead, 2);
        nft_ok(nfi_count_doc(&c, &(nf_str){"said troops said", 16}, 1, &nft_err)); /* another piece of the same document */
        terms_of(text, sizeof text, &c, m);
        ck_assert_ptr_nonnull(strstr(text, "^said=1"));
        ck_assert_ptr_nonnull(strstr(text, "^troops=1"));
        nfi_counter_clear(&c);
        nfi_dict_clear(&dict);
        nf_model_free(m);
    }
}
END_TEST

START_TEST(stop_words_and_words_without_room_are_not_marked)
{
    nfi_tokbuf from = {0}, to = {0};
    nfi_stop stop;
    char word[NFI_MAX_TOKEN];

    memset(word, 'x', sizeof word);
    nft_ok(nfi_stop_load(&stop, "en", nfi_tokenizers[0], &nft_err));
    nfi_tok_emit(&from, "the", 3);
    nfi_tok_emit(&from, "fox", 3);
    nfi_tok_emit(&from, word, sizeof word);
    nfi_tok_emit(&from, word, sizeof word - 1);
    nfi_tok_emit(&from, "hen", 3);
    for (int again = 0; again < 2; again++) {
        nfi_lead_mark(&to, &from, 4, &stop);
        ck_assert_uint_eq(to.ntok, 2);
        ck_assert_mem_eq(to.bytes + to.tok[0].off, "^fox", 4);
        ck_assert_uint_eq(to.tok[1].n, NFI_MAX_TOKEN);
        ck_assert_uint_eq(to.dropped, 0);
    }
    nfi_tokbuf_clear(&from);
    nfi_tokbuf_clear(&to);
    nfi_stop_clear(&stop);
}
END_TEST

/* Corpora count as scoring does: a view of one with a lead gives the very model that counting without gives. */
START_TEST(a_view_is_as_if_it_had_been_counted_so)
{
    nfi_rng r = nft_rng(9);
    dk_docs k = {0};
    nf_train_opts o = nf_train_defaults();

    mk_docs(&k, &r, DOCS, NK);
    o.threads = 1;
    for (int stop = 0; stop < 2; stop++) {
        const char *list = stop ? "en" : "none";
        nf_count_opts rich = counting(4, 2, list);
        nf_corpus *c = dk_corpus(&k, &rich.corpus.text, 1, NULL);
        for (int which = 0; which < 4; which++) {
            nf_count_opts plain = counting(which & 2 ? 0 : 4, which & 1 ? 1 : 2, list);
            nf_corpus *p = dk_corpus(&k, &plain.corpus.text, 1, NULL), view = {0};
            nf_model *a, *b;
            size_t na, nb;
            nft_ok(nfi_corpus_view(&view, c, which & 1, which & 2, &nft_err));
            nft_ok(nfi_model_of_all(&a, &view, &o, &nft_err));
            nft_ok(nfi_model_of_all(&b, p, &o, &nft_err));
            char *x = mk_bytes(a, &na), *y = mk_bytes(b, &nb);
            ck_assert_uint_eq(na, nb);
            ck_assert_mem_eq(x, y, na);
            free(x);
            free(y);
            nf_model_free(a);
            nf_model_free(b);
            nfi_corpus_view_clear(&view);
            nf_corpus_free(p);
        }
        nf_corpus_free(c);
    }
    dk_clear(&k);
}
END_TEST

START_TEST(marked_words_have_places_in_explanations)
{
    nf_model *m = train(3, 2, "none");
    nf_doc d = {.title = {"Troops said", 11}, .text = {"troops said again troops", 24}};
    nf_explanation e = {0};
    nf_scorer *s;
    char term[200];
    size_t marked = 0;

    nft_ok(nf_scorer_new(&s, m, NULL, &nft_err));
    nft_ok(nf_explain(&e, s, &d, -1, -1, &nft_err));
    double sum = e.prior, units = e.prior + e.between;
    for (size_t i = 0; i < e.nterms; i++) {
        const nf_term_part *p = &e.term[i];
        size_t n = nf_model_term(m, p->term, term, sizeof term);
        sum += p->nats;
        ck_assert_msg(p->places == p->count, "%.*s: %zu places, %u times", (int)n, term, (size_t)p->places, (unsigned)p->count);
        if (term[0] != '^')
            continue;
        marked++;
        for (size_t q = 0; q < p->places; q++)
            ck_assert(e.place[p->first + q].in_title || e.place[p->first + q].start == 0);
    }
    for (size_t i = 0; i < e.units.n; i++)
        units += e.units.unit[i].carries;
    ck_assert_uint_eq(marked, 2);
    ck_assert_double_eq_tol(sum, e.margin, 1e-9);
    ck_assert_double_eq_tol(units, e.margin, 1e-9);
    nf_explanation_clear(&e);
    nf_scorer_free(s);
    nf_model_free(m);
}
END_TEST

START_TEST(the_file_says_it_and_what_cannot_be_is_refused)
{
    nf_model *m;
    nf_model_info i;

    nft_ok(forge_load(&m, forge_fresh(), &nft_err));
    nf_model_describe(m, &i);
    ck_assert_uint_eq(i.lead, 3);
    nf_model_free(m);
    const uint32_t bad[] = {0, NFI_MAX_LEAD + 1};
    for (size_t k = 0; k < 2; k++) {
        forge *f = forge_fresh();
        forge_put(forge_find(f, "LEAD"), &bad[k], 1);
        forge_refused(f, "LEAD", "LEAD");
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lead");
    TCase *t = tcase_create("lead");

    tcase_add_checked_fixture(t, setup, forge_drop);
    tcase_add_test(t, the_first_words_are_marked_once_for_each_time);
    tcase_add_test(t, stop_words_and_words_without_room_are_not_marked);
    tcase_add_test(t, a_view_is_as_if_it_had_been_counted_so);
    tcase_add_test(t, marked_words_have_places_in_explanations);
    tcase_add_test(t, the_file_says_it_and_what_cannot_be_is_refused);
    suite_add_tcase(s, t);
    return nft_run(s);
}
