"""Which media file another program means by a name.

It may write a file's key, its path on this or another machine, or its bare name, with
letters like ü in one piece or, as some systems do, in two.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePath

from eightcut.db import MediaFile, paths
from eightcut.workspace import Workspace

RAVEN = ".Table."  # night.Table.1.selections.txt is what Raven calls the table of night.wav
Files = Workspace | Iterable[str | MediaFile]


class FileNames:
    """The files that a table may be about; every name is its own key where none are known."""

    def __init__(self, paths_of: Mapping[str, str] | None, ends: Mapping[str, float]) -> None:
        self._paths = paths_of
        self._ends = ends
        self._saved: dict[str, str] | None = None
        self._called: dict[str, str | LookupError] = {}
        self._of_base: dict[str, list[str]] = defaultdict(list)
        for key, path in (paths_of or {}).items():
            for base in {paths.name(key), paths.name(path)} - {""}:
                self._of_base[_composed(base)].append(key)

    @classmethod
    def of(cls, files: Files | None) -> "FileNames":
        """The names of a workspace's files, or of those given; of any file where None is."""
        if files is None:
            return cls(None, {})
        known = files.clips.list_media() if isinstance(files, Workspace) else list(files)
        media = [file for file in known if isinstance(file, MediaFile)]
        places = {file: "" for file in known if isinstance(file, str)}
        places |= {file.filename: file.path for file in media}
        ends = {file.filename: file.duration for file in media if file.duration is not None}
        return cls(places, ends)

    def end(self, key: str) -> float:
        """Where a file ends, infinity where that is unknown."""
        return self._ends.get(key, float("inf"))

    def key(self, name: str | None, table: Path) -> str:
        """The key of the file that is named.

        Raises:
            LookupError: no file is called that, or several are.
            ValueError: the table names none, and it cannot be told which one it is about.
        """
        if name is None:
            return self.of_table(table)
        if self._paths is None or name in self._paths:
            return name
        if name not in self._called:
            self._called[name] = self._find(name)
        found = self._called[name]
        if isinstance(found, LookupError):
            raise found
        return found

    def of_table(self, table: Path) -> str:
        """The file that a table is named like, or the only one there is.

        Raises:
            ValueError: it cannot be told which.
        """
        known = self._paths or {}
        stems = {table.stem, table.name.partition(RAVEN)[0]}
        same = [key for key in known if key in stems] or [
            key for key in known if PurePath(key).stem in stems
        ]
        if len(same) == 1:
            return same[0]
        if len(known) == 1:
            return next(iter(known))
        raise ValueError(
            f"{table} does not say which file it is about; name it like the file (night.wav: "
            "night.txt), or give it a column filename (in Raven: Begin File)"
        )

    def saved_as(self, name: str, namer: Callable[[str], str]) -> str | None:
        """The file whose key ``namer`` turns into this name, None where there is none."""
        if self._saved is None:
            self._saved = {namer(key): key for key in self._paths or ()}
        return self._saved.get(name)

    def _find(self, name: str) -> str | LookupError:
        found = self._like(name)
        if len(found) == 1:
            return found[0]
        if not found:
            return LookupError(f"no file here is called {name!r}; add it with ws.add_media")
        return LookupError(f"{name!r} may be any of {', '.join(sorted(found))}; write one of these")

    def _like(self, name: str) -> list[str]:
        """The files at this path, else those whose path or key ends like it, else by bare name."""
        places = self._paths or {}
        known = [(key, places[key]) for key in self._of_base.get(_composed(paths.name(name)), ())]
        return (
            [key for key, path in known if path == name]
            or [key for key, path in known if path and paths.ends_with(path, name)]
            or _longest([key for key, _ in known if paths.ends_with(name, key)])
            or [key for key, _ in known]
        )


def _composed(base: str) -> str:
    return unicodedata.normalize("NFC", base.strip())


def _longest(keys: list[str]) -> list[str]:
    """Those that say most of the path: ``night/a.wav`` before ``a.wav``."""
    most = max((len(paths.parts(key)) for key in keys), default=0)
    return [key for key in keys if len(paths.parts(key)) == most]
