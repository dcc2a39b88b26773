#!/usr/bin/env bash
# From a bare Debian 12 to tested: installs, builds with gcc and clang, runs every suite, again under
# the address and undefined-behaviour sanitizers, and the readers and judges under valgrind (a whole
# run cannot be: the workers' sandbox refuses what valgrind does).
# Ends with the line "N passed, N failed, N skipped". Exit 0 only if nothing failed.
set -u
cd "$(dirname "$0")/.."
bash tools/deps.sh test || exit 3
passed=0 failed=0 skipped=0
count() { # the label's number in a meson test log
	sed -n "s/^$1: *\([0-9]*\).*/\1/p" "$2" | tail -n 1
}
suite() { # build folder, meson setup arguments, --, meson test arguments
	local dir=$1 log
	shift
	local setup=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		setup+=("$1")
		shift
	done
	shift
	log=$dir.log
	echo "== $dir: meson setup ${setup[*]}; meson test $*"
	if [ ! -f "$dir/build.ninja" ]; then
		env "${env[@]}" meson setup "$dir" "${setup[@]}" >"$log" 2>&1 || {
			cat "$log"
			failed=$((failed + 1))
			return
		}
	fi
	ninja -C "$dir" >"$log" 2>&1 || {
		tail -n 60 "$log"
		echo "== $dir: does not build"
		failed=$((failed + 1))
		return
	}
	meson test -C "$dir" --no-rebuild --print-errorlogs "$@" >"$log" 2>&1
	grep -vE '^(ninja|Full log|$)' "$log"
	local n
	for label in Ok 'Expected Fail'; do
		n=$(count "$label" "$log")
		passed=$((passed + ${n:-0}))
	done
	for label in Fail 'Unexpected Pass' Timeout; do
		n=$(count "$label" "$log")
		failed=$((failed + ${n:-0}))
	done
	n=$(count Skipped "$log")
	skipped=$((skipped + ${n:-0}))
	grep -q '^Ok:' "$log" || failed=$((failed + 1)) # the runner itself fell over
}
env=(CC=gcc)
suite b-gcc --buildtype=debugoptimized -- --no-suite slow
suite b-gcc --buildtype=debugoptimized -- text opt wire closing turns decode metadata tone phrases transcript coach \
	--timeout-multiplier 20 --wrapper 'valgrind -q --error-exitcode=9 --leak-check=full'
env=(CC=clang)
suite b-clang --buildtype=debugoptimized -- --suite unit --suite contract --suite golden
env=(CC=gcc)
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
suite b-san --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false -- \
	--no-suite slow --no-suite lint --no-suite web --timeout-multiplier 4
if [ "$failed" -gt 0 ]; then
	echo "failed: see b-*.log and b-*/meson-logs/testlog.txt"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
