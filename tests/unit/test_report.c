/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_report.c - what the command line says on standard error, how it ends, and what a signal leaves behind. */
#include "cli/cli.h"
#include "cli/opt.h"

#include "base/io.h"
#include "base/try.h"
#include "nft.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const nfi_verb train = {.name = "train"};

/* Standard error goes to a file between these two. */
static char heard_path[NFT_PATH];
static int real_stderr;

static void listen_start(void)
{
    nft_file_str(heard_path, NULL, "stderr", "");
    fflush(stderr);
    real_stderr = dup(STDERR_FILENO);
    ck_assert_ptr_nonnull(freopen(heard_path, "w", stderr));
}

static char *listen_end(void)
{
    fflush(stderr);
    dup2(real_stderr, STDERR_FILENO);
    close(real_stderr);
    return nft_read(heard_path, NULL);
}

static void says(char *heard, const char *want)
{
    ck_assert_str_eq(heard, want);
    free(heard);
}

START_TEST(a_failure_names_verb_file_and_line)
{
    nfi_cli cli = {.verb = &train};
    nf_err err = {0};

    (void)NF_FAIL_AT(&err, NF_EFORMAT, "corpus.jsonl", 17, "field \"text\" is a number, expected a string");
    listen_start();
    ck_assert_int_eq(nfi_cli_fail(&cli, NF_EFORMAT, &err), NFI_EXIT_DATA);
    says(listen_end(), "newsframe: train: corpus.jsonl:17: field \"text\" is a number, expected a string\n");

    (void)NF_FAIL_AT(&err, NF_EMODEL, "m.nfm", 0, "checksum of section IDF differs");
    err.byte = 4096;
    err.has_byte = 1;
    listen_start();
    ck_assert_int_eq(nfi_cli_fail(&cli, NF_EMODEL, &err), NFI_EXIT_MODEL);
    says(listen_end(), "newsframe: train: m.nfm: byte 4096: checksum of section IDF differs\n");

    (void)NF_FAIL(&err, NF_EDATA, "only one class");
    listen_start();
    ck_assert_int_eq(nfi_cli_fail(&cli, NF_EDATA, &err), NFI_EXIT_DATA);
    says(listen_end(), "newsframe: train: only one class\n");
}
END_TEST

START_TEST(every_status_has_its_exit_code)
{
    static const struct {
        nf_status s;
        int code;
    } codes[] = {{NF_OK, 0},     {NF_EPIPE, 0}, {NF_EIO, 1},    {NF_ENOMEM, 1}, {NF_EINTERNAL, 1},
                 {NF_EINVAL, 2}, {NF_EDATA, 3}, {NF_EFORMAT, 3}, {NF_ELIMIT, 3}, {NF_EMODEL, 4}};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        ck_assert_int_eq(nfi_exit_code(codes[i].s), codes[i].code);
    for (int i = 0; i < NFI_EXITS; i++)
        ck_assert_ptr_nonnull(nfi_exit_texts[i]);
}
END_TEST

START_TEST(success_and_a_reader_that_left_are_silent)
{
    nfi_cli cli = {.verb = &train};
    nf_err err = {0};

    (void)NF_FAIL(&err, NF_EPIPE, "gone");
    listen_start();
    ck_assert_int_eq(nfi_cli_fail(&cli, NF_EPIPE, &err), NFI_EXIT_OK);
    ck_assert_int_eq(nfi_cli_fail(&cli, NF_OK, &err), NFI_EXIT_OK);
    says(listen_end(), "");
}
END_TEST

START_TEST(a_failure_without_a_message_still_says_what_it_is)
{
    nfi_cli cli = {0};

    listen_start();
    ck_assert_int_eq(nfi_cli_fail(&cli, NF_ENOMEM, NULL), NFI_EXIT_IO);
    says(listen_end(), "newsframe: out of memory\n");
}
END_TEST

START_TEST(warnings_notes_and_details_heed_quiet_and_verbose)
{
    nfi_cli plain = {.verb = &train}, quiet = {.verb = &train, .quiet = true, .verbose = true}, verbose = {.verb = &train, .verbose = true};
    nfi_cli *all[] = {&plain, &quiet, &verbose};

    listen_start();
    for (size_t i = 0; i < 3; i++) {
        nfi_cli_warn(all[i], "%d of %s", 1, "a\nb");
        nfi_cli_note(all[i], "note");
        nfi_cli_detail(all[i], "detail");
    }
    says(listen_end(), "newsframe: train: warning: 1 of a\\u{a}b\nnote\n"
                       "newsframe: train: warning: 1 of a\\u{a}b\n"
                       "newsframe: train: warning: 1 of a\\u{a}b\nnote\ndetail\n");
}
END_TEST

START_TEST(the_last_line_adds_up_and_leaves_zeros_out)
{
    nfi_cli cli = {.verb = &train};
    nfi_tally t;
    nf_docs_stats c = {.read = 10, .rejected = 2, .repaired = 3, .ids_made = 8};

    listen_start();
    nfi_tally_begin(&t, "read", 8406);
    nfi_tally_part(&t, "labelled", 8263);
    nfi_tally_part(&t, "empty", 143);
    nfi_tally_part(&t, "tie", 0);
    nfi_tally_end(&t, &cli);
    nfi_tally_begin(&t, "read", 0);
    nfi_tally_part(&t, "labelled", 0);
    nfi_tally_part(&t, "empty", 0);
    nfi_tally_end(&t, &cli);
    nfi_tally_begin(&t, "read", c.read);
    nfi_tally_part(&t, "counted", 8);
    nfi_tally_docs(&t, &c);
    nfi_tally_end(&t, &cli);
    says(listen_end(), "read 8406  labelled 8263  empty 143\nread 0  labelled 0\n"
                       "read 10  counted 8  rejected 2  (UTF-8 repaired 3, ids made 8)\n");
}
END_TEST

START_TEST(parts_that_do_not_add_up_stop_the_program)
{
    nfi_cli cli = {.verb = &train};
    nfi_tally t;

    nfi_tally_begin(&t, "read", 3);
    nfi_tally_part(&t, "labelled", 2);
    nfi_tally_end(&t, &cli);
}
END_TEST

START_TEST(no_progress_line_without_a_terminal)
{
    nfi_cli cli = {.verb = &train};
    nfi_progress p;

    listen_start();
    nfi_progress_start(&p, &cli, "training", "documents");
    p.start -= 100; /* long ago */
    nfi_progress_at(&p, 500, 1, 2);
    nfi_progress_stop(&p);
    says(listen_end(), "");
    ck_assert_ptr_null(cli.live);
}
END_TEST

START_TEST(progress_shows_rate_and_time_left_and_gives_way)
{
    nfi_cli cli = {.verb = &train};
    nfi_progress p;

    listen_start();
    nfi_progress_start(&p, &cli, "training", "documents");
    p.on = true; /* as on a terminal */
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    p.start = (double)now.tv_sec + 1e-9 * (double)now.tv_nsec - 100.3;
    nfi_progress_at(&p, 5000, 1, 4);
    nfi_progress_at(&p, 5001, 1, 4); /* too soon after the last */
    nfi_cli_note(&cli, "done");
    char *heard = listen_end();
    ck_assert_ptr_nonnull(strstr(heard, "\rtraining: 5000 documents, 49/s, 25%, 5:01 left"));
    ck_assert_ptr_null(strstr(heard, "5001"));
    size_t n = strlen(heard);
    ck_assert(n > 6 && memcmp(heard + n - 6, "\rdone\n", 6) == 0); /* the line was wiped before */
    free(heard);
}
END_TEST

START_TEST(an_output_that_is_an_input_is_refused)
{
    char dir[NFT_PATH], a[NFT_PATH], b[NFT_PATH];
    nfi_cli cli = {.verb = &train};

    nft_dir(dir);
    nft_file_str(a, dir, "a.csv", "x");
    nft_file_str(b, dir, "b.csv", "x");
    char stdin_name[] = "-", *inputs[] = {stdin_name, b};
    ck_assert_int_eq(nfi_cli_check_output(&cli, a, inputs, 2), NFI_EXIT_OK);
    ck_assert_int_eq(nfi_cli_check_output(&cli, "-", inputs, 2), NFI_EXIT_OK);
    ck_assert_int_eq(nfi_cli_check_output(&cli, NULL, inputs, 2), NFI_EXIT_OK);
    listen_start();
    ck_assert_int_eq(nfi_cli_check_output(&cli, b, inputs, 2), NFI_EXIT_USAGE);
    char *heard = listen_end();
    ck_assert_ptr_nonnull(strstr(heard, "is also an input"));
    free(heard);
}
END_TEST

START_TEST(the_shared_rows_become_reading_options)
{
    nfi_input_opts in = {.text = "body", .delimiter = ';', .encoding = "strict", .dup_ids = 1, .rejects = "bad.csv"};
    nfi_common_opts common = {.threads = 3};
    nf_docs_opts d;

    nfi_cli_docs_opts(&d, &in, &common);
    ck_assert_str_eq(d.text, "body");
    ck_assert_str_eq(d.rejects, "bad.csv");
    ck_assert_ptr_null(d.charset);
    ck_assert(d.delimiter == ';' && d.encoding == NF_ENC_STRICT && d.dup_ids_suffix && d.threads == 3 && !d.need_label);
    in.encoding = "koi8-r";
    nfi_cli_docs_opts(&d, &in, &common);
    ck_assert_str_eq(d.charset, "koi8-r");
    ck_assert_int_eq(d.encoding, NF_ENC_REPAIR);
}
END_TEST

static int files_in(const char *dir)
{
    DIR *d = opendir(dir);
    int n = 0;
    ck_assert_ptr_nonnull(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.' || (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0);
    closedir(d);
    return n;
}

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};

START_TEST(a_signal_removes_unfinished_outputs_and_keeps_its_status)
{
    char dir[NFT_PATH], path[NFT_PATH + 8], ready;
    int pipefd[2], status;

    nft_dir(dir);
    snprintf(path, sizeof path, "%s/out", dir);
    ck_assert_int_eq(pipe(pipefd), 0);
    pid_t child = fork();
    if (child == 0) {
        nfi_out *o;
        signal(ends[_i], SIG_DFL);
        nfi_signals_init();
        if (nfi_out_open(&o, path, NULL) != NF_OK)
            _exit(9);
        ready = files_in(dir) == 1 ? 'y' : 'n';
        if (write(pipefd[1], &ready, 1) == 1)
            for (;;)
                pause();
        _exit(9);
    }
    ck_assert_int_eq(read(pipefd[0], &ready, 1), 1);
    ck_assert_int_eq(ready, 'y');
    ck_assert_int_eq(kill(child, ends[_i]), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == ends[_i]);
    ck_assert_int_eq(files_in(dir), 0);
    close(pipefd[0]);
    close(pipefd[1]);
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored)
{
    struct sigaction now;

    signal(SIGHUP, SIG_IGN);
    nfi_signals_init();
    ck_assert_int_eq(sigaction(SIGHUP, NULL, &now), 0);
    ck_assert(now.sa_handler == SIG_IGN);
    ck_assert_int_eq(sigaction(SIGPIPE, NULL, &now), 0);
    ck_assert(now.sa_handler == SIG_IGN);
    ck_assert_int_eq(sigaction(SIGXFSZ, NULL, &now), 0);
    ck_assert(now.sa_handler == SIG_IGN);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("report");
    TCase *c = tcase_create("report");

    tcase_add_test(c, a_failure_names_verb_file_and_line);
    tcase_add_test(c, every_status_has_its_exit_code);
    tcase_add_test(c, success_and_a_reader_that_left_are_silent);
    tcase_add_test(c, a_failure_without_a_message_still_says_what_it_is);
    tcase_add_test(c, warnings_notes_and_details_heed_quiet_and_verbose);
    tcase_add_test(c, the_last_line_adds_up_and_leaves_zeros_out);
    if (!getenv("CK_FORK") || strcmp(getenv("CK_FORK"), "no") != 0)
        tcase_add_test_raise_signal(c, parts_that_do_not_add_up_stop_the_program, SIGABRT);
    tcase_add_test(c, no_progress_line_without_a_terminal);
    tcase_add_test(c, progress_shows_rate_and_time_left_and_gives_way);
    tcase_add_test(c, an_output_that_is_an_input_is_refused);
    tcase_add_test(c, the_shared_rows_become_reading_options);
    tcase_add_loop_test(c, a_signal_removes_unfinished_outputs_and_keeps_its_status, 0, 3);
    tcase_add_test(c, an_ignored_signal_stays_ignored);
    suite_add_tcase(s, c);
    return nft_run(s);
}
