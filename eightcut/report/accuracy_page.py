"""The accuracy report as one HTML page: no network, no scripts, everything escaped.

The same values give the same bytes.
"""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from eightcut.estimates import Estimate
from eightcut.images.boxes import Box
from eightcut.images.slices import Slice
from eightcut.report import charts
from eightcut.report.accuracy import Accuracy, AccuracyReport, Mistake, Seen
from eightcut.report.accuracy_table import baselines
from eightcut.report.page import page

PICTURES, CROPS = 24, 12  # mistakes on a page; more are only counted
Show = Callable[[Path], bytes | None]


class Shot(NamedTuple):
    """A picture on the page: an inline JPEG, if there is one, and boxes as CSS."""

    name: str
    source: str
    ai_box: str
    user_box: str
    whose: str


class Card(NamedTuple):
    """A mistake on the page."""

    mistake: Mistake
    shots: tuple[Shot, ...]


class Row(NamedTuple):
    """One line of a table of shares: who, how often right, and the AI's lines stand out."""

    who: str
    value: Estimate
    is_ai: bool


def accuracy_page(report: AccuracyReport, show: Show, *, version: str) -> str:
    """The whole report as HTML.

    Args:
        report: the figures.
        show: a small JPEG of a picture; None where it cannot be shown.
        version: of eightcut, for the last line.
    """
    wrong = [one for one in report.mistakes if one.kind == "picture"]
    cut = [one for one in report.mistakes if one.kind == "crop"]
    return page(
        "accuracy.html",
        title=f"AI and person: {report.names}",
        report=report,
        one=report.overall,
        picks_rows=_rows(report.overall, "picture"),
        over_time=charts.over_time(report.curve),
        reliability=charts.reliability(report.overall.calibration),
        versions=charts.versions(
            report.progress.versions, report.progress.highest_stage.value
        ),
        galleries=(
            ("The wrong picture, the surest first", wrong, _cards(wrong[:PICTURES], show)),
            ("The right picture, another crop, the furthest off first", cut,
             _cards(cut[:CROPS], show)),
        ),
        version=version,
    )  # fmt: skip


def overview(report: AccuracyReport) -> str:
    """The headline figures as a piece of HTML, for a notebook."""
    projects = [
        Slice(one.name, one.decided, one.selection.model, one.selection.highest_stage,
              one.crops.model.match)
        for one in report.projects
    ]  # fmt: skip
    rows = _rows(report.overall, "picture")
    return page("accuracy_overview.html", report=report, rows=rows, projects=projects)


def sliced(report: AccuracyReport, name: str) -> str:
    """The decisions by ``name`` as a piece of HTML."""
    return page("accuracy_slices.html", name=name, slices=report.slices[name])


def confidence(report: AccuracyReport) -> str:
    """What is known of the AI's confidence as a piece of HTML."""
    return page("accuracy_confidence.html", sure=report.overall.calibration)


def _rows(one: Accuracy, kind: str) -> list[Row]:
    return [Row(who, value, who == "AI") for what, who, value in baselines(one) if what == kind]


def _cards(mistakes: Sequence[Mistake], show: Show) -> list[Card]:
    return [Card(one, tuple(_shots(one, show))) for one in mistakes]


def _shots(mistake: Mistake, show: Show) -> list[Shot]:
    whose = ("AI", "person") if len(mistake.pictures) == 2 else ("both",)
    return [_shot(seen, who, show) for seen, who in zip(mistake.pictures, whose, strict=True)]


def _shot(seen: Seen, whose: str, show: Show) -> Shot:
    jpeg = show(seen.path) if seen.path else None
    data = "" if jpeg is None else f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    return Shot(seen.name, data, _css(seen.ai_box), _css(seen.user_box), whose)


def _css(box: Box | None) -> str:
    """Where a box lies on its picture, in percent."""
    if box is None:
        return ""
    x1, y1, x2, y2 = (100 * edge for edge in box)
    return f"left:{x1:.2f}%;top:{y1:.2f}%;width:{x2 - x1:.2f}%;height:{y2 - y1:.2f}%"
