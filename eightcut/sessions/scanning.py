"""The state of the scanning screen: which files, by which classifier, and what became of each."""

import functools
import threading
from collections.abc import Iterable
from typing import NamedTuple

import traitlets as t

from eightcut.db import MediaFile
from eightcut.jobs.files import media_files
from eightcut.jobs.scan import scan
from eightcut.jobs.summary import Scanned
from eightcut.models.classifier import Classifier
from eightcut.sessions import news
from eightcut.sessions.job import JobSession
from eightcut.sessions.scan_rows import DONE, FileRow, Steps, before, count, told
from eightcut.sessions.verbs import verb
from eightcut.sessions.versions import local
from eightcut.workspace import Workspace

ACTS = ("scan", "cancel", "choose_all", "choose_none", "choose_unscanned", "toggle")


class Version(NamedTuple):
    """A version of the chosen classifier."""

    version: str
    label: str


class ScanningSession(JobSession):
    """Which files are to be scanned by what; ``scan()`` scans them.

    Args:
        ws: an open workspace; whoever opened it closes it.
        profile: whose scans; the one in ``eightcut.toml`` unless given.

    ``rows`` are the files that fit the filter; files stay chosen when a filter
    hides them, and ``chosen`` says which.
    """

    rows = t.Tuple()
    chosen = t.Any(frozenset())
    filter = t.Unicode()
    current = t.Unicode()  # the file that the keys are about
    names = t.Tuple()
    name = t.Unicode()
    versions = t.Tuple()
    version = t.Unicode()
    threshold = t.Float(0.5)
    fuse_gap = t.Float(0.0)
    summary = t.Any(None)  # jobs.summary.ScanSummary

    def __init__(self, ws: Workspace, *, profile: str | None = None) -> None:
        super().__init__(ws, profile)
        self.threshold, self.fuse_gap = ws.settings.threshold, ws.settings.fuse_gap
        self._media: dict[str, MediaFile] = {}
        self._known: dict[str, FileRow] = {}  # what scans of before say
        self._run_rows: dict[str, FileRow] = {}  # what became of each file in this run
        self._touched = False  # the person has chosen files
        self._was_current = ""
        self.refresh()
        for topic in ("classifiers", "media"):
            news.listen(ws.path, topic, self.refresh)

    @verb
    def refresh(self) -> None:
        """Read files and classifiers again."""
        store = self._ws.classifiers
        self.names = tuple(store.names(self.profile))
        if self.name not in self.names:
            newest = {name: (store.versions(name, self.profile) or [""])[0] for name in self.names}
            self.name = max(self.names, key=newest.__getitem__, default="")
        self._list_versions()
        self._list_files()

    @verb
    def open(self, name: str, version: str = "") -> None:
        """Scan with this classifier; with its current version unless one is named."""
        if name not in self.names:
            raise LookupError(f"profile {self.profile!r} has no classifier {name!r}")
        self.name = name
        self._list_versions(version)
        self._list_files()

    @verb
    def set_threshold(self, value: float) -> None:
        """A region begins at this probability."""
        if not 0 <= value <= 1:
            raise ValueError(f"a threshold lies between 0 and 1, not at {value:g}")
        self.threshold = float(value)

    @verb
    def set_fuse_gap(self, value: float) -> None:
        """Regions this many seconds apart, or closer, become one."""
        if not 0 <= value < float("inf"):
            raise ValueError(f"the fuse gap is a number of seconds of 0 or more, not {value:g}")
        self.fuse_gap = float(value)

    @verb
    def show_only(self, text: str) -> None:
        """Show the files whose name or status holds every one of these words."""
        self.filter = text
        self._show()

    @verb
    def choose(self, filenames: Iterable[str], *, chosen: bool = True) -> None:
        """Put files on the list of what to scan, or take them off it."""
        names = frozenset(filenames)
        if unknown := names - self._media.keys():
            raise LookupError(f"there is no file {min(unknown)!r} in this workspace")
        self._touched = True
        self.chosen = self.chosen | names if chosen else self.chosen - names

    @verb
    def choose_all(self) -> None:
        """Choose every file that is shown."""
        self.choose(row.filename for row in self.rows)

    @verb
    def choose_none(self) -> None:
        """Choose none of the files that are shown."""
        self.choose([row.filename for row in self.rows], chosen=False)

    @verb
    def choose_unscanned(self) -> None:
        """Of the files that are shown, choose those this classifier version has not scanned."""
        shown = [row.filename for row in self.rows]
        self.choose(shown, chosen=False)
        done = ("scanned", *DONE)
        self.choose(row.filename for row in self.rows if row.status not in done)

    @verb
    def toggle(self, filename: str = "") -> None:
        """Choose a file (the current one unless named), or no longer."""
        if name := filename or self.current:
            self.choose([name], chosen=name not in self.chosen)

    @verb
    def stretch(self, anchor: str, filename: str) -> None:
        """Treat all from one shown file to another like the first: chosen, or not."""
        names = [row.filename for row in self.rows]
        if filename not in names:
            raise LookupError(f"{filename!r} is not among the files that are shown")
        first, last = sorted(
            names.index(name) for name in (_among(anchor, names, filename), filename)
        )
        self.choose(names[first : last + 1], chosen=anchor in self.chosen)
        self.current = filename

    @verb
    def go(self, filename: str) -> None:
        """Make a file the current one."""
        self.current = filename

    @verb
    def step(self, by: int) -> None:
        """Go down the list, or up where ``by`` is negative."""
        names = [row.filename for row in self.rows]
        if names:
            here = names.index(self.current) if self.current in names else -by
            self.current = names[min(max(here + by, 0), len(names) - 1)]

    def add(self, patterns: str) -> None:
        """Take up files by path or pattern, one a line or between semicolons, and choose them."""
        given = [part.strip() for part in patterns.replace("\n", ";").split(";")]
        given = [part for part in given if part]
        if not given:
            raise LookupError("type the path of a file, or a pattern such as /media/*.mp4")
        self.say("Reading …")
        self._look_up(lambda _cancel: self._added(given))

    @verb
    def scan(self) -> None:
        """Scan the chosen files; those that have this very scan already are left alone."""
        if not self.name:
            raise LookupError("there is no classifier yet: train one first")
        files = [media for name, media in self._media.items() if name in self.chosen]
        if not files:
            raise LookupError("choose a file to scan first")
        trained = self._ws.classifiers.load(self.name, self.version, self.profile)
        waiting = {file.filename: FileRow(file.filename, file.duration) for file in files}
        self._start(functools.partial(self._scanned, files, trained))
        self.summary, self._touched = None, True
        self._run_rows = {name: row._replace(status="waiting") for name, row in waiting.items()}
        self._show()

    def act(self, name: str) -> None:
        """Call a verb that needs nothing more, by its name: what a key or a button does."""
        if name in {"next", "previous"}:
            self.step(1 if name == "next" else -1)
        elif name in ACTS:
            getattr(self, name)()
        else:
            raise LookupError(f"scanning cannot {name!r}; it can {', '.join(ACTS)}")

    def row(self, filename: str) -> FileRow:
        """One file as the list shows it."""
        media = self._media[filename]
        known = self._known.get(filename, FileRow(filename, media.duration))
        return self._run_rows.get(filename, known)

    @property
    def files(self) -> int:
        """How many files the workspace knows."""
        return len(self._media)

    def close(self) -> None:
        """Cancel what runs in the background and hear no more news; safe to call twice."""
        super().close()
        for topic in ("classifiers", "media"):
            news.ignore(self._ws.path, topic, self.refresh)

    def _scanned(self, files: list[MediaFile], trained: Classifier, cancel: threading.Event) -> str:
        steps = Steps(files, self._mark, self._tell)

        def finished(file: Scanned) -> None:
            steps.finished(file)
            if file.status == "complete":
                news.tell(self._ws.path, f"scans/{file.filename}", by=self)

        summary = scan(
            self._ws,
            files,
            trained,
            profile=self.profile,
            threshold=self.threshold,
            fuse_gap=self.fuse_gap,
            progress=steps.bar,
            finished=finished,
            cancel=cancel,
        )
        with self.lock:
            self.summary = summary
            self._list_files()
        return told(summary)

    @verb
    def _mark(self, row: FileRow) -> None:
        self._run_rows[row.filename] = row
        self._show()

    def _added(self, given: list[str]) -> None:
        found, skipped = media_files(self._ws, given)
        with self.lock:
            self._list_files()
            self.choose(media.filename for media in found)
        text = f"{count(len(found), 'file')} added and chosen."
        reasons = " ".join(f"{item.reason.rstrip('.')}." for item in skipped)
        self.say(f"{text} {reasons}".strip(), is_problem=bool(skipped))
        news.tell(self._ws.path, "media", by=self)

    def _list_versions(self, wanted: str = "") -> None:
        store, name = self._ws.classifiers, self.name
        stamps = store.versions(name, self.profile) if name else []
        current = _current(self._ws, name, self.profile) if name else ""
        if wanted and wanted not in stamps:
            raise LookupError(f"classifier {name!r} has no version {wanted!r}")
        follows = self.version not in stamps or self.version == self._was_current
        self.versions = tuple(
            Version(stamp, local(stamp) + " (current)" * (stamp == current)) for stamp in stamps
        )
        before = self.version
        self.version = wanted or (current if follows else before) or next(iter(stamps), "")
        self._was_current = current
        if self.version != before and not self.running:
            self._run_rows = {}

    def _list_files(self) -> None:
        self._media = {media.filename: media for media in self._ws.clips.list_media()}
        self.chosen = self.chosen & self._media.keys()
        if self.current not in self._media:
            self.current = next(iter(self._media), "")
        self._show()
        name, version = self.name, self.version
        self._look_up(lambda cancel: self._read_scans(name, version, cancel))

    def _read_scans(self, name: str, version: str, cancel: threading.Event) -> None:
        """Which files have been scanned before; thousands of them take a moment."""
        known = {}
        for filename, media in dict(self._media).items():
            if cancel.is_set():
                return
            rows = self._ws.clips.get_scan_versions(filename, self.profile, name) if name else []
            known[filename] = before(media, rows, version)
        self._take(name, version, known)

    @verb
    def _take(self, name: str, version: str, known: dict[str, FileRow]) -> None:
        if (name, version) == (self.name, self.version):
            self._known = known
            self._show()
            if not self._touched and not self.running:
                self.chosen = frozenset(
                    row.filename for row in known.values() if row.status != "scanned"
                )

    def _show(self) -> None:
        words = self.filter.lower().split()
        rows = map(self.row, self._media)
        self.rows = tuple(
            row
            for row in rows
            if all(word in f"{row.filename} {row.status}".lower() for word in words)
        )


def _among(name: str, names: list[str], otherwise: str) -> str:
    return name if name in names else otherwise


def _current(ws: Workspace, name: str, profile: str) -> str:
    try:
        found = ws.classifiers.current(name, profile)
    except (LookupError, ValueError):  # the person may still choose another version
        return ""
    return found.version if found else ""
