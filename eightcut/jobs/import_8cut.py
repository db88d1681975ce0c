"""Taking an 8-cut database, or its whole home, into a workspace, and leaving it alone."""

import tempfile
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from eightcut.db import ClipDB, StoreError, Taken, open_copy
from eightcut.jobs import import_home
from eightcut.jobs.import_home import FoundCache, FoundModel
from eightcut.media.fingerprint import fingerprint
from eightcut.workspace import Skipped, Workspace

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How many rows of each table were read, and how many of them were new."""

    source: Path
    tables: tuple[Taken, ...]

    def frame(self) -> "pd.DataFrame":
        """One row per table: table, read, added."""
        import pandas as pd  # noqa: PLC0415 - half a second that only tables need

        return pd.DataFrame(self.tables, columns=list(Taken._fields))

    def __str__(self) -> str:
        counts = (f"{item.table} {item.added} of {item.read}" for item in self.tables)
        return f"new rows from {self.source}: {', '.join(counts)}"


def import_8cut(
    file: str | PathLike[str], workspace: str | PathLike[str] | Workspace | ClipDB
) -> ImportReport:
    """Add what an 8-cut database holds to a workspace, which is created if need be.

    The file is only read; a copy of it, as of now, is migrated and merged in
    one transaction. Importing it again adds only what is new since. 8-cut knows
    files by name alone: where the workspace has other content under a name, the
    imported rows get the parent folder in front of it.

    Raises:
        FileNotFoundError: there is no such file.
        StoreError: it is no 8-cut database, is damaged, or is locked.
    """
    source = Path(file).expanduser().absolute()
    if not source.is_file():
        raise FileNotFoundError(f"{source} is no file; name an 8-cut database such as ~/.8cut.db")
    with (
        tempfile.TemporaryDirectory(prefix="eightcut-") as folder,
        open_copy(source, Path(folder) / "copy.db") as copy,
    ):
        return ImportReport(source, tuple(_merged(copy, workspace)))


@dataclass(frozen=True, slots=True)
class HomeReport:
    """What an 8-cut home held.

    Attributes:
        home: the folder.
        databases: each that was imported, with its counts.
        models: its classifiers, by their names; none was opened, because loading such a
            file runs the code in it. Train again from the clips that came over.
        caches: its folders of embeddings and downloads, which are not used here.
        skipped: files that are no 8-cut database, each with the reason.
    """

    home: Path
    databases: tuple[ImportReport, ...]
    models: tuple[FoundModel, ...]
    caches: tuple[FoundCache, ...]
    skipped: tuple[Skipped, ...]

    def frame(self) -> "pd.DataFrame":
        """One row per database and table: source, table, read, added."""
        import pandas as pd  # noqa: PLC0415 - half a second that only tables need

        rows = [(str(one.source), *item) for one in self.databases for item in one.tables]
        return pd.DataFrame(rows, columns=["source", *Taken._fields])

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True))

    def __str__(self) -> str:
        lines = [str(one) for one in self.databases]
        lines.append(
            f"{len(self.models)} classifiers, listed and not opened, because loading one would "
            "run the code in it; train again from the clips"
        )
        lines += [
            f"  {model.path} ({_size(model.size)}): profile {model.profile}, "
            f"{model.embedder or 'embedder unknown'}"
            + f", {model.name}" * bool(model.name)
            + (f", kept {model.stamp}" if model.stamp else ", in use")
            for model in self.models
        ]
        lines += [
            f"cache {cache.path}: {cache.files} files, {_size(cache.size)}, not used here"
            for cache in self.caches
        ]
        return "\n".join(lines)


def import_8cut_home(
    home: str | PathLike[str], workspace: str | PathLike[str] | Workspace | ClipDB
) -> HomeReport:
    """Import every 8-cut database of a folder, and list its models and caches.

    Files are only read, and models not even that: their names and sizes are told.

    Raises:
        NotADirectoryError: there is no such folder.
        LookupError: it holds no 8-cut database.
    """
    folder = Path(home).expanduser().absolute()
    if not folder.is_dir():
        raise NotADirectoryError(f"there is no folder {folder}; name the one of .8cut.db")
    imported, skipped = [], import_home.copies(folder)
    for path in import_home.databases(folder):
        try:
            imported.append(import_8cut(path, workspace))
        except StoreError as problem:
            skipped.append(Skipped(path.name, str(problem)))
    if not imported:
        reason = f": {skipped[0].path}: {skipped[0].reason}" if skipped else ""
        raise LookupError(f"{folder} holds no 8-cut database such as .8cut.db{reason}")
    return HomeReport(
        folder, tuple(imported), tuple(import_home.models(folder)),
        tuple(import_home.caches(folder)), tuple(skipped),
    )  # fmt: skip


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _merged(copy: ClipDB, workspace: str | PathLike[str] | Workspace | ClipDB) -> list[Taken]:
    if isinstance(workspace, ClipDB):
        return _into(workspace, copy)
    if isinstance(workspace, Workspace):
        return _into(workspace.clips, copy)
    with Workspace(workspace) as opened:
        return _into(opened.clips, copy)


def _into(db: ClipDB, copy: ClipDB) -> list[Taken]:
    for filename, source in copy.source_paths().items():
        path = Path(source)
        known = db.get_media(filename)
        if known and path.is_file() and known.fingerprint != fingerprint(path):
            copy.rename_file(filename, f"{path.parent.name}/{filename}")
    return db.merge(copy)
