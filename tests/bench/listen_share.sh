#!/usr/bin/env bash
# What listening adds to a night's CPU time: the real calls as a batch, with and without it.
# usage: listen_share.sh PROGRAM. UT_DATA: the real speech folder; exits 77 (skipped) without it.
set -eu
[ -d "${UT_DATA:?}/spokenwoz" ] || {
	echo "SKIP: no calls in $UT_DATA/spokenwoz"
	exit 77
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cp "$UT_DATA"/spokenwoz/*.wav "$tmp" # not their transcripts: those would be read instead of listening
for listen in never en; do
	"$1" batch -q --db "$tmp/$listen.db" --jobs 1 --customer left --listen "$listen" "$tmp"/*.wav
	echo "--listen $listen: $("$1" runs --db "$tmp/$listen.db" --json | grep -o '"audio_s":[0-9.]*,"cpu_s":[0-9.]*')"
done
