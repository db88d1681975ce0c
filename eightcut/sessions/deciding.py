"""What a decision about a change writes: into the new version, or to the file's hard negatives."""

from collections.abc import Sequence
from typing import NamedTuple

from eightcut.audio.regions import Region, format_time
from eightcut.audio.windows import TICK
from eightcut.db import RegionRow, ScanVersion
from eightcut.sessions.compared import Compared, Marks
from eightcut.workspace import Workspace


class Deciding(NamedTuple):
    """Writes decisions about the changes from one version of a file to another."""

    ws: Workspace
    old: ScanVersion
    new: ScanVersion
    marks: Marks

    def accept(self, change: Compared) -> str:
        """Make a region a judged one of the new version; return what was done.

        A mark as hard negative goes. A lost region is added to the new version,
        one that was disabled there is enabled, one that is only stored with other
        bounds gets those that are shown.
        """
        clips, when = self.ws.clips, format_time(change.region.start)
        self._unmark(change)
        rows = self.marks.matching(change)
        live = [row for row in rows if not row.disabled]
        if rows and not live:
            clips.set_region_disabled([row.id for row in rows], disabled=False)
        elif change.new is None and not live:
            self._add(*change.region[:2], None)
            return f"Added to the new version: {when}"
        elif not any(row.id in self.marks.judged for row in live):
            self._put(live, change.region)
        return f"Accepted {when}"

    def toggle_negative(self, change: Compared) -> str:
        """Mark a region as a hard negative of the model that found it, or take the mark away."""
        when = format_time(change.region.start)
        if self._unmark(change):
            return f"No longer negative: {when}"
        if change.new is None:  # what was added where the new version had nothing
            added = [row.id for row in self.marks.matching(change) if not row.disabled]
            self.ws.clips.set_region_disabled(added, disabled=True)
        media = self.ws.clips.get_media(self.new.filename)
        self.ws.clips.add_hard_negatives(
            self.new.filename,
            self.new.profile,
            [change.region.start],
            source_path=media.path if media else "",
            source_model=(self.old if change.new is None else self.new).model,
            end_times=[change.region.end],
        )
        return f"Marked as hard negative: {when}"

    def _unmark(self, change: Compared) -> int:
        times = [span.start for span in self.marks.negatives_of(change)]
        about = self.new.filename, self.new.profile
        return self.ws.clips.remove_hard_negatives(*about, times) if times else 0

    def _put(self, rows: Sequence[RegionRow], region: Region) -> None:
        """Accept a region as it is shown, in the place of the stored ones behind it."""
        clips, (start, end, _) = self.ws.clips, region
        if not rows:
            self._add(start, end, region.score)
        elif len(rows) > 1:
            clips.merge_regions([row.id for row in rows], start=start, end=end)
        elif abs(rows[0].start - start) < TICK and abs(rows[0].end - end) < TICK:
            clips.accept_regions([rows[0].id])
        else:
            clips.resize_region(rows[0].id, start, end)

    def _add(self, start: float, end: float, score: float | None) -> None:
        new = self.new
        about = (new.filename, new.profile, new.model, start, end, score)
        self.ws.clips.add_region(*about, scan_timestamp=new.timestamp)
