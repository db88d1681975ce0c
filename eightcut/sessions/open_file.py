"""What every screen of one file has: a playhead, sound to look at and to hear, a status line."""

import threading
import uuid

import traitlets as t

from eightcut.db import MediaFile
from eightcut.sessions.sound import Sound
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

LISTEN_S = 10.0  # heard from a place that is in no region


class OpenFile(t.HasTraits):
    """A media file of a profile that is looked at and listened to."""

    playhead = t.Float(0.0)
    duration = t.Float(0.0)
    waveform = t.Any(None)  # jobs.peaks.Peaks
    excerpt = t.Any(None)  # jobs.excerpt.Excerpt
    message = t.Unicode()
    is_problem = t.Bool(False)
    undo_label = t.Unicode(None, allow_none=True)
    redo_label = t.Unicode(None, allow_none=True)

    def __init__(self, ws: Workspace, profile: str | None) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.link = uuid.uuid4().hex  # what views of this session call each other by, in a page
        self.profile = profile or ws.settings.profile
        self._ws = ws
        self._hear(None)

    @verb
    def seek(self, time: float) -> None:
        """Put the playhead somewhere in the file, in seconds; beyond an end means that end."""
        self.playhead = min(max(float(time), 0.0), self.duration or float(time))

    @verb
    def listen(self) -> None:
        """Have an excerpt cut for the player where the playhead is."""
        last = self.duration or self.playhead + LISTEN_S
        start = max(min(self.playhead, last - 1.0), 0.0)
        self._sound.cut(start, min(start + LISTEN_S, last))

    @verb
    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the person one sentence, in the status line of every view."""
        self.is_problem = is_problem
        self.message = text

    @property
    def can_read(self) -> bool:
        """The workspace knows where the file lies."""
        return self._media is not None

    def _hear(self, media: MediaFile | None) -> None:
        """Be about this file from now on."""
        self._media = media
        self._sound = Sound(self._ws, media, publish=self._heard, say=self.say)

    def _heard(self, name: str, value: object, cancel: threading.Event) -> None:
        with self.lock:
            if not cancel.is_set():
                self.set_trait(name, value)
