#!/usr/bin/env bash
# Speed of every stage on real two-party calls. usage: engine_speed.sh PROGRAM
# UT_DATA: the real speech folder. Exits 77 (skipped) where it is missing.
set -eu
set -- "$1" "${UT_DATA:?}"/spokenwoz/*.wav
[ -f "$2" ] || {
	echo "SKIP: no calls in $UT_DATA/spokenwoz"
	exit 77
}
exec "$@"
