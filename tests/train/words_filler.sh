#!/usr/bin/env bash
# The frequent words that other speech is explained by: prints share/models/words.txt out of Debian's
# pocketsphinx-en-us. usage: words_filler.sh [HOW_MANY]. Needs sphinx_lm_convert (sphinxbase-utils).
set -eu
model=/usr/share/pocketsphinx/model/en-us
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# it writes the unigrams and then gives up on the trigrams of this model: the unigrams will do
sphinx_lm_convert -i $model/en-us.lm.bin -ifmt bin -o "$tmp/lm" -ofmt arpa >/dev/null 2>&1 || true
echo "# What other speech is made of: the most frequent words of Debian's pocketsphinx-en-us, the log10 of"
echo "# their share in its language model, and their pronunciations (CMU dictionary). Made by"
echo "# tests/train/words_filler.sh; both under the two-clause BSD licence of Carnegie Mellon University."
awk -v most="${1:-120}" '
	FNR == NR { w = $1; sub(/\([0-9]+\)$/, "", w); $1 = ""; sub(/^ /, "")
		if (w in pron) pron[w] = pron[w] ", " $0; else pron[w] = $0
		next }
	/^\\2-grams/ { exit }
	NF >= 2 && $2 in pron && $1 < 0 { printf "%s\t%s\t%s\n", $1, $2, pron[$2] }
' $model/cmudict-en-us.dict "$tmp/lm" | LC_ALL=C sort -t "$(printf '\t')" -k1,1gr -k2,2r | head -n "${1:-120}" |
	awk -F '\t' '{ printf "%s | %.3f | %s\n", $2, $1, $3 }'
