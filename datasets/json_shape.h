/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_shape.h - lines of JSON as keys and values of their object. yajl alone knows the grammar: it is given a line without the content of
 * its strings, the shape of the line. Most lines have the shape of one shortly before, byte for byte: what yajl said of that holds. Most of
 * these have the same keys too: then no shape is made.
 */
#ifndef NFI_JSON_SHAPE_H
#define NFI_JSON_SHAPE_H

#include "base/buf.h"
#include "datasets/format.h"
#include "datasets/json_pool.h"
#include "datasets/json_text.h"

/* A string of the line: its closing quote is at byte `at` of the shape, and what stands there is `all` bytes further on in the line. */
typedef struct nfi_json_token {
    size_t at, all;
    unsigned what; /* NFI_JSON_* */
} nfi_json_token;

/* Bytes at to end of the shape, and how many strings end before each. */
typedef struct nfi_json_place {
    size_t at, end, before, within;
} nfi_json_place;

/* A key of the object and its value. */
typedef struct nfi_json_member {
    nfi_json_place key, value;
    nfi_kind kind;
    const nfi_plan *plan; /* for the caller: the column of the key in that plan; NULL: not looked for */
    size_t column;
} nfi_json_member;

/* A string of a line: end is where what stands before its content ends in the fixed bytes; 0 for a key, which is among them. */
typedef struct nfi_json_mould_string {
    size_t at, end, content; /* content: bytes in a key */
    unsigned what;
} nfi_json_mould_string;

/* A line without the content of its strings but for the keys of the object. */
typedef struct nfi_json_mould {
    nfi_buf fixed;
    nfi_json_mould_string *string;
    size_t n, cap; /* n == 0: none */
} nfi_json_mould;

typedef struct nfi_json_shape {
    nfi_buf text; /* empty: not to be found again */
    nfi_json_member *member;
    size_t n, cap;
    nfi_json_mould mould; /* of the latest line of that shape */
} nfi_json_shape;

enum { NFI_JSON_SHAPES = 4 };

/* One a worker; {0} is empty. */
typedef struct nfi_json {
    nfi_json_pool pool; /* yajl's memory, reused for every shape */
    nfi_json_shape shape[NFI_JSON_SHAPES];
    size_t latest;
    nf_str line;
    nfi_buf brief; /* the shape of the line */
    nfi_json_token *token;
    size_t ntokens, captokens;
    bool again; /* the keys are those of the line before that had the shape, so what members say of columns holds */
    bool unshortened; /* yajl is given every line as it is: for comparison, in tests */
    bool whole; /* what is in the strings is not sure to be in order: the shape is the line, and there are no tokens */
} nfi_json;

/*
 * *shape: of the object on the line, borrowed until the next call, as the line is. A line that is malformed, or has too many keys, is NF_OK
 * with row->bad set. @return NF_OK, NF_ENOMEM.
 */
nf_status nfi_json_read(nfi_json *j, nf_str line, nfi_row *row, nfi_json_shape **shape) NF_MUST_CHECK;
void nfi_json_clear(nfi_json *j);

/* json_mould.c */
void nfi_json_mould_make(const nfi_json *j, nfi_json_shape *x);
bool nfi_json_mould_fits(nfi_json *j, const nfi_json_mould *m, nf_str line);
void nfi_json_mould_clear(nfi_json_mould *m);

/* What stands at a place in the line read last. */
static inline nf_str nfi_json_raw(const nfi_json *j, const nfi_json_place *p)
{
    size_t from = p->at + (p->before ? j->token[p->before - 1].all : 0), to = p->end + (p->within ? j->token[p->within - 1].all : 0);
    return (nf_str){j->line.p + from, to - from};
}

/* What is in the string at a place: NFI_JSON_*, all of them where it is not known. */
static inline unsigned nfi_json_what(const nfi_json *j, const nfi_json_place *p)
{
    return j->whole ? NFI_JSON_ANY : j->token[p->before].what;
}

#endif
