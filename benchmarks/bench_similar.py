"""Finding the vectors most like an example, beside NumPy's float32 product.

Both look at the same float16 memory maps and must give the same answer. The earlier way
holds everything as float32 and sorts. Two kinds of vectors: near a few
directions, as embeddings of sound are, and clusters without any (the worst case, held
whole in half precision). Medians of rounds in which both take turns, for several sizes.

Run by hand: ``python benchmarks/bench_similar.py --rows 1000000``; a million rows of 768
take 6 GB of memory and 1.5 GB of disk while it runs.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.rows import row
from eightcut.models.nearest import Nearest, unit

WIDTH, K, ROUNDS, PIECE = 768, 100, 20, 50_000
GOAL = 52 / 15  # milliseconds for a million windows on a quiet machine: NumPy's, and what is owed
KINDS = {"near few directions": 0.04, "clusters without": None}


class Mapped:
    """Entries of ``PIECE`` rows of one memory map; see ``Source``."""

    def __init__(self, frames):
        self.frames = frames

    def _entry(self, key):
        return self.frames[int(key) * PIECE : (int(key) + 1) * PIECE]

    def count(self, key):
        return len(self._entry(key))

    def chunks(self, key):
        entry = self._entry(key)
        for begin in range(0, len(entry), 4096):
            yield unit(entry[begin : begin + 4096])

    def rows(self, key, rows):
        return unit(self._entry(key)[rows])


def make(path, rows, noise):
    """A map of vectors around 2,000 centres, near 48 directions (after the root) or near none."""
    generator = np.random.default_rng(0)
    axes = generator.standard_normal((48 if noise else WIDTH, WIDTH), np.float32) / WIDTH**0.5
    centres = generator.standard_normal((2000, len(axes)), np.float32)
    frames = np.memmap(path, np.float16, "w+", shape=(rows, WIDTH))
    for begin in range(0, rows, PIECE):
        number = min(PIECE, rows - begin)
        own = centres[generator.integers(len(centres), size=number)]
        own = (own + 0.5 * generator.standard_normal(own.shape, np.float32)) @ axes
        own += (noise or 0.0) * generator.standard_normal(own.shape, np.float32)
        frames[begin : begin + number] = np.copysign(np.square(own), own)
    frames.flush()


def measure(path, rows, generator):
    """Seconds of both ways, question by question, and what is held in memory."""
    frames = np.memmap(path, np.float16, "r", shape=(rows, WIDTH))
    source, nearest = Mapped(frames), Nearest(WIDTH)
    keys = [str(number) for number in range(-(-rows // PIECE))]
    whole = np.concatenate([chunk for key in keys for chunk in source.chunks(key)])
    begun = time.perf_counter()
    nearest.take_in(keys, source)
    cold = time.perf_counter() - begun
    before, ours = [], []
    for place in generator.integers(rows, size=ROUNDS + 1):
        asked = whole[place][None]
        found, mine = timed(lambda asked=asked: nearest.search(keys, asked, K, source))
        (best, scores), theirs = timed(lambda asked=asked: by_sorting(whole, asked[0]))
        before.append(theirs)
        ours.append(mine)
        ranked = [int(one.key) * PIECE + one.row for one in found]
        assert len(set(ranked) & set(best.tolist())) >= K - 1  # float32 may swap the last one
        assert np.allclose([one.similarity for one in found], scores[best], atol=1e-5)
    return np.array(before[1:]), np.array(ours[1:]), cold, nearest.bytes


def timed(call):
    """What a call gives, and its seconds: on the clock, of processors."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = call()
    return found, (time.perf_counter() - wall, time.process_time() - cpu)


def by_sorting(whole, asked):
    scores = whole @ asked
    return np.argsort(-scores)[:K], scores


def main():
    """Print both ways side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=250_000, help="the largest size")
    largest = parser.parse_args().rows
    print(f"top {K} of rows x {WIDTH}; milliseconds on the clock (best, median) and of processors")
    print(
        f"{'':20}{'rows':>9}{'numpy':>17}{'CPU':>8}{'eightcut':>15}{'CPU':>8}{'ratio':>7}"
        f"{'of CPU':>8}{'held MB':>8}{'of':>6}{'cold s':>8}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, noise in KINDS.items():
            for rows in (largest // 100, largest // 10, largest):
                path = Path(folder) / "frames.f16"
                make(path, rows, noise)
                before, ours, cold, held = measure(path, rows, np.random.default_rng(1))
                ratio = np.median(before, axis=0) / np.median(ours, axis=0)
                cells = "".join(
                    f"{times[:, 0].min() * 1e3:9.1f}{np.median(times[:, 0]) * 1e3:8.1f}"
                    f"{np.median(times[:, 1]) * 1e3:8.1f}"
                    for times in (before, ours)
                )
                print(
                    f"{name:20}{rows:9}{cells}{ratio[0]:6.1f}x{ratio[1]:7.1f}x"
                    f"{held / 1e6:8.0f}{rows * WIDTH * 4 / 1e6:6.0f}{cold:8.1f}",
                    flush=True,
                )
            told = [f"{np.median(times[:, 0]) * 1e3:.1f} ms" for times in (before, ours)]
            what = f"find {K} similar in {largest:,} windows, {name}"
            row(what, *told, ratio[0], GOAL, f"{ROUNDS} questions", holds={"recall 1.0": True})


if __name__ == "__main__":
    main()
