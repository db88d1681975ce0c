"""The classifiers of a profile and their versions; one of each name is current."""

import threading
import uuid
from typing import Any, NamedTuple

import traitlets as t

from eightcut.models.classifier import Classifier
from eightcut.sessions import news
from eightcut.sessions.verbs import verb
from eightcut.sessions.versions import local
from eightcut.workspace import Workspace


class Trained(NamedTuple):
    """One version of a classifier; what its card does not tell is None."""

    version: str
    date: str
    clips: int | None
    files: int | None
    precision: float | None
    is_current: bool
    problem: str


class HistorySession(t.HasTraits):
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
    message = t.Unicode()
    is_problem = t.Bool(False)

    def __init__(self, ws: Workspace, *, profile: str | None = None, name: str = "") -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.link = uuid.uuid4().hex
        self.profile = profile or ws.settings.profile
        self._ws = ws
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

    @verb
    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the person one sentence, in the status line of every view."""
        self.is_problem = is_problem
        self.message = text

    @property
    def why_not(self) -> str:
        """Why nothing can be restored now; empty where it can."""
        if not self.versions:
            return "No classifier has been trained in this profile yet."
        if len(self.versions) == 1:
            return "There is only one version, so nothing can be restored."
        if not self.selected:
            return "Select a version to restore it."
        found = self._found(self.selected)
        return found.problem or ("This version is the current one." if found.is_current else "")

    def close(self) -> None:
        """Hear no more news; safe to call twice."""
        news.ignore(self._ws.path, "classifiers", self.refresh)

    @verb
    def _restore(self, version: str) -> None:
        if not version:
            raise LookupError("select a version first")
        before = next((one for one in self.versions if one.is_current), None)
        found = self._found(version)
        self._ws.classifiers.restore(self.name, version, self.profile)
        self._list()
        back = f"; restore that of {before.date} to go back" if before else ""
        self.say(f"{self.name} of {found.date} is in use again{back}.")

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
        self.versions = tuple(self._trained(stamp, is_current=stamp == current) for stamp in stamps)
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
        clips, files = _taught(found)
        card: dict[str, Any] = found.card
        figure = (card.get("figures") or {}).get("average precision") or {}
        return Trained(version, local(version), clips, files, figure.get("value"), is_current, "")

    def _newest(self, name: str) -> str:
        return next(iter(self._ws.classifiers.versions(name, self.profile)), "")


def _taught(classifier: Classifier) -> tuple[int | None, int | None]:
    """How many clips of the sound it learned from, and from how many files."""
    spans = classifier.card.get("spans")
    if not isinstance(spans, dict):
        return None, None
    held = [len(file.get("positives", ())) for file in spans.values()]
    return sum(held), sum(map(bool, held))
