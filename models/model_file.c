/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_file.c - the model file (.nfm): container kind 'M' of base/section.h, version 1.0. Little-endian, data only.
 *
 *   META  bytes  "key=value\n" lines, keys rising: classifier, clean, documents, language, loo_accuracy, loo_documents, ngram_hi,
 *                ngram_lo, prior, smoothing, smoothing_how, stop, tokenizer, tokenizer_version, unicode, weighting
 *   LABE  u64    end of each label in LABB; labels rise by bytes       LABB  bytes
 *   STPE  u64    end of each stop word in STPB; words rise by bytes    STPB  bytes
 *   CLEN  bytes  how texts are cleaned (features/clean_content.c), XXH128 of it is the setting clean; not there when that is none
 *   CDOC  u64    documents a class
 *   ZCLS  f64    z_c: see nb.h                  PRIR  f64   ln prior: see nb.h
 *   WRDE  u64    end of each word in WRDB; words rise by bytes         WRDB  bytes
 *   TSEQ  u32    terms x ngram_hi: word number + 1, 0 = no more; rows rise
 *   TDFR  u32    document frequency a term      TIDF  f32   idf a term
 *   TBAS  f32    w of classes without the term  TPTR  u64   terms + 1 offsets into the next three
 *   TCLS  u16    class                          TWGT  f32   w of term and class
 *   TDOC  bytes  documents of the class with the term, 255: see TMNY (optional: explanation; these three come together)
 *   TMNY  u64    entries with 255 or more documents, rising            TMDC  u32    their documents
 * What a model may have beside its weights (models/part.h) has sections of its own, described where it is written.
 *
 * A reader trusts nothing: lengths, order, ranges of everything used as an index and finiteness are checked before the model is handed out.
 */
#include "models/meta.h"
#include "models/model.h"
#include "models/part.h"

#include "base/try.h"
#include "base/utf8.h"
#include "datasets/record.h"
#include "features/unicode.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAJOR = 1, MINOR = 0 };

/* ---- writing ---- */

static void put_strings(nfi_secw *w, const char *ends, const char *bytes, const nf_str *s, size_t n)
{
    uint64_t end = 0;

    nfi_secw_begin(w, ends, NFI_U64, true);
    for (size_t i = 0; i < n; i++) {
        end += s[i].n;
        nfi_secw_put(w, &end, sizeof end);
    }
    nfi_secw_end(w);
    nfi_secw_begin(w, bytes, NFI_BYTES, true);
    for (size_t i = 0; i < n; i++)
        nfi_secw_put(w, s[i].p, s[i].n);
    nfi_secw_end(w);
}

static void put_meta(const nf_model *m, nfi_buf *b)
{
    nfi_meta_put_text(b, "classifier=", m->classifier->name);
    nfi_meta_put_text(b, "clean=", m->text.clean ? nf_cleaner_id(m->text.clean) : "none");
    nfi_meta_put_number(b, "documents=", (double)m->documents);
    nfi_meta_put_text(b, "language=", m->text.language[0] ? m->text.language : "any");
    nfi_meta_put_number(b, "loo_accuracy=", m->loo_accuracy);
    nfi_meta_put_number(b, "loo_documents=", (double)m->loo_documents);
    nfi_meta_put_number(b, "ngram_hi=", m->text.hi);
    nfi_meta_put_number(b, "ngram_lo=", m->text.lo);
    nfi_meta_put_text(b, "prior=", m->prior);
    nfi_meta_put_number(b, "smoothing=", m->smoothing);
    nfi_meta_put_text(b, "smoothing_how=", m->smoothing_how);
    nfi_meta_put_text(b, "stop=", m->text.stop.name);
    nfi_meta_put_text(b, "tokenizer=", m->text.tokenizer->name);
    nfi_meta_put_number(b, "tokenizer_version=", m->text.tokenizer->version);
    nfi_meta_put_text(b, "unicode=", m->unicode);
    nfi_meta_put_text(b, "weighting=", m->weighting->name);
}

nf_status nf_model_save(const nf_model *m, const char *path, nf_err *err)
{
    nfi_buf meta = {0};
    nfi_secw *w = NULL;
    nf_status s = NF_OK;

    put_meta(m, &meta);
    if (!nfi_buf_ok(&meta)) {
        s = nfi_oom(err, "model settings");
        goto out;
    }
    NF_GO(nfi_secw_open(&w, path, 'M', MAJOR, MINOR, err));
    nfi_secw_section(w, "META", NFI_BYTES, true, meta.p, meta.n);
    put_strings(w, "LABE", "LABB", m->label, m->nclasses);
    put_strings(w, "STPE", "STPB", m->text.stop.word, m->text.stop.n);
    if (m->text.clean)
        nfi_secw_section(w, "CLEN", NFI_BYTES, true, m->text.clean->content.p, m->text.clean->content.n);
    nfi_secw_section(w, "CDOC", NFI_U64, true, m->class_docs, m->nclasses);
    nfi_secw_section(w, "ZCLS", NFI_F64, true, m->z, m->nclasses);
    nfi_secw_section(w, "PRIR", NFI_F64, true, m->log_prior, m->nclasses);
    nfi_secw_section(w, "WRDE", NFI_U64, true, m->word_end, m->nwords);
    nfi_secw_section(w, "WRDB", NFI_BYTES, true, m->word_bytes, m->nbytes);
    nfi_secw_section(w, "TSEQ", NFI_U32, true, m->seq, m->n * (size_t)m->stride);
    nfi_secw_section(w, "TDFR", NFI_U32, true, m->df, m->n);
    nfi_secw_section(w, "TIDF", NFI_F32, true, m->idf, m->n);
    nfi_secw_section(w, "TBAS", NFI_F32, true, m->base, m->n);
    nfi_secw_section(w, "TPTR", NFI_U64, true, m->ptr, m->n + 1);
    nfi_secw_section(w, "TCLS", NFI_U16, true, m->cls, (size_t)m->ptr[m->n]);
    nfi_secw_section(w, "TWGT", NFI_F32, true, m->w, (size_t)m->ptr[m->n]);
    if (m->doc) { /* not every file has it */
        nfi_secw_section(w, "TDOC", NFI_BYTES, false, m->doc, (size_t)m->ptr[m->n]);
        nfi_secw_section(w, "TMNY", NFI_U64, false, m->many, m->nmany);
        nfi_secw_section(w, "TMDC", NFI_U32, false, m->many_docs, m->nmany);
    }
    for (size_t i = 0; nfi_parts[i]; i++)
        nfi_parts[i]->put(m, w);
    s = nfi_secw_commit(w, err);
out:
    nfi_buf_clear(&meta);
    return s;
}

/* ---- reading ---- */

static nf_status bad(const nf_model *m, nf_err *err, const char *what)
{
    return NF_FAIL_AT(err, NF_EMODEL, nfi_secr_name(m->file), 0, "damaged or hostile model: %s", what);
}

static nf_status get(nf_model *m, const char *tag, nfi_elem type, uint64_t want, const void *p, nf_err *err)
{
    uint64_t n;
    const void *data;
    char what[64];

    NF_TRY(nfi_secr_get(m->file, tag, type, true, &data, &n, err));
    if (want != UINT64_MAX && n != want) {
        snprintf(what, sizeof what, "section %.4s has %llu elements, expected %llu", tag, (unsigned long long)n, (unsigned long long)want);
        return bad(m, err, what);
    }
    memcpy((void *)(uintptr_t)p, &data, sizeof data); /* p is the address of a typed pointer */
    return NF_OK;
}

static nf_status read_cleaner(nf_model *m, nfi_meta meta, nf_err *err)
{
    char id[40];
    const void *p;
    uint64_t n;

    NF_TRY(nfi_meta_text(&meta, "clean", id, sizeof id, err));
    NF_TRY(nfi_secr_get(m->file, "CLEN", NFI_BYTES, false, &p, &n, err));
    if (strcmp(id, "none") == 0)
        return p ? bad(m, err, "section CLEN is there, but the setting \"clean\" is none") : NF_OK;
    if (!p || n > NFI_MAX_CLEAN)
        return bad(m, err, "section CLEN is missing or too long");
    NF_TRY(nfi_cleaner_from_content(&m->text.clean, p, (size_t)n, nfi_secr_name(m->file), err));
    return strcmp(id, nf_cleaner_id(m->text.clean)) == 0 ? NF_OK : bad(m, err, "section CLEN is not what the setting \"clean\" says");
}

static nf_status read_meta(nf_model *m, char *stop, size_t capstop, nf_err *err)
{
    char name[64];
    uint64_t lo, hi, version;
    nfi_meta meta;

    NF_TRY(nfi_meta_get(&meta, m->file, "META", err));
    NF_TRY(nfi_meta_text(&meta, "tokenizer", name, sizeof name, err));
    if (!(m->text.tokenizer = nfi_tokenizer_find(name)))
        return bad(m, err, "it names a tokenizer that this program does not have");
    NF_TRY(nfi_meta_count(&meta, "tokenizer_version", 0, UINT32_MAX, &version, err));
    if (version != m->text.tokenizer->version)
        return bad(m, err, "it was made with another version of the tokenizer; train it again");
    NF_TRY(nfi_meta_text(&meta, "unicode", m->unicode, sizeof m->unicode, err));
    if (strcmp(m->unicode, nfi_unicode_version()) != 0)
        return bad(m, err, "it was made with another Unicode version; train it again");
    NF_TRY(nfi_meta_text(&meta, "classifier", name, sizeof name, err));
    if (!(m->classifier = nfi_classifier_find(name)))
        return bad(m, err, "it names a classifier that this program does not have");
    NF_TRY(nfi_meta_text(&meta, "weighting", name, sizeof name, err));
    if (!(m->weighting = nfi_weighting_find(name)))
        return bad(m, err, "it names a weighting that this program does not have");
    NF_TRY(read_cleaner(m, meta, err));
    NF_TRY(nfi_meta_text(&meta, "language", m->text.language, sizeof m->text.language, err));
    NF_TRY(nfi_meta_count(&meta, "ngram_lo", 1, NFI_MAX_NGRAM, &lo, err));
    NF_TRY(nfi_meta_count(&meta, "ngram_hi", lo, NFI_MAX_NGRAM, &hi, err));
    m->text.lo = (int)lo;
    m->text.hi = m->stride = (int)hi;
    NF_TRY(nfi_meta_text(&meta, "prior", m->prior, sizeof m->prior, err));
    NF_TRY(nfi_meta_text(&meta, "smoothing_how", m->smoothing_how, sizeof m->smoothing_how, err));
    NF_TRY(nfi_meta_number(&meta, "smoothing", NFI_MIN_SMOOTHING, NFI_MAX_SMOOTHING, &m->smoothing, err));
    NF_TRY(nfi_meta_number(&meta, "loo_accuracy", -1, 1, &m->loo_accuracy, err));
    NF_TRY(nfi_meta_count(&meta, "loo_documents", 0, UINT64_C(1) << 53, &m->loo_documents, err));
    NF_TRY(nfi_meta_count(&meta, "documents", 1, UINT64_C(1) << 53, &m->documents, err));
    return nfi_meta_text(&meta, "stop", stop, capstop, err);
}

static nf_status read_strings(nf_model *m, const char *ends, const char *bytes, uint64_t n, size_t max, unsigned char least,
                              const char *what, const uint64_t **end, const char **blob, uint64_t *count, uint64_t *nbytes, nf_err *err)
{
    const void *p;

    NF_TRY(nfi_secr_get(m->file, ends, NFI_U64, true, &p, count, err));
    *end = p;
    NF_TRY(nfi_secr_get(m->file, bytes, NFI_BYTES, true, &p, nbytes, err));
    *blob = p;
    if (n != UINT64_MAX && *count != n)
        return bad(m, err, what);
    return nfi_check_strings(*end, *count, *blob, *nbytes, max, least) ? NF_OK : bad(m, err, what);
}

/* Document counts of the entries, where the file has them. */
static nf_status read_docs(nf_model *m, uint64_t entries, nf_err *err)
{
    const void *doc, *many, *number;
    uint64_t ndoc, nmany, n;

    NF_TRY(nfi_secr_get(m->file, "TDOC", NFI_BYTES, false, &doc, &ndoc, err));
    NF_TRY(nfi_secr_get(m->file, "TMNY", NFI_U64, false, &many, &nmany, err));
    NF_TRY(nfi_secr_get(m->file, "TMDC", NFI_U32, false, &number, &n, err));
    if (!doc && !many && !number)
        return NF_OK;
    if (!doc || !many || !number || ndoc != entries || n != nmany)
        return bad(m, err, "sections TDOC, TMNY and TMDC do not match");
    m->doc = doc;
    m->many = many;
    m->many_docs = number;
    m->nmany = (size_t)nmany;
    return nfi_check_docs(m, entries) ? NF_OK : bad(m, err, "document counts of classes are out of range or order");
}

static nf_status read_arrays(nf_model *m, const char *stop, nf_err *err)
{
    const uint64_t *end;
    const char *blob;
    uint64_t n, nbytes, terms, entries;
    const void *p;
    nf_str *words = NULL;
    nf_status s = NF_OK;

    NF_TRY(read_strings(m, "LABE", "LABB", UINT64_MAX, NFI_MAX_LABEL, 0x20, "labels", &end, &blob, &n, &nbytes, err));
    if (n < 2 || n > NFI_MAX_LABELS)
        return bad(m, err, "it has fewer than 2 or more than 65535 classes");
    m->nclasses = (size_t)n;
    m->label = nfi_calloc(m->nclasses, sizeof *m->label);
    if (!m->label)
        return nfi_oom(err, "labels");
    for (size_t k = 0; k < m->nclasses; k++)
        m->label[k] = (nf_str){blob + (k ? end[k - 1] : 0), (size_t)(end[k] - (k ? end[k - 1] : 0))};
    for (size_t k = 0; k < m->nclasses; k++) {
        const char *fault = nfi_label_fault(m->label[k]);
        char what[80];
        snprintf(what, sizeof what, "a label %s", fault ? fault : "");
        if (fault)
            return bad(m, err, what);
    }

    NF_TRY(read_strings(m, "STPE", "STPB", UINT64_MAX, NFI_MAX_TOKEN, 0x21, "stop words", &end, &blob, &n, &nbytes, err));
    words = nfi_calloc((size_t)n, sizeof *words);
    if (!words)
        return nfi_oom(err, "stop words");
    for (size_t k = 0; k < n; k++)
        words[k] = (nf_str){blob + (k ? end[k - 1] : 0), (size_t)(end[k] - (k ? end[k - 1] : 0))};
    s = nfi_stop_from_words(&m->text.stop, stop, words, (size_t)n, err);
    nfi_free(words);
    NF_TRY(s);

    NF_TRY(get(m, "CDOC", NFI_U64, m->nclasses, &m->class_docs, err));
    NF_TRY(get(m, "ZCLS", NFI_F64, m->nclasses, &m->z, err));
    NF_TRY(get(m, "PRIR", NFI_F64, m->nclasses, &m->log_prior, err));
    if (!nfi_check_f64(m->z, m->nclasses))
        return bad(m, err, "class offsets are not finite");
    if (!nfi_check_f64(m->log_prior, m->nclasses))
        return bad(m, err, "priors are not finite");
    double sum = 0.0;
    for (size_t k = 0; k < m->nclasses; k++)
        sum += nfi_exp(m->log_prior[k] < 700 ? m->log_prior[k] : 700);
    const void *several;
    NF_TRY(nfi_secr_get(m->file, "MULT", NFI_BYTES, false, &several, &n, err)); /* then they are log-odds of each class */
    if (!several && !m->classifier->bias && fabs(sum - 1.0) > 1e-6)
        return bad(m, err, "priors do not add up to 1");

    NF_TRY(read_strings(m, "WRDE", "WRDB", UINT64_MAX, NFI_MAX_TOKEN, 0x21, "words are malformed or not in order", &m->word_end,
                        &m->word_bytes, &n, &m->nbytes, err));
    if (n >= UINT32_MAX)
        return bad(m, err, "too many words");
    m->nwords = (size_t)n;
    NF_TRY(nfi_secr_get(m->file, "TDFR", NFI_U32, true, &p, &terms, err));
    if (terms == 0 || terms > NFI_MAX_TERMS)
        return bad(m, err, "it has no terms, or more than 2^28");
    m->df = p;
    m->n = (size_t)terms;
    NF_TRY(get(m, "TSEQ", NFI_U32, terms * (uint64_t)m->stride, &m->seq, err));
    NF_TRY(get(m, "TIDF", NFI_F32, terms, &m->idf, err));
    NF_TRY(get(m, "TBAS", NFI_F32, terms, &m->base, err));
    NF_TRY(get(m, "TPTR", NFI_U64, terms + 1, &m->ptr, err));
    NF_TRY(nfi_secr_get(m->file, "TCLS", NFI_U16, true, &p, &entries, err));
    m->cls = p;
    NF_TRY(get(m, "TWGT", NFI_F32, entries, &m->w, err));
    NF_TRY(read_docs(m, entries, err));
    const char *fault = nfi_check_terms(m, entries);
    return fault ? bad(m, err, fault) : NF_OK;
}

static nf_status parse(nf_model **out, nfi_secr *file, nf_err *err)
{
    static const char *const own[] = {"META", "LABE", "LABB", "STPE", "STPB", "CLEN", "CDOC", "ZCLS", "PRIR", "WRDE", "WRDB",
                                        "TSEQ", "TDFR", "TIDF", "TBAS", "TPTR", "TCLS", "TWGT", "TDOC", "TMNY", "TMDC"};
    const char *known[64];
    size_t nknown = sizeof own / sizeof own[0];
    nf_status s = NF_OK;
    char stop[64];
    nf_model *m = nfi_calloc(1, sizeof *m);

    if (!m) {
        nfi_secr_close(file);
        return nfi_oom(err, "a model");
    }
    m->file = file;
    memcpy(known, own, sizeof own);
    for (size_t i = 0; nfi_parts[i]; i++)
        for (size_t k = 0; nfi_parts[i]->tag[k] && nknown < sizeof known / sizeof known[0]; k++)
            known[nknown++] = nfi_parts[i]->tag[k];
    NF_GO(nfi_secr_check_known(file, known, nknown, err));
    NF_GO(read_meta(m, stop, sizeof stop, err));
    NF_GO(read_arrays(m, stop, err));
    for (size_t i = 0; nfi_parts[i]; i++)
        NF_GO(nfi_parts[i]->get(m, err));
    NF_GO(nfi_model_index(m, err));
    m->file_bytes = nfi_secr_size(file);
    *out = m;
    m = NULL;
out:
    nf_model_free(m);
    return s;
}

nf_status nf_model_load(nf_model **out, const char *path, nf_err *err)
{
    nfi_secr *file;
    NF_TRY(nfi_secr_open(&file, path, 'M', MAJOR, err));
    return parse(out, file, err);
}

nf_status nf_model_from_memory(nf_model **out, const void *p, size_t n, const char *name, nf_err *err)
{
    nfi_secr *file;
    NF_TRY(nfi_secr_from_memory(&file, p, n, name, 'M', MAJOR, err));
    return parse(out, file, err);
}
