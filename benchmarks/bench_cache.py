"""Reading stored embeddings again, beside the earlier way: one npz of float32 per file.

Files of 1,000 windows × 768 numbers. A read brings every number into memory and checks it:
npz by the CRC-32 of its zip, ours by the checksum of its pages. Both from the page cache.
Run by hand: ``python -m benchmarks cache`` or ``python -m benchmarks.bench_cache --files 1000``
(4.6 GB of disk meanwhile).
"""

import argparse
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from benchmarks.measuring import one_thread, turns
from benchmarks.rows import row
from eightcut.audio.windows import Grid
from eightcut.models.store import EmbeddingStore

ROWS, WIDTH, ROUNDS = 1000, 768, 5
EMBEDDER = SimpleNamespace(name="BENCH", revision="1", rate_hz=16_000, width=WIDTH)
GRID = Grid(8.0, 1.0)


def key(number):
    return f"{number:032x}"


def fill(folder, files):
    """The same vectors both ways; the store."""
    generator, store = np.random.default_rng(0), EmbeddingStore(folder / "ours")
    for number in range(files):
        vectors = generator.standard_normal((ROWS, WIDTH), np.float32)
        stamps = np.arange(ROWS, dtype=np.float32)
        np.savez(folder / f"{number}.npz", timestamps=stamps, embeddings=vectors)
        with store.writer(key(number), fingerprint="", embedder=EMBEDDER, grid=GRID) as writer:
            writer.append(vectors, stamps)
            writer.finish(ROWS + 7.0)
    return store


def measure(folder, store, files):
    def earlier():
        for number in range(files):
            with np.load(folder / f"{number}.npz") as stored:
                assert len(stored["timestamps"]) == len(stored["embeddings"]) == ROWS

    def ours():
        for number in range(files):
            assert len(store.find(key(number)).frames) == ROWS

    with one_thread():
        return turns({"npz": earlier, "ours": ours}, ROUNDS)


def size_mb(paths):
    return sum(path.stat().st_size for path in paths) / 1e6


def main():
    """Print both ways for several numbers of files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=200, help="the largest number of files")
    largest = parser.parse_args().files
    print(f"warm read of files of {ROWS} x {WIDTH}, checked; processor seconds, median of {ROUNDS}")
    print(
        f"{'files':>6}{'npz s':>9}{'ours s':>9}{'ratio':>7}{'µs a file':>11}"
        f"{'npz MB':>9}{'ours MB':>9}{'held MB: npz':>14}{'ours':>6}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = fill(folder, largest)
        for files in (max(1, largest // 100), max(1, largest // 10), largest):
            found = measure(folder, store, files)
            before, after = found["npz"], found["ours"]
            share = files / largest
            print(
                f"{files:6}{before.cpu_s:9.4f}{after.cpu_s:9.4f}"
                f"{before.cpu_s / after.cpu_s:6.1f}x{after.cpu_s / files * 1e6:11.0f}"
                f"{share * size_mb(folder.glob('*.npz')):9.1f}{share * store.size() / 1e6:9.1f}"
                f"{before.mb:14.1f}{after.mb:6.1f}",
                flush=True,
            )
        sizes = size_mb(folder.glob("*.npz")), store.size() / 1e6
    ratio, n = before.cpu_s / after.cpu_s, f"{largest} files of {ROWS} x {WIDTH}"
    told = [f"{one.cpu_s:.3g} CPU s" for one in (before, after)]
    row("warm read of a cache, checked", *told, ratio, 8.0, n)
    row("size of that cache", *(f"{one:.0f} MB" for one in sizes), sizes[0] / sizes[1], 1.98, n)


if __name__ == "__main__":
    main()
