/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_verbs.c - what holds for every row of the verb table and of the data dictionary. */
#include "cli/columns.h"
#include "cli/opt.h"

#include "nft.h"

#include <stdlib.h>
#include <string.h>

/* A summary or help text: one line, lower case first (or a name), no full stop. */
static void one_phrase(const char *where, const char *s)
{
    size_t n = s ? strlen(s) : 0;
    ck_assert_msg(n > 0 && !strchr(s, '\n') && s[n - 1] != '.', "%s: \"%s\" is not one phrase without a full stop", where, s ? s : "");
}

START_TEST(verbs_are_complete)
{
    for (size_t i = 0; nfi_verbs[i]; i++) {
        const nfi_verb *v = nfi_verbs[i];
        bool grouped = false;
        one_phrase(v->name, v->summary);
        for (size_t g = 0; nfi_verb_groups[g]; g++)
            grouped |= strcmp(nfi_verb_groups[g], v->group) == 0;
        ck_assert_msg(grouped, "%s: unknown group %s", v->name, v->group);
        ck_assert_ptr_eq(nfi_verb_find(v->name), v);
        ck_assert_ptr_nonnull(v->operands);
        ck_assert_msg(v->max_args != 0 || v->operands[0] == '\0', "%s: names operands and takes none", v->name);
        ck_assert_msg(v->paragraphs && v->paragraphs[0], "%s: no description", v->name);
        ck_assert_msg(v->examples && v->examples[0].command, "%s: no example", v->name);
        for (const nfi_example *e = v->examples; e->command; e++) {
            one_phrase(e->command, e->says);
            ck_assert_msg(strstr(e->command, "newsframe ") && strstr(e->command, v->name),
                          "%s: example of something else: %s", v->name, e->command);
        }
        ck_assert_msg((v->exits & NFI_EXITS_BASE) == NFI_EXITS_BASE && v->exits < 1u << NFI_EXITS, "%s: exit codes", v->name);
        ck_assert_ptr_nonnull((const void *)(uintptr_t)v->run);
    }
}
END_TEST

START_TEST(options_are_unique_and_explained)
{
    for (size_t i = 0; nfi_verbs[i]; i++) {
        const char *verb = nfi_verbs[i]->name;
        for (const nfi_opt *r = nfi_verbs[i]->opts; r->type != NFI_OPT_END; r++) {
            if (r->type == NFI_OPT_HEADER)
                continue;
            one_phrase(r->name, r->help);
            ck_assert_msg((r->type == NFI_OPT_FLAG) == (r->arg == NULL), "%s --%s: a value needs a name", verb, r->name);
            ck_assert_msg(r->offset < nfi_verbs[i]->opts_size, "%s --%s: field outside of the options", verb, r->name);
            ck_assert_msg((r->names != NULL) == (r->type == NFI_OPT_ENUM || r->type == NFI_OPT_CHOICE), "%s --%s: names", verb, r->name);
            for (const nfi_opt *q = nfi_std_opts; q->type != NFI_OPT_END; q++)
                ck_assert_msg(q->type == NFI_OPT_HEADER || (strcmp(q->name, r->name) != 0 && (!q->key || q->key != r->key)),
                              "%s --%s: taken by the program", verb, r->name);
            for (const nfi_opt *q = r + 1; q->type != NFI_OPT_END; q++)
                ck_assert_msg(q->type == NFI_OPT_HEADER || (strcmp(q->name, r->name) != 0 && (!q->key || q->key != r->key)),
                              "%s: --%s and --%s clash", verb, r->name, q->name);
        }
    }
}
END_TEST

START_TEST(defaults_and_implied_values_are_in_range)
{
    for (size_t i = 0; nfi_verbs[i]; i++) {
        nfi_arena a = {0};
        void *opts = calloc(1, nfi_verbs[i]->opts_size + 1);
        ck_assert_ptr_nonnull(opts);
        nft_ok(nfi_opt_defaults(nfi_verbs[i]->opts, opts, &a, &nft_err));
        for (const nfi_opt *r = nfi_verbs[i]->opts; r->type != NFI_OPT_END; r++)
            if (r->implied)
                nft_ok(nfi_opt_set(r, opts, r->implied, &a, &nft_err));
        nfi_arena_clear(&a);
        free(opts);
    }
}
END_TEST

START_TEST(pages_and_completions_are_the_same_twice)
{
    for (size_t i = 0;; i++) {
        nfi_buf a = {0}, b = {0};
        nfi_dump_man(&a, nfi_verbs[i]);
        nfi_dump_man(&b, nfi_verbs[i]);
        ck_assert(nfi_buf_ok(&a) && nfi_buf_ok(&b) && a.n == b.n && a.n > 500);
        ck_assert_mem_eq(a.p, b.p, a.n);
        nfi_buf_clear(&a);
        nfi_buf_clear(&b);
        if (!nfi_verbs[i])
            break;
    }
    nfi_buf c = {0};
    ck_assert(!nfi_dump_completion(&c, "tcsh"));
    ck_assert_uint_eq(c.n, 0);
}
END_TEST

START_TEST(helps_fit_the_screen_and_say_nothing_twice)
{
    for (size_t i = 0; nfi_verbs[i]; i++) {
        const nfi_verb *v = nfi_verbs[i];
        for (int longer = 0; longer < 2; longer++) {
            nfi_buf b = {0};
            nft_ok(nfi_help(&b, v, longer, &nft_err));
            nfi_buf_putc(&b, '\0');
            ck_assert(nfi_buf_ok(&b));
            for (char *line = b.p, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
                *end = '\0';
                ck_assert_msg(end - line <= 79, "%s: a line of %td: %s", v->name, end - line, line);
                ck_assert_msg(end == line || end[-1] != ' ', "%s: ends with a blank: %s", v->name, line);
                *end = '\n';
            }
            for (const nfi_opt *r = v->opts; r->type != NFI_OPT_END; r++) {
                char name[64];
                snprintf(name, sizeof name, "--%s", r->name);
                ck_assert_msg(!nfi_opt_shown(r) || strstr(b.p, name), "%s: %s is missing", v->name, name);
            }
            nfi_buf_clear(&b);
        }
        for (const nfi_opt *r = v->opts; r->type != NFI_OPT_END; r++) {
            const char *name, *says = NULL;
            if (!nfi_opt_shown(r))
                continue;
            ck_assert_msg(!r->def || !strstr(r->help, "default"), "%s --%s: the default is added to the help", v->name, r->name);
            for (size_t n = 0; r->names && (name = r->names(n, &says)) != NULL; n++) {
                size_t len = strlen(name);
                const char *at = strstr(r->help, name);
                ck_assert_msg(!at || at[len] != ':', "%s --%s: %s is explained by its row", v->name, r->name, name);
                ck_assert_msg(!says || !strstr(says, "default"), "%s --%s: %s: the default is added to the help", v->name, r->name, says);
            }
        }
    }
}
END_TEST

START_TEST(the_dictionary_is_complete_and_its_tables_stand_together)
{
    for (const nfi_dict_column *c = nfi_dict; c->table; c++) {
        ck_assert_msg(c->name && c->type && c->range && c->meaning[0], "%s.%s is not explained", c->table, c->name);
        one_phrase(c->name, c->meaning);
        bool left = false;
        for (const nfi_dict_column *d = c + 1; d->table; d++) {
            bool same = strcmp(c->table, d->table) == 0;
            ck_assert_msg(!same || !left, "%s stands in two places", c->table);
            ck_assert_msg(!same || strcmp(c->name, d->name) != 0, "%s.%s stands twice", c->table, c->name);
            left |= !same;
        }
    }
}
END_TEST

START_TEST(headers_follow_the_dictionary)
{
    static const char *const classes[] = {"economic", "military"};
    const nf_str carried[] = {{"id", 2}, {"label", 5}, {"score_military", 14}, {"score_other", 11}};
    char dir[NFT_PATH], path[NFT_PATH + 8];
    nf_csv *w;

    nft_dir(dir);
    snprintf(path, sizeof path, "%s/t.csv", dir);
    nft_ok(nf_csv_open(&w, path, NF_CSV_PLAIN, &nft_err));
    nfi_dict_header(w, "scores", carried, 4, classes, 2);
    nft_ok(nf_csv_close(w, 1, &nft_err));
    char *got = nft_read(path, NULL);
    ck_assert_str_eq(got, "id,input_label,input_score_military,score_other,status,label,second_label,margin,n_tokens,oov_share,"
                          "score_economic,score_military,prob_economic,prob_military\n");
    free(got);
    ck_assert(nfi_dict_has("scores", "prob_military", 13, classes, 2));
    ck_assert(!nfi_dict_has("scores", "prob_", 5, classes, 2));
    ck_assert(!nfi_dict_has("nowhere", "label", 5, classes, 2));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("verbs");
    TCase *c = tcase_create("rows");

    tcase_add_test(c, verbs_are_complete);
    tcase_add_test(c, options_are_unique_and_explained);
    tcase_add_test(c, defaults_and_implied_values_are_in_range);
    tcase_add_test(c, pages_and_completions_are_the_same_twice);
    tcase_add_test(c, helps_fit_the_screen_and_say_nothing_twice);
    tcase_add_test(c, the_dictionary_is_complete_and_its_tables_stand_together);
    tcase_add_test(c, headers_follow_the_dictionary);
    suite_add_tcase(s, c);
    return nft_run(s);
}
