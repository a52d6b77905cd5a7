# SPDX-License-Identifier: GPL-3.0-or-later
# small.sh - sourced by cases: small texts and a model of them. Every function writes to the current folder or to standard output.

# Eight labelled documents of two classes.
corpus() {
    cat <<'CSV'
id,text,label
m1,Troops crossed the river at dawn under artillery fire,military
m2,The army shelled the river crossing and its troops dug in,military
m3,Artillery and drones struck the army depot near the river,military
m4,Drones followed the troops as the army moved its artillery,military
e1,The central bank raised interest rates as prices rose,economic
e2,Prices rose again and the bank warned of inflation,economic
e3,Interest rates and inflation hurt exports said the bank,economic
e4,Exports fell while inflation and interest rates rose,economic
CSV
}

# A model of them, m.nfm.
model() {
    corpus >corpus.csv
    newsframe train corpus.csv --smoothing 1 -o m.nfm -q
}

# generated N SEED: N labelled documents of words drawn with falling frequency, JSON lines.
generated() {
    python3 - "$1" "$2" <<'PY'
import json, random, sys
n, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
syllables = [a + b for a in "bdfgklmnprst" for b in ("a", "e", "i", "o", "u")]
words = ["".join(rng.choice(syllables) for _ in range(1 + i % 4)) for i in range(900)]
accented = ["Zürich", "naïve", "Ærø", "Київ", "東京", "U.S.", "don’t"]
for d in range(n):
    topic = d % 5
    length = rng.randrange(5, 120)
    text = [words[min(899, int(rng.expovariate(1 / 60)) + (topic * 150 if rng.random() < 0.3 else 0))] for _ in range(length)]
    text.insert(rng.randrange(length), rng.choice(accented))
    row = {"id": "d%04d" % d, "title": " ".join(text[:4]).title(), "text": " ".join(text) + "."}
    if d % 11:
        row["label"] = "topic%d" % topic
    print(json.dumps(row, ensure_ascii=d % 2 == 0))
PY
}

# ends COMMAND...: runs it and says how it ended on standard output.
ends() {
    "$@"
    echo "exit $?"
}

# A codebook of its two classes and a third without documents, cb.json.
codebook() {
    cat >cb.json <<'JSON'
{"id": "small", "colour": "none", "frames": [
  {"key": "military", "name": "Military", "definition": "armed force", "seeds": ["troop*", "army", "artillery", "drone*", "warship*"]},
  {"key": "economic", "seeds": ["bank", "price*", "interest rate*", "inflation"]},
  {"key": "sport", "seeds": ["rose", "match*"]},
  {"key": "none"}]}
JSON
}

# several N SEED: N documents of 0 to 3 labels each (b has few, "none" where there are none), JSON lines; every eleventh is unlabelled.
several() {
    python3 - "$1" "$2" <<'PY'
import json, random, sys
n, rng = int(sys.argv[1]), random.Random(int(sys.argv[2]))
words = {c: [c + x for x in ("ana", "obo", "ede", "iri", "umu", "asa")] for c in "bcde"}
common = ["w%02d" % i for i in range(60)]
for d in range(n):
    labels = [c for c, p in (("b", .08), ("c", .5), ("d", .35), ("e", .3)) if rng.random() < p]
    text = [rng.choice(common) for _ in range(12)] + [rng.choice(words[c]) for c in labels for _ in range(3)]
    rng.shuffle(text)
    row = {"id": "d%03d" % d, "text": " ".join(text)}
    if d % 11:
        row["labels"] = labels
    print(json.dumps(row))
PY
}
