"""Archives of finished projects: the copy of the decisions and the zip, against their hashes."""

from pathlib import Path

from eightcut.jobs.checkup_files import NOT_READ, Look
from eightcut.jobs.checkup_tally import Aside, Kind, Tally
from eightcut.jobs.crop_unit import digest
from eightcut.jobs.finishing import archive_folder
from eightcut.project import SUFFIX, Project

_GONE = Kind(
    "the file is gone",
    "Bring it back from where it was handed over, or finish the project anew with force.",
)
_CHANGED = Kind(
    "not the file that the manifest describes",
    "Restore it from a copy, or finish the project anew with force, which keeps this one.",
)
_UNREADABLE = Kind("cannot be read", "Look at the rights of the file, and at the disk.")


def judge(project: Project, tally: Tally, look: Look) -> None:
    """Judge each archived file of a finished project, and what a crash left of an archive."""
    folder = archive_folder(project)
    if not project.is_finished:
        if folder.is_dir() and not (folder / f"{project.id}{SUFFIX}").exists():
            tally.find(_half_done(folder), folder)
        return
    sums = _sums(project)
    if not sums:
        tally.skip("finished by an earlier tool, which noted no hashes")
        return
    here = [folder / name for name in sums if (folder / name).is_file()]
    reads = look.reads(sum(path.stat().st_size for path in here))
    for name, told in sorted(sums.items()):
        kind = _judged(folder / name, told, reads=reads)
        if kind is None and not reads:
            tally.skip(NOT_READ)
        else:
            tally.judge(folder / name, kind)


def _sums(project: Project) -> dict[str, str]:
    """File name -> SHA-256, as far as a manifest says something that can be used."""
    finish = project.manifest.get("finish")
    told = finish.get("sha256") if isinstance(finish, dict) else None
    if not isinstance(told, dict):
        return {}
    return {name: str(value) for name, value in told.items() if name == Path(name).name}


def _judged(path: Path, told: str, *, reads: bool) -> Kind | None:
    if path.is_symlink() or not path.is_file():
        return _GONE
    try:
        is_same = not reads or digest(path) == told
    except OSError:
        return _UNREADABLE
    return None if is_same else _CHANGED


def _half_done(folder: Path) -> Kind:
    def set_aside(_items: object, aside: Aside) -> None:
        aside.take(folder)

    return Kind(
        "finishing was interrupted",
        "The project is still under way; finish it again, and the archive is written anew.",
        "move what there is of it to the set-aside folder",
        set_aside,
    )
