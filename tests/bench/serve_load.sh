#!/usr/bin/env bash
# 20 reviewers at once on a database of 200,000 calls, while calls are being added as a batch adds
# them. Prints median and 99th percentile of each kind of page, and how many calls were added
# meanwhile and before with nobody there. With THINK_MS (default 1000) a reviewer looks at a page for
# so long; THINK_MS=0 asks as fast as answers come.
# usage: serve_load.sh UNDERTONE REVIEW_FILL SERVE_CLIENT [CALLS [SECONDS]]
set -eu
undertone=$1 fill=$2 client=$3 calls=${4:-200000} seconds=${5:-30}
think=${THINK_MS:-1000}
dir=$(mktemp -d)
trap 'kill $server $batch 2>/dev/null; wait; rm -rf "$dir"' EXIT
server= batch=
db=$dir/load.db
if [ -n "${LOAD_DB-}" ]; then cp "$LOAD_DB" "$db"; else "$fill" "$db" "$calls"; fi
tokens=()
for i in $(seq 20); do
	tokens+=("$("$undertone" user add --db "$db" "reviewer $i" | tail -n 1)")
done
adding() { # the first call's number
	"$fill" "$db" 1000000 "$1" --go-on >"$dir/batch.log" 2>&1 &
	batch=$!
}
adding 1000000
sleep 10
kill -TERM $batch
wait $batch || true
echo "alone, in 10 s: $(cat "$dir/batch.log")"
"$undertone" serve --db "$db" --listen 127.0.0.1:0 >"$dir/serve.log" 2>&1 &
server=$!
for _ in $(seq 50); do
	grep -q '^http' "$dir/serve.log" && break
	sleep 0.1
done
port=$(sed -n 's#^http://127.0.0.1:\([0-9]*\)/.*#\1#p' "$dir/serve.log")
adding 2000000
rc=0
"$client" "$port" "$seconds" 20 "$think" "$calls" "${tokens[@]}" || rc=1
kill -TERM $batch
wait $batch || { echo "the batch failed:"; rc=1; }
echo "beside 20 reviewers, in $seconds s: $(cat "$dir/batch.log")"
batch=
kill -TERM $server
wait $server || rc=1
server=
grep -v '^http' "$dir/serve.log" || true
exit $rc
