#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the metadata masks (payment data) is in no measure, row, plot or export: a call whose masked
stretch holds other speech, noise, a shout, touch tones, music or nothing gives the same to the last bit,
and so does a transcript that says something else there. Without the mask they all differ.

usage: masked.py UNDERTONE SAMPLES DATA. Prints TAP; needs sox."""
import hashlib, json, os, shutil, sqlite3, subprocess, sys, tempfile

PROGRAM, SAMPLES, DATA = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), os.path.abspath(sys.argv[3])
if not shutil.which("sox"):
    print("1..0 # SKIP sox is not installed: masks were NOT tested")
    sys.exit(0)
REAL = os.path.join(DATA, "spokenwoz", "SNG0072.wav")
CALL = REAL if os.path.exists(REAL) else os.path.join(SAMPLES, "resigned.wav")
MASKS = [(5.2, 7.81), (9.0, 9.4)]
number = failed = 0


def row(name, bad):
    global number, failed
    number += 1
    failed += bool(bad)
    print("%sok %d - %s" % ("not " if bad else "", number, name), flush=True)
    if bad:
        print("# " + str(bad)[:600].replace("\n", "\n# "))


def sox(*args):
    subprocess.run(["sox", "-D"] + [str(a) for a in args], check=True, capture_output=True)


def spliced(d, filler):
    """The call with its masked stretches taken from filler (a WAV of the same length)."""
    parts, at = [], 0.0
    for i, (a, b) in enumerate(MASKS + [(None, None)]):
        src = [CALL, filler] if a is not None else [CALL]
        for k, (f, x, y) in enumerate([(CALL, at, a)] + ([(filler, a, b)] if a is not None else [])):
            p = os.path.join(d, "part%d%d.wav" % (i, k))
            # in samples: no rounding of times
            sox(f, "-e", "signed", "-b", 16, p, "trim", "%ds" % round(x * 8000), *(["=%ds" % round(y * 8000)] if y is not None else []))
            parts.append(p)
        at = b
    out = os.path.join(d, "call.wav")
    sox(*parts, out)
    for p in parts:
        os.remove(p)
    return out


def state(d):
    con = sqlite3.connect(os.path.join(d, "t.db"))
    out = []
    for (t,) in con.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").fetchall():
        if t in ("run", "run_failure", "audit", "file"):
            continue
        cols = [c[1] for c in con.execute("PRAGMA table_info(%s)" % t) if c[1] not in ("content", "options", "run_id", "size_bytes", "codec") and not c[1].endswith("_at") and c[1] != "current_since"]
        out += [repr((t, cols, r)) for r in con.execute("SELECT %s FROM %s ORDER BY %s" % (", ".join(cols), t, ", ".join(cols)))] if cols else []
    con.close()
    return out


def run(d, *args):
    p = subprocess.run([PROGRAM] + list(args), capture_output=True, text=True, cwd=d)
    if p.returncode:
        raise SystemExit("%s: %s" % (args, p.stderr))
    return p.stdout


WORDS = lambda what: json.dumps({"segments": [{"start": 1.0, "end": 3.0, "speaker": "customer", "text": "hello there"},
                                              {"start": 5.0, "end": 7.0, "speaker": "customer", "text": what},
                                              {"start": 9.1, "end": 9.3, "speaker": "agent", "text": what}]})


def everything(d, masked, what="four one one one"):
    side = {"schema": 1, "customer_channel": "left", "agent_channel": "right"}
    if masked:
        side["masked"] = [{"start_s": a, "end_s": b, "reason": "card number"} for a, b in MASKS]
    with open(os.path.join(d, "call.json"), "w") as f:
        json.dump(side, f)
    with open(os.path.join(d, "call.words.json"), "w") as f:
        f.write(WORDS(what))
    if os.path.exists(os.path.join(d, "t.db")):
        os.remove(os.path.join(d, "t.db"))
    run(d, "batch", "-q", "-j1", "--settle", "0", "--db", "t.db", "call.wav")
    lens = json.loads(run(d, "export", "--db", "t.db", "-f", "contact-lens", "1"))
    text = json.dumps([lens["ConversationCharacteristics"]] + [[t["BeginOffsetMillis"], t["EndOffsetMillis"], t["Content"]] for t in lens["Transcript"]])
    run(d, "features", "--plot", "call.svg", "--from", "0", "--to", "30", "call.wav")
    with open(os.path.join(d, "call.svg"), encoding="utf-8") as f:
        plot = f.read()
    return {"rows stored": state(d), "the plot": plot, "features, every 10 ms": run(d, "features", "--frames", "call.wav"),
            "features, every turn": run(d, "features", "call.wav"), "contact lens": text}


tmp = tempfile.mkdtemp(prefix="undertone-masked-")
try:
    length = float(subprocess.run(["soxi", "-D", CALL], capture_output=True, text=True).stdout)
    fill = {n: os.path.join(tmp, n + ".wav") for n in ("as it is", "nothing", "noise", "a shout", "touch tones", "another voice")}
    synth = ["-n", "-r", "8000", "-c", "2", "-b", "16"]
    shutil.copy(CALL, fill["as it is"])
    sox(*synth, fill["nothing"], "trim", "0", length)
    sox(*synth, "-R", fill["noise"], "synth", length, "whitenoise", "gain", "-3")
    sox(CALL, fill["a shout"], "reverse", "gain", "20")
    sox(*synth, fill["touch tones"], "synth", length, "sine", "697", "synth", "sine", "mix", "1209", "gain", "-6")
    sox(CALL, fill["another voice"], "remix", "2", "1", "pitch", "400")
    got = {}
    for masked in (True, False):
        for name, f in fill.items():
            d = os.path.join(tmp, ("masked " if masked else "plain ") + name)
            os.mkdir(d)
            spliced(d, f)
            got[masked, name] = everything(d, masked, "four one one one" if name == "as it is" else "secret " + name)
    base, plain = got[True, "as it is"], got[False, "as it is"]
    for name in list(fill)[1:]:
        o = got[True, name]
        row("masked, %s there: the same rows, features and exports" % name,
            [k for k in base if base[k] != o[k]] and [(k, [x for x in zip(base[k], o[k]) if x[0] != x[1]][:2]) for k in base if base[k] != o[k]])
        row("not masked, %s there: not the same" % name, [] if got[False, name]["rows stored"] != plain["rows stored"] else "the test could not see it")
    row("no masked word in an export", [k for (m, n), o in got.items() if m for k in ("contact lens",) if "secret" in o[k] or "four" in o[k]])
    row("and without the mask they are there", [] if "four one one one" in plain["contact lens"] else plain["contact lens"][:200])
    row("the call says that it is masked", [] if any("'masked'" in r and "3.0 s" in r for r in base["rows stored"]) else [r for r in base["rows stored"] if "problem" in r])
    talk = [[json.loads(o["contact lens"])[0]["TalkTime"]["DetailsByParticipant"][w]["TotalTimeMillis"] for w in ("CUSTOMER", "AGENT")] for o in (base, plain)]
    row("what is not masked is measured as before: %s ms of talk, without the mask %s" % tuple(talk),
        # a word cut in two by a mask may fall below the shortest speech, at each of four edges
        [] if all(0 <= p - m <= 3010 + 4 * 150 for m, p in zip(*talk)) else talk)
finally:
    shutil.rmtree(tmp, ignore_errors=True)
print("1..%d" % number)
sys.exit(1 if failed else 0)
