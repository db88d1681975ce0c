"""One writer: rows of five kinds in turn, each written down once its call has returned.

A line of the log is JSON: kind, key, seconds the call took.
"""

import itertools
import json
import sys
import time
from pathlib import Path

from eightcut.db import ClipDB, DecisionDB

KINDS = ("scan", "edit", "negative", "export", "decision")
PROJECT, PROFILE, FILES, KEEP = "together", "default", 25, 10**6


class Writer:
    """Writes as a kernel does: a connection of its own to each database of the workspace."""

    def __init__(self, folder, number):
        self.number = number
        self.clips = ClipDB(folder / "eightcut.db")
        self.decisions = DecisionDB(folder, PROJECT)
        self.where = self.stamp = None

    def write(self, row):
        """Write a row and return what it was: its kind and its key."""
        kind = KINDS[row % len(KINDS)]
        return kind, getattr(self, kind)(row, f"film {row // len(KINDS) % FILES}.mp4")

    def scan(self, row, filename):
        model = f"model {self.number}"
        found = [(float(row + 10 * place), row + 10.0 * place + 8, 0.5) for place in range(3)]
        self.stamp = self.clips.save_scan_results(filename, PROFILE, model, found, KEEP)
        return [filename, model, self.stamp]

    def edit(self, row, filename):
        """Disable a region of the scan just stored, as a person does."""
        model = f"model {self.number}"
        region = self.clips.get_scan_results(filename, PROFILE, self.stamp)[model][row % 3]
        self.clips.set_region_disabled(region.id, True)
        return [filename, model, self.stamp, region.id]

    def negative(self, row, filename):
        start = row + self.number / 100
        self.clips.add_hard_negatives(filename, PROFILE, [start])
        return [filename, start]

    def export(self, row, filename):
        path = f"/out/class/vid_001/{self.number}_{row}.mp4"
        self.clips.add(filename, float(row), path, profile=PROFILE)
        return [path]

    def decision(self, row, filename):
        group = f"{self.number}-{row}"
        self.decisions.log_ai_decision(
            group,
            [f"{group} a.png", f"{group} b.png"],
            ai_selected_index=0,
            user_selected_index=row % 2,
            user_action="approve",
            image_width=100,
            image_height=100,
            directory=filename,
        )
        return [group]


def main(folder, number, rows, log):
    """Write rows until there are so many, or until the process is killed (``rows`` 0)."""
    writer = Writer(Path(folder), int(number))
    print("ready", flush=True)
    with Path(log).open("w", encoding="utf-8") as lines:
        for row in range(int(rows)) if int(rows) else itertools.count():
            begun = time.perf_counter()
            kind, key = writer.write(row)
            took = time.perf_counter() - begun
            lines.write(json.dumps([kind, key, round(took, 4)]) + "\n")
            lines.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
