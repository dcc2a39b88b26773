#!/usr/bin/env bash
# Every code given to ut_call_problem is a row of pipeline/call/problems.h.
# usage: problems.sh SOURCE_ROOT
cd "$1" || exit 2
known=$(grep -oP '^\tX\(\K[a-z_0-9]+' pipeline/call/problems.h) || exit 2
bad=0
# the call may break after the record: look across lines
while read -r code; do
	grep -qx "$code" <<<"$known" || { echo "not in problems.h: $code"; bad=1; }
done < <(find pipeline tests -name '*.[ch]' -exec cat {} + | tr '\n' ' ' |
	grep -oP '(ut_call_problem|PROBLEM)\(\s*[^,()"]+,\s*"\K[^"]+' | sort -u)
exit $bad
