"""Which stored scans a person means by a classifier, a name, a version or a scan's timestamp.

Scans are enough: the classifier that made them may be gone, or never have been here.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eightcut.db.scan_list import ScanHead
from eightcut.models.classifier import Classifier
from eightcut.models.classifier_store import VERSION
from eightcut.workspace import Workspace

SHOWN = 5  # versions named in an error


class Asked(NamedTuple):
    """The scans that are meant, and which of a file's counts where it has several.

    Attributes:
        name: of the classifier.
        version: of the classifier; empty where its scans do not tell one, or several.
        stamp: a scan's timestamp, which goes before ``version``.
        is_newest: the newest scan of each file by this name, whatever its version.
    """

    name: str
    version: str = ""
    stamp: str = ""
    is_newest: bool = False

    @property
    def which(self) -> str:
        """The version, or else the timestamp; empty where neither is known."""
        return self.version or self.stamp

    def __str__(self) -> str:
        return f"{self.name} {self.which}".strip()

    def heads(self, ws: Workspace, profile: str) -> dict[str, ScanHead]:
        """File -> the scan of it that is meant, without its curve."""
        found: dict[str, ScanHead] = {}
        for head in ws.clips.get_scan_list(profile):  # the newest first
            if head.model != self.name:
                continue
            if self.stamp and head.timestamp == self.stamp:
                found[head.filename] = head
            elif self._is_of_version(head):
                found.setdefault(head.filename, head)
        return found

    def of(self, heads: Iterable[ScanHead]) -> "Asked":
        """The same with the classifier's version, where all these scans are of one."""
        versions = {head.classifier_version for head in heads}
        if not self.is_newest or len(versions) != 1:
            return self
        return self._replace(version=versions.pop())

    def _is_of_version(self, head: ScanHead) -> bool:
        if self.stamp and not self.version:
            return False
        return self.is_newest or head.classifier_version == self.version


def asked(
    ws: Workspace,
    given: Classifier | str,
    profile: str,
    version: str | None = None,
    *,
    first: str = "",
) -> Asked:
    """The scans that a person means.

    A text is a classifier's name (its version in use where that has scanned, else the
    newest scan of each file), a version, a scan's timestamp, or a name with either behind it.

    Args:
        ws: the workspace that was scanned.
        given: a classifier or such a text.
        profile: whose scans and classifiers.
        version: a version or timestamp of the name that is given.
        first: the classifier whose version a text is where it may be of several.

    Raises:
        LookupError: there is no such classifier or version, or several have it.
        ValueError: it is neither a classifier nor a text, or a classifier is damaged.
    """
    if isinstance(given, Classifier):
        return Asked(given.name, given.version)
    if not isinstance(given, str) or not given.strip():
        raise ValueError(
            f"name a classifier, a version of it or both in one text, or pass one; not {given!r}"
        )
    return _There(ws, profile).named(given.strip(), version, first)


def classifier_names(ws: Workspace, profile: str) -> list[str]:
    """Every classifier that is stored or has scans, sorted."""
    scanned = {head.model for head in ws.clips.get_scan_list(profile)}
    return sorted(scanned.union(ws.classifiers.names(profile)))


def only_classifier(ws: Workspace, profile: str | None, purpose: str) -> str:
    """The name of the only classifier there is.

    Raises:
        LookupError: there is none, or several.
    """
    profile = profile or ws.settings.profile
    names = classifier_names(ws, profile)
    if len(names) != 1:
        which = f"one of {', '.join(names)}" if names else "there is none yet; train one first"
        raise LookupError(f"name the classifier of profile {profile!r} to {purpose}: {which}")
    return names[0]


class _There:
    """The classifiers and scans of a profile."""

    def __init__(self, ws: Workspace, profile: str) -> None:
        self._ws, self._profile = ws, profile
        self._heads = ws.clips.get_scan_list(profile)
        self._stored = ws.classifiers.names(profile)
        self._names = sorted({head.model for head in self._heads}.union(self._stored))

    def named(self, text: str, version: str | None, first: str) -> Asked:
        if version is not None:
            return self._version(text, version)
        if first and (found := self._find(first, text)) is not None:
            return found
        if text in self._names:
            return self._name(text)
        name, _, which = text.rpartition(" ")
        if name.strip() in self._names:
            return self._version(name.strip(), which)
        return self._any(text)

    def _name(self, name: str) -> Asked:
        has_scans = bool(self._of(name))
        current = self._current(name, is_needed=not has_scans)
        if current and any(head.classifier_version == current for head in self._of(name)):
            return Asked(name, current)
        if not has_scans and not current:
            raise LookupError(f"no version of {name} is in use in profile {self._profile!r}")
        return Asked(name, is_newest=True) if has_scans else Asked(name, current)

    def _current(self, name: str, *, is_needed: bool) -> str:
        if name not in self._stored:  # scans may tell of names that no folder can have
            return ""
        try:
            found = self._ws.classifiers.current(name, self._profile)
        except (LookupError, ValueError):
            if is_needed:
                raise
            return ""
        return found.version if found else ""

    def _version(self, name: str, which: str) -> Asked:
        if name not in self._names:
            raise self._no_classifier(name)
        if (found := self._find(name, which)) is None:
            raise LookupError(
                f"there is no version {which!r} of {name} in profile {self._profile!r}; "
                f"there {self._versions_of(name)}"
            )
        return found

    def _any(self, text: str) -> Asked:
        found = [one for name in self._names if (one := self._find(name, text)) is not None]
        if len(found) == 1:
            return found[0]
        if found:
            names = " or ".join(one.name for one in found)
            raise LookupError(
                f"version {text} may be of {names} in profile {self._profile!r}; name it as well"
            )
        if VERSION.fullmatch(text):
            raise LookupError(
                f"version {text} is of no classifier in profile {self._profile!r}, and no scan's "
                "timestamp"
            )
        raise self._no_classifier(text)

    def _find(self, name: str, which: str) -> Asked | None:
        heads = self._of(name)
        if which and (stamped := [head for head in heads if head.timestamp == which]):
            versions = {head.classifier_version for head in stamped}
            return Asked(name, versions.pop() if len(versions) == 1 else "", which)
        stored = self._ws.classifiers.versions(name, self._profile) if name in self._stored else []
        is_there = which in stored or any(head.classifier_version == which for head in heads)
        return Asked(name, which) if is_there else None

    def _of(self, name: str) -> Sequence[ScanHead]:
        return [head for head in self._heads if head.model == name]

    def _versions_of(self, name: str) -> str:
        scanned = {head.classifier_version or head.timestamp for head in self._of(name)}
        stored = self._ws.classifiers.versions(name, self._profile) if name in self._stored else []
        newest = sorted((scanned | set(stored)) - {""}, reverse=True)
        more = f" and {len(newest) - SHOWN} earlier" if len(newest) > SHOWN else ""
        verb = "is" if len(newest) == 1 else "are"
        return f"{verb} {', '.join(newest[:SHOWN]) or 'none with a name'}{more}"

    def _no_classifier(self, name: str) -> LookupError:
        there = ", ".join(self._names) or "none yet"
        return LookupError(
            f"profile {self._profile!r} has no classifier {name!r} (there are: {there})"
        )
