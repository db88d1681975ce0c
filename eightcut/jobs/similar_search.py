"""One question to the cached embeddings of a workspace: which files, which windows."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from eightcut.audio.windows import TICK, Floats, Grid, starts
from eightcut.db import MediaFile
from eightcut.jobs.files import Files, media_files
from eightcut.jobs.pooled import Searched
from eightcut.models.base import Embedder
from eightcut.models.nearest import Rows
from eightcut.progress import Shown, bar
from eightcut.workspace import Skipped, Workspace

FEW = 50_000  # windows; reading fewer takes no time worth telling

Example = tuple[str, float]


class Search(NamedTuple):
    """One question to a workspace."""

    ws: Workspace
    embedder: Embedder
    grid: Grid
    kept: Searched

    def key(self, media: MediaFile) -> str:
        """Names a file's embeddings in the store."""
        spans = self.embedder.grid(self.grid)
        return self.ws.embeddings.key(media.fingerprint, self.embedder, spans)

    def opened(self, media: MediaFile) -> str:
        """The key of a file whose embeddings are there and sound."""
        key = self.key(media)
        if not self.ws.embeddings.has(key):
            raise LookupError(
                f"{media.filename} has no {self.embedder.name} embeddings for windows of "
                f"{self.grid.length:g} s; scan it first"
            )
        if not self.kept.windows.knows(key):
            try:
                self.kept.windows.open(key)
            except LookupError as problem:
                raise LookupError(f"{media.filename}: {problem}; scan it again") from problem
        return key

    def inside(self, examples: Sequence[Example]) -> list[Example]:
        """The same examples, moved back where their window would reach beyond the end."""
        found = []
        for filename, start in examples:
            duration = self.kept.windows.open(self._named(filename)).duration
            found.append((filename, _inside(filename, float(start), duration, self.grid)))
        return found

    def vectors(self, examples: Sequence[Example]) -> Floats:
        """Of some examples: (examples, width)."""
        found = [np.empty((0, self.embedder.width), np.float32)]
        for filename, start in examples:
            found.append(self.kept.windows.at(self._named(filename), np.array([start])))
        return np.concatenate(found)

    def _take_in(self, known: dict[str, str], *, progress: Shown) -> None:
        """Get ready for the question; the time it takes is told where it is the first one."""
        nearest, windows = self.kept.nearest, self.kept.windows
        fresh = sum(windows.count(key) for key in known if not nearest.holds(key))
        with bar("Reading embeddings", fresh * self.grid.hop, shown=progress and fresh > FEW) as on:
            nearest.take_in(
                list(known), windows, lambda key: on.advance(windows.count(key) * self.grid.hop)
            )

    def _named(self, filename: str) -> str:
        media = self.ws.clips.get_media(filename)
        if media is None:
            raise LookupError(f"{filename} is no file of this workspace; add it with add_media")
        return self.opened(media)

    def files(
        self, files: Files | None, *, progress: Shown
    ) -> tuple[dict[str, str], list[Skipped]]:
        """Key -> filename of the files to search, and those that cannot be searched."""
        given, skipped = (
            (self.ws.clips.list_media(), []) if files is None else media_files(self.ws, files)
        )
        known: dict[str, str] = {}
        for media in sorted(given):
            try:
                known[self.opened(media)] = media.filename
            except LookupError as problem:
                skipped.append(Skipped(media.filename, str(problem)))
        self._take_in(known, progress=progress)
        return known, skipped

    def own_places(self, examples: Iterable[Example], known: dict[str, str]) -> dict[str, Rows]:
        """Key -> the windows that overlap an example."""
        keys = {filename: key for key, filename in known.items()}
        found: dict[str, list[Rows]] = {}
        for filename, start in examples:
            if (key := keys.get(filename)) is not None:
                begin = starts(self.kept.windows.count(key), self.grid)
                near = np.abs(begin - start) < self.grid.length - TICK
                found.setdefault(key, []).append(np.flatnonzero(near))
        return {key: np.unique(np.concatenate(rows)) for key, rows in found.items()}


def _inside(filename: str, start: float, duration: float, grid: Grid) -> float:
    """The start, moved back where the window would reach beyond the end of the file."""
    last = duration - grid.length
    if last < -TICK:
        raise ValueError(f"{filename} is shorter than a window of {grid.length:g} s")
    if not 0 <= start < duration:
        raise ValueError(f"an example starts at 0 to {duration:g} s of {filename}, not at {start}")
    return max(min(start, last), 0.0)
