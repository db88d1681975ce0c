"""How long it takes to review what a classifier found, and what one may expect of it."""

from collections.abc import Iterable, Iterator, Sequence
from numbers import Real

from eightcut.audio.budget import BudgetRow, counted
from eightcut.jobs.given_truth import Given
from eightcut.jobs.scan_names import asked
from eightcut.jobs.sound_scans import FileScan, loaded
from eightcut.jobs.sound_truth import FROM_MARKS, OF_MARKED, Known, known_of, learned_files
from eightcut.models.classifier import Classifier
from eightcut.report.sound_budget import ReviewBudget
from eightcut.workspace import Workspace

THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


def review_budget(
    ws: Workspace,
    classifier: Classifier | str,
    *,
    profile: str | None = None,
    version: str | None = None,
    truth: Given | None = None,
    thresholds: Sequence[float] = THRESHOLDS,
) -> ReviewBudget:
    """At each threshold: how many regions, minutes to review them, precision and recall.

    The newest scan of each file counts, by its stored score curve, so that
    thresholds below that of the scan can be told, too. A region is decided on where
    people have said what it holds; ``eightcut.audio.budget`` says when.

    Args:
        ws: the workspace that was scanned.
        classifier: as ``evaluate`` takes it: a classifier, a name, a version, a scan's timestamp.
        profile: whose scans and marks; the workspace's own unless given.
        version: which version of a named classifier; the one in use that has scanned unless given.
        truth: what the files hold, as ``evaluate`` takes it; what people marked unless given.
        thresholds: probabilities from 0 to 1; those of the scans come with them.

    Raises:
        LookupError: there is no such classifier, or it has scanned nothing.
        ValueError: a threshold is no probability.
    """
    _check(thresholds)
    profile = profile or ws.settings.profile
    meant = asked(ws, classifier, profile, version)
    heads = [head for _, head in sorted(meant.heads(ws, profile).items())]
    if not heads:
        raise LookupError(f"{meant} has scanned nothing in profile {profile!r} yet")
    meant = meant.of(heads)
    name = meant.name
    stored = stored_classifier(ws, name, meant.version, profile)
    scans = loaded(ws, profile, heads)
    known = known_of(ws, profile, name, stored, truth)
    return budget_of((profile, name, meant.which), scans, known, learned_files(stored), thresholds)


def _check(thresholds: object) -> None:
    """Raises ValueError unless these are probabilities."""
    if isinstance(thresholds, str) or not isinstance(thresholds, Iterable):
        raise ValueError(f"thresholds is a list such as [0.2, 0.5], not {thresholds!r}")
    for value in thresholds:
        if not isinstance(value, Real) or not 0 <= float(value) <= 1:
            raise ValueError(f"a threshold is a probability from 0 to 1, not {value!r}")


def stored_classifier(ws: Workspace, name: str, version: str, profile: str) -> Classifier | None:
    """A version as it is stored; None where it is gone or damaged."""
    if not version:
        return None
    try:
        return ws.classifiers.load(name, version, profile)
    except (LookupError, ValueError):  # its scans are still there
        return None


def budget_of(
    of: tuple[str, str, str],
    scans: Sequence[FileScan],
    known: Known,
    learned: frozenset[str] | None,
    thresholds: Iterable[float] = THRESHOLDS,
) -> ReviewBudget:
    """The budget of scans that are loaded already; ``of`` is profile, classifier and version."""
    own = {scan.scan.threshold for scan in scans}
    lowest = min((one for one in own if one is not None), default=None)
    is_one = len(own) == 1 and lowest is not None
    known_own = {one for one in own if one is not None}
    wanted: list[float | None] = [*sorted(known_own | set(thresholds))]
    if not is_one:
        wanted.append(None)
    rows = tuple(
        row_at(threshold, scans, known, learned)._replace(
            is_own=threshold is None or (is_one and threshold == lowest),
            is_below=None not in {threshold, lowest} and threshold < lowest,  # type: ignore[operator]
        )
        for threshold in wanted
    )
    return ReviewBudget(
        *of,
        rows=rows,
        files=len(scans),
        hours=sum(scan.hours or 0.0 for scan in scans),
        known_from=known.comes_from,
        recall_of=known.recall_of,
        notes=tuple(_notes(rows, scans, known)),
    )


def row_at(
    threshold: float | None,
    scans: Iterable[FileScan],
    known: Known,
    learned: frozenset[str] | None,
) -> BudgetRow:
    """The regions of these scans at one threshold, that of each scan if None."""
    files = []
    for scan in scans:
        if (found := scan.regions(threshold)) is None:
            return BudgetRow(threshold, None)
        is_new = None if learned is None else scan.scan.filename not in learned
        files.append(known.listed(scan.scan.filename, found, is_new=is_new, end=scan.end))
    return counted(threshold, files)


def _notes(rows: Sequence[BudgetRow], scans: Sequence[FileScan], known: Known) -> Iterator[str]:
    own = next((row for row in rows if row.is_own), None)
    if own is not None and own.precision.n and known.comes_from == FROM_MARKS:
        if own.decided < (own.regions or 0):
            yield (
                f"{own.decided} of {own.regions} regions are decided; unless these were picked "
                "blindly, the others may be better or worse"
            )
        if own.new.n < own.precision.n:
            yield (
                f"{own.precision.n - own.new.n} of the {own.precision.n} decided regions lie in "
                "files that this version learned from, or nobody knows: that flatters precision"
            )
    if any(row.is_below and row.decided for row in rows) and known.comes_from == FROM_MARKS:
        yield (
            "below the threshold of the scans nobody was shown a region: what is known there was "
            "marked above it or elsewhere, which flatters precision and recall"
        )
    if known.recall_of == OF_MARKED and own is not None and own.recall.n:
        yield (
            "no part of these files is marked as reviewed, so events that nobody has found are "
            "missing, which flatters recall"
        )
    if without := sum(scan.scan.scores is None for scan in scans):
        yield f"{without} of {len(scans)} scans have no score curve; only their regions are known"
