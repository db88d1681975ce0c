"""Scan versions as rows of their own, beside the earlier flat table.

Both sides get the same scans, give the same answers and flush every commit. The flat
table repeats file, profile, model and stamp in each region's row and in its index, and
prunes by distinct stamps, as 8-cut does. ``--regions 1000000`` is the size of the goals.
"""

import argparse
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.rows import row
from eightcut.db import ClipDB, NewScan

MODELS = ("HUBERT_XLARGE", "EAT_LARGE", "WAV2VEC2_BASE")
VERSIONS, PER_SCAN, QUERIES, SAVES, ROUNDS, TURN = 5, 33, 600, 200, 3, 30
PER_FILE = len(MODELS) * VERSIONS * PER_SCAN
OWED = 990_000  # regions that the goals are for, as many as fill whole files
GOALS = {"bulk insert, s": 4.5, "latest of a file, µs": 4.0, "size, MB": 5.0}
TABLE = """
    CREATE TABLE scan_results (
        id INTEGER PRIMARY KEY AUTOINCREMENT, filename TEXT NOT NULL,
        profile TEXT NOT NULL DEFAULT 'default', model TEXT NOT NULL, start_time REAL NOT NULL,
        end_time REAL NOT NULL, score REAL NOT NULL, disabled INTEGER NOT NULL DEFAULT 0,
        orig_start_time REAL, orig_end_time REAL, scan_timestamp TEXT NOT NULL DEFAULT '')
"""
INDEX = "CREATE INDEX idx_scan_file_profile_model ON scan_results (filename, profile, model)"
ADD = """
    INSERT INTO scan_results (filename, profile, model, start_time, end_time, score,
        orig_start_time, orig_end_time, scan_timestamp) VALUES (?,?,?,?,?,?,?,?,?)
"""
LATEST = """
    SELECT r.model, r.id, r.start_time, r.end_time, r.score, r.disabled, r.orig_start_time,
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
        self.path, self.count = path, 0
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute(TABLE)
        self.db.execute(INDEX)

    def stamp(self):
        self.count += 1
        seconds = self.count * 7
        day, clock = 1 + seconds // 86400 % 28, time.strftime("%H%M%S", time.gmtime(seconds))
        return f"202604{day:02d}_{clock}_{self.count * 7919 % 1_000_000:06d}"

    def put(self, scan):
        stamp = self.stamp()
        self.db.executemany(
            ADD,
            [(*scan[:3], start, end, score, start, end, stamp) for start, end, score in scan[3]],
        )
        stamps = self.db.execute(
            "SELECT DISTINCT scan_timestamp FROM scan_results WHERE filename = ? "
            "AND profile = ? AND model = ? ORDER BY scan_timestamp DESC",
            scan[:3],
        ).fetchall()
        for (old,) in stamps[VERSIONS:]:
            self.db.execute(
                "DELETE FROM scan_results WHERE filename = ? AND profile = ? AND model = ? "
                "AND scan_timestamp = ?",
                (*scan[:3], old),
            )

    def save(self, scan):
        self.bulk([scan])

    def bulk(self, scans):
        self.db.execute("BEGIN IMMEDIATE")
        for scan in scans:
            self.put(scan)
        self.db.execute("COMMIT")

    def rows(self, rows):
        """Rows as they go into the table: neither made, nor stamped, nor pruned."""
        self.db.execute("BEGIN IMMEDIATE")
        self.db.executemany(ADD, rows)
        self.db.execute("COMMIT")

    def latest(self, filename):
        found = {}
        for model, row_id, start, end, score, disabled, low, high in self.db.execute(
            LATEST, (filename, "default")
        ):
            known = (start, end) if low is None else (low, high)
            found.setdefault(model, []).append((row_id, start, end, score, bool(disabled), *known))
        return found

    def scanned(self, model):
        rows = self.db.execute(
            "SELECT DISTINCT filename FROM scan_results WHERE profile = ? AND model = ?",
            ("default", model),
        )
        return {filename for (filename,) in rows}

    def close(self):
        self.db.close()


class Ours:
    """``ClipDB``, through its public methods."""

    def __init__(self, path):
        self.path, self.db = path, ClipDB(path)

    def save(self, scan):
        self.db.save_scan_results(*scan[:4], VERSIONS)

    def bulk(self, scans):
        self.db.save_scans(scans, VERSIONS)

    def latest(self, filename):
        return self.db.get_scan_results(filename, "default")

    def scanned(self, model):
        return self.db.get_scanned_filenames("default", model)

    def close(self):
        assert self.db.problems() == []
        self.db.close()


def name(number):
    """A file as recorders and people name them."""
    return f"2026-03-{1 + number % 28:02d} evening session {number:05d}.mp4"


def scans(files, rng):
    """Five scans of each file by each model: spans of whole seconds, as windows begin on them."""
    return [
        NewScan(name(number), "default", model, regions(rng))
        for number in range(files)
        for model in MODELS
        for _ in range(VERSIONS)
    ]


def regions(rng):
    """What a scan finds."""
    starts = sorted(rng.sample(range(0, 36000, 10), PER_SCAN))
    return [(float(start), start + 8.0, rng.random()) for start in starts]


def seconds(call, *args):
    """How long a call takes on the clock."""
    begun = time.perf_counter()
    call(*args)
    return time.perf_counter() - begun


def turns(stores, verb, items):
    """The median seconds of a call for each store; they take turns of thirty calls."""
    times = {store: [] for store in stores}
    for begin in range(0, len(items), TURN):
        for store in stores:
            call = getattr(store, verb)
            times[store] += [seconds(call, item) for item in items[begin : begin + TURN]]
    return list(map(statistics.median, times.values()))


def fill(folder, given):
    """Both databases, filled, and how long that took: median of some rounds, in turns."""
    times = []
    for number in range(ROUNDS):
        stores = [kind(folder / f"{kind.__name__}{number}.db") for kind in (Flat, Ours)]
        times.append([seconds(store.bulk, given) for store in stores])
        if number < ROUNDS - 1:
            for store in stores:
                store.close()
                store.path.unlink()
    return stores, [statistics.median(column) for column in zip(*times, strict=True)]


def ready(folder, given):
    """Rows that are ready for the flat table, in one statement: the least that it could take."""
    store, rows = Flat(folder / "ready.db"), []
    for scan in given:
        stamp = store.stamp()
        rows += [(*scan[:3], start, end, rank, start, end, stamp) for start, end, rank in scan[3]]
    took = seconds(store.rows, rows)
    store.close()
    store.path.unlink()
    return took


def same(flat, ours, filename):
    """Both give the same regions, apart from their ids."""
    answers = [
        {model: [tuple(row)[1:] for row in rows] for model, rows in store.latest(filename).items()}
        for store in (flat, ours)
    ]
    return answers[0] == answers[1]


def measure(folder, files, rng):
    """What a notebook and an import ask of both; (name, flat, ours) each."""
    given = scans(files, rng)
    least = ready(folder, given)
    stores, bulk = fill(folder, given)
    asked = [name(rng.randrange(files)) for _ in range(QUERIES)]
    assert all(same(*stores, filename) for filename in asked[:20])
    found = [("bulk insert, s", *bulk), ("… beside rows made before, s", least, bulk[1])]
    found.append(("latest of a file, µs", *(t * 1e6 for t in turns(stores, "latest", asked))))
    found.append(("scanned files, ms", *(t * 1e3 for t in turns(stores, "scanned", MODELS * 5))))
    again = [NewScan(which, "default", MODELS[0], regions(rng)) for which in asked[:SAVES]]
    found.append(("save and prune one, ms", *(t * 1e3 for t in turns(stores, "save", again))))
    for store in stores:
        store.close()
    sizes = [store.path.stat().st_size / 1e6 for store in stores]
    for store in stores:
        store.path.unlink()
    return [*found, ("size, MB", *sizes)]


def show(files, found):
    """Both designs side by side."""
    print(f"\n{files * PER_FILE} regions of {files} files, {files * len(MODELS) * VERSIONS} scans")
    print(f"{'':30}{'flat table':>12}{'eightcut':>12}{'ratio':>9}{'goal':>8}")
    for what, flat, ours in found:
        goal = f"{GOALS[what]:.1f}x" if what in GOALS else ""
        print(f"{what:30}{flat:12.2f}{ours:12.2f}{flat / ours:8.1f}x{goal:>8}", flush=True)


def tell(files, found):
    """The rows of the table of all benchmarks; the goals are for a million regions."""
    regions = files * PER_FILE
    n = f"{regions:,} regions" + ("" if regions >= OWED else f"; the goal is for {OWED:,}")
    for what, flat, ours in found:
        goal = GOALS.get(what) if regions >= OWED else None
        row(f"scan versions: {what}", f"{flat:.4g}", f"{ours:.4g}", flat / ours, goal, n)


def main():
    """The same at three sizes, ten times apart: a straight curve has the same ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--regions", type=int, default=150_000, help="at the largest size")
    most = max(parser.parse_args().regions // PER_FILE, 1)
    for files in sorted({max(most // part, 1) for part in (100, 10, 1)}):
        with tempfile.TemporaryDirectory() as folder:
            found = measure(Path(folder), files, random.Random(0))
        show(files, found)
    tell(files, found)


if __name__ == "__main__":
    main()
