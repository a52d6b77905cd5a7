/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits.h - every documented limit, in one place. Checked before anything is allocated. */
#ifndef NFI_LIMITS_H
#define NFI_LIMITS_H

#define NFI_MAX_DOCUMENT ((size_t)64 << 20) /* bytes of one document */
#define NFI_MAX_RECORD ((size_t)64 << 20)   /* bytes of one CSV or JSONL record */
#define NFI_MAX_FIELDS 4096                 /* fields of one record */
#define NFI_MAX_ROWS ((size_t)1 << 28)      /* rows of a file of features */
#define NFI_MAX_TOKEN 256                   /* bytes of one token; longer ones are dropped and counted */
#define NFI_MAX_LABEL 128                   /* bytes of one label */
#define NFI_MAX_LABELS 65535
#define NFI_MAX_LABEL_SET 1024              /* labels of one document */
#define NFI_MAX_TERMS ((size_t)1 << 28)
#define NFI_MAX_ENTRIES ((size_t)1 << 30)  /* weights of a model that has one for every term and class */
#define NFI_MAX_NGRAM 4
#define NFI_MAX_MARKS 30                    /* consecutive combining marks kept (UAX #15 stream-safe) */
#define NFI_MAX_SECTIONS 64
#define NFI_MAX_FILE ((uint64_t)64 << 30)   /* bytes of a model or statistics file */
#define NFI_MAX_CLEAN ((size_t)64 << 20)    /* bytes of how texts are cleaned, in a model or statistics file */
#define NFI_MAX_PATH 4095
#define NFI_MAX_UNPACKED ((uint64_t)64 << 30) /* bytes that one compressed file or archive may become */
#define NFI_MAX_RATIO 1000                  /* of those to its own, counted from ... */
#define NFI_RATIO_FROM ((uint64_t)16 << 20) /* ... so many bytes on */
#define NFI_MAX_MEMBERS ((size_t)1 << 21)   /* of an archive */
#define NFI_MAX_CODEBOOK ((size_t)4 << 20)  /* bytes of a codebook */
#define NFI_MAX_FRAMES 1024                 /* of a codebook */
#define NFI_MAX_SEEDS 65536                 /* of a codebook */
#define NFI_MAX_SEED 256                    /* bytes of one */
#define NFI_MAX_HTML_DEPTH 512              /* elements within elements */
#define NFI_MAX_HTML_ELEMENTS ((size_t)1 << 20) /* of a page */
#define NFI_MAX_HTML_ATTRIBUTES 1024         /* of a tag */

#endif
