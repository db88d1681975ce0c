"""The accuracy report for sound as one HTML page: no network, no scripts, everything escaped.

The same values give the same bytes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from eightcut.estimates import UNKNOWN, Estimate
from eightcut.report import sound_charts
from eightcut.report.drawing import Chart
from eightcut.report.page import page
from eightcut.report.sound import SoundClassifier, SoundReport
from eightcut.report.sound_budget import minutes, sentence, short
from eightcut.report.sound_charts import CONSTANT, LOUDNESS
from eightcut.report.sound_table import MAIN
from eightcut.report.sound_version import SoundVersion


class FigureRow(NamedTuple):
    """One figure of a version, what it was before, the change, and those of trivial scores."""

    name: str
    value: Estimate
    before: Estimate
    change: Estimate
    constant: Estimate
    loudness: Estimate


class Section(NamedTuple):
    """One classifier on the page."""

    one: SoundClassifier
    current: SoundVersion | None
    numbers: dict[str, int]
    versions: Chart | None
    shares: Chart | None
    work: Chart | None
    reliability: Chart | None


def sound_page(report: SoundReport, *, version: str) -> str:
    """The whole report as HTML.

    Args:
        report: the figures.
        version: of eightcut, for the last line.
    """
    return page(
        "sound.html",
        title=f"Sound: {report.names}",
        report=report,
        sections=list(map(_section, report.classifiers)),
        figure_rows=figure_rows,
        minutes=minutes,
        sentence=sentence,
        short=short,
        main=MAIN,
        unknown=UNKNOWN,
        version=version,
    )


def figure_rows(version: SoundVersion) -> list[FigureRow]:
    """Every figure of a version beside what it is read against."""
    return list(_rows(version))


def _rows(version: SoundVersion) -> Iterator[FigureRow]:
    measured = version.measured
    for name, value in measured.figures.items():
        trivial = (measured.trivial.get(who, {}).get(name, UNKNOWN) for who in (CONSTANT, LOUDNESS))
        change = measured.change.get(name, UNKNOWN)
        yield FigureRow(name, value, measured.before.get(name, UNKNOWN), change, *trivial)


def _section(one: SoundClassifier) -> Section:
    in_use = (version for version in one.versions if version.standing.word == "in use")
    return Section(
        one,
        next(in_use, None),
        {version.version: number for number, version in enumerate(one.versions, 1)},
        sound_charts.versions(one),
        None if one.budget is None else sound_charts.shares(one.budget),
        None if one.budget is None else sound_charts.work(one.budget),
        sound_charts.reliability(one.calibration),
    )
