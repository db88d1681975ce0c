"""``DecisionDB``: the decisions of one picture project as one object.

The functions of this package do the work and carry the documentation. Here
each becomes a method (``store.reads``, ``store.writes``).
"""

from os import PathLike
from pathlib import Path
from typing import Any

from eightcut.db import batches, connection, decision_history, decision_reading, decisions
from eightcut.db.connection import StoreError
from eightcut.db.decision_schema import DECISIONS
from eightcut.db.store import Store, reads, writes
from eightcut.images.decisions import check_project_id

FOLDER = Path("data", "training", "ai_training_decisions")  # of a workspace
_SETTINGS = "eightcut.toml"  # what makes a folder a workspace


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

    def __repr__(self) -> str:
        return f"DecisionDB({str(self.path.parent)!r}, {self.project_id!r})"

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
