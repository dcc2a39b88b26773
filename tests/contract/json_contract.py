#!/usr/bin/env python3
"""Real output against the JSON schemas.

usage: json_contract.py UNDERTONE FILL_DB SOURCE_ROOT

Fills a database with known records, prints every call and the list, validates each line, and what
a schema cannot say: scores sum to 1 as printed, a flag goes with its label, the list is ordered, the
columns of the CSV. Then the samples through `score --json`, where there are any. Prints TAP; skips,
loudly, without python3-jsonschema.
"""
import csv, decimal, glob, io, json, os, subprocess, sys, tempfile

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed: the JSON contract was NOT checked")
    sys.exit(0)

program, fill_db, root = sys.argv[1:4]
n_tests = n_failed = 0


def check(name, problems):
    global n_tests, n_failed
    n_tests += 1
    n_failed += bool(problems)
    for p in problems[:5]:
        print("# %s" % p)
    print("%sok %d - %s" % ("not " if problems else "", n_tests, name))


def schema(name):
    with open(os.path.join(root, "schemas", name)) as f:
        s = json.load(f)
    jsonschema.Draft202012Validator.check_schema(s)
    return jsonschema.Draft202012Validator(s)


def run(*args):
    p = subprocess.run([program] + list(args), capture_output=True)
    if p.returncode:
        raise SystemExit("%s: exit %d: %s" % (args, p.returncode, p.stderr.decode("utf-8", "replace")))
    return p.stdout.decode("utf-8")


def faults(v, line, extra=lambda o: []):
    o = json.loads(line, parse_float=decimal.Decimal)
    return ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message) for e in v.iter_errors(
        json.loads(line))] + extra(o)


def call_rules(o):
    bad = []
    c = o["closing"]
    tone = c and c["tone"]
    if tone:
        if sum(tone["scores"].values()) != 1:
            bad.append("scores sum to %s" % sum(tone["scores"].values()))
        who = [x for x in o["channels"] if x["index"] == c["channel"]]
        if not who or (who[0]["party"], who[0]["kind"], who[0]["verified"]) != ("customer", "external", True):
            bad.append("a tone on %s" % who)
    if (o["flag"] == "review") != bool(tone and tone["label"] in ("resigned", "angry")):
        bad.append("flag %s" % o["flag"])
    if c and not c["start_s"] < c["end_s"]:
        bad.append("an empty closing")
    if c is None and not o.get("closing_reason"):
        bad.append("no closing and no reason")
    return bad


def main():
    score, finding = schema("score.schema.json"), schema("finding.schema.json")
    with tempfile.TemporaryDirectory() as d:
        db = os.path.join(d, "t.db")
        n = 40
        subprocess.run([fill_db, db, str(n)], check=True)
        for i in range(1, n + 2):
            out = run("show", "--db", db, "--json", str(i))
            check("show --json %d" % i, faults(score, out, call_rules) if out.count("\n") == 1 else ["not one line"])
        lines = run("findings", "--db", db, "--json", "--all").splitlines()
        ranks = []
        for line in lines:
            bad = faults(finding, line, lambda o: [] if o["scores"] is None or sum(o["scores"].values()) == 1
                         and o["rank"] == o["scores"]["resigned"] + o["scores"]["angry"] else ["scores or rank"])
            ranks.append(json.loads(line)["rank"])
            if bad:
                break
        check("findings --json: %d rows" % len(lines), bad + ([] if len(lines) == n + 1 else ["%d rows" % len(lines)]))
        key = [-1 if r is None else r for r in ranks]
        check("findings are ranked, those without a tone last",
              [] if all(a >= b - 1e-4 for a, b in zip(key, key[1:])) and None in ranks else [str(ranks)])
        rows = list(csv.reader(io.StringIO(run("findings", "--db", db, "--csv"))))
        want = "call,file,start_time,team,label,accepting,resigned,angry,closing_start_s,closing_end_s,found_by,phrase"
        check("findings --csv: the columns", [] if ",".join(rows[0]) == want else [",".join(rows[0])])
        check("findings --csv: %d rows, scores sum to 1" % (len(rows) - 1),
              [",".join(r) for r in rows[1:] if len(r) != 12 or sum(map(decimal.Decimal, r[5:8])) != 1]
              + ([] if len(rows) == n + 1 else ["%d rows" % len(rows)]))
        check("findings --csv without the call column is that of another order of processing",
              [] if [r[1:] for r in rows] == other_order(d, n) else ["differs"])
        journey, key = schema("journey.schema.json"), json.loads(run("show", "--db", db, "--json", "1"))
        for by in ("case", "customer"):
            k = key["case_id"] if by == "case" else key["stored"]["customer_key"]
            o = json.loads(run("journey", "--db", db, "--json", "--" + by, k))
            legs = [l["rank"] for l in o["legs"] if l["rank"] is not None]
            check("journey --json --%s %s: %d legs" % (by, k, o["n_calls"]),
                  ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message) for e in journey.iter_errors(o)] +
                  ([] if o["n_calls"] == len(o["legs"]) and (not legs or o["legs"][o["worst_closing"]]["rank"] == max(legs))
                   else ["worst_closing"]))
        lines = run("journey", "--db", db, "--json", "--worst", "5").splitlines()
        check("journey --json --worst 5: %d lines" % len(lines),
              [e.message for l in lines for e in journey.iter_errors(json.loads(l))] +
              [l for l in lines if json.loads(l)["n_calls"] < 2])
        empty = os.path.join(d, "empty.db")
        subprocess.run([fill_db, empty, "0"], check=True)
        check("findings of a database without a tone: a header alone",
              [] if run("findings", "--db", empty, "--csv") == want + "\n" else ["differs"])
    samples = sorted(s for e in ("wav", "mp3", "opus") for s in glob.glob(os.path.join(root, "samples", "*." + e)))
    if subprocess.run([program, "help", "score"], capture_output=True).returncode:
        samples = []
    for s in samples:
        p = subprocess.run([program, "score", "--json", s], capture_output=True)
        lines = p.stdout.decode("utf-8").splitlines()
        check("score --json %s" % os.path.basename(s),
              faults(score, lines[0], call_rules) if len(lines) == 1 else
              ([] if p.returncode == 1 and p.stderr else ["%d lines, exit %d" % (len(lines), p.returncode)]))
    if not samples:
        print("ok %d - score --json of the samples # SKIP no samples, or no score command" % (n_tests + 1))
    print("1..%d" % (n_tests + (not samples)))
    return 1 if n_failed else 0


def other_order(d, n):
    db = os.path.join(d, "backwards.db")
    subprocess.run([fill_db, db, "-%d" % n], check=True)
    return [r[1:] for r in csv.reader(io.StringIO(run("findings", "--db", db, "--csv")))]


sys.exit(main())
