"""A crop proposer: where a person would cut a picture.

Crops are linear in the embedding and the picture's size, first by ridge
regression, then towards the most overlap: the loss is 1 - GIoU (Rezatofighi et
al. 2019) with a little of the distance of the edges. How strongly weights are held
back, and how far the second step goes, is chosen on pictures held out within
training; the figures come from pictures that had no part in either.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from eightcut.images.boxes import Box, checked
from eightcut.models import crop_fit, crop_shapes, splits
from eightcut.models.arrays import Tensors, expect
from eightcut.models.base import Floats
from eightcut.models.crop_fit import Lines, Table
from eightcut.models.crop_shapes import FREE, LOCKED
from eightcut.models.splits import Split
from eightcut.progress import stop_if

Aspect = Literal["auto", "locked", "free"]

PRECISIONS = tuple(10.0**power for power in range(-1, 7))
ROUNDS = (0, 10, 40)  # of the second step
OFTEN = 0.1  # crops of another aspect, from which on the aspect is free
SIZE = 2048.0  # pixels that count as 1
OF_SIZE = 2  # width_norm and height_norm
REST_COUNTS = 20.0  # how much lighter what is not of the embedding is held back
INNER, MANY = 4, 1500
ENOUGH_TO_HOLD_OUT = 10


class Cropped(NamedTuple):
    """A picture and the box that a person kept of it; ``pictures`` is the key of its content.

    ``quality`` (q,) says how the picture is made and where its detail lies; None for all
    pictures or for none.
    """

    vector: Floats
    width_px: int
    height_px: int
    box: Box
    weight: float = 1.0
    project: str = ""
    group: str = ""
    pictures: tuple[str, ...] = ()
    quality: Floats | None = None


class Recipe(NamedTuple):
    """What is chosen on pictures held out within training."""

    precision: float
    rounds: int


@dataclass(frozen=True, slots=True, eq=False)
class CropProposer:
    """Weights, no code; ``tensors``: embedding (width, 3 or 4), rest (2 + q, …), bias (…)."""

    tensors: Tensors

    @property
    def width(self) -> int:
        """Numbers per embedding."""
        return len(self.tensors["embedding"])

    @property
    def uses_quality(self) -> bool:
        """Whether it needs to know how the pictures are made."""
        return len(self.tensors["rest"]) > OF_SIZE

    @property
    def keeps_aspect(self) -> bool:
        """Whether each crop has the aspect of its picture."""
        return len(self.tensors["bias"]) == LOCKED

    def boxes(
        self, vectors: Floats, sizes: Sequence[tuple[int, int]], quality: Floats | None = None
    ) -> list[Box]:
        """The crop of each picture; always inside it.

        Args:
            vectors: (n, width).
            sizes: width and height of each picture in pixels.
            quality: (n, q), if it ``uses_quality``.

        Raises:
            ValueError: the vectors have another shape, or what it needs is missing.
        """
        if vectors.shape != (len(sizes), self.width):
            wanted = (len(sizes), self.width)
            raise ValueError(f"the crop proposer reads vectors {wanted}, not {vectors.shape}")
        q = len(self.tensors["rest"]) - OF_SIZE
        if q and (quality is None or quality.shape != (len(sizes), q)):
            raise ValueError(f"the crop proposer needs {q} numbers of quality for each picture")
        slope = np.concatenate([self.tensors["embedding"], self.tensors["rest"]])
        inputs = _inputs(vectors, sizes, quality if q else None)
        free = inputs @ slope + self.tensors["bias"]
        return [crop_shapes.box(edge) for edge in crop_shapes.edges(free.astype(np.float64))]


class HeldOut(NamedTuple):
    """What a proposer that had not seen a picture or its project said about it.

    ``median`` and ``centre`` are boxes that need no model, told from what it had seen:
    the median of the edges, and a centred box of the median scale.
    """

    box: Box
    fold: int
    median: Box
    centre: Box


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A proposer that has learned from all pictures, and what is known about how well it does.

    Attributes:
        proposer: ready to use.
        recipe: what was chosen for it.
        split: how pictures were held out; None where there were too few.
        held_out: one for each picture, by proposers that had not seen it; empty without a split.
        free_share: the share of crops that have another aspect than their picture.
    """

    proposer: CropProposer
    recipe: Recipe
    split: Split | None
    held_out: tuple[HeldOut, ...]
    free_share: float

    @property
    def aspect(self) -> str:
        """Locked or free, and why."""
        kept = "locked" if self.proposer.keeps_aspect else "free"
        return f"{kept}; {self.free_share:.1%} of the crops do not keep that of their picture"


Said = Callable[[float], None]


def _unheard(share: float) -> None:
    del share


def fit(
    examples: Sequence[Cropped],
    *,
    aspect: Aspect = "auto",
    split: Split | None = None,
    seed: int = 0,
    said: Said = _unheard,
    cancel: threading.Event | None = None,
) -> Fitted:
    """Learn where a person cuts.

    Args:
        examples: pictures with the box that was kept, the full frame included.
        aspect: locked to the picture's own, or free; by the examples unless said.
        split: the fold of each example; by project, else by group, unless given.
        seed: the same seed and examples give the same bytes.
        said: told the share of the work that is done.
        cancel: set it from another thread to stop.

    Raises:
        ValueError: the examples do not fit together, or the split shows in training
            what it holds out.
        Cancelled: ``cancel`` was set.
    """
    if aspect not in {"auto", "locked", "free"}:
        raise ValueError(f"the aspect is auto, locked or free, not {aspect!r}")
    _check(examples)
    free_share = crop_shapes.share_of_free_aspect([example.box for example in examples])
    is_free = aspect == "free" or (aspect == "auto" and free_share > OFTEN)
    work = _Work(examples, FREE if is_free else LOCKED, seed, cancel)
    if split is None and len(examples) >= ENOUGH_TO_HOLD_OUT:
        split = splits.split(examples, seed=seed)
    parts = [] if split is None else split.parts
    held: dict[int, HeldOut] = {}
    with threadpool_limits(1):  # several wait for each other on a busy machine
        for number, (train, out) in enumerate(parts):
            assert split is not None
            splits.check([examples[i] for i in train], [examples[i] for i in out], split.by)
            held |= work.held_out(train, out, number)
            said((number + 1) / (len(parts) + 1))
        proposer, recipe = work.learn(np.arange(len(examples)))
    said(1.0)
    ordered = tuple(held[row] for row in sorted(held))
    return Fitted(proposer, recipe, split, ordered, free_share)


def check(tensors: Tensors) -> CropProposer:
    """A proposer from arrays that came from a file.

    Raises:
        ValueError: they are not what ``fit`` gives.
    """
    bias = tensors.get("bias", np.empty(0))
    width, rest = (len(tensors.get(name, np.empty(0))) for name in ("embedding", "rest"))
    if bias.shape not in {(LOCKED,), (FREE,)} or not width or rest < OF_SIZE:
        raise ValueError("the crop proposer has no weights, or gives no boxes")
    shapes = {"embedding": (width, len(bias)), "rest": (rest, len(bias)), "bias": bias.shape}
    expect(tensors, shapes)
    return CropProposer(tensors)


class _Work:
    """The examples as one table, and learning from some of them."""

    def __init__(
        self, examples: Sequence[Cropped], count: int, seed: int, cancel: threading.Event | None
    ) -> None:
        self._examples, self._seed, self._cancel = examples, seed, cancel
        sizes = [(example.width_px, example.height_px) for example in examples]
        vectors = np.stack([example.vector for example in examples])
        qualities = [example.quality for example in examples if example.quality is not None]
        self._inputs = _inputs(vectors, sizes, np.stack(qualities) if qualities else None)
        self._width = vectors.shape[1]
        self._counts = np.ones(self._inputs.shape[1], np.float32)
        self._counts[self._width :] = REST_COUNTS
        self._boxes = np.asarray([example.box for example in examples], np.float64)
        self._wanted = crop_shapes.numbers([example.box for example in examples], count)
        self._weights = np.asarray([example.weight for example in examples], np.float64)

    def held_out(
        self, train: NDArray[np.intp], out: NDArray[np.intp], number: int
    ) -> dict[int, HeldOut]:
        """What a proposer that learned from some rows says about the others."""
        learned, _ = self.learn(train)
        slope = np.concatenate([learned.tensors["embedding"], learned.tensors["rest"]])
        free = self._inputs[out] @ slope + learned.tensors["bias"]
        median = np.median(self._boxes[train], axis=0)
        centre = np.array([[0.5, 0.5, *np.median(self._wanted[train, 2:], axis=0)]])
        plain = crop_shapes.box(median), crop_shapes.box(crop_shapes.edges(centre)[0])
        found = crop_shapes.edges(free.astype(np.float64))
        return {
            int(row): HeldOut(crop_shapes.box(edge), number, *plain)
            for row, edge in zip(out, found, strict=True)
        }

    def learn(self, rows: NDArray[np.intp]) -> tuple[CropProposer, Recipe]:
        """A proposer from these rows, with what was chosen on rows held out among them."""
        recipe = self._chosen(rows)
        slope, bias = self._fitted(rows, [recipe.precision], (recipe.rounds,))[recipe]
        embedding, rest = slope[: self._width].copy(), slope[self._width :].copy()
        return CropProposer({"embedding": embedding, "rest": rest, "bias": bias}), recipe

    def _chosen(self, rows: NDArray[np.intp]) -> Recipe:
        """The recipe whose boxes overlap most with those of rows held out."""
        part = splits.split([self._examples[row] for row in rows], seed=self._seed, most=INNER)
        parts = [] if part is None or len(rows) < ENOUGH_TO_HOLD_OUT else part.parts
        if not parts:
            return Recipe(1e3, 0)
        parts = parts[:1] if len(rows) > MANY else parts
        first = self._losses(rows, parts, PRECISIONS, ROUNDS[:1])
        best = min(first, key=lambda recipe: first[recipe])
        at = PRECISIONS.index(best.precision)
        near = PRECISIONS[max(at - 1, 0) : at + 2]
        found = first | self._losses(rows, parts, near, ROUNDS[1:])
        return min(found, key=lambda recipe: found[recipe])

    def _losses(
        self,
        rows: NDArray[np.intp],
        parts: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]],
        precisions: Sequence[float],
        rounds: Sequence[int],
    ) -> dict[Recipe, float]:
        """The loss of each recipe, summed over the parts held out."""
        found: dict[Recipe, float] = {}
        for train, out in parts:
            fitted = self._fitted(rows[train], precisions, rounds)
            for recipe, (slope, bias) in fitted.items():
                free = (self._inputs[rows[out]] @ slope + bias).astype(np.float64)
                loss, _ = crop_fit.losses(free, self._boxes[rows[out]])
                found[recipe] = found.get(recipe, 0.0) + float(loss.sum())
        return found

    def _fitted(
        self, rows: NDArray[np.intp], precisions: Sequence[float], rounds: Sequence[int]
    ) -> dict[Recipe, Lines]:
        """Slope and bias by each recipe."""
        table = Table(
            self._inputs[rows],
            self._boxes[rows],
            self._wanted[rows],
            self._weights[rows],
            self._counts,
        )
        found = {}
        for (precision, many), lines in crop_fit.fitted(table, precisions, rounds):
            stop_if(self._cancel)
            found[Recipe(precision, many)] = lines
        return found


def _inputs(vectors: Floats, sizes: Sequence[tuple[int, int]], quality: Floats | None) -> Floats:
    """Embeddings with width_norm, height_norm and quality behind them, (n, width + 2 + q)."""
    norms = np.asarray(sizes, np.float32).reshape(-1, 2) / np.float32(SIZE)
    rest = [norms] if quality is None else [norms, np.asarray(quality, np.float32)]
    return np.hstack([np.asarray(vectors, np.float32), *rest])


def _check(examples: Sequence[Cropped]) -> None:
    if not examples:
        raise ValueError("there is no crop to learn from")
    shapes = _shapes(examples[0])
    for example in examples:
        if problem := _problem(example, shapes):
            name = f"the crop of group {example.group or '?'} of {example.project or '?'}"
            raise ValueError(f"{name} {problem}")


def _shapes(example: Cropped) -> tuple[tuple[int, ...], ...]:
    return example.vector.shape, () if example.quality is None else example.quality.shape


def _problem(example: Cropped, shapes: tuple[tuple[int, ...], ...]) -> str | None:
    """What keeps an example from being learned from beside the first one."""
    if _shapes(example) != shapes or example.vector.ndim != 1:
        return f"has numbers of the shapes {_shapes(example)}, not {shapes}"
    if not np.isfinite(example.vector).all():
        return "has a vector with numbers that are not finite"
    if not (example.width_px > 0 and example.height_px > 0):
        return f"is of a picture of {example.width_px} x {example.height_px} pixels"
    if not 0 < example.weight < np.inf:
        return f"has the weight {example.weight}; it must be positive"
    try:
        checked(example.box)
    except ValueError as problem:
        return f"is none: {problem}"
    return None
