"""Exporting clips of regions, on a thread of its own."""

import threading
from collections import Counter
from collections.abc import Sequence

import traitlets as t

from eightcut.db import RegionRow
from eightcut.jobs.export import Export, export_clips
from eightcut.sessions import news
from eightcut.sessions.job import JobSession
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

FOLDER = "from_scans"


class ExportSession(JobSession):
    """Exports regions of one file to ``folder``, a class of clips: a name, or a path."""

    folder = t.Unicode(FOLDER)

    def __init__(self, ws: Workspace, filename: str, *, profile: str | None = None) -> None:
        super().__init__(ws, profile)
        self.filename = filename
        self.result: Export | None = None

    @verb
    def set_folder(self, folder: str) -> None:
        """Name the folder that clips go to, inside of ``exports/`` or anywhere by its path."""
        self.folder = folder.strip() or FOLDER

    @verb
    def start(self, rows: Sequence[RegionRow]) -> None:
        """Export clips of these regions; ``cancel`` keeps those that are finished."""
        folder, count = self.folder, len(rows)

        def work(cancel: threading.Event) -> str:
            self.result = export_clips(
                self._ws,
                self.filename,
                rows,
                folder,
                profile=self.profile,
                scan_export=True,
                progress=self._bar,
                cancel=cancel,
            )
            news.tell(self._ws.path, "clips", by=self)
            return told(self.result, count)

        self._start(work)


def told(export: Export, count: int) -> str:
    """What an export of ``count`` regions did, with the reasons for what it left out."""
    clips = len(export.clips)
    text = f"Exported {clips} clip{'s' * (clips != 1)} of {count} region{'s' * (count != 1)}"
    reasons = Counter(clip.reason for clip in export.skipped)
    left = "; ".join(f"{number} left out: {reason}" for reason, number in reasons.most_common(3))
    return " · ".join(filter(None, (f"{text} to {export.folder.name}", left)))
