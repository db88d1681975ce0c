"""The hard negatives of a profile as columns that can be filtered and sorted at once."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.regions import format_time
from eightcut.db.negatives import HardNegative
from eightcut.sessions.versions import SHOWN

_READ: dict[str, Callable[[HardNegative], str]] = {
    "File": lambda row: row["filename"],
    "Source model": lambda row: row["source_model"],
    "Added": lambda row: row["created_at"] or "",
    "Note": lambda row: row["note"],
}
COLUMNS = ("File", "Time", "End", "Source model", "Added", "Note", "Effect")
EFFECT = (
    "What the marks of other files say of it: how much higher the held-out loss would be without "
    "this one, by the current linear classifier. Marks that are wrong alike speak for each other. "
    "Empty where it was not learned from"
)
Numbers = NDArray[np.float64]


class Filter(NamedTuple):
    """Which rows are shown: None means whichever, an empty model means none is known."""

    model: str | None = None
    filename: str | None = None
    text: str = ""

    def __str__(self) -> str:
        """The end of a sentence: " of model 'YAMNET' in owls.mp4 with “wind”"."""
        said = [] if self.model is None else [" without a model"]
        if self.model:
            said = [f" of model {self.model!r}"]
        if self.filename is not None:
            said.append(f" in {self.filename}")
        if self.text.strip():
            said.append(f" with “{self.text.strip()}”")
        return "".join(said)


class Listing:
    """Rows in their stored order: by file, time and id."""

    def __init__(
        self,
        rows: Sequence[HardNegative],
        effects: Mapping[tuple[str, float], float] | None = None,
    ) -> None:
        self.rows = rows
        self._effects = effects or {}
        self.ids = tuple(row["id"] for row in rows)
        self.place = dict(zip(self.ids, range(len(rows)), strict=True))
        self._names = [row["filename"] for row in rows]
        self._models = [row["source_model"] for row in rows]

    def row(self, row_id: int) -> HardNegative:
        """The row with this id.

        Raises:
            LookupError: it is not in the list.
        """
        if row_id not in self.place:
            raise LookupError(f"hard negative {row_id} is not in the list any more")
        return self.rows[self.place[row_id]]

    def without(self, gone: frozenset[int]) -> "Listing":
        """The list as it is when these rows have been deleted."""
        return Listing([row for row in self.rows if row["id"] not in gone], self._effects)

    def effect(self, row: HardNegative) -> float | None:
        """What a row changed in training; above 0 it helps, None where that is unknown."""
        return self._effects.get((row["filename"], row["start_time"]))

    def models(self) -> tuple[tuple[str, int], ...]:
        """The source models with how many rows each has; the empty one, if any, comes last."""
        return _counted(self._models)

    def files(self) -> tuple[tuple[str, int], ...]:
        """The files with how many rows each has."""
        return _counted(self._names)

    def matching(self, wanted: Filter) -> NDArray[np.intp]:
        """The places of the rows that a filter shows."""
        keep = np.ones(len(self.rows), bool)
        if wanted.model is not None:
            keep &= np.array([model == wanted.model for model in self._models], bool)
        if wanted.filename is not None:
            keep &= np.array([name == wanted.filename for name in self._names], bool)
        for word in wanted.text.casefold().split():
            keep &= np.array([word in text for text in self._texts], bool)
        return np.flatnonzero(keep)

    def ordered(self, places: NDArray[np.intp], column: str, *, down: bool) -> NDArray[np.intp]:
        """The places in the order of a column; what is unknown comes last either way."""
        values = self._values(column)[places]
        return places[np.argsort(-values if down else values, kind="stable")]

    def _values(self, column: str) -> Numbers:
        """A number for each row, by which the column sorts; NaN where nothing is known."""
        if column == "Time":
            return np.array([row["start_time"] for row in self.rows], np.float64)
        if column == "End":
            return np.array([row["end_time"] for row in self.rows], np.float64)  # None becomes NaN
        if column == "Effect":
            return np.array([self.effect(row) for row in self.rows], np.float64)
        texts = [_READ[column](row) for row in self.rows]
        return _ranks(texts, key=str if column == "Added" else natural)

    @cached_property
    def _texts(self) -> list[str]:
        """What a person can read in each row and would search for."""
        return [
            f"{row['filename']} {format_time(row['start_time'])} {row['source_model']} "
            f"{row['note']}".casefold()
            for row in self.rows
        ]


def cells(row: HardNegative, effect: float | None = None) -> tuple[str, ...]:
    """A row as it is read, one text for each of ``COLUMNS``; unknown is empty."""
    end = row["end_time"]
    return (
        row["filename"],
        format_time(row["start_time"]),
        "" if end is None else format_time(end),
        row["source_model"],
        local(row["created_at"]),
        row["note"],
        told(effect),
    )


def told(effect: float | None) -> str:
    """An effect in words, such as ``helps +0.63``; empty where it is unknown."""
    if effect is None:
        return ""
    size = abs(effect)
    if size < 0.00005:
        return "about 0"
    number = f"{size:.2f}" if size >= 0.01 else f"{size:.4f}"
    return f"helps +{number}" if effect > 0 else f"hurts \N{MINUS SIGN}{number}"


def local(stamp: str | None) -> str:
    """A stored UTC moment in local time; one that nobody can parse is shown as it is."""
    try:
        return dt.datetime.fromisoformat(stamp or "").astimezone().strftime(SHOWN)
    except ValueError:
        return stamp or ""


def natural(text: str) -> tuple[Any, ...]:
    """A key that sorts "clip 2" before "clip 10", whichever their case."""
    parts = re.split(r"(\d+)", text.casefold())
    return tuple(int(part) if i % 2 else part for i, part in enumerate(parts)), text


def _counted(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return tuple(sorted(counts.items(), key=lambda item: (not item[0], natural(item[0]))))


def _ranks(values: Sequence[str], key: Callable[[str], Any]) -> Numbers:
    found = sorted(set(values), key=key)
    rank: dict[str, float] = {value: float(n) for n, value in enumerate(found)}
    if "" in rank:
        rank[""] = np.nan
    return np.array([rank[value] for value in values], np.float64)
