"""Exported clips: rows against files, files against rows, and both against ``dataset.json``."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from eightcut import atomic
from eightcut.db import paths
from eightcut.jobs import dataset
from eightcut.jobs.checkup_tally import Aside, Kind, Subject, Tally
from eightcut.workspace import Workspace

FOREIGN = "a path of another system"
SHARED = "their export folder lies outside the workspace, and may be another one's too"

_GONE = Kind(
    "the file is gone",
    "Put it back, or export the region again; until then it teaches only by its time.",
)
_EMPTY = Kind("the file holds nothing", "Export the region again.")


def subjects(ws: Workspace) -> Iterator[Subject]:
    """The clips, the files of export folders, and the labels."""
    labels = dict(ws.clips.labelled_clips())
    here = {path for path in labels if not _is_foreign(path)}
    yield _clips(ws, labels, here)
    yield _files(ws, here)
    yield _labels(ws)


def _is_foreign(path: str) -> bool:
    return not os.path.isabs(path) or "\0" in path  # noqa: PTH117 - it may be of any system


def _clips(ws: Workspace, labels: dict[str, str], here: set[str]) -> Subject:
    tally = Tally("exported clips")
    tally.skip(FOREIGN, len(labels) - len(here))
    moved = Kind(
        "not where the rows say, but in the workspace's own export folder",
        "The workspace has been moved or copied.",
        "note their new places in the database",
        lambda items, aside: _follow(aside.ws, items),
    )
    for path in sorted(here):
        kind = _judged(path)
        tally.judge(path, moved if kind is _GONE and _own_place(ws, path) else kind)
    return tally.subject()


def _own_place(ws: Workspace, path: str) -> str | None:
    """Where a clip lies that moved together with its workspace."""
    place = ws.path.joinpath("exports", *paths.parts(path)[-3:])
    return str(place) if place.is_file() else None


def _follow(ws: Workspace, items: Sequence[str]) -> None:
    found = ((item, _own_place(ws, item)) for item in items)
    ws.clips.move_clips((old, new) for old, new in found if new)


def _judged(path: str) -> Kind | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - ten thousand of them
        if os.path.isdir(path):  # noqa: PTH112 - a sequence of pictures
            return None if os.listdir(path) else _EMPTY  # noqa: PTH208
    except OSError:
        return _GONE
    return None if found.st_size else _EMPTY


_LOST = Kind(
    "no row knows them, nor any other clip",
    "An empty database may have taken the place of theirs: restore that from a copy. If there "
    "was none, export them again and move these away.",
)


def _files(ws: Workspace, known: set[str]) -> Subject:
    tally = Tally("files in vid_NNN folders")
    kind = Kind(
        "no row knows them",
        "A crash came between cutting and storing, or the clip was forgotten and its file kept.",
        "move them to the set-aside folder",
        _take_all,
    )
    kind = kind if known else _LOST
    tails = {paths.parts(path)[-3:] for path in known}
    for folder in _vid_folders(ws, known):
        is_own = folder.is_relative_to(ws.path)
        for path in sorted(folder.iterdir()):
            if str(path) in known or _is_sound_of(path, known):
                tally.fine()
            elif path.name.startswith("."):
                tally.skip("hidden")
            elif paths.parts(str(path))[-3:] in tails:
                tally.skip("rows name the same clip in another place")
            elif is_own:
                tally.find(kind, path)
            else:
                tally.skip(SHARED)
    return tally.subject()


def _vid_folders(ws: Workspace, known: set[str]) -> list[Path]:
    """The folders of clips that rows name, and those of the workspace that none names any more."""
    named = {os.path.dirname(path) for path in known}  # noqa: PTH120 - ten thousand of them
    own = {str(path) for path in (ws.path / "exports").glob("*/vid_*")}
    found = (Path(folder) for folder in sorted(named | own))
    return [each for each in found if paths.VID.fullmatch(each.name) and _is_plain(each)]


def _is_plain(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink()


def _is_sound_of(path: Path, known: set[str]) -> bool:
    """The sound of a sequence of pictures lies beside its folder."""
    return path.suffix == ".wav" and str(path.with_suffix("")) in known


def _take_all(items: Sequence[str], aside: Aside) -> None:
    for item in items:
        aside.take(Path(item))


def _labels(ws: Workspace) -> Subject:
    tally = Tally("labels in dataset.json")
    by_folder = _by_folder(ws)
    kinds = _kinds()
    own = {file.parent for file in (ws.path / "exports").glob(f"*/{dataset.NAME}")}
    for folder in sorted(by_folder.keys() | own):
        _of_folder(tally, folder, by_folder.get(folder, {}), kinds)
    return tally.subject()


def _by_folder(ws: Workspace) -> dict[Path, dict[str, str]]:
    """Export folder -> its clips with their labels."""
    found: dict[Path, dict[str, str]] = {}
    for path, label in ws.clips.labelled_clips():
        if not _is_foreign(path):
            folder = Path(os.sep, *paths.class_folder(path))
            found.setdefault(folder, {})[path] = label
    return found


def _kinds() -> tuple[Kind, Kind, Kind]:
    return (
        Kind(
            "the file is damaged",
            "Labels cannot be read nor added.",
            "move it to the set-aside folder and write it from the rows",
            _rebuild,
        ),
        Kind(
            "they name a clip that is gone",
            "Whoever reads the file would look for it in vain.",
            "copy the file to the set-aside folder and write it without them",
            _rebuild,
        ),
        Kind(
            "the row has a label that the file has not",
            "Whoever reads the file misses the clip.",
            "copy the file to the set-aside folder and add them",
            _rebuild,
        ),
    )


def _of_folder(
    tally: Tally, folder: Path, labels: dict[str, str], kinds: tuple[Kind, Kind, Kind]
) -> None:
    damaged, gone, missing = kinds
    file = folder / dataset.NAME
    try:
        entries = dataset.entries(folder)
    except (OSError, ValueError):
        tally.find(damaged, file)
        return
    named = [str(entry.get("path")) for entry in entries]
    for path in named:
        if _is_foreign(path):
            tally.skip(FOREIGN)
        else:
            tally.judge(f"{file}: {path}", None if os.path.exists(path) else gone)  # noqa: PTH110
    for path in sorted(_wanted(labels) - set(named)):
        tally.find(missing, f"{file}: {path}")


def _wanted(labels: dict[str, str]) -> set[str]:
    """Clips with a label that are there."""
    return {path for path, label in labels.items() if label.strip() and os.path.exists(path)}  # noqa: PTH110


def _rebuild(items: Sequence[str], aside: Aside) -> None:
    """Take out what is gone and add what is missing, folder by folder, as the rows are now."""
    by_folder = _by_folder(aside.ws)
    for folder in sorted({Path(item.split(f"/{dataset.NAME}", 1)[0]) for item in items}):
        with atomic.exclusively(folder):
            _rewrite(folder, by_folder.get(folder, {}), aside)


def _rewrite(folder: Path, labels: dict[str, str], aside: Aside) -> None:
    file = folder / dataset.NAME
    try:
        entries = dataset.entries(folder)
    except ValueError:
        aside.take(file)
        entries = []
    else:
        if file.exists():
            aside.keep(file)
    kept = [one for one in entries if _stays(str(one.get("path")))]
    named = {str(one.get("path")) for one in kept}
    new = sorted(_wanted(labels) - named)
    kept += [{"path": path, "label": labels[path]} for path in new]
    dataset.store(folder, kept)


def _stays(path: str) -> bool:
    return _is_foreign(path) or os.path.exists(path)  # noqa: PTH110 - as text
