"""A classifier: a head on an embedder's windows, its calibration, and its card.

``fit`` learns from labelled windows; ``save`` and ``load_classifier`` keep it in
a folder as ``head.safetensors`` (arrays) and ``card.json`` (everything a person
should know). Nothing that is loaded can run code.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from eightcut import atomic, foreign
from eightcut.models import calibration, heads
from eightcut.models.bags import Bags
from eightcut.models.base import Floats
from eightcut.models.calibration import Platt
from eightcut.models.heads import HEADS, Frames, Head, Rows

__all__ = ["HEADS", "Classifier", "Fitted", "fit", "load_classifier", "save"]

FORMAT = 1
WEIGHTS, CARD = "head.safetensors", "card.json"
MOST_BYTES = 256 << 20  # of a stored file; the largest honest head is a few MB


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What ``fit`` learned.

    Attributes:
        head: gives log-odds.
        platt: turns them into probabilities; None where there was nothing to calibrate on.
        reason: why it is not calibrated; empty where it is.
        oof_scores: (n,) float32 log-odds of each training window by a head that was not
            shown its file, NaN where there is none; None where no file could be held out.
        oof: the same as probabilities.
    """

    head: Head
    platt: Platt | None
    reason: str
    oof_scores: Floats | None
    oof: Floats | None

    @property
    def is_calibrated(self) -> bool:
        """Whether its probabilities were checked against files it was not shown."""
        return self.platt is not None


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A trained classifier.

    Attributes:
        name: the embedder's name, with ``_<name>`` behind it when the person gave one.
        version: its UTC stamp.
        profile: whose clips it learned from.
        embedder: the name of the embedder whose windows it reads.
        revision: of that embedder.
        window: seconds per window.
        hop: seconds from one window to the next.
        head: gives log-odds.
        platt: turns them into probabilities; None where it is not calibrated.
        card: what it learned from and how well it does; plain JSON values.
    """

    name: str
    version: str
    profile: str
    embedder: str
    revision: str
    window: float
    hop: float
    head: Head
    platt: Platt | None
    card: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        checked = "calibrated" if self.is_calibrated else "not calibrated"
        named = f"{self.name} {self.version}, profile {self.profile!r}"
        return f"<Classifier {named}: {self.kind} head on {self.embedder}, {checked}>"

    @property
    def kind(self) -> str:
        """Which of ``HEADS`` it is."""
        return self.head.kind

    @property
    def is_calibrated(self) -> bool:
        """Whether its probabilities were checked against files it was not shown."""
        return self.platt is not None

    @property
    def reads_frames(self) -> bool:
        """Whether it scores the embedder's frames, not windows pooled from them."""
        return self.head.reads_frames

    def scores(self, windows: Rows | Frames) -> Floats:
        """The log-odds of windows or frames (n, width), or of bags, that they hold the sound."""
        return self.head.scores(windows)

    def probabilities(self, windows: Rows | Frames) -> Floats:
        """The probability of each window or frame (n, width), or bag, that it holds the sound."""
        return (self.platt or calibration.RAW).probabilities(self.scores(windows))


def fit(
    x: Rows,
    y: Sequence[bool] | NDArray[Any],
    groups: Sequence[str],
    *,
    head: str = "logistic",
    seed: int = 0,
    weights: Floats | None = None,
) -> Fitted:
    """Learn to tell the windows that hold a sound from those that do not.

    All rows are used. Both classes weigh the same in all; ``weights`` say how much
    a window counts within its class. Calibration and the out-of-fold scores hold
    whole groups out; they need each class in two groups at least.

    A head that reads frames is calibrated on what it is going to fire on: held-out clips, by
    their best frame, against stretches without the sound that count as often as clips of
    their length would.

    Args:
        x: (n, width) windows; for a head that reads frames, n windows as bags of them.
        y: (n,) true where the window holds the sound.
        groups: (n,) the media file of each window.
        head: a name in ``HEADS``.
        seed: the same seed and rows give the same bytes.
        weights: (n,) positive; all 1 unless given.

    Raises:
        ValueError: a class is missing, the shapes do not fit, or a number is not finite.
    """
    x, truth, counted = _rows(x, y, groups, weights)
    most = heads.kind_of(head).folds

    def learn(rows: NDArray[np.bool_]) -> Head:
        return heads.fit(x[rows], truth[rows], counted[rows], kind=head, seed=seed)

    final = learn(np.ones(len(truth), bool))
    scores = np.full(len(truth), np.nan, np.float32)
    clips: list[_Judged] = []
    for shown, held in calibration.folds(truth, groups, most):
        learned = learn(shown)
        scores[held] = learned.scores(x[held])
        if isinstance(x, Bags):
            clips.append(_clips(learned, x[held], truth[held], scores[held]))
    known = np.isfinite(scores)
    if not known.any():
        reason = "each class must come from two media files or more to hold some out"
        return Fitted(final, None, reason, None, None)
    judged = (
        map(np.concatenate, zip(*clips, strict=True)) if clips else (scores[known], truth[known])
    )
    found = calibration.platt(*judged)
    reason = "" if found else "on held-out files the scores do not rise with the truth"
    oof = np.full_like(scores, np.nan)
    oof[known] = (found or calibration.RAW).probabilities(scores[known])
    return Fitted(final, found, reason, scores, oof)


class _Judged(NamedTuple):
    """Held-out scores to calibrate on, what is true there, and how many examples each is."""

    scores: Floats
    truth: NDArray[np.bool_]
    counts: NDArray[np.float64]


def _clips(head: Head, x: Bags, truth: NDArray[np.bool_], scores: Floats) -> _Judged:
    clips, others = x.positives(truth), x[~truth]
    return _Judged(
        np.concatenate([head.scores(clips), scores[~truth]]),
        np.arange(len(clips) + len(others)) < len(clips),
        np.concatenate([clips.shares(), others.shares()]),
    )


def save(folder: Path, classifier: Classifier) -> None:
    """Write a classifier into a folder: first the arrays, then the card that vouches for them."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = safetensors.save(classifier.head.tensors)
    atomic.write(folder / WEIGHTS, weights)
    about = {
        "format": FORMAT,
        "name": classifier.name,
        "version": classifier.version,
        "profile": classifier.profile,
        "embedder": classifier.embedder,
        "revision": classifier.revision,
        "window": classifier.window,
        "hop": classifier.hop,
        "head": classifier.kind,
        "platt": classifier.platt,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "card": classifier.card,
    }
    atomic.write(folder / CARD, json.dumps(about, indent=1, ensure_ascii=False, default=_plain))


def load_classifier(folder: Path) -> Classifier:
    """Read a classifier back; its scores are bit for bit the same.

    Raises:
        ValueError: a file is missing, damaged, or not what eightcut writes.
    """
    try:
        strange = sorted({item.name for item in folder.iterdir()} - {WEIGHTS, CARD})
        if strange:
            raise ValueError(f"it holds {strange[0]}, which eightcut did not write")
        return _read(folder)
    except (OSError, ValueError, KeyError, TypeError, RecursionError, SafetensorError) as problem:
        told = foreign.brief(problem)
        told = f"{told} is missing" if isinstance(problem, KeyError) else told
        raise ValueError(f"the classifier in {folder} cannot be used: {told}") from problem


def _read(folder: Path) -> Classifier:
    about = foreign.parse(_content(folder / CARD), CARD, nan=True)
    weights = _content(folder / WEIGHTS)
    if about["format"] != FORMAT:
        raise ValueError(
            f"its format is {foreign.shown(about['format'])}, this eightcut knows {FORMAT}"
        )
    if hashlib.sha256(weights).hexdigest() != about["sha256"]:
        raise ValueError(f"{WEIGHTS} is not the file that its card describes")
    return Classifier(
        name=_text(about, "name"),
        version=_text(about, "version"),
        profile=_text(about, "profile"),
        embedder=_text(about, "embedder"),
        revision=_text(about, "revision"),
        window=_number(about, "window"),
        hop=_number(about, "hop"),
        head=heads.check(_text(about, "head"), safetensors.load(weights)),
        platt=_platt(about["platt"]),
        card=dict(about["card"]),
    )


def _content(path: Path) -> bytes:
    if path.is_symlink() or path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name} is a link, or too large")
    return path.read_bytes()


def _text(about: dict[str, Any], name: str) -> str:
    if not isinstance(about[name], str):
        raise TypeError(f"{name} in {CARD} must be text")
    return str(about[name])


def _number(about: dict[str, Any], name: str) -> float:
    value = about[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < np.inf:
        raise ValueError(f"{name} in {CARD} must be a positive number, not {foreign.shown(value)}")
    return float(value)


def _platt(stored: Any) -> Platt | None:
    if stored is None:
        return None
    slope, offset = map(float, stored)
    if not (np.isfinite(offset) and 0 < slope < np.inf):
        raise ValueError(f"the calibration {foreign.shown(stored)} in {CARD} is not one")
    return Platt(slope, offset)


def _rows(
    x: Rows, y: Any, groups: Sequence[str], weights: Floats | None
) -> tuple[Rows, NDArray[np.bool_], Floats]:
    truth = np.asarray(y).astype(bool)
    counted = np.ones(len(truth), np.float32) if weights is None else np.asarray(weights)
    if not isinstance(x, Bags):
        x = np.asarray(x, np.float32)
    vectors = x.frames if isinstance(x, Bags) else x
    if vectors.ndim != 2 or not len(x) == len(truth) == len(groups) == len(counted):
        raise ValueError("windows, truth, groups and weights must have one row each per window")
    if not (np.isfinite(vectors).all() and np.isfinite(counted).all() and (counted > 0).all()):
        raise ValueError("windows must be finite and weights positive")
    if not truth.any():
        raise ValueError("there is no window that holds the sound: export clips of it first")
    if truth.all():
        raise ValueError(
            "there is no window without the sound to tell it from: choose a smaller margin "
            "above 0, a negative folder, or mark hard negatives"
        )
    return x, truth, np.asarray(counted, np.float32)


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as JSON has them."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"the card holds {value!r}, which JSON cannot keep")
