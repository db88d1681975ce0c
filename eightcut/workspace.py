"""A workspace: one folder with its database, embeddings, classifiers and settings."""

import glob
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from eightcut import atomic, foreign, trust
from eightcut.audio.windows import Grid
from eightcut.db import ClipDB, MediaFile
from eightcut.media import audio
from eightcut.media.fingerprint import fingerprint
from eightcut.models import shared_store
from eightcut.models.classifier_store import ClassifierStore
from eightcut.project import Project, project_ids

LARGEST = 100_000  # bytes of the settings
LONGEST = 1000  # characters of a text in them
LARGEST_NUMBER = 1e9
SETTINGS = """\
# Settings of this workspace. A person may edit them; eightcut never does.
profile = "default"
window = 8.0          # seconds of sound that get one score
hop = 1.0             # seconds from one window to the next
threshold = 0.5       # a window with this probability or more belongs to a region
fuse_gap = 0.0        # regions this many seconds apart, or closer, become one
embeddings = ""       # a folder or an address such as s3://… that several machines share
keep_versions = 5     # scan versions per file and model; pinned and edited ones stay
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``eightcut.toml`` says; a missing line has the value below."""

    profile: str = "default"
    window: float = 8.0
    hop: float = 1.0
    threshold: float = 0.5
    fuse_gap: float = 0.0
    embeddings: str = ""
    keep_versions: int = 5

    @property
    def grid(self) -> Grid:
        """The windows that are scored."""
        return Grid(self.window, self.hop)


class Skipped(NamedTuple):
    """A file that was left out, and the sentence that says why."""

    path: str
    reason: str


@dataclass(slots=True)
class Added(list[MediaFile]):
    """The media files that were added; ``skipped`` has the others with their reasons."""

    skipped: list[Skipped] = field(default_factory=list)


class Workspace:
    """Opens the workspace in a folder, or creates it there on first use.

    Several may be open at once, in one process or in many.

    Raises:
        NotADirectoryError: the path is a file.
        ValueError: ``eightcut.toml`` holds a value that cannot be used, or a link or setting
            leads out of a workspace of somebody else and nobody has allowed that here.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path).expanduser().resolve()
        self.path.mkdir(parents=True, exist_ok=True)
        if not (self.path / "eightcut.db").exists():
            trust.begin(self.path)
        trust.check_links(self.path)
        self.settings = _settings(self.path / "eightcut.toml")
        trust.check_address(self.path, self.settings.embeddings)
        self._projects: dict[str, Project] = {}
        self.clips = ClipDB(self.path / "eightcut.db")
        self.embeddings = shared_store.opened(self.settings.embeddings, self.path / "embeddings")
        self.classifiers = ClassifierStore(self.path / "classifiers")

    def add_media(
        self, paths_or_globs: str | PathLike[str] | Iterable[str | PathLike[str]]
    ) -> Added:
        """Register media files by content; a bad file is reported and the rest go on.

        A file that is already known keeps its key, wherever it lies now. The
        result is a list of ``MediaFile`` whose ``skipped`` names each file left
        out with the reason, which is also printed to stderr.
        """
        added = Added()
        for path in _matches(paths_or_globs, added.skipped):
            try:
                added.append(self._add(path))
            except (OSError, ValueError) as problem:
                added.skipped.append(Skipped(str(path), str(problem)))
        for _, reason in added.skipped:
            print(f"skipped: {reason}", file=sys.stderr)  # noqa: T201
        return added

    def project(self, project_id: str) -> Project:
        """One picture project; it is opened once and closes with the workspace.

        Raises:
            LookupError: there is no project of that name.
        """
        if project_id not in self._projects:
            self._projects[project_id] = Project(self.path, project_id)
        return self._projects[project_id]

    def projects(self) -> list[str]:
        """The names of the picture projects, finished ones included."""
        return project_ids(self.path)

    def close(self) -> None:
        """Close the databases; safe to call twice."""
        while self._projects:
            self._projects.popitem()[1].close()
        self.clips.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})"

    def _add(self, path: Path) -> MediaFile:
        media = audio.probe(path)
        size = path.stat().st_size
        return self.clips.add_media(
            str(path), fingerprint(path), media.duration, size, media.has_video
        )


def _matches(
    given: str | PathLike[str] | Iterable[str | PathLike[str]], skipped: list[Skipped]
) -> list[Path]:
    if isinstance(given, (str, PathLike)):
        given = [given]
    found: dict[Path, None] = {}
    for entry in given:
        path = Path(entry).expanduser()
        names = [path] if path.exists() else sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207
        if not names:
            skipped.append(Skipped(str(path), f"{path} does not exist and matches no file"))
        found |= {name.absolute(): None for name in names if not name.is_dir()}
        if path.is_dir():
            skipped.append(
                Skipped(str(path), f"{path} is a folder; name its files, such as {path}/*.mp4")
            )
    return list(found)


def _settings(path: Path) -> Settings:
    if not path.exists():
        atomic.write(path, SETTINGS)
    try:
        table = tomllib.loads(foreign.text(path, most=LARGEST))
    except foreign.Unreadable:
        raise
    except ValueError as problem:  # also of a number with thousands of digits
        raise ValueError(f"{path} is not valid TOML: {problem}") from problem
    except RecursionError:
        raise ValueError(f"{path} is not valid TOML: it nests too deep") from None
    known = {item.name: type(item.default) for item in fields(Settings)}
    values = {
        name: _checked(path, name, known[name], value)
        for name, value in table.items()
        if name in known
    }
    return Settings(**values)  # type: ignore[arg-type]


def _checked(path: Path, name: str, kind: type, value: object) -> object:
    if kind is float and type(value) is int and value < LARGEST_NUMBER:
        value = float(value)
    if type(value) is not kind or not _is_usable(value):
        what = "text" if kind is str else f"a {kind.__name__} of 0 or more"
        raise ValueError(f"{path}: {name} must be {what}, not {foreign.shown(value)}")
    return value


def _is_usable(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST and "\0" not in value
    return isinstance(value, (int, float)) and 0 <= value < LARGEST_NUMBER
