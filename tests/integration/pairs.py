#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two sides of a call in a file each: joined by option and by name, aligned by their start times.

usage: pairs.py UNDERTONE SAMPLES. Prints TAP; needs sox."""
import json, os, shutil, sqlite3, subprocess, sys, tempfile

PROGRAM, SAMPLES = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
if not shutil.which("sox"):
    print("1..0 # SKIP sox is not installed: joined recordings were NOT tested")
    sys.exit(0)
number = failed = 0


def check(name, wrong):
    global number, failed
    number += 1
    failed += bool(wrong)
    if wrong:
        print("# %s: %s" % (name, wrong))
    print("%sok %d - %s" % ("not " if wrong else "", number, name))


def sox(*args):
    subprocess.run(["sox", "-D"] + list(args), check=True, capture_output=True)


def run(*args):
    return subprocess.run([PROGRAM] + list(args), capture_output=True, text=True)


def score(*args):
    r = run("score", "--json", "--listen", "never", *args)
    return json.loads(r.stdout) if r.returncode == 0 else {"failed": r.stderr}


def same(a, b):
    """Closing, tone and measures of two results, near enough."""
    if "failed" in a or "failed" in b:
        return a.get("failed") or b.get("failed")
    for x, y in ((a["closing"]["start_s"], b["closing"]["start_s"]), (a["measures"]["talk_s"], b["measures"]["talk_s"]),
                 (a["measures"]["overlap_s"], b["measures"]["overlap_s"])):
        if abs(x - y) > 0.1:
            return "%s, not %s" % (x, y)
    if a["closing"]["tone"]["label"] != b["closing"]["tone"]["label"]:
        return "another tone"
    return ""


def codes(r):
    return [p["code"] for p in r.get("problems", [])]


with tempfile.TemporaryDirectory() as t:
    at = lambda n: os.path.join(t, n)
    stereo = at("whole.wav")
    sox(os.path.join(SAMPLES, "resigned.wav"), "-e", "signed", "-b", "16", stereo)
    left, right = at("x-r.wav"), at("x-t.wav")
    sox(stereo, left, "remix", "1")
    sox(stereo, right, "remix", "2")
    whole = score("--customer", "left", stereo)
    joined = score("--customer", "left", "--join", left, right)
    check("joined is as it was in one file", same(joined, whole))
    check("its two channels", "" if joined["media"]["channels"] == 2 else joined["media"])
    again = score("--customer", "left", "--join", left, right)
    other = score("--customer", "left", "--join", right, left)
    check("its hash is of both, in their order",
          "" if joined["media"]["sha256"] == again["media"]["sha256"] != other["media"]["sha256"] else "hash")
    late = at("late.wav")
    sox(right, late, "trim", "4")
    for path, when in ((left, "10:00:00"), (late, "10:00:04")):
        with open(path[:-4] + ".json", "w") as f:
            json.dump({"schema": 1, "start_time": "2026-03-02T%sZ" % when}, f)
    sox("-M", left, "|sox -D %s -p pad 4" % late, at("cut.wav"))
    check("aligned by their start times",
          same(score("--customer", "left", "--join", left, late), score("--customer", "left", at("cut.wav"))))
    for path in (left, late):
        os.remove(path[:-4] + ".json")
    got = score("--customer", "left", "--join", left, late)
    check("nobody says when they were started", "" if "start_unknown" in codes(got) else codes(got))
    for what, args, code in (("two of two channels", ["--join", stereo, left], 1), ("three files", ["--join", left, right, late], 2),
                             ("one file twice", ["--join", left, left], 1), ("one is not there", ["--join", left, at("no.wav")], 1)):
        r = run("score", *args)
        check("refused: " + what, "" if r.returncode == code and r.stderr else "exit %d, %r" % (r.returncode, r.stderr))
    os.mkdir(at("calls"))
    for n in ("x-r.wav", "x-t.wav"):
        shutil.copy(at(n), at("calls/" + n))
    sox(left, at("calls/alone-r.wav"), "trim", "0", "12")
    with open(at("calls/x-r.json"), "w") as f:
        json.dump({"schema": 1, "direction": "inbound"}, f)
    args = ["batch", "--db", at("n.db"), "--settle", "0", "--listen", "never", "--profile", "asterisk", at("calls")]
    r = run(*args)
    db = sqlite3.connect(at("n.db"))
    rows = db.execute("SELECT f.path, c.n_source_channels, (SELECT count(*) FROM tone t WHERE t.call_id = c.id) "
                      "FROM call c JOIN file f USING (content) ORDER BY 1").fetchall()
    rows = [(os.path.basename(p), n, k) for p, n, k in rows]
    check("batch joins them by name", "" if rows == [("alone-r.wav", 1, 0), ("x-r.wav", 2, 1)] else "%s %s" % (rows, r.stderr))
    r = run(*args)
    check("and knows them the next time", "" if "nothing to do: 2 recordings" in r.stdout + r.stderr else r.stdout + r.stderr)
print("1..%d" % number)
sys.exit(1 if failed else 0)
