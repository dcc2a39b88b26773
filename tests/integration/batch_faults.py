#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults injected into the batch; after each, the next run must leave the database as an undisturbed
run does, row by row. usage: batch_faults.py FAULT_BATCH. Prints TAP; standard library only."""
import os, random, resource, shutil, signal, sqlite3, subprocess, sys, tempfile, time

PROGRAM = os.path.abspath(sys.argv[1])
number, failed = 0, 0


def row(name, problem):
    global number, failed
    number += 1
    failed += bool(problem)
    print("%sok %d - %s" % ("not " if problem else "", number, name))
    if problem:
        print("# " + str(problem).replace("\n", "\n# "))
    sys.stdout.flush()


def state(db):
    """Everything that must not depend on what happened on the way."""
    con = sqlite3.connect(db)
    try:
        assert con.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert con.execute("PRAGMA foreign_key_check").fetchall() == []
        calls = con.execute("SELECT content, options, model, call_key, n_samples FROM call ORDER BY 1, 2, 3").fetchall()
        files = con.execute("SELECT content, path FROM file ORDER BY 1, 2").fetchall()
        failures = con.execute("SELECT content, path, code, message FROM failure ORDER BY 1, 2").fetchall()
        return {"calls": calls, "files": files, "failures": failures}
    finally:
        con.close()


def difference(a, b):
    for k in a:
        if a[k] != b[k]:
            return "%s differ:\nonly here %s\nmissing %s" % (k, sorted(set(a[k]) - set(b[k]))[:5], sorted(set(b[k]) - set(a[k]))[:5])


def start(db, folder, jobs=2, settle=0, stall=1, retry=False, **kw):
    args = [PROGRAM, db, str(jobs), str(settle), str(stall)] + (["--retry"] if retry else []) + [folder]
    return subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kw)


def run(*a, **kw):
    p = start(*a, **kw)
    out, err = p.communicate(timeout=120)
    return p.returncode, out.strip(), err.strip()


def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    return path


tmp = tempfile.mkdtemp(prefix="undertone-faults-")
try:
    good = os.path.join(tmp, "good")
    for i in range(60):
        put(good, "day%d/%02d.wav" % (i % 3, i), "slow 0.02 call %d" % i)
    put(good, "day1/copy.wav", "slow 0.02 call 0")  # the same content twice
    undisturbed = os.path.join(tmp, "undisturbed.db")
    rc, out, err = run(undisturbed, good, jobs=1)
    want = state(undisturbed)
    row("undisturbed", (rc != 0 or len(want["calls"]) != 60 or len(want["files"]) != 61 or want["failures"]) and (rc, out, err))
    rc, out, err = run(undisturbed, good)
    row("again: nothing to do, and it says so",
        (rc, out) != (0, "nothing to do: 61 recordings, all in %s already" % undisturbed) and (rc, out, err)
        or difference(state(undisturbed), want))
    db = os.path.join(tmp, "jobs8.db")
    rc, out, err = run(db, good, jobs=8)
    row("eight workers: the same rows", rc != 0 and (rc, out, err) or difference(state(db), want))

    # the parent dies at any moment, again and again
    rng = random.Random(1)
    db, kills = os.path.join(tmp, "killed.db"), 0
    for _ in range(200):
        p = start(db, good)
        try:
            p.wait(rng.uniform(0.005, 0.25))
        except subprocess.TimeoutExpired:
            p.send_signal(signal.SIGKILL)
            kills += 1
        p.communicate()
        if p.returncode == 0:
            break
    row("kill -9 of the parent, %d times" % kills, kills < 3 and "too few kills" or difference(state(db), want))

    # workers die at any moment, from outside
    db, kills = os.path.join(tmp, "workers.db"), 0
    p = start(db, good, jobs=3)
    while p.poll() is None and kills < 10:
        time.sleep(rng.uniform(0.02, 0.06))
        try:
            kids = open("/proc/%d/task/%d/children" % (p.pid, p.pid)).read().split()
            if kids:
                os.kill(int(rng.choice(kids)), signal.SIGKILL)
                kills += 1
        except (OSError, ProcessLookupError):
            pass
    out, err = p.communicate(timeout=60)
    problem = (p.returncode not in (0, 1) or kills < 5) and (p.returncode, kills, out, err)
    if p.returncode == 1:  # one of them was hit twice, alone too: a failure that a retry mends
        rc, out, err = run(db, good, retry=True)
        problem = problem or rc and (rc, out, err)
    row("kill -9 of %d workers" % kills, problem or difference(state(db), want))

    # two at once
    db = os.path.join(tmp, "two.db")
    two = [start(db, good), start(db, good)]
    outs = [p.communicate(timeout=60) for p in two]
    done = sum(int(o[0].split(" analysed")[0].split()[-1]) for o in outs if " analysed" in o[0])
    row("two batches on one database: no call twice", (done != 60 or any(p.returncode for p in two)) and (done, outs) or difference(state(db), want))

    for name, times, sig in (("Ctrl-C", 1, signal.SIGINT), ("Ctrl-C twice", 2, signal.SIGINT), ("SIGTERM", 1, signal.SIGTERM)):
        db = os.path.join(tmp, name.replace(" ", "") + ".db")
        p = start(db, good)
        time.sleep(0.4)
        for _ in range(times):
            p.send_signal(sig)
            time.sleep(0.05)
        out, err = p.communicate(timeout=20)
        n = len(state(db)["calls"])
        problem = (p.returncode != 128 + sig or not 0 < n < 60 or "the same command goes on from here" not in out) and (p.returncode, n, out, err)
        con = sqlite3.connect(db)
        ending = con.execute("SELECT ending, n_done FROM run").fetchall()
        con.close()
        problem = problem or ending != [("interrupted", n)] and ending
        rc, out, err = run(db, good)
        row("%s: %d done, the next run does the rest" % (name, n), problem or rc != 0 and (rc, out, err) or difference(state(db), want))

    # a reader in the middle of its reading; another writer for a while
    db = os.path.join(tmp, "read.db")
    run(db, os.path.join(good, "day0"))
    con = sqlite3.connect(db, isolation_level=None)
    con.execute("BEGIN")
    con.execute("SELECT count(*) FROM call").fetchone()
    rc, out, err = run(db, good)
    con.execute("COMMIT")
    con.close()
    row("a reader holds on to the database", rc != 0 and (rc, out, err) or difference(state(db), want))
    db = os.path.join(tmp, "write.db")
    run(db, os.path.join(good, "day0"))
    con = sqlite3.connect(db, isolation_level=None)
    con.execute("BEGIN IMMEDIATE")
    p = start(db, good)
    time.sleep(2)
    con.execute("COMMIT")
    con.close()
    out, err = p.communicate(timeout=60)
    row("another program writes for two seconds", p.returncode != 0 and (p.returncode, out, err) or difference(state(db), want))

    # the disk is full
    db = os.path.join(tmp, "full.db")
    rc, out, err = run(db, good, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300000, 300000)))
    problem = (rc != 3 or not err) and (rc, out, err)
    rc, out, err = run(db, good)
    row("the disk is full, then no more", problem or rc != 0 and (rc, out, err) or difference(state(db), want))
    # the same on a file system that really is full, of which only root, or a namespace, can have one
    place = os.path.join(tmp, "small")
    os.mkdir(place)
    script = """
mount -t tmpfs -o size=500k none "$1" || exit 77
"$2" "$1/a.db" 2 0 1 "$3" >"$4/out" 2>"$4/err"
echo $? >"$4/code"
df --output=avail "$1" | tail -1 >"$4/avail"
mount -o remount,size=50m "$1" && "$2" "$1/a.db" 2 0 1 "$3" && cp "$1"/a.db* "$4" """
    kept = os.path.join(tmp, "kept")
    os.mkdir(kept)
    p = subprocess.run(["unshare", "--mount", "--map-root-user", "sh", "-c", script, "sh", place, PROGRAM, good, kept], capture_output=True, text=True)
    if not os.path.exists(os.path.join(kept, "code")):
        row("a full file system # SKIP no namespace here: " + p.stderr.strip()[:80], None)
    else:
        got = [open(os.path.join(kept, f)).read().strip() for f in ("code", "avail", "err")]
        row("a full file system, then a larger one", (got[0] != "3" or int(got[1]) > 40 or "full" not in got[2] or p.returncode) and (got, p.returncode, p.stderr)
            or difference(state(os.path.join(kept, "a.db")), want))

    # folders that may not be written: the database's is an error, the recordings' is not
    shut = os.path.join(tmp, "shut")
    shutil.copytree(good, shut)
    os.chmod(tmp, 0o755)
    for folder, _, names in os.walk(shut):
        os.chmod(folder, 0o555)
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
    rc, out, err = run(os.path.join(shut, "x.db"), good, **nobody)
    row("the database in a folder that may not be written", (rc != 3 or "x.db" not in err or os.path.exists(os.path.join(shut, "x.db"))) and (rc, out, err))
    mine = os.path.join(tmp, "mine")
    os.mkdir(mine)
    os.chmod(mine, 0o777)
    db = os.path.join(mine, "x.db")
    rc, out, err = run(db, shut, **nobody)
    problem = rc != 0 and (rc, out, err)
    os.chmod(db, 0o444)
    rc, out, err = run(db, os.path.join(shut, "day0"), **nobody)
    problem = problem or (rc != 3 or "x.db" not in err) and (rc, out, err)
    os.chmod(db, 0o644)
    got = state(db)
    got["files"] = [(c, p.replace(shut, good)) for c, p in got["files"]]
    row("recordings in folders that may not be written; then a database that may not", problem or difference(got, want))
    for folder, _, names in os.walk(shut):
        os.chmod(folder, 0o755)

    # another program writes for longer than a batch waits
    db = os.path.join(tmp, "held.db")
    run(db, os.path.join(good, "day0"))
    con = sqlite3.connect(db, isolation_level=None)
    con.execute("BEGIN IMMEDIATE")
    rc, out, err = run(db, good)
    con.execute("COMMIT")
    con.close()
    problem = (rc != 3 or "held.db" not in err) and (rc, out, err)
    rc, out, err = run(db, good)
    row("another program does not let go of the database", problem or rc != 0 and (rc, out, err) or difference(state(db), want))
    rc, out, err = run(os.path.join(tmp, "nowhere", "x.db"), good)
    row("no place for the database", (rc != 3 or "nowhere" not in err) and (rc, out, err))

    # bad recordings among good ones
    bad = os.path.join(tmp, "bad")
    shutil.copytree(good, bad)
    for name in ("crash", "hang", "memory", "limit", "format", "lies"):
        put(bad, name + ".wav", name)
    for i in range(3):
        put(bad, "once%d.wav" % i, "once %d" % i)
    db = os.path.join(tmp, "bad.db")
    rc, out, err = run(db, bad, jobs=3)
    s = state(db)
    codes = sorted((os.path.basename(p)[:-4], c) for _, p, c, _ in s["failures"])
    expect = [("crash", "crash"), ("format", "format"), ("hang", "timeout"), ("lies", "crash"), ("limit", "limit"), ("memory", "memory")]
    row("each bad recording is one failed row with its reason; what crashed by chance is not",
        (rc != 1 or codes != expect or len(s["calls"]) != 63) and (rc, codes, len(s["calls"]), out, err))
    rc, out, err = run(db, bad, jobs=3)
    row("again: they are set aside", (rc != 0 or "6 set aside" not in out or "64 known" not in out) and (rc, out, err) or difference(state(db), s))
    rc, out, err = run(db, bad, jobs=3, retry=True)
    con = sqlite3.connect(db)
    attempts = con.execute("SELECT DISTINCT attempts FROM failure").fetchall()
    con.close()
    row("--retry-failed tries them again", (rc != 1 or "6 failed" not in out or attempts != [(2,)]) and (rc, out, err, attempts) or difference(state(db), s))
    put(bad, "crash.wav", "ok mended")
    rc, out, err = run(db, bad, jobs=3)
    row("a mended recording is taken without being asked for", (rc != 0 or "1 analysed" not in out) and (rc, out, err)
        or [f for f in state(db)["failures"] if "crash.wav" in f[1]])

    # the file changes while it is read; and one that still grows
    moving = os.path.join(tmp, "moving")
    put(moving, "a.wav", "slow 1 first")
    db = os.path.join(tmp, "moving.db")
    p = start(db, moving)
    time.sleep(0.5)
    put(moving, "a.wav", "ok second, and longer")
    out, err = p.communicate(timeout=20)
    s = state(db)
    problem = (p.returncode != 1 or s["calls"] or [f[2] for f in s["failures"]] != ["changed"]) and (p.returncode, s, out, err)
    rc, out, err = run(db, moving)
    s = state(db)
    row("changed while it was read: nothing is stored, the next run takes it",
        problem or (rc != 0 or [c[3] for c in s["calls"]] != ["ok second, and longer"] or s["failures"]) and (rc, s, out, err))
    # in place, of the same length, and its time set back: as what blanks card numbers may do
    path, old = os.path.join(moving, "a.wav"), os.path.join(moving, "old.wav")

    def blank(text):
        was = os.stat(path)
        with open(path, "r+") as f:
            f.write(text)
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    put(moving, "a.wav", "slow 1 4444")
    os.utime(path, (1e9, 1e9))
    p = start(db, moving)
    time.sleep(0.5)
    blank("slow 1 xxxx")
    out, err = p.communicate(timeout=20)
    s = state(db)
    problem = (p.returncode != 1 or "slow 1 4444" in str(s) or [f[2] for f in s["failures"]] != ["changed"]) and (p.returncode, s, out, err)
    rc, out, err = run(db, moving)
    row("written to while it was read, and its time set back",
        problem or (rc != 0 or "slow 1 xxxx" not in str(state(db)) or state(db)["failures"]) and (rc, state(db), out, err))
    blank("slow 1 yyyy")
    rc, out, err = run(db, moving)
    row("written to between two runs, and its time set back", (rc != 0 or "1 analysed" not in out or "slow 1 yyyy" not in str(state(db))) and (rc, state(db), out, err))
    put(moving, "a.wav", "slow 1 renamed")
    p = start(db, moving)
    time.sleep(0.5)
    os.rename(path, old)
    out, err = p.communicate(timeout=20)
    os.rename(old, path)
    row("only renamed while it was read: stored", (p.returncode != 0 or "slow 1 renamed" not in str(state(db))) and (p.returncode, state(db), out, err))
    put(moving, "b.wav", "ok still warm")
    t = time.time()
    rc, out, err = run(db, moving, settle=1)
    row("a warm file is waited for", (rc != 0 or "1 analysed" not in out or not 0.5 < time.time() - t < 5) and (rc, out, err, time.time() - t))
    put(moving, "c.wav", "ok gro")
    p = start(db, moving, settle=1.5)
    for _ in range(8):
        time.sleep(0.4)
        with open(os.path.join(moving, "c.wav"), "a") as f:
            f.write("w")
        if p.poll() is not None:
            break
    out, err = p.communicate(timeout=20)
    row("a growing file is left to the next run", (p.returncode != 0 or "1 still being written" not in out) and (p.returncode, out, err))
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print("1..%d" % number)
sys.exit(1 if failed else 0)
