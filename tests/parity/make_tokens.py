#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/parity/tokens.inc: texts and the tokens that scikit-learn's default rule finds in them.

usage: tests/parity/make_tokens.py > tests/parity/tokens.inc      (needs Python 3 only; the rule is CountVectorizer's default:
lower the text with str.lower(), then take the matches of the token pattern)

The texts: sentences in many scripts, the hard cases of str.lower(), and seeded random strings over the characters assigned in Unicode 14.0.
"""
import random
import re
import unicodedata

PATTERN = re.compile(r"(?u)\b\w\w+\b")

SENTENCES = [
    "The U.S. Army said it can't confirm 1,234.5 tonnes of snake_case cargo; __init__ and _x_ are names, a is not.",
    "Café naïve façade, ÉLYSÉE and e\u0301lyse\u0301e; Straße, STRASSE, ẞ; ŉandu; \ufb01re; ＵＳ full width",
    "İSTANBUL, Istanbul, ıstanbul, I, i, İI, AİB",
    "ΟΔΥΣΣΕΑΣ ΣΑΣ Σ ΣΣ ΑΣ' ΑΣ'Α ΑΣ.Β ΑΣ\u00adΒ ΑΣ\u0301 'Σ' 1Σ Σ1 ΑΣ1 ΑΣ:Α ΑΣ-Α ΑΣ\u2019 ΑΣ\u2019α",
    "Путин и Ким подписали договор; п'ять, п\u2019ять, їжак, Й\u0438\u0306",
    "金正恩与普京星期三在平壤举行会谈。カタカナ ひらがな 조선중앙통신은 보도했다 \u1112\u1161\u11ab",
    "الحرب والسلام ٣٫١٤ ١٢٣ می\u200cخواهم, שלום צה\"ל, हिन्दी में समाचार, ภาษาไทย, Հայաստան եւ, ქართული",
    "x² km² CO₂ ½ ⅻ Ⅻ Ⓐ ① ª º µ №5 ℃ 𝐔𝐒 𐐀𐐨 ǅ Ǆ ǆ",
    "one\u00a0two\u2003three\u200bfour\u2028five\u0085six\x1cseven\x07eight 😀go👨\u200d👩 \ufffdgone \ue000own",
]


def assigned():
    return [chr(c) for c in range(1, 0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co") and c not in (10, 13)]


def literal(s):
    """A C string literal of the UTF-8 bytes of s, in ASCII, hexadecimal escapes closed."""
    out, hexed = "", False
    for b in s.encode():
        c = chr(b)
        plain = 32 <= b < 127 and c not in '"\\?'
        if plain and hexed and c in "0123456789abcdefABCDEF":
            out += '""'
        out += c if plain else f"\\x{b:02x}"
        hexed = not plain
    return f'"{out}"'


def main():
    rng = random.Random(20)
    chars = assigned()
    hard = list("aAbBzZ019__ .'-:\u0130\u03a3\u03c3\u03c2\u0307\u0301\u00ad\u2019\u200d\u00b2\u2080 ")
    texts = list(SENTENCES)
    for k in range(60):
        texts.append("".join(rng.choice(chars if rng.random() < 0.4 else hard) for _ in range(20 + k)))
    print("/* SPDX-License-Identifier: GPL-3.0-or-later */")
    print("/* tokens.inc - written by tests/parity/make_tokens.py; do not edit. Text, then its tokens, each followed by a bar. */")
    for t in texts:
        tokens = PATTERN.findall(t.lower())
        print(f"{{{literal(t)},\n {literal(''.join(x + '|' for x in tokens))}}},")


main()
