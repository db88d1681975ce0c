"""How good a classifier is on files of which something is known.

Figures come from the stored score curves of scan versions, so they can be
computed for any past version, also where the media file is gone.
"""

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from os import PathLike

from eightcut.audio.truth import Truth
from eightcut.db import MediaFile
from eightcut.db.scan_list import ScanHead
from eightcut.jobs import evaluation_baselines as beside
from eightcut.jobs.given_truth import Given, truth_of
from eightcut.jobs.scan_evaluation import ScanEvaluation, judge
from eightcut.jobs.scan_names import Asked, asked
from eightcut.jobs.scanned_truth import Scanned, scan_of, scanned
from eightcut.jobs.sound_versions import current_version
from eightcut.jobs.truth import sound_of, truth_from_marks, truth_from_table
from eightcut.models.classifier import Classifier
from eightcut.models.classifier_store import VERSION
from eightcut.workspace import Skipped, Workspace

__all__ = ["Given", "ScanEvaluation", "evaluate", "scan_of"]


def evaluate(
    ws: Workspace,
    classifier_or_version: Classifier | str,
    truth: Given | None = None,
    *,
    profile: str | None = None,
    version: str | None = None,
    against: Classifier | str | None = None,
) -> ScanEvaluation:
    """Figures of a classifier version over what is known of files, from its stored scans.

    Windows are judged where their truth is known, rates are per hour of known
    time, and for event figures every known stretch is a recording of its own.

    Args:
        ws: the workspace that was scanned.
        classifier_or_version: a classifier, its name, a version of it, the timestamp of
            a scan, or a name and one of these in one text such as
            "YAMNET 20260102_030405_000000". A name means its version in use where that
            has scanned, else the newest scan of each file. A timestamp means that scan,
            and of other files those by the same version. The classifier itself is not
            needed, only its scans.
        truth: a table (see ``truth_from_table``), or for each file key a ``FileTruth``
            or the (start, end) seconds of every event in it; an empty list says
            that the whole file holds none. Unless given, what people marked for
            the sound that the classifier learned (see ``truth_from_marks``).
        profile: whose scans and marks; the workspace's own unless given.
        version: the classifier version, or a scan's timestamp, where a name is given.
        against: what to compare with, named as the first one is. Unless given,
            the newest earlier version that has scanned all of these files, or
            else most of them; an empty text compares with nothing.

    Raises:
        LookupError: there is no such classifier, or it has scanned none of the files.
        ValueError: nothing is known, or a table or an event cannot be read.
    """
    profile = profile or ws.settings.profile
    meant = asked(ws, classifier_or_version, profile, version)
    heads = meant.heads(ws, profile)
    newest = max((head.classifier_version for head in heads.values()), default="")
    known = what_is_known(
        ws, truth, profile, meant.name, _stored(ws, meant.name, meant.version or newest, profile)
    )
    if not known:
        raise ValueError(_nothing_known(is_given=truth is not None))
    files, missing = scanned(ws, meant, profile, known.values())
    if not files:
        raise LookupError(_nothing_scanned(meant, len(known), missing, heads))
    meant = meant.of(heads[file.filename] for file in files)
    left_out = tuple(Skipped(*item) for item in (*known.skipped, *missing))
    result = dataclasses.replace(judge(meant.name, meant.which, files), skipped=left_out)
    older = _earlier(ws, meant, profile, files) if against is None else against
    if older or not isinstance(older, str):
        result = _compared(ws, result, asked(ws, older, profile), profile, files)
    said = (*known.notes, *_of_versions(ws, meant, profile, files, heads))
    return _told(ws, result, files, _stored(ws, meant.name, meant.version, profile), said)


def _nothing_known(*, is_given: bool) -> str:
    if is_given:
        return "truth names no file; give {filename: [(start, end), …]} or a table with rows"
    return (
        "evaluate needs truth, and nothing is marked or reviewed here; pass "
        "{filename: [(start, end), …]} or a table of the files to judge"
    )


def _nothing_scanned(
    meant: Asked, number: int, missing: Sequence[Skipped], there: Collection[str]
) -> str:
    """Why no file can be judged: the first that has a scan tells most."""
    files = f"the {f'{number} files' if number > 1 else 'one file'} of which something is known"
    if why := next((item.reason for item in missing if item.path in there), ""):
        return f"nothing can be judged in {files}: {why}"
    more = ", …" if number > 1 else ""
    return f"{meant} has scanned none of {files} ({missing[0].path}{more}); scan first"


def _of_versions(
    ws: Workspace,
    meant: Asked,
    profile: str,
    files: Sequence[Scanned],
    heads: Mapping[str, ScanHead],
) -> list[str]:
    """What a person should know about the versions, where only a name was given."""
    if not meant.is_newest:
        return []
    told = []
    versions = {heads[file.filename].classifier_version for file in files}
    if len(versions) > 1:
        told.append(f"the newest scan of each file counts; they are by {len(versions)} versions")
    if current := current_version(ws, profile, meant.name):
        told.append(
            f"the version in use, {current}, has scanned nothing yet; these are earlier scans"
        )
    return told


def _stored(ws: Workspace, name: str, version: str, profile: str) -> Classifier | None:
    if not version:
        return None
    try:
        return ws.classifiers.load(name, version, profile)
    except (LookupError, ValueError):  # gone or damaged: its scans are still there
        return None


def what_is_known(
    ws: Workspace,
    given: Given | None,
    profile: str,
    name: str,
    classifier: Classifier | None,
) -> Truth:
    """The truth that was given, of files here; without any, what people marked.

    Args:
        ws: the workspace that was annotated and scanned.
        given: as ``evaluate`` takes it.
        profile: whose marks and scans.
        name: of the classifier, whose scans tell of files that were never added here.
        classifier: tells which folders hold its sound; all do where there is none.

    Raises:
        ValueError: a table or an event cannot be read.
    """
    if given is None:
        return truth_from_marks(ws, profile=profile, **sound_of(classifier))
    if isinstance(given, str | PathLike):
        if not str(given).strip():
            raise ValueError("truth is an empty text; name a table, or leave truth out")
        return truth_from_table(given, files=files_here(ws, profile, name))
    return truth_of(given)


def files_here(ws: Workspace, profile: str, name: str) -> list[str | MediaFile]:
    """What a table may be about: media, and what a classifier scanned that was never added."""
    media = {file.filename: file for file in ws.clips.list_media()}
    others = ws.clips.get_scanned_filenames(profile, name) - media.keys()
    return [*media.values(), *sorted(others)]  # 8-cut's are unregistered


def _earlier(ws: Workspace, meant: Asked, profile: str, files: Sequence[Scanned]) -> str:
    """The newest earlier version with scans of most of the files; empty where there is none."""
    counts: Counter[str] = Counter()
    for file in files:
        rows = ws.clips.get_scan_versions(file.filename, profile, meant.name)
        counts.update({str(row["classifier_version"]) for row in rows})
    older = [one for one in counts if VERSION.fullmatch(one) and one < meant.version]
    best = max(older, key=lambda one: (counts[one], one), default="")
    return best and f"{meant.name} {best}"


def _compared(
    ws: Workspace, result: ScanEvaluation, older: Asked, profile: str, files: Sequence[Scanned]
) -> ScanEvaluation:
    """The evaluation with another version beside it, over the files that both have scanned."""
    others, missing = scanned(ws, older, profile, [file.truth for file in files])
    if not others:
        raise LookupError(f"{older} cannot be compared with: {missing[0].reason}")
    shared = {file.filename for file in others}
    same = dataclasses.replace(
        result,
        files=tuple(file for file in result.files if file.filename in shared),
        clips=tuple(clip for clip in result.clips if clip.filename in shared),
    )
    previous = judge(older.name, older.which, others)
    return dataclasses.replace(result, previous=previous, deltas=same.against(previous))


def _told(
    ws: Workspace,
    result: ScanEvaluation,
    files: Sequence[Scanned],
    classifier: Classifier | None,
    said: Sequence[str],
) -> ScanEvaluation:
    """The evaluation with its baselines and with what a person should know about it."""
    learned = set() if classifier is None else set(classifier.card.get("spans", {}))
    return dataclasses.replace(
        result,
        baselines=beside.trivial(ws, classifier, result, files),
        unseen=beside.unseen(result, learned),
        notes=(*said, *beside.notes(result, files, learned)),
    )
