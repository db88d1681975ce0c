"""What looking at pictures has shown, kept so that a stopped extraction goes on where it was.

A fact belongs to files as they were: path, length and modification time. It is one
line of JSON with its checksum; a line that is damaged or cut short is passed over and found
again. The file
can be deleted at any time.
"""

import base64
import contextlib
import json
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from hashlib import blake2b
from itertools import islice
from os import cpu_count
from pathlib import Path
from typing import Any, TypeVar

from eightcut import disk
from eightcut.media.listing import Listing
from eightcut.progress import Bar, stop_if

VERSION = 1  # goes up when looking at the same files tells something else
NAME = ".extraction-facts.jsonl"

T = TypeVar("T")


class Facts:
    """Facts by key, in memory and, if a path is given, in a file."""

    def __init__(self, path: Path | None = None) -> None:
        self._known: dict[str, Any] = {}
        self._path = path
        if path is not None and path.is_file():
            self._known.update(_read(path))

    def about(self, kind: str, *files: tuple[Listing, int]) -> str:
        """The key of a fact about files as they are now."""
        told = [(top.path(i), top.sizes[i], top.mtimes_ns[i]) for top, i in files]
        text = json.dumps([VERSION, kind, told])
        return base64.b85encode(blake2b(text.encode(), digest_size=15).digest()).decode()

    def find(
        self,
        wanted: Iterable[tuple[str, Callable[[], Any]]],
        *,
        shown: Bar,
        cancel: threading.Event | None,
    ) -> dict[str, Any]:
        """The facts of these keys; what is not known is found by its function, on all cores.

        What is found is written at once, unless it is that a file cannot be read, which may
        change while the file does not. Raises ``Cancelled`` between two of them.
        """
        wanted = list(wanted)
        missing = []
        for key, work in wanted:
            if key in self._known:
                shown.advance(1)
            else:
                missing.append((key, work))
        with disk.naming(self._path or Path(NAME)), contextlib.ExitStack() as stack:
            file = self._opened(stack) if missing else None
            for key, value in _spread(missing, cancel):
                self._known[key] = value
                if file is not None and not is_about_unreadable(value):
                    file.write(_written(key, value))
                    file.flush()
                shown.advance(1)
        return {key: self._known[key] for key, _ in wanted}

    def _opened(self, stack: contextlib.ExitStack) -> Any:
        if self._path is None:
            return None
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = stack.enter_context(self._path.open("a+", encoding="utf-8"))
        if file.tell() and not _ends_with_a_line(self._path):
            file.write("\n")
        return file


def is_about_unreadable(value: Any) -> bool:
    """Whether a fact says that a file cannot be read."""
    return value is None or (isinstance(value, list) and value[0] == "unreadable")


def _spread(
    missing: list[tuple[str, Callable[[], T]]], cancel: threading.Event | None
) -> Iterator[tuple[str, T]]:
    """Each key with its result, as they come; no more than a few are under way."""
    workers = min(cpu_count() or 1, 8)
    left = iter(missing)
    with ThreadPoolExecutor(workers) as pool:
        running: dict[Future[T], str] = {}
        while True:
            if cancel is None or not cancel.is_set():
                for key, work in islice(left, 2 * workers - len(running)):
                    running[pool.submit(work)] = key
            if not running:
                break
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(done), done.result()
    stop_if(cancel)


def _written(key: str, value: Any) -> str:
    """A line: the fact, and its checksum behind a tab."""
    told = json.dumps([key, value])
    return f"{told}\t{zlib.crc32(told.encode()):08x}\n"


def _read(path: Path) -> Iterator[tuple[str, Any]]:
    """The facts of a file; what is not as it was written is passed over."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            told, _, checksum = line.rstrip("\n").rpartition("\t")
            if checksum == f"{zlib.crc32(told.encode()):08x}":
                key, value = json.loads(told)
                yield key, value


def _ends_with_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
