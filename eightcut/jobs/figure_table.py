"""Figures of several scores as one table: a row per figure, a column per score."""

import html
from collections.abc import Mapping

from eightcut.estimates import Estimate

LEFT = ' style="text-align: left"'
APART = "\N{EN DASH}"  # where a score has no such figure; unknown ones are n/a


def pivoted(scores: Mapping[str, Mapping[str, Estimate]]) -> str:
    """An HTML table of the figures of each score: value, 95 % interval and n; all escaped.

    The rows are in the order in which the scores name their figures.
    """
    figures = dict.fromkeys(name for of_one in scores.values() for name in of_one)
    names = "".join(f"<th>{html.escape(name)}</th>" for name in scores)
    rows = "".join(_row(name, [of_one.get(name) for of_one in scores.values()]) for name in figures)
    head = f"<thead><tr><th{LEFT}>figure</th>{names}</tr></thead>"
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def _row(name: str, values: list[Estimate | None]) -> str:
    cells = "".join(f"<td>{_told(value)}</td>" for value in values)
    return f"<tr><th{LEFT}>{html.escape(name)}</th>{cells}</tr>"


def _told(value: Estimate | None) -> str:
    """A value and its interval, which no line ends within; its n may go to the next one."""
    if value is None:
        return APART
    figure, _, count = html.escape(str(value)).partition(" (")
    return f'<span style="white-space: nowrap">{figure}</span>' + (f" ({count}" if count else "")
