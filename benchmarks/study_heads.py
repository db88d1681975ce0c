"""Do heads hear short sounds? Every way of learning from clips, on the test of ``short_sounds``.

Run by hand: ``python -m benchmarks heads``, or ``python -m benchmarks.study_heads SEEDS`` for
several seeds (1 unless named). The first run mixes and embeds an hour of sound per
target and seed, which takes minutes; it is kept, and the next ones only learn.
"""

import sys
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks import mil_ways
from benchmarks.mil_ways import MIL, PATCHES, TREES, WAYS
from benchmarks.short_sounds import LENGTH_S, TARGETS, File, Sources, files
from eightcut.audio import evaluation
from eightcut.audio.alarm_rates import AlarmRates
from eightcut.audio.ranking import Ranking
from eightcut.audio.windows import WINDOWS
from eightcut.estimates import Estimate

RATES = (6.0, 20.0)
FIGURES = ("AP", *(f"recall at {rate:g}/h" for rate in RATES))
DRAWS = 300

Draw = NDArray[np.integer]  # (files,) how often each file was drawn


class Judged(NamedTuple):
    """A way's scores on the test files of one target and seed, ready to be drawn from."""

    ranking: Ranking
    rates: AlarmRates

    def figures(self, draw: Draw) -> list[float]:
        """AP and recalls; 0 where nothing was drawn that could be found."""
        found = (
            np.nan_to_num(self.ranking.figures(draw[:, None])[0][0]),
            *self.rates.figures(draw, RATES, ()),
        )
        return [value or 0.0 for value in found]


def judged(test: Sequence[File], score: mil_ways.Score) -> Judged:
    found = [
        evaluation.judge(file.name, score(file), WINDOWS, file.events, LENGTH_S) for file in test
    ]
    member = np.repeat(np.arange(len(found)), [len(file.truth) for file in found])
    truth, scores = (
        np.concatenate([getattr(file, name) for file in found]) for name in ("truth", "scores")
    )
    return Judged(Ranking(truth, scores, member, len(found)), AlarmRates([f.found for f in found]))


def table(values: dict[tuple[str, int, str], Judged], seeds: Sequence[int]) -> NDArray[np.float64]:
    """Figures by (draw, way, target, figure), means over seeds; draw 0 takes each file once."""
    chance = np.random.default_rng(0)
    draws = []
    for number in range(DRAWS + 1):
        cells = np.zeros((len(WAYS), len(TARGETS), len(FIGURES)))
        for place, target in enumerate(TARGETS):
            for seed in seeds:
                size = values[target, seed, MIL].ranking.files
                draw = chance.integers(size, size=size) if number else np.arange(size)
                counts = np.bincount(draw, minlength=size)
                cells[:, place] += [values[target, seed, way].figures(counts) for way in WAYS]
        draws.append(cells / len(seeds))
    return np.stack(draws)


def estimate(draws: NDArray[np.float64], n: int) -> Estimate:
    low, high = np.percentile(draws[1:], [2.5, 97.5])
    return Estimate(float(draws[0]), float(low), float(high), n)


def over_targets(of: Callable[[NDArray[np.intp]], float]) -> tuple[float, float]:
    """The 95 % interval of a figure over targets, from drawing targets anew."""
    chance, number = np.random.default_rng(0), len(TARGETS)
    low, high = np.percentile(
        [of(chance.integers(number, size=number)) for _ in range(2000)], [2.5, 97.5]
    )
    return float(low), float(high)


def told(found: NDArray[np.float64], seconds: dict[str, float], n: int) -> None:
    print(f"{'':21}" + "".join(f"{target:>15}" for target in TARGETS) + "   AP of all, recalls")
    for row, way in enumerate(WAYS):
        cells = "".join(f"{value:15.2f}" for value in found[0, row, :, 0])
        means = [estimate(found[:, row, :, f].mean(axis=1), n) for f in range(len(FIGURES))]
        shown = "  ".join(f"{e.value:.3f} [{e.low:.3f}, {e.high:.3f}]" for e in means)
        print(f"{way:21}{cells}   {shown}  {seconds[way]:.1f} s")
    base, ours, best = (list(WAYS).index(way) for way in (TREES, MIL, PATCHES))
    for number, figure in enumerate(FIGURES):
        part = found[:, :, :, number]
        gain = part[:, ours] - part[:, base]
        room = part[:, best] - part[:, base]
        by_file = estimate(gain.mean(axis=1), n)
        low, high = over_targets(lambda drawn, gain=gain: float(gain[0, drawn].mean()))
        closed = 100 * gain[0].mean() / room[0].mean()
        print(
            f"{figure}: {MIL} less {TREES} {by_file.value:+.3f} [{by_file.low:+.3f}, "
            f"{by_file.high:+.3f}] by file, [{low:+.3f}, {high:+.3f}] by target, better on "
            f"{int((gain[0] > 0).sum())} of {len(TARGETS)}; closes {closed:.0f} % of the gap"
        )


def main(seeds: Sequence[int]) -> None:
    values, seconds, n = {}, dict.fromkeys(WAYS, 0.0), 0
    sources = Sources()
    for target in TARGETS:
        for seed in seeds:
            both = files(target, seed, sources)
            of = mil_ways.lessons([file for file in both if file.side == "train"], seed)
            test = [file for file in both if file.side == "test"]
            n += sum(len(file.events) for file in test)
            for way, learn in WAYS.items():
                begun = time.perf_counter()
                values[target, seed, way] = judged(test, learn(of))
                seconds[way] += (time.perf_counter() - begun) / len(TARGETS) / len(seeds)
    hours = n / len(TARGETS) / 4 * LENGTH_S / 3600
    print(
        f"n: {n} events, {len(TARGETS)} targets, {len(seeds)} seeds, {hours:.1f} h per target; "
        "intervals: 95 %, files drawn anew; recall at false alarms per hour"
    )
    told(table(values, seeds), seconds, n)


if __name__ == "__main__":
    with threadpool_limits(1):
        main(range(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
