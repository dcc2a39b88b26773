#!/usr/bin/env bash
# Makes dsp/f0_model.c again. usage: f0_train.sh PROGRAM EMODB OUT.c [BENCH]
# PROGRAM: build/tests/train/f0_train; EMODB: the corpus (flac/, manifest.csv); BENCH: the pitch
# bench, scored at the end and never trained on. Needs praat. About 15 minutes of one core.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/labels"
ls "$2/flac" >"$work/list.txt"
praat --run "$here/f0_labels.praat" "$work/list.txt" "$(realpath "$2")/flac" "$work/labels"
"$1" "$2" "$work/labels" "$3" ${4:+"$4"}
