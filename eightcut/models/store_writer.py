"""Appends to an entry of the embedding store so that a crash loses next to nothing.

Rows go to ``frames.f16`` and ``rms.f32``; then a line of ``chunks.jsonl`` says
how many there are and what their checksums must be. Whoever goes on later keeps
the rows up to the last line that holds true. The lock on ``chunks.jsonl`` is the
right to write in the folder; the system drops it when the process ends.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from eightcut import atomic, disk
from eightcut.audio.windows import Grid
from eightcut.models import checksums
from eightcut.models.base import Floats

if TYPE_CHECKING:
    from eightcut.models.store import Embeddings

FRAMES, RMS, STATS, META, CHUNKS = "frames.f16", "rms.f32", "stats.f32", "meta.json", "chunks.jsonl"
PARTIAL = ".partial"
HALF_MAX = 65504.0  # the largest float16
READ_ROWS = 4096  # rows looked at together


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry is about; see ``EmbeddingStore.writer``."""

    format: int
    key: str
    fingerprint: str
    embedder: str
    revision: str
    rate_hz: int
    width: int
    grid: Grid


class Writer:
    """One entry on its way; a context manager.

    Attributes:
        rows: how many spans are stored, those of an earlier attempt included.
        then: is called when the entry is finished.
    """

    def __init__(self, folder: Path, about: Entry, find: "Callable[[], Embeddings | None]") -> None:
        self._folder, self._about, self._find = folder, about, find
        self.then: Callable[[], object] = lambda: None
        self._partial, self._chunks = _claimed(folder)
        self.rows = _recovered(self._partial, self._chunks, about.width)
        self._frames = (self._partial / FRAMES).open("ab")
        self._rms = (self._partial / RMS).open("ab")

    def append(self, frames: Floats, rms: Floats) -> None:
        """Store the vectors (spans, width) and the loudness (spans,) of the next spans.

        Numbers beyond what float16 can hold become its largest.

        Raises:
            ValueError: the shapes do not fit, or a vector is not finite.
        """
        if frames.shape != (len(rms), self._about.width):
            raise ValueError(f"frames {frames.shape} and rms {rms.shape} do not fit the entry")
        if not np.isfinite(frames).all():
            raise ValueError(f"{self._about.embedder} gave a vector that is not finite")
        line = {"rows": len(rms)}
        contents = ((self._frames, _halves(frames)), (self._rms, rms.astype("<f4").tobytes()))
        for name, (file, content) in zip((FRAMES, RMS), contents, strict=True):
            with disk.naming(self._partial / name):
                file.write(content)
                _sync(file)
            line[name] = zlib.crc32(content)
        with disk.naming(self._partial / CHUNKS):
            self._chunks.write(json.dumps(line).encode() + b"\n")
            _sync(self._chunks)
        self.rows += len(rms)

    def finish(self, duration: float) -> "Embeddings":
        """Give the entry its final name; ``duration`` is the length of the sound in seconds.

        Where another process has finished the same entry meanwhile, that one is kept.
        """
        self._frames.close()
        self._rms.close()
        atomic.write(self._partial / STATS, _statistics(self._partial, self._about.width))
        crc = {name: checksums.crc32(self._partial / name) for name in (FRAMES, RMS, STATS)}
        meta = asdict(self._about) | {"rows": self.rows, "duration": duration, "crc32": crc}
        meta["pages"] = checksums.pages(self._partial / FRAMES)  # what reading is quick to check
        atomic.write(self._partial / META, json.dumps(meta))
        found = self._find() or self._published()
        self.close()
        self.then()
        return found

    def close(self) -> None:
        """Let go of the files; unfinished rows stay for the next attempt."""
        for file in (self._frames, self._rms, self._chunks):
            with contextlib.suppress(OSError):  # a full disk, as append has said
                file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.rows == 0 or self._folder.exists():  # nothing worth going on with
            shutil.rmtree(self._partial, ignore_errors=True)  # before the lock is let go
        self.close()

    def _published(self) -> "Embeddings":
        with contextlib.suppress(OSError):  # another process was first
            self._partial.rename(self._folder)
            atomic.flush(self._folder.parent)
        if (found := self._find()) is None:
            raise OSError(f"the embeddings in {self._folder} could not be stored")
        return found


def _claimed(folder: Path) -> tuple[Path, BinaryIO]:
    """A partial folder that is ours alone: the fullest that nobody works in, or a new one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    left = folder.parent.glob(f"{folder.name}.*{PARTIAL}")
    for partial in sorted(left, key=_fullness, reverse=True):
        if lock := _locked(partial):
            return partial, lock
    partial = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}{PARTIAL}")
    partial.mkdir()
    if (lock := _locked(partial)) is None:
        raise OSError(f"{partial} was taken by another process")
    return partial, lock


def _fullness(partial: Path) -> int:
    with contextlib.suppress(OSError):
        return (partial / CHUNKS).stat().st_size
    return 0


def _locked(partial: Path) -> BinaryIO | None:
    try:
        file = (partial / CHUNKS).open("a+b")
    except OSError:
        return None  # finished or removed by another process
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if (partial / CHUNKS).stat().st_ino == os.fstat(file.fileno()).st_ino:
            return file
    except OSError:  # locked, finished or removed by another process
        pass
    file.close()
    return None


def _recovered(partial: Path, chunks: BinaryIO, width: int) -> int:
    """Cut a partial folder back to its last good chunk; how many rows that leaves."""
    rows = end = 0
    with (partial / FRAMES).open("a+b") as frames, (partial / RMS).open("a+b") as rms:
        frames.seek(0)
        rms.seek(0)
        for line in _lines(chunks):
            number = _good(line, frames, rms, width)
            if number is None:
                break
            rows, end = rows + number, end + len(line)
        frames.truncate(rows * width * 2)
        rms.truncate(rows * 4)
    chunks.truncate(end)
    return rows


def _lines(chunks: BinaryIO) -> Iterator[bytes]:
    chunks.seek(0)
    yield from chunks.readlines()


def _good(line: bytes, frames: BinaryIO, rms: BinaryIO, width: int) -> int | None:
    """How many rows a line promises, if they are there."""
    try:
        said = json.loads(line)
        rows = int(said["rows"])
        here = {FRAMES: frames.read(rows * width * 2), RMS: rms.read(rows * 4)}
        kept = all(zlib.crc32(content) == said[name] for name, content in here.items())
    except (ValueError, KeyError, TypeError):
        return None
    return rows if kept and rows > 0 and line.endswith(b"\n") else None


def _halves(frames: Floats) -> bytes:
    import torch  # noqa: PLC0415 - its cast is six times faster than numpy's; reading needs neither

    clamped = np.clip(frames, -HALF_MAX, HALF_MAX, dtype=np.float32)
    return bytes(torch.from_numpy(clamped).half().numpy().astype("<f2", copy=False).tobytes())


def _statistics(partial: Path, width: int) -> bytes:
    """Mean and standard deviation of each number over the rows, as float32."""
    total, squares, rows = np.zeros(width), np.zeros(width), 0
    for part in _parts(partial / FRAMES, width):
        rows += len(part)
        total += part.sum(axis=0)
        squares += np.square(part).sum(axis=0)
    mean = total / max(rows, 1)
    spread = np.sqrt(np.maximum(squares / max(rows, 1) - mean**2, 0.0))
    return np.stack([mean, spread]).astype("<f4").tobytes()


def _parts(path: Path, width: int) -> Iterator[NDArray[np.float64]]:
    with path.open("rb") as file:
        while content := file.read(READ_ROWS * width * 2):
            yield np.frombuffer(content, "<f2").reshape(-1, width).astype(np.float64)


def _sync(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())
