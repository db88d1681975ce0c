"""Saying which parts of a file were looked through as a whole."""

from eightcut.audio.regions import format_time
from eightcut.audio.spans import merged, seconds
from eightcut.audio.windows import TICK
from eightcut.sessions import news
from eightcut.sessions.choosing import Choosing
from eightcut.sessions.verbs import verb


class MarkingReviewed(Choosing):
    """``reviewed`` and the verbs that add to it; see ``ReviewSession``."""

    @news.telling("negatives")
    @verb
    def mark_reviewed(self) -> None:
        """Say that the file was looked through up to the playhead, from where that was said last.

        What is no event there is then known to be none. Regions that are shown
        stay out of it until they are accepted, edited or refused.
        """
        here = min(self.playhead, self.duration)
        if not here or any(span.start < here <= span.end for span in self.reviewed):
            raise LookupError(
                f"nothing new is reviewed up to {format_time(here)}: move the playhead to where "
                "you have listened to, or mark the whole file (Shift+R)"
            )
        start = max((span.end for span in self.reviewed if span.end <= here), default=0.0)
        self._mark_reviewed(start, here)

    @news.telling("negatives")
    @verb
    def mark_all_reviewed(self) -> None:
        """Say that the whole file was looked through; see ``mark_reviewed``."""
        if not self.duration:
            raise LookupError(f"the length of {self.filename} is not known; add it as media first")
        self._mark_reviewed(0.0, self.duration)

    @property
    def coverage(self) -> str:
        """Such as ``reviewed 12:30 of 40:00``; empty where no part was reviewed."""
        known = seconds(span[:2] for span in self.reviewed)
        both = [format_time(time).partition(".")[0] for time in (known, self.duration)]
        return f"reviewed {both[0]} of {both[1]}" if known else ""

    def _rest(self) -> str:
        """What decided regions leave open: whether anything else is in the file."""
        known = merged([span[:2] for span in (*self.reviewed, *(row[1:3] for row in self.regions))])
        if seconds(known) >= self.duration - TICK:
            return ""
        return "; Shift+R says that the rest of the file holds none"

    def _mark_reviewed(self, start: float, end: float) -> None:
        judged = self.judged_ids | self.negative_ids  # an export alone says nothing of the sound
        open_ = [row for row in self.regions if not (row.disabled or row.id in judged)]
        spans = [(row.start, row.end) for row in open_]
        new = self._ws.clips.add_reviewed(self.filename, self.profile, start, end, leaving=spans)
        self._load_marks()
        left = sum(row.start < end and row.end > start for row in open_)
        but = (
            f", but for {left} region{'s' * (left > 1)} neither accepted nor refused"
            if left
            else ""
        )
        told = f"Reviewed {format_time(start)}-{format_time(end)}{but}"
        self.say(told if new else f"Nothing new to review{but}")
