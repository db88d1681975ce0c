"""What was found in several finished projects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eightcut.estimates import Rate
from eightcut.jobs.extract_project_report import ProjectReport

__all__ = ["ExtractionReport", "ProjectReport", "with_totals"]

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_COLUMNS = (
    "project", "raw_images", "raw_groups", "selections", "crops", "anomalies", "anomaly_rate",
    "rejected", "multi_winner_groups", "unmatched_finals", "error",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExtractionReport:
    """What was found in several projects; the totals are sums over them.

    Attributes:
        projects: a report for each, also for those that could not be extracted.
    """

    projects: tuple[ProjectReport, ...]

    @property
    def errors(self) -> tuple[ProjectReport, ...]:
        """The projects that could not be extracted."""
        return tuple(project for project in self.projects if project.error)

    @property
    def extraction_date(self) -> str | None:
        """When the newest input of all was modified."""
        return max((p.extraction_date for p in self.projects if p.extraction_date), default=None)

    @property
    def projects_processed(self) -> int:
        """How many could be extracted."""
        return len(self.projects) - len(self.errors)

    @property
    def total_selections(self) -> int:
        """Lines with a winner."""
        return sum(project.selections for project in self.projects)

    @property
    def total_crops(self) -> int:
        """Those whose winner was cropped."""
        return sum(project.crops for project in self.projects)

    @property
    def total_anomalies(self) -> int:
        """Those where a higher stage lost."""
        return sum(project.anomalies for project in self.projects)

    @property
    def overall_anomaly_rate(self) -> float | None:
        """The share of selections where a higher stage lost; None without selections."""
        return self.total_anomalies / self.total_selections if self.total_selections else None

    def check(self) -> None:
        """Raise ValueError unless every file of every project is accounted for."""
        for project in self.projects:
            project.check()

    def as_dict(self) -> dict[str, Any]:
        """The report as ``extraction_report.json`` holds it."""
        return with_totals([project.as_dict() for project in self.projects])

    def frame(self) -> "pd.DataFrame":
        """A row for each project."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and only shown tables need it

        rows = [[getattr(project, name) for name in _COLUMNS] for project in self.projects]
        return pd.DataFrame(rows, columns=list(_COLUMNS))

    def plot(self) -> "Axes":
        """A bar for each project: how often a lower stage was chosen, with its interval."""
        from eightcut.report import plots  # noqa: PLC0415 - draws with matplotlib, slow to import

        rates = {one.project: one.anomaly.estimate for one in self.projects if not one.error}
        return plots.bars(rates, title="A lower stage was chosen", label="share of selections")

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, na_rep="n/a"))

    def __str__(self) -> str:
        projects = "\n".join(map(str, self.projects))
        total = f"{self.total_selections} selections of {self.projects_processed} projects"
        return f"{projects}\n{total}, {self.total_crops} cropped, {self.total_anomalies} anomalies"


def with_totals(projects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A report over projects as ``ProjectReport.as_dict`` gives them."""
    selections, crops, anomalies = (
        sum(project[key] for project in projects) for key in ("selections", "crops", "anomalies")
    )
    dates = (project["extraction_date"] for project in projects)
    errors = [{"name": p["name"], "error": p["error"]} for p in projects if p["error"]]
    return {
        "extraction_date": max(filter(None, dates), default=None),
        "projects_processed": len(projects) - len(errors),
        "total_selections": selections,
        "total_crops": crops,
        "total_anomalies": anomalies,
        "overall_anomaly_rate": anomalies / selections if selections else None,
        "overall_anomaly_interval": list(Rate(anomalies, selections).estimate[1:3]),
        "overall_anomaly_n": selections,
        "errors": errors,
        "projects": list(projects),
    }
