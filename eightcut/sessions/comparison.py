"""The state of a comparison: two scan versions of a file, and a way through what changed.

Views watch the traits and change them only by calling the verbs, which write
to the database first and to the traits second. Everything works without a
browser: ``ComparisonSession(ws, "owls.mp4").accept()`` is a complete program.
"""

from eightcut.sessions import compared, news
from eightcut.sessions import comparison_words as words
from eightcut.sessions.compared import LISTED, Compared
from eightcut.sessions.comparison_open import OpenComparison
from eightcut.sessions.deciding import Deciding
from eightcut.sessions.opened import LEAD_IN_S
from eightcut.sessions.verbs import verb

ACTS = (
    *("next", "previous", "accept", "toggle_negative", "undo", "redo"),
    *("toggle_matched", "swap", "refresh", "toggle_autoplay", "next_file", "previous_file"),
    *(f"toggle_{kind}" for kind in LISTED),
)


class ComparisonSession(OpenComparison):
    """Where one person is in what changed from one scan version to another.

    Args:
        ws: an open workspace; whoever opened it closes it.
        filename: the key of the media file to begin with; the others are those that both
            versions have scanned. The first of all files with two versions unless given.
        a: the old version: the stamp of a scan, the version of a classifier, or
            ``"NAME VERSION"``.
        b: the new version. Unless given: the newest scan by the classifier in use,
            and the one before it.
        profile: whose scans; the one in ``eightcut.toml`` unless given.

    ``changes`` are all of them, what matters most first; ``shown`` those of the
    ``kinds`` that are listed. Decisions are stored in the new version and in the
    file's hard negatives, where ``undo`` takes them back; each leads to the next
    change that nobody has decided on.

    Raises:
        LookupError: the file has no such version.
    """

    def act(self, name: str) -> None:
        """Call a verb that needs nothing more, by its name: what a key or a button does."""
        if name not in ACTS:
            raise LookupError(f"a comparison cannot {name!r}; it can {', '.join(ACTS)}")
        getattr(self, name)()

    @verb
    def show(self, kind: str, *, shown: bool) -> None:
        """List the changes of a kind (gained, lost, shifted, kept), or leave them out."""
        if kind not in LISTED:
            raise LookupError(f"there is no change {kind!r}, only {', '.join(LISTED)}")
        self.kinds = self.kinds | {kind} if shown else self.kinds - {kind}
        self._list()

    @verb
    def select(self, change_id: int | None) -> None:
        """Make a change the current one and go to its start; None lets go of it."""
        if change_id is not None:
            change = self.row(change_id)
            self.playhead = change.start
            self.say("")
            self._sound.cut(max(change.start - LEAD_IN_S, 0.0), change.end)
        self.selected = change_id
        self._describe()

    @verb
    def next(self) -> None:
        """Go to the next change of the list."""
        self._step(1)

    @verb
    def previous(self) -> None:
        """Go to the one before."""
        self._step(-1)

    @news.telling("negatives")
    @verb
    def accept(self) -> None:
        """Say that the selected region is right; a lost one is added to the new version."""
        self._decided(self._deciding().accept(self._given()))

    @news.telling("negatives")
    @verb
    def toggle_negative(self) -> None:
        """Mark the selected region as a false alarm to train on, or take the mark away."""
        change = self._given()
        said = self._deciding().toggle_negative(change)
        self._decided(said, advance=change.state != "negative")

    @news.telling("negatives")
    @verb
    def undo(self) -> None:
        """Take back the newest edit of the new version or of the file's hard negatives."""
        self._walk("undo")

    @news.telling("negatives")
    @verb
    def redo(self) -> None:
        """Do again what was just taken back."""
        self._walk("redo")

    @verb
    def toggle_matched(self) -> None:
        """Compare at equal false alarms per hour, or each version at its own threshold."""
        if self.diff is None:
            raise LookupError(self.basis)
        if not self.matched and self.diff.matched is None:
            raise LookupError(words.why_not_matched(self.diff))
        before = None if self.selected is None else self.row(self.selected)
        diff, place, came_from = self._switched
        if diff is self.diff and place == self.selected:
            before = came_from  # nothing else was selected meanwhile: switching back leads back
        self._wants_matched = not self.matched
        self._show()
        self.say("")
        if before is not None:
            self.selected = compared.again(self.changes, self.shown, before)
            self._describe()
        self._switched = self.diff, self.selected, before

    @verb
    def swap(self) -> None:
        """Compare the other way round: the old version becomes the new one."""
        if self.diff is None:
            raise LookupError(self.basis)
        self.choose("old", self.new.version)

    def toggle_gained(self) -> None:
        """List what only the new version has, or leave it out."""
        self._toggle("gained")

    def toggle_lost(self) -> None:
        """List what only the old version has, or leave it out."""
        self._toggle("lost")

    def toggle_shifted(self) -> None:
        """List what has moved, or leave it out."""
        self._toggle("shifted")

    def toggle_kept(self) -> None:
        """List what both versions have, or leave it out."""
        self._toggle("kept")

    @verb
    def toggle_autoplay(self) -> None:
        """Play what is selected as soon as it is there, or only when asked to."""
        self.autoplay = not self.autoplay

    def next_file(self) -> None:
        """Go to the next file."""
        self._step_file(1)

    def previous_file(self) -> None:
        """Go to the file before."""
        self._step_file(-1)

    def _toggle(self, kind: str) -> None:
        self.show(kind, shown=kind not in self.kinds)

    @verb
    def _step_file(self, by: int) -> None:
        place = self.files.index(self.filename) + by if self.filename in self.files else -1
        if not 0 <= place < len(self.files):
            raise LookupError(f"this is the {'last' if by > 0 else 'first'} file")
        self.open(self.files[place])

    def _step(self, by: int) -> None:
        ids = [change.id for change in self.shown]
        if not ids:
            self.say("Nothing of these kinds has changed; choose another kind to look at")
        elif self.selected not in ids:
            self.select(ids[0 if by > 0 else -1])
        elif 0 <= (place := ids.index(self.selected) + by) < len(ids):
            self.select(ids[place])
        else:
            self.say(f"This is the {'last' if by > 0 else 'first'} change of the list")

    def _deciding(self) -> Deciding:
        if self.diff is None:
            raise LookupError(self.basis)
        return Deciding(self._ws, self.diff.old, self.diff.new, self._marks)

    def _given(self) -> Compared:
        if self.selected is None:
            raise LookupError("select a change first")
        return self.row(self.selected)

    def _decided(self, text: str, *, advance: bool = True) -> None:
        """Read again what is stored, and go to the next change that nobody has decided on."""
        here = self._place()
        self._reload()
        self.say(text)
        if not advance:
            return
        rest = [change for change in self.shown[here:] + self.shown[:here] if not change.is_decided]
        if rest:
            self.select(rest[0].id)
            self.say(f"{text} · {self.progress}")
        elif self.shown:
            self.say(f"{text} · Everything listed is decided")

    def _place(self) -> int:
        ids = [change.id for change in self.shown]
        return ids.index(self.selected) if self.selected in ids else 0

    def _walk(self, name: str) -> None:
        if self.diff is None:
            raise LookupError(self.basis)
        clips = self._ws.clips
        label = self.undo_label if name == "undo" else self.redo_label
        step = clips.undo if name == "undo" else clips.redo
        before = {change.id: change.state for change in self.changes}
        scope = {"model": self.new.model, "scan_timestamp": self.new.version}
        done = step(self.filename, self.profile, **scope)
        self._reload()
        touched = (c for c in self.changes if before.get(c.id, c.state) != c.state)
        if (change := next(touched, None)) is not None:
            self.select(change.id)
        self.say(f"{name.capitalize()}: {label}" if done else f"There is nothing to {name}")
