#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample calls, scored by the program, against the truth they were made with.

usage: samples.py PROGRAM SAMPLES_DIR        (prints TAP)

samples/expected.json: the parties, the problems, where the closing is (each end within 0.25 s) and,
where the voice was made to leave no doubt, the tone. "any" leaves a value open.
"""
import json, os, subprocess, sys

NEAR_S = 0.25


def differences(want, got):
    found = [c["party"] for c in got["channels"]]
    if found != want["parties"]:
        yield "parties %s, want %s" % (found, want["parties"])
    codes = sorted(p["code"] for p in got["problems"])
    if codes != sorted(want["problems"]):
        yield "problems %s, want %s" % (codes, sorted(want["problems"]))
    if got["media"]["partial"] != want["partial"]:
        yield "partial %s" % got["media"]["partial"]
    closing, true = got["closing"], want["closing"]
    if true is None or closing is None:
        if true != "any" and closing != true:
            yield "closing %s, want %s" % (closing, true)
    elif true != "any":
        for end in ("start_s", "end_s"):
            if abs(closing[end] - true[end]) > NEAR_S:
                yield "closing %s %.2f, want %.2f" % (end, closing[end], true[end])
    tone = closing["tone"]["label"] if closing and closing["tone"] else None
    if want["tone"] != "any" and tone != want["tone"]:
        yield "tone %s, want %s" % (tone, want["tone"])


def main():
    program, folder = os.path.realpath(sys.argv[1]), sys.argv[2]
    with open(os.path.join(folder, "expected.json"), encoding="utf-8") as f:
        calls = json.load(f)["calls"]
    failed = 0
    for n, want in enumerate(calls, 1):
        run = subprocess.run([program, "score", "--json", os.path.join(folder, want["file"])],
                             capture_output=True, text=True)
        try:
            wrong = list(differences(want, json.loads(run.stdout)))
        except (ValueError, KeyError, TypeError) as e:
            wrong = ["no result: %r, exit %d, %s" % (e, run.returncode, run.stderr.strip())]
        for line in wrong:
            print("# %s: %s" % (want["file"], line))
        print("%s %d - %s" % ("not ok" if wrong else "ok", n, want["file"]))
        failed += bool(wrong)
    print("1..%d" % len(calls))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
