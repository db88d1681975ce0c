"""What is open of a comparison: a file, two of its scan versions, and what changed between them.

Views watch the traits and change them only by calling the verbs. Nothing here
changes what is stored; ``ComparisonSession`` does.
"""

import functools
from collections.abc import Sequence
from typing import Any

import traitlets as t

from eightcut.jobs.compare import VersionDiff
from eightcut.sessions import compared, news, reading, sides
from eightcut.sessions import comparison_words as words
from eightcut.sessions.compared import Compared, Marks
from eightcut.sessions.comparison_files import Files, compare
from eightcut.sessions.open_file import OpenFile
from eightcut.sessions.sides import Choice, Side
from eightcut.sessions.verbs import verb
from eightcut.sessions.worker import Worker
from eightcut.workspace import Workspace


class OpenComparison(OpenFile):
    """Two scan versions of a file, the old and the new one; see ``ComparisonSession``."""

    files = t.Tuple()
    counted = t.Any({})  # file -> how much is gained and lost, at own thresholds and matched
    filename = t.Unicode()
    diff = t.Any(None)  # jobs.compare.VersionDiff
    matched = t.Bool(False)  # at equal false alarms per hour, else each at its own threshold
    changes = t.Tuple()  # of Compared, what matters most first
    shown = t.Tuple()  # those that are listed
    kinds = t.Any(frozenset(("gained", "lost")))
    selected = t.Int(None, allow_none=True)
    about = t.Unicode()  # the selected change in words
    autoplay = t.Bool(True)

    def __init__(
        self,
        ws: Workspace,
        filename: str | None = None,
        a: str | None = None,
        b: str | None = None,
        *,
        profile: str | None = None,
    ) -> None:
        super().__init__(ws, profile)
        self._wanted = (a or "", b or "")  # what the person calls the two
        self._wants_matched = False
        self._marks = Marks()
        self._ids: dict[compared.Key, int] = {}
        # the comparison, what is selected since thresholds were switched, and what was before
        self._switched: tuple[VersionDiff | None, int | None, Compared | None] = (None, None, None)
        self._seen: tuple[Any, ...] = ()
        self._counter = Worker("comparison")
        self.old, self.new = (
            Side(self.lock, functools.partial(self.choose, which), self.say)
            for which in ("old", "new")
        )
        self._start = filename or ""
        self.files = () if filename else sides.comparable_files(ws, self.profile)
        self._open(filename or next(iter(self.files), ""))
        self._require(filename)
        self._wanted = sides.elsewhere(self.new.versions, self._wanted)
        self._find_files()
        self._count()

    @verb
    def look(self) -> None:
        """Read again where others have changed anything; the selection stays where it can."""
        if self.filename and self._stamp() != self._seen:
            self._load()

    @verb
    def refresh(self) -> None:
        """Compare anew, with all that is known by now."""
        self._find_files()
        if self.filename:
            self._load()
        elif self.files:
            self._open(self.files[0])
        self._count()

    @verb
    def open(self, filename: str) -> None:
        """Go to another file, with versions by the same classifiers where it has them."""
        if filename not in self.files:
            raise LookupError(f"{filename!r} is not among the files that have two scan versions")
        if filename != self.filename:
            self.say("")
            self._open(filename)

    @verb
    def choose(self, which: str, stamp: str) -> None:
        """Compare another version; the one of the other side means: the other way round."""
        pair = {"old": self.old.version, "new": self.new.version}
        other = "new" if which == "old" else "old"
        if stamp == pair[which]:
            return
        if stamp == pair[other]:
            pair[other] = pair[which]
        pair[which] = stamp
        known = {choice.stamp: choice for choice in self.new.versions}
        if stamp not in known:
            raise LookupError(f"{self.filename} has no scan version {stamp!r}")
        self.say("")
        self.selected = None
        old, new = known[pair["old"]], known[pair["new"]]
        self._wanted = old.maker, new.maker
        self._compare(self.new.versions, (old, new))
        self._count()

    def row(self, change_id: int) -> Compared:
        """A change, whether it is listed or not.

        Raises:
            LookupError: it is none of this comparison.
        """
        known: tuple[Compared, ...] = self.changes
        for change in known:
            if change.id == change_id:
                return change
        raise LookupError(f"change {change_id} is not in this comparison any more")

    @property
    def has_video(self) -> bool:
        """Some file of the workspace has pictures."""
        return any(media.has_video for media in self._ws.clips.list_media())

    @property
    def summary(self) -> str:
        """Such as ``12 kept · 3 shifted · 4 gained · 2 lost``; empty without two versions."""
        return words.summary(self.diff, matched=self.matched) if self.diff else ""

    @property
    def basis(self) -> str:
        """The thresholds and what they stand for, or why there is nothing to compare."""
        if self.diff is None:
            return words.why_not(self.filename, self.profile, len(self.new.versions))
        return words.basis(self.diff, matched=self.matched)

    @property
    def progress(self) -> str:
        """Such as ``4 of 6 left``."""
        return words.progress(self.shown)

    @property
    def thresholds(self) -> tuple[float | None, float | None]:
        """Of the old and the new version, as they are compared now."""
        return words.thresholds(self.diff, matched=self.matched) if self.diff else (None, None)

    @property
    def titles(self) -> tuple[str, str]:
        """The names of the old and the new version, with their thresholds."""
        names = self.old.name, self.new.name
        return words.titles(self.diff, names, matched=self.matched) if self.diff else ("", "")

    def wait(self) -> None:
        """Return when what runs in the background has ended."""
        self._sound.wait()
        self._counter.wait()

    def close(self) -> None:
        """Stop what runs in the background and hear no more news; safe to call twice."""
        self._leave()
        self._counter.stop()

    def _find_files(self) -> None:
        """The files to go through, the one that is open in any case."""
        wanted = self._wanted if self._start else ("", "")
        found = sides.comparable_files(self._ws, self.profile, wanted)
        there = self.filename in found or not self.filename
        self.files = found if there else (self.filename, *found)

    def _require(self, filename: str | None) -> None:
        """What was asked for is compared: in one file a must, of several the one that is shown."""
        for name, side in zip(self._wanted, (self.old, self.new), strict=True):
            known = sides.named(side.versions, name)
            if name and (known is None or known.stamp != side.version):
                missing = f"{self.filename} has no other scan version {name!r}"
                if filename:
                    self.close()
                    raise LookupError(missing)
                self.say(f"{missing}; what it has is compared", is_problem=True)

    def _open(self, filename: str) -> None:
        self._leave()
        self.filename = filename
        self._hear(self._ws.clips.get_media(filename) if filename else None)
        self.waveform = self.excerpt = self.selected = None
        self.playhead = 0.0
        self._ids = {}
        self.diff = None
        self.old.put((), None)
        self.new.put((), None)
        if filename:
            news.listen(self._ws.path, f"scans/{filename}", self.look)
            news.listen(self._ws.path, "negatives", self.look)
            news.listen(self._ws.path, "clips", self.look)
            self._load()
            self._sound.read()

    def _leave(self) -> None:
        for topic in (f"scans/{self.filename}", "negatives", "clips"):
            news.ignore(self._ws.path, topic, self.look)
        self._sound.stop()

    def _load(self) -> None:
        """Read the versions; the two that are compared stay where they are still there."""
        known = self._known()
        now = (self.old.version, self.new.version) if self.diff else ("", "")
        stays = [stamp if sides.named(known, stamp) else "" for stamp in now]
        wanted = stays[0] or self._wanted[0], stays[1] or self._wanted[1]
        in_use = functools.partial(sides.in_use, self._ws, self.profile)
        self._compare(known, sides.pair(known, wanted, in_use))

    def _compare(self, known: Sequence[Choice], pair: sides.Pair | None) -> None:
        self._put(known, pair)
        self.diff = pair and compare(self._ws, self.profile, self.filename, pair)
        self._show()

    def _put(self, known: Sequence[Choice], pair: sides.Pair | None) -> None:
        old, new = pair or (next(iter(known), None),) * 2
        self.old.put(known, old)
        self.new.put(known, new)
        self._seen = self._stamp()

    def _reload(self) -> None:
        """Read again what this session itself has changed; compare again only where it must."""
        known = {choice.stamp: choice for choice in self._known()}
        if not {self.old.version, self.new.version} <= known.keys():
            self._load()  # somebody has pruned it
            return
        pair = known[self.old.version], known[self.new.version]
        before = self._marks.found
        self._put(tuple(known.values()), pair)
        self._show()
        if self._marks.found != before:
            self._compare((*known.values(),), pair)

    def _known(self) -> list[Choice]:
        return sides.choices(self._ws, self.filename, self.profile)

    def _stamp(self) -> tuple[Any, ...]:
        """What differs when others have changed something that is shown here; cheap to ask."""
        clips, filename = self._ws.clips, self.filename
        scans = [
            (row["timestamp"], row["count"])
            for model in clips.get_scan_models(filename, self.profile)
            for row in clips.get_scan_versions(filename, self.profile, model)
        ]
        exported = len(clips.get_exported_spans(filename, self.profile))
        return clips.hard_negatives_stamp(self.profile), tuple(scans), exported

    def _show(self) -> None:
        """Tell anew what changed and what is decided of it."""
        diff: VersionDiff | None = self.diff
        self.matched = bool(self._wants_matched and diff and diff.matched)
        self._marks, changes = Marks(), []
        if diff is not None:
            new = (diff.new.model, diff.new.timestamp)
            self._marks = compared.marks(self._ws, self.filename, self.profile, new)
            changes = diff.changes(matched=self.matched)
        self.changes = tuple(compared.with_states(changes, self._ids, self._marks))
        self._measure()
        self._list()

    def _measure(self) -> None:
        """How long the file is, and what could be taken back in it."""
        diff: VersionDiff | None = self.diff
        known = self._media.duration if self._media else None
        ends = [change.row for change in self.changes]
        curves = [reading.curve(version) for version in (diff.old, diff.new)] if diff else [None]
        self.duration = max(reading.length(known, ends, curve) for curve in curves)
        scope = {"model": self.new.model, "scan_timestamp": self.new.version}
        about, clips = (self.filename, self.profile), self._ws.clips
        self.undo_label = clips.undo_label(*about, **scope) if diff else None
        self.redo_label = clips.redo_label(*about, **scope) if diff else None

    def _list(self) -> None:
        self.shown = tuple(change for change in self.changes if change.kind in self.kinds)
        if self.selected not in {change.id for change in self.changes}:
            self.selected = None
        self._describe()

    def _describe(self) -> None:
        chosen = None if self.selected is None else self.row(self.selected)
        self.about = words.described(chosen) if chosen else ""

    def _count(self) -> None:
        """Begin to compare the versions of every other file too, for the list of files."""
        if len(self.files) > 1:
            self.counted = {}
            known = Files(self._ws, self.profile, self.files, self._wanted)
            self._counter.ask(functools.partial(known.count_all, self._heard))
