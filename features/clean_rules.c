/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clean_rules.c - the rules, in their order, and those that ask one thing of a line: the table, its script, a phrase. */
#include "features/clean.h"

#include "features/script.h"

enum { SENTENCE_WORDS = 7, COPIED_SENTENCES = 2 };

static bool in_table(const nf_cleaner *c, const nfi_text_lines *t, const nfi_line *l)
{
    nfi_hash128 key;

    return nfi_line_key(t, l, t->source, &key) && nfi_frozen_has(&c->frozen, key);
}

/*
 * True of a text that is one line, and of one four fifths of whose sentences the table knows: it is a copy of others, as wire copies are.
 * Lines too long for the table say nothing. Lines that are cut count too, so that all rounds say the same.
 */
static bool is_copy(const nf_cleaner *c, const nfi_text_lines *t)
{
    uint64_t known = 0, all = 0;
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        const nfi_line *l = &t->line[i];
        if (!(l->flags & NFI_LINE_END) || !(l->flags & NFI_LINE_WHOLE) || l->words < SENTENCE_WORDS)
            continue;
        all += l->chars;
        if (in_table(c, t, l)) {
            known += l->chars;
            n++;
        }
    }
    return t->n == 1 || (n >= COPIED_SENTENCES && known * 5 >= all * 4);
}

/* The sentences of a copy stay. */
static void cut_lines(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    if (c->frozen.n == 0)
        return;
    bool copy = is_copy(c, t);
    for (size_t i = 0; i < t->nlive; i++) {
        nfi_line *l = nfi_live_line(t, i);
        if (!(copy && (t->n == 1 || l->flags & NFI_LINE_END)) && in_table(c, t, l))
            l->rule = (int8_t)rule;
    }
}

static void cut_script(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    uint64_t letters[NFI_SCRIPTS] = {0}, all = 0;
    unsigned most = 0;

    (void)c;
    if ((t->scripts & (t->scripts - 1)) == 0)
        return;
    for (size_t i = 0; i < t->nlive; i++) {
        const nfi_line *l = nfi_live_line(t, i);
        uint64_t n = l->flags & NFI_LINE_WHOLE ? l->letters : l->chars;
        letters[l->script] += n;
        all += n;
    }
    for (unsigned k = 1; k < NFI_SCRIPTS; k++)
        if (letters[k] > letters[most] || most == 0)
            most = k;
    if (letters[most] * 10 < all * 7) /* no one script is the text's own */
        return;
    for (size_t i = 0; i < t->nlive; i++) {
        nfi_line *l = nfi_live_line(t, i);
        if (l->rule < 0 && l->script && l->script != most && l->flags & NFI_LINE_WHOLE &&
            (l->script != NFI_SCRIPT_LATIN || l->letters >= 20))
            l->rule = (int8_t)rule;
    }
}

static void cut_phrases(const nf_cleaner *c, nfi_text_lines *t, int rule)
{
    (void)c;
    for (size_t i = 0; i < t->nlive; i++) {
        nfi_line *l = nfi_live_line(t, i);
        if (l->rule < 0 && l->flags & NFI_LINE_PHRASE)
            l->rule = (int8_t)rule;
    }
}

const nfi_clean_rule nfi_clean_rules[NFI_RULES] = {
    [NFI_RULE_LINES] = {"lines", "lines that the line table knows from many documents of the source", cut_lines},
    [NFI_RULE_SHAPE] = {"shape", "lines that look like menus, links and headlines, among lines that do", nfi_cut_shape},
    [NFI_RULE_POSITION] = {"position", "text that stands apart from the article: teasers before it, comments and other stories after it",
                           nfi_cut_position},
    [NFI_RULE_SCRIPT] = {"script", "lines in another script than the text", cut_script},
    [NFI_RULE_REPEATS] = {"repeats", "lines that say again what a line before them says", nfi_cut_repeats},
    [NFI_RULE_PHRASES] = {"phrases", "lines with a phrase of the list", cut_phrases},
};
