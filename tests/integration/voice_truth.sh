#!/usr/bin/env bash
# Voice quality and formants against known values and against Praat. usage: voice_truth.sh PROGRAM
# Rows against Praat skip where it is not installed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$1" make "$dir"
if command -v praat >/dev/null; then
	praat --run "$here/voice.praat" "$dir" >&2
fi
"$1" compare "$dir"
