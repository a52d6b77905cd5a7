/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV in: records, columns, encodings, ids, limits, and what each fault is called. */
#include "unit/docs_dump.h"

#include "base/limits.h"

START_TEST(fields_keep_commas_quotes_and_line_ends)
{
    expect_str("a.csv", "id,text,label\n1,\"a, b\",war\n2,\"say \"\"no\"\"\",\n3,\"x\ny\r\nz\",eco\n", NULL,
               "columns: id, label\n"
               "2:1 id=1 label=war title= text=a, b [1] [war]\n"
               "3:2 id=2 label= title= text=say \"no\" [2] []\n"
               "4:3 id=3 label=eco title= text=x\ny\r\nz [3] [eco]\n");
    expect_str("a.csv", "id,text\n 1 , a b \n", NULL, "columns: id\n2:1 id= 1  label= title= text= a b  [ 1 ]\n"); /* nothing is trimmed */
}
END_TEST

START_TEST(line_ends_may_be_mixed_and_blank_lines_are_no_records)
{
    expect_str("a.csv", "id,text\r1,a\r\n\r\n2,b\n\n\r3,\"c\rd\"\r4,e", NULL,
               "columns: id\n"
               "2:1 id=1 label= title= text=a [1]\n"
               "4:2 id=2 label= title= text=b [2]\n"
               "7:3 id=3 label= title= text=c\rd [3]\n"
               "9:4 id=4 label= title= text=e [4]\n");
    expect_str("a.csv", "text\n\"\"\n\na\n", &(nf_docs_opts){.id = NULL},
               "columns:\n2:1 id=a.csv:1 label= title= text= flags=8\n4:2 id=a.csv:2 label= title= text=a flags=8\n");
}
END_TEST

START_TEST(the_delimiter_is_found_in_the_header_alone)
{
    expect_str("a.csv", "id;text\n1;a, b, c, d\n", NULL, "columns: id\n2:1 id=1 label= title= text=a, b, c, d [1]\n");
    expect_str("a.csv", "id\ttext\n1\ta;b;c\n", NULL, "columns: id\n2:1 id=1 label= title= text=a;b;c [1]\n");
    expect_str("a.csv", "id|text\n1|a\n", NULL, "columns: id\n2:1 id=1 label= title= text=a [1]\n");
    expect_str("a.csv", "\"a;b;c\",text\n1,x;y\n", NULL, "columns: a;b;c\n2:1 id=a.csv:1 label= title= text=x;y [1] flags=8\n");
    expect_str("a.tsv", "id\ttext,x\ttext\n1\t2\t3\n", NULL, "columns: id, text,x\n2:1 id=1 label= title= text=3 [1] [2]\n");
    expect_str("a.csv", "id#text\n1#a\n", &(nf_docs_opts){.delimiter = '#'}, "columns: id\n2:1 id=1 label= title= text=a [1]\n");
    expect_str("a.csv", "text\na,b\n", &(nf_docs_opts){.delimiter = '"'},
               "invalid argument : the delimiter must be one ASCII character, not a quote or a line end\n");
}
END_TEST

START_TEST(a_line_may_name_the_separator_before_the_header)
{
    expect_str("a.csv", "sep=;\nid;text\n1;a, b, c\n", NULL, "columns: id\n3:1 id=1 label= title= text=a, b, c [1]\n");
    expect_str("a.csv", "\xef\xbb\xbfSEP=|\r\n\r\nid|text\r\n1|a;b\r\n", NULL, "columns: id\n4:1 id=1 label= title= text=a;b [1]\n");
    expect_str("a.csv", "\n\"sep=\t\"\nid\ttext\n1\ta,b\n", NULL, "columns: id\n4:1 id=1 label= title= text=a,b [1]\n");
    expect_str("a", "sep=;\ntext\na\n", NULL, "columns:\n3:1 id=a:1 label= title= text=a flags=8\n");
    expect_str("a.csv", "sep=;\nid#text\n1#a\n", &(nf_docs_opts){.delimiter = '#'}, "columns: id\n3:1 id=1 label= title= text=a [1]\n");
    expect_str("a.csv", "sep=;\n1;\"a\"b\n", NULL, "malformed input a.csv:2: the header: text after a closing quote\n");
    expect_str("a.csv", "sep=,", NULL, "the data cannot support the request a.csv: empty file\n");
    expect_str("a.csv", "sep=a,text\n1,b\n", NULL, "columns: sep=a\n2:1 id=a.csv:1 label= title= text=b [1] flags=8\n"); /* a header */
    expect_str("a.csv", "sep=;x;text\n1;2;b\n", NULL, "columns: sep=, x\n2:1 id=a.csv:1 label= title= text=b [1] [2] flags=8\n");
}
END_TEST

START_TEST(a_byte_order_mark_says_the_encoding)
{
    expect_str("a.csv", "\xef\xbb\xbftext,id\na,1\n", NULL, "columns: id\n2:1 id=1 label= title= text=a [1]\n");
    expect("a.csv", "\xff\xfet\0e\0x\0t\0\n\0\xe9\0\n\0", 16, NULL, "columns:\n2:1 id=a.csv:1 label= title= text=\xc3\xa9 flags=8\n");
    expect("a.csv", "\xfe\xff\0t\0e\0x\0t\0\n\x20\x19\0", 15, NULL, /* cut within a character */
           "columns:\n2:1 id=a.csv:1 label= title= text=\xe2\x80\x99\xef\xbf\xbd flags=9\n");
    expect("a.csv", "\xff\xfe\0\0t\0\0\0e\0\0\0x\0\0\0t\0\0\0", 20, NULL, "columns:\n");
    expect("a.csv", "text\ncaf\xe9\x81\n", 11, &(nf_docs_opts){.charset = "windows-1252"},
           "columns:\n2:1 id=a.csv:1 label= title= text=caf\xc3\xa9\xef\xbf\xbd flags=9\n");
    expect("a.csv", "\xef\xbb\xbftext\ncaf\xc3\xa9\n", 14, &(nf_docs_opts){.charset = "windows-1252"}, /* the mark wins */
           "columns:\n2:1 id=a.csv:1 label= title= text=caf\xc3\xa9 flags=8\n");
    expect("a.csv", "text\n", 5, &(nf_docs_opts){.charset = "latin-9000"},
           "invalid argument : no encoding \"latin-9000\"; closest: LATIN1, LATIN2, TIS-620; iconv -l lists all\n");
    expect(
        "a.csv", "PK\x03\x04zip", 7, NULL,
        "malformed input a.csv: is a zip archive (or an Office document); archives are read twice, so name the file itself, not a pipe\n");
    expect("a.csv", "\x1f\x8b\x08", 3, NULL, "malformed input a.csv: is damaged or cut short: truncated gzip input\n");
}
END_TEST

START_TEST(malformed_records_are_named)
{
    expect_str("june.csv", "id,text\n1,a\n2\n3,c\n", NULL,
               "columns: id\nmalformed input june.csv:3: record 2 has 1 field, the header has 2\n");
    expect_str("june.csv", "id,text\n1,a,b\n", NULL, "columns: id\nmalformed input june.csv:2: record 1 has 3 fields, the header has 2\n");
    expect_str("june.csv", "id,text\n1,\"a\nb\"\n2,\"x\ny\",\"open\n\n3,\"\"z\n", NULL,
               "columns: id\nmalformed input june.csv:5: record 2: the quote that opens on this line is never closed and takes in "
               "the next 2 lines\n");
    expect_str("june.csv", "id,text\n1,\"a\nb\"c\n", NULL,
               "columns: id\nmalformed input june.csv:3: record 1: text after a closing quote\n");
    expect_str("june.csv", "id,text\n1,a\"b\n", NULL,
               "columns: id\nmalformed input june.csv:2: record 1: a quote inside a field that does not start with one\n");
    expect_str("june.csv", "id,\"text\n", NULL,
               "malformed input june.csv:1: the header: the quote that opens on this line is never closed\n");
}
END_TEST

START_TEST(columns_that_are_missing_are_answered_with_what_there_is)
{
    expect_str("c.csv", "id,date,Body \n1,2,3\n", &(nf_docs_opts){.text = "body"},
               "invalid argument c.csv: no column \"body\"; columns are: id, date, \"Body \"; did you mean \"Body \"?\n");
    expect_str("c.csv", "a,b\n", NULL, "invalid argument c.csv: no column \"text\"; columns are: a, b\n");
    expect_str("c.csv", "text,\"\",\"a,b\"\n", &(nf_docs_opts){.label = "frame"},
               "invalid argument c.csv: no column \"frame\"; columns are: text, \"\", \"a,b\"\n");
    expect_str("c.csv", "text,id\n", &(nf_docs_opts){.need_label = true},
               "invalid argument c.csv: no column \"label\"; columns are: text, id\n");
    expect_str("c.csv", "text,text\n", NULL, "malformed input c.csv:1: column \"text\" stands twice in the header\n");
    expect_str("c.csv", "text,a\n", &(nf_docs_opts){.text = "text,text"}, "invalid argument c.csv: text column \"text\" is named twice\n");
    expect_str("c.csv", "text,a,a\nx,1,2\n", NULL, "columns: a, a\n2:1 id=c.csv:1 label= title= text=x [1] [2] flags=8\n");
}
END_TEST

START_TEST(the_list_of_columns_in_a_message_is_cut)
{
    nfi_buf b = {0};
    nfi_buf_puts(&b, "column_number_0");
    for (uint64_t i = 1; i < 100; i++) {
        nfi_buf_puts(&b, ",column_number_");
        nfi_buf_put_u64(&b, i);
    }
    nfi_buf_putc(&b, '\n');
    char *got = dump_bytes("c.csv", b.p, b.n, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(got, "column_number_0, column_number_1, "));
    ck_assert_ptr_nonnull(strstr(got, " ...\n"));
    nfi_free(got);
    nfi_buf_clear(&b);
}
END_TEST

START_TEST(roles_are_taken_from_the_columns_named)
{
    nf_docs_opts o = {.text = "head,body", .id = "nr", .label = "frame", .title = "head"};

    expect_str("a.csv", "nr,head,body,frame,text\n7,H,B,\t war ,x\n8,,B,,\n", &o,
               "columns: nr, frame, text\n"
               "2:1 id=7 label=war title= text=H\nB [7] [\t war ] [x]\n" /* a title that is text already is not read a second time */
               "3:2 id=8 label= title= text=B [8] [] []\n");
    expect_str("a.csv", "title,text,date,source\nT,x,2020,BBC\n", NULL,
               "columns: title, date, source\n2:1 id=a.csv:1 label= title=T text=x [T] [2020] [BBC] flags=8\n");
    expect_str("a.csv", "\"a,b\",a,b\n1,2,3\n", &(nf_docs_opts){.text = "a,b"},
               "columns: a, b\n2:1 id=a.csv:1 label= title= text=1 [2] [3] flags=8\n");
}
END_TEST

START_TEST(invalid_utf8_is_repaired_refused_or_read_as_windows_1252)
{
    const char *in = "id,text,ti\n1,caf\xe9,\xe2\x82\n2,caf\xc3\xa9,x\n";
    nf_docs_stats st;

    char *got = dump_bytes("e.csv", in, strlen(in), NULL, &st);
    ck_assert_str_eq(got, "columns: id, ti\n2:1 id=1 label= title= text=caf\xef\xbf\xbd [1] [\xef\xbf\xbd] flags=1\n"
                          "3:2 id=2 label= title= text=caf\xc3\xa9 [2] [x]\n");
    ck_assert_uint_eq(st.repaired, 1);
    ck_assert_uint_eq(st.replacements, 2);
    nfi_free(got);

    got = dump_bytes("e.csv", in, strlen(in), &(nf_docs_opts){.encoding = NF_ENC_UTF8_OR_1252}, &st);
    ck_assert_str_eq(got, "columns: id, ti\n2:1 id=1 label= title= text=caf\xc3\xa9 [1] [\xc3\xa2\xe2\x80\x9a] flags=2\n3:2 id=2 label= "
                          "title= text=caf\xc3\xa9 [2] [x]\n");
    ck_assert_uint_eq(st.fallback, 2);
    nfi_free(got);

    expect_str("e.csv", in, &(nf_docs_opts){.encoding = NF_ENC_STRICT},
               "columns: id, ti\nmalformed input e.csv:2: record 1, column \"text\", byte 0xE9 at offset 3 is not UTF-8; "
               "try --encoding utf8-or-1252\n");
}
END_TEST

START_TEST(a_strict_failure_carries_its_byte)
{
    nfi_memory mem = {"text\nab\xff\n", 9};
    nf_docs *in = NULL;
    nf_batch b = {0};
    nf_err err = {0};

    nft_ok(nfi_docs_open_memory(&in, "e.csv", &mem, &(nf_docs_opts){.encoding = NF_ENC_STRICT}, &nft_err));
    ck_assert_int_eq(nf_docs_next(in, &b, &err), NF_EFORMAT);
    ck_assert_int_eq(err.has_byte, 1);
    ck_assert_uint_eq(err.byte, 2);
    ck_assert_uint_eq(b.n, 0);
    nft_fails(nf_docs_next(in, &b, &nft_err), NF_EINVAL); /* a stream that failed stays failed */
    nf_batch_clear(&b);
    nf_docs_close(in);
}
END_TEST

START_TEST(a_nul_becomes_a_space_in_text_and_spoils_an_id_or_a_label)
{
    expect("n.csv", "id,text,label\n1,war\0peace,a\n", 28, NULL,
           "columns: id, label\n2:1 id=1 label=a title= text=war peace [1] [a] flags=4\n");
    expect("n.csv", "id,text,label\n\0,x,a\n", 20, NULL, "columns: id, label\nmalformed input n.csv:2: field \"id\" contains a NUL\n");
    expect("n.csv", "id,text,label\n1,x,\0\n", 20, NULL, "columns: id, label\nmalformed input n.csv:2: field \"label\" contains a NUL\n");
}
END_TEST

START_TEST(labels_are_checked_where_they_are_needed)
{
    nf_docs_opts o = {.need_label = true};
    char big[200] = "text,label\nx,";

    memset(big + 13, 'l', 129);
    expect_str("l.csv", big, &o, "columns: label\nmalformed input l.csv:2: label in field \"label\" is longer than 128 bytes\n");
    big[13 + 128] = '\0';
    char *got = dump_bytes("l.csv", big, strlen(big), &o, NULL);
    ck_assert_ptr_nonnull(strstr(got, "label=llll"));
    nfi_free(got);
    expect_str(
        "l.csv", "text,label\nx,a;b\n", &o,
        "columns: label\nmalformed input l.csv:2: field \"label\" has several labels; add --multi where documents may have several\n");
    expect_str("l.csv", "text,label\nx,\"a\nb\"\n", &o,
               "columns: label\nmalformed input l.csv:2: label in field \"label\" contains a control character\n");
    expect_str("l.csv", "text,label\nx,a\u202eb\n", &o,
               "columns: label\nmalformed input l.csv:2: label in field \"label\" contains a control character\n");
    expect_str("l.csv", "text,label\nx,a;b\n", NULL, "columns: label\n2:1 id=l.csv:1 label=a;b title= text=x [a;b] flags=136\n");
    expect_str("l.csv", "text,label\nx,=cmd|' /C calc'!A0\n", &o,
               "columns: label\n2:1 id=l.csv:1 label==cmd|' /C calc'!A0 title= text=x [=cmd|' /C calc'!A0] flags=8\n");
}
END_TEST

START_TEST(an_id_that_stands_twice_is_an_error_or_gets_a_suffix)
{
    nf_docs_stats st;
    const char *in = "id,text\n1,a\n1,b\n1#3,c\n1,d\n";

    expect_str("i.csv", in, NULL,
               "columns: id\nthe data cannot support the request i.csv:3: id \"1\" of record 2 was already used by record 1 of i.csv; "
               "--dup-ids suffix keeps both\n");
    char *got = dump_bytes("i.csv", in, strlen(in), &(nf_docs_opts){.dup_ids_suffix = true}, &st);
    ck_assert_str_eq(got, "columns: id\n2:1 id=1 label= title= text=a [1]\n3:2 id=1#2 label= title= text=b [1] flags=16\n"
                          "4:3 id=1#3 label= title= text=c [1#3]\n5:4 id=1#4 label= title= text=d [1] flags=16\n");
    ck_assert_uint_eq(st.ids_suffixed, 2);
    nfi_free(got);
}
END_TEST

START_TEST(empty_files_are_refused_and_a_header_alone_is_a_stream_of_nothing)
{
    expect_str("feed.csv", "", NULL, "the data cannot support the request feed.csv: empty file\n");
    expect_str("feed.csv", "\xef\xbb\xbf", NULL, "the data cannot support the request feed.csv: empty file\n");
    expect_str("feed.csv", "\n\r\n\n", NULL, "the data cannot support the request feed.csv: empty file\n");
    expect_str("feed.csv", "id,text\n", NULL, "columns: id\n");
    expect_str("feed.csv", "id,text", NULL, "columns: id\n");
}
END_TEST

START_TEST(limits_hold_at_the_border)
{
    nf_docs_opts o = {.max_document = 8};
    nfi_buf b = {0};

    expect_str("l.csv", "text\n12345678\n", &o, "columns:\n2:1 id=l.csv:1 label= title= text=12345678 flags=8\n");
    expect_str("l.csv", "text\n123456789\n", &o,
               "columns:\na documented limit was exceeded l.csv:2: the text has 9 bytes, the limit is 8; --max-document raises it\n");

    nfi_buf_puts(&b, "text"); /* as many fields as there may be */
    for (int i = 1; i < NFI_MAX_FIELDS; i++)
        nfi_buf_puts(&b, ",c");
    nfi_buf_putc(&b, '\n');
    char *got = dump_bytes("l.csv", b.p, b.n, NULL, NULL);
    ck_assert_int_eq(strncmp(got, "columns: c, c", 13), 0);
    nfi_free(got);
    b.n--;
    nfi_buf_puts(&b, ",c\n");
    expect("l.csv", b.p, b.n, NULL, "a documented limit was exceeded l.csv:1: the header has 4097 fields, the limit is 4096\n");
    nfi_buf_clear(&b);
}
END_TEST

/* A record of n bytes of text in quotes, closed or not. */
static void long_record(nfi_buf *b, size_t n, bool closed)
{
    nfi_buf_puts(b, "id,text\n1,\"");
    ck_assert(nfi_buf_reserve(b, n + 64));
    memset(b->p + b->n, 'x', n);
    b->n += n;
    nfi_buf_puts(b, closed ? "\"\n2,after\n" : "");
}

START_TEST(a_record_beyond_the_limit_is_an_error_or_a_reject)
{
    nfi_buf b = {0};
    char rejects[NFT_PATH], dir[NFT_PATH];
    nf_docs_stats st;

    long_record(&b, NFI_MAX_RECORD + ((size_t)9 << 20), false);
    expect("q.csv", b.p, b.n, NULL,
           "columns: id\na documented limit was exceeded q.csv:2: record 1 is longer than 64 MiB (is a quote left open on this line?); "
           "--max-document allows longer ones\n");
    b.n = 0;
    long_record(&b, NFI_MAX_RECORD + ((size_t)9 << 20), true);
    nft_dir(dir);
    snprintf(rejects, sizeof rejects, "%.400s/r.csv", dir);
    char *got = dump_bytes("q.csv", b.p, b.n, &(nf_docs_opts){.rejects = rejects}, &st);
    ck_assert_str_eq(got, "columns: id\n3:2 id=2 label= title= text=after [2]\n");
    ck_assert_uint_eq(st.read, 2);
    ck_assert_uint_eq(st.rejected, 1);
    ck_assert_uint_eq(st.bytes, b.n);
    nfi_free(got);
    nfi_buf_clear(&b);
}
END_TEST

START_TEST(rejects_are_written_and_counted)
{
    char rejects[NFT_PATH], dir[NFT_PATH];
    const char *in = "id,text\n1,a\n2\n3,\"b\nc\"d\n4,e\xff\"\n5,f\n";
    nf_docs_stats st;

    nft_dir(dir);
    snprintf(rejects, sizeof rejects, "%.400s/r.csv", dir);
    char *got = dump_bytes("in.csv", in, strlen(in), &(nf_docs_opts){.rejects = rejects}, &st);
    ck_assert_str_eq(got, "columns: id\n2:1 id=1 label= title= text=a [1]\n7:5 id=5 label= title= text=f [5]\n");
    ck_assert_uint_eq(st.read, 5);
    ck_assert_uint_eq(st.rejected, 3);
    nfi_free(got);
    got = nft_read(rejects, NULL);
    ck_assert_str_eq(got, "file,record,line,reason,raw\n"
                          "in.csv,2,3,\"record 2 has 1 field, the header has 2\",2\n"
                          "in.csv,3,5,record 3: text after a closing quote,\"3,\"\"b\nc\"\"d\"\n"
                          "in.csv,4,6,record 4: a quote inside a field that does not start with one,\"4,e\xef\xbf\xbd\"\"\"\n");
    free(got);
}
END_TEST

START_TEST(rejects_appear_only_when_the_run_succeeded)
{
    char rejects[NFT_PATH], dir[NFT_PATH], file[NFT_PATH];
    nf_docs *in = NULL;
    nf_batch b = {0};

    nft_dir(dir);
    nft_file_str(file, dir, "in.csv", "text\na,b\n");
    snprintf(rejects, sizeof rejects, "%.400s/r.csv", dir);
    const char *paths[] = {file};
    nf_docs_opts o = {.rejects = rejects};
    nft_ok(nf_docs_open(&in, paths, 1, &o, &nft_err));
    nft_ok(nf_docs_next(in, &b, &nft_err));
    nf_batch_clear(&b);
    nf_docs_close(in);
    FILE *f = fopen(rejects, "r");
    ck_assert_ptr_null(f);
    o.rejects = file;
    nft_fails(nf_docs_open(&in, paths, 1, &o, &nft_err), NF_EINVAL); /* would overwrite the input */
}
END_TEST

START_TEST(several_files_share_the_columns_of_the_first)
{
    char dir[NFT_PATH], a[NFT_PATH], b[NFT_PATH], c[NFT_PATH];

    nft_dir(dir);
    nft_file_str(a, dir, "a.csv", "id,text,x\n1,one,X\n");
    nft_file_str(b, dir, "b.csv", "y;text;id\nY;two;2\n");
    nft_file_str(c, dir, "c.csv", "x,id,text\nX3,3,three\n");
    const char *same[] = {a, c}, *other[] = {a, b};
    char *got = dump_paths(same, 2, NULL, NULL);
    ck_assert_str_eq(got, "columns: id, x\n2:1 id=1 label= title= text=one [1] [X]\n2:1 id=3 label= title= text=three [3] [X3]\n");
    nfi_free(got);
    got = dump_paths(other, 2, NULL, NULL);
    ck_assert_str_eq(got, "columns: id, x, extra\n2:1 id=1 label= title= text=one [1] [X] []\n"
                          "2:1 id=2 label= title= text=two [2] [] [{\"y\":\"Y\"}]\n");
    nfi_free(got);

    nft_file_str(c, dir, "d.csv", "id,words\n"); /* a later file is looked into before the first is read */
    const char *bad[] = {a, c};
    got = dump_paths(bad, 2, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(got, "no column \"text\"; columns are: id, words"));
    ck_assert_ptr_null(strstr(got, "one"));
    nfi_free(got);
}
END_TEST

START_TEST(options_that_make_no_sense_are_refused)
{
    expect_str(
        "a.csv", "text\n", &(nf_docs_opts){.format = "xml"},
        "invalid argument : no input format \"xml\"; formats are: csv, tsv, jsonl, doccano, prodigy, fasttext, sgml, html, text, folder\n");
    expect_str("a.csv", "text\n", &(nf_docs_opts){.encoding = (nf_encoding)7}, "invalid argument : no encoding number 7\n");
}
END_TEST

START_TEST(batches_do_not_depend_on_threads)
{
    nfi_buf b = {0};

    nfi_buf_puts(&b, "id,text\n");
    for (uint64_t i = 0; i < 40000; i++) {
        nfi_buf_put_u64(&b, i);
        nfi_buf_puts(&b, i % 3 ? ",\"some \"\"words\"\", and\nmore of them\"\n" : ",plain words\n");
    }
    char *one = dump_bytes("t.csv", b.p, b.n, &(nf_docs_opts){.threads = 1}, NULL);
    char *three = dump_bytes("t.csv", b.p, b.n, &(nf_docs_opts){.threads = 3}, NULL);
    ck_assert_ptr_nonnull(strstr(one, ":40000 id=39999 "));
    ck_assert(strcmp(one, three) == 0);
    nfi_free(one);
    nfi_free(three);
    nfi_buf_clear(&b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("docs_csv");
    TCase *t = tcase_create("docs_csv");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, fields_keep_commas_quotes_and_line_ends);
    tcase_add_test(t, line_ends_may_be_mixed_and_blank_lines_are_no_records);
    tcase_add_test(t, the_delimiter_is_found_in_the_header_alone);
    tcase_add_test(t, a_line_may_name_the_separator_before_the_header);
    tcase_add_test(t, a_byte_order_mark_says_the_encoding);
    tcase_add_test(t, malformed_records_are_named);
    tcase_add_test(t, columns_that_are_missing_are_answered_with_what_there_is);
    tcase_add_test(t, the_list_of_columns_in_a_message_is_cut);
    tcase_add_test(t, roles_are_taken_from_the_columns_named);
    tcase_add_test(t, invalid_utf8_is_repaired_refused_or_read_as_windows_1252);
    tcase_add_test(t, a_strict_failure_carries_its_byte);
    tcase_add_test(t, a_nul_becomes_a_space_in_text_and_spoils_an_id_or_a_label);
    tcase_add_test(t, labels_are_checked_where_they_are_needed);
    tcase_add_test(t, an_id_that_stands_twice_is_an_error_or_gets_a_suffix);
    tcase_add_test(t, empty_files_are_refused_and_a_header_alone_is_a_stream_of_nothing);
    tcase_add_test(t, limits_hold_at_the_border);
    tcase_add_test(t, a_record_beyond_the_limit_is_an_error_or_a_reject);
    tcase_add_test(t, rejects_are_written_and_counted);
    tcase_add_test(t, rejects_appear_only_when_the_run_succeeded);
    tcase_add_test(t, several_files_share_the_columns_of_the_first);
    tcase_add_test(t, options_that_make_no_sense_are_refused);
    tcase_add_test(t, batches_do_not_depend_on_threads);
    suite_add_tcase(s, t);
    return nft_run(s);
}
