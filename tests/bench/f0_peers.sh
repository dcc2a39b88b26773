#!/usr/bin/env bash
# The peers on the pitch bench, and the fine error where all agree. usage: f0_peers.sh PROGRAM [LIST]
# PROGRAM: f0_accuracy. Needs praat; RAPT too where SPTK_PITCH names SPTK's pitch (Debian: sptk) and
# sox is installed. UT_BENCH_DATA: the bench folder. Exits 77 (skipped) where something is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${UT_BENCH_DATA:?}/pitch list=${2:-dev}
[ -f "$data/score.py" ] || {
	echo "SKIP: no pitch bench at $data"
	exit 77
}
command -v praat >/dev/null || {
	echo "SKIP: praat is not installed"
	exit 77
}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
conds="g711 tel b10 b20 gsm"
for s in egg fda syn; do
	for c in $conds; do
		mkdir -p "$out/praat/$s/$c" "$out/rapt/$s/$c"
		sed "s|^|$s/$c/|" "$data/$s/$list.txt"
	done
done >"$out/list"
"$1" "$data" "$out/undertone" "$list"
praat --run "$here/f0_peers.praat" "$out/list" "$data" "$out/praat"
peers=praat
if [ -x "${SPTK_PITCH:-}" ]; then
	while read -r f; do
		sox "$data/$f.flac" -t f32 - |
			"$(dirname "$SPTK_PITCH")/sopr" -m 32768 |
			"$SPTK_PITCH" -a 0 -s 8 -p 80 -T -0.25 -L 50 -H 500 -o 1 |
			od -An -v -tf4 -w4 | awk 'BEGIN { print "time,f0" }
				{ printf "%.4f,%.3f\n", (NR - 1) * 0.01 + 0.005, $1 }' \
			>"$out/rapt/$f.csv"
	done <"$out/list"
	peers="praat rapt"
fi
for p in undertone $peers; do
	echo "$p:"
	python3 "$data/score.py" "$out/$p" --list "$list" --cond "${conds// /,}"
done
python3 "$here/f0_common.py" "$data" "$list" "$out" undertone $peers
