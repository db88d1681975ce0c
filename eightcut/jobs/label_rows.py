"""The rows of label tables, sorted by file and label, and why some are not among them."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection
from pathlib import Path

from eightcut.audio.label_tables import LabelRow, LabelTable
from eightcut.db.regions import MOST
from eightcut.jobs import label_files
from eightcut.jobs.file_names import FileNames
from eightcut.jobs.label_export import ENDINGS
from eightcut.jobs.label_names import file_name
from eightcut.workspace import Skipped

SURE = 1.0  # the score of a label that tells none: a person, or a program, set it
TABLES = frozenset({".csv", ".tsv", ".txt"})
LONGEST = 200  # characters of a label
Span = tuple[float, float, float]
Key = tuple[str, str]  # of a file, and a label


class LabelRows:
    """What tables say of which files.

    Attributes:
        found: the regions, as (start, end, score), by file and label.
        rows: how many rows were read.
        silent: rows that name a file without times.
        left_out: rows that could not be used, or whose label is not wanted.
        cut: regions that ended after the end of their file.
        skipped: what was left out, each with the reason.
    """

    def __init__(self, names: FileNames, wanted: Collection[str] | None) -> None:
        self.found: dict[Key, list[Span]] = defaultdict(list)
        self.skipped: list[Skipped] = []
        self.rows = self.silent = self.left_out = self.cut = 0
        self._names, self._wanted = names, wanted
        self._silent: set[str] = set()
        self._lost: Counter[Skipped] = Counter()

    def read(self, source: Path) -> None:
        """Read a table, or those of a folder."""
        if source.is_dir():
            for path in sorted(source.iterdir()):
                if path.suffix.lower() in TABLES and path.is_file():
                    self._read_one(path)
        else:
            self._take(source, label_files.load(source), None)
        self._say_silent()
        self.skipped += [
            item._replace(reason=f"{count} row{'s' * (count > 1)}: {item.reason}")
            for item, count in self._lost.items()
        ]

    def _read_one(self, path: Path) -> None:
        """A table of a folder; one that cannot be read costs only itself."""
        try:
            about = self._about(path)
            if about is not None and not path.stat().st_size:  # Audacity's labels of silence
                table = LabelTable((LabelRow(1, about, None, None, ""),), ())
            else:
                table = label_files.load(path)
            self._take(path, table, about)
        except (OSError, ValueError) as problem:
            self.skipped.append(Skipped(path.name, str(problem)))

    def _about(self, path: Path) -> str | None:
        """The file that a table of a folder is named like, if any is."""
        for ending in (*ENDINGS.values(), ""):
            if path.name.endswith(ending):
                key = self._names.saved_as(path.name.removesuffix(ending), file_name)
                if key is not None:
                    return key
        return None

    def _take(self, source: Path, table: LabelTable, about: str | None) -> None:
        self.rows += len(table.rows) + len(table.refused)
        for number, reason in table.refused:
            self._leave(source, number, reason)
        for row in table.rows:
            try:
                self._add(row, about or self._names.key(row.filename, source))
            except LookupError as problem:
                self.left_out += 1
                self._lost[Skipped(row.filename or source.name, str(problem))] += 1
            except ValueError as problem:
                if row.filename is None and about is None and not isinstance(problem, _BadRow):
                    raise
                self._leave(source, row.row, str(problem))

    def _add(self, row: LabelRow, key: str) -> None:
        if row.start is None or row.end is None:
            self.silent += 1
            self._silent.add(key)
            return
        label = " ".join(row.label.split())
        if self._wanted is not None and label not in self._wanted:
            self.left_out += 1
            return
        end = self._names.end(key)
        if row.start >= end:
            raise _BadRow(f"{row.start:g} s lies beyond the end of {key}, which lasts {end:g} s")
        if len(label) > LONGEST:
            raise _BadRow(f"its label has {len(label)} characters, and {LONGEST} are the most")
        spans = self.found[key, label]
        if len(spans) >= MOST:
            raise _BadRow(f"{key} has {MOST} regions, and a scan holds no more")
        spans.append((row.start, min(row.end, end), _score(row.score)))
        self.cut += row.end > end

    def _say_silent(self) -> None:
        labels = {label for _, label in self.found} or set(self._wanted or ()) or {""}
        for key in self._silent:
            for label in labels:
                self.found.setdefault((key, label), [])

    def _leave(self, source: Path, number: int, reason: str) -> None:
        self.left_out += 1
        self.skipped.append(Skipped(f"{source.name} row {number}", reason))


class _BadRow(ValueError):  # noqa: N818 - it is the row that is bad
    """One row cannot be used."""


def _score(text: str) -> float:
    if not text:
        return SURE
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise _BadRow(f"the score {text!r} is no number with a decimal point")
    return score
