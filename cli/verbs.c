/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs.c - the table of verbs, and the names behind the shared options. A new verb: its extern, its row, its file in meson.build. */
#include "cli/cli.h"

#include "base/registry.h"

#include <string.h>

extern const nfi_verb nfi_verb_count, nfi_verb_train, nfi_verb_merge, nfi_verb_forget, nfi_verb_score, nfi_verb_evaluate, nfi_verb_crossval,
    nfi_verb_cluster, nfi_verb_dedup, nfi_verb_clean, nfi_verb_convert, nfi_verb_features, nfi_verb_model, nfi_verb_columns,
    nfi_verb_inspect, nfi_verb_suggest, nfi_verb_explain, nfi_verb_terms;

const nfi_verb *const nfi_verbs[] = {&nfi_verb_count,
                                     &nfi_verb_train,
                                     &nfi_verb_merge,
                                     &nfi_verb_forget,
                                     &nfi_verb_score,
                                     &nfi_verb_explain,
                                     &nfi_verb_evaluate,
                                     &nfi_verb_crossval,
                                     &nfi_verb_cluster,
                                     &nfi_verb_dedup,
                                     &nfi_verb_suggest,
                                     &nfi_verb_inspect,
                                     &nfi_verb_terms,
                                     &nfi_verb_clean,
                                     &nfi_verb_convert,
                                     &nfi_verb_features,
                                     &nfi_verb_model,
                                     &nfi_verb_columns,
                                     NULL};

const char *const nfi_verb_groups[] = {"Learn", "Apply", "Judge", "Explore", "Prepare", "Files", "Help", NULL};

const nfi_verb *nfi_verb_find(const char *name)
{
    NFI_RETURN_ROW(nfi_verbs, name);
}

typedef struct choice {
    const char *name, *summary;
} choice;

static const char *nth(const choice *list, size_t n, size_t i, const char **summary)
{
    if (i >= n)
        return NULL;
    if (summary)
        *summary = list[i].summary;
    return list[i].name;
}

const char *nfi_encoding_name(size_t i, const char **summary)
{
    static const choice list[] = {[NF_ENC_REPAIR] = {"repair", "becomes U+FFFD, counted"},
                                  [NF_ENC_STRICT] = {"strict", "is an error"},
                                  [NF_ENC_UTF8_OR_1252] = {"utf8-or-1252", "makes the field Windows-1252"}};
    return nth(list, sizeof list / sizeof *list, i, summary);
}

const char *nfi_markup_name(size_t i, const char **summary)
{
    static const choice list[] = {[NF_MARKUP_AUTO] = {"auto", "HTML where a field begins with a tag and has the end tag of a block"},
                                  [NF_MARKUP_NONE] = {"none", "text, whatever it looks like"},
                                  [NF_MARKUP_HTML] = {"html", "HTML"}};
    return nth(list, sizeof list / sizeof *list, i, summary);
}

const char *nfi_dup_ids_name(size_t i, const char **summary)
{
    static const choice list[] = {{"error", "name both records and stop"}, {"suffix", "the n-th gets #n added"}};
    return nth(list, sizeof list / sizeof *list, i, summary);
}

const char *nfi_excel_name(size_t i, const char **summary)
{
    static const choice list[] = {[NF_CSV_PLAIN] = {"no", "UTF-8 with LF, lossless"},
                                  [NF_CSV_EXCEL] = {"us", "byte order mark, CRLF, formulas made harmless, long cells cut"},
                                  [NF_CSV_EXCEL_EU] = {"eu", "the same with semicolons and decimal commas"}};
    return nth(list, sizeof list / sizeof *list, i, summary);
}
