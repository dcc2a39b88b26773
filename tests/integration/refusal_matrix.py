#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The refusal matrix: every path by which a tone could come to be stored or shown, by every kind of
party that must not have one, and a verified external customer as the row that shows the test can see
a tone. The voice on the channel in question is that of a sample whose closing is scored as resigned
when it is the customer's: only who is said to speak differs.

usage: refusal_matrix.py UNDERTONE SAMPLES. Prints TAP and the matrix; needs sox for the mixes."""
import json, os, re, shutil, sqlite3, subprocess, sys, tempfile

PROGRAM, SAMPLES = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
VOICE = os.path.join(SAMPLES, "resigned.wav")
WORDS = re.compile(r"\b(accepting|resigned|angry|abstain|REVIEW)\b|not meant: |Undertone-closing")
number = failed = 0


def run(d, *args):
    p = subprocess.run([PROGRAM] + list(args), capture_output=True, text=True, cwd=d)
    return p.returncode, p.stdout, p.stderr


def put(d, name, o):
    with open(os.path.join(d, name), "w") as f:
        f.write(o if isinstance(o, str) else json.dumps(o))


def vcon(roles, **more):
    return dict({"uuid": "0199e054-f029-8e87-a20f-d188127fad29", "created_at": "2026-03-02T10:40:00Z",
                 "parties": [{"role": r} for r in roles],
                 "dialog": [{"type": "recording", "start": "2026-03-02T10:40:00Z", "parties": [0, 1]}]}, **more)


SIDE = lambda **k: {"call.json": dict({"schema": 1, "case_id": "K", "customer_key": "c"}, **k)}
TWO = lambda a, b: SIDE(parties=[dict(a, channel=0), dict(b, channel=1)])
# kind: files beside the recording, arguments, what sox does to it
KINDS = {
    "CUSTOMER (verified, external)": (SIDE(customer_channel="left", agent_channel="right"), [], None),
    "agent, customer unknown": (SIDE(agent_channel="left"), [], None),
    "agent, said to be the customer": (SIDE(agent_channel="left"), ["--customer", "left"], None),
    "agent, by the profile": (SIDE(), ["--profile", "generic-agent-left", "--customer", "left"], None),
    "supervisor, by a vCon": ({"call.vcon": vcon(["supervisor", "agent"])}, [], None),
    "both employees": (SIDE(direction="internal", customer_channel="left"), [], None),
    "both employees, against the option": (SIDE(internal=True), ["--customer", "left"], None),
    "a colleague as the customer": (SIDE(customer_channel="left", customer_kind="internal"), [], None),
    "nobody known": (SIDE(), [], None),
    "unknown, by a vCon without roles": ({"call.vcon": vcon(["", ""])}, [], None),
    "an IVR": (TWO({"role": "ivr"}, {"role": "agent"}), [], None),
    "a third party": (TWO({"role": "other"}, {"role": "agent"}), [], None),
    "two customers": (TWO({"role": "customer"}, {"role": "customer"}), [], None),
    "customer and agent mixed in mono": (SIDE(customer_channel="left"), [], "remix 1,2"),
    "dual mono": (SIDE(customer_channel="left"), [], "remix 1,2 1,2"),
    "a damaged sidecar": ({"call.json": '{"schema": 1, '}, ["--customer", "left"], None),
    "an encrypted vCon": ({"call.vcon": {"ciphertext": "x", "recipients": []}}, ["--customer", "left"], None),
    "no notice where one is required": (dict(SIDE(customer_channel="left"), **{"c.cfg": {"schema": 1, "require_notice": True}}),
                                        ["--config", "c.cfg"], None),
}
# what a database of somebody else may hold: the customer's row after its law was taken out
TAMPERED = {
    "row: agent": "role = 'agent', kind = 'internal'",
    "row: agent called external": "role = 'agent'",
    "row: customer called internal": "kind = 'internal'",
    "row: customer of unknown kind": "kind = 'unknown'",
    "row: customer not verified": "verified = 0",
    "row: unknown": "role = 'unknown', kind = 'unknown', verified = 0",
    "row: IVR": "role = 'ivr'",
    "row: other": "role = 'other'",
}
EXPORTS = ("csv", "jsonl", "vcon", "contact-lens")
SHOWN = [("findings", ["findings", "--all"]), ("findings json", ["findings", "--all", "--json"]),
         ("show", ["show", "call.wav"]), ("show json", ["show", "--json", "call.wav"]), ("journey", ["journey", "--customer", "c"])]
SHOWN += [("export " + f, ["export", "-f", f, "call.wav"]) for f in EXPORTS]


def seen(text):
    return bool(WORDS.search(text.replace("label,accepting,resigned,angry", "")))


def tones(d, db="t.db"):
    if not os.path.exists(os.path.join(d, db)):
        return 0
    con = sqlite3.connect(os.path.join(d, db))
    n = sum(con.execute("SELECT count(*) FROM " + t).fetchone()[0] for t in ("tone", "evidence"))
    con.close()
    return n


def verdict(code, text, stored):
    return "TONE" if stored or seen(text) else "none" if code == 0 else "refused"


def fresh(name, kind):
    files, args, effects = KINDS[kind]
    d = os.path.join(tmp, name)
    os.mkdir(d)
    if effects:
        subprocess.run(["sox", "-D", "-G", VOICE, os.path.join(d, "call.wav")] + effects.split(), check=True)
    else:
        shutil.copy(VOICE, os.path.join(d, "call.wav"))
    for f, o in files.items():
        put(d, f, o)
    return d, args


def made(i, kind):
    """A recording of that kind through every path that analyses one."""
    d, args = fresh("made%d" % i, kind)
    row = {}
    c, o, e = run(d, "score", *args, "call.wav")
    row["score"] = verdict(c, o, 0)
    c, o, e = run(d, "score", "--json", *args, "call.wav")
    row["score json"] = verdict(c, o, 0)
    c, o, e = run(d, "batch", "-q", "-j1", "--settle", "0", "--db", "t.db", *args, "call.wav")
    row["batch"] = verdict(c, o, tones(d))
    c, o, e = run(d, "rescore", "--db", "t.db", "--prior", "0.1,0.8,0.1")
    row["rescore"] = verdict(c, "", tones(d))
    for name, a in SHOWN:
        c, o, e = run(d, a[0], "--db", "t.db", *a[1:])
        row[name] = verdict(c, o, 0)
    c, o, e = run(d, "merge", "--into", "m.db", "t.db")
    row["import"] = verdict(c, o, tones(d, "m.db"))
    # and by hand, with the law in place: into the row that the program itself made
    con = sqlite3.connect(os.path.join(d, "t.db"))
    try:
        with con:
            con.execute("DELETE FROM tone")
            con.execute("INSERT OR IGNORE INTO closing (call_id, party, found_by, start_frame, end_frame, confidence) SELECT 1, party, 'turn', 100, 200, 1 FROM party WHERE call_id = 1 AND channel = 0")
            con.execute("INSERT INTO tone VALUES (1, 'angry', 0, 0, 1, NULL, 'm', x'', 0, 0, 0)")
        row["by SQL"] = "TONE"
    except sqlite3.IntegrityError:
        row["by SQL"] = "refused"
    con.close()
    if kind == "two customers":
        row["by SQL"] = ""  # either is a verified external customer: the law does not forbid it
    return row


def tampered(i, kind):
    """A database that holds such a tone already: nothing shows it, nothing takes it over."""
    d, args = fresh("tampered%d" % i, "CUSTOMER (verified, external)")
    run(d, "batch", "-q", "-j1", "--settle", "0", "--db", "t.db", *args, "call.wav")
    con = sqlite3.connect(os.path.join(d, "t.db"))
    for (name,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        con.execute("DROP TRIGGER " + name)
    con.execute("UPDATE party SET %s WHERE channel = 0" % TAMPERED[kind])
    con.commit()
    con.close()
    assert tones(d) > 0
    row = {"score": "", "score json": "", "batch": "", "by SQL": ""}
    for name, a in SHOWN:
        c, o, e = run(d, a[0], "--db", "t.db", *a[1:])
        row[name] = verdict(c, o, 0)
    c, o, e = run(d, "merge", "--into", "m.db", "t.db")
    row["import"] = verdict(c, o, tones(d, "m.db"))
    con = sqlite3.connect(os.path.join(d, "t.db"))
    before = con.execute("SELECT count(*) FROM tone").fetchone()[0]
    c, o, e = run(d, "rescore", "--db", "t.db", "--prior", "0.1,0.8,0.1")
    row["rescore"] = "TONE" if con.execute("SELECT count(*) FROM tone").fetchone()[0] > before else "none" if c == 0 else "refused"
    con.close()
    return row


def train(i, role, kind):
    d = os.path.join(tmp, "train%d" % i)
    os.mkdir(d)
    put(d, "m.csv", "path,speaker,label,role,kind\nx.wav,a,neutral,%s,%s\n" % (role, kind))
    c, o, e = run(d, "train", "--out", "x.model", "m.csv")
    return "refused" if c and "external customers' voices only" in e and not os.path.exists(os.path.join(d, "x.model")) else "TONE"


if not shutil.which("sox"):
    KINDS = {k: v for k, v in KINDS.items() if not v[2]}
    print("# sox is not installed: the mixes were NOT tested")
tmp = tempfile.mkdtemp(prefix="undertone-refusal-")
rows = {}
try:
    for i, kind in enumerate(KINDS):
        rows[kind] = made(i, kind)
    for i, kind in enumerate(TAMPERED):
        rows[kind] = tampered(i, kind)
    for i, (kind, role, k) in enumerate((("agent, customer unknown", "agent", "internal"), ("a colleague as the customer", "customer", "internal"),
                                         ("nobody known", "unknown", ""), ("an IVR", "ivr", ""), ("a third party", "other", "external"))):
        rows[kind]["train"] = train(i, role, k)
finally:
    shutil.rmtree(tmp, ignore_errors=True)
columns = ["score", "score json", "batch", "rescore", "import", "by SQL", "train"] + [n for n, _ in SHOWN]
for kind, row in rows.items():
    is_customer = kind.startswith("CUSTOMER")
    bad = [c for c in columns if row.get(c) and (row[c] == "TONE") != (is_customer and c != "train")]
    number += 1
    failed += bool(bad)
    print("%sok %d - %s: %s" % ("not " if bad else "", number, kind, "a tone on every path" if is_customer else "never a tone"))
    for c in bad:
        print("# %s: %s" % (c, row[c]))
print("# %-38s %s" % ("", " ".join("%-8.8s" % c.replace("export ", "ex.").replace("findings", "find").replace("score", "sc.") for c in columns)))
for kind, row in rows.items():
    print(("# %-38s %s" % (kind, " ".join("%-8s" % (row.get(c) or ".") for c in columns))).rstrip())
print("# none: done, without a tone; refused: the command fails and says why; TONE: stored or shown; .: no such case")
print("1..%d" % number)
sys.exit(1 if failed else 0)
