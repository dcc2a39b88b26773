#!/usr/bin/env bash
# Speed of every stage on real two-party calls, and of Praat on the same where it is installed.
# usage: engine_speed.sh PROGRAM
# UT_DATA: the real speech folder. Exits 77 (skipped) where it is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
calls=${UT_DATA:?}/spokenwoz
set -- "$1" "$calls"/*.wav
[ -f "$2" ] || {
	echo "SKIP: no calls in $calls"
	exit 77
}
"$@"
if command -v praat >/dev/null; then
	tmp=$(mktemp)
	TIMEFORMAT='%U %S'
	cpu=$({ time praat --run "$here/speed.praat" "$2" >"$tmp"; } 2>&1)
	awk -v audio="$(cat "$tmp")" -v cpu="$cpu" 'BEGIN {
		split(cpu, t, " ")
		used = t[1] + t[2]
		printf "%-44s %12.0f %12.3f %9.0f\n", "Praat: pitch, pulses, voice report",
			used / audio * 1e9, used / audio * 3600, audio / used
	}'
	rm -f "$tmp"
else
	echo "Praat is not installed: no comparison"
fi
