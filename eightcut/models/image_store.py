"""The vectors of pictures, kept by content: append-only, verified on read, safe to delete.

Each embedder has a folder below ``embeddings/pictures`` with ``vectors.f32``
(rows, width) and ``rows.bin``, which names each row by a content key of 16 bytes
and holds its checksum; all little-endian. Rows are flushed to disk before they
are named, so a crash leaves at most rows without a name, which the next writer
cuts off. Any number of processes may read and append.
"""

import hashlib
import json
import re
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut import atomic, disk
from eightcut.models.base import Floats, ImageEmbedder

FORMAT = 1
ROWS, VECTORS, LOCK, ABOUT = "rows.bin", "vectors.f32", "lock", "about.json"
ROW = np.dtype([("key", "V16"), ("crc32", "<u4")])
KEY = re.compile(r"[0-9a-f]{32}")


class Found(NamedTuple):
    """What the store knows of the pictures asked for.

    Attributes:
        vectors: (pictures, width) float32; a row that is not known holds NaN.
        is_known: (pictures,) bool.
    """

    vectors: Floats
    is_known: NDArray[np.bool_]


class ImageStore:
    """The vectors that one embedder has given; threads may share it.

    Args:
        root: the folder of the workspace's embeddings.
        embedder: whose vectors these are; another revision has a store of its own.
        decoder: names the way pictures are read, which vectors depend on as well.
    """

    def __init__(self, root: Path, embedder: ImageEmbedder, decoder: str) -> None:
        parts = [FORMAT, embedder.name, embedder.revision, embedder.width, embedder.edge, decoder]
        digest = hashlib.blake2b(json.dumps(parts).encode(), digest_size=4).hexdigest()
        self.folder = (
            root / "pictures" / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', embedder.name)}-{digest}"
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / ABOUT).exists():
            atomic.write(self.folder / ABOUT, json.dumps(parts))
        self._width = embedder.width
        self._turn = threading.Lock()
        self._index: dict[bytes, int] = {}
        self._crc: NDArray[np.uint32] = np.empty(0, np.uint32)

    def find(self, keys: Sequence[str]) -> Found:
        """The vectors under some keys, each checked against its checksum.

        A damaged row counts as not known.

        Raises:
            ValueError: a key is not 32 hexadecimal digits.
        """
        with self._turn:
            return self._find(list(map(_bytes, keys)))

    def append(self, keys: Sequence[str], vectors: Floats) -> None:
        """Keep the vectors (pictures, width) under their keys; known keys change nothing.

        Raises:
            ValueError: the shapes do not fit, or a vector is not finite.
        """
        if vectors.shape != (len(keys), self._width):
            raise ValueError(f"{len(keys)} keys do not fit vectors of the shape {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise ValueError(f"a vector for {self.folder.name} is not finite")
        wanted = dict(zip(map(_bytes, keys), vectors.astype("<f4"), strict=True))
        with self._turn, atomic.exclusively(self.folder / LOCK):
            self._mend()
            known = self._find(list(wanted)).is_known
            fresh = [key for key, is_known in zip(wanted, known, strict=True) if not is_known]
            if fresh:
                self._write(fresh, [wanted[key] for key in fresh])

    def _find(self, keys: list[bytes]) -> Found:
        self._refresh()
        rows = np.array([self._index.get(key, -1) for key in keys], np.intp)
        vectors = np.full((len(keys), self._width), np.nan, np.float32)
        is_known = rows >= 0
        if is_known.any():
            vectors[is_known] = self._mapped()[rows[is_known]]
        for place in np.flatnonzero(is_known):
            if zlib.crc32(vectors[place].astype("<f4").data) != self._crc[rows[place]]:
                vectors[place], is_known[place] = np.nan, False
        return Found(vectors, is_known)

    def _refresh(self) -> None:
        """Learn of the rows that were added since, by whoever."""
        path, known = self.folder / ROWS, len(self._crc)
        size = path.stat().st_size // ROW.itemsize if path.exists() else 0
        if size < known:  # mended, or deleted by a person
            self._index, self._crc, known = {}, np.empty(0, np.uint32), 0
        if size > known:
            added = np.fromfile(path, ROW, size - known, offset=known * ROW.itemsize)
            keys = added["key"].tolist()
            self._index |= {key: row for row, key in enumerate(keys, known)}
            self._crc = np.concatenate([self._crc, added["crc32"].astype(np.uint32)])

    def _mapped(self) -> Floats:
        """All vectors; fewer than rows are named only where the file was damaged."""
        path, width = self.folder / VECTORS, self._width
        whole = path.stat().st_size // (4 * width) if path.exists() else 0
        rows = len(self._crc)
        if whole >= rows:
            return np.memmap(path, "<f4", "r", shape=(rows, width))
        padded = np.full((rows, width), np.nan, np.float32)
        if whole:
            padded[:whole] = np.memmap(path, "<f4", "r", shape=(whole, width))
        return padded

    def _mend(self) -> None:
        """Cut off what a crash left behind: rows without a name, names without a row."""
        names, vectors = self.folder / ROWS, self.folder / VECTORS
        names.touch()
        vectors.touch()
        size = 4 * self._width
        rows = min(names.stat().st_size // ROW.itemsize, vectors.stat().st_size // size)
        for path, wanted in ((names, rows * ROW.itemsize), (vectors, rows * size)):
            if path.stat().st_size != wanted:
                with path.open("r+b") as file:
                    file.truncate(wanted)

    def _write(self, keys: list[bytes], vectors: list[Floats]) -> None:
        names = np.empty(len(keys), ROW)
        names["key"] = np.array(keys, "V16")
        names["crc32"] = [zlib.crc32(vector.data) for vector in vectors]
        contents = {VECTORS: np.concatenate(vectors).tobytes(), ROWS: names.tobytes()}
        for name, content in contents.items():
            path = self.folder / name
            with disk.naming(path), path.open("ab") as file:
                file.write(content)
            atomic.flush(self.folder / name)


def _bytes(key: str) -> bytes:
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not the key of a picture")
    return bytes.fromhex(key)
