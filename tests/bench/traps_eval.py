#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often is a trap named that is there, and that is not? Calls of two people are put together out of single
utterances (ravdess neutral and calm, EmoDB neutral, callers of getgoing), each trap is built into every one,
and the program scores them all. None of these calls was looked at when the traps' thresholds were set;
docs/WHO-IS-WHO.md says which voices were. Intervals: Wilson, 95 %.

usage: traps_eval.py UNDERTONE DATA [CALLS a pool]. Needs sox, ffmpeg; music and prompts of Asterisk."""
import array, collections, csv, glob, json, math, os, random, subprocess, sys, tempfile, wave

PROGRAM, DATA = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
N = int(sys.argv[3]) if len(sys.argv) > 3 else 12
RATE = 8000
SOUNDS, MOH = "/usr/share/asterisk/sounds/en_US_f_Allison", "/usr/share/asterisk/moh/macroform-cold_day.wav"
TRAPS = ["dual_mono", "maybe_swapped", "silent_channel", "customer_silent", "leak", "misaligned", "channel_cut", "announcement",
         "hold", "new_voice", "other_customer", "start_unknown"]


def decode(path, remix=None):
    cmd = ["ffmpeg", "-v", "error", "-i", path] + (["-af", "pan=mono|c0=c%d" % remix] if remix is not None else ["-ac", "1"])
    raw = subprocess.run(cmd + ["-ar", str(RATE), "-f", "s16le", "-"], capture_output=True, check=True).stdout
    return array.array("h", raw[:len(raw) // 2 * 2])


def level(x):
    return math.sqrt(sum(v * v for v in x) / max(len(x), 1))


def trim(x):
    b = RATE // 50
    loud = [level(x[i:i + b]) for i in range(0, len(x) - b, b)]
    if not loud:
        return x
    edge = max(loud) * 0.05
    on = [i for i, v in enumerate(loud) if v > edge]
    return gain_to(x[on[0] * b:(on[-1] + 1) * b], 2500)


def gain_to(x, rms):
    g = rms / max(level(x), 1)
    return array.array("h", (max(-32768, min(32767, int(v * g))) for v in x))


def split(x):
    """Stretches of speech of a caller's channel."""
    b, out, start, last = RATE // 20, [], None, 0
    loud = [level(x[i:i + b]) for i in range(0, len(x) - b, b)]
    edge = sorted(loud)[int(len(loud) * 0.98)] * 0.12
    for i, v in enumerate(loud + [0] * 20):
        if v > edge:
            start, last = i if start is None else start, i
        elif start is not None and i - last > 6:
            if last - start > 12:
                out.append(gain_to(x[max(0, start - 2) * b:(last + 3) * b], 2500))
            start = None
    return out


def pools():
    for name, want in (("ravdess", ("neutral", "calm")), ("emodb", ("neutral",))):
        people, angry = collections.defaultdict(list), collections.defaultdict(list)
        try:
            f = open(os.path.join(DATA, name, "manifest.csv"), newline="", encoding="utf-8")
        except OSError:
            continue
        with f:
            rows = list(csv.DictReader(f))
        for r in rows:
            emotion = r.get("emotion") or r["label"]
            if r["label"] == "neutral" or emotion in want:
                people[r["speaker"]].append(os.path.join(DATA, name, r["path"]))
            elif r["label"] == "angry":
                angry[r["speaker"]].append(os.path.join(DATA, name, r["path"]))
        yield name, dict(people), dict(angry)
    callers = sorted(glob.glob(os.path.join(DATA, "getgoing", "*.mp3")))
    if callers:
        yield "getgoing", {c: c for c in callers}, {}


class Voices:
    def __init__(self, people, angry):
        self.people, self.angry, self.kept = people, angry, {}

    def of(self, who, mood="calm"):
        key = who, mood
        if key not in self.kept:
            src = (self.angry if mood == "angry" else self.people)[who]
            self.kept[key] = split(decode(src, 0)) if isinstance(src, str) else [trim(decode(p)) for p in src[:14]]
        return self.kept[key]


def quiet(n, rng):
    return array.array("h", (rng.randrange(-8, 9) for _ in range(n)))


def put(track, at, x):
    for i, v in enumerate(x):
        if at + i < len(track):
            track[at + i] = max(-32768, min(32767, track[at + i] + v))


def talk(v, customer, agent, seconds, rng, first="agent", mood="calm"):
    """[customer, agent] and who is heard when; turns of one to three utterances, gaps of 0.2 to 0.9 s."""
    n = seconds * RATE
    t = [quiet(n, rng), quiet(n, rng)]
    at, who = int(0.5 * RATE), 1 if first == "agent" else 0
    while at < n - RATE:
        for _ in range(rng.randint(1, 3)):
            u = rng.choice(v.of(agent) if who else v.of(customer, mood))
            if at + len(u) > n - RATE // 2:
                at = n
                break
            put(t[who], at, u)
            at += len(u) + int((0.1 + 0.3 * rng.random()) * RATE)
        at += int((0.2 + 0.7 * rng.random()) * RATE)
        who = 1 - who
    return t


def scaled(x, db):
    g = 10 ** (db / 20)
    return array.array("h", (int(w * g) for w in x))


def mixed(x, y):
    return array.array("h", (max(-32768, min(32767, a + b)) for a, b in zip(x, y)))


def ringback(seconds):
    return array.array("h", (int(3000 * math.sin(2 * math.pi * 425 * i / RATE)) if i % (5 * RATE) < RATE else 0 for i in range(int(seconds * RATE))))


def variants(v, people, rng):
    c, a, c2, a2 = rng.sample(people, 4)
    base = talk(v, c, a, 70, rng)
    cut = 35 * RATE
    side = {"customer_channel": "left", "agent_channel": "right"}
    zero = lambda n: array.array("h", bytes(2 * n))
    yield "no trap", None, base, side
    yield "no trap, 3 min", None, talk(v, c, a, 180, rng), side
    both = mixed(base[0], base[1])
    yield "dual mono", "dual_mono", [both, scaled(both, -3)], side
    yield "first speaker, swapped", "maybe_swapped", [base[1], base[0]], dict(side, first_speaker="agent")
    yield "first speaker, right", None, base, dict(side, first_speaker="agent")
    ring = ringback(11)
    yield "it rings, swapped", "maybe_swapped", [ring + base[0], zero(len(ring)) + base[1]], dict(side, direction="inbound")
    yield "it rings, right", None, [zero(len(ring)) + base[0], ring + base[1]], dict(side, direction="inbound")
    yield "customer's channel silent", "customer_silent", [quiet(len(base[0]), rng), base[1]], side
    for db in (-3, -12, -26):
        yield "crosstalk %d dB" % db, "leak" if db > -20 else None, [mixed(base[0], zero(640) + scaled(base[1], db)[:-640]), mixed(base[1], zero(640) + scaled(base[0], db)[:-640])], side
    yield "customer's channel ends at the half", "channel_cut", [base[0][:cut] + zero(len(base[0]) - cut), base[1]], side
    long = talk(v, c, a, 120, rng)
    yield "customer's channel 9 s early, 2 min", "misaligned", [long[0][9 * RATE:] + quiet(9 * RATE, rng), long[1]], side
    for s in (8, 15, 25):
        said, k = array.array("h"), 0
        while len(said) < s * RATE:
            said += rng.choice(v.of(a2)) + quiet(RATE // 3, rng)
        said = said[:s * RATE] + quiet(RATE, rng)
        yield "announcement of %d s, another voice" % s, "announcement", [quiet(len(said), rng) + base[0], said + base[1]], side
    if os.path.exists(MOH):
        hold = decode(MOH)[20 * RATE:35 * RATE]
        said = said[:8 * RATE]
        yield "announcement of 8 s, then music", "announcement", [quiet(len(said) + len(hold), rng) + base[0], said + hold + base[1]], side
        calm = lambda w, x, m="calm": talk(v, w, x, 40, rng, mood=m)
        for name, want, after in (("hold, the same two after", "hold", calm(c, a)), ("hold, another agent after", "new_voice", calm(c, a2)),
                                  ("hold, another customer after", "other_customer", calm(c2, a))):
            before = calm(c, a)
            yield name, want, [before[0] + quiet(len(hold), rng) + after[0], before[1] + hold + after[1]], side
        if v.angry.get(c):
            after = calm(c, a, "angry")
            yield "hold, the same customer shouts after", None, [before[0] + quiet(len(hold), rng) + after[0], before[1] + hold + after[1]], side


def write(path, t):
    n = max(map(len, t))
    data = array.array("h", bytes(4 * n))
    for i, x in enumerate(t):
        data[i::2] = x + array.array("h", bytes(2 * (n - len(x))))
    with wave.open(path, "wb") as w:
        w.setnchannels(2)
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(data.tobytes())


def wilson(k, n):
    if n == 0:
        return "-"
    z, p = 1.96, k / n
    mid, half = (p + z * z / 2 / n) / (1 + z * z / n), z * math.sqrt(p * (1 - p) / n + z * z / 4 / n / n) / (1 + z * z / n)
    return "%.0f %% [%.0f, %.0f]" % (100 * p, 100 * max(0, mid - half), 100 * min(1, mid + half))


def main():
    found, tones, false, seen = (collections.defaultdict(collections.Counter) for _ in range(4))
    names = []
    for pool, people, angry in pools():
        v, rng = Voices(people, angry), random.Random(pool)
        who = sorted(p for p in people if len(v.of(p)) >= 5)
        if len(who) < 4:
            continue
        for _ in range(N):
            with tempfile.TemporaryDirectory() as tmp:
                rows = list(variants(v, who, rng))
                for k, (name, want, t, side) in enumerate(rows):
                    write(os.path.join(tmp, "%02d.wav" % k), t)
                    with open(os.path.join(tmp, "%02d.json" % k), "w") as f:
                        json.dump(dict(side, schema=1), f)
                run = subprocess.run([PROGRAM, "score", "--json", "--listen", "never"] + [os.path.join(tmp, "%02d.wav" % k) for k in range(len(rows))], capture_output=True, text=True)
                got = [json.loads(line) for line in run.stdout.splitlines()]
                if len(got) != len(rows):
                    raise SystemExit(run.stderr)
                for k, (name, want, t, side) in enumerate(rows):
                    r = got[k]
                    codes = {p["code"] for p in r["problems"]}
                    if name not in names:
                        names.append(name)
                    seen[name][pool] += 1
                    found[name][pool] += want in codes
                    tones[name][pool] += bool(r["closing"] and r["closing"]["tone"])
                    ok = {want} | ({"hold"} if "hold" in name or "music" in name else set()) | ({"silent_channel"} if want == "customer_silent" else set())
                    for c in set(TRAPS) & codes - ok:
                        false[name][c] += 1
        print("# %s: %d voices" % (pool, len(who)), flush=True)
    if not names:
        print("no speech in %s: NOT measured" % DATA)
        return 77
    print("%-38s %-28s %-34s %5s  %s" % ("built in", "named", "by pool", "tones", "also named"))
    for name in names:
        n = sum(seen[name].values())
        k = sum(found[name].values())
        wants = not (name.startswith("no trap") or "right" in name or "-26" in name or "shouts" in name)
        print("%-38s %-28s %-34s %5d  %s" % (name, "%d of %d, %s" % (k, n, wilson(k, n)) if wants else "- of %d" % n,
              ", ".join("%s %d/%d" % (p, found[name][p], seen[name][p]) for p in seen[name]) if wants else "",
              sum(tones[name].values()), ", ".join("%s %d" % x for x in sorted(false[name].items())) or "-"), flush=True)
    clean = [n for n in names if n.startswith("no trap") or "right" in n]
    n = sum(sum(seen[x].values()) for x in clean)
    k = sum(sum(false[x].values()) for x in clean)
    print("false alarms in calls without a trap: %d in %d calls, %s" % (k, n, wilson(k, n)))
    return 0


sys.exit(main())
