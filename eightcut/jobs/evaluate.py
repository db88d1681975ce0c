"""How good a classifier is on files of which something is known.

Figures come from the stored score curves of scan versions, so they can be
computed for any past version, also where the media file is gone.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import NamedTuple

from eightcut.audio.spans import Span
from eightcut.audio.truth import FileTruth, Truth, whole
from eightcut.jobs import evaluation_baselines as beside
from eightcut.jobs.scan_evaluation import ScanEvaluation, judge
from eightcut.jobs.scanned_truth import Scanned, scan_of, scanned
from eightcut.jobs.truth import sound_of, truth_from_marks, truth_from_table
from eightcut.models.classifier import Classifier
from eightcut.models.classifier_store import VERSION
from eightcut.workspace import Skipped, Workspace

__all__ = ["ScanEvaluation", "evaluate", "scan_of"]

Given = Mapping[str, Sequence[Span] | FileTruth] | str | PathLike[str]


class Named(NamedTuple):
    """One version of a classifier of a profile."""

    name: str
    version: str


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
        classifier_or_version: a classifier, its name, a version of it, or both
            in one text such as "YAMNET 20260102_030405_000000".
        truth: a table (see ``truth_from_table``), or for each file key a ``FileTruth``
            or the (start, end) seconds of every event in it; an empty list says
            that the whole file holds none. Unless given, what people marked for
            the sound that the classifier learned (see ``truth_from_marks``).
        profile: whose scans and marks; the workspace's own unless given.
        version: the classifier version, where a name is given; the current one otherwise.
        against: what to compare with, named as the first one is. Unless given,
            the newest earlier version that has scanned all of these files, or
            else most of them; an empty text compares with nothing.

    Raises:
        LookupError: there is no such classifier, or it has scanned none of the files.
        ValueError: nothing is known, or a table or an event cannot be read.
    """
    profile = profile or ws.settings.profile
    asked = named(ws, classifier_or_version, profile, version)
    classifier = _stored(ws, asked, profile)
    known = what_is_known(ws, truth, profile, asked.name, classifier)
    if not known:
        raise ValueError(
            "evaluate needs truth, and nothing is marked or reviewed here; pass "
            "{filename: [(start, end), …]} or a table of the files to judge"
        )
    files, missing = scanned(ws, *asked, profile, known.values())
    if not files:
        raise LookupError(
            f"{asked.name} {asked.version} has scanned none of the {len(known)} files of which "
            "something is known; scan them first"
        )
    result = dataclasses.replace(
        judge(*asked, files), skipped=tuple(Skipped(*item) for item in (*known.skipped, *missing))
    )
    older = _earlier(ws, asked, profile, files) if against is None else against
    if older:
        result = _compared(ws, result, named(ws, older, profile, None), profile, files)
    return _told(ws, result, files, classifier, known.notes)


def named(
    ws: Workspace, given: Classifier | str, profile: str, version: str | None = None
) -> Named:
    """The name and version that a person means.

    Raises:
        LookupError: the profile has no such classifier, or several with that version.
    """
    if isinstance(given, Classifier):
        return Named(given.name, given.version)
    if version is not None:
        return Named(given, version)
    name, _, last = given.rpartition(" ")
    if name and VERSION.fullmatch(last):
        return Named(name, last)
    if VERSION.fullmatch(given):
        names = [one for one in ws.classifiers.names(profile) if _has(ws, one, given, profile)]
        if len(names) != 1:
            which = f"may be of {' or '.join(names)}" if names else "is of no classifier"
            raise LookupError(f"version {given} {which} in profile {profile!r}; name it as well")
        return Named(names[0], given)
    if (current := ws.classifiers.current(given, profile)) is None:
        there = ", ".join(ws.classifiers.names(profile)) or "none yet"
        raise LookupError(f"profile {profile!r} has no classifier {given!r} (there are: {there})")
    return Named(given, current.version)


def _has(ws: Workspace, name: str, version: str, profile: str) -> bool:
    return version in ws.classifiers.versions(name, profile)


def _stored(ws: Workspace, asked: Named, profile: str) -> Classifier | None:
    try:
        return ws.classifiers.load(*asked, profile)
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
        media = {file.filename: file for file in ws.clips.list_media()}
        others = ws.clips.get_scanned_filenames(profile, name) - media.keys()
        return truth_from_table(given, files=[*media.values(), *others])  # 8-cut's are unregistered
    found = Truth(_file(name, events) for name, events in given.items())
    notes, skipped = (getattr(given, what, ()) for what in ("notes", "skipped"))
    found.notes, found.skipped = tuple(notes), tuple(skipped)
    return found


def _file(filename: str, given: Sequence[Span] | FileTruth) -> FileTruth:
    if isinstance(given, FileTruth):
        return given
    for start, end in given:
        if not 0 <= start < end:
            raise ValueError(
                f"{filename}: an event starts at 0 or later and ends after that, not {start} to "
                f"{end}"
            )
    return whole(filename, given)


def _earlier(ws: Workspace, asked: Named, profile: str, files: Sequence[Scanned]) -> str:
    """The newest earlier version with scans of most of the files; empty where there is none."""
    counts: Counter[str] = Counter()
    for file in files:
        rows = ws.clips.get_scan_versions(file.filename, profile, asked.name)
        counts.update({str(row["classifier_version"]) for row in rows})
    older = [one for one in counts if VERSION.fullmatch(one) and one < asked.version]
    best = max(older, key=lambda one: (counts[one], one), default="")
    return best and f"{asked.name} {best}"


def _compared(
    ws: Workspace, result: ScanEvaluation, older: Named, profile: str, files: Sequence[Scanned]
) -> ScanEvaluation:
    """The evaluation with another version beside it, over the files that both have scanned."""
    others, _ = scanned(ws, *older, profile, [file.truth for file in files])
    if not others:
        raise LookupError(f"{older.name} {older.version} has scanned none of these files")
    shared = {file.filename for file in others}
    same = dataclasses.replace(
        result,
        files=tuple(file for file in result.files if file.filename in shared),
        clips=tuple(clip for clip in result.clips if clip.filename in shared),
    )
    previous = judge(*older, others)
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
