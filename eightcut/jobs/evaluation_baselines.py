"""What figures are read against: trivial scores, files not learned from, and warnings."""

from collections.abc import Collection, Sequence

import numpy as np

from eightcut.audio import evaluation, event_figures
from eightcut.audio.evaluation import Judged
from eightcut.audio.spans import seconds
from eightcut.audio.windows import Floats
from eightcut.estimates import UNKNOWN, Estimate
from eightcut.jobs.embed import cached
from eightcut.jobs.scan_evaluation import ScanEvaluation
from eightcut.jobs.scanned_truth import Scanned
from eightcut.models import registry
from eightcut.models.base import Embedder
from eightcut.models.classifier import Classifier
from eightcut.workspace import Workspace

CONSTANT, LOUDNESS = "always the same score", "loudness"
MOSTLY = 0.9  # of the files' time known: from here on, rates are those of whole files
_NO_EMBEDDER = (ImportError, LookupError, OSError, RuntimeError, ValueError)


def trivial(
    ws: Workspace, classifier: Classifier | None, result: ScanEvaluation, files: Sequence[Scanned]
) -> dict[str, dict[str, Estimate]]:
    """The figures of one score for everything, and of how loud it is where that is cached."""
    flat = [_constant(file) for file in result.files]
    found = {CONSTANT: evaluation.figures(flat) | event_figures.trivial(result.clips)}
    embedder = _embedder(classifier)
    loud = [_loudness(ws, embedder, file) for file in files]
    known = [curve for curve in loud if curve is not None]
    if len(known) == len(files):
        both = list(zip(files, known, strict=True))
        found[LOUDNESS] = evaluation.figures([file.judged(curve) for file, curve in both])
        clips = [clip for file, curve in both for clip in file.clips(curve)]
        found[LOUDNESS] |= event_figures.over_files(clips)  # loudness has no threshold of its own
    return {
        who: {name: figures.get(name, UNKNOWN) for name in result.figures}
        for who, figures in found.items()
    }


def unseen(result: ScanEvaluation, learned: Collection[str]) -> dict[str, Estimate]:
    """The figures over files that taught nothing, where other files here did; else {}."""
    rest = [file for file in result.files if file.filename not in learned]
    if not rest or len(rest) == len(result.files):
        return {}
    clips = [clip for clip in result.clips if clip.filename not in learned]
    return evaluation.figures(rest) | event_figures.over_files(clips, result.threshold)


def notes(result: ScanEvaluation, files: Sequence[Scanned], learned: Collection[str]) -> list[str]:
    """What a person should know before believing the figures."""
    return [*_of_files(result, learned), *_of_time(files), *_of_previous(result, files)]


def _of_files(result: ScanEvaluation, learned: Collection[str]) -> list[str]:
    told = []
    if seen := sum(file.filename in learned for file in result.files):
        told.append(
            f"{seen} of {len(result.files)} files taught this version, which flatters its "
            "figures; those of training are held out"
        )
    if len(result.files) < 2:
        told.append("one file gives no intervals, because whole files are drawn for them")
    return told


def _of_time(files: Sequence[Scanned]) -> list[str]:
    told = []
    known = sum(seconds(file.truth.known) for file in files) / 3600
    total = sum(file.end for file in files) / 3600
    if known < MOSTLY * total:
        told.append(
            f"{known:.2f} of {total:.2f} hours are known; single marks lie where a scan was loud, "
            "so false alarms per known hour are more than in whole files"
        )
    if len({file.threshold for file in files}) > 1:
        told.append("the scans were made at several thresholds; the most common one is told of")
    return told


def _of_previous(result: ScanEvaluation, files: Sequence[Scanned]) -> list[str]:
    if (previous := result.previous) is None:
        return []
    told = []
    if len(previous.files) < len(files):
        told.append(f"{len(previous.files)} of {len(files)} files were scanned by both versions")
    if result.deltas and not set(evaluation.WINDOW_FIGURES) & result.deltas.keys():
        told.append("the two versions score other windows, so only figures of events are compared")
    return told


def _constant(file: Judged) -> Judged:
    found = file.found
    same = found.__class__(
        np.zeros_like(found.event_scores), np.zeros_like(found.alarm_scores), found.hours
    )
    return file._replace(scores=np.zeros_like(file.scores), found=same)


def _embedder(classifier: Classifier | None) -> Embedder | None:
    try:
        return registry.load(classifier.embedder, "sound") if classifier else None
    except _NO_EMBEDDER:  # its weights are not here: the curves are, and only they are needed
        return None


def _loudness(ws: Workspace, embedder: Embedder | None, file: Scanned) -> Floats | None:
    media = ws.clips.get_media(file.filename)
    if media is None or embedder is None:
        return None
    found = cached(ws, media, embedder, file.grid)
    curve = None if found is None else found.loudness(file.grid)
    return curve if curve is not None and len(curve) == len(file.scores) else None
