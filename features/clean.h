/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clean.h - inside of the cleaner: a text as lines with their features, the rules that look at them, and the tables they ask.
 *
 * Rounds: all rules run over the lines that are left, until none cuts any more (at most NFI_CLEAN_ROUNDS times). Blank lines are no lines
 * here; a line remembers whether one stood before it.
 */
#ifndef NFI_CLEAN_H
#define NFI_CLEAN_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/wordhash.h"
#include "newsframe/clean.h"

enum {
    NFI_CLEAN_VERSION = 3,  /* raised when the same rules cut otherwise: files made before are refused */
    NFI_CLEAN_ROUNDS = 8,
    NFI_LINE_SCAN = 640,    /* bytes of a line that are looked at word by word; of a longer one the first so many */
    NFI_PHRASE_WORDS = 12,
    NFI_PHRASE_HEAD = 4,    /* letters of a word that are looked at first */
    NFI_HEADS = 4096
};

/* ---- rules ---- */

typedef enum nfi_rule {
    NFI_RULE_LINES,
    NFI_RULE_SHAPE,
    NFI_RULE_POSITION,
    NFI_RULE_SCRIPT,
    NFI_RULE_REPEATS,
    NFI_RULE_PHRASES,
    NFI_RULES
} nfi_rule;

/* ---- a line ---- */

enum { /* nfi_line.flags */
    NFI_LINE_GAP = 1,      /* a blank line before it */
    NFI_LINE_END = 2,      /* ends like a sentence */
    NFI_LINE_LOWER = 4,    /* begins with a small letter */
    NFI_LINE_WHOLE = 8,    /* looked at to its end */
    NFI_LINE_PHRASE = 16,  /* has a phrase of the list */
    NFI_LINE_ASCII = 64,   /* what was looked at is all ASCII */
    NFI_LINE_TAIL = 32     /* has a phrase after which nothing of the article comes */
};

typedef struct nfi_line {
    uint32_t start, end;   /* bytes, blanks at both ends aside */
    uint32_t number;       /* 1-based */
    uint32_t chars;        /* characters */
    uint32_t word;         /* its first word in nfi_text_lines.word */
    uint16_t words, stops, capitals, separators, digits, letters;
    uint8_t flags, script; /* script: nfi_script, NONE when it has too few letters to tell */
    int8_t rule;           /* that cut it, -1 */
    uint8_t element;       /* of the mark */
    uint16_t linked;       /* 256ths of it that stand in links */
    int16_t score;         /* above 0: looks like an article */
    uint16_t more;         /* bytes of what was looked at that go on with a character */
} nfi_line;

/* ---- words ---- */

/* What is known of a word by the upper 16 bits of its hash: 1 other word in 250 passes for one of the 260 function words. */
enum {
    NFI_WORD_IS_STOP = 1,
    NFI_WORD_IN_PHRASE = 16, /* << k: word k of a phrase that stands anywhere, by which it is found */
    NFI_WORD_PLACES = 4      /* k is below */
};
typedef struct nfi_word_marks {
    uint8_t of[1 << 16];
} nfi_word_marks;

static inline unsigned nfi_word_mark(const nfi_word_marks *m, uint64_t h) { return m->of[h >> 48]; }

/* How many of n words are function words; at (n elements) gets the *hits places of those in a phrase. Eight zeros can be read behind. */
size_t nfi_clean_marks(const nfi_word_marks *m, const uint64_t *word, size_t n, uint16_t *at, size_t *hits);

/* A set of words by a bit of their hashes. */
enum { NFI_STOP_BITS = 65536 };
typedef struct nfi_word_set {
    uint64_t bit[NFI_STOP_BITS / 64];
} nfi_word_set;

static inline unsigned nfi_word_in(const nfi_word_set *s, uint64_t h) { return s->bit[h >> 54] >> (h >> 48 & 63) & 1; }

static inline void nfi_word_put(nfi_word_set *s, uint64_t h) { s->bit[h >> 54] |= UINT64_C(1) << (h >> 48 & 63); }

/*
 * Hashes of the words of s: letters and digits, capitals of ASCII lowered, apostrophes dropped, a change from a small to a capital letter
 * parts words as pages glue them, and a number is one word whatever its digits. room: bytes that can be read at s, n or more. cap: room in
 * word. Counts into l (may be NULL) what a line needs.
 */
size_t nfi_clean_words(const char *s, size_t n, size_t room, uint64_t *word, size_t cap, nfi_line *l);
/* Reads one word of s at byte i or after it; returns where it ends. *word becomes 0 when there is none. */
size_t nfi_clean_word(const char *s, size_t i, size_t n, uint64_t *word);
/* The first NFI_PHRASE_HEAD bytes of the word in s[i..n), the lowest first, zeros behind; *letters: of how many. */
uint32_t nfi_clean_head(const char *s, size_t i, size_t n, size_t *letters);
/* Hash of the numbers in s, digit by digit. */
uint64_t nfi_clean_numbers(const char *s, size_t n);

/* ---- phrases ---- */

typedef enum nfi_phrase_kind { NFI_PHRASE_IS, NFI_PHRASE_STARTS, NFI_PHRASE_HAS, NFI_PHRASE_TAIL } nfi_phrase_kind;
typedef struct nfi_phrase {
    uint64_t word[NFI_PHRASE_WORDS];
    uint32_t head;               /* of the word by which it is found */
    uint8_t n, kind, rare, letters; /* rare: that word; letters: bytes of it, 0 when no head tells */
} nfi_phrase;

typedef struct nfi_phrases {
    nfi_phrase *p;      /* n, by first word, then as read */
    size_t n, cap;
    nfi_word_set first; /* first words of those that stand at the beginning of a line */
    bool head[NFI_HEADS]; /* at nfi_phrase_head(): of the words by which those that stand anywhere are found */
    nfi_word_set pairs;   /* nfi_phrase_pair() of those words and the next ones */
    bool anywhere;        /* the heads do not tell */
} nfi_phrases;

/* Of two hashes; the second is 0 for the last word of a phrase. */
static inline uint64_t nfi_phrase_pair(uint64_t a, uint64_t b) { return a ^ b >> 1; }

static inline uint32_t nfi_phrase_head(uint64_t letters) { return (uint32_t)letters * UINT32_C(0x9e3779b1) / (UINT32_MAX / NFI_HEADS + 1); }

/*
 * Adds the phrases of a text and appends their lines to kept (may be NULL), comments left out; name is for messages. NF_EFORMAT names the
 * line. Call nfi_phrases_settle() after the last, which adds to the marks: they have the function words.
 */
nf_status nfi_phrases_add(nfi_phrases *p, nfi_buf *kept, const char *text, size_t n, const char *name, nf_err *err) NF_MUST_CHECK;
nf_status nfi_phrases_builtin(nfi_phrases *p, nfi_buf *kept, nf_err *err) NF_MUST_CHECK;
nf_status nfi_phrases_settle(nfi_phrases *p, nfi_word_marks *m, nf_err *err) NF_MUST_CHECK;
/* Whether a phrase has these words at its beginning, and perhaps more. */
bool nfi_phrases_go_on(const nfi_phrases *p, const uint64_t *word, size_t n);
void nfi_phrases_clear(nfi_phrases *p);
/* Flags (NFI_LINE_PHRASE, NFI_LINE_TAIL) that the phrases give a line of these words. at: the nat places of nfi_clean_marks(). */
unsigned nfi_phrases_match(const nfi_phrases *p, const nfi_word_marks *m, const uint64_t *word, size_t n, uint32_t chars,
                           const uint16_t *at, size_t nat);

/* ---- a text ---- */

typedef struct nfi_text_lines {
    const char *text;
    nfi_line *line;      /* n lines that are not blank */
    size_t n, cap;
    uint64_t *word;
    size_t nword, capword;
    uint32_t *live;      /* nlive lines that are left, in order */
    size_t nlive, caplive;
    uint8_t *state;      /* scratch of the smoothing, two bits a line */
    size_t capstate;
    uint32_t *slot;      /* nslot, a power of two: hash table of the repeats rule, line + 1 */
    size_t capslot, nslot;
    uint64_t source;     /* nfi_source_key() */
    uint32_t scripts;    /* bits of those of the lines, NONE aside */
    bool scored;         /* every line has its score */
    bool stop_known;     /* the text has the function words of a language on the list */
    bool wrapped;        /* lines were cut to a width */
} nfi_text_lines;

/* Hash of the numbers of a line that was looked at to its end. */
static inline uint64_t nfi_line_numbers(const nfi_text_lines *t, const nfi_line *l)
{
    return l->digits ? nfi_clean_numbers(t->text + l->start, l->end - l->start) : 0;
}

/* Line i of those that are left. */
static inline nfi_line *nfi_live_line(nfi_text_lines *t, size_t i) { return &t->line[t->live[i]]; }

/* ---- frozen lines ---- */

typedef struct nfi_frozen {
    nfi_hash128 *key; /* n, rising by hi, lo */
    size_t n;
} nfi_frozen;
bool nfi_frozen_has(const nfi_frozen *f, nfi_hash128 key);
/* Key of a line in the table; false for one that the table never holds. In short lines that are no sentences any number is as good as
 * another. */
bool nfi_line_key(const nfi_text_lines *t, const nfi_line *l, uint64_t source, nfi_hash128 *key);
nf_str nfi_source_name(nf_str source); /* as the table holds it: its first 4,096 bytes */
uint64_t nfi_source_key(nf_str source);
/* Lines that stand in at least max(3, 0.5 %) of the documents of their source. Owned array. */
nf_status nfi_lines_freeze(const nf_lines *t, nfi_frozen *out, nf_err *err) NF_MUST_CHECK;

/* ---- the cleaner ---- */

struct nf_cleaner {
    int refs; /* atomic */
    unsigned rules;        /* bit NFI_RULE_* */
    unsigned phrase_flags; /* of a line that the rules in use look at */
    nfi_phrases phrases;
    nfi_word_marks marks;
    nfi_frozen frozen;
    nfi_buf content; /* everything above as bytes, what files keep */
    char id[33];
};

/* Another reference; nf_cleaner_free() gives it back. NULL is fine. */
nf_cleaner *nfi_cleaner_ref(nf_cleaner *c);
/* Bit of the rule of this name, 0 when there is none. */
unsigned nfi_clean_find_rule(const char *name, size_t n);
/* Sets the rules of a cleaner that has none yet, and marks the function words. */
void nfi_cleaner_begin(nf_cleaner *c, unsigned rules);
/* Writes the content of c, and its hash; phrases: their lines as kept. */
nf_status nfi_cleaner_spell(nf_cleaner *c, const nfi_buf *phrases, nf_err *err) NF_MUST_CHECK;
/* From the content that a file kept. NF_EMODEL naming the file on any fault. */
nf_status nfi_cleaner_from_content(nf_cleaner **out, const void *p, size_t n, const char *name, nf_err *err) NF_MUST_CHECK;

/* The text has one line at most and nothing is cut: says how many characters there are. False: it has to be looked at line by line. */
bool nfi_clean_alone(const nf_cleaner *c, nf_str text, uint64_t *chars);
/* Characters of n bytes; more: of the first i those that go on with one. */
uint32_t nfi_clean_chars(const unsigned char *s, size_t n, size_t i, size_t more);
/* Moves [*a, *b) of s past the blanks at its ends. */
void nfi_clean_trim(const unsigned char *s, size_t *a, size_t *b);
/* Splits into lines and fills their features. */
nf_status nfi_clean_scan(const nf_cleaner *c, nf_str text, const nf_line_mark *mark, size_t nmarks, nfi_text_lines *t,
                         nf_err *err) NF_MUST_CHECK;
void nfi_text_lines_clear(nfi_text_lines *t);

/* A rule looks at the lines that are left and sets nfi_line.rule of those it cuts. */
typedef struct nfi_clean_rule {
    const char *name, *summary;
    void (*cut)(const nf_cleaner *c, nfi_text_lines *t, int rule);
} nfi_clean_rule;
extern const nfi_clean_rule nfi_clean_rules[NFI_RULES];
void nfi_cut_shape(const nf_cleaner *c, nfi_text_lines *t, int rule);
void nfi_cut_position(const nf_cleaner *c, nfi_text_lines *t, int rule);
void nfi_cut_repeats(const nf_cleaner *c, nfi_text_lines *t, int rule);
/* Scores and what the rules of a round share. */
nf_status nfi_clean_prepare(const nf_cleaner *c, nfi_text_lines *t, nf_err *err) NF_MUST_CHECK;

#endif
