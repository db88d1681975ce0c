"""The classifiers of a workspace: every version is kept, one per profile is current.

``classifiers/NAME/VERSION/`` holds a version, ``classifiers/NAME/current/PROFILE``
the version in use. Restoring an older version moves that pointer and nothing else.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from eightcut import atomic, clock, foreign
from eightcut.audio.windows import Grid
from eightcut.models.base import Embedder
from eightcut.models.classifier import CARD, Classifier, Fitted, load_classifier, save

STAMP = "%Y%m%d_%H%M%S_%f"
VERSION = re.compile(r"\d{8}_\d{6}_\d{6}")
LONGEST = 80  # characters
MOST_BYTES = 200  # in UTF-8; file systems allow 255 with what is added
CURRENT = "current"
OF_PICTURES = frozenset({"ranker", "crop"})  # folders of ``picture_models``


class ClassifierStore:
    """The classifiers below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def names(self, profile: str) -> list[str]:
        """The classifiers that a profile has, sorted."""
        here = self.root.iterdir() if self.root.is_dir() else ()
        return sorted(item.name for item in here if item.is_dir() and self._own(item, profile))

    def versions(self, name: str, profile: str) -> list[str]:
        """The versions of a classifier in a profile, newest first; damaged ones are left out."""
        return self._own(self._folder(name), profile)

    def current(self, name: str, profile: str) -> Classifier | None:
        """The version in use: the one chosen last, else the newest that was not kept aside.

        None where there is none.

        Raises:
            ValueError: its files are damaged, or not what eightcut writes.
        """
        pointer = self._pointer(name, profile)
        if pointer.exists():
            return self.load(name, pointer.read_text().strip(), profile)
        for version in self.versions(name, profile):
            if not _is_aside(self._folder(name) / version):
                return self.load(name, version, profile)
        return None

    def load(self, name: str, version: str, profile: str) -> Classifier:
        """One version of a classifier.

        Raises:
            LookupError: the profile has no such version.
            ValueError: its files are damaged, or not what eightcut writes.
        """
        folder = self._folder(name) / version
        if not VERSION.fullmatch(version) or not folder.is_dir():
            raise LookupError(f"classifier {name!r} has no version {version!r}")
        found = load_classifier(folder)
        if found.profile != profile:
            raise LookupError(f"version {version} of {name!r} belongs to {found.profile!r}")
        return found

    def save(
        self,
        name: str,
        profile: str,
        fitted: Fitted,
        *,
        embedder: Embedder,
        grid: Grid,
        card: dict[str, Any],
        is_current: bool = True,
    ) -> Classifier:
        """Keep what was learned as a new version; it becomes the current one of its profile.

        Args:
            name: of the classifier.
            profile: whose clips it learned from.
            fitted: what was learned.
            embedder: whose windows it reads.
            grid: where the windows lie.
            card: what a person should know.
            is_current: False keeps the version without using it; the one in use stays.

        Raises:
            ValueError: the name or the profile cannot name a folder.
        """
        folder, pointer = self._folder(name), self._pointer(name, profile)
        about = card | {"is_calibrated": fitted.is_calibrated, "not_calibrated": fitted.reason}
        while True:
            classifier = Classifier(
                name=name,
                version=next_stamp(folder),
                profile=profile,
                embedder=embedder.name,
                revision=embedder.revision,
                window=float(grid.length),
                hop=float(grid.hop),
                head=fitted.head,
                platt=fitted.platt,
                card=about,
            )
            if kept(folder, classifier.version, partial(save, classifier=classifier)):
                if is_current:
                    atomic.write(pointer, classifier.version)
                return classifier

    def restore(self, name: str, version: str, profile: str) -> Classifier:
        """Make a version the current one again; it is loaded first, so a damaged one is refused."""
        found = self.load(name, version, profile)
        atomic.write(self._pointer(name, profile), version)
        return found

    def damaged(self) -> list[str]:
        """One sentence per stored version that cannot be loaded."""
        return [problem for _, problem in self._damaged()]

    def damaged_folders(self) -> list[Path]:
        """The folders of the stored versions that cannot be loaded."""
        return [folder for folder, _ in self._damaged()]

    def _damaged(self) -> Iterator[tuple[Path, str]]:
        for folder in sorted(self.root.glob("*/*")):
            if VERSION.fullmatch(folder.name) and folder.parent.name not in OF_PICTURES:
                try:
                    load_classifier(folder)
                except ValueError as problem:
                    yield folder, str(problem)

    def _folder(self, name: str) -> Path:
        return self.root / _safe(name, "classifier")

    def _pointer(self, name: str, profile: str) -> Path:
        return self._folder(name) / CURRENT / _safe(profile, "profile")

    def _own(self, folder: Path, profile: str) -> list[str]:
        found = folder.iterdir() if folder.is_dir() else ()
        stamps = sorted((item.name for item in found if VERSION.fullmatch(item.name)), reverse=True)
        return [stamp for stamp in stamps if _profile(folder / stamp) == profile]


def _profile(version: Path) -> str | None:
    """Whose version this is; None where its card cannot be read."""
    found = _about(version, "profile")
    return found if isinstance(found, str) else None


def _is_aside(version: Path) -> bool:
    """Whether a gate kept it from being used; one without a gate was used."""
    found = _about(version, "card")
    gate = found.get("gate") if isinstance(found, dict) else None
    return isinstance(gate, dict) and gate.get("is_open") is False


def _about(version: Path, name: str) -> Any:
    """What the card of a version says; None where it cannot be read."""
    try:
        return foreign.parse(foreign.text(version / CARD), CARD, nan=True)[name]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def next_stamp(folder: Path) -> str:
    """A stamp later than those of all versions in a folder."""
    there = [item.name for item in folder.glob("*") if VERSION.fullmatch(item.name)]
    last = max(there, default="")
    now = clock.utc_now().strftime(STAMP)
    if now > last:
        return now
    moment = dt.datetime.strptime(last, STAMP).replace(tzinfo=dt.UTC)
    return (moment + dt.timedelta(microseconds=1)).strftime(STAMP)


def kept(folder: Path, version: str, write: Callable[[Path], None]) -> bool:
    """Write a version's folder under its name; False where another process has taken that name.

    ``write`` fills the folder at the path it is given; a crash leaves the version whole or absent.
    """
    try:
        with atomic.making(folder / version) as scratch:
            write(scratch)
    except OSError:
        if (folder / version).exists():
            return False
        raise
    return True


def _safe(name: str, what: str) -> str:
    """The name, if it can name a folder inside its own and nothing else.

    Raises:
        ValueError: it is empty, hidden, too long, or has characters that paths give a meaning to.
    """
    strange = [char for char in name if char in '/\\:*?"<>|' or unicodedata.category(char) == "Cc"]
    too_long = len(name) > LONGEST or len(name.encode(errors="replace")) > MOST_BYTES
    if not name.strip() or name.startswith(".") or strange or too_long or not name.isprintable():
        raise ValueError(
            f"{name[:LONGEST]!r} cannot name a {what}: use 1 to {LONGEST} letters, digits, spaces, "
            "- and _, and no dot in front"
        )
    return name
