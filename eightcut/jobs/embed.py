"""From a media file to its cached embeddings."""

from collections.abc import Iterator
from typing import Protocol

from eightcut.audio.windows import Floats, Grid
from eightcut.db import MediaFile
from eightcut.media import audio
from eightcut.models import stream
from eightcut.models.base import Embedder
from eightcut.models.store import Embeddings, EmbeddingStore
from eightcut.progress import Bar, Wish, stop_if


class Keeper(Protocol):
    """Whatever keeps embeddings, such as a workspace."""

    @property
    def embeddings(self) -> EmbeddingStore:
        """Where they are."""


def cached(keeper: Keeper, media: MediaFile, embedder: Embedder, window: Grid) -> Embeddings | None:
    """The embeddings of a file if they are there, whole and undamaged."""
    return keeper.embeddings.find(
        keeper.embeddings.key(media.fingerprint, embedder, embedder.grid(window))
    )


def embed(
    keeper: Keeper,
    media: MediaFile,
    embedder: Embedder,
    window: Grid,
    *,
    bar: Bar,
    cancel: Wish | None = None,
) -> Embeddings:
    """The embeddings of a file: from the cache, or computed and stored.

    What was computed before a crash or a cancel is kept, and the next call
    goes on from there. Memory does not grow with the length of the file.

    Raises:
        BadMedia: the file cannot be decoded.
        Cancelled: ``cancel`` was set.
    """
    if found := cached(keeper, media, embedder, window):
        bar.advance(media.duration or 0.0)
        return found
    grid = embedder.grid(window)
    key = keeper.embeddings.key(media.fingerprint, embedder, grid)
    with keeper.embeddings.writer(
        key, fingerprint=media.fingerprint, embedder=embedder, grid=grid
    ) as writer:
        decoded = _Decoded(media.path, embedder.rate_hz, bar, cancel)
        for vectors, rms in stream.frames(embedder, decoded.blocks(), grid, skip=writer.rows):
            writer.append(vectors, rms)
        return writer.finish(decoded.seconds)


class _Decoded:
    """A file's sound on its way through, counted."""

    def __init__(self, path: str, rate_hz: int, bar: Bar, cancel: Wish | None) -> None:
        self._path, self._rate_hz, self._bar, self._cancel = path, rate_hz, bar, cancel
        self._samples = 0

    @property
    def seconds(self) -> float:
        return self._samples / self._rate_hz

    def blocks(self) -> Iterator[Floats]:
        for block in audio.blocks(self._path, rate_hz=self._rate_hz):
            stop_if(self._cancel)
            yield block
            self._samples += len(block)
            self._bar.advance(len(block) / self._rate_hz)
