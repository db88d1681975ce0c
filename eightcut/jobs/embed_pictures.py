"""From picture files to their vectors, the same way for training and for recommending.

Vectors are kept by the SHA-256 of the file's bytes. So a picture that was cropped
in place is embedded anew, one that was moved or copied is not, and one whose
metadata alone were changed is, which does no harm. Hashing bytes costs a
hundredth of decoding pixels, so what is known needs no decoding.
"""

import contextlib
import functools
import hashlib
import math
import os
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.jobs import cluster
from eightcut.media import images
from eightcut.models import registry
from eightcut.models.base import Floats, ImageEmbedder
from eightcut.models.image_store import ImageStore
from eightcut.progress import Bar, Shown, bar, stop_if
from eightcut.workspace import Skipped, Workspace

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "EFFICIENTNET_LITE0"
DECODER = "1"  # goes up when the same file would give other pixels
BATCH = 16  # pictures whose vectors are stored at a time
AHEAD = 3 * BATCH  # pictures that are decoded before they are needed
SHARD = 64  # pictures that a worker takes at a time
ATTEMPTS = 3  # at a file that another program is writing


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """The vectors of some pictures.

    Attributes:
        vectors: (pictures, width) float32, in the order of ``paths``.
        paths: the pictures that have one, in the order they were given.
        skipped: the files that could not be read, each with the reason.
        keys: what each of ``paths`` holds: files of the same bytes have the same key.
    """

    vectors: Floats
    paths: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    keys: tuple[str, ...]

    def frame(self) -> "pd.DataFrame":
        """A row per picture, a column per number, by path."""
        import pandas as pd  # noqa: PLC0415 - slow to import

        return pd.DataFrame(self.vectors, index=pd.Index(map(str, self.paths), name="path"))


def embed_pictures(
    ws: Workspace,
    paths: Iterable[str | PathLike[str]],
    *,
    model: str = DEFAULT,
    progress: Shown = True,
    cancel: threading.Event | None = None,
    client: Any = None,
) -> Embedded:
    """Embed pictures with what is kept in the workspace, and keep what is new.

    Pictures are decoded by several threads while the network runs. A crash or a
    cancel loses at most the last few pictures.

    Args:
        ws: keeps the vectors.
        paths: picture files; one that cannot be read is skipped and the rest go on.
        model: an embedder, one of ``embedders("image")``.
        progress: whether a person sees how far it is.
        cancel: set it to stop.
        client: a Dask client; its workers, which must see the same files, read and embed
            the pictures, and the vectors are kept here.

    Raises:
        LookupError: there is no such image embedder.
        ConnectionError: its weights are not on this machine and cannot be fetched, or the
            client has no workers.
        Cancelled: ``cancel`` was set.
    """
    embedder = registry.load(model, "image")
    store = ImageStore(ws.embeddings.root, embedder, DECODER)
    given = [Path(path).expanduser() for path in paths]
    known: dict[Path, str] = {}
    if client is not None:
        known = _spread(client, embedder, store, given, progress=progress, cancel=cancel)
        progress = False
    return embed_with(embedder, store, given, known=known, progress=progress, cancel=cancel)


def embed_with(
    embedder: ImageEmbedder,
    store: ImageStore,
    paths: Iterable[str | PathLike[str]],
    *,
    known: Mapping[Path, str] = MappingProxyType({}),
    progress: Shown = False,
    cancel: threading.Event | None = None,
) -> Embedded:
    """Like ``embed_pictures``, for whoever keeps a store open; it is made with ``DECODER``.

    Files in ``known`` are not read: the store has their vectors under these keys.
    """
    given = [Path(path).expanduser() for path in paths]
    batch = _Batch(embedder, store)
    keys: list[str] = []
    kept: list[Path] = []
    skipped: list[Skipped] = []
    with bar("Looking at pictures", len(given), shown=progress) as shown:
        see = functools.partial(_see, known=known, store=store, edge=embedder.edge)
        for path, reading in _read_ahead(given, see, cancel):
            try:
                seen = reading.result()
            except (OSError, images.BadImage) as problem:
                skipped.append(Skipped(str(path), str(problem)))
            else:
                kept.append(path)
                keys.append(seen.key)
                batch.add(seen)
            _tell(shown, path)
        batch.flush()
    found = store.find(keys)
    if not found.is_known.all():
        raise OSError(f"vectors in {store.folder} were damaged while they were used; try again")
    return Embedded(found.vectors, tuple(kept), tuple(skipped), tuple(keys))


def _spread(
    client: Any,
    embedder: ImageEmbedder,
    store: ImageStore,
    paths: list[Path],
    *,
    progress: Shown,
    cancel: threading.Event | None,
) -> dict[Path, str]:
    """Keep the vectors that the workers give: the key of each file that none failed at."""
    keys: dict[Path, str] = {}
    shards = [paths[begin : begin + SHARD] for begin in range(0, len(paths), SHARD)]
    root = store.folder.parent.parent
    tasks = [(embedder.name, embedder.revision, root, shard) for shard in shards]
    sizes = [float(len(shard)) for shard in shards]
    with bar("Looking at pictures", len(paths), shown=progress) as shown:
        for outcome in cluster.outcomes(
            client, _on_worker, tasks, sizes=sizes, bar=shown, cancel=cancel
        ):
            if (found := outcome.value) is not None:
                store.append(found.new, found.vectors)
                keys |= found.keys
    return keys


class _Shard(NamedTuple):
    """What a worker found of its pictures.

    Attributes:
        keys: what each file holds, without those that could not be read.
        new: the keys that were not known.
        vectors: (new, width) theirs.
    """

    keys: dict[Path, str]
    new: list[str]
    vectors: Floats


def _on_worker(task: tuple[str, str, Path, list[Path]], report: cluster.Report) -> _Shard:
    name, revision, root, paths = task
    embedder = registry.load(name, "image", revision)
    keys: dict[Path, str] = {}
    new: dict[str, NDArray[np.uint8]] = {}
    with contextlib.ExitStack() as stack:
        if not root.is_dir():  # the workspace is not there: nothing is known
            root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = ImageStore(root, embedder, DECODER)
        for path in paths:
            stop_if(report)
            with contextlib.suppress(OSError, images.BadImage):
                keys[path], pixels = _see(path, known={}, store=store, edge=embedder.edge)
                if pixels is not None:
                    new[keys[path]] = pixels
            report.advance(1)
    return _Shard(keys, list(new), embedder.embed(list(new.values())))


class _Seen(NamedTuple):
    """A file's key, and its pixels where its vector is not known."""

    key: str
    pixels: NDArray[np.uint8] | None


class _Batch:
    """Pictures that wait for the network."""

    def __init__(self, embedder: ImageEmbedder, store: ImageStore) -> None:
        self._embedder, self._store = embedder, store
        self._waiting: dict[str, NDArray[np.uint8]] = {}

    def add(self, seen: _Seen) -> None:
        if seen.pixels is not None:
            self._waiting[seen.key] = seen.pixels
        if len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            vectors = self._embedder.embed(list(self._waiting.values()))
            self._store.append(list(self._waiting), vectors)
            self._waiting = {}


def _read_ahead(
    paths: list[Path], see: Callable[[Path], _Seen], cancel: threading.Event | None
) -> Iterator[tuple[Path, "Future[_Seen]"]]:
    """Read files some ahead of whoever takes them, in their order."""
    pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)), "decode")
    try:
        waiting: deque[tuple[Path, Future[_Seen]]] = deque()
        for path in paths:
            waiting.append((path, pool.submit(see, path)))
            if len(waiting) > AHEAD:
                stop_if(cancel)
                yield waiting.popleft()
        while waiting:
            stop_if(cancel)
            yield waiting.popleft()
    finally:
        pool.shutdown(cancel_futures=True)


def _see(path: Path, *, known: Mapping[Path, str], store: ImageStore, edge: int) -> _Seen:
    if path in known:
        return _Seen(known[path], None)
    for _ in range(ATTEMPTS):
        picture = images.probe(path)
        before = _identity(path)
        with path.open("rb") as file:
            key = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        if store.find([key]).is_known[0]:
            return _Seen(key, None)
        pixels = images.pixels(path, _longer(picture, edge))
        if _identity(path) == before:
            return _Seen(key, pixels)
    raise OSError(f"{path} is being written by another program; try again later")


def _longer(picture: images.Picture, edge: int) -> int:
    """How long the longer side may be so that the shorter one keeps ``edge`` pixels."""
    long, short = max(picture[:2]), min(picture[:2])
    return min(long, math.ceil(long * edge / short))


def _identity(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _tell(shown: Bar, path: Path) -> None:
    shown.say(path.name)
    shown.advance(1)
