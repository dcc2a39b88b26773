#!/usr/bin/env python3
"""`undertone coach` against an independent count.

usage: coach_contract.py UNDERTONE FILL_COACH SOURCE_ROOT

Fills a database with invented calls, counts every share again with Python straight from the tables
(turns included), and compares all numbers of the JSON; the intervals by their formulas. Then: the
schema, a person's output while tones change, and pages that hold what they must. Prints TAP.
"""
import html.parser, json, math, os, sqlite3, subprocess, sys, tempfile

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed: the coaching report was NOT checked")
    sys.exit(0)

program, fill, root = sys.argv[1:4]
n_tests = n_failed = 0
Z = 1.959963984540054


def check(name, problems):
    global n_tests, n_failed
    n_tests += 1
    n_failed += bool(problems)
    for p in problems[:5]:
        print("# %s" % p)
    print("%sok %d - %s" % ("not " if problems else "", n_tests, name))


def run(*args):
    p = subprocess.run([program] + list(args), capture_output=True)
    if p.returncode:
        raise SystemExit("%s: exit %d: %s" % (args, p.returncode, p.stderr.decode("utf-8", "replace")))
    return p.stdout.decode("utf-8")


def wilson(k, n):
    if n == 0:
        return None, None
    p, d = k / n, 1 + Z * Z / n
    m, h = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return max(0, (m - h) / d), min(1, (m + h) / d)


def load(db):
    """Facts of every call, out of turns and spans alone where that can be."""
    c = sqlite3.connect(db)
    out = []
    for cid, day, team, queue, agent, wait, n_holds in c.execute(
            "SELECT id, substr(start_time, 1, 10), team, queue, agent_id, longest_wait_s, n_holds FROM call"):
        turns = c.execute("SELECT start_frame, end_frame, party, interrupts FROM turn WHERE call_id = ? ORDER BY n",
                          (cid,)).fetchall()
        music = c.execute("SELECT start_frame, end_frame FROM span WHERE call_id = ? AND kind = 'music'", (cid,)).fetchall()
        busy = set()
        for a, b, _, _ in turns:
            busy.update(range(a, b))
        held = set()
        for a, b in music:
            held.update(range(a, b))
        dead, at = 0, turns[0][0]
        last = turns[-1][1]
        # silences frame by frame; who spoke before and who speaks after
        while at < last:
            if at in busy:
                at += 1
                continue
            end = at
            while end not in busy:
                end += 1
            before = max((t for t in turns if t[1] <= at), key=lambda t: t[1])[2]
            after = min((t for t in turns if t[0] >= end), key=lambda t: t[0])[2]
            hold = any(f in held for f in range(at, end))
            if before == 0 or after != 0 or hold:
                length = 0
                for f in range(at, end + 1):
                    if f < end and f not in held:
                        length += 1
                    else:
                        dead += length >= 500
                        length = 0
            at = end
        tone = c.execute("SELECT label FROM tone WHERE call_id = ?", (cid,)).fetchone()
        out.append({"day": day, "team": team, "queue": queue, "agent": agent, "id": cid, "tone": tone and tone[0],
                    "long_wait": (wait or 0) >= 30, "hold": n_holds > 0, "dead_air": dead > 0,
                    "transfer": c.execute("SELECT count(*) FROM problem WHERE call_id = ? AND code = 'transferred'",
                                          (cid,)).fetchone()[0] > 0,
                    "customer_interrupted": any(t[3] and t[2] == 1 for t in turns),
                    "long_customer_turn": any(t[2] == 0 and t[1] - t[0] >= 1000 for t in turns)})
    c.close()
    return out


def share_faults(where, s, k, n):
    lo, hi = wilson(k, n)
    want = (k, n, None if n == 0 else k / n, lo, hi)
    got = (s["calls"], s["of"], s["share"], s["low"], s["high"])
    return [] if all(a == b or (a is not None and b is not None and abs(a - b) < 6e-5) for a, b in zip(got, want)) \
        else ["%s: %s, not %s" % (where, got, want)]


MEASURES = ("long_wait", "hold", "transfer", "customer_interrupted", "dead_air", "long_customer_turn")


def tone_faults(where, t, calls):
    claimed = [c for c in calls if c["tone"] in ("accepting", "resigned", "angry")]
    by = {}
    for c in claimed:
        by[c["agent"]] = by.get(c["agent"], 0) + 1
    if t["shown"] == "shown":
        if len(by) < 5 or len(claimed) < 30 or 2 * max(by.values()) > len(claimed):
            return ["%s: shown of %d agents, %d closings" % (where, len(by), len(claimed))]
        return share_faults(where, t["not_meant"], sum(c["tone"] != "accepting" for c in claimed), len(claimed))
    if t["shown"] == "rest" or len(by) < 5 or len(claimed) < 30 or 2 * max(by.values()) > len(claimed):
        return []
    return ["%s: hidden without a reason: %s" % (where, t)]


def report_faults(o, calls, frm, to, before):
    bad = []
    for g in o["groups"]:
        key = {"team": "team", "queue": "queue"}.get(g["kind"])
        mine = [c for c in calls if key is None or c[key] == g["name"]]
        now = [c for c in mine if frm <= c["day"] <= to]
        old = [c for c in mine if before <= c["day"] < frm]
        where = "%s %s" % (g["kind"], g["name"])
        if (g["calls"], g["calls_before"]) != (len(now), len(old)):
            bad.append("%s: %d and %d calls" % (where, g["calls"], g["calls_before"]))
        for m in MEASURES:
            bad += share_faults(where + " " + m, g["measures"][m]["now"], sum(c[m] for c in now), len(now))
            bad += share_faults(where + " " + m + " before", g["measures"][m]["before"], sum(c[m] for c in old), len(old))
        bad += tone_faults(where + " closings", g["closings"], now)
        bad += tone_faults(where + " closings before", g["closings_before"], old)
    for kind in ("team", "queue"):
        # what is hidden of small groups must not come out by subtraction
        hidden = [g for g in o["groups"] if g["kind"] == kind and g["closings"]["shown"] not in ("shown", "no_tone")]
        agents = {c["agent"] for c in calls for g in hidden if c[kind] == g["name"] and frm <= c["day"] <= to}
        if hidden and len(agents) < 5:
            bad.append("the hidden %ss have %d agents together" % (kind, len(agents)))
    return bad


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.bad, self.ids, self.open, self.svg, self.h = [], set(), [], 0, []
        self.void = {"meta", "br", "link", "img", "input", "path", "circle", "rect"}

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if a.get("id") in self.ids:
            self.bad.append("two of id %s" % a["id"])
        self.ids.add(a.get("id", ""))
        if tag == "svg" and a.get("role") == "img":
            self.svg += 1
            self.bad += ["svg without a text alternative"] if not a.get("aria-labelledby") else []
        if tag in ("script", "iframe", "form", "object"):
            self.bad.append("<%s>" % tag)
        for k in ("src", "srcset"):
            if k in a:
                self.bad.append("a request: %s" % a[k])
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.void:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append("</%s> does not fit" % tag)


def page_faults(text, n_svg):
    p = Page()
    p.feed(text)
    return p.bad + (["left open: %s" % p.open] if p.open else []) + \
        (["%d pictures" % p.svg] if p.svg != n_svg else [])


def main():
    with open(os.path.join(root, "schemas", "coach.schema.json")) as f:
        s = json.load(f)
    jsonschema.Draft202012Validator.check_schema(s)
    v = jsonschema.Draft202012Validator(s)

    def valid(o):
        return ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message) for e in v.iter_errors(o)]
    with tempfile.TemporaryDirectory() as d:
        db = os.path.join(d, "t.db")
        subprocess.run([fill, db, "700"], check=True)
        calls = load(db)
        o = json.loads(run("coach", "--db", db, "--format", "json"))
        check("the schema", valid(o))
        check("30 days up to the last call", [] if (o["from"], o["to"]) == ("2026-10-24", "2026-11-22") else [str(o["from"])])
        check("all shares and intervals of %d groups, counted again" % len(o["groups"]),
              report_faults(o, calls, "2026-10-24", "2026-11-22", "2026-09-24"))
        check("small groups are not ranked, and no point is made of them",
              ["%s" % p for p in o["points"] for g in o["groups"]
               if (g["kind"], g["name"]) == (p["kind"], p["name"]) and g["few"]])
        check("what was put in comes out on top",
              [] if {(p["measure"], p["name"]) for p in o["points"]} >= {("customer_interrupted", "north"), ("long_wait", "returns")}
              else [json.dumps([(p["measure"], p["name"]) for p in o["points"]])])
        f = json.loads(run("coach", "--db", db, "--format", "json", "--team", "north", "--period", "2026-11-01..2026-11-10"))
        check("a team and ten days", valid(f) + report_faults(f, [c for c in calls if c["team"] == "north"],
                                                              "2026-11-01", "2026-11-10", "2026-10-22"))
        n = json.loads(run("coach", "--db", db, "--format", "json", "--team", "night"))
        check("a team of two agents: no tones, no closings to listen to",
              valid(n) + [str(g["closings"]) for g in n["groups"] if g["closings"]["shown"] == "shown"]
              + ["listed: %s" % n[k] for k in ("bad", "good") if n[k]])
        for fmt in ("json", "text", "html"):
            a = run("coach", "--db", db, "--agent", "a3", "--format", fmt)
            words = [w for w in ("resigned", "angry", "accepting") if w in a.replace("badge", "").split("<main")[-1]]
            check("one person, %s: no word of a tone" % fmt, words)
        p = json.loads(run("coach", "--db", db, "--agent", "a3", "--format", "json"))
        mine = [c for c in calls if c["agent"] == "a3"]
        g = p["groups"][0]
        now = [c for c in mine if "2026-10-24" <= c["day"] <= "2026-11-22"]
        check("one person: the schema, and the facts counted again",
              valid(p) + [x for m in MEASURES for x in share_faults(m, g["measures"][m]["now"], sum(c[m] for c in now), len(now))])
        before = [run("coach", "--db", db, "--agent", "a3", "--format", fmt) for fmt in ("json", "text", "html")]
        c = sqlite3.connect(db)
        c.execute("UPDATE tone SET label = CASE label WHEN 'resigned' THEN 'accepting' ELSE 'resigned' END")
        c.execute("DELETE FROM tone WHERE call_id % 3 = 0")
        c.commit()
        c.close()
        after = [run("coach", "--db", db, "--agent", "a3", "--format", fmt) for fmt in ("json", "text", "html")]
        check("one person: the same bytes whatever the tones are", [] if before == after else ["differs"])
        evil = "<script>alert(1)</script>\u202e\"&"
        run("coach", "note", "--db", db, "--person", evil, "--kind", "improve", "--topic", "other", evil)
        log = json.loads(run("coach", "log", "--db", db, "--person", evil, "--format", "json"))
        check("the log", valid(log) + ([] if log["log"][0]["note"] == evil else [str(log)]))
        for lang in ("en", "he"):
            text = run("coach", "--db", db, "--format", "html", "--lang", lang)
            check("the page (%s): well-formed, no request, 14 pictures" % lang, page_faults(text, 14))
        text = run("coach", "log", "--db", db, "--person", evil, "--format", "html")
        check("a name of markup stays text", page_faults(text, 0) + ([] if "<script>" not in text else ["a script"]))
    print("1..%d" % n_tests)
    return 1 if n_failed else 0


sys.exit(main())
