#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two sides of a call in a file each: joined by option, by name and by metadata (sidecars, a CDR, a vCon of
two recordings), aligned by their start times or by their sound; excerpts, plots, show and purge know both.

usage: pairs.py UNDERTONE SAMPLES DATA. Prints TAP; needs sox; what is aligned by its sound is real (the calls of
spokenwoz), and is skipped, loudly, without them."""
import base64, hashlib, json, os, shutil, sqlite3, subprocess, sys, tempfile

PROGRAM, SAMPLES, DATA = (os.path.abspath(a) for a in sys.argv[1:4])
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
    check("nobody says when they were started, and 27 s of sound do not tell: no tone",
          "" if "start_unknown" in codes(got) and "no_customer" in codes(got) and not got["closing"] else [codes(got), got["closing"]])
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


def put(path, o):
    with open(path, "w") as f:
        f.write(o if isinstance(o, str) else json.dumps(o))


def stored(db):
    con = sqlite3.connect(db)
    rows = con.execute("SELECT f.path, f.other_path, c.aligned, (SELECT count(*) FROM tone t WHERE t.call_id = c.id) FROM call c "
                       "JOIN file f USING (content) ORDER BY 1").fetchall()
    con.close()
    return [(os.path.basename(p), o and os.path.basename(o), a, n) for p, o, a, n in rows]


def batch(d, *args):
    return run("batch", "-q", "-j1", "--settle", "0", "--listen", "never", "--db", os.path.join(d, "t.db"), *args, d)


# joined by what the metadata says, in every way that it can
PARTY = [{"role": "customer"}, {"role": "agent"}]
DIALOG = lambda who, name, at: {"type": "recording", "start": "2026-03-02T10:40:%02dZ" % at, "duration": 27, "parties": who,
                                "mediatype": "audio/x-wav", "filename": name}
VCON = lambda dialog: {"uuid": "0199e054-f029-8e87-a20f-d188127fad29", "created_at": "2026-03-02T10:41:00Z", "extensions": ["CC"],
                       "parties": PARTY, "dialog": dialog}
CDR = lambda fields: {"schema": 1, "cdr": [{"file": "x.csv", "key": {"column": "file", "is": "file_name"}, "fields": fields,
                                            "values": {"side": {"C": "customer", "A": "agent"}}}]}
WAYS = {
    "the customer's sidecar names the agent's file": {"b.json": {"schema": 1, "side": "customer", "other_side": "a.wav"}},
    "the agent's sidecar names the customer's file": {"a.wav.json": {"schema": 1, "side": "agent", "other_side": "b.wav"},
                                                      "b.json": {"schema": 1, "customer_channel": 0}},
    "each names the other": {"b.json": {"schema": 1, "side": "customer", "other_side": "a.wav"},
                             "a.json": {"schema": 1, "side": "agent", "other_side": "b.wav"}},
    "a CDR row of the one names the other": {"config": CDR({"other_side": "other", "side": "who"}), "x.csv": "file,other,who\nb.wav,a.wav,C\n"},
    "a CDR: one call id, two sides": {"config": CDR({"call_id": "id", "side": "who"}), "x.csv": "file,id,who\na.wav,7,A\nb.wav,7,C\n"},
    "a vCon of two recordings beside it": {"x.vcon": VCON([DIALOG(0, "b.wav", 0), DIALOG([1], "a.wav", 0)])},
}
with tempfile.TemporaryDirectory() as t:
    whole, left, right = (os.path.join(t, n) for n in ("whole.wav", "l.wav", "r.wav"))
    sox(os.path.join(SAMPLES, "resigned.wav"), "-e", "signed", "-b", "16", whole)
    sox(whole, left, "remix", "1")
    sox(whole, right, "remix", "2")
    ref = score("--customer", "left", whole)
    for i, (way, files) in enumerate(WAYS.items()):
        d = os.path.join(t, str(i))
        os.mkdir(d)
        shutil.copy(right, os.path.join(d, "a.wav"))
        shutil.copy(left, os.path.join(d, "b.wav"))
        for name, o in files.items():
            put(os.path.join(d, name), o)
        args = ["--config", os.path.join(d, "config")] if "config" in files else []
        r = batch(d, *args)
        by_vcon = "x.vcon" in files
        want = [("b.wav", "a.wav", "times" if by_vcon else "together", 1)]
        check("joined: " + way, "" if stored(os.path.join(d, "t.db")) == want else "%s %s" % (stored(os.path.join(d, "t.db")), r.stderr))
        r = batch(d, *args)
        got = score(*args, os.path.join(d, "x.vcon" if by_vcon else "b.wav"))
        check("scored alone: " + way, same(got, ref))
        if not by_vcon:
            r = run("score", *args, os.path.join(d, "a.wav"))
            check("the second side says where to look: " + way, "" if r.returncode == 1 and "b.wav" in r.stderr else r.stderr)
    # what speaks against it
    d = os.path.join(t, "against")
    os.mkdir(d)
    shutil.copy(right, os.path.join(d, "a.wav"))
    shutil.copy(left, os.path.join(d, "b.wav"))
    for what, a, b, code in (
            ("both are the customer's", {"side": "customer", "other_side": "b.wav"}, {"side": "customer", "other_side": "a.wav"}, "role_conflict"),
            ("the second sidecar says internal", {"internal": True}, {"side": "customer", "other_side": "a.wav"}, "internal_call"),
            ("the second sidecar is damaged", None, {"side": "customer", "other_side": "a.wav"}, "sidecar_invalid")):
        put(os.path.join(d, "a.json"), "{" if a is None else dict(a, schema=1))
        put(os.path.join(d, "b.json"), dict(b, schema=1))
        got = score(os.path.join(d, "a.wav" if code == "role_conflict" else "b.wav"))
        check("no tone: " + what, "" if code in codes(got) and got["media"].get("other_file") and not got["closing"] else [codes(got), got.get("failed")])
    # a mask of either side's file is kept where that file lies in time
    put(os.path.join(d, "b.json"), {"schema": 1, "side": "customer", "other_side": "a.wav", "start_time": "2026-03-02T10:40:00Z"})
    put(os.path.join(d, "a.json"), {"schema": 1, "side": "agent", "start_time": "2026-03-02T10:40:02Z", "masked": [{"start_s": 1, "end_s": 3}]})
    batch(d)
    con = sqlite3.connect(os.path.join(d, "t.db"))
    spans = con.execute("SELECT DISTINCT start_frame, end_frame FROM span WHERE kind = 'masked'").fetchall()
    con.close()
    check("the second file's mask lies 2 s later, as the file does", "" if spans == [(300, 500)] else spans)
    # both recordings inside one vCon
    d = os.path.join(t, "inside")
    os.mkdir(d)
    v = VCON([DIALOG(0, "b.wav", 0), DIALOG(1, "a.wav", 0)])
    for x, f in zip(v["dialog"], (left, right)):
        with open(f, "rb") as g:
            x.update(encoding="base64url", body=base64.urlsafe_b64encode(g.read()).decode().rstrip("="))
    put(os.path.join(d, "x.vcon"), v)
    r = batch(d)
    check("joined: a vCon that holds both", "" if stored(os.path.join(d, "t.db")) == [("x.vcon", "x.vcon", "times", 1)] else r.stderr)
    r = batch(d)
    con = sqlite3.connect(os.path.join(d, "t.db"))
    check("and is known the next time", "" if con.execute("SELECT n_skipped FROM run ORDER BY id DESC").fetchone() == (1,) else r.stderr)
    con.close()
    # what is heard and seen of a joined call is what is heard and seen of the one file
    for n, src in (("whole", [whole]), ("pair", [left, right]), ("vcon", [os.path.join(d, "x.vcon")])):
        e = os.path.join(t, "clips-" + n)
        os.mkdir(e)
        for f, to in zip(src, ("x-r.wav", "x-t.wav") if n == "pair" else ("x.vcon" if n == "vcon" else "x.wav",)):
            shutil.copy(f, os.path.join(e, to))
        put(os.path.join(e, "x-r.json" if n == "pair" else "x.json"), {"schema": 1, "direction": "inbound", "customer_channel": "left", "customer_key": "c"})
        if n == "vcon":
            os.remove(os.path.join(e, "x.json"))
        batch(e, "--profile", "asterisk")
        r = run("clips", "--db", os.path.join(e, "t.db"), "--out", os.path.join(e, "out"))
        r2 = run("pack", "--db", os.path.join(e, "t.db"), "--out", os.path.join(e, "pack"))
        sums = []
        for dirpath, _, names in sorted(os.walk(e)):
            for f in sorted(names):
                if ("/out" in dirpath or "/pack" in dirpath) and f.rsplit(".", 1)[-1] in ("wav", "svg"):
                    with open(os.path.join(dirpath, f), "rb") as g:
                        sums.append(hashlib.sha256(g.read()).hexdigest())
        if n == "whole":
            want = sorted(sums)
            check("excerpt and picture of the whole call", "" if len(want) >= 2 else r.stderr + r2.stderr)
        else:
            check("the same bytes of excerpt and picture: " + n, "" if sorted(sums) == want else "%s\n%s\n%s %s" % (sums, want, r.stderr, r2.stderr))
    for n in ("pair", "vcon"):
        e = os.path.join(t, "clips-" + n)
        r = run("export", "--db", os.path.join(e, "t.db"), "--vcon", *(["--new"] if n == "pair" else []), "1")
        v = json.loads(r.stdout) if r.returncode == 0 else {"dialog": [], "analysis": [{}], "parties": []}
        role = lambda d: v["parties"][d["parties"] if isinstance(d["parties"], int) else d["parties"][0]].get("role")
        got = [(d.get("filename"), role(d)) for d in v["dialog"]] + [v["analysis"][-1].get("dialog")]
        want = [("b.wav", "customer"), ("a.wav", "agent"), 0] if n == "vcon" else [("x-r.wav", "customer"), ("x-t.wav", "agent"), 0]
        check("as a vCon: a recording a side, and the analysis: " + n, "" if got == want and "resigned" in r.stdout else "%s %s" % (got, r.stderr))
        if n == "pair":  # what went out comes in again as the same call
            put(os.path.join(e, "again.vcon"), r.stdout)
            again = score(os.path.join(e, "again.vcon"))
            check("and read again it is the same call", same(again, ref))
            os.remove(os.path.join(e, "again.vcon"))
    e = os.path.join(t, "clips-pair")
    db = os.path.join(e, "t.db")
    r = run("show", "--db", db, "x-t.wav")
    check("shown by its second file's name, with both", "" if "x-r.wav + " in r.stdout and "and     " in r.stdout else r.stdout + r.stderr)
    os.rename(os.path.join(e, "x-t.wav"), os.path.join(e, "gone.wav"))
    r = run("clips", "--db", db, "--out", os.path.join(e, "out2"), "1")
    check("an excerpt without its second file is refused, and names it", "" if r.returncode == 1 and "x-t.wav" in r.stderr else r.stderr)
    os.rename(os.path.join(e, "gone.wav"), os.path.join(e, "x-t.wav"))
    con = sqlite3.connect(db)
    con.execute("INSERT INTO failure (subject, options, model, content, path, run_id, code, message) VALUES (?, ?, ?, '', ?, NULL, 'io', 'x')",
                (os.path.join(e, "x-t.wav"), "0" * 64, "0" * 64, os.path.join(e, "x-t.wav")))
    con.commit()
    con.close()
    r = run("purge", "--db", db, "--customer", "c")
    con = sqlite3.connect(db)
    left_over = [n for (n,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
                 if any("x-t.wav" in str(row) for row in con.execute("SELECT * FROM " + n).fetchall())]
    con.close()
    check("a purge leaves no trace of either name", "" if r.returncode == 0 and not left_over else [r.stderr, left_over])
    # real calls, aligned by what is heard in them
    names = [n for n in ("MUL1423", "SNG0072", "SNG0480", "SNG1640") if os.path.exists(os.path.join(DATA, "spokenwoz", n + ".wav"))]
    if not names:
        number += 1
        print("ok %d - alignment by sound # SKIP no calls in %s/spokenwoz: NOT tested" % (number, DATA))
    for n in names:
        src = os.path.join(DATA, "spokenwoz", n + ".wav")
        a, b = os.path.join(t, n + "-a.wav"), os.path.join(t, n + "-b.wav")
        sox(src, a, "remix", "1")
        sox(src, b, "remix", "2", "trim", "7")  # the agent's side was begun 7 s later
        got = score("--customer", "left", "--join", a, b)
        m = got.get("media", {})
        check("%s: nobody says, laid by who waits for whom: %s s, confidence %s" % (n, m.get("lead_s"), m.get("align_confidence")),
              "" if m.get("aligned") == "turns" and abs(m["lead_s"] - 7) <= 1 and "aligned_by_sound" in codes(got) and got["closing"] and
              not any("answer" in str(x.get("feature")) or "latency" in str(x.get("feature")) for x in (got["closing"]["tone"] or {}).get("evidence", []))
              else got.get("failed") or [m, codes(got)])
        put(a[:-4] + ".json", {"schema": 1, "start_time": "2026-03-02T10:00:00Z"})
        put(b[:-4] + ".json", {"schema": 1, "start_time": "2026-03-02T10:00:07Z"})
        got = score("--customer", "left", "--join", a, b)
        m = got.get("media", {})
        check("%s: by their times" % n, "" if m.get("aligned") == "times" and m["lead_s"] == 7 and "misaligned" not in codes(got) else [m, codes(got)])
        put(b[:-4] + ".json", {"schema": 1, "start_time": "2026-03-02T10:00:27Z"})
        got = score("--customer", "left", "--join", a, b)
        m = got.get("media", {})
        check("%s: their times are 20 s off, and are not believed: %s s" % (n, m.get("lead_s")),
              "" if m.get("aligned") == "turns" and abs(m["lead_s"] - 7) <= 1 and "20" not in str(m["lead_s"]) else got.get("failed") or [m, codes(got)])
    if len(names) > 1:
        a, b = os.path.join(t, names[0] + "-a.wav"), os.path.join(t, names[1] + "-b.wav")
        for f in (a, b):
            os.remove(f[:-4] + ".json")
        got = score("--customer", "left", "--join", a, b)
        check("sides of different calls: no tone", "" if "start_unknown" in codes(got) and not got["closing"] else [got["media"], codes(got)])
print("1..%d" % number)
sys.exit(1 if failed else 0)
