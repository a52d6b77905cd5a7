/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status texts, messages and their escapes. */
#include "nft.h"

#include "base/try.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

START_TEST(every_status_has_its_number_and_text)
{
#define X(name, value, text)                                                                       \
    ck_assert_int_eq(name, value);                                                                 \
    ck_assert_str_eq(nf_strstatus(name), text);
    NF_STATUSES(X)
#undef X
    ck_assert_str_eq(nf_strstatus((nf_status)4711), "unknown status");
}
END_TEST

START_TEST(failing_fills_all_fields)
{
    nf_err e;

    memset(&e, 0x5a, sizeof e);
    ck_assert_int_eq(NF_FAIL_AT(&e, NF_EFORMAT, "corpus.jsonl", 17, "field \"%s\" is a number", "text"), NF_EFORMAT);
    ck_assert_int_eq(e.code, NF_EFORMAT);
    ck_assert_str_eq(e.path, "corpus.jsonl");
    ck_assert_uint_eq(e.line, 17);
    ck_assert_int_eq(e.has_byte, 0);
    ck_assert_str_eq(e.msg, "field \"text\" is a number");
    ck_assert_int_eq(NF_FAIL(&e, NF_EINVAL, "no"), NF_EINVAL);
    ck_assert_str_eq(e.path, "");
    ck_assert_uint_eq(e.line, 0);
    ck_assert_int_eq(NF_FAIL(NULL, NF_EDATA, "nobody %s", "listens"), NF_EDATA);
}
END_TEST

START_TEST(system_errors_map_to_statuses)
{
    nf_err e = {0};

    ck_assert_int_eq(nfi_fail_errno(&e, ENOENT, "a.csv", "cannot open"), NF_EIO);
    ck_assert_str_eq(e.msg, "cannot open: No such file or directory");
    ck_assert_str_eq(e.path, "a.csv");
    ck_assert_int_eq(nfi_fail_errno(&e, EPIPE, NULL, "cannot write"), NF_EPIPE);
    ck_assert_int_eq(nfi_fail_errno(&e, ENOMEM, NULL, "cannot map"), NF_ENOMEM);
    ck_assert_int_eq(nfi_oom(&e, "the vocabulary"), NF_ENOMEM);
    ck_assert_str_eq(e.msg, "out of memory for the vocabulary");
}
END_TEST

START_TEST(terminal_controls_never_enter_a_message)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"plain", "plain"},
        {"tab\there", "tab\\u{9}here"},
        {"\x1b[2J", "\\u{1b}[2J"},
        {"\x7f", "\\u{7f}"},
        {"\xc2\x9b", "\\u{9b}"},                       /* C1 control sequence introducer */
        {"a\xe2\x80\xae" "b", "a\\u{202e}b"},          /* right-to-left override */
        {"\xe2\x81\xa6", "\\u{2066}"},
        {"\xd8\x9c", "\\u{61c}"},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"\xff\xe2\x82", "\\xff\\xe2\\x82"},           /* no character, and one cut short */
    };
    char out[64];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nfi_escape(out, sizeof out, cases[i].in, strlen(cases[i].in));
        ck_assert_str_eq(out, cases[i].out);
    }
    nf_err e = {0};
    ck_assert_int_eq(NF_FAIL_AT(&e, NF_EIO, "evil\n\x1b]0;x", 0, "a\nb"), NF_EIO);
    ck_assert_str_eq(e.msg, "a\\u{a}b");
    ck_assert_str_eq(e.path, "evil\\u{a}\\u{1b}]0;x");
}
END_TEST

START_TEST(escaping_cuts_at_a_character)
{
    char out[8];

    for (size_t cap = 0; cap <= sizeof out; cap++) {
        memset(out, '!', sizeof out);
        nfi_escape(out, cap, "\xe2\x82\xac\xe2\x82\xac", 6);
        if (cap > 0)
            ck_assert_uint_eq(strlen(out), cap >= 7 ? 6 : cap >= 4 ? 3 : 0);
        for (size_t i = cap; i < sizeof out; i++)
            ck_assert_int_eq(out[i], '!');
    }
}
END_TEST

START_TEST(long_paths_keep_their_tail_and_long_messages_end)
{
    char path[1001], text[2001];
    nf_err e = {0};

    memset(path, 'd', 1000);
    memcpy(path + 991, "tail.json", 10);
    memset(text, 'm', 2000);
    text[2000] = '\0';
    ck_assert_int_eq(NF_FAIL_AT(&e, NF_EIO, path, 0, "%s", text), NF_EIO);
    ck_assert_uint_eq(strlen(e.path), 200);
    ck_assert_str_eq(e.path + 191, "tail.json");
    ck_assert_uint_eq(strlen(e.msg), sizeof e.msg - 1);
}
END_TEST

START_TEST(broken_invariants_stop_the_process)
{
    NF_ASSERT(1 + 1 == 3);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("status");
    TCase *t = tcase_create("status");
    tcase_add_test(t, every_status_has_its_number_and_text);
    tcase_add_test(t, failing_fills_all_fields);
    tcase_add_test(t, system_errors_map_to_statuses);
    tcase_add_test(t, terminal_controls_never_enter_a_message);
    tcase_add_test(t, escaping_cuts_at_a_character);
    tcase_add_test(t, long_paths_keep_their_tail_and_long_messages_end);
    if (nft_forks())
        tcase_add_test_raise_signal(t, broken_invariants_stop_the_process, SIGABRT);
    suite_add_tcase(s, t);
    return nft_run(s);
}
