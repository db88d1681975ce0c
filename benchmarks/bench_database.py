"""Scan versions as rows of their own, beside the earlier flat table.

Both hold the same regions, with the same durability (write-ahead log, every
commit flushed) and the same columns a person's edits need. Prints seconds and
ratios. Run by hand: ``python benchmarks/bench_database.py --regions 200000``.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from eightcut.db import ClipDB

MODELS, VERSIONS, PER_SCAN, QUERIES = 3, 5, 33, 300
FLAT = """
    CREATE TABLE scan_results (
        id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT NOT NULL, profile TEXT NOT NULL,
        model TEXT NOT NULL, start_time REAL NOT NULL, end_time REAL NOT NULL, score REAL NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0, orig_start_time REAL, orig_end_time REAL,
        scan_timestamp TEXT NOT NULL DEFAULT '')
"""
LATEST = """
    SELECT r.id, r.model, r.start_time, r.end_time, r.score, r.disabled, r.orig_start_time,
           r.orig_end_time
    FROM scan_results AS r JOIN (
        SELECT model, max(scan_timestamp) AS newest FROM scan_results
        WHERE filename = ?1 AND profile = ?2 GROUP BY model
    ) AS n ON r.model = n.model AND r.scan_timestamp = n.newest
    WHERE r.filename = ?1 AND r.profile = ?2 ORDER BY r.model, r.start_time
"""


class Flat:
    """One row per region that repeats file, profile, model and stamp."""

    def __init__(self, path):
        self.path, self.stamp = path, 0
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(FLAT)
        self.db.execute(
            "CREATE INDEX idx_scan_file_profile_model ON scan_results (filename, profile, model)"
        )

    def save(self, filename, model, regions):
        self.stamp += 1
        stamp = f"20260419_143022_{self.stamp:06d}"
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(
            "INSERT INTO scan_results (filename, profile, model, start_time, end_time, score, "
            "orig_start_time, orig_end_time, scan_timestamp) VALUES (?,'p',?,?,?,?,?,?,?)",
            [(filename, model, *region, *region[:2], stamp) for region in regions],
        )
        stamps = self.db.execute(
            "SELECT DISTINCT scan_timestamp FROM scan_results WHERE filename = ? "
            "AND profile = 'p' AND model = ? ORDER BY scan_timestamp DESC",
            (filename, model),
        ).fetchall()
        for (old,) in stamps[VERSIONS:]:
            self.db.execute(
                "DELETE FROM scan_results WHERE filename = ? AND profile = 'p' AND model = ? "
                "AND scan_timestamp = ?",
                (filename, model, old),
            )
        self.db.execute("COMMIT")

    def latest(self, filename):
        return self.db.execute(LATEST, (filename, "p")).fetchall()

    def scanned(self, model):
        return self.db.execute(
            "SELECT DISTINCT filename FROM scan_results WHERE profile = 'p' AND model = ?", (model,)
        ).fetchall()

    def close(self):
        self.db.close()


class Ours:
    """``ClipDB``, through its public methods."""

    def __init__(self, path):
        self.path, self.db = path, ClipDB(path)

    def save(self, filename, model, regions):
        self.db.save_scan_results(filename, "p", model, regions, VERSIONS)

    def latest(self, filename):
        return self.db.get_scan_results(filename, "p")

    def scanned(self, model):
        return self.db.get_scanned_filenames("p", model)

    def close(self):
        self.db.close()


def regions(rng):
    """What a scan finds: spans of whole seconds."""
    starts = sorted(rng.sample(range(0, 36000, 10), PER_SCAN))
    return [(float(start), start + 8.0, rng.random()) for start in starts]


def timed(call, items):
    """The median time of a call, in seconds."""
    times = []
    for item in items:
        begun = time.perf_counter()
        call(item)
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def measure(store, names):
    """Fill a store, then time the questions a notebook asks."""
    rng = random.Random(0)
    begun = time.perf_counter()
    for name in names:
        for model in range(MODELS):
            for _ in range(VERSIONS):
                store.save(name, f"model{model}", regions(rng))
    filled = time.perf_counter() - begun
    asked = rng.choices(names, k=QUERIES)
    found = {"fill, one save at a time": filled, "latest of a file": timed(store.latest, asked)}
    found["scanned files"] = timed(
        store.scanned, [f"model{number % MODELS}" for number in range(9)]
    )
    save = [(name, "model0", regions(rng)) for name in asked[:100]]
    found["save and prune"] = timed(lambda job: store.save(*job), save)
    store.close()
    return found | {"megabytes": store.path.stat().st_size / 1e6}


def main():
    """Print both designs side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--regions", type=int, default=200_000)
    count = max(parser.parse_args().regions // (MODELS * VERSIONS * PER_SCAN), 1)
    names = [f"recording_{number:05d}.mp4" for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        flat = measure(Flat(Path(folder) / "flat.db"), names)
        ours = measure(Ours(Path(folder) / "ours.db"), names)
    print(f"{count * MODELS * VERSIONS * PER_SCAN} regions in {count} files")
    print(f"{'':26}{'flat table':>14}{'eightcut':>14}{'ratio':>8}")
    for name, before in flat.items():
        print(f"{name:26}{before:14.6f}{ours[name]:14.6f}{before / ours[name]:7.1f}x")


if __name__ == "__main__":
    main()
