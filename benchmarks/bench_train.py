"""Learning a head, beside the earlier way: boosted trees with isotonic calibration, three folds.

Time: windows of 768 numbers around few directions, with a label that is not linear in them. "fit"
is one head; "with figures" is what a person's training does, which holds whole files out five
times for calibration and held-out figures (the earlier way holds rows out three times).
Quality: the sample's YAMNET windows; 14 files of it teach, 12 are held out, with every event known.

Every way on one thread; ratios are of processor seconds. The earlier way is timed once per size,
and left out beyond 20,000, where it takes many minutes; there "with figures" is, too.
Run by hand: ``python -m benchmarks train``, or ``python -m benchmarks.bench_train --rows 20000``;
--no-quality leaves AP out.
"""

import argparse
import csv
import warnings

import numpy as np

import eightcut as ec
from benchmarks import rows as table
from benchmarks.bench_rescan import Earlier, Sounds, by_itself
from benchmarks.measuring import cost, one_thread, turns
from eightcut.audio import evaluation
from eightcut.audio.windows import WINDOWS
from eightcut.jobs.embed import cached
from eightcut.models import classifier, heads, registry

FAST = ("logistic", "mlp")
KINDS = (*FAST, "trees")
GOALS = {("logistic, fit", 2_000): 50, ("mlp, fit", 2_000): 50}
GOALS |= {("logistic, fit", 20_000): 25, ("mlp, fit", 20_000): 15}
FILES, ROUNDS, EARLIER_MOST = 20, 3, 20_000


def ways(windows, truth):
    """Each way as a call that learns."""
    groups = [str(number * FILES // len(truth)) for number in range(len(truth))]
    even = np.ones(len(truth), np.float32)
    found = {"earlier": lambda: Earlier(by_itself(windows), truth)}
    for kind in FAST:
        found[f"{kind}, fit"] = lambda kind=kind: heads.fit(windows, truth, even, kind=kind, seed=0)
        found[f"{kind}, with figures"] = lambda kind=kind: classifier.fit(
            windows, truth, groups, head=kind
        )
    return found


def speed(rows, sounds):
    """Print what each way costs."""
    every = ways(*sounds.draw(rows))
    before, is_large = every.pop("earlier"), rows > EARLIER_MOST
    if is_large:
        every = {name: way for name, way in every.items() if name.endswith("fit")}
    earlier = None if is_large else cost(before)
    every["logistic, fit"]()  # the first use of torch is no part of it
    found = turns(every, 1 if is_large else ROUNDS)
    print(f"{rows:8} {'earlier':24}{earlier.cpu_s if earlier else float('nan'):9.3f}")
    for name, one in found.items():
        ratio = f"{earlier.cpu_s / one.cpu_s:8.1f}x" if earlier else f"{'':9}"
        print(f"{rows:8} {name:24}{one.cpu_s:9.3f}{ratio}{one.mb:9.0f}", flush=True)
        if earlier:
            told = [f"{each.cpu_s:.3g} CPU s" for each in (earlier, one)]
            gain, goal = earlier.cpu_s / one.cpu_s, GOALS.get((name, rows))
            table.row(f"learn from {rows:,} windows: {name}", *told, gain, goal, rows)


def files(ws, wanted):
    """Name, windows and events of the sample's files of some sets."""
    with (ws.path / "truth.csv").open() as lines:
        rows = [row for row in csv.DictReader(lines) if row["set"] in wanted]
    embedder = registry.load("YAMNET", "sound")
    for name in sorted({row["filename"] for row in rows}):
        (media,) = [one for one in ws.clips.list_media() if one.filename == name]
        stored = cached(ws, media, embedder, WINDOWS)
        if stored is None:
            raise SystemExit(f"scan {name} of the sample workspace with YAMNET first")
        events = [
            (float(row["start"]), float(row["end"]))
            for row in rows
            if row["filename"] == name and row["label"] == "metal"
        ]
        yield name, stored, events


def judged(parts, score):
    return [
        evaluation.judge(name, score(stored), WINDOWS, events, stored.duration)
        for name, stored, events in parts
    ]


def quality():
    """Print held-out average precision, and its difference from the earlier way's."""
    with ec.sample_workspace(progress=False) as ws:
        taught, test = ([*files(ws, some)] for some in ({"train", "review"}, {"held out"}))
    places = judged(taught, lambda stored: np.arange(len(stored.windows(WINDOWS)), dtype=float))
    kept = [one.scores.astype(int) for one in places]  # the windows of which the truth is clear
    truth = np.concatenate([one.truth for one in places])
    vectors = [stored.windows(WINDOWS) for _, stored, _ in taught]
    windows = np.concatenate([part[rows] for part, rows in zip(vectors, kept, strict=True)])
    groups = np.repeat([name for name, _, _ in taught], [len(rows) for rows in kept])

    def own(stored):  # as the earlier way does it: each file by its own mean and spread
        return by_itself(stored.windows(WINDOWS))

    learned = [own(stored)[rows] for (_, stored, _), rows in zip(taught, kept, strict=True)]
    model = Earlier(np.concatenate(learned), truth).model
    before = judged(test, lambda s: model.predict_proba(own(s))[:, 1].astype(np.float32))
    even = judged(test, lambda stored: np.zeros(len(stored.windows(WINDOWS)), np.float32))
    print(
        f"\nheld-out AP over windows, {len(truth)} windows of {len(taught)} files teach; "
        f"95 % by drawing whole files"
    )
    for name, found in (("always the same", even), ("earlier", before)):
        print(f"{name:18}{said(evaluation.figures(found))}")
    for kind in KINDS:
        head = classifier.fit(windows, truth, groups, head=kind).head
        found = judged(test, lambda stored, head=head: head.scores(stored.windows(WINDOWS)))
        change = said(evaluation.changes(found, before))
        print(f"{kind:18}{said(evaluation.figures(found))}   against the earlier way {change}")


def said(figures):
    one = figures["average precision"]
    return f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}] n={one.n}"


def main():
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=200_000, help="the largest number of windows")
    parser.add_argument("--no-quality", action="store_true")
    given = parser.parse_args()
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not given.no_quality:
            quality()
        print(f"\n{'windows':>8} {'way':24}{'CPU s':>9}{'ratio':>9}{'MB':>9}")
        for rows in (2_000, 20_000, 200_000):
            if rows <= given.rows:
                speed(rows, Sounds())


if __name__ == "__main__":
    main()
