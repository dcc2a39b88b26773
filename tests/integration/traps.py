#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every trap of recordings, built here from real speech (calls of spokenwoz; Asterisk's announcements and music
on hold), scored by the program: which problem is named, and is there a tone. The same calls without a
trap must name none of these problems.

usage: traps.py UNDERTONE DATA. Prints TAP and the table; skips, and says so, what there is no material for."""
import array, json, os, subprocess, sys, tempfile, wave

PROGRAM, DATA = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
SOUNDS, MOH = "/usr/share/asterisk/sounds/en_US_f_Allison", "/usr/share/asterisk/moh"
RATE = 8000
number = failed = 0
table = [("trap", "problem named", "tone", "other problems")]
# what this test is about: none of it may be said of a call without a trap
OURS = {"dual_mono", "maybe_swapped", "silent_channel", "customer_silent", "leak", "misaligned", "channel_cut",
        "announcement", "hold", "new_voice", "other_customer", "role_conflict", "mono_split", "voices_unsure"}


def read(path, ch=None):
    with wave.open(path) as w:
        assert w.getframerate() == RATE and w.getsampwidth() == 2, path
        a = array.array("h", w.readframes(w.getnframes()))
        n = w.getnchannels()
    return a if n == 1 else a[ch::n]


def call(name):
    path = os.path.join(DATA, "spokenwoz", name + ".wav")
    return [read(path, 0), read(path, 1)]  # customer, agent


def silence(seconds, noise=True):
    n = int(seconds * RATE)
    return array.array("h", ((i * 1103515245 + 12345) >> 8 & 7 for i in range(n))) if noise else array.array("h", bytes(2 * n))


def gain(x, db):
    g = 10 ** (db / 20)
    return array.array("h", (max(-32768, min(32767, int(v * g))) for v in x))


def mix(x, y):
    n = max(len(x), len(y))
    z = array.array("h", bytes(2 * n))
    for i in range(n):
        z[i] = max(-32768, min(32767, (x[i] if i < len(x) else 0) + (y[i] if i < len(y) else 0)))
    return z


def even(chs):
    n = max(map(len, chs))
    return [c + array.array("h", bytes(2 * (n - len(c)))) for c in chs]


def write(path, chs):
    chs = even(chs)
    data = array.array("h", bytes(2 * len(chs) * len(chs[0])))
    for i, c in enumerate(chs):
        data[i::len(chs)] = c
    with wave.open(path, "wb") as w:
        w.setnchannels(len(chs))
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(data.tobytes())


def ringback(seconds):
    import math
    out = silence(seconds)
    for i in range(len(out)):  # ETSI: 425 Hz, 1 s on, 4 s off
        if i % (5 * RATE) < RATE:
            out[i] += int(3000 * math.sin(2 * math.pi * 425 * i / RATE))
    return out


def revoice(track, voice):
    """The same turns in another voice: where track has sound, the other's sound."""
    block = RATE // 50
    level = lambda x, k: sum(abs(v) for v in x[k:k + block]) / block
    loud = array.array("h")
    for k in range(0, len(voice) - block, block):
        if level(voice, k) > 150:
            loud.extend(voice[k:k + block])
    out, at = silence(len(track) / RATE), 0
    for k in range(0, len(out) - block, block):
        if max(level(track, j) for j in range(max(0, k - 5 * block), min(len(track) - block, k + 5 * block), block)) > 150:
            out[k:k + block] = loud[at:at + block] if at + block < len(loud) else loud[:block]
            at = at + block if at + block < len(loud) else block
    return out


def score(folder, name, chs, sidecar, args=(), words=None):
    path = os.path.join(folder, name + ".wav")
    write(path, chs)
    if sidecar is not None:
        with open(os.path.join(folder, name + ".json"), "w") as f:
            json.dump(dict({"schema": 1}, **sidecar), f)
    if words is not None:
        with open(os.path.join(folder, name + ".words.json"), "w") as f:
            json.dump(words, f)
    run = subprocess.run([PROGRAM, "score", "--json", "--listen", "never"] + list(args) + [path], capture_output=True,
                         text=True)
    if run.returncode:
        return None, run.stderr
    return json.loads(run.stdout), ""


def row(folder, name, want, tone, chs, sidecar, args=(), words=None):
    """want: the problem that must be named, or None: none of OURS. tone: may one be stored?"""
    global number, failed
    number += 1
    got, why = score(folder, name.replace(" ", "-").replace(",", ""), chs, sidecar, args, words)
    wrong = []
    if got is None:
        wrong = [why.strip()]
        codes, has = [], "-"
    else:
        codes = [p["code"] for p in got["problems"]]
        t = got["closing"] and got["closing"]["tone"]
        has = "no" if not t else "abstain" if t["label"] in (None, "abstain") else "yes"
        if want and want not in codes:
            wrong.append("%s is not named" % want)
        if not want and OURS & set(codes):
            wrong.append("%s of a call without a trap" % sorted(OURS & set(codes)))
        if not tone and has == "yes":
            wrong.append("a tone")
        if tone is True and has == "no":
            wrong.append("no tone: %s" % (got["closing"] or codes))
    table.append((name, want or "-", has, " ".join(c for c in codes if c != want) or "-"))
    for w in wrong:
        print("# %s: %s" % (name, w))
    print("%sok %d - %s" % ("not " if wrong else "", number, name))
    failed += bool(wrong)


def main():
    names = ["MUL1423", "SNG0072", "SNG0480", "SNG1640"]
    if not all(os.path.exists(os.path.join(DATA, "spokenwoz", n + ".wav")) for n in names):
        print("1..0 # SKIP no calls in %s/spokenwoz: the traps of recordings were NOT tested" % DATA)
        return 0
    with tempfile.TemporaryDirectory() as tmp:
        rows(tmp, {n: call(n) for n in names})
    width = [max(len(r[i]) for r in table) for i in range(4)]
    for r in table:
        print("# " + "  ".join(v.ljust(width[i]) for i, v in enumerate(r)).rstrip())
    print("1..%d" % number)
    return 1 if failed else 0


def rows(tmp, calls):
    global number
    left = {"customer_channel": "left", "agent_channel": "right"}
    c, a = calls["SNG0072"]
    half = len(c) // 2
    for n in calls:
        row(tmp, "no trap " + n, None, "any" if n == "SNG1640" else True, calls[n], left)
    both = mix(c, a)
    row(tmp, "dual mono", "dual_mono", False, [both, gain(both, -3)], left)
    row(tmp, "dual mono, profile", "dual_mono", False, [both, both], None, ["--profile", "generic"])
    row(tmp, "mono mix", "mono_split", False, [both], {})
    row(tmp, "mono mix, said to be the customer", "role_conflict", False, [both], {"customer_channel": "all"})
    row(tmp, "mono mix, first speaker", "mono_split", True, [both], {"first_speaker": "customer"})
    # swapped against the profile
    greet = [{"speaker": "customer", "text": w, "start": 1 + 0.3 * i, "end": 1.3 + 0.3 * i}
             for i, w in enumerate("Good morning, how can I help you?".split())]
    row(tmp, "swapped, the greeting", "maybe_swapped", False, [a, c], left, words=greet)
    ring = ringback(11)
    row(tmp, "swapped, it rings", "maybe_swapped", False, [ring + a, silence(11) + c], dict(left, direction="inbound"))
    row(tmp, "not swapped, it rings", None, True, [silence(11) + c, ring + a], dict(left, direction="inbound"))
    row(tmp, "swapped, the first word", "maybe_swapped", False, [a, c], dict(left, first_speaker="customer"))
    row(tmp, "one channel silent, the agent's", "silent_channel", "any", [c, silence(len(c) / RATE)], left)
    row(tmp, "one channel silent, the customer's", "customer_silent", False, [silence(len(c) / RATE), a], left)
    for db, tone in ((-30, True), (-12, "any"), (-3, False)):
        late = silence(0.08)
        row(tmp, "crosstalk %d dB" % db, "leak" if db > -20 else None, tone,
            [mix(c, gain(late + a, db)), mix(a, gain(late + c, db))], left)
    row(tmp, "the agent's channel ends early", "channel_cut", False, [c, a[:half]], left)
    row(tmp, "the customer's channel ends early", "channel_cut", False, [c[:half], a], left)
    row(tmp, "the customer's channel begins later", "misaligned", False, [c[9 * RATE:], a], left)
    # with the sounds that exchanges make
    prompts = [os.path.join(SOUNDS, n + ".wav") for n in ("queue-thankyou", "queue-youarenext", "pls-hold-while-try",
                                                                "queue-periodic-announce", "conf-usermenu")]
    music = os.path.join(MOH, "macroform-cold_day.wav")
    if not all(map(os.path.exists, prompts + [music])):
        number += 1
        print("ok %d - announcements, hold and transfer # SKIP no sounds of Asterisk: NOT tested" % number)
        return
    said = array.array("h")
    for p in prompts:
        said += read(p) + silence(0.6)
    hold = read(music)[20 * RATE:32 * RATE]
    quiet = lambda x: silence(len(x) / RATE)
    row(tmp, "announcement, then ringback", "announcement", True, [quiet(said + ring) + c, said + ring + a], left)
    row(tmp, "announcement, then the agent", "announcement", True, [quiet(said) + c, said + a], left)
    row(tmp, "hold music", "hold", True, [c[:half] + quiet(hold) + c[half:], a[:half] + hold + a[half:]], left)
    other = revoice(a[half:], calls["SNG0480"][1])
    row(tmp, "transfer, a new agent's voice", "new_voice", True,
        [c[:half] + quiet(hold) + c[half:], a[:half] + hold + other], left)
    row(tmp, "another customer's voice", "other_customer", False,
        [c[:half] + quiet(hold) + revoice(c[half:], calls["MUL1423"][0]), a[:half] + hold + a[half:]], left)
    row(tmp, "transfer, party_history", "transferred", True, [c, a],
        {"parties": [{"channel": 0, "role": "customer"}, {"channel": 1, "role": "agent", "id": "a1"},
                     {"channel": 1, "role": "agent", "id": "a2"}]})


sys.exit(main())
