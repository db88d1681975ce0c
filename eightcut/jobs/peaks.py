"""The waveform of a media file: least and greatest sample per bin, computed once, streamed.

Level 0 has 100 bins a second; each further level joins 8 bins into one, until
one holds at most 4,096. Samples in [-1, 1] become int8 in [-127, 127]. The
file is decoded in blocks, so a recording of any length needs the same memory;
the result lies in the workspace under ``peaks/`` and can be deleted freely.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError

import numpy as np
from numpy.typing import NDArray

from eightcut import atomic
from eightcut.db import MediaFile
from eightcut.media import audio
from eightcut.media.fingerprint import checked
from eightcut.progress import stop_if
from eightcut.workspace import Workspace

RATE_HZ = 16_000
BINS_PER_S = 100
FACTOR = 8
TILE = 4096  # bins that travel together
SHOW_EVERY = 20  # blocks of 30 s between two looks at an unfinished waveform

_DAMAGED = (OSError, ValueError, EOFError, SyntaxError, OverflowError, MemoryError, TokenError)
"""What NumPy raises over the header of a damaged file, which is Python's own notation."""

Bins = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """The waveform so far.

    Attributes:
        levels: (bins, 2) each, int8: least and greatest; level k has 100 / 8**k bins a second.
        finished: the whole file has been read.
    """

    levels: tuple[Bins, ...]
    finished: bool

    @property
    def seconds(self) -> float:
        """How much of the file has been read."""
        return len(self.levels[0]) / BINS_PER_S

    def tile(self, level: int, index: int) -> Bins:
        """(4096 or fewer, 2): one piece of one level; empty beyond the end.

        Raises:
            LookupError: there is no such level or piece.
        """
        if not 0 <= level < len(self.levels) or index < 0:
            raise LookupError(f"the waveform has no piece {index} on level {level}")
        return self.levels[level][index * TILE : (index + 1) * TILE]


def peaks(
    ws: Workspace, media: MediaFile, *, cancel: threading.Event | None = None
) -> Iterator[Peaks]:
    """The waveform of a file, growing; the last one is finished and has been stored.

    Raises:
        BadMedia: the file cannot be decoded.
        Cancelled: ``cancel`` was set; nothing is stored.
    """
    stored = _path(ws, media)
    if (level := _stored(stored)) is not None:
        yield Peaks(_pyramid(level), finished=True)
        return
    pieces: list[Bins] = []
    for number, piece in enumerate(_pieces(Path(media.path))):
        stop_if(cancel)
        pieces.append(piece)
        if number % SHOW_EVERY == SHOW_EVERY - 1:
            yield Peaks(_pyramid(np.concatenate(pieces)), finished=False)
    level = np.concatenate([*pieces, np.empty((0, 2), np.int8)])
    _store(stored, level)
    yield Peaks(_pyramid(level), finished=True)


def _pieces(path: Path) -> Iterator[Bins]:
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there any more; add it again from where it is now")
    size, left = RATE_HZ // BINS_PER_S, np.empty(0, np.float32)
    for block in audio.blocks(path, rate_hz=RATE_HZ):
        samples = np.concatenate([left, block])
        whole = len(samples) // size * size
        yield _extremes(samples[:whole].reshape(-1, size))
        left = samples[whole:]
    if len(left):
        yield _extremes(left[np.newaxis])


def _extremes(rows: NDArray[np.float32]) -> Bins:
    pairs = np.stack([rows.min(axis=1), rows.max(axis=1)], axis=1)  # (bins, 2)
    bins: Bins = np.rint(np.clip(pairs, -1, 1) * 127).astype(np.int8)
    return bins


def _pyramid(level: Bins) -> tuple[Bins, ...]:
    levels = [level]
    while len(levels[-1]) > TILE:
        fine = levels[-1]
        at = np.arange(0, len(fine), FACTOR)
        least = np.minimum.reduceat(fine[:, 0], at)
        greatest = np.maximum.reduceat(fine[:, 1], at)
        levels.append(np.stack([least, greatest], axis=1))
    return tuple(levels)


def _path(ws: Workspace, media: MediaFile) -> Path:
    return ws.path / "peaks" / f"{checked(media.fingerprint)}-{BINS_PER_S}.npy"


def _stored(path: Path) -> Bins | None:
    """What was stored; None where it is absent or damaged, to be computed again."""
    with contextlib.suppress(*_DAMAGED):
        level: Bins = np.load(path, allow_pickle=False)
        if level.dtype == np.int8 and level.shape[1:] == (2,):
            return level
    return None


def _store(path: Path, level: Bins) -> None:
    with atomic.replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, level, allow_pickle=False)
