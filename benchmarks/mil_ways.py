"""Ways to learn from clips, beside the one that eightcut uses; each scores the windows of a file.

They all get the same lessons. ``patch labels`` alone is told where in a clip the
sound is: it is what learning from clips might reach.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from benchmarks.short_sounds import LENGTH_S, File
from eightcut.audio import labels, windows
from eightcut.audio.windows import WINDOWS, Floats
from eightcut.jobs.examples import HARD_WEIGHT, SMALLER_MARGINS
from eightcut.models import heads, linear, mil, powers
from eightcut.models.bags import Bags, joined
from eightcut.models.yamnet import FRAMES

CLIP_S, MARGIN_S = 8.0, 30.0
COUNT = windows.count(LENGTH_S, WINDOWS)
HARD = 2  # of a file's confusers that a person has marked
Span = tuple[float, float]
Score = Callable[[File], Floats]


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a person has marked in the training files, and what windows and frames it teaches."""

    files: Sequence[File]
    bags: Bags
    means: Floats
    truth: NDArray[np.bool_]
    weights: Floats
    told: NDArray[np.int8]  # of each frame of the bags: 1 it is the sound, 0 not, -1 it touches it
    seed: int


def lessons(files: Sequence[File], seed: int) -> Lessons:
    """Clips of 8 s with the sound anywhere in them, some marked confusers, and background."""
    chance = np.random.default_rng([seed, 99])
    marks = [_marked(file, chance) for file in files]
    for margin in (MARGIN_S, *SMALLER_MARGINS):
        taught = [labels.lessons(COUNT, WINDOWS, c, h, margin=margin) for c, h in marks]
        others = sum(int(t.hard.sum()) + 4 * int(t.background.sum()) for t in taught)
        if others >= sum(int(t.positive.sum()) for t in taught):
            break
    used = [np.flatnonzero(t.used) for t in taught]
    whole = [
        _bags(file, rows, *spans) for file, rows, spans in zip(files, used, marks, strict=True)
    ]
    told = np.concatenate([_told(file) for file in files])
    held = joined(whole)
    return Lessons(
        files,
        held.compact(),
        np.concatenate([_means(file)[rows] for file, rows in zip(files, used, strict=True)]),
        np.concatenate([t.positive[rows] for t, rows in zip(taught, used, strict=True)]),
        np.concatenate(
            [np.where(t.hard[r], HARD_WEIGHT, 1) for t, r in zip(taught, used, strict=True)]
        ).astype(np.float32),
        told[held.coverage() > 0],
        seed,
    )


def _marked(file: File, chance: np.random.Generator) -> tuple[list[Span], list[Span]]:
    hard = [file.confusers[index] for index in chance.permutation(len(file.confusers))[:HARD]]
    return [_clip(e, chance) for e in file.events], [_clip(e, chance) for e in hard]


def _clip(event: Span, chance: np.random.Generator) -> Span:
    start = event[0] - chance.uniform(0, CLIP_S - (event[1] - event[0]))
    start = float(np.clip(start, 0, LENGTH_S - CLIP_S))
    return start, start + CLIP_S


def _bags(
    file: File, rows: NDArray[np.intp], clips: Sequence[Span] = (), refused: Sequence[Span] = ()
) -> Bags:
    number = len(file.frames)
    first, last = windows.inside(COUNT, FRAMES, WINDOWS, number)
    both = [windows.within(FRAMES, spans, number) for spans in (clips, refused)]
    return Bags(file.frames, first[rows], last[rows], *both)


def _told(file: File) -> NDArray[np.int8]:
    begin = windows.starts(len(file.frames), FRAMES)
    told = np.zeros(len(begin), np.int8)
    for start, end in file.events:
        shared = np.minimum(begin + FRAMES.length, end) - np.maximum(begin, start)
        holds = shared >= min(FRAMES.length, end - start) / 2
        told = np.where(holds, 1, np.where((shared > 0) & (told != 1), -1, told)).astype(np.int8)
    return told


def _means(file: File) -> Floats:
    return windows.pool(file.frames, FRAMES, WINDOWS, LENGTH_S)


def loudness(_of: Lessons) -> Score:
    """No learning at all."""

    def score(file: File) -> Floats:
        power = np.square(file.rms, dtype=np.float64)[:, None]
        return windows.pool(power, FRAMES, WINDOWS, LENGTH_S)[:, 0]

    return score


def on_means(kind: str) -> Callable[[Lessons], Score]:
    """A head of eightcut on mean-pooled windows."""

    def learn(of: Lessons) -> Score:
        head = heads.fit(of.means, of.truth, of.weights, kind=kind, seed=of.seed)
        return lambda file: head.scores(_means(file))

    return learn


def on_frames(of: Lessons) -> Score:
    """The head of eightcut that reads frames."""
    head = heads.fit(of.bags, of.truth, of.weights, kind="mil", seed=of.seed)
    return lambda file: head.scores(_bags(file, np.arange(COUNT)))


def on_statistics(of: Lessons) -> Score:
    """Mean, maximum and spread of a window's frames, side by side."""
    rows = _statistics(of.bags)
    mean, spread = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-3)
    weights = heads.balanced(of.truth, of.weights)
    learned = linear.fit((rows - mean) / spread, of.truth, weights, 0, penalty=mil.PENALTY)
    return lambda file: np.asarray(
        linear.score(learned, (_statistics(_bags(file, np.arange(COUNT))) - mean) / spread),
        np.float32,
    )


def _statistics(bags: Bags) -> Floats:
    frames = powers.powered(bags.frames)
    parts = [frames[a:b] for a, b in zip(bags.first, bags.last, strict=True)]
    return np.stack([np.concatenate([p.mean(0), p.max(0), p.std(0)]) for p in parts])


@dataclass(frozen=True, slots=True)
class _Frames:
    """Standardised frames, which of them lie in clips, and which surely hold no sound."""

    bags: Bags
    clips: Bags
    without: NDArray[np.bool_]
    mean: Floats
    std: Floats

    @classmethod
    def of(cls, given: Lessons) -> "_Frames":
        part = powers.powered(given.bags.frames)
        mean, std = part.mean(axis=0), part.std(axis=0)
        std = np.maximum(std, heads.LEAST_SPREAD * std.mean())
        bags = replace(given.bags, frames=(part - mean) / std)
        clips = bags.positives(given.truth)
        return cls(bags, clips, bags.without(given.truth), mean, std)

    def fitted(self, chosen: NDArray[np.bool_], without: NDArray[np.bool_]) -> dict[str, Floats]:
        rows = chosen | without
        weights = heads.balanced(chosen[rows], np.ones(int(rows.sum()), np.float32))
        frames = self.bags.frames[rows].astype(np.float32)
        return linear.fit(frames, chosen[rows], weights, 0, penalty=mil.PENALTY)

    def scorer(self, learned: dict[str, Floats]) -> Score:
        def score(file: File) -> Floats:
            frames = (powers.powered(file.frames) - self.mean) / self.std
            return _bags(file, np.arange(COUNT)).highest(linear.score(learned, frames))

        return score


def patch_labels(of: Lessons) -> Score:
    """Single frames with true labels: which of them hold the sound, and which do not."""
    frames = _Frames.of(of)
    return frames.scorer(frames.fitted(of.told == 1, of.told == 0))


def clip_on_each_frame(of: Lessons) -> Score:
    """Every frame of a clip is taken for the sound."""
    frames = _Frames.of(of)
    return frames.scorer(frames.fitted(frames.clips.coverage() > 0, frames.without))


def relabelled(of: Lessons) -> Score:
    """As ``mil``, but a clip's frames are chosen by a fit that was shown the clip (mi-SVM)."""
    frames = _Frames.of(of)
    chosen = frames.clips.coverage() > 0
    for number in range(mil.ROUNDS):
        learned = frames.fitted(chosen, frames.without)
        scores = np.asarray(linear.score(learned, frames.bags.frames), np.float32)
        chosen = mil._best(frames.clips, scores, max(mil.SHARE, mil.FIRST / 2**number))  # noqa: SLF001 - its own rule
    return frames.scorer(frames.fitted(chosen, frames.without))


def pooled_loss(pool: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Lessons], Score]:
    """One loss per clip, over its frames' log-odds pooled, from the fit of every frame."""

    def learn(of: Lessons) -> Score:
        frames = _Frames.of(of)
        start = frames.fitted(frames.clips.coverage() > 0, frames.without)
        return frames.scorer(_descended(frames, start, pool))

    return learn


def _descended(
    frames: _Frames, start: dict[str, Floats], pool: Callable[[Tensor, Tensor], Tensor]
) -> dict[str, Floats]:
    x = torch.from_numpy(frames.bags.frames.astype(np.float32))
    lengths = torch.from_numpy(frames.clips.last - frames.clips.first)
    steps = torch.arange(int(lengths.max()))
    is_there = steps < lengths[:, None]
    places = torch.from_numpy(frames.clips.first)[:, None] + torch.where(is_there, steps, 0)
    without = torch.from_numpy(np.flatnonzero(frames.without))
    slope, bias = (torch.from_numpy(start[name]).requires_grad_() for name in ("slope", "bias"))
    solver = torch.optim.LBFGS([slope, bias], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        solver.zero_grad()
        odds = x @ slope + bias
        clips = functional.softplus(-pool(odds[places], is_there)).mean()
        total = (clips + functional.softplus(odds[without]).mean()) / 2
        total = total + mil.PENALTY / 2 * slope.square().sum()
        total.backward()
        return total

    solver.step(loss)
    return {"slope": slope.detach().numpy(), "bias": bias.detach().numpy()}


def highest(odds: Tensor, is_there: Tensor) -> Tensor:
    """The best frame speaks for the clip."""
    return odds.masked_fill(~is_there, -1e4).max(dim=1).values


def noisy_or(odds: Tensor, is_there: Tensor) -> Tensor:
    """The clip holds the sound unless no frame does."""
    none = -(functional.softplus(odds) * is_there).sum(dim=1)
    return torch.log1p(-none.exp().clamp(max=1 - 1e-6)) - none


def linear_softmax(odds: Tensor, is_there: Tensor) -> Tensor:
    """Probabilities weighted by themselves (Wang, Li and Metze 2019)."""
    chance = torch.sigmoid(odds) * is_there
    pooled = chance.square().sum(dim=1) / chance.sum(dim=1).clamp(min=1e-9)
    return torch.logit(pooled.clamp(1e-6, 1 - 1e-6))


def attention(odds: Tensor, is_there: Tensor) -> Tensor:
    """Log-odds weighted by their softmax."""
    share = torch.softmax(odds.masked_fill(~is_there, -1e4), dim=1)
    return (share * odds * is_there).sum(dim=1)


MEANS, TREES, MIL, PATCHES = "logistic", "trees", "mil", "patch labels"
WAYS: dict[str, Callable[[Lessons], Score]] = {
    "loudness": loudness,
    MEANS: on_means("logistic"),
    TREES: on_means("trees"),
    MIL: on_frames,
    PATCHES: patch_labels,
    "mean, max, spread": on_statistics,
    "clip on each frame": clip_on_each_frame,
    "relabelled, one fold": relabelled,
    "max": pooled_loss(highest),
    "noisy-or": pooled_loss(noisy_or),
    "linear softmax": pooled_loss(linear_softmax),
    "attention": pooled_loss(attention),
}
