/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a page: refused with words, or text whose marks cover it line by line, without blank lines and without controls between
 * words. */
#include "base/try.h"
#include "base/utf8.h"
#include "datasets/html.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(nf_str s)
{
    NF_ASSERT(nfi_utf8_valid_prefix(s.p, s.n) == s.n && (s.n == 0 || !memchr(s.p, '\0', s.n)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nfi_arena arena = {0};
    nfi_buf text = {0};
    nfi_page p = {0}, again = {0};
    nf_err err = {0};
    char name[NFI_CHARSET_NAME];
    size_t at = 0;

    const char *charset = nfi_html_charset((const char *)data, size, name);
    NF_ASSERT(!charset || strlen(charset) < NFI_CHARSET_NAME);
    nfi_utf8_repair(&text, (const char *)data, size);
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\0')
            text.p[i] = ' ';
    (void)nfi_html_field(text.p, text.n);
    nf_status s = nfi_html_read(&p, (nf_str){text.p, text.n}, &arena, &err);
    NF_ASSERT(s == NF_OK || s == NF_ELIMIT || (s == NF_EFORMAT && !nfi_has_html));
    if (s == NF_OK) {
        check(p.title);
        check(p.date);
        check(p.url);
        check(p.lang);
        check(p.source);
        check(p.text);
        for (size_t i = 0; i < p.nmarks; i++) {
            NF_ASSERT(p.mark[i].end > at && p.mark[i].end <= p.text.n && p.mark[i].linked <= p.mark[i].end - at);
            NF_ASSERT(!memchr(p.text.p + at, '\n', p.mark[i].end - at) && (i + 1 == p.nmarks || p.text.p[p.mark[i].end] == '\n'));
            NF_ASSERT(p.text.p[at] != ' ' && p.text.p[p.mark[i].end - 1] != ' ');
            at = p.mark[i].end + 1;
        }
        NF_ASSERT(p.nmarks ? at == p.text.n + 1 : p.text.n == 0);
        NF_ASSERT(nfi_html_read(&again, (nf_str){text.p, text.n}, &arena, NULL) == NF_OK);
        NF_ASSERT(again.text.n == p.text.n && again.nmarks == p.nmarks);
    } else {
        NF_ASSERT(err.msg[0] && !strchr(err.msg, '\n'));
    }
    nfi_buf_clear(&text);
    nfi_arena_clear(&arena);
    return 0;
}
