"""The accuracy report: how often AI and person agreed, in one project or over several."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from eightcut import __version__, atomic, clock
from eightcut.images.agreement import Outcome
from eightcut.images.slices import rolling
from eightcut.jobs.accuracy_figures import figures, medians_of, slices, together
from eightcut.jobs.accuracy_gallery import mistakes
from eightcut.jobs.accuracy_progress import progress_of
from eightcut.jobs.agreement import outcome
from eightcut.media import images
from eightcut.project import Project
from eightcut.report.accuracy import ALL, AccuracyReport, Incomplete
from eightcut.report.accuracy_page import accuracy_page
from eightcut.workspace import Workspace

PREVIEW_PX = 360  # shown 240 wide; screens have more pixels than that


def accuracy_report(
    ws: Workspace,
    project_ids: str | Iterable[str],
    *,
    path: str | PathLike[str] | None = None,
) -> AccuracyReport:
    """Count how often AI and person agreed; with ``path``, write it all as one HTML page.

    Only decisions in which a model and the person both chose are compared. What a
    rule recommended is no model's mistake, and historical rows only count as decisions.

    Args:
        ws: an open workspace.
        project_ids: one project or several.
        path: where the page goes; it needs no network and no other file.

    Raises:
        LookupError: there is no such project.
        ValueError: no project was named.
    """
    names = list(dict.fromkeys([project_ids] if isinstance(project_ids, str) else project_ids))
    if not names:
        raise ValueError(
            f"name at least one project; there are {', '.join(ws.projects()) or 'none'}"
        )
    report = _gathered(ws, {name: ws.project(name) for name in names})
    return report if path is None else write_page(report, path)


def write_page(report: AccuracyReport, path: str | PathLike[str]) -> AccuracyReport:
    """Write the report as one HTML page, whole or not at all; returns it with its path."""
    target = Path(path).expanduser().absolute()
    atomic.write(target, accuracy_page(report, preview, version=__version__))
    return replace(report, path=target)


def preview(path: Path) -> bytes | None:
    """A small JPEG; None where the file cannot be shown."""
    try:
        return images.preview(path, PREVIEW_PX)
    except (OSError, ValueError):
        return None


def _gathered(ws: Workspace, projects: Mapping[str, Project]) -> AccuracyReport:
    every = {name: _outcomes(ws.project(name)) for name in {*projects, *ws.projects()}}
    medians = {
        name: medians_of(
            every[name],
            [row.final_crop for other, rows in every.items() if other != name
             for row in rows if row.final_crop],
        )
        for name in projects
    }  # fmt: skip
    rows = [row for name in projects for row in every[name]]
    return AccuracyReport(
        projects=tuple(figures(name, every[name], medians[name]) for name in projects),
        overall=figures(ALL, rows, together(medians.values())),
        curve=rolling(rows),
        slices=slices(rows),
        mistakes=mistakes(rows, projects),
        incomplete=tuple(_incomplete(projects.values())),
        progress=progress_of(ws, list(projects)),
        notes=tuple(_notes(rows)),
        made_at=clock.utc_now().strftime("%Y-%m-%d %H:%M UTC"),
    )


def _outcomes(project: Project) -> list[Outcome]:
    return list(map(outcome, project.decisions.decisions()))


def _incomplete(projects: Iterable[Project]) -> Iterable[Incomplete]:
    for project in projects:
        for row in project.decisions.incomplete_crops():
            yield Incomplete(project.id, row.group_id, row.chosen or "n/a", row.timestamp)


def _notes(rows: Sequence[Outcome]) -> Iterable[str]:
    """What a reader must know about these figures."""
    ruled = sum(row.ai_index is None and row.provenance != "historical" for row in rows)
    if ruled:
        yield (
            f"In {ruled} of {len(rows)} decisions no model recommended a picture; "
            "they count as decisions and are compared with nothing"
        )
    historical = sum(row.provenance == "historical" for row in rows)
    if historical:
        yield (
            f"{historical} decisions were read out of finished folders; nothing was recommended "
            "there, and nobody knows when they were made"
        )
    elsewhere = sum(row.is_right is False and row.crop_matches is not None for row in rows)
    if elsewhere:
        yield (
            f"In {elsewhere} of the compared crops the AI had proposed its box on another "
            "alternative than the one the person kept"
        )
    compared = sum(row.is_right is not None for row in rows)
    if 0 < compared < 30:
        yield f"{compared} compared decisions are few: look at the intervals"
