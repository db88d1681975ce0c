"""The classifiers of a profile and their versions; one of each name is current."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import traitlets as t

from eightcut.jobs.scan import rescan
from eightcut.models.classifier import Classifier
from eightcut.progress import Bar, stop_if
from eightcut.sessions import news
from eightcut.sessions.job import Ended, JobSession
from eightcut.sessions.verbs import verb
from eightcut.sessions.versions import local, told_apart
from eightcut.workspace import Workspace


class Trained(NamedTuple):
    """One version of a classifier; what its card does not tell is None.

    ``reason`` is what the gate said when it was trained; a version that it kept aside and
    that is not in use now ``is_aside``. ``precision`` was counted over ``n`` held-out windows.
    ``negatives`` are the hard negatives it learned from, and clips of a negative folder
    where one was chosen. ``date`` has seconds where another version was made that minute.
    """

    version: str
    date: str
    clips: int | None
    files: int | None
    precision: float | None
    is_current: bool
    problem: str
    is_aside: bool = False
    reason: str = ""
    n: int | None = None
    negatives: int | None = None


class HistorySession(JobSession):
    """Which version of a classifier is in use, and which others there are.

    Args:
        ws: an open workspace.
        profile: whose classifiers; the one in ``eightcut.toml`` unless given.
        name: the classifier to begin with; the one trained last unless given.
    """

    names = t.Tuple()
    name = t.Unicode()
    versions = t.Tuple()  # of Trained, newest first
    selected = t.Unicode()

    def __init__(self, ws: Workspace, *, profile: str | None = None, name: str = "") -> None:
        super().__init__(ws, profile)
        self.refresh()
        if name:
            self.open(name)
        elif self.names:
            self.open(max(self.names, key=self._newest))
        news.listen(ws.path, "classifiers", self.refresh)

    @verb
    def refresh(self) -> None:
        """Read everything again."""
        self.names = tuple(self._ws.classifiers.names(self.profile))
        if self.name not in self.names:
            self.name = next(iter(self.names), "")
        self._list()

    @verb
    def open(self, name: str) -> None:
        """Show the versions of another classifier."""
        if name not in self.names:
            raise LookupError(f"profile {self.profile!r} has no classifier {name!r}")
        if name != self.name:
            self.selected = ""
            self.say("")
        self.name = name
        self._list()

    @verb
    def select(self, version: str) -> None:
        """Make a version the one that ``restore`` is about."""
        self.selected = self._found(version).version

    @verb
    def step(self, by: int) -> None:
        """Select a version further down, or up where ``by`` is negative."""
        stamps = [trained.version for trained in self.versions]
        if stamps:
            here = stamps.index(self.selected) if self.selected in stamps else -by
            self.selected = stamps[min(max(here + by, 0), len(stamps) - 1)]

    def restore(self, version: str = "") -> None:
        """Use a version (the selected one unless named) again from now on; nothing is deleted."""
        with self.lock:
            self._restore(version or self.selected)
        news.tell(self._ws.path, "classifiers", by=self)

    def rescan(self) -> None:
        """Scan with the version in use, from cached embeddings, what its classifier has scanned."""
        with self.lock:
            name = self.name
            files = self.scanned
            if not files:
                raise LookupError(f"{name or 'no classifier'} has scanned no file yet")
            self._start(lambda cancel: self._rescanned(name, files, cancel))

    def act(self, name: str) -> None:
        """What a key or a button does, by name."""
        if name not in {"restore", "rescan", "cancel"}:
            raise LookupError(f"the versions cannot {name!r}")
        getattr(self, name)()

    @property
    def scanned(self) -> list[str]:
        """The files that have been scanned by a version of this classifier."""
        clips, profile = self._ws.clips, self.profile
        names = [media.filename for media in clips.list_media()]
        return [one for one in names if self.name in clips.get_scan_models(one, profile)]

    @property
    def why_not(self) -> str:
        """Why nothing can be restored now; empty where it can."""
        if not self.versions:
            return "No classifier has been trained in this profile yet."
        if len(self.versions) == 1 and self.versions[0].is_current:
            return "There is only one version, and it is in use."
        if not self.selected:
            return "Select a version to use it."
        found = self._found(self.selected)
        return found.problem or ("This version is the one in use." if found.is_current else "")

    def close(self) -> None:
        """Cancel what runs and hear no more news; safe to call twice."""
        super().close()
        news.ignore(self._ws.path, "classifiers", self.refresh)

    @verb
    def _restore(self, version: str) -> None:
        if not version:
            raise LookupError("select a version first")
        before = next((one for one in self.versions if one.is_current), None)
        found = self._found(version)
        self._ws.classifiers.restore(self.name, version, self.profile)
        self._list()
        back = f"; select that of {before.date} to go back" if before else ""
        files = len(self.scanned)
        again = f" Rescan the {files} files it has scanned?" if files else ""
        self.say(f"{self.name} of {found.date} is in use now{back}.{again}")

    def _rescanned(self, name: str, files: list[str], cancel: threading.Event) -> Ended:
        @contextlib.contextmanager
        def bar(title: str, total: float) -> Iterator[Bar]:
            with self._bar(title, total) as shown:
                yield _Stoppable(shown, cancel)

        done = rescan(self._ws, name, files, profile=self.profile, progress=bar)
        for file in done.files:
            news.tell(self._ws.path, f"scans/{file.filename}", by=self)
        well = done.counts.get("complete", 0) + done.counts.get("unchanged", 0)
        left = next((file.reason for file in done.files if file.reason), "")
        rest = f" {len(files) - well} were not: {left}" if well < len(files) else ""
        again = f"Scanned {well} file{'s' * (well != 1)} again from what was heard before."
        return Ended(again + rest, is_problem=bool(rest))

    def _found(self, version: str) -> Trained:
        known: tuple[Trained, ...] = self.versions
        for trained in known:
            if trained.version == version:
                return trained
        raise LookupError(f"{self.name} has no version {version!r}")

    def _list(self) -> None:
        if not self.name:
            self.versions, self.selected = (), ""
            return
        current = self._current()
        stamps = self._ws.classifiers.versions(self.name, self.profile)
        self.versions = tuple(
            self._trained(stamp, is_current=stamp == current)._replace(date=date)
            for stamp, date in zip(
                stamps, told_apart(lambda form: [local(one, form) for one in stamps]), strict=True
            )
        )
        if self.selected not in stamps:
            self.selected = ""

    def _current(self) -> str:
        try:
            found = self._ws.classifiers.current(self.name, self.profile)
        except (LookupError, ValueError):  # the list itself tells which version is damaged
            return ""
        return found.version if found else ""

    def _trained(self, version: str, *, is_current: bool) -> Trained:
        try:
            found = self._ws.classifiers.load(self.name, version, self.profile)
        except (LookupError, ValueError) as problem:
            return Trained(version, local(version), None, None, None, is_current, str(problem))
        clips, files, negatives = _taught(found)
        card: dict[str, Any] = found.card
        figure = (card.get("figures") or {}).get("average precision") or {}
        gate = card.get("gate") or {}
        return Trained(
            version,
            local(version),
            clips,
            files,
            figure.get("value"),
            is_current,
            "",
            is_aside=gate.get("is_open") is False and not is_current,
            reason=str(gate.get("reason", "")),
            n=figure.get("n"),
            negatives=negatives,
        )

    def _newest(self, name: str) -> str:
        return next(iter(self._ws.classifiers.versions(name, self.profile)), "")


class _Stoppable:
    """A bar that stops what it counts when asked to."""

    def __init__(self, shown: Bar, cancel: threading.Event) -> None:
        self._shown, self._cancel = shown, cancel

    def advance(self, seconds: float) -> None:
        """Count more work as done."""
        stop_if(self._cancel)
        self._shown.advance(seconds)

    def say(self, text: str) -> None:
        """Name what is being worked on."""
        self._shown.say(text)


def _taught(classifier: Classifier) -> tuple[int | None, int | None, int | None]:
    """How many clips of the sound it learned from, from how many files, how many negatives."""
    spans = classifier.card.get("spans")
    if not isinstance(spans, dict):
        return None, None, None
    negatives = sum(len(file.get("negatives", ())) for file in spans.values())
    held = [len(file.get("positives", ())) for file in spans.values()]
    return sum(held), sum(map(bool, held)), negatives
