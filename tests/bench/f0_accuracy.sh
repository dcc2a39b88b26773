#!/usr/bin/env bash
# Accuracy of the F0 tracker on the pitch bench. usage: f0_accuracy.sh PROGRAM [LIST]
# UT_BENCH_DATA: the bench folder. Exits 77 (skipped) where it is missing.
set -eu
data=${UT_BENCH_DATA:?}/pitch list=${2:-dev}
[ -f "$data/score.py" ] || {
	echo "SKIP: no pitch bench at $data"
	exit 77
}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$1" "$data" "$out" "$list"
python3 "$data/score.py" "$out" --list "$list" --cond g711,tel,b10,b20,gsm | tee "$out/score"
awk '$2 ~ /^(g711|tel|b10)$/ { s += $12; n++ } END { printf "mean FFE of %d columns: %.2f %%\n", n, s / n }' "$out/score"
