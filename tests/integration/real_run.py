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


def crc(data, bits, poly):
    c = 0
    for x in data:
        c ^= x << (bits - 8)
        for _ in range(8):
            c = c << 1 ^ poly if c >> (bits - 1) & 1 else c << 1
    return c & ((1 << bits) - 1)


def flac_bomb(size):
    out = bytearray(b"fLaC\x80\0\0\x22\xff\xff\xff\xff" + bytes(6) + ((8000 << 44) | (15 << 36)).to_bytes(8, "big") + bytes(16))
    i = 0
    while len(out) < size:
        frame = bytearray(b"\xff\xf8\x74\x08") + chr(i).encode() + b"\xff\xfe"
        frame += bytes([crc(frame, 8, 7), 0, 0, 0])
        out += frame + crc(frame, 16, 0x8005).to_bytes(2, "big")
        i += 1
    return bytes(out)


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
    # a database that was damaged on its disk: nothing of it is taken for whole
    rng, unseen = random.Random(3), []
    bytes_ = open(one, "rb").read()
    for i in range(30):
        db = os.path.join(tmp, "damaged.db")
        at = rng.randrange(100, len(bytes_) - 600)
        with open(db, "wb") as f:
            f.write(bytes_[:at] + bytes(rng.randrange(256) for _ in range(512)) + bytes_[at + 512:])
        rc, out, err = undertone("check", "--db", db)
        if rc not in (1, 3):
            try:
                same = state(db) == want
            except sqlite3.Error:
                same = False
            if rc or not same:
                unseen.append((i, at, rc, out, err))
    row("check of a damaged database, 30 times", unseen)
    # a bomb among them: a constant block of FLAC is 65,535 samples of silence in 14 bytes
    bomb = os.path.join(rec, "bomb.flac")
    open(bomb, "wb").write(flac_bomb(40000))
    db = os.path.join(tmp, "bomb.db")
    rc, out, err = undertone("batch", "-j", 2, "--db", db, *args, rec)
    con = sqlite3.connect(db)
    failures = con.execute("SELECT path, code, attempts FROM failure").fetchall()
    con.execute("DELETE FROM failure")
    con.commit()
    con.close()
    row("40 kB that decode to hours are one failed row", (rc != 1 or failures != [(bomb, "limit", 1)] or "no recording of a call is so dense" not in err)
        and (rc, failures, out, err) or difference(state(db), want))
    os.remove(bomb)
    moved = os.path.join(tmp, "moved")
    os.rename(rec, moved)
    rc, out, err = undertone("batch", "--db", one, *args, moved)
    row("the same recordings in another place are known", (rc != 0 or "nothing to do" not in err) and (rc, out, err))
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print("1..%d" % number)
sys.exit(1 if failed else 0)
