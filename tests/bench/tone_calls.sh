#!/usr/bin/env bash
# Scores made calls (make_calls.py) with score_calls.py. With --models PREFIX each customer's calls are
# scored by PREFIX-NAME.model, NAME as in truth.csv: the model that never heard that customer, kept by
# `undertone evaluate --folds speaker --keep PREFIX- MANIFEST.csv`. Without it, by the shipped model.
# usage: tone_calls.sh UNDERTONE SCORE_CALLS.py CALLS_DIR [--models PREFIX]
set -eu
program=$1 score=$2 calls=$(realpath "$3") prefix=
if [ "${4:-}" = --models ]; then prefix=$(realpath "$(dirname "$5")")/$(basename "$5"); fi
if [ -z "$prefix" ]; then
	exec python3 "$score" "$calls" --program "$program" --args "--customer left"
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tail -n +2 "$calls/truth.csv" | cut -d, -f2 | sort -u | while read -r who; do
	mkdir "$work/$who"
	awk -F, -v who="$who" 'NR == 1 || $2 == who' "$calls/truth.csv" >"$work/$who/truth.csv"
	tail -n +2 "$work/$who/truth.csv" | cut -d, -f1 | while read -r f; do
		ln -s "$calls/$f" "$work/$who/$f"
	done
	python3 "$score" "$work/$who" --program "$program" --out "$work/$who.csv" \
		--args "--customer left --model $prefix-$who.model" >/dev/null
done
python3 - "$score" "$work" <<'P'
import csv, glob, importlib.util, random, sys
spec = importlib.util.spec_from_file_location("score_calls", sys.argv[1])
s = importlib.util.module_from_spec(spec)
spec.loader.exec_module(s)
rows = [{"speaker": r["speaker"], "label": r["label"], "iou": float(r["iou"]), "said": r["said"],
         "scores": {k: float(r[k]) for k in s.LABELS}}
        for f in sorted(glob.glob(sys.argv[2] + "/*.csv")) for r in csv.DictReader(open(f))]
names = sorted({r["speaker"] for r in rows})
by = {n: [r for r in rows if r["speaker"] == n] for n in names}
rng = random.Random(0)
draws = [s.figures([r for n in rng.choices(names, k=len(names)) for r in by[n]]) for _ in range(500)]
print("%d calls, %d customers, each scored by a model that never heard them" % (len(rows), len(names)))
for k, v in s.figures(rows).items():
    b = sorted(x[k] for x in draws if k in x and x[k] == x[k])
    print("%-20s %.3f  [%.3f, %.3f]" % (k, v, b[int(0.025 * len(b))], b[min(len(b) - 1, int(0.975 * len(b)))]))
P
