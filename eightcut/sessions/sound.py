"""What a review hears: the waveform and the excerpts of one file, made in the background."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from eightcut.db import MediaFile
from eightcut.jobs.excerpt import excerpt
from eightcut.jobs.peaks import peaks
from eightcut.progress import Cancelled
from eightcut.sessions.worker import Job, Worker
from eightcut.workspace import Workspace

log = logging.getLogger(__name__)


class Say(Protocol):
    """Where the person reads messages."""

    def __call__(self, text: str, *, is_problem: bool = False) -> None:
        """Show one sentence."""


class Sound:
    """Reads and cuts one media file on threads of its own.

    Args:
        ws: where both are kept for the next time.
        media: the file; None does nothing, because nobody knows where it lies.
        publish: called with ``"waveform"`` or ``"excerpt"``, the value, and the
            event that says whether somebody still waits for it.
        say: told what went wrong.
    """

    def __init__(
        self,
        ws: Workspace,
        media: MediaFile | None,
        *,
        publish: Callable[[str, object, threading.Event], None],
        say: Say,
    ) -> None:
        self._ws, self._media, self._publish, self._say = ws, media, publish, say
        self._reader = Worker("waveform")
        self._cutter = Worker("excerpt")

    def read(self) -> None:
        """Publish the waveform, growing; at once where it is stored."""
        if (media := self._media) is not None:
            self._reader.ask(self._told(lambda cancel: self._read(media, cancel)))

    def cut(self, start: float, end: float) -> None:
        """Publish an excerpt; a newer wish takes the place of one that is not finished."""
        if (media := self._media) is not None:
            self._cutter.ask(self._told(lambda cancel: self._cut(media, start, end, cancel)))

    def wait(self) -> None:
        """Return when what was asked for is there."""
        self._reader.wait()
        self._cutter.wait()

    def stop(self) -> None:
        """Let go of what nobody waits for any more; safe to call twice."""
        self._reader.stop()
        self._cutter.stop()

    def _read(self, media: MediaFile, cancel: threading.Event) -> None:
        for waveform in peaks(self._ws, media, cancel=cancel):
            self._publish("waveform", waveform, cancel)

    def _cut(self, media: MediaFile, start: float, end: float, cancel: threading.Event) -> None:
        self._publish("excerpt", excerpt(self._ws, media, start, end, cancel=cancel), cancel)

    def _told(self, job: Job) -> Job:
        def told(cancel: threading.Event) -> None:
            try:
                job(cancel)
            except Cancelled:
                pass
            except Exception as problem:  # a thread has nobody else to tell
                log.error("in the background", exc_info=problem)
                self._say(str(problem), is_problem=True)

        return told
