"""The embedding store: content-addressed, verified on read, safe to delete.

``embeddings/KE/KEY/`` holds one file's vectors by one embedder on one grid:
``frames.f16`` (rows, width), ``rms.f32`` (rows,), ``stats.f32`` (mean and
standard deviation per number) and ``meta.json`` with their checksums; all
little-endian. What is being written lies in a folder ``*.partial`` beside it
and takes its final name in one rename.
"""

import contextlib
import hashlib
import json
import mmap
import os
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eightcut import foreign
from eightcut.audio import windows
from eightcut.audio.windows import Grid
from eightcut.models import checksums
from eightcut.models.bags import Bags
from eightcut.models.base import Embedder, Floats
from eightcut.models.store_writer import FRAMES, META, PARTIAL, RMS, STATS, Entry, Writer

FORMAT = 1
LONGEST_S = 1e7  # of a file: four months
KEY = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """The stored vectors of one media file.

    Attributes:
        frames: (rows, width) float16, a read-only memory map.
        rms: (rows,) float32, loudness as root mean square.
        grid: where the rows lie in time.
        duration: length of the sound in seconds.
        mean: (width,) float32, over the rows.
        std: (width,) float32, over the rows.
    """

    frames: NDArray[np.float16]
    rms: Floats
    grid: Grid
    duration: float
    mean: Floats
    std: Floats

    def windows(self, grid: Grid, rows: NDArray[np.intp] | None = None) -> Floats:
        """The vectors of all windows, or of the ones named, in that order: (windows, width).

        Raises:
            ValueError: a window is too short to hold a frame.
            IndexError: a row is not the number of a window.
        """
        if rows is None:
            return windows.pool(self.frames, self.grid, grid, self.duration)
        wanted = np.asarray(rows, np.intp)
        number = windows.count(self.duration, grid)
        if len(wanted) and not 0 <= wanted.min() <= wanted.max() < number:
            raise IndexError(
                f"the recording has {number} windows; not all of {wanted} are among them"
            )
        found = np.empty((len(wanted), self.frames.shape[1]), np.float32)
        for part, vectors in self._chunks(grid):
            mask = (wanted >= part.start) & (wanted < part.stop)
            found[mask] = vectors[wanted[mask] - part.start]
        return found

    def as_windows(self, grid: Grid) -> NDArray[np.float16] | None:
        """The stored rows that are the windows themselves; None where windows hold several."""
        return windows.same(self.frames, self.grid, grid, self.duration)

    def window_chunks(self, grid: Grid) -> Iterator[Floats]:
        """The same vectors, some windows at a time, so that memory stays flat."""
        for _, vectors in self._chunks(grid):
            yield vectors

    def bags(
        self,
        grid: Grid,
        rows: NDArray[np.intp],
        clips: Sequence[tuple[float, float]] = (),
        refused: Sequence[tuple[float, float]] = (),
    ) -> Bags:
        """The frames of the windows named, in that order.

        Args:
            grid: where the windows lie.
            rows: numbers of windows.
            clips: whole clips that hold the sound, in seconds. They are the frames that lie wholly
                inside; where frames are long against clips, those whose middle does.
            refused: stretches that a person has marked as something else: the frames whose
                middle lies inside.
        """
        number = len(self.frames)
        first, last = windows.inside(windows.count(self.duration, grid), self.grid, grid, number)
        half = self.grid.length / 2
        middles = [[(a - half, b + half) for a, b in spans] for spans in (clips, refused)]
        coarse = any(b - a < 2 * self.grid.length for a, b in clips)
        return Bags(
            self.frames,
            first[rows],
            last[rows],
            windows.within(self.grid, middles[0] if coarse else clips, number),
            windows.within(self.grid, middles[1], number),
        ).compact()

    def loudness(self, grid: Grid) -> Floats:
        """Root mean square of each window: (windows,) float32."""
        power = np.square(self.rms, dtype=np.float64)[:, None]
        return np.sqrt(windows.pool(power, self.grid, grid, self.duration)[:, 0])

    def _chunks(self, grid: Grid) -> Iterator[tuple[slice, Floats]]:
        return windows.pool_chunks(self.frames, self.grid, grid, self.duration)


class EmbeddingStore:
    """The embeddings of a workspace, below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def key(self, fingerprint: str, embedder: Embedder, grid: Grid) -> str:
        """Names the vectors of a file's content by an embedder's revision on a grid."""
        spans = [float(value).hex() for value in grid]
        parts = [FORMAT, fingerprint, embedder.name, embedder.revision, embedder.rate_hz, *spans]
        return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()

    def find(self, key: str) -> Embeddings | None:
        """The embeddings under a key, checked against their checksums; None where there are none.

        A damaged entry is renamed to ``KEY.damaged`` and counts as absent.
        """
        folder = self._folder(key)
        try:
            return _opened(folder, key)
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            if folder.is_dir():
                _set_aside(folder)
            return None

    def has(self, key: str) -> bool:
        """Whether there is an entry under a key; ``find`` tells whether it is sound."""
        return self._folder(key).is_dir()

    def writer(self, key: str, *, fingerprint: str, embedder: Embedder, grid: Grid) -> Writer:
        """Begin the entry of a key, or go on with what an earlier attempt left.

        Several processes may write one key: each has a folder of its own, and the
        first to finish gives the entry.
        """
        about = Entry(
            format=FORMAT,
            key=key,
            fingerprint=fingerprint,
            embedder=embedder.name,
            revision=embedder.revision,
            rate_hz=embedder.rate_hz,
            width=embedder.width,
            grid=Grid(*map(float, grid)),
        )
        return Writer(self._folder(key), about, lambda: self.find(key))

    def size(self) -> int:
        """Bytes on disk, unfinished and damaged entries included."""
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())

    def leftovers(self) -> list[Path]:
        """Unfinished and damaged entries; all of them may be deleted while nothing is running."""
        return sorted(
            path for suffix in (PARTIAL, ".damaged") for path in self.root.glob(f"*/*{suffix}")
        )

    def entries(self) -> list[Path]:
        """The folders of the finished entries."""
        return sorted(path for path in self.root.glob("*/*") if KEY.fullmatch(path.name))

    def problem(self, key: str, *, is_deep: bool = True) -> str | None:
        """What is wrong with an entry, or None; unless deep, checksums of vectors are left out."""
        try:
            _opened(self._folder(key), key, is_deep=is_deep)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
            return str(problem)
        return None

    def discard(self, folders: Iterable[Path]) -> None:
        """Delete entries, or what is left of them; the next scan makes them again.

        Raises:
            ValueError: a folder is none of this store.
        """
        for folder in folders:
            if folder.parent.parent != self.root or not KEY.match(folder.name):
                raise ValueError(f"{folder} is no entry of {self.root}")
            shutil.rmtree(folder)

    def _folder(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not the key of an embedding")
        return self.root / key[:2] / key


def _opened(folder: Path, key: str, *, is_deep: bool = True) -> Embeddings:
    at = f"{folder}{os.sep}"  # a path of its own for each part would take as long as reading it
    meta: dict[str, Any] = foreign.parse(_content(at + META), at + META)
    rows, width = int(meta["rows"]), int(meta["width"])
    if meta["key"] != key or meta["format"] != FORMAT or rows < 0 or width < 1:
        raise ValueError(f"{folder} holds another entry")
    frames = _mapped(at + FRAMES, (rows, width))
    rms, stats = _content(at + RMS), _content(at + STATS)
    by_pages = "pages" in meta  # the first entries had none
    told = meta["crc32"] | {FRAMES: meta["pages"] if by_pages else meta["crc32"][FRAMES]}
    found = {RMS: zlib.crc32(rms), STATS: zlib.crc32(stats)}
    if is_deep:
        found[FRAMES] = checksums.pages_of(frames) if by_pages else zlib.crc32(frames.data)
    if harmed := [name for name in found if found[name] != told[name]]:
        raise ValueError(f"{folder / harmed[0]} is damaged")
    mean, std = np.frombuffer(stats, "<f4").reshape(2, width)
    return Embeddings(
        frames=frames,
        rms=np.frombuffer(rms, "<f4", count=rows),
        grid=Grid(*(_seconds(value) for value in meta["grid"])),
        duration=_seconds(meta["duration"]),
        mean=mean,
        std=std,
    )


def _seconds(stored: Any) -> float:
    """A length, which no checksum guards."""
    if not (type(stored) in (int, float) and 0 < stored < LONGEST_S):
        raise ValueError(f"{stored!r} is no length in seconds")
    return float(stored)


def _content(path: str) -> bytes:
    file = os.open(path, os.O_RDONLY)  # Python's own file objects take longer than reading does
    try:
        return os.read(file, os.fstat(file).st_size)
    finally:
        os.close(file)


def _mapped(path: str, shape: tuple[int, int]) -> NDArray[Any]:
    file = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(file).st_size
        if size != 2 * shape[0] * shape[1]:
            raise ValueError(f"{path} does not have the size that its entry says")
        if not size:  # an empty file cannot be mapped
            return np.empty(shape, "<f2")
        mapped = mmap.mmap(file, size, access=mmap.ACCESS_READ)
    finally:
        os.close(file)
    return np.frombuffer(mapped, "<f2").reshape(shape)


def _set_aside(folder: Path) -> None:
    aside = folder.with_name(folder.name + ".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):  # another process was first
        folder.rename(aside)
