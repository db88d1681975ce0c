"""Embeddings that several machines share: at any address that fsspec knows, with a copy here.

An entry is taken from there when it is not here, and brought there when it is
finished. Its ``meta.json`` goes last, so an entry without it does not exist; what
was taken is checked by its checksums like everything that is read.
"""

import contextlib
import secrets
import shutil
from pathlib import Path
from typing import Any

from eightcut.audio.windows import Grid
from eightcut.models.base import Embedder
from eightcut.models.store import Embeddings, EmbeddingStore
from eightcut.models.store_writer import FRAMES, META, PARTIAL, RMS, STATS, Writer

FILES = (FRAMES, RMS, STATS, META)


def opened(address: str, here: Path) -> EmbeddingStore:
    """The store at an address; a folder (or none, which is ``here``) is used as it is.

    Raises:
        ImportError: the address needs a package that is not installed.
        ValueError: fsspec knows no such kind of address.
    """
    if "://" not in address:
        return EmbeddingStore(Path(address).expanduser() if address else here)
    return SharedStore(here, address)


class SharedStore(EmbeddingStore):
    """The embeddings below an address, kept in a folder as far as they were needed here."""

    def __init__(self, root: Path, address: str) -> None:
        super().__init__(root)
        self.address = address.rstrip("/")
        self._connect()

    def find(self, key: str) -> Embeddings | None:
        """The embeddings under a key, from here or from there; None where neither has them."""
        if (found := super().find(key)) is not None:
            return found
        return super().find(key) if self._take(key) else None

    def has(self, key: str) -> bool:
        """Whether there is an entry under a key, here or there."""
        return super().has(key) or bool(self._there.exists(self._at(key, META)))

    def writer(self, key: str, *, fingerprint: str, embedder: Embedder, grid: Grid) -> Writer:
        """As of any store; a finished entry is brought to the others.

        Raises OSError when that fails; the entry is here then all the same.
        """
        writer = super().writer(key, fingerprint=fingerprint, embedder=embedder, grid=grid)
        writer.then = lambda: self._bring(key)
        return writer

    def share(self) -> int:
        """Bring every entry that is here and not there, and count them."""
        here = [path.name for path in self.root.glob("*/*") if (path / META).exists()]
        missing = [key for key in here if not self._there.exists(self._at(key, META))]
        for key in missing:
            self._bring(key)
        return len(missing)

    def __getstate__(self) -> dict[str, Any]:
        return {"root": self.root, "address": self.address}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.root, self.address = state["root"], state["address"]
        self._connect()

    def _connect(self) -> None:
        from fsspec.core import url_to_fs  # noqa: PLC0415 - only who shares needs it

        self._there, self._path = url_to_fs(self.address)

    def _at(self, key: str, name: str) -> str:
        return f"{self._path}/{key[:2]}/{key}/{name}"

    def _take(self, key: str) -> bool:
        folder = self._folder(key)
        if not self._there.exists(self._at(key, META)):
            return False
        scratch = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}{PARTIAL}")
        scratch.mkdir(parents=True)
        try:
            for name in FILES:
                self._there.get_file(self._at(key, name), str(scratch / name))
            with contextlib.suppress(OSError):  # another process was first
                scratch.rename(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return True

    def _bring(self, key: str) -> None:
        self._there.makedirs(self._at(key, "").rstrip("/"), exist_ok=True)
        for name in FILES:
            self._there.put_file(str(self._folder(key) / name), self._at(key, name))
