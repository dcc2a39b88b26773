#!/usr/bin/env bash
# docs/deploy on a real Slurm of one machine (Debian's slurm-wlm and munge; no cgroups): an array of
# four tasks, one of them killed and requeued, then the merge; the result is compared with a run on
# one machine, row by row. Installs what it needs where it may; skips, loudly, where it may not.
# usage: slurm.sh UNDERTONE SOURCE_ROOT
set -u
undertone=$(realpath "$1") source=$(realpath "$2")
skip() {
	echo "1..0 # SKIP $1"
	exit 77
}
[ "$(id -u)" = 0 ] || skip "needs root to start munge and slurmd"
for p in munged slurmctld slurmd sbatch; do
	command -v $p >/dev/null || need=1
done
if [ -n "${need-}" ]; then
	apt-get install -y --no-install-recommends slurm-wlm munge >/dev/null 2>&1 ||
		skip "slurm-wlm and munge cannot be installed here"
fi
tmp=$(mktemp -d) || exit 2
chmod 755 "$tmp"
pids=()
finish() {
	# the step daemons of jobs end with their jobs
	scancel -f -u root >/dev/null 2>&1
	sleep 1
	for p in "${pids[@]}"; do kill "$p" 2>/dev/null; done
	for p in "${pids[@]}"; do wait "$p" 2>/dev/null; done
	rm -rf "$tmp"
}
trap finish EXIT
fail=0 n=0
row() { # name, then a command that must succeed
	n=$((n + 1))
	if "${@:2}" >"$tmp/why" 2>&1; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# /' "$tmp/why"
		fail=1
	fi
}

# munge: a key and a socket of our own
mkdir -m 755 "$tmp/munge" "$tmp/munge/run"
mkdir -m 700 "$tmp/munge/lib" "$tmp/munge/etc"
head -c 1024 /dev/urandom >"$tmp/munge/etc/key"
chmod 600 "$tmp/munge/etc/key"
munged --foreground --force --key-file="$tmp/munge/etc/key" --socket="$tmp/munge/run/socket" \
	--pid-file="$tmp/munge/run/pid" --log-file="$tmp/munge/lib/log" --seed-file="$tmp/munge/lib/seed" \
	>"$tmp/munged.out" 2>&1 &
pids+=($!)
host=$(hostname -s)
cpus=$(nproc)
cat >"$tmp/slurm.conf" <<CONF
ClusterName=undertone
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$tmp/munge/run/socket
CredType=cred/munge
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0
JobRequeue=1
ReturnToService=2
SlurmctldPort=26817
SlurmdPort=26818
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool
SlurmctldPidFile=$tmp/ctld.pid
SlurmdPidFile=$tmp/slurmd.pid
SlurmctldLogFile=$tmp/ctld.log
SlurmdLogFile=$tmp/slurmd.log
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
mkdir "$tmp/state" "$tmp/spool"
export SLURM_CONF=$tmp/slurm.conf
for _ in $(seq 50); do [ -S "$tmp/munge/run/socket" ] && break; sleep 0.1; done
slurmctld -D -i >"$tmp/ctld.out" 2>&1 &
pids+=($!)
slurmd -D >"$tmp/slurmd.out" 2>&1 &
pids+=($!)
for _ in $(seq 100); do
	[ "$(sinfo -h -o %t 2>/dev/null)" = idle ] && break
	sleep 0.2
done
if [ "$(sinfo -h -o %t 2>/dev/null)" != idle ]; then
	tail -n 5 "$tmp/munged.out" "$tmp/munge/lib/log" "$tmp/ctld.out" "$tmp/ctld.log" "$tmp/slurmd.out" "$tmp/slurmd.log" 2>/dev/null | sed 's/^/# /'
	skip "Slurm did not start here"
fi

# recordings: the samples, each also under other contents, and a broken one
mkdir "$tmp/bin" "$tmp/rec"
ln -s "$undertone" "$tmp/bin/undertone"
export PATH=$tmp/bin:$PATH
for f in "$source"/samples/*.wav "$source"/samples/*.opus; do
	for i in $(seq 12); do
		b=$(basename "$f")
		cp "$f" "$tmp/rec/$i-$b"
		printf '%s' "$i" >>"$tmp/rec/$i-$b" # bytes behind the audio: another content
	done
done
echo "no recording" >"$tmp/rec/broken.wav"
undertone batch -q --settle 0 --customer left --db "$tmp/one.db" "$tmp/rec" 2>/dev/null
one=$?

cd "$tmp" || exit 2
ids=$(bash "$source/docs/deploy/slurm-submit.sh" 4 "$tmp/rec" "$tmp/results" --settle 0 --customer left)
array=$(echo "$ids" | sed -n 's/^array //p')
killed=no
for _ in $(seq 300); do
	# kill the batch of task 2 in the middle of its work, as a node failure would
	if [ -s "$tmp/results/shard-2.db" ] || [ -s "$tmp/results/shard-2.db-wal" ]; then
		pid=$(pgrep -f "batch --db $tmp/results/shard-2.db" | head -n 1)
		if [ -n "$pid" ] && scontrol requeue "${array}_2" 2>"$tmp/requeue.err"; then
			killed=yes
			break
		fi
	fi
	sleep 0.05
done
for _ in $(seq 600); do
	[ -z "$(squeue -h 2>/dev/null)" ] && break
	sleep 0.5
done
dump() {
	sqlite3 "$1" "SELECT c.content, c.options, c.duration_s, c.talk_s, k.start_frame, k.end_frame,
		t.label, t.accepting, t.resigned, f.path FROM call AS c JOIN file AS f USING (content)
		LEFT JOIN closing AS k ON k.call_id = c.id LEFT JOIN tone AS t ON t.call_id = c.id
		ORDER BY 1, f.path; SELECT content, path, code FROM failure ORDER BY 1;"
}
row "one machine: 84 calls and one broken one" [ "$one" = 1 ]
row "task 2 was killed and requeued" [ "$killed" = yes ]
row "all four shards are there" ls "$tmp/results/shard-0.db" "$tmp/results/shard-1.db" "$tmp/results/shard-2.db" "$tmp/results/shard-3.db"
row "the merge ran, after any" test -s "$tmp/results/calls.db"
row "nothing is missing" undertone merge --into "$tmp/again.db" "$tmp"/results/shard-*.db
row "the whole is sound" undertone check --db "$tmp/results/calls.db"
dump "$tmp/one.db" >"$tmp/one.txt"
dump "$tmp/results/calls.db" >"$tmp/many.txt"
row "the same rows as on one machine ($(wc -l <"$tmp/one.txt"))" diff "$tmp/one.txt" "$tmp/many.txt"
row "no shard is empty" awk 'END { exit NR != 4 }' <(for i in 0 1 2 3; do sqlite3 "$tmp/results/shard-$i.db" "SELECT count(*) FROM call" | grep -v '^0$'; done)
cat "$tmp"/slurm-*.out 2>/dev/null | tail -n 20 | sed 's/^/# /'
echo "1..$n"
exit $fail
