"""Puts every operation before a full disk, or one that can only be read, and tells what it said.

A program of its own, so that what forks has no threads: ``python -m tests.crash.trouble WAY
FOLDER [OPERATION...]`` prints a line of JSON for each: operation, what was said, what was wrong
afterwards. WAY is full, quota or read-only.
"""

import json
import sys
from pathlib import Path

from tests.crash import hindrances
from tests.crash.__main__ import OPERATIONS
from tests.crash.runner import Bench

DISK_MB, ROOMS, SIZES = 48, (0, 40_960), (0, 8_192)


def ways(name, is_mounted):
    """What stands in the way; where nothing can be mounted, a quota stands for a full disk."""
    if name == "read-only":
        return [hindrances.read_only] if is_mounted else []
    if name == "full" and is_mounted:
        return [hindrances.full_but_for(room) for room in ROOMS]
    return [hindrances.small_files_only(size) for size in SIZES]


def main(way, base, *names):
    """Print what was found."""
    with hindrances.small_disk(Path(base) / "small", DISK_MB) as is_mounted:
        for name in names or OPERATIONS:
            bench = Bench(OPERATIONS[name], Path(base) / "rest", Path(base) / "small" / "work")
            for hindrance in ways(way, is_mounted):
                said, problems = bench.hindered(hindrance)
                print(json.dumps({"operation": name, "said": said, "problems": problems}))


if __name__ == "__main__":
    main(*sys.argv[1:])
