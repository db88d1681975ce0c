"""Which two scan versions of a file are compared: what there is to choose, and the usual pair."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import traitlets as t

from eightcut.sessions import versions
from eightcut.workspace import Workspace


class Choice(NamedTuple):
    """A scan version of a file, as one side of a comparison."""

    stamp: str
    model: str
    classifier: str  # the version of the classifier; empty where the scan does not tell it
    name: str  # short: when it was made, and by which model where there are several
    label: str
    note: str

    @property
    def maker(self) -> str:
        """The model and the version of its classifier; empty where that is unknown."""
        return f"{self.model} {self.classifier}" if self.classifier else ""

    def is_called(self, name: str) -> bool:
        """Whether a person may mean this one by a stamp, a classifier's version, or both names."""
        return name in (self.stamp, self.classifier, self.maker)


class Side(t.HasTraits):
    """One of the two, with what a ``VersionDropdown`` needs of a session."""

    model = t.Unicode()
    versions = t.Tuple()
    version = t.Unicode()

    def __init__(self, lock: threading.RLock, choose: Callable[[str], None], say: Any) -> None:
        super().__init__()
        self.lock, self.load_version, self.say = lock, choose, say

    @property
    def name(self) -> str:
        """The chosen version as a person reads it."""
        known: tuple[Choice, ...] = self.versions
        return next((choice.name for choice in known if choice.stamp == self.version), "")

    def put(self, known: Sequence[Choice], chosen: Choice | None) -> None:
        """Offer these versions, with one of them chosen."""
        with self.hold_trait_notifications():
            self.versions = tuple(known)
            self.version = chosen.stamp if chosen else ""
            self.model = chosen.model if chosen else ""

    def close(self) -> None:
        """Nothing runs here; the comparison itself is what closes."""


Pair = tuple[Choice, Choice]


def choices(ws: Workspace, filename: str, profile: str) -> list[Choice]:
    """The scan versions of a file by any model, newest first."""
    models = ws.clips.get_scan_models(filename, profile)
    rows = [
        (model, row)
        for model in models
        for row in ws.clips.get_scan_versions(filename, profile, model)
    ]
    found = []
    for (model, row), version in zip(rows, versions.from_rows(row for _, row in rows), strict=True):
        whose = f"{model} · " if len(models) > 1 else ""
        names = f"{whose}{version.made}", f"{whose}{version.label}"
        classifier = row["classifier_version"] or ""
        found.append(Choice(version.stamp, model, classifier, *names, version.note))
    return sorted(found, key=lambda choice: choice.stamp, reverse=True)


def pair(
    known: Sequence[Choice], wanted: tuple[str, str], current: Callable[[str], str]
) -> Pair | None:
    """The old and the new version to compare; None where the file has fewer than two.

    Args:
        known: newest first.
        wanted: what a person calls the two; for what is empty or not there, the new
            one is the newest by the classifier in use, and the old one that before it.
        current: the version of a model's classifier that is in use; empty where unknown.
    """
    if len(known) < 2:
        return None
    old, new = (named(known, name) for name in wanted)
    new = new or _newest([choice for choice in known if choice != old], current)
    if old is None or old == new:
        old = _before(new, known)
    return old, new


def named(known: Sequence[Choice], name: str) -> Choice | None:
    """The newest version that a name means; None where the file has none of that name."""
    return next((choice for choice in known if name and choice.is_called(name)), None)


def in_use(ws: Workspace, profile: str, model: str) -> str:
    """The version of a model's classifier that is in use; empty where nobody knows."""
    try:
        found = ws.classifiers.current(model, profile)
    except (LookupError, ValueError):  # damaged, or of another program
        return ""
    return found.version if found else ""


def _newest(known: Sequence[Choice], current: Callable[[str], str]) -> Choice:
    model = known[0].model
    version = current(model)
    same = [choice for choice in known if choice.model == model and choice.classifier == version]
    return same[0] if version and same else known[0]


def _before(new: Choice, known: Sequence[Choice]) -> Choice:
    """Of an earlier classifier, else an earlier one of the model, else any other."""
    same = [choice for choice in known if choice.model == new.model]
    older = same[same.index(new) + 1 :]
    earlier = [choice for choice in older if choice.classifier != new.classifier]
    others = [choice for choice in (*same, *known) if choice != new]
    return (earlier or older or others)[0]


def elsewhere(known: Sequence[Choice], wanted: tuple[str, str]) -> tuple[str, str]:
    """What finds the same two in other files: a stamp is of one file, its classifier of all."""
    makers = {choice.stamp: choice.maker for choice in known}
    return makers.get(wanted[0], wanted[0]), makers.get(wanted[1], wanted[1])


def comparable_files(
    ws: Workspace, profile: str, wanted: tuple[str, str] = ("", "")
) -> tuple[str, ...]:
    """The files that have two scan versions or more, and those that are wanted, in order."""
    files = (media.filename for media in ws.clips.list_media())
    return tuple(
        filename
        for filename, known in ((one, choices(ws, one, profile)) for one in files)
        if len(known) > 1 and all(named(known, name) for name in wanted if name)
    )
