"""What is known of the files of a workspace, from what people marked.

How marks that meet at one place are settled is written in ``eightcut.audio.judgements``.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eightcut.audio.judgements import Judgement, Settled, settle
from eightcut.audio.regions import format_time
from eightcut.audio.spans import Span
from eightcut.audio.truth import FileTruth, Truth
from eightcut.db import RegionWord
from eightcut.jobs.truth_table import truth_from_table
from eightcut.models.classifier import Classifier
from eightcut.workspace import Workspace

__all__ = ["FileTruth", "Truth", "truth_from_marks", "truth_from_table"]

SHOWN = 3  # places named in a note
Folders = str | Sequence[str]


def truth_from_marks(
    ws: Workspace,
    *,
    profile: str | None = None,
    positive_folder: Folders | None = None,
    negative_folder: str = "",
    include_scan_exports: bool = False,
    files: Iterable[str] | None = None,
) -> Truth:
    """What the marks of a profile tell about its files.

    Clips of the positive folders, accepted, resized, merged and added regions
    are events; hard negatives, disabled regions and clips of the negative
    folder are known to hold none; a reviewed part is known as a whole.
    Everything else is unknown, and a file of which nothing is known is absent.

    Args:
        ws: the workspace that was annotated.
        profile: whose marks; the workspace's own unless given.
        positive_folder: the export folder (or several) whose clips hold the
            sound; all folders unless given. Regions in scans of a classifier
            that was trained for other folders are then left out.
        negative_folder: an export folder of clips that do not hold it.
        include_scan_exports: clips that a scan exported count, too; they are what
            a classifier found, not what a person heard.
        files: only these; all of the profile unless given.
    """
    profile = profile or ws.settings.profile
    folders = _folders(ws, profile, positive_folder, negative_folder)
    clips: dict[str, list[Span]] = defaultdict(list)
    words: dict[str, list[Judgement]] = defaultdict(list)
    for file in ws.clips.training_spans(
        profile,
        folders,
        negative_folder,
        include_scan_exports=include_scan_exports,
        use_hard_negatives=False,
    ):
        clips[file.filename] += file.positives
        words[file.filename] += [_silence(span, 0) for span in file.negatives]
    for negative in ws.clips.get_negative_words(profile):
        words[negative.filename].append(_silence(negative[1:3], negative.turn))
    is_ours = _Sounds(ws, profile, None if positive_folder is None else set(folders))
    for word in ws.clips.get_region_words(profile):
        if is_ours(word):
            words[word.filename].append(_judgement(word))
    reviewed = ws.clips.get_reviewed_files(profile)
    names = {*clips, *words, *reviewed}
    wanted = names if files is None else names & set(files)
    settled = [
        settle(
            name,
            words.get(name, ()),
            clips=clips.get(name, ()),
            reviewed=reviewed.get(name, ()),
            end=_end(ws, name),
        )
        for name in sorted(wanted)
    ]
    known = (item.truth for item in settled if item.truth.known)
    return Truth(known, notes=_notes(settled))


class _Sounds:
    """Whether a region is about the sound that is asked for."""

    def __init__(self, ws: Workspace, profile: str, folders: set[str] | None) -> None:
        self._ws, self._profile, self._folders = ws, profile, folders
        self._known: dict[tuple[str, str], bool] = {}

    def __call__(self, word: RegionWord) -> bool:
        key = (word.model, word.classifier_version)
        if key not in self._known:
            self._known[key] = self._is_ours(*key)
        return self._known[key]

    def _is_ours(self, name: str, version: str) -> bool:
        if self._folders is None or not version:
            return True
        learned = positive_folders(self._ws, name, version, self._profile)
        return not learned or bool(learned & self._folders)


def positive_folders(ws: Workspace, name: str, version: str, profile: str) -> set[str]:
    """The folders a classifier version learned its sound from; empty where no card tells."""
    try:
        given = sound_of(ws.classifiers.load(name, version, profile)).get("positive_folder", [])
    except (LookupError, ValueError):  # gone or damaged: its scans are still there
        return set()
    return {given} if isinstance(given, str) else set(given)


def sound_of(classifier: Classifier | None) -> dict[str, Any]:
    """What a classifier learned as its sound, as arguments of ``truth_from_marks``."""
    settings = {} if classifier is None else classifier.card.get("settings", {})
    names = ("positive_folder", "negative_folder", "include_scan_exports")
    return {name: settings[name] for name in names if name in settings}


def _folders(ws: Workspace, profile: str, positive: Folders | None, negative: str) -> Sequence[str]:
    if positive is None:
        known = ws.clips.get_export_folders(profile, include_scan_exports=True)
        return [name for name in known if name != negative]
    return [positive] if isinstance(positive, str) else list(positive)


def _judgement(word: RegionWord) -> Judgement:
    span = (word.start, word.end)
    hull = (min(word.start, word.orig_start), max(word.end, word.orig_end))
    seen = span if word.is_carried else hull
    start, end = seen if word.disabled else span
    when = (int(not word.is_carried), word.turn)
    return Judgement(start, end, not word.disabled, when, word.is_drawn, seen)


def _silence(span: Sequence[float], turn: int) -> Judgement:
    start, end = span
    return Judgement(start, end, holds=False, when=(1, turn), is_drawn=False, seen=(start, end))


def _end(ws: Workspace, filename: str) -> float:
    media = ws.clips.get_media(filename)
    return float("inf") if media is None or media.duration is None else media.duration


def _notes(settled: Sequence[Settled]) -> list[str]:
    contradicted = {item.truth.filename: item.contradicted for item in settled}
    overruled = {item.truth.filename: item.overruled for item in settled}
    return [
        *_told(contradicted, "contradicted by what was said to hold none", "counts as unknown"),
        *_told(overruled, "judged one way and later the other", "the later word counts"),
    ]


def _told(places: Mapping[str, Sequence[Span]], what: str, then: str) -> list[str]:
    found = [(name, span) for name, spans in places.items() for span in spans]
    if not found:
        return []
    named = [f"{name} {format_time(start)}-{format_time(end)}" for name, (start, end) in found]
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    number = f"{len(found)} stretch{'es' * (len(found) > 1)}"
    return [f"{number} {what}; {then}: {', '.join([*named[:SHOWN], *more])}"]
