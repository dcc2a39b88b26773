#!/usr/bin/env bash
# The recogniser on real telephone speech. usage: words_eval.sh PROGRAM
# UT_DATA: the real speech folder. Exits 77 (skipped) where it is missing.
set -eu
[ -d "${UT_DATA:?}/spokenwoz" ] || {
	echo "SKIP: no calls in $UT_DATA/spokenwoz"
	exit 77
}
exec "$1" "$UT_DATA" "${UT_SOURCE:?}"
