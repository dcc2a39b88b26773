#!/usr/bin/env bash
# Median F0 of clean speech, ten speakers, within 1 % of Praat's over the frames both call voiced. usage: f0_median.sh PROGRAM
# Exits 77 (skipped) without Praat or the recordings.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
speech=${UT_DATA:?}/emodb
if ! command -v praat >/dev/null || [ ! -f "$speech/manifest.csv" ]; then
	echo "1..0 # SKIP needs Praat and $speech"
	exit 0
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# two neutral utterances a speaker
awk -F, -v root="$(cd "$speech" && pwd)" '$3 == "neutral" && seen[$2]++ < 2 { print root "/" $1 }' \
	"$speech/manifest.csv" >"$dir/list"
xargs "$1" tracks <"$dir/list" >"$dir/ours"
praat --run "$here/f0_median.praat" "$dir/list" >"$dir/praat"
"$1" agree "$dir/ours" "$dir/praat"
