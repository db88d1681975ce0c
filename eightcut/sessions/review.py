"""The state of one review: a file of a workspace, its scan versions, one of them open.

Views watch the traits and change them only by calling the verbs, which write
to the database first and to the traits second. Everything works without a
browser: ``ReviewSession(ws, "owls.mp4").next()`` is a complete program.
"""

import threading
import uuid
from collections.abc import Callable, Iterable

import traitlets as t

from eightcut.audio.regions import check_bounds
from eightcut.db import MediaFile, RegionRow
from eightcut.sessions import news, reading, versions
from eightcut.sessions.sound import Sound
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

LEAD_IN_S = 1.0  # heard before a region, so that its beginning is not missed
LISTEN_S = 10.0  # heard from a place that is in no region
SHORTEST_S = 0.5  # a region cannot be made shorter

ACTS = ("next", "previous", "toggle_disabled", "toggle_negative", "undo", "redo", "pin")


class ReviewSession(t.HasTraits):
    """Where one person is in the scan versions of one file.

    Args:
        ws: an open workspace; whoever opened it closes it.
        filename: the key of a media file, or any other name that scans were stored under.
        profile: whose scans; the one in ``eightcut.toml`` unless given.

    ``regions`` are the open version's rows at or above ``threshold``;
    ``proposals`` are what a threshold below the scan's own would add, and are
    not stored. ``waveform`` grows while the file is being read.
    """

    models = t.Tuple()
    model = t.Unicode()
    versions = t.Tuple()
    version = t.Unicode()
    regions = t.Tuple()
    proposals = t.Tuple()
    negatives = t.Tuple()
    markers = t.Tuple()
    negative_ids = t.Any(frozenset())
    exported_ids = t.Any(frozenset())
    curve = t.Any(None)  # reading.Curve
    threshold = t.Float(0.5)
    fuse_gap = t.Float(0.0)
    selected = t.Int(None, allow_none=True)
    playhead = t.Float(0.0)
    duration = t.Float(0.0)
    waveform = t.Any(None)  # jobs.peaks.Peaks
    excerpt = t.Any(None)  # jobs.excerpt.Excerpt
    message = t.Unicode()
    is_problem = t.Bool(False)
    undo_label = t.Unicode(None, allow_none=True)
    redo_label = t.Unicode(None, allow_none=True)

    def __init__(self, ws: Workspace, filename: str, *, profile: str | None = None) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.link = uuid.uuid4().hex  # what views of this session call each other by, in a page
        self.filename = filename
        self.profile = profile or ws.settings.profile
        self._ws = ws
        self._rows: tuple[RegionRow, ...] = ()
        self._media: MediaFile | None = ws.clips.get_media(filename)
        self._news = f"scans/{filename}"
        self._sound = Sound(ws, self._media, publish=self._heard, say=self.say)
        self.refresh()
        news.listen(ws.path, self._news, self)

    @verb
    def refresh(self) -> None:
        """Read everything again; whoever looked at the newest version sees the newest."""
        newest = self.versions[0].stamp if self.versions else ""
        follows = self.version == newest
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
    def select(self, row_id: int | None) -> None:
        """Make a region the current one and go to its start; None lets go of it."""
        if row_id is not None:
            row = self.row(row_id)
            self.playhead = row.start
            self.say("")
            self._sound.cut(max(row.start - LEAD_IN_S, 0.0), row.end)
        self.selected = row_id

    @verb
    def next(self) -> None:
        """Go to the next region, from the selected one or else from the playhead."""
        self._step(forward=True)

    @verb
    def previous(self) -> None:
        """Go to the region before."""
        self._step(forward=False)

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
    def set_threshold(self, value: float) -> None:
        """Show what would be found at another threshold; nothing is stored."""
        if not 0 <= value <= 1:
            raise ValueError(f"a threshold lies between 0 and 1, not at {value:g}")
        self.threshold = float(value)
        self._show()

    @verb
    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the person one sentence, in the status line of every view."""
        self.is_problem = is_problem
        self.message = text

    def act(self, name: str) -> None:
        """Call a verb that needs nothing more, by its name: what a key or a button does."""
        if name not in ACTS:
            raise LookupError(f"a review cannot {name!r}; it can {', '.join(ACTS)}")
        getattr(self, name)()

    @verb
    def toggle_disabled(self, row_id: int | None = None) -> None:
        """Take a region (the selected one unless named) out of the version, or back in."""
        row = self._given(row_id)
        self._ws.clips.set_region_disabled(row.id, not row.disabled)
        self._reload("Back in" if row.disabled else "Disabled")

    @verb
    def toggle_negative(self, row_id: int | None = None) -> None:
        """Mark a region as a false alarm to train on, or take the mark away."""
        row = self._given(row_id)
        known = reading.marked([row], self.negatives).get(row.id, [])
        if known:
            times = [span.start for span in known]
            self._ws.clips.remove_hard_negatives(self.filename, self.profile, times)
        else:
            self._mark_negative(row)
        self._reload("No longer a hard negative" if known else "Marked as a hard negative")

    @verb
    def resize(self, row_id: int, start: float, end: float) -> None:
        """Move the edges of a region, within the file and never closer than half a second."""
        row = self.row(row_id)
        last = self.duration or max(end, row.end)
        start, end = max(start, 0.0), min(end, last)
        if end - start < SHORTEST_S and start != row.start:
            start = max(end - SHORTEST_S, 0.0)
        end = max(end, start + SHORTEST_S)
        check_bounds(start, end, self.duration or None)
        self._ws.clips.resize_region(row_id, start, end)
        self._reload("Resized")

    @verb
    def undo(self) -> None:
        """Take back the newest edit of the open version."""
        self._walk(self._ws.clips.undo, "undo")

    @verb
    def redo(self) -> None:
        """Do again what was just taken back."""
        self._walk(self._ws.clips.redo, "redo")

    @verb
    def pin(self) -> None:
        """Keep this version from being pruned, or stop keeping it."""
        pinned = next((v.pinned for v in self.versions if v.stamp == self.version), None)
        if pinned is None:
            raise LookupError("there is no version to pin")
        self._ws.clips.pin_version(
            self.filename, self.profile, self.model, self.version, pinned=not pinned
        )
        self._reload("No longer pinned" if pinned else "Pinned: this version is never pruned")

    def row(self, row_id: int) -> RegionRow:
        """A region of the open version.

        Raises:
            LookupError: it belongs to another version, or to none.
        """
        for row in self._rows:
            if row.id == row_id:
                return row
        raise LookupError(f"region {row_id} is not in the version that is shown")

    def state(self, row: RegionRow) -> str:
        """One word for a region: disabled, negative, exported, or nothing to say."""
        if row.disabled:
            return "disabled"
        if row.id in self.negative_ids:
            return "negative"
        return "exported" if row.id in self.exported_ids else ""

    @property
    def has_video(self) -> bool:
        """The file has pictures, as far as the workspace knows."""
        return self._media is not None and self._media.has_video

    @property
    def can_read(self) -> bool:
        """The workspace knows where the file lies."""
        return self._media is not None

    def read_waveform(self) -> None:
        """Begin to fill ``waveform``, on a thread of its own; at once where it is stored."""
        if self.waveform is None:
            self._sound.read()

    def wait(self) -> None:
        """Return when the waveform and the excerpt that were asked for are there."""
        self._sound.wait()

    def close(self) -> None:
        """Stop what runs in the background and hear no more news; safe to call twice."""
        news.ignore(self._ws.path, self._news, self)
        self._sound.stop()

    def _heard(self, name: str, value: object, cancel: threading.Event) -> None:
        with self.lock:
            if not cancel.is_set():
                self.set_trait(name, value)

    def _open(self, model: str, stamp: str | None) -> None:
        self.model, self.selected = model, None
        self._list_versions()
        stamps = [version.stamp for version in self.versions]
        self.version = stamp if stamp is not None and stamp in stamps else next(iter(stamps), "")
        clips = self._ws.clips
        scan = clips.get_scan(self.filename, self.profile, model, self.version or None)
        self.curve = reading.curve(scan)
        settings = self._ws.settings
        self.threshold = _or(scan and scan.threshold, settings.threshold)
        self.fuse_gap = _or(scan and scan.fuse_gap, settings.fuse_gap)
        self.markers = reading.markers(clips, self.filename, self.profile)
        self._load_rows()

    def _list_versions(self) -> None:
        rows = self._ws.clips.get_scan_versions(self.filename, self.profile, self.model)
        self.versions = tuple(map(versions.from_row, rows))

    def _load_rows(self) -> None:
        clips = self._ws.clips
        stored = clips.get_scan_results(self.filename, self.profile, self.version or None)
        self._rows = tuple(sorted(stored.get(self.model, ()), key=lambda row: row.start))
        self.negatives = reading.negatives(clips, self.filename, self.profile)
        self.negative_ids = frozenset(reading.marked(self._rows, self.negatives))
        self.exported_ids = frozenset(reading.marked(self._rows, self.markers))
        known = self._media.duration if self._media else None
        self.duration = reading.length(known, (*self._rows, *self.negatives), self.curve)
        self._show()

    def _reload(self, text: str) -> None:
        self._list_versions()
        self._load_rows()
        self.say(text)

    def _show(self) -> None:
        curve: reading.Curve | None = self.curve
        own = curve.threshold if curve else 0.0  # there and below it, all that is stored is shown
        least = self.threshold if self.threshold > own else -1.0
        self.regions = tuple(row for row in self._rows if row.score >= least)
        self.proposals = curve.below(self.threshold, self.fuse_gap, self._rows) if curve else ()
        if self.selected not in {row.id for row in self.regions}:
            self.selected = None
        self.undo_label, self.redo_label = self._labels()

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

    def _given(self, row_id: int | None) -> RegionRow:
        row_id = self.selected if row_id is None else row_id
        if row_id is None:
            raise LookupError("select a region first")
        return self.row(row_id)

    def _mark_negative(self, row: RegionRow) -> None:
        self._ws.clips.add_hard_negatives(
            self.filename,
            self.profile,
            [row.start],
            source_path=self._media.path if self._media else "",
            source_model=self.model,
            end_times=[row.end],
        )

    def _walk(self, step: Callable[..., bool], name: str) -> None:
        label = self.undo_label if name == "undo" else self.redo_label
        done = step(self.filename, self.profile, model=self.model, scan_timestamp=self.version)
        self._reload(f"{name.capitalize()}: {label}" if done else f"There is nothing to {name}")

    def _labels(self) -> tuple[str | None, str | None]:
        scope = {"model": self.model, "scan_timestamp": self.version}
        clips = self._ws.clips
        return (
            clips.undo_label(self.filename, self.profile, **scope),
            clips.redo_label(self.filename, self.profile, **scope),
        )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
