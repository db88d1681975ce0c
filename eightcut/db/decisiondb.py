"""``DecisionDB``: the decisions of one picture project as one object.

The functions of this package do the work and carry the documentation. Here
each becomes a method (``store.reads``, ``store.writes``).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from eightcut.db import (
    batches,
    connection,
    decision_backfill,
    decision_csv,
    decision_history,
    decision_merge,
    decision_reading,
    decision_validation,
    decisions,
)
from eightcut.db.connection import StoreError
from eightcut.db.decision_backfill import Backfill
from eightcut.db.decision_cells import SizeOf
from eightcut.db.decision_csv import Row
from eightcut.db.decision_import import Entry, from_history, take_over
from eightcut.db.decision_merge import MergedDecisions
from eightcut.db.decision_report import ImportReport
from eightcut.db.decision_schema import DECISIONS
from eightcut.db.store import Store, reads, writes
from eightcut.images.decisions import check_project_id

FOLDER = Path("data", "training", "ai_training_decisions")  # of a workspace
_SETTINGS = "eightcut.toml"  # what makes a folder a workspace


class History(Protocol):
    """What gives its entries when it is asked, as an extraction does."""

    def decision_rows(self) -> Iterable[Mapping[str, Any]]:
        """Its entries."""


class DecisionDB(Store):
    """The decisions of one picture project, in a file of their own.

    ``where`` is a workspace, its folder, or any other folder to keep
    ``PROJECT_ID.db`` in. The file is created if it does not exist. One of the
    earlier tool is first copied to ``NAME.bak-STAMP`` and then migrated, which is
    said on stderr.

    Threads may share an object, processes may share a file: each call is one
    transaction and waits up to a minute for other writers.

    Raises:
        ValueError: the id cannot name a project.
        StoreTooNew: a later release wrote the file.
        StoreError: the file cannot be opened, is locked, damaged, no database, or
            another program's or project's. Both are ValueErrors.
    """

    KIND = DECISIONS

    def __init__(self, where: Any, project_id: str, *, read_only: bool = False) -> None:
        self.project_id = check_project_id(project_id)
        folder = _folder(where)
        if not read_only:
            folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder / f"{project_id}.db", read_only=read_only)

    log_ai_decision = writes(decisions.log_ai_decision)
    update_decision_with_crop = writes(decisions.update_decision_with_crop)
    close_decision = writes(decisions.close_decision)

    get_decision = reads(decision_reading.get_decision)
    decisions = reads(decision_reading.decisions)
    incomplete_crops = reads(decision_reading.incomplete_crops)
    ai_mistakes = reads(decision_reading.ai_mistakes)
    ai_performance = reads(decision_reading.ai_performance)
    history = reads(decision_history.history)

    plan_batch = writes(batches.plan_batch)
    complete_batch = writes(batches.complete_batch)
    begin_undo = writes(batches.begin_undo)
    complete_undo = writes(batches.complete_undo)
    batches = reads(batches.batches)

    single_crops = reads(decision_reading.single_crops)
    migration = reads(decision_reading.migration)
    unreadable = reads(decision_reading.unreadable)

    def validate(self) -> list[str]:
        """What is wrong with the file and its rows, a sentence each; it never raises."""
        try:
            with self._session(connection.snapshot) as db:
                return decision_validation.problems(db, self.project_id)
        except StoreError as problem:
            return [str(problem)]

    def backfill_crop_accepted(
        self,
        dry_run: bool = True,  # noqa: FBT001, FBT002 - the signature of the API
        root: str | PathLike[str] | None = None,
    ) -> Backfill:
        """Fill in ``ai_crop_accepted`` where the files tell it, or only say what would be.

        ``root`` is the folder of ``crop_auto`` and ``selected``; without it, it is
        read from the project's manifest in the workspace.

        Raises:
            ValueError: there is no such folder, or no manifest that names it.
        """
        folder = self._root() if root is None else Path(root).expanduser()
        if not folder.is_dir():
            raise ValueError(f"{folder} is not a folder; pass the project's folder as root")
        with self._session(connection.snapshot) as db:
            found = decision_backfill.candidates(db)
        rows = tuple(decision_backfill.evidence(decision, folder) for decision in found)
        if not dry_run:
            with self._session(connection.atomic) as db:
                decision_backfill.fill(db, rows)
        return Backfill(rows, dry_run)

    def import_legacy_csv(
        self,
        path: str | PathLike[str],
        dry_run: bool = True,  # noqa: FBT001, FBT002 - the signature of the API
        *,
        size_of: SizeOf | None = None,
        only: Callable[[Row], bool] | None = None,
    ) -> ImportReport:
        """Take over the earlier tool's crop log or selection log, which is only read.

        The columns are told in ``decision_csv``. A row with 2 to 4 images becomes a
        historical decision; a crop of one image goes to the historical decision
        that chose it, or is kept by itself (``single_crops``). So take over the
        selection log first. A second time, nothing is taken over twice. The
        database is copied aside before anything is written.

        Args:
            path: the log; one of several projects needs ``only``.
            dry_run: only say what would happen.
            size_of: gives (width, height) of a path as logged, or None; it is asked
                where a row holds no size.
            only: whether to take a row, given as column -> text.

        Raises:
            ValueError: the file is not one of the two logs.
            OSError: it cannot be read.
        """
        found, left_out = decision_csv.entries(Path(path).expanduser(), size_of, only)
        return replace(self._take_over(str(path), found, dry_run=dry_run), left_out=left_out)

    def import_history(
        self,
        entries: History | Iterable[Mapping[str, Any]],
        dry_run: bool = True,  # noqa: FBT001, FBT002 - the signature of the API
    ) -> ImportReport:
        """Take over extracted history; what the database knows already stays as it is.

        An extraction gives an entry for each of its groups. An entry has ``images``,
        ``user_selected_index`` and ``user_action``, and may have directory, timestamp,
        image_width, image_height and final_crop_coords.
        Entries are counted from 1. The database is copied aside before anything is
        written.
        """
        given = entries if isinstance(entries, Iterable) else entries.decision_rows()
        found = [(n, from_history(entry, self.project_id)) for n, entry in enumerate(given, 1)]
        return self._take_over("history", found, dry_run=dry_run)

    def import_entries(
        self,
        source: str,
        entries: Sequence[tuple[int, Entry]],
        dry_run: bool = True,  # noqa: FBT001, FBT002 - like its siblings
    ) -> ImportReport:
        """Take over numbered groups and crops of single pictures; a text says why one is refused.

        ``source`` is noted with the batch. The database is copied aside before anything
        is written.
        """
        return self._take_over(source, entries, dry_run=dry_run)

    def merge(self, other: "DecisionDB", source: str, *, dry_run: bool = True) -> MergedDecisions:
        """Add the decisions of another file of this project; that file is only read.

        ``source`` is noted with the batch that takes them back. Where there are
        decisions here, the database is copied aside before anything is written.
        """
        with other._session(connection.snapshot) as theirs:  # noqa: SLF001 - of the same class
            with self._session(connection.rehearsal) as db:
                found = decision_merge.merge(db, theirs, source)._replace(batch_id=None)
                is_used = db.execute("SELECT count(*) > ? FROM ai_decisions", (found.new,))
                is_kept = bool(is_used.fetchone()[0])
            if dry_run or not (found.new or found.single_crops or found.unreadable):
                return found
            if is_kept:
                self.back_up()
            with self._session(connection.atomic) as db:
                return decision_merge.merge(db, theirs, source)

    def __repr__(self) -> str:
        return f"DecisionDB({str(self.path.parent)!r}, {self.project_id!r})"

    def _take_over(
        self, source: str, entries: Sequence[tuple[int, Entry]], *, dry_run: bool
    ) -> ImportReport:
        with self._session(connection.rehearsal) as db:
            report = take_over(db, source, entries)
        if dry_run or not report.imported:
            return replace(report, dry_run=dry_run, batch_id=None)
        kept = self.back_up()
        with self._session(connection.atomic) as db:
            return replace(take_over(db, source, entries), backup=kept)

    def _root(self) -> Path:
        """The project's folder, as its manifest beside this file's folder names it."""
        data = self.path.parent.parent.parent
        manifest = data / "projects" / f"{self.project_id}.project.json"
        try:
            root = json.loads(manifest.read_text(encoding="utf-8"))["paths"]["root"]
            return Path(manifest.parent / root).resolve()
        except (OSError, ValueError, KeyError, TypeError):
            raise ValueError(
                f"{manifest} names no folder of pictures; pass the project's folder as root"
            ) from None

    def _migrated(self, kept: Path) -> str:
        total = len(decision_reading.decisions(self._db))
        report = decision_reading.migration(self._db)
        return (
            f"{self.path} was migrated for eightcut (decisions: {total}; "
            f"rejects that lost a made-up image: {report.rejects_mended}; "
            f"rows that no decision can hold, which unreadable() lists: {report.unreadable}). "
            f"A copy from before is {kept}."
        )

    def _prepare(self, *, read_only: bool) -> None:
        super()._prepare(read_only=read_only)
        self._claim(read_only=read_only)

    def _claim(self, *, read_only: bool) -> None:
        """Write the project into a new file, and refuse a file of another project."""
        rows = self._db.execute("SELECT id FROM project").fetchall()
        if not rows and not read_only:
            with connection.atomic(self._db):
                self._db.execute(
                    "INSERT INTO project SELECT ? WHERE NOT EXISTS (SELECT 1 FROM project)",
                    (self.project_id,),
                )
            rows = self._db.execute("SELECT id FROM project").fetchall()
        if rows != [(self.project_id,)]:
            owner = rows[0][0] if rows else "none"
            raise StoreError(f"{self.path} holds the decisions of project {owner!r}")


def _folder(where: Any) -> Path:
    """Where the databases of a workspace lie, or the folder itself if it is no workspace."""
    if not isinstance(where, str | PathLike):
        return Path(where.path) / FOLDER
    folder = Path(where).expanduser()
    return folder / FOLDER if (folder / _SETTINGS).is_file() else folder
