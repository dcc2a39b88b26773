#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program itself over the samples: one worker, many workers, killed again and again, and in
shards that are merged must give the same rows to the last bit. usage: real_run.py UNDERTONE SAMPLES.
Prints TAP; standard library only."""
import glob, os, random, shutil, signal, sqlite3, subprocess, sys, tempfile

PROGRAM, SAMPLES = os.path.abspath(sys.argv[1]), sys.argv[2]
number, failed = 0, 0


def row(name, problem):
    global number, failed
    number += 1
    failed += bool(problem)
    print("%sok %d - %s" % ("not " if problem else "", number, name))
    if problem:
        print("# " + str(problem).replace("\n", "\n# "))
    sys.stdout.flush()


def undertone(*args):
    p = subprocess.run([PROGRAM] + [str(a) for a in args], capture_output=True, text=True)
    return p.returncode, p.stdout.strip(), p.stderr.strip()


def state(db):
    """Every column of every table that holds results, without row numbers and times of day."""
    con = sqlite3.connect(db)
    ids = dict(con.execute("SELECT id, content FROM call"))
    out = []
    for (table,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").fetchall():
        if table in ("run", "run_failure", "audit"):
            continue
        columns = [c[1] for c in con.execute("PRAGMA table_info(%s)" % table)]
        keep = [c for c in columns if c not in ("run_id", "mtime_ns") and not c.endswith("_at") and c != "current_since"]
        for r in con.execute("SELECT %s FROM %s" % (", ".join(keep), table)):
            r = dict(zip(keep, r))
            if table == "call":
                r.pop("id")
            if "call_id" in r:
                r["call_id"] = ids[r["call_id"]]
            out.append(repr((table, sorted(r.items()))))
    con.close()
    return sorted(out)


def difference(a, b):
    if a != b:
        return "%d rows, not %d; first that differ:\n%s\n%s" % (len(a), len(b), sorted(set(a) - set(b))[:1], sorted(set(b) - set(a))[:1])


tmp = tempfile.mkdtemp(prefix="undertone-real-")
try:
    rec = os.path.join(tmp, "rec")
    os.mkdir(rec)
    for f in sorted(glob.glob(os.path.join(SAMPLES, "*"))):
        ext = f.rsplit(".", 1)[-1]
        if ext not in ("wav", "opus", "mp3", "json"):
            continue
        for i in range(4):
            to = os.path.join(rec, "%d-%s" % (i, os.path.basename(f)))
            shutil.copy(f, to)
            if ext != "json":
                with open(to, "ab") as g:  # bytes behind the audio: another content
                    g.write(b"%d" % i)
    args = ("--customer", "left", "--settle", "0")
    one = os.path.join(tmp, "one.db")
    rc, out, err = undertone("batch", "-j", 1, "--db", one, *args, rec)
    want = state(one)
    n = sum(r.startswith("('call'") for r in want)
    row("one worker: %d calls, %d rows" % (n, len(want)), (rc != 0 or n < 20) and (rc, out, err))
    many = os.path.join(tmp, "many.db")
    rc, out, err = undertone("batch", "-j", 4, "--db", many, *args, rec)
    row("four workers", rc and (rc, out, err) or difference(state(many), want))
    rng, kills, db = random.Random(2), 0, os.path.join(tmp, "killed.db")
    for i in range(16):
        p = subprocess.Popen([PROGRAM, "batch", "-q", "-j", "2", "--db", db, *args, rec], stderr=subprocess.DEVNULL)
        try:
            p.wait(rng.uniform(0.1, 0.8) if i < 15 else 100)
        except subprocess.TimeoutExpired:
            p.send_signal(signal.SIGKILL)
            kills += 1
        if p.wait() == 0:
            break
    row("killed %d times" % kills, kills < 2 and "too few kills" or difference(state(db), want))
    shards = [os.path.join(tmp, "shard-%d.db" % i) for i in range(3)]
    for i, s in enumerate(shards):
        rc, out, err = undertone("batch", "-q", "--shard", "%d/3" % i, "--db", s, *args, rec)
        if rc:
            row("shard %d" % i, (rc, out, err))
    into = os.path.join(tmp, "merged.db")
    rc, out, err = undertone("merge", "--into", into, shards[0], shards[2])
    row("merge without one shard says which", (rc != 1 or "1" not in out + err) and (rc, out, err))
    rc, out, err = undertone("merge", "--into", into, *shards)
    row("merge of all three", rc and (rc, out, err) or difference(state(into), want))
    rc, out, err = undertone("check", "--db", into)
    row("check", rc and (rc, out, err))
    moved = os.path.join(tmp, "moved")
    os.rename(rec, moved)
    rc, out, err = undertone("batch", "--db", one, *args, moved)
    row("the same recordings in another place are known", (rc != 0 or "nothing to do" not in err) and (rc, out, err))
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print("1..%d" % number)
sys.exit(1 if failed else 0)
