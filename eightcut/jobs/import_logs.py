"""The logs and lists of an image-workflow training folder, copied as they are.

``load_training_data(ws, history=…)`` reads the lists and the selection log where they
lie then, ``DecisionDB.import_legacy_csv`` the crop log.
"""

import filecmp
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from eightcut import atomic, foreign
from eightcut.db import decision_csv

SUFFIXES = frozenset({".csv", ".jsonl", ".json"})


class TakenFile(NamedTuple):
    """What became of a file: new, known or refused; ``bad`` of its rows cannot be read."""

    name: str
    state: str
    rows: int | None
    bad: int
    reason: str = ""

    @property
    def told(self) -> str:
        """Its rows in words."""
        if self.reason:
            return self.reason
        return "no table" if self.rows is None else f"{self.rows} rows, {self.bad} unreadable"


def logs(source: Path, target: Path, *, dry_run: bool) -> Iterator[TakenFile]:
    """Copy each log and list; a file of that name that is there stays."""
    for path in sorted(source.iterdir()) if source.is_dir() else []:
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        try:
            yield _take(path, target / path.name, dry_run=dry_run)
        except (OSError, foreign.Unreadable) as problem:
            yield TakenFile(path.name, "refused", None, 0, str(problem))


def _take(path: Path, copy: Path, *, dry_run: bool) -> TakenFile:
    rows, bad = _counted(path)
    if copy.exists():
        if filecmp.cmp(path, copy, shallow=False):
            return TakenFile(path.name, "known", rows, bad)
        reason = f"another file of that name is in {copy.parent}"
        return TakenFile(path.name, "refused", rows, bad, reason)
    if not dry_run:
        with atomic.replacing(copy) as temporary:
            shutil.copyfile(path, temporary)
    return TakenFile(path.name, "new", rows, bad)


def _counted(path: Path) -> tuple[int | None, int]:
    """How many rows there are, and how many of them cannot be read."""
    if path.suffix.lower() == ".jsonl":
        good = [_is_json(line, number) for number, line in foreign.lines(path)]
        return len(good), good.count(False)
    if path.suffix.lower() != ".csv":
        return None, 0
    try:
        rows = [isinstance(row, dict) for _, row in decision_csv.read(path)]
    except ValueError:  # a log of another kind
        return None, 0
    return len(rows), rows.count(False)


def _is_json(line: str, number: int) -> bool:
    try:
        foreign.parse(line, f"line {number}")
    except foreign.Unreadable:
        return False
    return True
