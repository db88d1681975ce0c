"""Where every file of a finished project went, as numbers that add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

from eightcut.estimates import Rate
from eightcut.images.history import REASONS

Counts = Mapping[str, int]
SAMPLES = 10
_LISTS = (
    "sample_anomalies", "left_out", "duplicates", "ambiguous", "doubtful", "misnamed",
    "unreadable",
)  # fmt: skip


class Duplicate(NamedTuple):
    """A final of the same raw as another final, which is the one that counts."""

    path: str
    same_as: str
    raw: str


class Undecided(NamedTuple):
    """A final that several raws may be."""

    path: str
    candidates: tuple[str, ...]


class Misnamed(NamedTuple):
    """A final that has the name of one raw and the bytes of another, or of several alike."""

    path: str
    raws: tuple[str, ...]
    named: tuple[str, ...]


class LeftOutFile(NamedTuple):
    """A picture or folder that was not looked at, and why."""

    path: str
    reason: str


class Anomaly(NamedTuple):
    """A winner of a lower stage than one that lost."""

    timestamp: str
    chosen_path: str
    chosen_stage: float
    neg_stages: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectReport:
    """What was found in one project.

    Attributes:
        project: its name.
        raw_dir: absolute, or as given where it could not be used.
        final_dir: the same.
        error: why the project could not be extracted; the numbers below are then 0 or None.
        extraction_date: when the newest input was modified, in UTC; None if there is none.
        raw_images: pictures in RAW.
        raw_groups: groups of two and more.
        selections: lines with a winner.
        crops: those whose winner was cropped.
        anomalies: those where a higher stage lost.
        rejected: groups of which nothing was kept.
        multi_winner_groups: groups with several winners and losers.
        raw: pictures in RAW: ``found`` is the sum of ``grouped``, ``singletons``,
            ``unparsed`` and ``left_out``.
        groups: groups and singletons: ``found`` is the sum of ``with_winner``, ``rejected``
            and those skipped for each reason of ``history.REASONS``.
        finals: pictures in FINAL: ``found`` is the sum of ``matched``, ``duplicates``,
            ``ambiguous``, ``unmatched`` and ``left_out``.
        matched: the matched finals: ``found`` is the sum of those in ``entries``, in
            ``skipped`` groups and on ``unparsed`` raws.
        matched_by: how many finals were matched in which way.
        other_files: files in RAW and in FINAL that are no pictures.
        was_cropped: selections by ``cropped``, ``not_cropped`` and ``unknown``.
        crop_kinds: selections by what their pixels show, where they were looked at.
        mtime: whether the finals' times can be believed (``reliable``), how many lie inside
            and outside the project's ``window``, and how often they agree with the pixels.
        modes: what grouping by name and by exact timestamp find: ``groups``, and
            ``selections``, which are groups with both winners and losers.
        stage_distribution: how often each stage won.
        sample_anomalies: the first ten.
        left_out: what was not looked at.
        duplicates: finals of a raw that has another final.
        ambiguous: finals that several raws may be.
        doubtful: what was left out of FINAL and has the name of raws that no other final is.
        misnamed: finals that are another raw than their name says.
        unmatched: finals that are no raw.
        unreadable: selections whose pictures cannot be read, with the reason.
        warnings: what a person should know before using the lines.
    """

    project: str
    raw_dir: str
    final_dir: str
    error: str | None = None
    extraction_date: str | None = None
    raw_images: int | None = None
    raw_groups: int | None = None
    selections: int = 0
    crops: int = 0
    anomalies: int = 0
    rejected: int = 0
    multi_winner_groups: int = 0
    raw: Counts = field(default_factory=dict)
    groups: Counts = field(default_factory=dict)
    finals: Counts = field(default_factory=dict)
    matched: Counts = field(default_factory=dict)
    matched_by: Counts = field(default_factory=dict)
    other_files: Counts = field(default_factory=dict)
    was_cropped: Counts = field(default_factory=dict)
    crop_kinds: Counts = field(default_factory=dict)
    mtime: Mapping[str, Any] = field(default_factory=dict)
    modes: Mapping[str, Counts] = field(default_factory=dict)
    stage_distribution: Counts = field(default_factory=dict)
    sample_anomalies: tuple[Anomaly, ...] = ()
    left_out: tuple[LeftOutFile, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    ambiguous: tuple[Undecided, ...] = ()
    doubtful: tuple[Undecided, ...] = ()
    misnamed: tuple[Misnamed, ...] = ()
    unmatched: tuple[str, ...] = ()
    unreadable: tuple[LeftOutFile, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def anomaly_rate(self) -> float | None:
        """The share of selections where a higher stage lost; None without selections."""
        return self.anomalies / self.selections if self.selections else None

    @property
    def anomaly(self) -> Rate:
        """The same with n and interval; in all other selections the highest stage won."""
        return Rate(self.anomalies, self.selections)

    @property
    def unmatched_finals(self) -> int:
        """How many finals are no raw."""
        return len(self.unmatched)

    def check(self) -> None:
        """Raise ValueError unless every file is in exactly one place and all sums agree."""
        for name in ("raw", "groups", "finals", "matched"):
            counts = dict(getattr(self, name))
            found = counts.pop("found", 0)
            if found != sum(counts.values()):
                raise ValueError(f"{self.project}: {name} do not add up: {found} of {counts}")
        said = {
            "finals by way of matching": (self.matched_by, self.finals.get("matched", 0)),
            "matched finals": ({"": self.matched.get("found", 0)}, self.finals.get("matched", 0)),
            "winners": ({"": self.matched.get("entries", 0)}, self.selections),
            "selections by crop": (self.was_cropped, self.selections),
            "selections by stage": (self.stage_distribution, self.selections),
        }
        for name, (parts, total) in said.items():
            if sum(parts.values()) != total:
                raise ValueError(f"{self.project}: {name} do not add up: {total} of {parts}")

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON holds it, the seed's keys first."""
        values = {"name": self.project, **asdict(self)}
        seed = ("name", "raw_images", "raw_groups", "selections", "crops", "anomalies")
        first = {key: values[key] for key in seed} | {"anomaly_rate": self.anomaly_rate}
        first["anomaly_interval"] = list(self.anomaly.estimate[1:3])
        del values["project"]
        for key in _LISTS:
            values[key] = [item._asdict() for item in getattr(self, key)]
        return first | {key: value for key, value in values.items() if key not in first}

    def __str__(self) -> str:
        if self.error:
            return f"{self.project}: {self.error}"
        lines = [
            f"{self.project}: {self.selections} selections from {self.raw_images} raw pictures",
            f"  raw pictures: {_told(self.raw)}",
            f"  groups: {_told(self.groups)}",
            f"  finals: {_told(self.finals)}",
            f"  matched by: {_told(self.matched_by)}",
            f"  anomalies: {self.anomaly}",
            f"  cropped: {_told(self.was_cropped)}",
            *(f"  grouped by {mode}: {_told(counts)}" for mode, counts in self.modes.items()),
            *(f"  note: {warning}" for warning in self.warnings),
        ]
        return "\n".join(lines)


def with_warnings(report: ProjectReport) -> ProjectReport:
    """The report with what a person should know before using the lines."""
    return replace(report, warnings=tuple(_warnings(report)))


def _warnings(report: ProjectReport) -> Iterable[str]:
    if report.mtime.get("reliable") is False:
        yield (
            "the finals' modification times lie outside the project's, so they do not tell "
            "whether a picture was cropped"
        )
    lost = report.unmatched_finals + len(report.ambiguous)
    if lost and report.rejected:
        yield (
            f"{lost} finals are matched to no raw picture, so up to as many of the "
            f"{report.rejected} rejected groups may have been chosen after all"
        )
    yield from _warnings_about_finals(report)
    if report.raw_images and not report.raw_groups:
        yield "no two raw pictures form a group by the stamps and stages in their names"


def _warnings_about_finals(report: ProjectReport) -> Iterable[str]:
    if report.misnamed:
        yield (
            f"{len(report.misnamed)} finals are another raw picture than their name says, such as "
            f"{report.misnamed[0].path}; they are matched by their bytes"
        )
    if report.doubtful:
        yield (
            f"{len(report.doubtful)} finals that were left out have the name of a raw picture, "
            f"such as {report.doubtful[0].path}; the groups of these raw pictures are skipped"
        )
    named = {one.path for one in report.doubtful}
    unseen = [
        one.path
        for one in report.left_out
        if one.path.startswith(f"{report.final_dir.rstrip('/')}/")
        and one.path not in named
        and "hidden" not in one.reason
    ]
    if unseen and report.rejected:
        yield (
            f"{len(unseen)} files or folders of FINAL were not looked into, such as {unseen[0]}, "
            f"so some of the {report.rejected} rejected groups may have been chosen after all"
        )


def _told(counts: Counts) -> str:
    shown = (f"{number} {REASONS.get(name, name)}" for name, number in counts.items() if number)
    return ", ".join(shown) or "none"


def counted(values: Iterable[object]) -> dict[str, int]:
    """How often each value occurs, in the order of the values."""
    counts = Counter(map(str, values))
    return dict(sorted(counts.items()))
