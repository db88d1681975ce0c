"""Is a faster mode of an embedder as good as its exact one? Asked of labelled sound.

Both learn from the same clips and are tested on the same windows, held out by file.
"""

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eightcut.audio.ranking import PRECISION
from eightcut.audio.windows import Floats, checked
from eightcut.estimates import UNKNOWN, Estimate
from eightcut.jobs.experiment_runs import LOUDNESS, PLAIN, ExperimentRun, Experiments
from eightcut.jobs.experiments import run_experiments
from eightcut.media import audio
from eightcut.models import registry, stream
from eightcut.models.base import Embedder
from eightcut.progress import Shown
from eightcut.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

EXACT = "exact"
NEAR = 0.01  # of average precision, that a mode may lose and still be the default
TIMED_S = 24.0  # seconds of sound that are embedded once more to see how long it takes
HOUR_S = 3600.0


class Cost(NamedTuple):
    """What an hour of sound costs: seconds on this machine, and bytes in the cache."""

    seconds: float | None = None
    size: int | None = None


def compare_modes(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    embedder: str,
    modes: Sequence[str] = (EXACT, "dense"),
    *,
    positive_folder: str | Sequence[str],
    profile: str | None = None,
    negative_folder: str = "",
    head: str = "logistic",
    folds: int = 5,
    progress: Shown = True,
    cancel: threading.Event | None = None,
) -> "pd.DataFrame":
    """Average precision and cost of an embedder's modes on the labelled sound of a workspace.

    Every file with clips is embedded in every mode, which may take long; what was
    embedded before is taken from the cache. Nothing is changed: a person who trusts the
    verdict names the mode in ``train_classifier(model=…)``.

    Args:
        ws: where the clips are known.
        embedder: its name without a mode.
        modes: ``"exact"``, ``"bf16"``, ``"dense"`` or ``"dense-bf16"``; the others are compared
            with the first.
        positive_folder: the export folder (or several) whose clips hold the sound.
        profile: whose clips; the workspace's own unless given.
        negative_folder: an export folder of clips that do not hold it.
        head: what is trained on the vectors.
        folds: into how many parts the files are split.
        progress: show a bar with the time left, or a function that makes one.
        cancel: set it from another thread to stop; modes that were not reached are unknown.

    Returns:
        A row per mode: average precision with its 95 % interval by file, n (windows) and
        trivial baselines; the difference from the first mode, paired by file; seconds of
        embedding per hour of sound, measured on 24 s of it, and bytes per hour in the
        cache; and a verdict. What could not be measured is NaN, and the verdict says why.

    Raises:
        LookupError: the profile has no clips in that folder, or no such embedder exists.
        ValueError: a mode is named twice, or no file can be held out.
    """
    if not modes or len(set(modes)) < len(modes):
        raise ValueError(f"modes must be different ones, at least one, not {list(modes)}")
    known = registry.modes(embedder)
    names = {mode: _named(embedder, mode) for mode in modes}
    there = {mode: name for mode, name in names.items() if name in known}
    grid = {
        "positive_folder": [positive_folder],  # of which several are one value
        "negative_folder": negative_folder,
        "head": head,
        "model": list(there.values()),
    }
    found = Experiments((), (), (), ())
    if there:
        found = run_experiments(
            ws, grid, profile=profile, folds=folds, progress=progress, cancel=cancel
        )
    runs = {run.settings.model: run for run in found.runs}
    return _frame(
        [_row(ws, mode, name, list(names.values()), runs) for mode, name in names.items()]
    )


def cost(ws: Workspace, embedder: Embedder, filename: str) -> Cost:
    """What an hour of sound costs, measured on the first seconds of a file."""
    grid = embedder.grid(checked(ws.settings.grid))
    size = round(HOUR_S / grid.hop) * (2 * embedder.width + 4)
    media = ws.clips.get_media(filename)
    if media is None:
        return Cost(None, size)
    sound = _first(media.path, embedder.rate_hz)
    begun = time.perf_counter()
    rows = sum(len(rms) for _, rms in stream.frames(embedder, iter([sound]), grid))
    taken = time.perf_counter() - begun
    return Cost(taken / (rows * grid.hop) * HOUR_S if rows else None, size)


def verdict(change: Estimate, files: int | None) -> str:
    """What a paired difference of average precision allows to say."""
    value, low, high, n = change
    if value is None or low is None or high is None:
        return "unknown: too few files with the sound to hold any out"
    told = f"average precision differs by {value:+.3f} [{low:+.3f}, {high:+.3f}]"
    of = f"n={n} windows of {files} files"
    if low >= -NEAR:
        return f"may be the default: {told}, not more than {NEAR:g} lower ({of})"
    if high < -NEAR:
        return f"worse: {told}, more than {NEAR:g} lower ({of})"
    return f"unknown: {told}, which leaves it open whether {NEAR:g} is lost ({of})"


def _named(embedder: str, mode: str) -> str:
    return embedder if mode == EXACT else f"{embedder}{registry.MODE}{mode}"


def _row(
    ws: Workspace, mode: str, name: str, names: Sequence[str], runs: dict[str, ExperimentRun]
) -> dict[str, Any]:
    run, first = runs.get(name), runs.get(names[0])
    precision = run.precision if run else UNKNOWN
    change = run.delta if run and first and not first.reason and run.delta else UNKNOWN
    spent = _cost_of(ws, run) if run and not run.reason else Cost()
    return {
        "mode": mode,
        "embedder": name,
        **_numbers(PRECISION, precision),
        "n": precision.n,
        "files": run.files if run else None,
        **{trivial: _plain(run, trivial) for trivial in (PLAIN, LOUDNESS)},
        **_numbers("difference", change),
        "seconds per hour": spent.seconds,
        "bytes per hour": spent.size,
        "verdict": _said(name, names[0], run, first, change),
    }


def _plain(run: ExperimentRun | None, trivial: str) -> float | None:
    return run.baselines[trivial].value if run and trivial in run.baselines else None


def _said(
    name: str,
    reference: str,
    run: ExperimentRun | None,
    first: ExperimentRun | None,
    change: Estimate,
) -> str:
    if run is None:
        return _why_missing(name)
    if run.reason:
        return f"unknown: {run.reason}"
    if name == reference:
        return "what the others are compared with"
    if first is None or first.reason:
        return f"unknown: {reference} could not be measured, so there is nothing to compare with"
    return verdict(change, run.files)


def _why_missing(name: str) -> str:
    known = registry.modes(name.partition(registry.MODE)[0])
    if name in known:
        return "unknown: it was stopped before this mode was measured"
    if len(known) > 1:
        return f"there is no such mode; there are {', '.join(known)}"
    return f"{known[0]} has one mode, the exact one"


def _cost_of(ws: Workspace, run: ExperimentRun) -> Cost:
    return cost(ws, registry.load(run.settings.model, "sound"), next(iter(run.card["tested"])))


def _first(path: str, rate_hz: int) -> Floats:
    wanted = round(TIMED_S * rate_hz)
    parts: list[Floats] = []
    for block in audio.blocks(path, rate_hz=rate_hz):
        parts.append(block)
        if sum(map(len, parts)) >= wanted:
            break
    return np.concatenate(parts)[:wanted] if parts else np.empty(0, np.float32)


def _numbers(what: str, told: Estimate) -> dict[str, float | None]:
    return {what: told.value, f"{what} low": told.low, f"{what} high": told.high}


def _frame(rows: list[dict[str, Any]]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

    frame = pd.DataFrame(rows)
    told = frame.columns.difference(["mode", "embedder", "n", "verdict"])
    frame[told] = frame[told].astype(float)
    return frame
