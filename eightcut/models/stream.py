"""From a stream of samples to a stream of vectors, in constant memory."""

from collections.abc import Iterator

import numpy as np

from eightcut.audio.windows import Grid, checked
from eightcut.models import stretches
from eightcut.models.base import Embedder, Floats
from eightcut.models.buffer import Buffer

BATCH = 64  # clips at a time, unless the embedder says
MOST_SAMPLES = 8_000_000  # at a time: 32 MB


def frames(
    embedder: Embedder, blocks: Iterator[Floats], grid: Grid, *, skip: int = 0
) -> Iterator[tuple[Floats, Floats]]:
    """Embed every span of ``grid`` that lies wholly inside a stream of sound.

    Args:
        embedder: gives the vectors.
        blocks: the sound at ``embedder.rate_hz`` from time 0, in pieces of any size.
        grid: which spans.
        skip: how many spans at the start are known already; they are not embedded.

    Yields:
        Some spans at a time: their vectors (spans, width), and their loudness as
        root mean square (spans,).

    Raises:
        ValueError: the stream holds samples that are not finite.
    """
    if isinstance(embedder, stretches.Encoder):
        yield from stretches.frames(embedder, blocks, checked(grid), skip)
        return
    for clips in _clips(embedder, blocks, checked(grid), skip):
        rms = np.sqrt(np.einsum("ij,ij->i", clips, clips, dtype=np.float64) / clips.shape[1])
        if not np.isfinite(rms).all():
            raise ValueError("the sound holds samples that are not finite numbers")
        yield embedder.embed(clips), rms.astype(np.float32)


def _clips(
    embedder: Embedder, blocks: Iterator[Floats], grid: Grid, index: int
) -> Iterator[Floats]:
    """The spans from number ``index`` on, some at a time: (spans, samples)."""
    length = max(1, round(grid.length * embedder.rate_hz))
    some = min(getattr(embedder, "batch", BATCH), max(1, MOST_SAMPLES // length))

    def start(number: int) -> int:  # rounded from the number, so that nothing drifts
        return round(number * grid.hop * embedder.rate_hz)

    buffer = Buffer()
    for block in blocks:
        buffer.add(block)
        while start(index + some - 1) + length <= buffer.end:
            yield buffer.cut([start(index + i) for i in range(some)], length)
            index += some
        buffer.forget(start(index))
    rest = []
    while start(index) + length <= buffer.end:
        rest.append(start(index))
        index += 1
    if rest:
        yield buffer.cut(rest, length)
