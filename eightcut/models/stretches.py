"""Long stretches of sound, each heard once with what lies around it.

A stretch begins at a fixed time of the recording, whatever blocks the sound comes
in and wherever an earlier attempt broke off, and is encoded by itself: its rows
are the same to the bit every time.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from eightcut.audio.windows import TICK, Grid
from eightcut.models.base import Floats
from eightcut.models.buffer import Buffer


class Stretch(NamedTuple):
    """Seconds that rows are made of, and those before and after that are heard as well."""

    length: float
    context: float


@runtime_checkable
class Encoder(Protocol):
    """What an ``Embedder`` has besides, if it hears long stretches.

    Its ``grid`` gives spans that lie side by side, a whole number of them in a stretch.
    """

    rate_hz: int
    stretch: Stretch

    def encode(self, sound: Floats, first: int, rows: int, span: int) -> Floats:
        """The vectors of spans inside a longer sound: (rows, width) float32.

        Args:
            sound: (samples,).
            first: the sample at which the first span begins.
            rows: how many spans.
            span: samples of each.
        """


def frames(
    encoder: Encoder, blocks: Iterator[Floats], grid: Grid, skip: int
) -> Iterator[tuple[Floats, Floats]]:
    """As ``stream.frames``, a stretch at a time; see there."""
    cut = _Cut(encoder, grid)
    number, known = divmod(skip, cut.rows)
    buffer = Buffer()
    for block in blocks:
        buffer.add(block)
        while cut.end(number) <= buffer.end:
            yield from _rows(cut, buffer, number, known)
            number, known = number + 1, 0
        buffer.forget(cut.begin(number))
    while cut.whole(number, buffer.end) > 0:
        yield from _rows(cut, buffer, number, known)
        number, known = number + 1, 0


class _Cut:
    """Where stretches lie, in samples."""

    def __init__(self, encoder: Encoder, grid: Grid) -> None:
        length, context = encoder.stretch
        self.encoder = encoder
        self.rows = round(length / grid.hop)
        if abs(grid.length - grid.hop) > TICK or abs(self.rows * grid.hop - length) > TICK:
            raise ValueError(
                f"spans of {grid.length:g} s every {grid.hop:g} s do not fill stretches of "
                f"{length:g} s; take those that its grid gives"
            )
        self.span = round(grid.length * encoder.rate_hz)
        self.context = round(context * encoder.rate_hz)

    def start(self, number: int) -> int:
        """Where the rows of a stretch begin."""
        return number * self.rows * self.span

    def begin(self, number: int) -> int:
        """Where its sound begins."""
        return max(0, self.start(number) - self.context)

    def end(self, number: int) -> int:
        """Where its sound ends, unless the recording ends before."""
        return self.start(number + 1) + self.context

    def whole(self, number: int, end: int) -> int:
        """How many spans of a stretch lie wholly in a recording."""
        return min(self.rows, (end - self.start(number)) // self.span)


def _rows(cut: _Cut, buffer: Buffer, number: int, known: int) -> Iterator[tuple[Floats, Floats]]:
    """The rows of a stretch after those that are known."""
    rows = cut.whole(number, buffer.end)
    if rows <= known:
        return
    begin, end = cut.begin(number), min(cut.end(number), buffer.end)
    sound = buffer.cut([begin], end - begin)[0]
    if not np.isfinite(sound).all():
        raise ValueError("the sound holds samples that are not finite numbers")
    first = cut.start(number) - begin
    spans = sound[first : first + rows * cut.span].reshape(rows, cut.span)
    rms = np.sqrt(np.einsum("ij,ij->i", spans, spans, dtype=np.float64) / cut.span)
    vectors = cut.encoder.encode(sound, first, rows, cut.span)
    yield vectors[known:], rms[known:].astype(np.float32)
