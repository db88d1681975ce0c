"""Scoring cached windows with a new head, beside the earlier way.

Files of an hour: 3,593 windows of 8 s × 768 numbers, low-rank noise. The earlier way holds npz
of float32, z-scores each file and asks scikit-learn: three times 200 trees with isotonic
calibration. Ours reads what the embedding store holds, checked, and gives probabilities:
``EmbeddingStore.find`` and ``curve``, as ``rescan`` does before it stores the regions.
"same trees" are the earlier way's own trees and calibration, scored as arrays.

Every way on one thread, from the page cache, in turns; the ratio is of processor seconds.
Beyond ten hours only the linear head and the network score, beside the earlier way's hours
before. "All cores" scores as ``rescan`` does, a file per core: its seconds are of the clock,
the best of five, and mean something on a machine that does nothing else.
Run by hand: ``python -m benchmarks rescan`` or ``python -m benchmarks.bench_rescan --hours 10``.
The heads learn from 2,000 windows, so the trees are as large as those of a person who began.
"""

import argparse
import os
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.bench_cache import EMBEDDER, GRID, key
from benchmarks.measuring import cost, one_thread, turns
from benchmarks.rows import row
from eightcut.jobs.scan_work import curve
from eightcut.models import trees
from eightcut.models.classifier import Classifier, fit
from eightcut.models.store import EmbeddingStore

ROWS, WIDTH, RANK, LEARNED, ROUNDS = 3593, 768, 24, 2000, 3
HEADS = ("logistic", "mlp", "trees")
FAST, GOALS = ("logistic", "mlp"), {"logistic": 60, "mlp": 40, "same trees": 4}
EARLIER_MOST = 10  # hours; the earlier way takes most of a second for each
DRAWN = 10  # hours of different windows; larger sizes have them several times


class Sounds:
    """Windows around few directions, and a label that is not linear in them."""

    def __init__(self):
        self._chance = np.random.default_rng(0)
        self._axes = self._chance.standard_normal((RANK, WIDTH), np.float32)

    def draw(self, number):
        """Windows (number, width) and whether each holds the sound."""
        hidden = self._chance.standard_normal((number, RANK), np.float32)
        noise = self._chance.standard_normal((number, WIDTH), np.float32)
        odds = hidden[:, 0] + hidden[:, 1] * hidden[:, 2]
        return hidden @ self._axes + 0.5 * noise, odds > 0.8


class Earlier:
    """Calibrated boosted trees on z-scored windows."""

    def __init__(self, windows, truth):
        grown = HistGradientBoostingClassifier(max_iter=200, max_depth=5)
        self.model = CalibratedClassifierCV(grown, method="isotonic", cv=3)
        self.model.fit(windows, truth)

    def curve(self, path):
        """The probability of each window of an npz."""
        with np.load(path) as stored:
            windows = by_itself(stored["embeddings"])
        return self.model.predict_proba(windows)[:, 1]


class SameTrees:
    """The trees and calibration of the earlier way as arrays."""

    def __init__(self, model):
        folds = model.calibrated_classifiers_
        self._folds = [(trees.of(one.estimator), one.calibrators[0]) for one in folds]
        self._estimators = [one.estimator for one in folds]

    def curve(self, stored):
        """The probability of each window of a stored file."""
        return self._probabilities(zscored(stored.windows(GRID), stored.mean, stored.std))

    def prove(self, windows):
        """That scores are those of scikit-learn to the last bit."""
        for (tensors, _), estimator in zip(self._folds, self._estimators, strict=True):
            assert np.array_equal(
                trees.score(tensors, windows), estimator.decision_function(windows)
            )

    def _probabilities(self, windows):
        each = [made.predict(trees.score(tensors, windows)) for tensors, made in self._folds]
        return np.mean(each, axis=0)


def zscored(windows, mean, std):
    return (windows - mean) / (std + 1e-8)


def by_itself(windows):
    return zscored(windows, windows.mean(axis=0), windows.std(axis=0))


def fill(folder, hours, sounds):
    """The same files both ways; the store."""
    store = EmbeddingStore(folder / "ours")
    drawn = [sounds.draw(ROWS)[0] for _ in range(min(hours, DRAWN))]
    for number in range(hours):
        windows, stamps = drawn[number % DRAWN], np.arange(ROWS, dtype=np.float32)
        if number < EARLIER_MOST:
            np.savez(folder / f"{number}.npz", timestamps=stamps, embeddings=windows)
        with store.writer(key(number), fingerprint="", embedder=EMBEDDER, grid=GRID) as writer:
            writer.append(windows, stamps)
            writer.finish(ROWS + 7.0)
    return store


def classifiers(windows, truth):
    """One of each head, calibrated on held-out groups."""
    groups = [str(number % 10) for number in range(len(windows))]
    learned = {kind: fit(windows, truth, groups, head=kind) for kind in HEADS}
    return {
        kind: Classifier("BENCH", "1", "p", "BENCH", "1", 8.0, 1.0, one.head, one.platt)
        for kind, one in learned.items()
    }


def ways(folder, store, hours, earlier, same, ours):
    """Each way as a call that scores all files; of a large number, those that are quick."""

    def every(score):
        return lambda: [score(store.find(key(number))) for number in range(hours)]

    heads = {kind: every(lambda e, one=one: curve(one, e, GRID)) for kind, one in ours.items()}
    if hours > EARLIER_MOST:
        return {kind: heads[kind] for kind in FAST}
    return {
        "earlier": lambda: [earlier.curve(folder / f"{n}.npz") for n in range(hours)],
        "same trees": every(same.curve),
        **heads,
    }


def on_all_cores(store, hours, classifier):
    """The seconds on the clock of scoring all files, several at a time; the best of a few."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:

        def score(number):
            return curve(classifier, store.find(key(number)), GRID)

        return min(cost(lambda: [*pool.map(score, range(hours))]).wall_s for _ in range(5))


def told(way, found, hours, before_s):
    """Print a way's line; ``before_s`` are the earlier way's processor seconds for an hour."""
    own_s = found.cpu_s / hours
    print(
        f"{hours:5} {way:12}{found.cpu_s:10.3f}{found.wall_s:9.3f}{before_s / own_s:7.1f}x"
        f"{ROWS / own_s:12.0f}{own_s * 1000:11.2f} s{found.mb:9.1f}",
        flush=True,
    )
    return own_s


def scored(folder, store, largest, earlier, same, ours):
    """Print every way for several numbers of hours; processor seconds for an hour by way."""
    an_hour = {}
    for hours in sorted({max(1, largest // 100), max(1, largest // 10), largest}):
        for way, found in turns(ways(folder, store, hours, earlier, same, ours), ROUNDS).items():
            before = found.cpu_s / hours if way == "earlier" else an_hour["earlier"]
            an_hour[way] = told(way, found, hours, before)
    return an_hour


def main():
    """Print every way for several numbers of hours."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=int, default=100, help="the largest number of hours")
    largest = parser.parse_args().hours
    sounds = Sounds()
    windows, truth = sounds.draw(LEARNED)
    with one_thread(), tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        earlier, ours = Earlier(by_itself(windows), truth), classifiers(windows, truth)
        same = SameTrees(earlier.model)
        same.prove(by_itself(sounds.draw(ROWS)[0]))
        store = fill(Path(name), largest, sounds)
        print(f"{ROWS} windows x {WIDTH} an hour; one thread; medians of {ROUNDS}")
        print("'for 1,000 h' is worked out from the hours of its row, 'ratio' from an hour each")
        print(
            f"{'hours':>5} {'way':12}{'CPU s':>10}{'wall s':>9}{'ratio':>8}"
            f"{'windows/s':>12}{'for 1,000 h':>13}{'held MB':>9}"
        )
        an_hour = scored(Path(name), store, largest, earlier, same, ours)
        for way, goal in GOALS.items():
            both = [f"{1000 * an_hour[one]:.3g} CPU s" for one in ("earlier", way)]
            measured = largest if way in FAST else min(largest, EARLIER_MOST)
            n, ratio = f"{measured} h measured", an_hour["earlier"] / an_hour[way]
            exact = {"bit-exact": True} if way == "same trees" else {}  # proved before
            row(f"rescan 1,000 h: {way}", *both, ratio, goal, n, holds=exact)
        for kind in FAST:
            seconds = on_all_cores(store, largest, ours[kind]) / largest * 1000
            print(f"{largest:5} {kind}, all cores: {seconds:.2f} s on the clock for 1,000 h")
            row(f"rescan 1,000 h: {kind}, all cores", None, f"{seconds:.3g} s", None, None, largest)


if __name__ == "__main__":
    main()
