#!/usr/bin/env python3
"""What `undertone export` writes, against the contracts of those who read it.

usage: export_contract.py UNDERTONE SOURCE_ROOT

vCon: a sample call goes round with a vCon of every form (beside it, inside it, signed, compressed, none
at all); what comes out is validated by python3-jsonschema with a schema written from the drafts
(vcon.schema.json), is otherwise what went in, and is read again by the program. Contact Lens: shape
and sums. CSV and JSON Lines: RFC 4180, the documented columns, schemas/score.schema.json. Prints TAP; skips,
loudly, without python3-jsonschema.
"""
import base64, copy, csv, gzip, io, json, os, re, shutil, subprocess, sys, tempfile

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed: the exports were NOT checked")
    sys.exit(0)

program, root = os.path.abspath(sys.argv[1]), sys.argv[2]
samples = os.path.join(root, "samples")
n_tests = n_failed = 0
TONES = re.compile(r'"(label|scores|angry|resigned|accepting)"')


def check(name, problems):
    global n_tests, n_failed
    n_tests += 1
    n_failed += bool(problems)
    for p in problems[:5]:
        print("# %s" % str(p)[:300])
    print("%sok %d - %s" % ("not " if problems else "", n_tests, name), flush=True)


def validator(*path):
    with open(os.path.join(root, *path)) as f:
        s = json.load(f)
    jsonschema.Draft202012Validator.check_schema(s)
    return jsonschema.Draft202012Validator(s)


VCON = validator("tests", "contract", "vcon.schema.json")
LENS = validator("tests", "contract", "contact_lens.schema.json")
SCORE = validator("schemas", "score.schema.json")


def faults(v, o):
    return ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message) for e in v.iter_errors(o)]


def run(cwd, *args, code=0):
    p = subprocess.run([program] + list(args), capture_output=True, cwd=cwd)
    if code is not None and p.returncode != code:
        raise SystemExit("%s: exit %d: %s" % (args, p.returncode, p.stderr.decode("utf-8", "replace")))
    return p.stdout.decode("utf-8") if code is not None else p


def b64(b):
    return base64.urlsafe_b64encode(b).decode().rstrip("=")


def dump(path, text):
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())


# Digits, spaces and an extension of somebody else's, that must come out as they went in.
PLAIN = '''{ "vcon":"0.4.0", "uuid" : "0199e054-f029-8e87-a20f-d188127fad29",
 "created_at":"2026-03-02T10:40:00.10+02:00", "extensions":["X-Other"], "x_other": [0.10, 1e2, "\\u05d8"],
 "parties":[{"role":"agent","uuid":"a17"},{"role":"customer","tel":"+4912345"},{"type":"bot"}],
 "dialog":[{"type":"text","start":"2026-03-02T10:39:00Z","parties":1,"mediatype":"text/plain","encoding":"none","body":"hello]}"},
  {"type":"recording","start":"2026-03-02T10:40:00+02:00","duration":27.50,"parties":[1,[0,2]],"mediatype":"audio/x-wav",
   "filename":"call.wav","interaction_id":"i-7","skill":"parcels"%s}],
 "analysis":[{"type":"summary","dialog":1,"vendor":"Other","encoding":"none","body":"\\"]}"}], "attachments":[] }'''


def signed(text, zipped=False):
    b = text.encode()
    return json.dumps({"payload": b64(gzip.compress(b, mtime=0) if zipped else b), "signatures": [
        {"header": {"alg": "RS256", "x5c": []}, "protected": "e30", "signature": "AA"}]})


def ours(v):
    return [a for a in v.get("analysis", []) if a["vendor"] == "Undertone"]


def analysis_faults(v, tone):
    bad = []
    if len(ours(v)) != 1:
        return ["%d analyses of ours" % len(ours(v))]
    a = ours(v)[0]
    if (a["type"], a["product"].split()[0], a["schema"], a["encoding"]) != ("report", "undertone", "undertone-score-1", "json"):
        bad.append("of %s" % {k: a[k] for k in a if k != "body"})
    if v["dialog"][a["dialog"]]["type"] != "recording":
        bad.append("of dialog %s" % a["dialog"])
    bad += faults(SCORE, a["body"])
    if "/" in a["body"]["file"] or any("/" in (c.get("source") or "") for c in a["body"]["channels"]):
        bad.append("a folder of ours is in it")
    got = (a["body"]["closing"] or {}).get("tone")
    if bool(got) != tone:
        bad.append("tone: %s" % got)
    if tone and not a["body"]["closing"]["evidence"]:
        bad.append("no evidence")
    return bad


def vcon_row(d, name, form, tone, options=(), place="call.vcon", wav=True):
    """form(text of the dialog's content) -> bytes of the vCon; what is checked of what comes out."""
    w = os.path.join(d, re.sub(r"\W+", "-", name))
    os.mkdir(w)
    if wav:
        shutil.copy(os.path.join(samples, "resigned.wav"), os.path.join(w, "call.wav"))
    sound = open(os.path.join(samples, "resigned.wav"), "rb").read()
    text = PLAIN % ("" if wav else ',"encoding":"base64url","body":"%s"' % b64(sound))
    given, is_signed, text = (form(text) + (text,))[:3]
    if given is not None:
        dump(os.path.join(w, place), given)
    before = {f: open(os.path.join(w, f), "rb").read() for f in os.listdir(w)}
    run(w, "batch", "-q", "--settle", "0", "--db", "t.db", *options, ".")
    out = run(w, "export", "--db", "t.db", "--vcon", "1")
    v, old = json.loads(out), json.loads(text)
    bad = faults(VCON, v) + analysis_faults(v, tone)
    if {f: open(os.path.join(w, f), "rb").read() for f in before} != before:
        bad.append("a file that came in was changed")
    rest = copy.deepcopy(v)
    rest["analysis"] = [a for a in rest["analysis"] if a not in ours(v)]
    if given is None:
        if (v["dialog"][0]["filename"], v["dialog"][0]["parties"], v["extensions"]) != ("call.wav", [0, 1], ["CC"]):
            bad.append("a new one: %s" % rest)
    elif is_signed:
        if v.get("amended") != {"uuid": old["uuid"]} or v["uuid"] == old["uuid"] or v["created_at"] == old["created_at"]:
            bad.append("not a new version of the signed one: %s" % v.get("amended"))
        for k in ("amended", "uuid", "created_at", "extensions"):
            rest.pop(k), old.pop(k, 0)
    else:
        if "updated_at" not in v or "amended" in v or v["extensions"] != ["X-Other", "CC"]:
            bad.append("updated_at or extensions: %s %s" % (v.get("updated_at"), v["extensions"]))
        for k in ("updated_at", "extensions"):
            rest.pop(k), old.pop(k, 0)
        # to the byte, up to the first member that changes, and between it and the next
        for piece in ('"x_other": [0.10, 1e2, "\\u05d8"]', '"duration":27.50', '"created_at":"2026-03-02T10:40:00.10+02:00"'):
            if piece not in out:
                bad.append("%s is written differently now" % piece)
    if given is not None and rest != old:
        bad.append("something else changed: %s" % [k for k in set(rest) | set(old) if rest.get(k) != old.get(k)])
    check("vcon: %s" % name, bad)
    # round: what came out is read again, its own analysis replaced, and says the same
    again = os.path.join(w, "again")
    os.mkdir(again)
    if wav:
        shutil.copy(os.path.join(samples, "resigned.wav"), os.path.join(again, "call.wav"))
    dump(os.path.join(again, "call.vcon"), out)
    run(again, "batch", "-q", "--settle", "0", "--db", "t.db", *options, ".")
    v2 = json.loads(run(again, "export", "--db", "t.db", "--vcon", "1"))
    a, b = ours(v)[0]["body"], ours(v2)[0]["body"]
    bad = faults(VCON, v2) + analysis_faults(v2, tone)
    for o in (a, b):
        o["problems"] = [p["code"] for p in o["problems"]]
    for k in ("closing", "measures", "flag", "problems"):
        if a[k] != b[k]:
            bad.append("%s: %s, then %s" % (k, a[k], b[k]))
    if [c["party"] for c in a["channels"]] != [c["party"] for c in b["channels"]]:
        bad.append("roles differ")
    check("vcon: %s: read again" % name, bad)


def vcons(d):
    vcon_row(d, "beside its recording", lambda t: (t, False), True)
    vcon_row(d, "with its recording inside", lambda t: (t, False), True, wav=False)
    vcon_row(d, "signed", lambda t: (signed(t), True), True)
    vcon_row(d, "signed and compressed, recording inside", lambda t: (signed(t, True), True), True, wav=False)
    vcon_row(d, "compressed", lambda t: (gzip.compress(t.encode(), mtime=0), False), True)
    vcon_row(d, "none came in", lambda t: (None, False), True, options=("--customer", "left"))
    vcon_row(d, "none came in, nobody known", lambda t: (None, False), False)
    vcon_row(d, "an internal call", lambda t: (t.replace('"role":"customer"', '"role":"agent"'), False,
                                           t.replace('"role":"customer"', '"role":"agent"')), False)
    # a vCon that says something else by the time of the export gets no tone put into it
    w = os.path.join(d, "changed")
    os.mkdir(w)
    shutil.copy(os.path.join(samples, "resigned.wav"), os.path.join(w, "call.wav"))
    dump(os.path.join(w, "call.vcon"), PLAIN % "")
    run(w, "batch", "-q", "--settle", "0", "--db", "t.db", ".")
    for name, text in (("the agent is on that channel now", (PLAIN % "").replace("[1,[0,2]]", "[0,1]")),
                       ("it is an internal call now", (PLAIN % "").replace('"skill"', '"interaction_type":"internal","skill"')),
                       ("it is gone", None)):
        os.remove(os.path.join(w, "call.vcon"))
        if text:
            dump(os.path.join(w, "call.vcon"), text)
        p = run(w, "export", "--db", "t.db", "--vcon", "1", code=None)
        check("vcon: %s: refused" % name,
              [] if p.returncode == 1 and not p.stdout and p.stderr.startswith(b"undertone: call 1: ") else [p])
        if text:
            continue
        v = json.loads(run(w, "export", "--db", "t.db", "--vcon", "--new", "1"))
        check("vcon: --new makes one all the same", faults(VCON, v) + analysis_faults(v, True))
        dump(os.path.join(w, "call.vcon"), "x")


def columns():
    """The CSV's columns as docs/EXPORTS.md has them."""
    with open(os.path.join(root, "docs", "EXPORTS.md"), encoding="utf-8") as f:
        part = f.read().split("## CSV")[1].split("\n## ")[0]
    return [c for line in part.splitlines() if line.startswith("| `") for c in re.findall(r"`(\w+)`", line.split("|")[1])]


def lists(d):
    w = os.path.join(d, "lists")
    shutil.copytree(samples, w)
    dump(os.path.join(w, "=cmd|x.json"), json.dumps({"schema": 1, "customer_channel": "left", "call_id": '=1+"2"', "team": "+x\ny, z"}))
    shutil.copy(os.path.join(w, "angry.wav"), os.path.join(w, "t"))
    sound = bytearray(open(os.path.join(w, "t"), "rb").read())
    sound[-1] ^= 1
    dump(os.path.join(w, "=cmd|x.wav"), bytes(sound))
    os.remove(os.path.join(w, "t"))
    dump(os.path.join(w, "angry.vtt"), "WEBVTT\n\n00:00:18.900 --> 00:00:21.400\n<v customer>okay I understand now\n\n"
         "00:00:21.900 --> 00:00:23.000\n<v agent>good bye\n")
    run(w, "batch", "-q", "--settle", "0", "--db", "t.db", ".")
    text = subprocess.run([program, "export", "--db", "t.db"], capture_output=True, cwd=w, check=True).stdout.decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    bad = [] if text.endswith("\r\n") and "\n" not in text.replace("\r\n", "").replace("+x\ny", "") else ["lines do not end in CR LF"]
    if list(rows[0]) != columns():
        bad.append("columns %s, documented %s" % (list(rows[0]), columns()))
    if len(rows) != 9 or any(None in r or None in r.values() for r in rows):
        bad.append("%d rows" % len(rows))
    check("csv: RFC 4180, the documented columns", bad)
    evil = [r for r in rows if "cmd" in r["file"]]
    check("csv: no formula for a spreadsheet", [r for r in rows for v in r.values() if v[:1] in ("=", "+", "@", "-")] +
          ([] if len(evil) == 1 and evil[0]["call_id"] == "'=1+\"2\"" and evil[0]["team"] == "'+x\ny, z" else evil))
    check("csv: a tone where findings has one, and nothing of one elsewhere",
          [r["file"] for r in rows if (r["label"] == "none") != (r["accepting"] + r["resigned"] + r["angry"] == "")] +
          [r["file"] for r in rows if ("internal" in r["file"] or "dual" in r["file"]) and r["label"] != "none"] +
          ([] if sum(r["label"] != "none" for r in rows) == 7 else ["%s" % [r["label"] for r in rows]]))
    lines = [json.loads(l) for l in run(w, "export", "--db", "t.db", "-f", "jsonl").splitlines()]
    check("jsonl: %d lines of schemas/score.schema.json" % len(lines),
          [f for o in lines for f in faults(SCORE, o)] + ([] if len(lines) == 9 else ["not 9"]) +
          [] if [o["media"]["sha256"] for o in lines] == [r["sha256"] for r in rows] else ["another order"])
    run(w, "export", "--db", "t.db", "-f", "contact-lens", "-o", "lens")
    files = sorted(os.listdir(os.path.join(w, "lens")))
    bad = [] if files == ["call-%d.json" % i for i in range(1, 10)] else files
    for f in files:
        o = json.load(open(os.path.join(w, "lens", f), encoding="utf-8"))
        c = o["ConversationCharacteristics"]
        bad += ["%s: %s" % (f, x) for x in faults(LENS, o)]
        if sum(p["TotalTimeMillis"] for p in c["TalkTime"]["DetailsByParticipant"].values()) != c["TalkTime"]["TotalTimeMillis"]:
            bad.append("%s: talk time does not add up" % f)
        if sum(i["DurationMillis"] for i in c["NonTalkTime"]["Instances"]) != c["NonTalkTime"]["TotalTimeMillis"]:
            bad.append("%s: non-talk time does not add up" % f)
        if "entiment" in json.dumps(o):
            bad.append("%s: a sentiment" % f)
        who = {p["ParticipantId"]: p["ParticipantRole"] for p in o["Participants"]}
        for t in o["Transcript"]:
            s = t.get("LoudnessScores")
            n = (t["EndOffsetMillis"] - 1) // 1000 - t["BeginOffsetMillis"] // 1000 + 1
            if s is None or len(s) != n or not any(s) or any(x is not None and not 20 < x <= 96 for x in s):
                bad.append("%s: %s for %d s" % (f, s, n))
        if any(t["ParticipantId"] not in who for t in o["Transcript"]):
            bad.append("%s: a turn of nobody" % f)
        if o["Categories"]["MatchedCategories"] and "CUSTOMER" not in who.values():
            bad.append("%s: a closing of no customer" % f)
        if o["CustomerMetadata"]["InputFile"] == "angry.wav":
            speed = c["TalkSpeed"]["DetailsByParticipant"]
            row = [r for r in rows if r["file"].endswith("angry.wav")][0]
            want = {"CUSTOMER": {"AverageWordsPerMinute": round(4 * 60 / float(row["customer_talk_s"]))},
                    "AGENT": {"AverageWordsPerMinute": round(2 * 60 / float(row["agent_talk_s"]))}}
            said = [(who[t["ParticipantId"]], t["Content"]) for t in o["Transcript"] if t["Content"]]
            if speed != want or said != [("CUSTOMER", "okay I understand now"), ("AGENT", "good bye")]:
                bad.append("words: %s, not %s; %s" % (speed, want, said))
        elif c["TalkSpeed"]["DetailsByParticipant"]:
            bad.append("%s: a talk speed without words" % f)
    check("contact-lens: shape and sums of %d calls" % len(files), bad)
    for i in range(1, 10):
        shutil.rmtree(os.path.join(w, "v"), ignore_errors=True)
    run(w, "export", "--db", "t.db", "--vcon", "-o", "v")
    bad = []
    for f in sorted(os.listdir(os.path.join(w, "v"))):
        bad += ["%s: %s" % (f, x) for x in faults(VCON, json.load(open(os.path.join(w, "v", f), encoding="utf-8")))]
    check("vcon: all %d calls into a folder" % len(os.listdir(os.path.join(w, "v"))), bad +
          ([] if len(os.listdir(os.path.join(w, "v"))) == 9 else ["not 9"]))
    audit = run(w, "runs", "--audit", "--db", "t.db")
    check("every export is in the audit", [audit] if [l.split()[2:] for l in audit.splitlines()][:4] !=
          [["export", f, "9", "calls"] for f in ("vcon", "contact-lens", "jsonl", "csv")] else [])
    for name, args in (("several calls and no folder", ("--vcon",)), ("two formats", ("--vcon", "-f", "csv")),
                       ("no such call", ("99",))):
        p = run(w, "export", "--db", "t.db", *args, code=None)
        check("usage: %s" % name, [] if p.returncode == 2 and not p.stdout and p.stderr else [p])
    os.chmod(os.path.join(w, "t.db"), 0o444)
    if os.geteuid() != 0:
        p = run(w, "export", "--db", "t.db", code=None)
        check("who may only read cannot export", [] if p.returncode == 3 and not p.stdout else [p])


def main():
    with tempfile.TemporaryDirectory() as d:
        vcons(d)
        lists(d)
    print("1..%d" % n_tests)
    return 1 if n_failed else 0


sys.exit(main())
