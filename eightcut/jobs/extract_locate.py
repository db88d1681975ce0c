"""Where finals lie inside their raws, and whether two files hold the same bytes."""

import threading
from collections.abc import Iterable, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from eightcut.images import boxes
from eightcut.images.boxes import Box
from eightcut.images.history import CropKind
from eightcut.images.rects import Rect
from eightcut.jobs.extract_facts import Facts
from eightcut.media import all_formats
from eightcut.media.images import BadImage
from eightcut.media.listing import Listing
from eightcut.media.locate import LOSSY, locate_pixels
from eightcut.progress import Shown, bar

BLOCK = 1 << 20


class Seen(NamedTuple):
    """What a final is of its raw.

    Attributes:
        kind: as of ``media.locate``, or ``unreadable``.
        rect: the part of the raw in pixels, of a crop.
        size: width and height of the raw in pixels; None if it cannot be read.
        reason: why one of the two cannot be read.
        difference: mean difference of the pixels of a part or the whole, in levels of 255.
    """

    kind: CropKind
    rect: Rect | None = None
    size: tuple[int, int] | None = None
    reason: str | None = None
    difference: float | None = None

    @property
    def box(self) -> Box | None:
        """The part of the raw in shares of its sides, of a crop."""
        if self.kind != "crop" or self.rect is None or self.size is None:
            return None
        return boxes.from_pixels(self.rect, *self.size)


def locate_all(
    pairs: Iterable[tuple[int, int]],
    raw: Listing,
    final: Listing,
    facts: Facts,
    *,
    title: str,
    progress: Shown = False,
    cancel: threading.Event | None = None,
) -> dict[tuple[int, int], Seen]:
    """What each pair (raw, final) shows."""
    pairs = list(pairs)
    keys = [facts.about("located 2", (raw, r), (final, f)) for r, f in pairs]
    works = [partial(_located, raw.path(r), final.path(f)) for r, f in pairs]
    with bar(title, len(pairs), shown=progress) as shown:
        found = facts.find(zip(keys, works, strict=True), shown=shown, cancel=cancel)
    return {pair: _seen(found[key]) for pair, key in zip(pairs, keys, strict=True)}


def agreed(seen: Sequence[Seen]) -> Seen:
    """What several finals of one raw show together: ambiguous where they differ."""
    readable = [one for one in seen if one.kind != "unreadable"]
    if not readable:
        return seen[0]
    same = all(one[:2] == readable[0][:2] for one in readable)
    return readable[0] if same else Seen("ambiguous", size=readable[0].size)


def digests(
    listing: Listing,
    indexes: Iterable[int],
    facts: Facts,
    *,
    title: str,
    progress: Shown = False,
    cancel: threading.Event | None = None,
) -> dict[int, str]:
    """A digest of the bytes of each file; those that cannot be read are left out."""
    indexes = list(indexes)
    keys = [facts.about("bytes", (listing, i)) for i in indexes]
    works = [partial(_digest, listing.path(i)) for i in indexes]
    with bar(title, len(indexes), shown=progress) as shown:
        found = facts.find(zip(keys, works, strict=True), shown=shown, cancel=cancel)
    return {i: found[key] for i, key in zip(indexes, keys, strict=True) if found[key] is not None}


def look(raw: str, final: str) -> Seen:
    """What a final is of a raw, by its pixels."""
    size = None
    try:
        if _has_same_bytes(raw, final):
            wide, high, _ = all_formats.probe(raw)
            return Seen("full", (0, 0, wide, high), (wide, high), difference=0.0)
        whole = all_formats.pixels(raw)
        size = (whole.shape[1], whole.shape[0])
        is_lossy = all_formats.probe(final)[2] in LOSSY
        found = locate_pixels(all_formats.pixels(final), whole, is_lossy=is_lossy)
    except (OSError, BadImage) as problem:
        return Seen("unreadable", size=size, reason=str(problem))
    return Seen(found.kind, found.rect, size, difference=found.difference)


def _located(raw: str, final: str) -> list[object]:
    return list(look(raw, final))


def _seen(value: list[Any]) -> Seen:
    kind, rect, size, reason, difference = value
    return Seen(kind, rect and tuple(rect), size and tuple(size), reason, difference)


def _digest(path: str) -> str | None:
    digest = blake2b(digest_size=20)
    try:
        with Path(path).open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()


def _has_same_bytes(one: str, other: str) -> bool:
    with Path(one).open("rb") as a, Path(other).open("rb") as b:
        if a.seek(0, 2) != b.seek(0, 2):
            return False
        a.seek(0)
        b.seek(0)
        while block := a.read(BLOCK):
            if block != b.read(BLOCK):
                return False
    return True
