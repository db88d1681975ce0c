"""The state of the list of hard negatives: what is shown, what is selected, what was undone.

Views watch the traits and change them only by calling the verbs, which write
to the database first and to the traits second. Everything works without a
browser: ``NegativesSession(ws).delete_selected()`` is a complete program.
"""

import threading
import uuid
from collections.abc import Iterable
from pathlib import Path

import traitlets as t

from eightcut.db.negatives import HardNegative
from eightcut.jobs.influence import current_effects
from eightcut.sessions import news
from eightcut.sessions.listing import COLUMNS, Filter, Listing
from eightcut.sessions.reading import CLIP_S
from eightcut.sessions.sound import Sound
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

LEAD_IN_S = 1.0  # heard before a negative, so that its beginning is not missed
ACTS = ("delete_selected", "ask_clear", "undo", "redo", "refresh", "select_all", "select_none")


class NegativesSession(t.HasTraits):
    """The hard negatives of one profile, filtered and sorted, some of them selected.

    Args:
        ws: an open workspace; whoever opened it closes it.
        profile: whose; the one in ``eightcut.toml`` unless given.

    ``shown`` are the ids of the rows that the filter lets through, in order;
    ``selected`` are ids too, some of which the filter may hide; ``current`` is
    the one that plays. ``question`` is what Clear all asks, until it is answered.
    """

    revision = t.Int(0)  # grows whenever the rows have been read again
    total = t.Int(0)
    shown = t.Any(())
    selected = t.Any(frozenset())
    current = t.Int(None, allow_none=True)
    model = t.Unicode(None, allow_none=True)
    filename = t.Unicode(None, allow_none=True)
    text = t.Unicode()
    models = t.Any(())
    files = t.Any(())
    order = t.Unicode("File")
    down = t.Bool(False)
    question = t.Unicode()
    summary = t.Unicode()
    playhead = t.Float(0.0)
    excerpt = t.Any(None)  # jobs.excerpt.Excerpt
    message = t.Unicode()
    is_problem = t.Bool(False)
    undo_label = t.Unicode(None, allow_none=True)
    redo_label = t.Unicode(None, allow_none=True)

    def __init__(self, ws: Workspace, *, profile: str | None = None) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.link = uuid.uuid4().hex  # what views of this session call each other by, in a page
        self.profile = profile or ws.settings.profile
        self._ws = ws
        self._listing = Listing([])
        self._stamp: tuple[int, ...] = ()
        self._asked: frozenset[int] = frozenset()
        self._sound: Sound | None = None
        self.refresh()
        news.listen(ws.path, "negatives", self.refresh)
        news.listen(ws.path, "classifiers", self.reload)

    @verb
    def refresh(self) -> None:
        """Read the list again where anything has changed in the database."""
        stamp = self._ws.clips.hard_negatives_stamp(self.profile)
        if stamp != self._stamp:
            self._load()

    @verb
    def reload(self) -> None:
        """Read everything again; another version in use tells other effects."""
        self._load()

    @verb
    def show(
        self, *, model: str | None = None, filename: str | None = None, text: str = ""
    ) -> None:
        """Filter the list. None shows every model or file, an empty model those without one.

        Each word of ``text`` must be somewhere in the file name, time, model or note.
        """
        if (model, filename, text) != (self.model, self.filename, self.text):
            self.model, self.filename, self.text = model, filename, text
            self._show()

    @verb
    def sort(self, column: str) -> None:
        """Sort by a column; by the same one again, the other way round."""
        if column not in COLUMNS:
            raise LookupError(f"there is no column {column!r}, only {', '.join(COLUMNS)}")
        self.down = column == self.order and not self.down
        self.order = column
        self._show()

    @verb
    def select(
        self, ids: Iterable[int], *, current: int | None = None, keep_hidden: bool = False
    ) -> None:
        """Select these rows and no others, but those that the filter hides if wished.

        ``current`` is the row that plays; the first selected one unless given.
        Ids that are not in the list any more are passed over.
        """
        wanted = [row_id for row_id in ids if row_id in self._listing.place]
        hidden = self.selected.difference(self.shown) if keep_hidden else ()
        if current not in self._listing.place:
            current = wanted[0] if wanted else None
        self.say("")
        self._choose(frozenset(wanted).union(hidden), current)

    @verb
    def select_all(self) -> None:
        """Select every row that is shown."""
        self.select(self.shown, current=self.current, keep_hidden=True)

    @verb
    def select_none(self) -> None:
        """Let go of every row, also of those that the filter hides."""
        self.select((), current=self.current)

    @news.telling("negatives")
    @verb
    def delete_selected(self) -> None:
        """Delete the selected rows that are shown; those that the filter hides stay."""
        gone = self.selected_shown
        if not gone:
            raise LookupError("select the rows to delete first; rows that are filtered out stay")
        self._delete(gone)

    @verb
    def ask_clear(self) -> None:
        """Ask whether to delete all that is shown; ``clear`` answers."""
        if not self.shown:
            raise LookupError("there is nothing to clear" + (" here" if self.total else ""))
        self._asked = frozenset(self.shown)
        what = f"{len(self.shown):,} hard negative" + "s" * (len(self.shown) != 1)
        everything = len(self.shown) == self.total
        whose = f" of profile {self.profile!r}"
        self.question = f"Delete {'all ' * everything}{what}{str(self._filter) or whose}?"

    @news.telling("negatives")
    @verb
    def clear(self, *, confirmed: bool) -> None:
        """Answer what ``ask_clear`` has asked: delete exactly the rows it named, or none."""
        gone = self._asked if self.question and confirmed else frozenset()
        self._withdraw()
        if gone:
            self._delete(gone)

    @news.telling("negatives")
    @verb
    def undo(self) -> None:
        """Take back the latest deletion or note in this list, in all its files at once."""
        self._walk("undo")

    @news.telling("negatives")
    @verb
    def redo(self) -> None:
        """Do again what was just taken back."""
        self._walk("redo")

    @news.telling("negatives")
    @verb
    def note(self, row_id: int, text: str) -> None:
        """Write a note on a row, in place of the one it has."""
        text = " ".join(text.split())
        if text != self.row(row_id)["note"]:
            self._ws.clips.note_hard_negative(row_id, text)
            self._load()
            self.say("Noted" if text else "The note is gone")

    @verb
    def seek(self, time: float) -> None:
        """Remember where the player is, in seconds of the current row's file."""
        self.playhead = max(float(time), 0.0)

    @verb
    def listen(self) -> None:
        """Have the current row cut for the player."""
        if self.current is None:
            raise LookupError("select a row to hear it")
        row = self.row(self.current)
        media = self._ws.clips.get_media(row["filename"])
        if media is None:
            raise LookupError(
                f"{row['filename']} cannot be played: add it to the workspace, ws.add_media(…)"
            )
        if not Path(media.path).exists():
            raise LookupError(f"{media.path} is not there any more; add it from where it is now")
        self._cut(row)

    @verb
    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the person one sentence, in the status line of every view."""
        self.is_problem = is_problem
        self.message = text

    def act(self, name: str) -> None:
        """Call a verb that needs nothing more, by its name: what a key or a button does."""
        if name not in ACTS:
            raise LookupError(f"the list cannot {name!r}; it can {', '.join(ACTS)}")
        getattr(self, name)()

    def row(self, row_id: int) -> HardNegative:
        """A row of the list, hidden or not.

        Raises:
            LookupError: it is not there any more.
        """
        return self._listing.row(row_id)

    def effect(self, row_id: int) -> float | None:
        """How much higher the held-out loss would be without a row; None where unknown."""
        return self._listing.effect(self.row(row_id))

    @property
    def selected_shown(self) -> frozenset[int]:
        """The selected rows that the filter shows: those that Delete takes."""
        return self.selected.intersection(self.shown)  # type: ignore[no-any-return]

    @property
    def has_video(self) -> bool:
        """Some file of the workspace has pictures."""
        return any(media.has_video for media in self._ws.clips.list_media())

    @property
    def cue(self) -> float:
        """Where the current row starts, in seconds of its file."""
        return self.playhead if self.current is None else self.row(self.current)["start_time"]

    def wait(self) -> None:
        """Return when the excerpt that was asked for is there."""
        if self._sound is not None:
            self._sound.wait()

    def close(self) -> None:
        """Stop what runs in the background and hear no more news; safe to call twice."""
        news.ignore(self._ws.path, "negatives", self.refresh)
        news.ignore(self._ws.path, "classifiers", self.reload)
        self._hush()

    @property
    def _filter(self) -> Filter:
        return Filter(self.model, self.filename, self.text)

    def _load(self, expected: Listing | None = None) -> None:
        """Read everything; the rows not where they are expected and as many as that."""
        clips = self._ws.clips
        self._stamp = clips.hard_negatives_stamp(self.profile)
        if expected is None or len(expected.rows) != self._stamp[0]:
            effects = current_effects(self._ws, self.profile)
            expected = Listing(clips.get_hard_negatives(self.profile), effects)
        self._listing = expected
        self.revision += 1
        self.total = len(self._listing.rows)
        self.models, self.files = self._listing.models(), self._listing.files()
        self.undo_label = clips.undo_negatives_label(self.profile)
        self.redo_label = clips.redo_negatives_label(self.profile)
        self.selected = self.selected.intersection(self._listing.place)
        if self.current not in self._listing.place:
            self.current = None
        self._show()

    def _show(self) -> None:
        listing = self._listing
        found = listing.ordered(listing.matching(self._filter), self.order, down=self.down)
        self.shown = tuple(listing.ids[place] for place in found.tolist())
        self._withdraw()
        self._count()

    def _count(self) -> None:
        shown, here = len(self.shown), len(self.selected_shown)
        of = f"{shown:,} of " if shown != self.total else ""
        noun = "hard negative" if self.total == 1 else "hard negatives"
        away = len(self.selected) - here
        also = f" ({away:,} more filtered out)" if away else ""
        chosen = f", {here:,} selected{also}" if self.selected else ""
        self.summary = f"{of}{self.total:,} {noun}{chosen}"

    def _choose(self, selected: frozenset[int], current: int | None) -> None:
        moved = current is not None and current != self.current
        self.selected, self.current = selected, current
        self._count()
        if moved:
            self._hush()
            self.excerpt, self.playhead = None, self.cue
            self._prepare()

    def _delete(self, gone: frozenset[int]) -> None:
        """The row after the last one that goes becomes the selected one, to go on from there."""
        shown = self.shown
        last = max(place for place, row_id in enumerate(shown) if row_id in gone)
        rest = [
            row_id for row_id in (*shown[last + 1 :], *shown[:last][::-1]) if row_id not in gone
        ]
        known = self._ws.clips.hard_negatives_stamp(self.profile) == self._stamp
        count = self._ws.clips.delete_hard_negatives_by_ids(gone)
        self._load(self._listing.without(gone) if known else None)
        following = frozenset(rest[:1]).intersection(self.shown)
        self._choose(self.selected | following, next(iter(following), None))
        self.say(f"Deleted {count:,} hard negative" + "s" * (count != 1))

    def _walk(self, name: str) -> None:
        clips = self._ws.clips
        label = self.undo_label if name == "undo" else self.redo_label
        step = clips.undo_negatives if name == "undo" else clips.redo_negatives
        touched = step(self.profile)
        self._load()
        back = frozenset(touched).intersection(self._listing.place)
        if back:
            current = next((row_id for row_id in self.shown if row_id in back), None)
            self._choose(back, current)
        self.say(f"{name.capitalize()}: {label}" if touched else f"There is nothing to {name}")

    def _withdraw(self) -> None:
        self.question, self._asked = "", frozenset()

    def _hush(self) -> None:
        if self._sound is not None:
            self._sound.stop()

    def _prepare(self) -> None:
        """Cut the current row ahead of the wish to hear it, where that can be done."""
        row = self.row(self.current)  # type: ignore[arg-type]
        media = self._ws.clips.get_media(row["filename"])
        if media is not None and Path(media.path).exists():
            self._cut(row)

    def _cut(self, row: HardNegative) -> None:
        media = self._ws.clips.get_media(row["filename"])
        self._sound = Sound(self._ws, media, publish=self._heard, say=self.say)
        end = row["end_time"] or row["start_time"] + CLIP_S
        self._sound.cut(max(row["start_time"] - LEAD_IN_S, 0.0), end)

    def _heard(self, name: str, value: object, cancel: threading.Event) -> None:
        with self.lock:
            if not cancel.is_set():
                self.set_trait(name, value)
