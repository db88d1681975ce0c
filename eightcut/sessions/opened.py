"""What is open of one file: a scan version of one model, at a threshold and a fuse gap.

Views watch the traits and change them only by calling the verbs. Nothing here
changes what is stored; ``ReviewSession`` does.
"""

import contextlib
from collections.abc import Iterable

import traitlets as t

from eightcut.db import RegionRow
from eightcut.sessions import gone, news, reading
from eightcut.sessions.open_file import OpenFile
from eightcut.sessions.preview import Preview, fused, preview
from eightcut.sessions.verbs import verb
from eightcut.sessions.versions import Version, from_rows
from eightcut.workspace import Workspace

LEAD_IN_S = 1.0  # heard before a region, so that its beginning is not missed
LONGEST_GAP_S = 600.0

MARKS = ("negatives", "clips")  # what others may change in an open file


class OpenVersion(OpenFile):
    """The scan versions of one file, one of them open; see ``ReviewSession``."""

    models = t.Tuple()
    model = t.Unicode()
    versions = t.Tuple()
    version = t.Unicode()
    regions = t.Tuple()
    generation = t.Int(0)  # counts up whenever regions or their states may have changed
    pending_ids = t.Any(frozenset())
    negatives = t.Tuple()
    markers = t.Tuple()
    negative_ids = t.Any(frozenset())
    exported_ids = t.Any(frozenset())
    judged_ids = t.Any(frozenset())
    reviewed = t.Tuple()  # reading.Span: parts that were looked through as a whole
    compared = t.Unicode()  # the stamp of the version beside the open one; empty for none
    other_regions = t.Tuple()
    curve = t.Any(None)  # reading.Curve
    threshold = t.Float(0.5)
    fuse_gap = t.Float(0.0)
    selected = t.Int(None, allow_none=True)
    chosen = t.Any(frozenset())  # ids of all that the next edit is about, ``selected`` among them

    def __init__(self, ws: Workspace, filename: str, *, profile: str | None = None) -> None:
        super().__init__(ws, profile)
        self.filename = filename
        self._rows: tuple[RegionRow, ...] = ()
        self._own = (0.0, 0.0)  # the threshold and gap that the open version was made with
        self._preview = Preview(())
        self._states: dict[int, str] = {}  # of the regions shown that have one
        self._hear(ws.clips.get_media(filename))
        self._news = f"scans/{filename}"
        self.refresh()
        news.listen(ws.path, self._news, self.refresh)
        for topic in MARKS:
            news.listen(ws.path, topic, self.refresh_marks)

    @verb
    def refresh(self) -> None:
        """Read everything again; whoever looked at the newest version sees the newest."""
        newest = self.versions[0].stamp if self.versions else ""
        follows = self.version == newest
        self.list_versions()
        if self.lost and not follows:
            self._load_rows()
            return
        self.models = tuple(self._ws.clips.get_scan_models(self.filename, self.profile))
        model = (
            self.model
            if self.model in self.models
            else reading.latest(self._ws.clips, self.filename, self.profile)
        )
        self._open(model, None if follows or model != self.model else self.version)

    @verb
    def load_model(self, model: str) -> None:
        """Show the newest version of another model."""
        if model not in self.models:
            raise LookupError(f"{self.filename} has no scan by {model!r}, only by {self.models}")
        if model != self.model:
            self.say("")
            self._open(model, None)

    @verb
    def load_version(self, stamp: str) -> None:
        """Show another version of this model."""
        if stamp not in [version.stamp for version in self.versions]:
            raise LookupError(f"{self.filename} has no version {stamp!r} of {self.model}")
        if stamp != self.version:
            self.say("")
            self._open(self.model, stamp)

    @verb
    def compare(self, stamp: str) -> None:
        """Show another version of this model beside the open one; an empty stamp ends that."""
        if stamp and stamp not in [version.stamp for version in self.versions]:
            raise LookupError(f"{self.filename} has no version {stamp!r} of {self.model}")
        self.compared = stamp
        self._load_other()
        if self.compared != stamp:
            raise LookupError("that version was pruned by another program; choose another one")

    @verb
    def select(self, row_id: int | None) -> None:
        """Make a region the current one and go to its start; None lets go of it."""
        if row_id is not None:
            self._go(self.row(row_id))
        self.selected = row_id
        self.chosen = frozenset() if row_id is None else frozenset([row_id])

    @verb
    def next(self) -> None:
        """Go to the next region, from the selected one or else from the playhead."""
        self._step(forward=True)

    @verb
    def previous(self) -> None:
        """Go to the region before."""
        self._step(forward=False)

    @verb
    def set_threshold(self, value: float) -> None:
        """Show what would be found at another threshold; nothing is stored."""
        if not 0 <= value <= 1:
            raise ValueError(f"a threshold lies between 0 and 1, not at {value:g}")
        self.threshold = float(value)
        self._show()

    @verb
    def set_fuse_gap(self, seconds: float) -> None:
        """Show what another gap between fused regions would make of them; nothing is stored."""
        if not 0 <= seconds <= LONGEST_GAP_S:
            raise ValueError(f"a gap is 0 to {LONGEST_GAP_S:g} s long, not {seconds:g}")
        self.fuse_gap = float(seconds)
        self._show()

    @verb
    def reset(self) -> None:
        """Back to the threshold and the gap that the version was made with."""
        self.threshold, self.fuse_gap = self._own
        self._show()

    def row(self, row_id: int) -> RegionRow:
        """A region of the open version, as it is shown or else as it is stored.

        Raises:
            LookupError: it belongs to another version, or to none.
        """
        for row in (*self._preview.rows, *self._rows):
            if row.id == row_id:
                return row
        raise LookupError(f"region {row_id} is not in the version that is shown")

    def state(self, row: RegionRow) -> str:
        """One word for a region; an empty one as long as nobody has decided anything."""
        return self._states.get(row.id, "")

    def is_decided(self, row: RegionRow) -> bool:
        """A person has said something about this region."""
        return self.state(row) not in {"", "proposed"}

    @property
    def has_video(self) -> bool:
        """The file has pictures, as far as the workspace knows."""
        return self._media is not None and self._media.has_video

    def read_waveform(self) -> None:
        """Begin to fill ``waveform``, on a thread of its own; at once where it is stored."""
        if self.waveform is None:
            self._sound.read()

    @verb
    def refresh_marks(self) -> None:
        """Read hard negatives, clips and what is stored again; selection and threshold stay."""
        self._load_rows()

    def wait(self) -> None:
        """Return when the waveform and the excerpt that were asked for are there."""
        self._sound.wait()

    def close(self) -> None:
        """Stop what runs in the background and hear no more news; safe to call twice."""
        news.ignore(self._ws.path, self._news, self.refresh)
        for topic in MARKS:
            news.ignore(self._ws.path, topic, self.refresh_marks)
        self._sound.stop()

    def _open(self, model: str, stamp: str | None) -> None:
        if model != self.model:
            self.compared = ""
        self.model, self.selected, self.chosen = model, None, frozenset()
        self.versions = self._stored_versions()
        stamps = [version.stamp for version in self.versions]
        if stamp and stamp not in stamps:
            self.say("That version was pruned by another program; this is the newest")
        self.version = stamp if stamp is not None and stamp in stamps else next(iter(stamps), "")
        clips = self._ws.clips
        scan = clips.get_scan(self.filename, self.profile, model, self.version or None)
        self.curve = reading.curve(scan)
        settings = self._ws.settings
        self.threshold = _or(scan and scan.threshold, settings.threshold)
        self.fuse_gap = _or(scan and scan.fuse_gap, settings.fuse_gap)
        self._own = self.threshold, self.fuse_gap
        self._load_rows()
        self._load_other()

    def list_versions(self) -> None:
        """Read which versions there are; the one that is shown stays listed until it is left."""
        shown = next((one for one in self.versions if one.stamp == self.version), None)
        self.versions = gone.with_shown(self._stored_versions(), shown)

    @property
    def lost(self) -> str:
        """What happened, where another program pruned the version that is shown; else empty."""
        return gone.sentence(self.versions, self.version)

    def _stored_versions(self) -> tuple[Version, ...]:
        rows = self._ws.clips.get_scan_versions(self.filename, self.profile, self.model)
        return from_rows(rows)

    def _load_rows(self) -> None:
        clips = self._ws.clips
        stored = clips.get_scan_results(self.filename, self.profile, self.version or None)
        if self.version and self.model not in stored:
            self.list_versions()
            self.say(self.lost, is_problem=True)
        else:
            self._rows = tuple(stored.get(self.model, ()))
            self.judged_ids = self._judged()
        self._load_marks()

    def _judged(self) -> frozenset[int]:
        about = (self.filename, self.profile, self.model, self.version or None)
        with contextlib.suppress(LookupError):  # pruned since; the next look at it tells
            return frozenset(self._ws.clips.get_judged_regions(*about) if self._rows else ())
        return frozenset()

    def _load_marks(self) -> None:
        clips = self._ws.clips
        self.negatives = reading.negatives(clips, self.filename, self.profile)
        self.markers = reading.markers(clips, self.filename, self.profile)
        self.reviewed = reading.reviewed(clips, self.filename, self.profile)
        known = self._media.duration if self._media else None
        self.duration = reading.length(known, (*self._rows, *self.negatives), self.curve)
        self._show()

    def _load_other(self) -> None:
        rows: list[RegionRow] = []
        if self.compared and self.compared != self.version:
            stored = self._ws.clips.get_scan_results(self.filename, self.profile, self.compared)
            rows = stored.get(self.model, [])
            if self.model not in stored:
                self.compared = ""
                self.list_versions()
        self.other_regions = tuple(rows)

    def _show(self) -> None:
        self._preview = self._seen()
        rows = self._preview.rows
        self.pending_ids = frozenset(self._preview.pending)
        self.negative_ids = frozenset(reading.marked(rows, self.negatives))
        self.exported_ids = frozenset(reading.marked(rows, self.markers))
        self._states = self._stated(rows)
        self.regions = rows
        self.generation += 1
        ids = {row.id for row in rows}
        self.chosen = self.chosen & ids
        if self.selected not in ids:
            self.selected = None
        self.undo_label, self.redo_label = self._labels()

    def _stated(self, rows: tuple[RegionRow, ...]) -> dict[int, str]:
        judged = self.judged_ids
        states = {
            row.id: "accepted" if row[1:3] == row[5:7] else "edited"
            for row in rows
            if row.id in judged
        }
        states |= dict.fromkeys(self.pending_ids, "proposed")
        states |= dict.fromkeys(self.exported_ids, "exported")
        states |= dict.fromkeys(self.negative_ids, "negative")
        return states | {row.id: "disabled" for row in rows if row.disabled}

    def _seen(self) -> Preview:
        """Exactly what is stored, at the version's own threshold and gap."""
        curve: reading.Curve | None = self.curve
        own, own_gap = self._own
        least = self.threshold if self.threshold > own or curve is None else -1.0
        if (self.threshold, self.fuse_gap) == self._own or (not curve and self.fuse_gap <= own_gap):
            return Preview(tuple(row for row in self._rows if row.score >= least))
        if curve is None:
            found = fused(self._rows, self.fuse_gap, least)
        else:
            found = curve.regions(self.threshold, self.fuse_gap)
        return preview(self._rows, found, self.judged_ids, least)

    def _go(self, row: RegionRow) -> None:
        self.playhead = row.start
        self.say("")
        self._sound.cut(max(row.start - LEAD_IN_S, 0.0), row.end)

    def _step(self, *, forward: bool) -> None:
        rows = self.regions if forward else self.regions[::-1]
        here = self.playhead if self.selected is None else self.row(self.selected).start
        sign = 1 if forward else -1
        ids = [row.id for row in rows]
        if self.selected in ids:
            rest: Iterable[int] = ids[ids.index(self.selected) + 1 :]
        else:
            rest = (row.id for row in rows if (row.start - here) * sign > 0)
        found = next(iter(rest), None)
        if found is None:
            end = "last" if forward else "first"
            self.say(f"This is the {end} region" if rows else "There is no region to go to")
        else:
            self.select(found)

    def _labels(self) -> tuple[str | None, str | None]:
        scope = {"model": self.model, "scan_timestamp": self.version}
        clips = self._ws.clips
        return (
            clips.undo_label(self.filename, self.profile, **scope),
            clips.redo_label(self.filename, self.profile, **scope),
        )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
