"""One classifier of a sound report: its versions, their figures, and what is to review."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from eightcut.audio.evaluation import SILENT
from eightcut.calibration import Calibration, calibration
from eightcut.db.scan_list import ScanHead
from eightcut.jobs.evaluate import Given
from eightcut.jobs.review_budget import budget_of, row_at
from eightcut.jobs.scan_evaluation import ScanEvaluation
from eightcut.jobs.sound_figures import Figured, Versions, figures_of
from eightcut.jobs.sound_scans import FileScan, loaded
from eightcut.jobs.sound_truth import FROM_MARKS, Known, known_of, learned_files
from eightcut.jobs.sound_versions import Stored, current_version, stored_versions
from eightcut.models.classifier import Classifier
from eightcut.progress import Bar
from eightcut.report.sound import SoundClassifier
from eightcut.report.sound_budget import ReviewBudget
from eightcut.report.sound_version import Measured, Scanned, SoundVersion
from eightcut.workspace import Workspace

BINS = 15  # of equal mass
LEAST = 20  # windows in a bin
MOST = 12  # versions that are measured
WHERE_LOUD = (
    "marks lie mostly where a scan was loud, so the known windows hold the sound more often than "
    "others; reviewed parts of files, or given truth, tell better"
)
TOO_OLD = f"only the newest {MOST} versions are measured"


class Source(NamedTuple):
    """What a report on a classifier is made from; ``scans`` are the newest of each file."""

    profile: str
    name: str
    scans: Mapping[str, Sequence[ScanHead]]
    truth: Given | None


def classifier_report(ws: Workspace, of: Source, shown: Bar) -> SoundClassifier:
    """Everything that is known of a classifier; ``shown`` counts versions that have scans."""
    stored = stored_versions(ws, of.profile, of.name, of.scans)
    current = current_version(ws, of.profile, of.name)
    subject = _subject(of, stored, current)
    told_by = stored.get(current) or next(reversed(stored.values()), None)
    known = known_of(ws, of.profile, of.name, told_by.classifier if told_by else None, of.truth)
    every = Versions(of.profile, of.name, stored, of.scans)
    figured = figures_of(ws, every, known, most=MOST, shown=shown)
    versions = tuple(_versions(ws, of, stored, known, figured))
    found = figured[subject].evaluation if subject in figured else None
    told, why_not = _calibration(found)
    return SoundClassifier(
        profile=of.profile,
        name=of.name,
        versions=versions,
        subject=next((one for one in versions if one.version == subject), None),
        calibration=told,
        calibrated_on=0 if found is None else len(found.files),
        known_note=WHERE_LOUD if known.comes_from == FROM_MARKS else "",
        budget=_budget(ws, of, subject, stored, known),
        notes=tuple(_notes(known, stored.get(subject or ""), why_not)),
    )


def _subject(of: Source, stored: Mapping[str, Stored], current: str) -> str | None:
    """The version in use if it has scans, else the newest that has and was not kept aside."""
    if of.scans.get(current):
        return current
    used = [version for version in of.scans if stored[version].standing.word != "kept aside"]
    return max(used or of.scans, default=None)


def _versions(
    ws: Workspace,
    of: Source,
    stored: Mapping[str, Stored],
    known: Known,
    figured: Mapping[str, Figured],
) -> Iterator[SoundVersion]:
    for version, one in stored.items():
        heads = of.scans.get(version, ())
        yield SoundVersion(
            version=version,
            lessons=one.lessons,
            standing=one.standing,
            held_out=one.held_out,
            held_out_trivial=one.held_out_trivial,
            scans=_scanned(heads, loaded(ws, of.profile, heads), known, one.classifier),
            measured=figured[version].measured if version in figured else Measured(why_not=TOO_OLD),
            problem=one.problem,
        )


def _scanned(
    heads: Sequence[ScanHead],
    scans: Sequence[FileScan],
    known: Known,
    classifier: Classifier | None,
) -> Scanned | None:
    if not scans:
        return None
    moments = sorted(head.created_at for head in heads if head.created_at)
    thresholds = {scan.scan.threshold for scan in scans if scan.scan.threshold is not None}
    return Scanned(
        files=len(scans),
        hours=sum(scan.hours or 0.0 for scan in scans),
        first=moments[0] if moments else None,
        last=moments[-1] if moments else None,
        thresholds=tuple(sorted(thresholds)),
        found=row_at(None, scans, known, learned_files(classifier)),
    )


def _budget(
    ws: Workspace,
    of: Source,
    subject: str | None,
    stored: Mapping[str, Stored],
    known: Known,
) -> ReviewBudget | None:
    if subject is None:
        return None
    scans = loaded(ws, of.profile, of.scans[subject])
    learned = learned_files(stored[subject].classifier)
    return budget_of((of.profile, of.name, subject), scans, known, learned)


def _calibration(found: ScanEvaluation | None) -> tuple[Calibration | None, str]:
    """Probabilities against what is known, and why that cannot be told."""
    if found is None:
        return None, ""
    rows = [
        (float(score), bool(holds))
        for file in found.files
        for score, holds in zip(file.scores, file.truth, strict=True)
        if score > SILENT
    ]
    sure, right = [score for score, _ in rows], [holds for _, holds in rows]
    if any(not 0 <= score <= 1 for score in sure):
        return None, "its scores are no probabilities, so there is nothing to calibrate"
    bins = min(BINS, max(1, len(rows) // LEAST))
    return calibration(sure, right, equal_mass=bins), ""


def _notes(known: Known, subject: Stored | None, why_not: str) -> Iterator[str]:
    yield from known.truth.notes
    if skipped := known.truth.skipped:
        what, reason = skipped[0]
        yield f"{len(skipped)} rows of the truth are left out, such as {what}: {reason}"
    if subject is not None and subject.not_calibrated:
        yield f"the version that is told of is not calibrated: {subject.not_calibrated}"
    if why_not:
        yield why_not
