/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_clean.c - any bytes as a text to clean, as phrases and as the content of a cleaner. Of a text the first byte picks the rules; bytes
 * 1 to 31 stand for lines that pages have. Stops the process when cuts overlap, leave the text or do not add up.
 */
#include "clean_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void clean(const uint8_t *data, size_t size)
{
    const char *without[NFI_RULES];
    nf_clean_opts o = {.without = without};
    nf_cleaner *c;
    nf_cuts cuts = {0}, again = {0};
    nfi_buf text = {0};

    for (int k = 0; k < NFI_RULES; k++)
        if (data[0] & 1 << k)
            without[o.nwithout++] = nf_clean_rule_name((size_t)k, NULL);
    for (size_t i = 1; i < size; i++) {
        if (data[i] > 0 && data[i] < CK_LINES && data[i] != '\n')
            nfi_buf_puts(&text, ck_line_pool[data[i]]);
        else
            nfi_buf_putc(&text, (char)data[i]);
    }
    NF_ASSERT(nfi_buf_ok(&text) && nf_cleaner_new(&c, &o, NULL) == NF_OK);
    char *exact = nfi_alloc(text.n, 1); /* exactly its bytes: an access behind them is seen */
    NF_ASSERT(exact != NULL);
    if (text.n)
        memcpy(exact, text.p, text.n);
    nf_str s = {exact, text.n};
    NF_ASSERT(nf_clean_text(c, s, (nf_str){0}, NULL, 0, &cuts, NULL) == NF_OK);
    ck_check_cuts(s, &cuts);
    size_t n = nf_clean_apply(s, &cuts, exact);
    NF_ASSERT(nf_clean_text(c, (nf_str){exact, n}, (nf_str){0}, NULL, 0, &again, NULL) == NF_OK);
    ck_check_cuts((nf_str){exact, n}, &again);
    nf_cuts_clear(&cuts);
    nf_cuts_clear(&again);
    nf_cleaner_free(c);
    nfi_free(exact);
    nfi_buf_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nfi_phrases p = {0};
    nfi_word_marks marks = {0};
    nf_cleaner *c;

    if (size == 0)
        return 0;
    clean(data, size);
    if (nfi_phrases_add(&p, NULL, (const char *)data, size, "fuzz", NULL) == NF_OK)
        NF_ASSERT(nfi_phrases_settle(&p, &marks, NULL) == NF_OK);
    nfi_phrases_clear(&p);
    if (nfi_cleaner_from_content(&c, data, size, "fuzz", NULL) == NF_OK) {
        NF_ASSERT(c->content.n == size && memcmp(c->content.p, data, size) == 0);
        nf_cleaner_free(c);
    }
    return 0;
}
