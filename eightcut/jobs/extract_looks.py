"""Finals found among all raws by how they look, whatever they are called.

Small views say which raws are worth comparing; then the pixels decide. A final whose
pixels are no part of any raw may still be a raw that was resized or edited as a whole:
it is that raw if no other looks nearly as much like it.
"""

import base64
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from heapq import nsmallest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eightcut.images import likeness
from eightcut.images.likeness import Plane
from eightcut.images.matching import Claim
from eightcut.jobs.extract_work import Work
from eightcut.media import thumbnails
from eightcut.media.images import BadImage
from eightcut.media.listing import Listing
from eightcut.media.thumbnails import Grey, Thumbnail
from eightcut.progress import bar, stop_if

EDGE_RAW, EDGE_FINAL = 32, 128  # pixels of the longer side of a view
LEAST = 6  # pixels of the shorter side of a view that is sought
FEWEST, MOST, COMPARISONS = 8, 24, 1000  # candidates of a final, and of all finals together
ASPECT = 0.02  # how far the sides' ratio of a resized picture may be off
ALIKE = 0.9  # correlation of a picture with its edited version, at least
EDITED = 6.0  # levels that may be left over of a final when its raw is fitted to it
MARGIN = 2.0  # how many times worse the next best raw must fit
ROUNDING = 0.25  # levels that are left over of the very same picture, once it is rounded
AT_ONCE = 4096  # views per Fourier transform

Stack = tuple[NDArray[np.intp], Grey]
Size = tuple[int, int]


def by_looks(work: Work, finals: Sequence[int]) -> dict[int, Claim]:
    """The claims of these finals on the raws that they look like; none where there is none."""
    of_finals = _views(work, work.final, finals, EDGE_FINAL)
    if not of_finals:
        return {}
    stacks = _stacked(_views(work, work.raw, range(len(work.raw.paths)), EDGE_RAW))
    most = min(max(COMPARISONS // len(of_finals), FEWEST), MOST)
    near: dict[int, list[tuple[float, int]]] = {}
    with bar("looking for renamed finals", len(of_finals), shown=work.progress) as shown:
        for final, view in of_finals.items():
            stop_if(work.cancel)
            near[final] = nsmallest(most, _likeness(view, stacks), key=_least_alike_last)
            shown.advance(1)
    pairs = [(raw, final) for final, raws in near.items() for _, raw in raws]
    parts: dict[int, list[int]] = defaultdict(list)
    for raw, final in sorted(work.parts(pairs)):
        parts[final].append(raw)
    found = {final: Claim(tuple(raws), "pixels") for final, raws in parts.items()}
    alike = {
        final: [raw for how, raw in raws if how >= ALIKE]
        for final, raws in near.items()
        if final not in found
    }
    return found | _edited(work, alike)


def _views(work: Work, listing: Listing, indexes: Sequence[int], edge: int) -> dict[int, Thumbnail]:
    """A view of each picture that can be read."""
    keys = [work.facts.about(f"view {edge}", (listing, i)) for i in indexes]
    works = [partial(_view, listing.path(i), edge) for i in indexes]
    with bar("viewing pictures", len(keys), shown=work.progress) as shown:
        found = work.facts.find(zip(keys, works, strict=True), shown=shown, cancel=work.cancel)
    return {i: _read(found[key]) for i, key in zip(indexes, keys, strict=True) if found[key]}


def _view(path: str, edge: int) -> list[Any] | None:
    try:
        view = thumbnails.thumbnail(path, edge)
    except (OSError, BadImage):
        return None
    return [
        view.width,
        view.height,
        view.grey.shape,
        base64.b85encode(view.grey.tobytes()).decode(),
    ]


def _read(value: list[Any]) -> Thumbnail:
    width, height, shape, text = value
    return Thumbnail(width, height, np.frombuffer(base64.b85decode(text), np.uint8).reshape(shape))


def _stacked(views: Mapping[int, Thumbnail]) -> dict[Size, Stack]:
    """Raws of one size with their views, so that all are compared at once."""
    of_size: dict[Size, list[int]] = defaultdict(list)
    for raw, view in views.items():
        of_size[view.width, view.height].append(raw)
    return {
        size: (np.array(raws), np.stack([views[raw].grey for raw in raws]))
        for size, raws in of_size.items()
    }


def _likeness(view: Thumbnail, stacks: Mapping[Size, Stack]) -> list[tuple[float, int]]:
    """How alike a final and each raw are, as far as they can be one picture."""
    found: list[tuple[float, int]] = []
    for size, (raws, stack) in stacks.items():
        best = np.maximum(_whole(view, size, stack), _part(view, size, stack))
        found += ((float(how), int(raw)) for how, raw in zip(best, raws, strict=True) if how > 0)
    return found


def _least_alike_last(one: tuple[float, int]) -> tuple[float, int]:
    return -one[0], one[1]


def _whole(view: Thumbnail, size: Size, stack: Grey) -> Plane:
    """How alike a final and raws are if it is the whole of one, resized or not."""
    if abs(math.log(view.width * size[1] / (view.height * size[0]))) > ASPECT:
        return np.full(len(stack), -1.0, dtype=np.float32)
    return likeness.of_whole(thumbnails.resized(view.grey, *stack.shape[:0:-1]), stack)


def _part(view: Thumbnail, size: Size, stack: Grey) -> Plane:
    """How alike a final and raws are if it was cut out of one."""
    scale = stack.shape[2] / size[0]
    columns, rows = (max(round(side * scale), 1) for side in view[:2])
    is_smaller = view.width <= size[0] and view.height <= size[1] and view[:2] != size
    if not is_smaller or min(rows, columns) < LEAST:
        return np.full(len(stack), -1.0, dtype=np.float32)
    part = thumbnails.resized(view.grey, min(columns, stack.shape[2]), min(rows, stack.shape[1]))
    chunks = range(0, len(stack), AT_ONCE)
    return np.concatenate([likeness.of_part(part, stack[i : i + AT_ONCE]) for i in chunks])


def _edited(work: Work, alike: Mapping[int, Sequence[int]]) -> dict[int, Claim]:
    """The raws that finals were resized or edited from as a whole, or those that they may be."""
    pairs = [(raw, final) for final, raws in alike.items() for raw in raws]
    keys = [work.facts.about("fit", (work.raw, r), (work.final, f)) for r, f in pairs]
    works = [partial(_fit, work.raw.path(r), work.final.path(f)) for r, f in pairs]
    with bar("comparing edited pictures", len(pairs), shown=work.progress) as shown:
        told = work.facts.find(zip(keys, works, strict=True), shown=shown, cancel=work.cancel)
    fits: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (raw, final), key in zip(pairs, keys, strict=True):
        if told[key] is not None:
            fits[final].append((told[key], raw))
    return {final: _best(fit) for final, fit in fits.items() if min(fit)[0] <= EDITED}


def _best(fits: Sequence[tuple[float, int]]) -> Claim:
    limit = MARGIN * max(min(fits)[0], ROUNDING)
    return Claim(tuple(sorted(raw for left_over, raw in fits if left_over <= limit)), "likeness")


def _fit(raw: str, final: str) -> float | None:
    try:
        return thumbnails.fit(final, raw)
    except (OSError, BadImage):
        return None
