#!/usr/bin/env bash
# Hebrew, by SYNTHETIC voices only: there is no Hebrew speech among the data. Each phrase of
# share/phrases/he.txt is said by espeak-ng's Hebrew in six voices over a telephone band, and heard by its
# pronunciation in English phones; then by three voices' examples in the other three.
# usage: hebrew_eval.sh PROGRAM. Exits 77 (skipped) without espeak-ng or sox.
set -eu
program=$1
command -v espeak-ng >/dev/null && command -v sox >/dev/null || {
	echo "SKIP: espeak-ng and sox are needed"
	exit 77
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
voices=(m1 m3 m7 f1 f2 f4)
say() { # voice, text, out: over a telephone line, 0.4 s of faint noise around it
	espeak-ng -v "he+$1" -s 150 -w "$tmp/s.wav" "$2"
	sox -q -D "$tmp/s.wav" -r 8000 -c 1 -b 16 "$tmp/t.wav" norm -6 sinc 300-3400 pad 0.4 0.4
	sox -q -R -D -r 8000 -c 1 -b 16 -n "$tmp/n.wav" synth "$(soxi -D "$tmp/t.wav")" whitenoise gain -50
	sox -q -D -m "$tmp/t.wav" "$tmp/n.wav" -e mu-law -b 8 "$3" gain -1
}
heard() { # out of the JSON of a call: the phrase it closes with
	sed -n 's/.*"found_by":"phrase","phrase":"\([^"]*\)".*/\1/p'
}
"$program" phrases list --language he --json |
	sed -n 's/.*"phrase":"\([^"]*\)","meaning":"acknowledgement".*/\1/p' >"$tmp/phrases"
n=0 by_pron=0 by_example=0 m=0 wrong=0 wrong_example=0 other=0
k=0
while read -r phrase; do
	k=$((k + 1))
	for v in "${voices[@]}"; do
		say "$v" "$phrase" "$tmp/$k.$v.wav"
	done
	"$program" phrases enrol -l he -p "$phrase" -o "$tmp/all.examples" "$tmp/$k".{m1,m7,f2}.wav >/dev/null
	for v in "${voices[@]}"; do
		got=$("$program" score --json --customer all --listen he "$tmp/$k.$v.wav" | heard)
		n=$((n + 1))
		[ "$got" != "$phrase" ] || by_pron=$((by_pron + 1))
	done
done <"$tmp/phrases"
# every phrase has its examples by now, so that each can be taken for any other
k=0
while read -r phrase; do
	k=$((k + 1))
	for v in m3 f1 f4; do
		got=$("$program" score --json --customer all --listen he --examples "$tmp/all.examples" "$tmp/$k.$v.wav" | heard)
		m=$((m + 1))
		[ "$got" != "$phrase" ] || by_example=$((by_example + 1))
	done
done <"$tmp/phrases"
# what must not be heard: sentences of the same voices that hold none of the phrases
while read -r sentence; do
	for v in "${voices[@]}"; do
		say "$v" "$sentence" "$tmp/o.wav"
		other=$((other + 1))
		got=$("$program" score --json --customer all --listen he "$tmp/o.wav" | heard)
		[ -z "$got" ] || wrong=$((wrong + 1))
		got=$("$program" score --json --customer all --listen he --examples "$tmp/all.examples" "$tmp/o.wav" | heard)
		[ -z "$got" ] || wrong_example=$((wrong_example + 1))
	done
done <<'S'
מתי מגיע הטכנאי
החשבון של החודש הקודם
אני צריך את המספר
השירות לא עובד מאתמול
S
echo "synthetic voices (espeak-ng he, ${#voices[@]} of them), Hebrew acknowledgements: $k phrases"
echo "by pronunciation in English phones: $by_pron of $n heard as themselves"
echo "by pronunciation and three voices' examples, said by three others: $by_example of $m"
echo "other sentences taken for a phrase: by pronunciation $wrong of $other; with all examples $wrong_example of $other"
