#!/usr/bin/env bash
# Builds the fuzz targets with clang's libFuzzer and the sanitizers, and runs each on its corpus.
# usage: run.sh [-t SECONDS] [-a] [-b BUILD_FOLDER] [TARGET...]
#   -t  seconds for each target (default: 600)
#   -a  take what widens coverage into tests/fuzz/corpus, smallest inputs first
#   -b  default: build-fuzz beside the sources
# Prints a line a target: runs, runs a second, coverage (edges, features), inputs, crashes. Exit 1 where
# one crashed, hung or ate memory: the input lies in BUILD_FOLDER/found, and belongs into the corpus,
# where the tests replay it.
set -u
seconds=600 add=0 root=$(realpath "$(dirname "$0")/../..") build=
while getopts t:ab: o; do
	case $o in
	t) seconds=$OPTARG ;;
	a) add=1 ;;
	b) build=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
build=${build:-$root/build-fuzz}
command -v clang >/dev/null || {
	echo "clang is not installed: nothing was fuzzed" >&2
	exit 77
}
if [ ! -e "$build/build.ninja" ]; then
	CC="${CCACHE_DIR:+ccache }clang" meson setup "$build" "$root" -Dfuzz=true -Db_lundef=false \
		-Db_sanitize=address,undefined -Dbuildtype=debugoptimized >"$build.log" 2>&1 || {
		cat "$build.log" >&2
		exit 3
	}
fi
targets=("$@")
[ $# -gt 0 ] || for f in "$root"/tests/fuzz/fuzz_*.c; do
	f=${f##*/fuzz_}
	targets+=("${f%.c}")
done
ninja -C "$build" "${targets[@]/#/tests/fuzz/fuzz_}" >"$build.log" 2>&1 || {
	tail -30 "$build.log" >&2
	exit 3
}
mkdir -p "$build/found"
stat() { sed -n "s/^stat::$1: *//p" "$log"; }
bad=0
printf '%-8s %10s %8s %8s %9s %7s %8s  %s\n' target runs 'a second' edges features inputs 'peak MB' outcome
for t in "${targets[@]}"; do
	new=$build/new/$t corpus=$root/tests/fuzz/corpus/$t log=$build/$t.log
	mkdir -p "$new"
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "$build/tests/fuzz/fuzz_$t" -max_total_time="$seconds" \
		-timeout=25 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$build/found/$t-" \
		"$new" "$corpus" >"$log" 2>&1
	code=$?
	read -r edges features < <(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1 | awk '{ print $2, $4 }')
	outcome=fine
	[ $code = 0 ] || {
		bad=1
		outcome=$(grep -m 1 -E 'ERROR:|runtime error:|ALARM' "$log" | cut -c 1-100)
		outcome="exit $code: $outcome"
	}
	before=$(ls "$corpus" | wc -l)
	if [ $add = 1 ]; then
		"$build/tests/fuzz/fuzz_$t" -merge=1 -timeout=25 "$corpus" "$new" >>"$log" 2>&1
		outcome="$outcome; $(($(ls "$corpus" | wc -l) - before)) added"
	fi
	printf '%-8s %10s %8s %8s %9s %7s %8s  %s\n' "$t" "$(stat number_of_executed_units)" \
		"$(stat average_exec_per_sec)" "${edges:-?}" "${features:-?}" "$before" \
		"$(stat peak_rss_mb)" "$outcome"
done
exit $bad
