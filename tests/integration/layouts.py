#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One recording a recorder layout, built here from one real call of two people (the first of the
spokenwoz calls, where they are; else the sample call resigned.wav), analysed by batch, and what is stored
of it: who is on the customer's channel, whether there is a tone, what is said of it. The measures
prove that the right person was taken: the customer's talk time and closing must be those of the call as it
was recorded, whichever channel it lies on.

usage: layouts.py UNDERTONE SAMPLES DATA. Prints TAP and the table; needs sox."""
import base64, hashlib, json, os, shutil, sqlite3, subprocess, sys, tempfile

PROGRAM, SAMPLES, DATA = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
if not shutil.which("sox"):
    print("1..0 # SKIP sox is not installed: the recorder layouts were NOT tested")
    sys.exit(0)
REAL = os.path.join(DATA, "spokenwoz", "SNG0072.wav")
CALL = REAL if os.path.exists(REAL) else os.path.join(SAMPLES, "resigned.wav")
number = failed = 0
table = [("layout", "said by", "customer on", "stored", "tone", "problems")]


def sox(src, dst, *effects):
    subprocess.run(["sox", "-D", "-G", src, dst] + list(effects), check=True, capture_output=True)


LEFT, RIGHT, MIX, DUAL, FOUR = ("remix 1 2", "remix 2 1", "remix 1,2", "remix 1,2 1,2", "remix 0 2 0 1")
PROFILE = lambda name, direction=None: {"args": ["--profile", name], "sidecar": direction and {"direction": direction}}


def vcon(parties, **more):
    d = {"type": "recording", "start": "2026-03-02T10:40:00Z", "parties": parties, "mediatype": "audio/x-wav"}
    d.update(more)
    return {"uuid": "0199e054-f029-8e87-a20f-d188127fad29", "created_at": "2026-03-02T10:40:00Z", "extensions": ["CC"],
            "parties": [{"role": "agent"}, {"role": "customer"}, {"type": "bot"}], "dialog": [d]}


MASTER = ('"","0501","100","from-trunk","""A"" <0501>","SIP/trunk-1","SIP/a17-2","Dial","SIP/a17","2026-03-02 10:40:00",'
          '"2026-03-02 10:40:05","2026-03-02 10:42:00",120,115,"ANSWERED","DOCUMENTATION","1769.12",""\n')
CDR = lambda to: {"schema": 1, "default_profile": "asterisk",
                  "file_names": [{"pattern": "^(?<call_id>[0-9.]+)[.]wav$"}],
                  "cdr": [{"file": "Master.csv", "layout": "asterisk", "key": {"column": "uniqueid", "is": "call_id"},
                           "fields": {"queue": "dst", "direction": "dcontext"},
                           "values": {"direction": {"from-trunk": to}}}]}
NAMES = {"schema": 1, "default_profile": "freeswitch",
         "file_names": [{"pattern": "_(?<direction>in|out)[.]wav$", "values": {"direction": {"in": "inbound", "out": "outbound"}}}]}
FOLDERS = {"schema": 1, "default_profile": "generic", "folders": [{"match": "*/pbx2/*", "profile": "verint"}]}
ANY = {"schema": 1, "default_profile": "freeswitch", "file_names": [{"pattern": "^(?<call_id>[a-z]+)[.]wav$"}],
       "cdr": [{"file": "any.csv", "separator": ";", "key": {"column": "ID", "is": "call_id"},
                "fields": {"direction": "Richtung", "team": "Team"}, "values": {"direction": {"raus": "outbound"}}}]}

# name, channels, what is done, the customer's channel (None: nobody is verified)
ROWS = [
    ("amazon-connect", LEFT, PROFILE("amazon-connect"), 0),
    ("twilio-flex", LEFT, PROFILE("twilio-flex"), 0),
    ("azure", LEFT, PROFILE("azure"), 0),
    ("verint", RIGHT, PROFILE("verint"), 1),
    ("genesys", LEFT, PROFILE("genesys"), 0),
    ("generic", LEFT, PROFILE("generic"), 0),
    ("generic-agent-left", RIGHT, PROFILE("generic-agent-left"), 1),
    ("freeswitch, inbound", LEFT, PROFILE("freeswitch", "inbound"), 0),
    ("freeswitch, outbound", RIGHT, PROFILE("freeswitch", "outbound"), 1),
    ("freeswitch, direction unknown", LEFT, PROFILE("freeswitch"), None),
    ("freeswitch, internal", LEFT, PROFILE("freeswitch", "internal"), None),
    ("asterisk, inbound", LEFT, PROFILE("asterisk", "inbound"), 0),
    ("asterisk, outbound", RIGHT, PROFILE("asterisk", "outbound"), 1),
    ("asterisk, Master.csv", LEFT, {"config": CDR("inbound"), "name": "1769.12.wav", "files": {"Master.csv": MASTER}}, 0),
    ("asterisk, Master.csv: internal", LEFT, {"config": CDR("internal"), "name": "1769.12.wav", "files": {"Master.csv": MASTER}}, None),
    ("any CSV by a mapping", RIGHT, {"config": ANY, "name": "call.wav", "files": {"any.csv": "ID;Team;Richtung\ncall;nord;raus\n"}}, 1),
    ("direction by the file's name", RIGHT, {"config": NAMES, "name": "20260302_out.wav"}, 1),
    ("profile by the folder", RIGHT, {"config": FOLDERS, "name": "pbx2/call.wav"}, 1),
    ("profile by the sidecar", RIGHT, {"sidecar": {"profile": "verint"}}, 1),
    ("customer by the sidecar", RIGHT, {"sidecar": {"customer_channel": "right", "agent_channel": "left"}}, 1),
    ("four channels, sidecar", FOUR, {"sidecar": {"customer_channel": 3, "agent_channel": 1}}, 3),
    ("vCon beside", RIGHT, {"vcon": vcon([0, 1])}, 1),
    ("vCon beside, a bot with the agent", LEFT, {"vcon": vcon([1, [0, 2]])}, 0),
    ("vCon with the recording inside", RIGHT, {"inside": vcon([0, 1])}, 1),
    ("vCon signed", LEFT, {"signed": vcon([1, 0])}, 0),
    ("vCon beside, content_hash of it", RIGHT, {"vcon": vcon([0, 1]), "hash": "sha512"}, 1),
    ("vCon beside, two hashes of it", RIGHT, {"vcon": vcon([0, 1]), "hash": "sha256 sha512"}, 1),
    ("vCon beside, content_hash of another", RIGHT, {"vcon": vcon([0, 1]), "hash": "sha512", "spoil": True}, None),
    ("vCon beside, one hash of two is another's", RIGHT, {"vcon": vcon([0, 1]), "hash": "sha256 sha512", "spoil": True}, None),
    ("profile against the sidecar", LEFT, {"args": ["--profile", "verint"], "sidecar": {"customer_channel": "left"}}, None),
    ("mono mix, stereo profile", MIX, PROFILE("generic"), None),
    ("dual mono, stereo profile", DUAL, PROFILE("generic"), None),
    ("nothing known", LEFT, {}, None),
]


def put(path, text):
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())


def build(d, channels, how):
    path = os.path.join(d, how.get("name", "call.wav"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    sox(CALL, path, *channels.split())
    args = list(how.get("args", []))
    if how.get("sidecar"):
        put(path[:-4] + ".json", json.dumps(dict(how["sidecar"], schema=1)))
    if how.get("config"):
        put(os.path.join(d, "config.json"), json.dumps(how["config"]))
        args += ["--config", os.path.join(d, "config.json")]
    for name, text in how.get("files", {}).items():
        put(os.path.join(d, name), text)
    if "hash" in how:
        with open(path, "rb") as f:
            sound = f.read()
        hashes = ["%s-%s" % (k, base64.urlsafe_b64encode(hashlib.new(k, sound).digest()).decode().rstrip("=")) for k in how["hash"].split()]
        if how.get("spoil"):
            hashes[-1] = hashes[-1][:8] + ("A" if hashes[-1][8] != "A" else "B") + hashes[-1][9:]
        how["vcon"]["dialog"][0]["content_hash"] = hashes if len(hashes) > 1 else hashes[0]
    if "vcon" in how:
        put(path[:-4] + ".vcon", json.dumps(how["vcon"]))
    if "inside" in how or "signed" in how:
        v = how.get("inside") or how["signed"]
        with open(path, "rb") as f:
            v["dialog"][0].update(encoding="base64url", body=base64.urlsafe_b64encode(f.read()).decode().rstrip("="))
        os.remove(path)
        text = json.dumps(v)
        if "signed" in how:
            text = json.dumps({"payload": base64.urlsafe_b64encode(text.encode()).decode().rstrip("="), "signatures": []})
        put(path[:-4] + ".vcon", text)
    return args


def stored(d, args):
    db = os.path.join(d, "t.db")
    p = subprocess.run([PROGRAM, "batch", "-q", "-j1", "--settle", "0", "--db", db] + args + [d], capture_output=True, text=True)
    if p.returncode:
        raise SystemExit("batch: " + p.stderr)
    con = sqlite3.connect(db)
    (call, n), = con.execute("SELECT max(id), count(*) FROM call")
    assert n == 1, n
    parties = con.execute("SELECT p.party, channel, role, kind, verified, source, talk_s FROM party AS p JOIN party_measure USING (call_id, party) ORDER BY p.party").fetchall()
    closing = con.execute("SELECT party, start_frame, end_frame FROM closing").fetchone()
    tone = con.execute("SELECT label, round(resigned + angry, 2) FROM tone").fetchone()
    problems = [c for (c,) in con.execute("SELECT code FROM problem ORDER BY n")]
    con.close()
    return parties, closing, tone, problems


tmp = tempfile.mkdtemp(prefix="undertone-layouts-")
try:
    os.mkdir(os.path.join(tmp, "as-it-is"))
    ref = stored(os.path.join(tmp, "as-it-is"), build(os.path.join(tmp, "as-it-is"), LEFT, {"args": ["--customer", "left"]}))
    assert ref[2], "the call as it was recorded has no tone"
    for i, (name, channels, how, want) in enumerate(ROWS):
        d = os.path.join(tmp, "%02d" % i)
        os.mkdir(d)
        parties, closing, tone, problems = stored(d, build(d, channels, how))
        customers = [p for p in parties if p[2:5] == ("customer", "external", 1)]
        bad = []
        if [p[1] for p in customers] != ([] if want is None else [want]):
            bad.append("customer on %s, not %s" % ([p[1] for p in customers], want))
        if want is None and (tone or closing):
            bad.append("a tone of nobody: %s %s" % (tone, closing))
        if want is None and not problems:
            bad.append("nothing says why")
        if want is not None:
            if not tone or closing[0] != customers[0][0] or tone != ref[2]:
                bad.append("tone %s of party %s; as it is: %s" % (tone, closing, ref[2]))
            if closing and closing[1:] != ref[1][1:]:
                bad.append("closing at %s; as it is: %s" % (closing[1:], ref[1][1:]))
            if abs(customers[0][6] - ref[0][0][6]) > 0.02:
                bad.append("the customer talks %.2f s; as it is: %.2f" % (customers[0][6], ref[0][0][6]))
        number += 1
        failed += bool(bad)
        for b in bad:
            print("# " + b)
        print("%sok %d - %s" % ("not " if bad else "", number, name), flush=True)
        said = sorted({(p[5] or "nothing").replace(d + "/", "").split(" (")[0] for p in parties if p[4] or want is None})
        table.append((name, " ".join(said)[:44], "-" if want is None else "channel %d" % want,
                      ", ".join("%d %s %s%s" % (p[1], p[2], p[3], " verified" if p[4] else "") for p in parties),
                      "%s %.2f" % tone if tone else "no", " ".join(problems) or "-"))
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print("# one call, %s, in %d layouts" % (os.path.basename(CALL), len(ROWS)))
widths = [max(len(r[i]) for r in table) for i in range(len(table[0]))]
for r in table:
    print(("# " + "  ".join(c.ljust(w) for c, w in zip(r, widths))).rstrip())
print("1..%d" % number)
sys.exit(1 if failed else 0)
