"""Reading a large finished project, beside ``find`` and the seed's nested loop.

Makes 150,000 empty files with stage names in nested folders and a fifth as many
finals, then measures in one run: listing with size and time beside ``find -printf``;
parsing, grouping and matching; the seed's way, whose time grows with the square and
which is therefore measured on small parts and extrapolated; and locating crops beside
decoding the same pictures. Prints seconds, ratios and peak memory.
Run by hand: ``python benchmarks/bench_extract.py --files 150000 --pictures 8``.
"""

import argparse
import datetime as dt
import re
import resource
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.rows import row
from eightcut.images import history, matching
from eightcut.jobs.extract_groups import grouped
from eightcut.jobs.sample_history import sample_history
from eightcut.media import all_formats, listing
from eightcut.media.locate import locate_pixels

ROUNDS = 5
STAGES = ((1, 0), (1.5, 15), (2, 87))
BEGIN = dt.datetime(2025, 1, 1)  # noqa: DTZ001 - stamps in names have no zone
PER_FOLDER = 1000


def make(raw, final, files):
    """Empty files: groups of three, and of each group the last as a final."""
    for number in range(files // 3):
        begin = BEGIN + dt.timedelta(seconds=number * 200)
        folder = raw / f"{number // 5000:02d}" / f"{number // (PER_FOLDER // 3):04d}"
        folder.mkdir(parents=True, exist_ok=True)
        for stage, after in STAGES:
            name = f"{begin + dt.timedelta(seconds=after):%Y%m%d_%H%M%S}_stage{stage}_made.png"
            (folder / name).touch()
        if number % 5 < 3:
            kept = final / f"_kind {number % 40}"
            kept.mkdir(parents=True, exist_ok=True)
            (kept / name).touch()


def timed(work):
    """Median seconds of some rounds, and the last result."""
    spent = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        result = work()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent), result


def find(folder):
    """What ``find`` needs for the same facts."""
    command = ["find", str(folder), "-type", "f", "-printf", "%P %s %T@\\n"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def ours(raw, final):
    """Parse, group, match and decide, as an extraction does."""
    groups = grouped(raw.paths, "name", 300.0)
    settled = matching.settle(matching.by_name(raw.paths, final.paths))
    alone = [(one,) for one in groups.singletons]
    return history.outcomes([*groups.groups, *alone], settled.final_of)


def nested(raw, final):
    """The seed's way: exact timestamps, and all finals walked for every group."""
    name = re.compile(r"(\d{8}_\d{6})_stage(\d+(?:\.\d+)?)")
    groups = defaultdict(list)
    for path in map(Path, raw):
        if found := name.match(path.name):
            groups[found.group(1)].append((path, float(found.group(2))))
    winners = {}
    for stamp in groups:
        for path in map(Path, final):
            found = name.match(path.name)
            if found and found.group(1) == stamp:
                winners[stamp] = path
                break
    return winners


def names(folder, files):
    """Listing, grouping and matching of many names."""
    raw_dir, final_dir = folder / "raw", folder / "final"
    make(raw_dir, final_dir, files)
    found_s, _ = timed(lambda: find(raw_dir))
    listed_s, raw = timed(lambda: listing.pictures(raw_dir))
    final = listing.pictures(final_dir)
    print(f"{len(raw.paths)} raws, {len(final.paths)} finals")
    n = f"{len(raw.paths)} files"
    row("list pictures", f"find {found_s:.2f} s", f"{listed_s:.2f} s", found_s / listed_s, None, n)
    print(f"listed: {listed_s:.2f} s, find -printf {found_s:.2f} s, {listed_s / found_s:.2f} x")
    spent_s, fates = timed(lambda: ours(raw, final))
    won = sum(fate.fate == "won" for fate in fates)
    print(f"parsed, grouped, matched: {spent_s:.2f} s, {won} selections")
    for share in (8, 4, 2):
        part = raw._replace(paths=raw.paths[: len(raw.paths) // share])
        part_s, _ = timed(lambda part=part: ours(part, final))
        print(f"  1/{share} of the raws: {part_s:.2f} s")
    for count in (500, 1000, 2000):
        some = raw.paths[:: len(raw.paths) // count][:count]
        begun = time.perf_counter()
        nested(some, final.paths[: count // 5])
        spent = time.perf_counter() - begun
        whole = spent * (len(raw.paths) / count) * (len(final.paths) / (count // 5))
        print(f"nested loop: {count} raws {spent:.2f} s; all would take {whole / 3600:.1f} h")
    told = f"{whole:.0f} s, worked out from {count} raws"
    row("match raws with finals", told, f"{spent_s:.2f} s", whole / spent_s, None, n)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:.0f} MB")


def locating(folder, pictures):
    """Locating beside decoding, on crops of 4-megapixel pictures."""
    made = sample_history(folder / "pictures", groups=pictures, size=(2304, 1728))
    crops = [one for one in made.finals if one.kind == "crop"]
    pairs = [(made.final_dir / one.path, made.raw_dir / one.raw) for one in crops]
    decoded_s, pixels = timed(lambda: [tuple(map(all_formats.pixels, pair)) for pair in pairs])
    whole_s, found = timed(
        lambda: [locate_pixels(*map(all_formats.pixels, pair)) for pair in pairs]
    )
    wrong = sum(one.rect != crop.rect for one, crop in zip(found, crops, strict=True))
    sizes = np.mean([raw.size / 3e6 for _, raw in pixels])
    print(f"{len(pairs)} crops of {sizes:.1f} megapixels, {wrong} located wrongly")
    print(
        f"decoded: {decoded_s / len(pairs):.3f} s; decoded and located: "
        f"{whole_s / len(pairs):.3f} s, {decoded_s / whole_s:.2f} of the rate of decoding alone"
    )


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=150_000)
    parser.add_argument("--pictures", type=int, default=9, help="groups of the located project")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        names(Path(scratch), given.files)
        locating(Path(scratch), given.pictures)


if __name__ == "__main__":
    main()
