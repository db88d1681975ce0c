"""A linear head on frames that learns from clips of which nobody said where the sound is.

Multiple-instance learning by relabelling: a logistic regression tells the
frames of all clips from frames without the sound; then only the frames of each
clip that look most like the sound stay, and it is fitted again, and so on
(mi-SVM: Andrews, Tsochantaridis and Hofmann 2002). A clip's frames are chosen by
a fit that was not shown the clip, or the choice would confirm itself (multi-fold
training: Cinbis, Verbeek and Schmid 2017). Frames of a clip that were not chosen
teach nothing: in a long sound they may be the sound, too.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from eightcut.models import linear
from eightcut.models.arrays import Tensors
from eightcut.models.bags import Bags
from eightcut.models.base import Floats

PENALTY = 0.3  # times |slope|^2 / 2, beside the mean loss; 0.1 to 1 do equally well
FOLDS, ROUNDS = 5, 8
FIRST, SHARE = 0.5, 0.125  # of a clip's frames that stay at first, and in the end: 1 s of 8 s
MOST = 8_000  # frames without the sound that a fit of a round is shown

Mask = NDArray[np.bool_]
score, check = linear.score, linear.check


def fit(bags: Bags, truth: Mask, weights: Floats, seed: int) -> Tensors:
    """Fit bags of standardised frames.

    Args:
        bags: windows as their frames.
        truth: (bags,), True where a window holds the sound; frames of such windows and of
            clips never count as frames without it.
        weights: (bags,) of how much each counts within its class.
        seed: draws the folds.

    Raises:
        ValueError: all frames lie in clips.
    """
    clips, others = bags.positives(truth), bags[~truth]
    weight = others.coverage(weights[~truth]) / np.maximum(others.coverage(), 1)
    without = np.flatnonzero(bags.without(truth))
    if not len(without):
        raise ValueError("no frame is known to be without the sound: every one lies in a clip")
    frames = np.asarray(bags.frames, np.float32)
    chance = np.random.default_rng(seed)
    fold = _folds(clips, chance)
    some = chance.permutation(without)[:MOST]
    chosen = clips.coverage() > 0
    learned: dict[int, Tensors] = {}
    for number in range(ROUNDS):
        scores = np.full(len(frames), -np.inf, np.float32)
        for part, (shown, held) in enumerate(_parts(clips, fold)):
            own = chosen & (shown.coverage() > 0)
            learned[part] = _fit(frames, own, some, weight, learned.get(part))
            inside = held.coverage() > 0
            scores[inside] = score(learned[part], frames[inside])
        before, chosen = chosen, _best(clips, scores, max(SHARE, FIRST / 2**number))
        if np.array_equal(chosen, before):
            break
    return _fit(frames, chosen, without, weight, learned[0])


def _parts(clips: Bags, fold: NDArray[np.intp]) -> Iterator[tuple[Bags, Bags]]:
    """The clips that are shown and those that are held out; one clip alone is both."""
    if len(np.unique(fold)) < 2:
        yield clips, clips
        return
    for number in np.unique(fold):
        yield clips[fold != number], clips[fold == number]


def _folds(clips: Bags, chance: np.random.Generator) -> NDArray[np.intp]:
    """The fold of each clip; those that share a frame have the same."""
    order = np.argsort(clips.first, kind="stable")
    reach = np.maximum.accumulate(clips.last[order])
    apart = np.concatenate([[0], np.cumsum(clips.first[order][1:] >= reach[:-1])])
    member = np.empty(len(clips), np.intp)
    member[order] = apart
    return (chance.permutation(int(apart[-1]) + 1) % FOLDS)[member]


def _best(clips: Bags, scores: Floats, share: float) -> Mask:
    """The frames of highest score of each clip, at least one."""
    found = np.zeros(len(scores), bool)
    for first, last in zip(clips.first.tolist(), clips.last.tolist(), strict=True):
        kept = max(1, round(share * (last - first)))
        found[first + np.argsort(-scores[first:last], kind="stable")[:kept]] = True
    return found


def _fit(
    frames: Floats,
    chosen: Mask,
    without: NDArray[np.intp],
    weight: NDArray[np.float64],
    start: Tensors | None,
) -> Tensors:
    """One logistic regression; both classes weigh the same in all."""
    with_ = np.flatnonzero(chosen)
    rows = np.concatenate([with_, without])
    truth = np.arange(len(rows)) < len(with_)
    share = np.where(truth, 1 / len(with_), weight[rows] / weight[without].sum())
    return linear.fit(
        frames[rows], truth, share.astype(np.float32), 0, penalty=PENALTY, start=start
    )
