"""The state of one review: a file of a workspace, its scan versions, one of them open.

Views watch the traits and change them only by calling the verbs, which write
to the database first and to the traits second. Everything works without a
browser: ``ReviewSession(ws, "owls.mp4").next()`` is a complete program.
"""

from collections.abc import Callable, Sequence

import traitlets as t

from eightcut.audio.regions import check_bounds, format_time, parse_time
from eightcut.db import RegionRow
from eightcut.sessions import news, reading
from eightcut.sessions.exporting import ExportSession
from eightcut.sessions.gone import changes_version
from eightcut.sessions.reviewed import MarkingReviewed
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

SHORTEST_S = 0.5  # a region cannot be made shorter
NUDGE_S = 0.1
ADDED_S = 8.0  # how long a region is that is added at the playhead

ACTS = (
    *("next", "previous", "choose_next", "choose_previous", "choose_all"),
    *("accept", "toggle_disabled", "toggle_negative", "merge", "add", "adopt", "reset"),
    *("undo", "redo", "pin", "toggle_review", "mark_reviewed", "mark_all_reviewed"),
    *("export_chosen", "export_all"),
    "cancel_export",
    *("start_earlier", "start_later", "end_earlier", "end_later"),
)
EDGES = ("start", "end")


class ReviewSession(MarkingReviewed):
    """Where one person is in the scan versions of one file.

    Args:
        ws: an open workspace; whoever opened it closes it.
        filename: the key of a media file, or any other name that scans were stored under.
        profile: whose scans; the one in ``eightcut.toml`` unless given.

    ``regions`` are those of the open version at ``threshold`` and ``fuse_gap``;
    what is not stored like that is only proposed (``pending_ids``), and becomes
    a stored region by the first edit of it. ``waveform`` grows while the file is
    being read. While ``reviewing``, each decision leads to the next region that
    nobody has decided on.
    """

    reviewing = t.Bool(False)
    left = t.Int(0)  # regions that are shown and not decided

    def __init__(self, ws: Workspace, filename: str, *, profile: str | None = None) -> None:
        self.export = ExportSession(ws, filename, profile=profile)
        super().__init__(ws, filename, profile=profile)
        self.export.observe(self._exported, names="running")

    def act(self, name: str) -> None:
        """Call a verb that needs nothing more, by its name: what a key or a button does."""
        if name not in ACTS:
            raise LookupError(f"a review cannot {name!r}; it can {', '.join(ACTS)}")
        getattr(self, name)()

    @verb
    @changes_version
    def accept(self) -> None:
        """Say that the chosen regions are right as they are."""
        rows = self._stored()
        self._ws.clips.accept_regions(row.id for row in rows)
        self._decided(_said("Accepted", rows))

    @verb
    @changes_version
    def toggle_disabled(self, row_id: int | None = None) -> None:
        """Take regions (the chosen ones unless one is named) out of the version, or back in."""
        rows = self._stored(row_id)
        disabled = not all(row.disabled for row in rows)
        self._ws.clips.set_region_disabled((row.id for row in rows), disabled)
        self._decided(_said("Disabled" if disabled else "Back in:", rows), advance=disabled)

    @news.telling("negatives")
    @verb
    def toggle_negative(self, row_id: int | None = None) -> None:
        """Mark regions as false alarms to train on, or take the marks away."""
        rows = self.targets if row_id is None else [self.row(row_id)]
        rows = rows or [self._given(row_id)]
        known = reading.marked(rows, self.negatives)
        if len(known) == len(rows):
            times = [span.start for spans in known.values() for span in spans]
            self._ws.clips.remove_hard_negatives(self.filename, self.profile, times)
        else:
            self._mark_negative([row for row in rows if row.id not in known])
        self._load_marks()
        done = len(known) < len(rows)
        self.say(_said("Marked as hard negative:" if done else "No longer negative:", rows))
        if self.reviewing and done:
            self._advance(self.message)

    @verb
    @changes_version
    def resize(self, row_id: int, start: float, end: float) -> None:
        """Move the edges of a region, within the file and never closer than half a second."""
        row = self.row(row_id)
        last = self.duration or max(end, row.end)
        start, end = max(start, 0.0), min(end, last)
        if end - start < SHORTEST_S and start != row.start:
            start = max(end - SHORTEST_S, 0.0)
        end = max(end, start + SHORTEST_S)
        check_bounds(start, end, self.duration or None)
        if (start, end) != (row.start, row.end):
            self._put(row, start, end)
            self._reload("Resized")

    @verb
    def nudge(self, edge: str, seconds: float) -> None:
        """Move one edge (``"start"`` or ``"end"``) of the selected region a little."""
        row = self._given()
        start, end = row.start, row.end
        if edge == "start":
            start = min(max(start + seconds, 0.0), end - SHORTEST_S)
        else:
            end = max(end + seconds, start + SHORTEST_S)
        self.resize(row.id, start, end)

    def start_earlier(self) -> None:
        """Let the selected region begin a tenth of a second earlier."""
        self.nudge("start", -NUDGE_S)

    def start_later(self) -> None:
        """Let the selected region begin a tenth of a second later."""
        self.nudge("start", NUDGE_S)

    def end_earlier(self) -> None:
        """Let the selected region end a tenth of a second earlier."""
        self.nudge("end", -NUDGE_S)

    def end_later(self) -> None:
        """Let the selected region end a tenth of a second later."""
        self.nudge("end", NUDGE_S)

    @verb
    def edit_time(self, row_id: int, edge: str, text: str) -> None:
        """Give a region's ``"start"`` or ``"end"`` as a person writes times.

        The time that is shown already changes nothing, though it is cut to a tenth.

        Raises:
            ValueError: the text is no time, or not one that the region can have.
        """
        row = self.row(row_id)
        if text.strip() == format_time(getattr(row, edge)):
            return
        bounds = {"start": row.start, "end": row.end} | {edge: parse_time(text)}
        check_bounds(bounds["start"], bounds["end"], self.duration or None)
        self.resize(row_id, bounds["start"], bounds["end"])

    @verb
    @changes_version
    def merge(self) -> None:
        """Make one region of the chosen ones."""
        if len(self.chosen) < 2:
            raise ValueError("choose two or more regions to merge: Shift or Ctrl and a click")
        rows = self._stored()
        merged = self._ws.clips.merge_regions(row.id for row in rows)
        self._reload(_said("Merged", rows), merged)

    @verb
    @changes_version
    def add(self) -> None:
        """Add a region of eight seconds at the playhead."""
        if not self.version:
            raise LookupError("scan the file first: a region belongs to a scan version")
        last = self.duration or self.playhead + ADDED_S
        start = max(min(self.playhead, last - SHORTEST_S), 0.0)
        end = min(start + ADDED_S, last)
        self._reload("Added", self._new(start, end, None))

    @verb
    @changes_version
    def adopt(self) -> None:
        """Store the chosen proposals, or all of them where none is chosen."""
        rows = [row for row in self.targets or self.regions if row.id in self.pending_ids]
        if not rows:
            raise LookupError("nothing here is only proposed; lower the threshold to see more")
        ids = [self._put(row, row.start, row.end) for row in rows]
        self._reload(_said("Adopted", rows), *ids)

    @news.telling("negatives")
    @verb
    def undo(self) -> None:
        """Take back the newest edit of the open version."""
        self._walk(self._ws.clips.undo, "undo")

    @news.telling("negatives")
    @verb
    def redo(self) -> None:
        """Do again what was just taken back."""
        self._walk(self._ws.clips.redo, "redo")

    @verb
    @changes_version
    def pin(self) -> None:
        """Keep this version from being pruned, or stop keeping it."""
        pinned = next((v.pinned for v in self.versions if v.stamp == self.version), None)
        if pinned is None:
            raise LookupError("there is no version to pin")
        self._ws.clips.pin_version(
            self.filename, self.profile, self.model, self.version, pinned=not pinned
        )
        self.list_versions()
        self.say("No longer pinned" if pinned else "Pinned: this version is never pruned")

    @verb
    def toggle_review(self) -> None:
        """Walk from one undecided region to the next, or stop doing that."""
        self.reviewing = not self.reviewing
        if self.reviewing:
            self._advance("")
        else:
            self.say(f"Review paused: {self.progress}")

    @verb
    def export_chosen(self) -> None:
        """Export clips of the chosen regions that are neither disabled nor negative."""
        self._export(self.targets)

    @verb
    def export_all(self) -> None:
        """Export clips of all regions shown, less what the folder has already."""
        name = reading.class_name(self.export.folder)
        there = [span for span in self.markers if span.name == name]
        known = reading.marked(self.regions, there)
        self._export([row for row in self.regions if row.id not in known])

    def cancel_export(self) -> None:
        """Stop exporting; the clips that are finished stay."""
        self.export.cancel()

    @property
    def progress(self) -> str:
        """Such as ``7 of 23 left``."""
        return f"{self.left} of {len(self.regions)} left"

    def close(self) -> None:
        """Stop what runs in the background and hear no more news; safe to call twice."""
        self.export.close()
        super().close()

    def wait(self) -> None:
        """Return when what runs in the background has ended."""
        super().wait()
        self.export.wait()

    def _show(self) -> None:
        super()._show()
        self.left = sum(not self.is_decided(row) for row in self.regions)

    def _reload(self, text: str, *chosen: int) -> None:
        """Read the version again; ``chosen`` become the chosen regions."""
        self.list_versions()
        self._load_rows()
        known = [row.id for row in self.regions if row.id in chosen]
        if known:
            self.selected, self.chosen = known[0], frozenset(known)
        self.say(" · ".join(filter(None, (text, self.lost))), is_problem=bool(self.lost))

    def _decided(self, text: str, *, advance: bool = True) -> None:
        chosen = self.chosen
        self._reload(text, *chosen)
        if self.reviewing and advance:
            self._advance(text)

    def _advance(self, text: str) -> None:
        """Go to the next undecided region, from the top again after the last."""
        here = self.playhead if self.selected is None else self.row(self.selected).start
        rest = [row for row in self.regions if not self.is_decided(row)]
        if rest:
            self.select(next((row for row in rest if row.start >= here), rest[0]).id)
            self.say(" · ".join(filter(None, (text, self.progress))))
        else:
            self.say(f"Everything is decided: {len(self.regions)} regions{self._rest()}")

    def _mark_negative(self, rows: Sequence[RegionRow]) -> None:
        self._ws.clips.add_hard_negatives(
            self.filename,
            self.profile,
            [row.start for row in rows],
            source_path=self._media.path if self._media else "",
            source_model=self.model,
            end_times=[row.end for row in rows],
        )

    def _given(self, row_id: int | None = None) -> RegionRow:
        row_id = self.selected if row_id is None else row_id
        if row_id is None:
            raise LookupError("select a region first")
        return self.row(row_id)

    def _stored(self, row_id: int | None = None) -> list[RegionRow]:
        """The regions to edit, each stored: an edit of a proposal adopts it first."""
        rows = [self._given(row_id)] if row_id is not None else self.targets
        rows = rows or [self._given()]
        ids = [self._put(row, row.start, row.end) for row in rows]
        adopted = [row for row in rows if row.id in self.pending_ids]
        if adopted:
            self._reload(_said("Adopted", adopted), *ids)
        return [self.row(stored) for stored in ids]

    def _put(self, row: RegionRow, start: float, end: float) -> int:
        """Store a region with these bounds, in the place of what is behind it; return its id."""
        clips, behind = self._ws.clips, self._preview.pending.get(row.id, (row.id,))
        if not behind:
            return self._new(start, end, row.score)
        if len(behind) > 1:
            return clips.merge_regions(behind, start=start, end=end)
        clips.resize_region(behind[0], start, end)
        return behind[0]

    def _new(self, start: float, end: float, score: float | None) -> int:
        about = (self.filename, self.profile, self.model, start, end, score)
        return self._ws.clips.add_region(*about, scan_timestamp=self.version)

    def _export(self, rows: Sequence[RegionRow]) -> None:
        left = {row.id: self.state(row) for row in rows}
        wanted = [row for row in rows if left[row.id] not in {"disabled", "negative"}]
        if not wanted:
            raise LookupError("there is nothing to export: all is disabled, negative or exported")
        self.export.start(wanted)

    def _exported(self, _change: object) -> None:
        if not self.export.running:
            with self.lock, self.hold_trait_notifications():
                self._load_marks()
                self.say(self.export.message, is_problem=self.export.is_problem)

    def _walk(self, step: Callable[..., bool], name: str) -> None:
        label = self.undo_label if name == "undo" else self.redo_label
        done = step(self.filename, self.profile, model=self.model, scan_timestamp=self.version)
        self._reload(f"{name.capitalize()}: {label}" if done else f"There is nothing to {name}")


def _said(what: str, rows: Sequence[RegionRow]) -> str:
    """``Disabled 0:10.0`` or ``Disabled 3 regions``."""
    noun = format_time(rows[0].start) if len(rows) == 1 else f"{len(rows)} regions"
    return f"{what} {noun}"
