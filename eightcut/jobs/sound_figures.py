"""Figures of a classifier's versions against what is known, where they learned nothing from it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eightcut.audio.truth import Truth
from eightcut.db.scan_list import ScanHead
from eightcut.jobs.evaluate import evaluate
from eightcut.jobs.scan_evaluation import ScanEvaluation
from eightcut.jobs.sound_truth import Known, learned_files
from eightcut.jobs.sound_versions import Stored
from eightcut.progress import Bar
from eightcut.report.sound_version import Measured
from eightcut.workspace import Workspace

NOTHING_KNOWN = "nothing is known of any file; mark parts as reviewed, or give truth"
NOT_SCANNED = "it has scanned none of the files of which something is known"
ALL_TAUGHT = (
    "every file that it has scanned and of which something is known taught it; mark parts of "
    "other files as reviewed, or give truth of them"
)


class Figured(NamedTuple):
    """The figures of a version, and the evaluation they come from, if there is one."""

    measured: Measured
    evaluation: ScanEvaluation | None = None


class Versions(NamedTuple):
    """The versions of a classifier: what is stored of each, and what each has scanned."""

    profile: str
    name: str
    stored: Mapping[str, Stored]
    scans: Mapping[str, Sequence[ScanHead]]


def figures_of(
    ws: Workspace, of: Versions, known: Known, *, most: int, shown: Bar
) -> dict[str, Figured]:
    """The newest versions against what is known, each on the files that taught it nothing."""
    fair = {version: _fair(of, version, known) for version in of.stored}
    found: dict[str, Figured] = {}
    before = ""
    for version in list(of.stored)[-most:]:
        shown.say(f"{of.name} {version}")
        if fair[version]:
            both = fair[version] & fair[before] if before else set()
            found[version] = _figured(ws, of, version, before, known, fair[version], both)
            before = version
        else:
            found[version] = Figured(Measured(why_not=_why_not(of, version, known)))
        shown.advance(version in of.scans)
    return found


def _fair(of: Versions, version: str, known: Known) -> set[str]:
    """The files that a version has scanned, that taught it nothing, and that are known."""
    learned = learned_files(of.stored[version].classifier) or frozenset()
    return {head.filename for head in of.scans.get(version, ())} & (known.truth.keys() - learned)


def _why_not(of: Versions, version: str, known: Known) -> str:
    if not known.truth:
        return NOTHING_KNOWN
    is_scanned = any(head.filename in known.truth for head in of.scans.get(version, ()))
    return ALL_TAUGHT if is_scanned else NOT_SCANNED


def _figured(
    ws: Workspace,
    of: Versions,
    version: str,
    before: str,
    known: Known,
    fair: set[str],
    both: set[str],
) -> Figured:
    def judged(files: set[str], against: str) -> ScanEvaluation:
        some = Truth(known.truth[name] for name in sorted(files))
        return evaluate(ws, of.name, some, profile=of.profile, version=version, against=against)

    older = f"{of.name} {before}" if both else ""
    try:
        result = judged(fair, older if both == fair else "")
        paired = result if both == fair or not both else judged(both, older)
    except (LookupError, ValueError) as problem:  # a scan without a curve, or of another length
        return Figured(Measured(why_not=str(problem)))
    measured = Measured(
        figures=result.figures,
        trivial=result.baselines,
        before=paired.previous.figures if paired.previous else {},
        change=paired.deltas,
        against=before if both else "",
        of_files=tuple(file.filename for file in result.files),
        events=result.events,
        hours=result.hours,
        notes=result.notes,
    )
    return Figured(measured, result)
