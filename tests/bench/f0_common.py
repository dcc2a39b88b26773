#!/usr/bin/env python3
# Fine error (mean |cents|) on the frames that every tracker calls voiced and gets within 20 %: a
# tracker that skips the hard frames gains nothing. usage: f0_common.py BENCH LIST OUT TRACKER...
import bisect, math, os, sys

bench, lst, out, trackers = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
sys.path.insert(0, bench)
import score


def at(times, f0, t):
    i, e, best = bisect.bisect_left(times, t), 0, 0.0060001
    for j in (i - 1, i):
        if 0 <= j < len(times) and abs(times[j] - t) < best:
            best, e = abs(times[j] - t), f0[j]
    if e > 0 and 0 < i < len(times):
        a, b, d = f0[i - 1], f0[i], times[i] - times[i - 1]
        if a > 0 and b > 0 and 0 < d <= 0.0125 and abs(a / b - 1) < 0.2:
            e = a + (b - a) * min(1, max(0, (t - times[i - 1]) / d))
    return e


print("mean |cents| on common frames:", *trackers)
for s in ("egg", "fda", "syn"):
    for c in ("g711", "tel", "b10"):
        sums, n = [0.0] * len(trackers), 0
        for name in open(f"{bench}/{s}/{lst}.txt").read().split():
            tracks = [score.load(f"{out}/{p}/{s}/{c}/{name}.csv") for p in trackers]
            for t, f in zip(*score.load(f"{bench}/{s}/truth/{name}.csv")):
                if f <= 0:
                    continue
                v = [at(x, y, t) for x, y in tracks]
                if all(x > 0 and abs(x / f - 1) <= 0.2 for x in v):
                    n += 1
                    for k, x in enumerate(v):
                        sums[k] += abs(1200 * math.log2(x / f))
        print(s, c, n, *(f"{x / max(n, 1):.1f}" for x in sums))
