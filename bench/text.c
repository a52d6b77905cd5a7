/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.c - news-like text without data. Words follow the law of Zipf and Mandelbrot, p(rank) ~ 1 / (rank + 1.5), over 80,000 made-up words
 * of syllables, common ones short; two of three words follow from the one before, as phrases do, and one of ten belongs to the topic of the
 * document's class. Sentences have capitals, commas, numbers, possessives, some typographic quotes and accents. Only divisions and sums
 * of doubles decide, so a seed gives the same bytes everywhere.
 */
#include "bench/text.h"

#include "base/io.h"
#include "base/rng.h"
#include "base/try.h"

enum { WORDS = 80000, CLASSES = 20, SYLLABLES = 80, SEED = 1 };

typedef struct maker {
    nfi_rng rng;
    nfi_buf *out;
    double *sum; /* WORDS, cumulative */
    uint32_t topic;
} maker;

static uint64_t below(maker *m, uint64_t n)
{
    return nfi_rng_below(&m->rng, n);
}

static bool one_in(maker *m, uint64_t n)
{
    return below(m, n) == 0;
}

static uint32_t rank_at(const maker *m, double share)
{
    double want = share * m->sum[WORDS - 1];
    uint32_t a = 0, b = WORDS - 1;

    while (a < b) {
        uint32_t mid = a + (b - a) / 2;
        if (m->sum[mid] <= want)
            a = mid + 1;
        else
            b = mid;
    }
    return a;
}

static uint32_t next_word(maker *m, uint32_t before)
{
    if (one_in(m, 10))
        return 200 + m->topic * 300 + (uint32_t)below(m, 300);
    if (!one_in(m, 3))
        return rank_at(m, (double)(nfi_mix64((uint64_t)before * 8 + below(m, 8)) >> 11) * 0x1p-53);
    return rank_at(m, nfi_rng_unit(&m->rng));
}

/* Syllables are a consonant and a vowel, so that no two ranks spell the same word. */
static void put_word(maker *m, uint32_t rank, bool capital)
{
    static const char consonant[] = "tnsrhdlcmfpgwbvk", vowel[] = "eaoiu";
    static const char *const end[] = {"", "n", "s", "r", "d", "st", "ng", "l"};
    char word[16] = {0};
    size_t n = 0;

    for (uint32_t left = rank + 1; left > 0; left = (left - 1) / SYLLABLES) {
        uint32_t s = (left - 1) % SYLLABLES;
        word[n++] = consonant[s / 5];
        word[n++] = vowel[s % 5];
    }
    if (capital)
        word[0] = (char)(word[0] - 'a' + 'A');
    nfi_buf_put(m->out, word, n);
    if (one_in(m, 200) && rank > SYLLABLES)
        nfi_buf_puts(m->out, "\xc3\xa9");
    else
        nfi_buf_puts(m->out, end[nfi_mix64(rank) % 8]);
}

static void put_sentence(maker *m, uint32_t *before)
{
    size_t words = 8 + below(m, 28);
    bool quoted = one_in(m, 6);

    if (quoted)
        nfi_buf_puts(m->out, "\xe2\x80\x9c");
    for (size_t i = 0; i < words; i++) {
        if (i > 0)
            nfi_buf_puts(m->out, one_in(m, 14) ? ", " : " ");
        if (one_in(m, 40)) {
            nfi_buf_put_u64(m->out, below(m, one_in(m, 2) ? 100 : 2100));
            continue;
        }
        *before = next_word(m, *before);
        put_word(m, *before, i == 0 || one_in(m, 25));
        if (one_in(m, 70))
            nfi_buf_puts(m->out, one_in(m, 3) ? "\xe2\x80\x99s" : "'s");
    }
    nfi_buf_puts(m->out, quoted ? ".\xe2\x80\x9d" : ".");
}

static void put_document(maker *m)
{
    size_t words = 8, sentences = 4 + below(m, 36);
    uint32_t before = 0;

    for (size_t i = 0; i < words; i++) { /* headline */
        before = next_word(m, before);
        put_word(m, before, true);
        nfi_buf_putc(m->out, i + 1 < words ? ' ' : '\n');
    }
    for (size_t i = 0; i < sentences; i++) {
        put_sentence(m, &before);
        nfi_buf_putc(m->out, one_in(m, 3) || i + 1 == sentences ? '\n' : ' ');
    }
}

static nf_status add_doc(bench_docs *d, bench_doc x, nf_err *err)
{
    NF_TRY(nfi_grow(&d->doc, &d->cap, d->n + 1, sizeof *d->doc, err));
    d->doc[d->n++] = x;
    return NF_OK;
}

static void put_class(bench_docs *d, bench_doc *x, size_t k)
{
    x->label = d->names.n;
    nfi_buf_puts(&d->names, "class");
    nfi_buf_put_u64(&d->names, k);
    x->n_label = d->names.n - x->label;
}

/* What ends both ways to get documents. */
static nf_status complete(bench_docs *d, nf_err *err)
{
    if (nfi_buf_reserve(&d->text, 64))
        memset(d->text.p + d->text.n, 0, 64);
    return nfi_buf_ok(&d->text) && nfi_buf_ok(&d->names) ? NF_OK : nfi_oom(err, "documents");
}

nf_status bench_docs_make(bench_docs *out, size_t bytes, nf_err *err)
{
    bench_docs d = {0};
    maker m = {.rng = nfi_rng_stream(SEED, NFI_RNG_TEST, 0), .out = &d.text, .sum = nfi_alloc(WORDS, sizeof *m.sum)};
    double sum = 0.0;
    nf_status s = NF_OK;

    if (!m.sum) {
        s = nfi_oom(err, "words");
        goto out;
    }
    for (size_t i = 0; i < WORDS; i++)
        m.sum[i] = sum += 1.0 / ((double)i + 1.5);
    while (d.text.n < bytes && nfi_buf_ok(&d.text)) {
        bench_doc x = {.at = d.text.n, .id = d.names.n};
        m.topic = (uint32_t)below(&m, CLASSES);
        put_document(&m);
        x.n = d.text.n - x.at;
        nfi_buf_puts(&d.names, "made-");
        nfi_buf_put_u64(&d.names, d.n);
        x.n_id = d.names.n - x.id;
        put_class(&d, &x, m.topic);
        NF_GO(add_doc(&d, x, err));
    }
    NF_GO(complete(&d, err));
    *out = d;
    d = (bench_docs){0};
out:
    nfi_free(m.sum);
    bench_docs_clear(&d);
    return s;
}

static nf_status take(bench_docs *d, const nf_doc *doc, nf_err *err)
{
    bench_doc x = {.at = d->text.n, .id = d->names.n, .n_id = doc->id.n};

    nfi_buf_put(&d->text, doc->title.p, doc->title.n);
    if (doc->title.n)
        nfi_buf_putc(&d->text, '\n');
    nfi_buf_put(&d->text, doc->text.p, doc->text.n);
    x.n = d->text.n - x.at;
    nfi_buf_put(&d->names, doc->id.p, doc->id.n);
    x.label = d->names.n;
    x.n_label = doc->label.n;
    nfi_buf_put(&d->names, doc->label.p, doc->label.n);
    return add_doc(d, x, err);
}

static bool has_classes(const bench_docs *d)
{
    nf_str first = {0};

    for (size_t i = 0; i < d->n; i++) {
        nf_str l = bench_label_of(d, i);
        if (first.n == 0)
            first = l;
        else if (l.n && (l.n != first.n || memcmp(l.p, first.p, l.n) != 0))
            return true;
    }
    return false;
}

nf_status bench_docs_read(bench_docs *out, const char *path, nf_err *err)
{
    nf_docs *in = NULL;
    nf_batch batch = {0};
    bench_docs d = {0};
    nf_status s;

    NF_GO(nf_docs_open(&in, &path, 1, &(nf_docs_opts){.dup_ids_suffix = true}, err));
    for (;;) {
        NF_GO(nf_docs_next(in, &batch, err));
        if (batch.n == 0)
            break;
        for (size_t i = 0; i < batch.n; i++)
            NF_GO(take(&d, &batch.docs[i], err));
    }
    if (d.text.n == 0) {
        s = nfi_fail_at(err, NF_EDATA, path, 0, "no text to measure");
        goto out;
    }
    if (nfi_buf_ok(&d.names) && !has_classes(&d))
        for (size_t i = 0; i < d.n; i++)
            put_class(&d, &d.doc[i], i % CLASSES);
    NF_GO(complete(&d, err));
    *out = d;
    d = (bench_docs){0};
out:
    nf_batch_clear(&batch);
    nf_docs_close(in);
    bench_docs_clear(&d);
    return s;
}

void bench_docs_clear(bench_docs *d)
{
    nfi_buf_clear(&d->text);
    nfi_buf_clear(&d->names);
    nfi_free(d->doc);
    *d = (bench_docs){0};
}

static void put_json(nfi_buf *b, nf_str s)
{
    static const char hex[] = "0123456789abcdef";

    nfi_buf_putc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\') {
            nfi_buf_putc(b, '\\');
            nfi_buf_putc(b, (char)c);
        } else if (c == '\n') {
            nfi_buf_puts(b, "\\n");
        } else if (c < 0x20) {
            nfi_buf_puts(b, "\\u00");
            nfi_buf_putc(b, hex[c >> 4]);
            nfi_buf_putc(b, hex[c & 15]);
        } else {
            nfi_buf_putc(b, (char)c);
        }
    }
    nfi_buf_putc(b, '"');
}

nf_status bench_docs_write_jsonl(const bench_docs *d, const char *path, nf_err *err)
{
    nfi_out *out = NULL;
    nfi_buf line = {0};
    nf_status s;

    NF_GO(nfi_out_open(&out, path, err));
    for (size_t i = 0; i < d->n; i++) {
        line.n = 0;
        nfi_buf_puts(&line, "{\"id\":");
        put_json(&line, bench_id_of(d, i));
        nfi_buf_puts(&line, ",\"label\":");
        put_json(&line, bench_label_of(d, i));
        nfi_buf_puts(&line, ",\"text\":");
        put_json(&line, bench_text_of(d, i));
        nfi_buf_puts(&line, "}\n");
        nfi_out_write(out, line.p, line.n);
    }
    if (!nfi_buf_ok(&line)) {
        s = nfi_oom(err, "a line");
        goto out;
    }
    nfi_out *done = out;
    out = NULL;
    s = nfi_out_commit(done, err);
out:
    nfi_out_abandon(out);
    nfi_buf_clear(&line);
    return s;
}

nf_status bench_docs_write_csv(const bench_docs *d, const char *path, nf_err *err)
{
    nf_csv *w = NULL;

    NF_TRY(nf_csv_open(&w, path, NF_CSV_PLAIN, err));
    nf_csv_str(w, "id");
    nf_csv_str(w, "label");
    nf_csv_str(w, "text");
    nf_csv_end(w);
    for (size_t i = 0; i < d->n; i++) {
        nf_str cell[] = {bench_id_of(d, i), bench_label_of(d, i), bench_text_of(d, i)};
        for (size_t c = 0; c < 3; c++)
            nf_csv_text(w, cell[c].p, cell[c].n);
        nf_csv_end(w);
    }
    return nf_csv_close(w, 1, err);
}
