"""How often AI and person agreed: which projects, which part of it, which mistake."""

import functools
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import traitlets as t

from eightcut import clock
from eightcut.jobs.accuracy import accuracy_report, write_page
from eightcut.report.accuracy import AccuracyReport, Mistake
from eightcut.sessions.job import LongJob
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

SECTIONS = ("overview", "time", "slices", "confidence", "mistakes")


class AccuracySession(LongJob):
    """The accuracy report of some projects, read again whenever one asks for it.

    ``report`` is an ``AccuracyReport``, None where there is nothing to report on.

    Args:
        ws: an open workspace.
        project_ids: the projects to begin with; all of the workspace unless given.
    """

    projects = t.Tuple()
    chosen = t.Tuple()
    report = t.Any(None)
    reading = t.Bool(False)
    section = t.Unicode(SECTIONS[0])
    sliced_by = t.Unicode("batch")
    place = t.Int(0)  # of the mistake that is shown

    def __init__(self, ws: Workspace, project_ids: Iterable[str] | str | None = None) -> None:
        super().__init__()
        self._ws = ws
        self.projects = tuple(ws.projects())
        given = [project_ids] if isinstance(project_ids, str) else project_ids
        self.chosen = self._known(self.projects if given is None else given)
        if self.chosen:
            self.report = accuracy_report(ws, self.chosen)

    @verb
    def choose(self, project_ids: Iterable[str]) -> None:
        """Report on these projects."""
        self.chosen = self._known(project_ids)
        self.refresh()

    @verb
    def refresh(self) -> None:
        """Read the decisions again; the report changes when that is done."""
        self.projects = tuple(self._ws.projects())
        self.chosen = tuple(name for name in self.chosen if name in self.projects)
        self.reading = True
        self._look_up(functools.partial(self._read, self.chosen))

    @verb
    def show(self, section: str) -> None:
        """Show another part of the report."""
        if section not in SECTIONS:
            raise LookupError(f"{section!r} is no part of the report; use {', '.join(SECTIONS)}")
        self.section = section

    @verb
    def slice_by(self, name: str) -> None:
        """Show the decisions by batch, directory, stage or model version."""
        if self.report is not None and name not in self.report.slices:
            raise LookupError(f"decisions have no {name!r}; use {', '.join(self.report.slices)}")
        self.sliced_by = name

    @verb
    def step(self, by: int) -> None:
        """Show the mistake so many places further on, or back where ``by`` is negative."""
        last = max(len(self.mistakes) - 1, 0)
        self.place = min(max(self.place + by, 0), last)

    @verb
    def write(self, path: str | Path | None = None) -> None:
        """Write the report as one HTML page; unless named, below ``reports`` in the workspace."""
        if self.report is None:
            raise ValueError(self.why_not)
        stamp = clock.utc_now().strftime("%Y%m%d_%H%M%S")
        target = path or self._ws.path / "reports" / f"accuracy_{stamp}.html"
        self._start(functools.partial(_written, self.report, Path(target)))

    @property
    def mistakes(self) -> Sequence[Mistake]:
        """The AI's mistakes: wrong pictures, the surest first, then wrong crops."""
        return () if self.report is None else self.report.mistakes

    @property
    def mistake(self) -> Mistake | None:
        """The one that is shown."""
        return self.mistakes[self.place] if self.place < len(self.mistakes) else None

    @property
    def why_not(self) -> str:
        """Why there is no report; empty where there is one."""
        if not self.projects:
            return "This workspace has no picture project yet."
        return "" if self.chosen else "Choose a project."

    def _known(self, project_ids: Iterable[str]) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(project_ids))
        for name in wanted:
            if name not in self.projects:
                raise LookupError(
                    f"there is no project {name!r}; there are {', '.join(self.projects) or 'none'}"
                )
        return wanted

    def _read(self, chosen: tuple[str, ...], cancel: threading.Event) -> None:
        try:
            report = accuracy_report(self._ws, chosen) if chosen else None
        except BaseException:
            self._have_read(self.report, cancel)
            raise
        self._have_read(report, cancel)

    @verb
    def _have_read(self, report: AccuracyReport | None, cancel: threading.Event) -> None:
        if not cancel.is_set():
            self.reading = False
            self.report = report
            self.step(0)


def _written(report: AccuracyReport, path: Path, _cancel: threading.Event) -> str:
    return f"The page is {write_page(report, path).path}"
