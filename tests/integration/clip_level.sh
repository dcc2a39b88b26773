#!/usr/bin/env bash
# The loudness and true peak of excerpts by another meter (FFmpeg's ebur128). usage: clip_level.sh
# PROGRAM SAMPLES. -23 LUFS within 0.5 LU, true peak not above -0.9 dBTP.
set -u
program=$(realpath "$1") samples=$(realpath "$2")
command -v ffmpeg >/dev/null || { echo "1..0 # SKIP no ffmpeg"; exit 0; }
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
n=0 failed=0
"$program" batch -q --db "$tmp/x.db" "$samples" >/dev/null 2>&1
for how in wav flac opus "wav --disguise" "opus --disguise"; do
	# shellcheck disable=SC2086
	"$program" clips --db "$tmp/x.db" --out "$tmp/${how// /}" --format $how >/dev/null || failed=1
	for f in "$tmp/${how// /}"/call-*; do
		n=$((n + 1))
		read -r lufs peak < <(ffmpeg -hide_banner -nostdin -i "$f" -filter ebur128=peak=true:framelog=verbose \
			-f null - 2>&1 | awk '/^ *I:/ { i = $2 } /^ *Peak:/ { p = $2 } END { print i, p }')
		if awk -v i="$lufs" -v p="$peak" 'BEGIN { exit !(p <= -0.9 && i >= -23.5 && i <= -22.5) }'; then
			echo "ok $n - $how, ${f##*/}: $lufs LUFS, $peak dBTP"
		else
			echo "not ok $n - $how, ${f##*/}: $lufs LUFS, $peak dBTP"
			failed=1
		fi
	done
done
echo "1..$n"
[ $n -ge 25 ] || failed=1
exit $failed
