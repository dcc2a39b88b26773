#!/usr/bin/env bash
# The layer test must fail on planted violations, one at a time. usage: layers_planted.sh SOURCE_ROOT
set -u
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
fail=0
try() { # file, line of C
	rm -rf "$tmp/t" && mkdir -p "$tmp/t/pipeline/base" "$tmp/t/pipeline/store" "$tmp/t/pipeline/decode" "$tmp/t/pipeline/isolate" "$tmp/t/pipeline/clip" "$tmp/t/dsp" "$tmp/t/classifiers"
	echo "$2" >"$tmp/t/$1"
	if bash "$root/tests/lint/layers.sh" "$tmp/t" >/dev/null; then
		echo "not caught: $1: $2"
		fail=1
	fi
}
root=$1
try dsp/a.c '#include "call/call.h"'
try dsp/a.c '#include <sqlite3.h>'
try pipeline/base/a.c '#include "dsp/frame.h"'
try pipeline/store/a.c '#include "decode/decode.h"'
try pipeline/decode/a.c '#include "store/store.h"'
try classifiers/a.c '#include <sndfile.h>'
try pipeline/isolate/a.c '#include "call/call.h"'
try pipeline/clip/a.c '#include "run/scan.h"'
try pipeline/clip/a.c '#include <sys/wait.h>'
try dsp/a.c 'int f(void) { printf("x"); }'
# and an allowed tree passes
rm -rf "$tmp/t" && mkdir -p "$tmp/t/pipeline/store" "$tmp/t/dsp" "$tmp/t/classifiers"
printf '#include "call/call.h"\n#include <sqlite3.h>\n' >"$tmp/t/pipeline/store/a.c"
bash "$root/tests/lint/layers.sh" "$tmp/t" || { echo "an allowed include was refused"; fail=1; }
exit $fail
