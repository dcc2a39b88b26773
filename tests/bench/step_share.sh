#!/usr/bin/env bash
# The share of each step on the real calls. usage: step_share.sh PROGRAM
calls=("${UT_DATA:?}"/spokenwoz/*.wav)
[ -e "${calls[0]}" ] || {
	echo "no calls under $UT_DATA: skipped"
	exit 77
}
exec "$1" "${calls[@]}" "${calls[@]}" "${calls[@]}" "${calls[@]}"
