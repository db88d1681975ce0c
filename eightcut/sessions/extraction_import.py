"""Taking extracted history over into a project's decisions: what would happen, and doing it."""

from typing import NamedTuple

from eightcut.db.decision_report import ImportReport
from eightcut.jobs.extract import Extraction
from eightcut.project import Project


class Refusal(NamedTuple):
    """A group that was not imported as it is, by its first picture, and why."""

    label: str
    reason: str


class Import(NamedTuple):
    """What an import did, or would do, and what it left out."""

    report: ImportReport
    refused: tuple[Refusal, ...]

    def __str__(self) -> str:
        report = self.report
        parts = [f"{counted(report.decisions, 'decision')} new"]
        parts += [f"{counted(report.crops, 'crop')} added"] if report.crops else []
        parts += [f"{report.known:,} known and left as they are"] if report.known else []
        parts += [f"{len(report.refused):,} refused"] if report.refused else []
        parts += [f"{len(report.differing):,} decided otherwise"] if report.differing else []
        return ", ".join(parts)


def take_over(extraction: Extraction, project: Project, *, dry_run: bool) -> Import:
    """Import what was extracted under any name into the decisions of a project."""
    rows = [{**row, "project": project.id} for row in extraction.decision_rows()]
    report = project.decisions.import_history(rows, dry_run)
    remarks = sorted((*report.refused, *report.differing))
    return Import(
        report,
        tuple(Refusal(rows[number - 1]["images"][0], reason) for number, reason in remarks),
    )


def counted(number: int, noun: str) -> str:
    """``1 crop``, ``2 crops``, ``3 anomalies``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"
