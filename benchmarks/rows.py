"""The rows of the one table that ends ``python -m benchmarks``: what was measured in that very run.

A benchmark calls ``row`` for each claim of docs/speed.md that it has measured. Run by
itself it prints its own rows at its end; run with the others, all rows come together.
"""

import atexit
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

FILE = "EIGHTCUT_BENCH_ROWS"  # the environment's name for where rows are gathered
HEADER = ("work", "earlier way", "ours", "ratio", "goal", "verdict", "n")
UNKNOWN = "–"


class Row(NamedTuple):
    """One claim; see ``row``."""

    work: str
    earlier: str | None
    ours: str | None
    ratio: float | None
    goal: float | None
    n: int | str
    holds: Mapping[str, bool]

    @property
    def verdict(self) -> str:
        """Met or missed, if there is a goal and a measured figure."""
        if self.goal is None:
            return ""
        if self.ratio is None or self.ours is None:
            return "not measured"
        missed = [] if self.ratio >= self.goal else ["ratio"]
        missed += [name for name, is_so in self.holds.items() if not is_so]
        return f"MISSED ({', '.join(missed)})" if missed else "met"

    def cells(self) -> tuple[str, ...]:
        """As a line of the table."""
        ratio = UNKNOWN if self.ratio is None else f"{self.ratio:.3g}x"
        goal = "" if self.goal is None else ", ".join([f"{self.goal:g}x", *self.holds])
        told = (self.work, self.earlier or UNKNOWN, self.ours or UNKNOWN, ratio, goal)
        return (*told, self.verdict, str(self.n))


_own: list[Row] = []


def row(
    work: str,
    earlier: str | None,
    ours: str | None,
    ratio: float | None,
    goal: float | None,
    n: int | str,
    *,
    holds: Mapping[str, bool] | None = None,
) -> None:
    """Tell one claim that this run has measured. Prints nothing.

    Args:
        work: what was done, with its size: "rescan 1,000 h, linear head".
        earlier: the figure of the earlier way with its unit ("780 s"), or the limit that a
            goal sets ("limit 0.3 s"); None if it was not measured.
        ours: our figure, likewise.
        ratio: how many times better ours is; above 1 is better. None: not measured.
        goal: the least ratio that is owed; None if none is.
        n: of what and how many: windows, files, rounds.
        holds: what else the goal asks for, and whether it is so: ``{"bit-exact": True}``.
    """
    others = {name: bool(is_so) for name, is_so in (holds or {}).items()}
    told = Row(work, earlier, ours, ratio and float(ratio), goal, n, others)
    if path := os.environ.get(FILE):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(told._asdict()) + "\n")
        return
    if not _own:
        atexit.register(lambda: print("\n" + table(_own)))
    _own.append(told)


def gathered(path: Path) -> list[Row]:
    """The rows that benchmarks wrote into a file."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [Row(**json.loads(line)) for line in lines]


def table(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table, which is readable as it is."""
    lines = [HEADER, *(one.cells() for one in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    shown = [
        "| " + " | ".join(map(str.ljust, line, widths)) + " |"  # every cell to its column's width
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([shown[0], rule, *shown[1:]])
