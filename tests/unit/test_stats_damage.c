/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statistics files that lie: every byte changed, every length, and contents that make no sense under checksums that hold. */
#include "stats_kit.h"

#include "base/section.h"
#include "features/unicode.h"

/* A file in pieces: what each section holds. */
typedef struct piece {
    const char *tag;
    nfi_elem type;
    const void *p;
    size_t n; /* elements */
} piece;

enum { TERM, STAT, CDOC, LABL, META, STOP, TOTL, LEDG, PIECES };

#define BYTES(s) (s), sizeof(s) - 1
static const char term[] = "\0\3fox\0\3red\3\4 fox";
static const char stat[] = "\2\2\2\1\0\1\1\1" /* fox: 2 documents, 2 times, sum 2; 1 entry: class 0, 1, 1, 1 */
                           "\2\3\3\2\0\1\1\1\1\1\2\2"
                           "\1\1\1\1\0\1\1\1";
static const uint64_t cdoc[] = {1, 1}, totl[] = {3, 1, 5, 3, 4};
static const char ledg[] = "0123456789abcdef0123456789abcdef\1a"
                           "1123456789abcdef0123456789abcdef\1b"
                           "1123456789abcdef0123456789abcdeg\1b";
static char meta[512];

static void make_meta(const char *name, const char *value)
{
    nfi_settings s;
    nfi_text t = {.tokenizer = nfi_tokenizer_find("news"), .lo = 1, .hi = 2};
    size_t n = 0;

    snprintf(t.stop.name, sizeof t.stop.name, "none");
    nfi_settings_of(&s, &t, nfi_weighting_find("tfidf"), false);
    for (int i = 0; i < NFI_SETTINGS; i++) {
        const char *v = name && strcmp(nfi_setting_names[i], name) == 0 ? value : s.value[i];
        n += (size_t)snprintf(meta + n, sizeof meta - n, "%s=%s\n", nfi_setting_names[i], v);
    }
}

/* The sound file; LEDG is left out. */
static void sound(piece p[PIECES])
{
    make_meta(NULL, NULL);
    p[TERM] = (piece){"TERM", NFI_BYTES, BYTES(term)};
    p[STAT] = (piece){"STAT", NFI_BYTES, BYTES(stat)};
    p[CDOC] = (piece){"CDOC", NFI_U64, cdoc, 2};
    p[LABL] = (piece){"LABL", NFI_BYTES, BYTES("\1A\1B")};
    p[META] = (piece){"META", NFI_BYTES, meta, strlen(meta)};
    p[STOP] = (piece){"STOP", NFI_BYTES, BYTES("")};
    p[TOTL] = (piece){"TOTL", NFI_U64, totl, 5};
    p[LEDG] = (piece){NULL, NFI_BYTES, NULL, 0};
}

static void write_pieces(char path[NFT_PATH], const piece p[PIECES])
{
    static char dir[NFT_PATH];
    nfi_secw *w;

    if (!dir[0])
        nft_dir(dir);
    kit_path(path, dir, "made.nfs");
    nft_ok(nfi_secw_open(&w, path, 'S', NFI_STATS_MAJOR, NFI_STATS_MINOR, &nft_err));
    for (int i = 0; i < PIECES; i++)
        if (p[i].tag)
            nfi_secw_section(w, p[i].tag, p[i].type, true, p[i].p, p[i].n);
    nft_ok(nfi_secw_commit(w, &nft_err));
}

/* Opens, reads to the end, and writes what was read. */
static nf_status verdict(const char *path, nf_err *err)
{
    static char out[NFT_PATH + 8];
    nf_counted *c = NULL;
    nf_status s = nf_counted_open(&c, &path, 1, err);

    if (s != NF_OK) {
        ck_assert_ptr_null(c);
        return s;
    }
    snprintf(out, sizeof out, "%s.out", path);
    s = nf_counted_save(c, 1, out, err);
    nf_counted_free(c);
    return s;
}

static void refused(const piece p[PIECES], const char *what)
{
    char path[NFT_PATH];
    nf_err err = {0};

    write_pieces(path, p);
    nf_status s = verdict(path, &err);
    ck_assert_msg(s == NF_EMODEL, "%s: %s instead of a refusal (%s)", what, nf_strstatus(s), err.msg);
    ck_assert_msg(err.msg[0] && strstr(err.path, "made.nfs"), "%s: no message, or not about the file: %s", what, err.msg);
}

START_TEST(the_sound_file_is_read)
{
    piece p[PIECES];
    char path[NFT_PATH];

    sound(p);
    write_pieces(path, p);
    nft_ok(verdict(path, &nft_err));
    p[LEDG] = (piece){"LEDG", NFI_BYTES, BYTES(ledg)};
    write_pieces(path, p);
    nft_ok(verdict(path, &nft_err));
}
END_TEST

START_TEST(sections_that_make_no_sense_are_refused)
{
    static const struct {
        const char *what;
        int at;
        const char *p;
        size_t n;
    } table[] = {
        {"first term shares bytes", TERM, BYTES("\1\3fox\0\3red\3\4 fox")},
        {"shares more than there is", TERM, BYTES("\0\3fox\0\3red\4\4 fox")},
        {"shares less than it could", TERM, BYTES("\0\3fox\0\3red\2\5d fox")},
        {"nothing follows", TERM, BYTES("\0\3fox\0\3red\3\0")},
        {"terms fall", TERM, BYTES("\0\3red\0\3fox\3\4 fox")},
        {"a term twice", TERM, BYTES("\0\3red\0\3red\3\4 fox")},
        {"a term ends early", TERM, BYTES("\0\3fox\0\3red\3\5 fox")},
        {"a term too many", TERM, BYTES("\0\3fox\0\3red\3\4 fox\0\1x")},
        {"a byte too many", TERM, BYTES("\0\3fox\0\3red\3\4 fox\0")},
        {"a term missing", TERM, BYTES("\0\3fox\0\3red")},
        {"an empty word", TERM, BYTES("\0\3fox\0\3red\3\5  fox")},
        {"a space at the end", TERM, BYTES("\0\3fox\0\3red\3\4 fo ")},
        {"a space at the start", TERM, BYTES("\0\3 ox\0\3red\3\4 fox")},
        {"a tab", TERM, BYTES("\0\3fox\0\3red\3\4\tfox")},
        {"a NUL", TERM, BYTES("\0\3f\0x\0\3red\3\4 fox")},
        {"three words of at most two", TERM, BYTES("\0\3fox\0\3red\3\4 f x")},
        {"not UTF-8", TERM, BYTES("\0\3fox\0\3red\3\4 fo\xff")},
        {"a number not in its shortest form", TERM, BYTES("\0\x83\0fox\0\3red\3\4 fox")},
        {"a number beyond 64 bits", TERM, BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\2\3fox")},
        {"a length beyond all terms", TERM, BYTES("\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\1")},
        {"no terms", TERM, BYTES("")},
        {"no document", STAT, BYTES("\0\2\2\0\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"fewer occurrences than documents", STAT, BYTES("\2\1\2\1\0\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"more documents than there are", STAT, BYTES("\4\4\2\1\0\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"more occurrences than tokens", STAT, BYTES("\2\6\2\1\0\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"more entries than labels", STAT, BYTES("\2\2\2\3\0\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"a label that does not exist", STAT, BYTES("\2\2\2\1\2\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"a label far away", STAT, BYTES("\2\2\2\1\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\1\1\1")},
        {"a label twice", STAT, BYTES("\2\2\2\1\0\1\1\1\2\3\3\2\0\1\1\1\0\1\2\2\1\1\1\1\0\1\1\1")},
        {"an entry without document", STAT, BYTES("\2\2\2\1\0\0\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"more documents in a class than it has", STAT, BYTES("\2\2\2\1\0\2\2\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"classes have more documents than all", STAT, BYTES("\2\2\2\1\0\1\1\1\1\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"classes have more occurrences than all", STAT, BYTES("\2\2\2\1\0\1\1\1\2\2\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"classes have more weight than all", STAT, BYTES("\2\2\2\1\0\1\1\1\2\3\2\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"more unlabelled documents than there are", STAT, BYTES("\2\2\2\0\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"a negative sum", STAT, BYTES("\2\2\xff\xff\xff\xff\xff\xff\xff\xff\xff\1\1\0\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1")},
        {"sums end early", STAT, BYTES("\2\2\2\1\0\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1")},
        {"sums follow the last", STAT, BYTES("\2\2\2\1\0\1\1\1\2\3\3\2\0\1\1\1\1\1\2\2\1\1\1\1\0\1\1\1\1")},
        {"an entry less than announced", STAT, BYTES("\2\2\2\1\0\1\1\1\2\3\3\1\0\1\1\1\1\1\1\1\0\1\1\1")},
        {"labels fall", LABL, BYTES("\1B\1A")},
        {"a label twice in the list", LABL, BYTES("\1A\1A")},
        {"an empty label", LABL, BYTES("\0\1A")},
        {"a label beyond the end", LABL, BYTES("\1A\2B")},
        {"a label of 129 bytes", LABL, BYTES("\1A\x81\1")},
        {"a label that is not UTF-8", LABL, BYTES("\1A\1\xff")},
        {"a label with a NUL", LABL, BYTES("\1A\2B\0")},
        {"one label for two counts", LABL, BYTES("\1A")},
        {"stop words fall", STOP, BYTES("\2up\2at")},
        {"an empty stop word", STOP, BYTES("\0")},
        {"no settings", META, BYTES("")},
        {"one setting", META, BYTES("ngrams=1-2\n")},
        {"a ledger too short", LEDG, BYTES("0123456789abcdef0123456789abcdef\1a")},
        {"a ledger that falls", LEDG,
         BYTES("1123456789abcdef0123456789abcdef\1b0123456789abcdef0123456789abcdef\1a1123456789abcdef0123456789abcdeg\1b")},
        {"a pair twice in one ledger", LEDG,
         BYTES("0123456789abcdef0123456789abcdef\1a0123456789abcdef0123456789abcdef\1a1123456789abcdef0123456789abcdeg\1b")},
        {"a ledger that ends early", LEDG,
         BYTES("0123456789abcdef0123456789abcdef\1a1123456789abcdef0123456789abcdef\1b1123456789abcdef0123456789abcdeg\2b")},
        {"an id of a ledger that is too long", LEDG, BYTES("0123456789abcdef0123456789abcdef\x81\10")},
        {"an id of a ledger that is not UTF-8", LEDG,
         BYTES("0123456789abcdef0123456789abcdef\1\xff" "1123456789abcdef0123456789abcdef\1b1123456789abcdef0123456789abcdeg\1b")},
    };
    piece p[PIECES];

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        sound(p);
        p[table[i].at] = (piece){table[i].at == LEDG ? "LEDG" : p[table[i].at].tag, NFI_BYTES, table[i].p, table[i].n};
        refused(p, table[i].what);
    }
}
END_TEST

START_TEST(counts_that_do_not_add_up_are_refused)
{
    static const uint64_t total[][5] = {
        {4, 1, 5, 3, 4}, {3, 2, 5, 3, 4}, {3, 1, 2, 3, 4}, {3, 1, 5, 2, 4},
        {3, 1, 5, 4, 4}, {3, 1, 5, 3, 3}, {3, 1, 5, 3, 5}, {3, UINT64_MAX, 5, 3, 4},
    };
    static const uint64_t none[] = {0, 2}, huge[] = {UINT64_MAX, 1};
    piece p[PIECES];

    for (size_t i = 0; i < sizeof total / sizeof *total; i++) {
        sound(p);
        p[TOTL].p = total[i];
        refused(p, "totals");
    }
    sound(p);
    p[TOTL].n = 4;
    refused(p, "four totals");
    sound(p);
    p[CDOC].p = none;
    refused(p, "a label without documents");
    p[CDOC].p = huge;
    refused(p, "more documents than 64 bits");
    for (int i = 0; i < PIECES; i++) {
        sound(p);
        p[i].type = p[i].type == NFI_BYTES ? NFI_U16 : NFI_BYTES;
        p[i].n = p[i].type == NFI_BYTES ? p[i].n * 8 : p[i].n / 2;
        if (i != LEDG)
            refused(p, "a section of another type");
        sound(p);
        p[i].tag = NULL;
        if (i != LEDG)
            refused(p, "a missing section");
    }
    sound(p);
    p[LEDG] = (piece){"MORE", NFI_BYTES, "x", 1};
    refused(p, "a critical section that is not known");
}
END_TEST

START_TEST(settings_this_program_does_not_have_are_refused)
{
    static const char *const table[][2] = {
        {"tokenizer", "other"},
        {"tokenizer_version", "4000000000"},
        {"tokenizer_version", "x"},
        {"unicode", "1.1.5"},
        {"weighting", "sklearn"},
        {"weighting", "other"},
        {"ngrams", "2-1"},
        {"ngrams", "0-1"},
        {"ngrams", "1-5"},
        {"ngrams", "1-22"},
        {"ngrams", "12"},
        {"stopwords", ""},
        {"unicode", ""},
        {"stopwords", "a\nb"},
        {"stopwords", "\xff"},
        {"stopwords", "0123456789012345678901234567890123456789012345678901234567890123"},
    };
    piece p[PIECES];

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        sound(p);
        make_meta(table[i][0], table[i][1]);
        p[META].n = strlen(meta);
        refused(p, table[i][0]);
    }
    sound(p);
    snprintf(meta + p[META].n, sizeof meta - p[META].n, "zoom=2\n");
    p[META].n = strlen(meta);
    refused(p, "a setting more");
}
END_TEST

START_TEST(sums_that_overflow_are_an_error_not_a_number)
{
    /* each file is sound; their sum is not: 2^62 + 2^62 */
    static const char big[] = "\2\2\x80\x80\x80\x80\x80\x80\x80\x80\x40\1\0\1\1\1" "\2\3\3\2\0\1\1\1\1\1\2\2" "\1\1\1\1\0\1\1\1";
    static const uint64_t docs[] = {UINT64_MAX, UINT64_MAX - 2, 5, 3, 4};
    piece p[PIECES];
    char path[NFT_PATH];

    sound(p);
    p[STAT] = (piece){"STAT", NFI_BYTES, BYTES(big)};
    write_pieces(path, p);
    nft_ok(verdict(path, &nft_err));
    nft_fails(nf_stats_merge((const char *const[]){path, path}, 2, path, &nft_err), NF_ELIMIT);
    sound(p);
    p[TOTL].p = docs;
    write_pieces(path, p);
    nft_ok(verdict(path, &nft_err));
    nft_fails(nf_stats_merge((const char *const[]){path, path}, 2, path, &nft_err), NF_ELIMIT);
}
END_TEST

START_TEST(every_changed_byte_and_every_length_is_refused)
{
    piece p[PIECES];
    char path[NFT_PATH], dir[NFT_PATH];
    size_t n;

    sound(p);
    p[LEDG] = (piece){"LEDG", NFI_BYTES, BYTES(ledg)};
    write_pieces(path, p);
    char *good = nft_read(path, &n);
    nft_dir(dir);
    for (size_t i = 0; i < 2 * n; i++) {
        nf_err err = {0};
        size_t at = i / 2, len = i % 2 ? at : n;
        if (i % 2 == 0)
            good[at] = (char)(good[at] ^ (1 << at % 8));
        nft_file(path, dir, "bad.nfs", good, len);
        if (i % 2 == 0)
            good[at] = (char)(good[at] ^ (1 << at % 8));
        nf_status s = verdict(path, &err);
        ck_assert_msg(s == NF_EMODEL, "%s %zu: %s", i % 2 ? "length" : "byte", at, nf_strstatus(s));
        ck_assert_msg(err.msg[0], "no message");
    }
    free(good);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("stats_damage");
    TCase *t = tcase_create("stats_damage");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_sound_file_is_read);
    tcase_add_test(t, sections_that_make_no_sense_are_refused);
    tcase_add_test(t, counts_that_do_not_add_up_are_refused);
    tcase_add_test(t, settings_this_program_does_not_have_are_refused);
    tcase_add_test(t, sums_that_overflow_are_an_error_not_a_number);
    tcase_add_test(t, every_changed_byte_and_every_length_is_refused);
    suite_add_tcase(s, t);
    return nft_run(s);
}
