#!/usr/bin/env bash
# From a bare Debian 12 to findings: installs, builds, and runs the nightly job on the sample calls.
set -eu
cd "$(dirname "$0")/.."
bash tools/deps.sh build
[ -f build/build.ninja ] || meson setup build --buildtype=release >build.log 2>&1 || {
	cat build.log
	exit 3
}
ninja -C build >build.log 2>&1 || {
	tail -n 40 build.log
	exit 3
}
rm -f build.log
db=build/demo.db
rm -f "$db" "$db-wal" "$db-shm"
run() {
	echo "\$ $*"
	"$@" || status=$?
	echo
}
status=0
# exit code 1 is right here: one of the samples is broken on purpose, and the batch says so
run build/undertone batch --db "$db" samples
run build/undertone findings --db "$db"
top=$(build/undertone findings --db "$db" --limit 1 --csv | tail -n +2 | cut -d, -f1)
[ -z "$top" ] || run build/undertone show --db "$db" "$top"
[ "$status" -le 1 ]
