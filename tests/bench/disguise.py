"""Does a disguise keep the prosody of real voices, and how far does it move the speaker?
usage: disguise.py UNDERTONE DATA. One recording a speaker of EmoDB (six utterances in a row), as an
excerpt plain and disguised, each measured by `undertone features --frames`. Prints a line a speaker
and the medians; TAP-free, for a benchmark."""
import collections, csv, math, os, re, statistics as st, subprocess, sys, tempfile

undertone, data = map(os.path.realpath, sys.argv[1:3])
flac = os.path.join(data, "emodb", "flac")
if not os.path.isdir(flac):
    print(f"SKIP: {flac} is not there")
    sys.exit(77)


def run(*args, **more):
    return subprocess.run(args, check=True, capture_output=True, text=True, **more).stdout


def rows(wav):
    return list(csv.DictReader(run(undertone, "features", "--frames", wav).splitlines()))


def value(row, key):
    return float(row[key]) if row.get(key) else None


def median(table, key):
    return st.median(v for r in table if value(r, "f0_hz") and (v := value(r, key)))


with tempfile.TemporaryDirectory() as tmp:
    os.chdir(tmp)
    os.mkdir("in")
    by = collections.defaultdict(list)
    for f in sorted(os.listdir(flac)):
        by[f[:2]].append(os.path.join(flac, f))
    for speaker, files in by.items():
        with open("list.txt", "w") as out:
            out.writelines(f"file '{f}'\n" for f in files[:: max(1, len(files) // 6)][:6])
        run("ffmpeg", "-loglevel", "error", "-f", "concat", "-safe", "0", "-i", "list.txt", "-ar",
            "8000", "-ac", "1", f"in/{speaker}.wav")
    run(undertone, "batch", "-q", "--db", "x.db", "--customer", "all", "in")
    names = sorted(os.listdir("in"))
    for out, more in (("plain", []), ("moved", ["--disguise"])):
        run(undertone, "clips", "--db", "x.db", "--out", out, "--before", "300", "--after", "100",
            *more, *names)
    results = []
    for clip in sorted(f for f in os.listdir("plain") if re.match("call-.*wav$", f)):
        a, b = rows(f"plain/{clip}"), rows(f"moved/{clip}")
        f0 = [(12 * math.log2(x), 12 * math.log2(y)) for p, q in zip(a, b)
              if (x := value(p, "f0_hz")) and (y := value(q, "f0_hz"))]
        level = [(x, y) for p, q in zip(a, b) if (x := value(p, "level_db")) is not None
                 and (y := value(q, "level_db")) is not None and x > -55]
        moved = st.median(y - x for x, y in f0)
        good = [p for p in f0 if abs(p[1] - p[0] - moved) <= 3]
        r = dict(before=median(a, "f0_hz"), after=median(b, "f0_hz"), moved=moved,
                 f0=st.correlation(*zip(*f0)), f0_good=st.correlation(*zip(*good)),
                 gross=1 - len(good) / len(f0), level=st.correlation(*zip(*level)),
                 f2=median(b, "f2_hz") / median(a, "f2_hz"))
        results.append(r)
        print("F0 {before:.0f} to {after:.0f} Hz ({moved:+.1f} semitones), F2 times {f2:.2f}; "
              "correlation of F0 {f0:.3f} ({f0_good:.3f} without {gross:.1%} of octave errors), "
              "of level {level:.3f}".format(**r))
    for key in ("f0", "f0_good", "gross", "level"):
        v = [r[key] for r in results]
        print(f"{key}: median {st.median(v):.3f}, from {min(v):.3f} to {max(v):.3f}")
    for key in ("before", "after"):
        print(f"spread of the speakers' median F0 {key}: "
              f"{st.pstdev(12 * math.log2(r[key]) for r in results):.1f} semitones")
