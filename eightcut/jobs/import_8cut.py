"""Taking an 8-cut database into a workspace, and leaving the file alone."""

import tempfile
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from eightcut.db import ClipDB, Taken, open_copy
from eightcut.media.fingerprint import fingerprint
from eightcut.workspace import Workspace

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
