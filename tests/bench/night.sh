#!/usr/bin/env bash
# A night: 2,000 telephone calls in four codecs through `undertone batch`, then again; how fast, how
# flat from the first file to the last, how much memory, and the share of each step.
# usage: night.sh PROGRAM [CALLS [WORK_FOLDER [STEP_SHARE]]]; needs UT_DATA, UT_BENCH_DATA, python3. A work
# folder is kept: the 100 calls that all are copies of are made once (100 CPU s).
set -u
program=$(realpath "$1") want=${2:-2000}
make=${UT_BENCH_DATA:?}/make_calls.py data=${UT_DATA:?}
[ -e "$make" ] && [ -e "$data/emodb/manifest.csv" ] || {
	echo "no material under $UT_BENCH_DATA and $UT_DATA: skipped"
	exit 77
}
tmp=${3:-$(mktemp -d)} share=${4:-}
[ -n "${3-}" ] || trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/made" "$tmp/night"
one() {
	[ -e "$tmp/made/$1/truth.csv" ] ||
		python3 "$make" --customers "$data/emodb/manifest.csv" --agents "$data/ravdess/manifest.csv" \
			--out "$tmp/made/$1" --calls 25 --codec "$1" --seed 7 >/dev/null
}
export -f one
export make data tmp
printf '%s\n' ulaw alaw opus mp3 | xargs -P "$(nproc)" -I{} bash -c 'one {}' || exit 2
n=0 copy=0
while [ $n -lt "$want" ]; do
	copy=$((copy + 1))
	for f in "$tmp"/made/*/call-*; do
		[ $n -lt "$want" ] || break
		n=$((n + 1))
		to=$tmp/night/$copy-$(basename "$(dirname "$f")")-$(basename "$f")
		[ -e "$to" ] && continue
		cp "$f" "$to"
		printf '%08d' "$n" >>"$to" # bytes behind the audio: another content, the same work
	done
done
rm -f "$tmp"/night.db*
python3 - "$program" "$tmp/night.db" "$tmp/night" <<'PY'
import os, resource, sqlite3, subprocess, sys, time
program, db, folder = sys.argv[1:]
for name in ("first run", "again"):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    t = time.time()
    p = subprocess.Popen([program, "batch", "--db", db, "--settle", "0", "--customer", "left", folder], stderr=subprocess.PIPE, text=True)
    peak, points = {}, []
    while p.poll() is None:
        time.sleep(0.5)
        try:
            for pid in [p.pid] + [int(x) for x in open("/proc/%d/task/%d/children" % (p.pid, p.pid)).read().split()]:
                for line in open("/proc/%d/status" % pid):
                    if line.startswith("VmHWM"):
                        who = "parent" if pid == p.pid else "worker"
                        peak[who] = max(peak.get(who, 0), int(line.split()[1]) / 1024)
        except OSError:
            pass
    err = p.stderr.read().strip()
    wall = time.time() - t
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = r.ru_utime + r.ru_stime - before.ru_utime - before.ru_stime
    con = sqlite3.connect(db)
    n, audio = con.execute("SELECT count(*), coalesce(sum(duration_s), 0) FROM call").fetchone()
    times = [x[0] for x in con.execute("SELECT unixepoch(analysed_at, 'subsec') FROM call ORDER BY id")] if sqlite3.sqlite_version_info >= (3, 42) else \
            [(x[0] - 2440587.5) * 86400 for x in con.execute("SELECT julianday(analysed_at) FROM call ORDER BY id")]
    con.close()
    print("%s: exit %d, wall %.1f s, CPU %.1f s; %d calls, %.2f h of audio" % (name, p.returncode, wall, cpu, n, audio / 3600))
    print("  " + err.splitlines()[-1])
    if name == "first run":
        print("  %.0f x real time a core (audio over CPU seconds, everything included); %.0f x on the clock" % (audio / cpu, audio / wall))
        q = len(times) // 4
        print("  seconds a quarter: " + ", ".join("%.1f" % (times[min(len(times) - 1, (i + 1) * q - 1)] - times[i * q]) for i in range(4)))
    print("  peak memory: " + ", ".join("%s %.0f MB" % kv for kv in sorted(peak.items())))
PY
[ -z "$share" ] || "$share" "$tmp"/made/*/call-*
