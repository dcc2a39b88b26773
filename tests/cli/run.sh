#!/usr/bin/env bash
# One case: CASE.sh is run with `undertone` on the PATH, in an empty folder; its output and exit code
# must be CASE.stdout.exact and CASE.exit. usage: run.sh PROGRAM SAMPLES CASE.sh [--update]
set -u
program=$(realpath "$1") samples=$(realpath "$2") case=$(realpath "$3")
base=${case%.sh}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin" "$tmp/work"
ln -s "$program" "$tmp/bin/undertone"
ln -s "$samples" "$tmp/work/samples"
cd "$tmp/work" || exit 2
env -i PATH="$tmp/bin:$PATH" HOME="$tmp" LC_ALL=C.UTF-8 TZ=UTC bash "$case" >"$tmp/out" 2>"$tmp/err"
code=$?
if [ "${4-}" = --update ]; then
	cp "$tmp/out" "$base.stdout.exact"
	echo $code >"$base.exit"
	exit 0
fi
bad=0
diff -u "$base.stdout.exact" "$tmp/out" || bad=1
[ "$code" = "$(cat "$base.exit")" ] || {
	echo "exit code $code, not $(cat "$base.exit")"
	bad=1
}
[ $bad = 0 ] || sed 's/^/stderr: /' "$tmp/err"
exit $bad
