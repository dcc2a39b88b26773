#!/usr/bin/env python3
"""The schemas of sidecar and config give the same verdict as the program's reader on every case of
meta_cases.json (the reader's side is tests/unit/test_metadata.c), and the files that ship are valid.

usage: meta_contract.py SOURCE_ROOT
"""
import glob, json, os, sys

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP python3-jsonschema is not installed: the schemas were NOT checked")
    sys.exit(0)

root = sys.argv[1]
n = failed = 0


def check(name, ok, why=""):
    global n, failed
    n += 1
    failed += not ok
    print("%sok %d - %s%s" % ("" if ok else "not ", n, name, "" if ok else " # " + why))


def load(*path):
    with open(os.path.join(root, *path)) as f:
        return json.load(f)


cases = load("tests", "contract", "meta_cases.json")
for kind in ("sidecar", "config"):
    schema = load("schemas", kind + ".schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    v = jsonschema.Draft202012Validator(schema)
    for c in cases[kind]:
        faults = [e.message for e in v.iter_errors(c["doc"])]
        check("%s: %s" % (kind, c["name"]), (not faults) == c["ok"], "; ".join(faults) or "no fault seen")
    if kind == "config":
        check("shipped profiles", v.is_valid(load("pipeline", "metadata", "profiles.json")))
    else:
        for path in sorted(glob.glob(os.path.join(root, "samples", "*.json"))):
            if os.path.basename(path) != "expected.json":
                check("samples/" + os.path.basename(path), v.is_valid(load(path)))
print("1..%d" % n)
sys.exit(failed != 0)
