"""Picture projects to try everything on, cut from a real film.

``sample_pictures_recipe`` says what they are made of and why. A project's
pictures are made once, in the home of eightcut, and copied from there into each
workspace that asks for them. Folders appear whole or not at all.
"""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from os import PathLike
from pathlib import Path

from eightcut import atomic, fetch
from eightcut.home import home
from eightcut.jobs import sample_pictures_recipe as recipe
from eightcut.jobs import sample_recipe
from eightcut.jobs.lifecycle import start_project
from eightcut.jobs.sample_pictures_plan import Plan, Shot, plan
from eightcut.media import frames, variants
from eightcut.progress import Bar, bar
from eightcut.project import Project
from eightcut.workspace import Workspace

FOLDER = "pictures"  # of the workspace, in which the folders of sample projects lie
MARK = ".sample"  # a file that says which plan a folder was made from
CREDITS = "CREDITS.txt"
AT_ONCE = 2  # pictures that are written while the film is read
AHEAD = 16  # frames that wait to be written
FETCHING = 200  # fetching the film takes as long as making this many pictures


def sample_project(
    ws: Workspace | str | PathLike[str] | None = None,
    project_id: str = recipe.BUNNY.name,
    *,
    progress: bool = True,
) -> Project:
    """Open the sample picture project; make its pictures first where they are not there.

    What was decided in it stays; another ``project_id`` gives a fresh one.

    Args:
        ws: the workspace, or its folder; ``sample-pictures`` in the home of eightcut unless given.
        project_id: its name in this workspace.
        progress: show a bar while pictures are made.

    Raises:
        ConnectionError: the film is not on this machine yet and cannot be fetched.
        ValueError: the folder for its pictures holds something else.
    """
    if isinstance(ws, Workspace):
        return opened(ws, project_id, plan(recipe.BUNNY), progress=progress)
    path = home() / "sample-pictures" if ws is None else Path(ws).expanduser()
    with Workspace(path) as own:
        opened(own, project_id, plan(recipe.BUNNY), progress=progress)
        return Project(own.path, project_id)


def opened(ws: Workspace, project_id: str, wanted: Plan, *, progress: bool) -> Project:
    """The project of this name, with the pictures of a plan if it is not there yet."""
    with atomic.exclusively(ws.path):
        if project_id in ws.projects():
            return ws.project(project_id)
        root = ws.path / FOLDER / project_id
        if not root.exists():
            _copy(made(wanted, progress=progress), root)
        elif _mark(root) != wanted.digest:
            raise ValueError(f"{root} holds other pictures; choose another project_id")
        return start_project(ws, project_id, root, title=wanted.part.title)


def made(wanted: Plan, *, progress: bool) -> Path:
    """The folder with the pictures of a plan, made on the first call."""
    folder = home() / "sample-pictures-made" / f"{wanted.part.name}-{wanted.digest}"
    folder.parent.mkdir(exist_ok=True)
    with atomic.exclusively(folder.parent):
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=atomic.PREFIX) as scratch:
                _make(wanted, Path(scratch) / "made", progress=progress)
                (Path(scratch) / "made").replace(folder)
    return folder


def _copy(source: Path, root: Path) -> None:
    root.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=atomic.PREFIX) as scratch:
        copy = shutil.copytree(source, Path(scratch) / "copy")
        copy.replace(root)


def _mark(root: Path) -> str | None:
    mark = root / MARK
    return mark.read_text() if mark.is_file() else None


def _make(wanted: Plan, folder: Path, *, progress: bool) -> None:
    """Make every file of a plan; the same plan gives the same bytes on one machine."""
    title = f"Cutting {wanted.part.title} from the film"
    with bar(title, FETCHING + len(wanted.shots), shown=progress) as shown:
        film = folder.with_name("film.mp4")
        shown.say("fetching 75 MB of film, once")
        content = fetch.member(
            sample_recipe.FILM, sample_recipe.FILM_MEMBER, sample_recipe.FILM_SHA256
        )
        film.write_bytes(content)
        shown.advance(FETCHING)
        _write_all(wanted, film, folder, shown)
    (folder / CREDITS).write_text(recipe.CREDIT + "\n")
    (folder / MARK).write_text(wanted.digest)


def _write_all(wanted: Plan, film: Path, folder: Path, shown: Bar) -> None:
    for shot in wanted.shots:
        (folder / shot.path).parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = []
        for shot, pixels in _cut(wanted, film):
            waiting.append(pool.submit(_write, folder / shot.path, shot, pixels))
            if len(waiting) > AHEAD:
                waiting.pop(0).result()
            shown.advance(1)
        for task in waiting:
            task.result()


def _cut(wanted: Plan, film: Path) -> Iterator[tuple[Shot, frames.Pixels]]:
    """Every picture of a plan with its frame, in the order of the film."""
    shots = sorted(wanted.shots, key=lambda shot: shot.time_s)
    cut = frames.at(film, [shot.time_s for shot in shots], height=wanted.part.height)
    for shot, (_, pixels) in zip(shots, cut, strict=True):
        yield shot, pixels


def _write(path: Path, shot: Shot, pixels: frames.Pixels) -> None:
    varied = variants.varied(pixels, shot.look, seed=shot.seed)
    variants.write(path, varied, credit=recipe.CREDIT, is_turned=shot.is_turned)
    if shot.has_companion:
        stage = "unknown" if shot.stage is None else f"{shot.stage:g}"
        film = f"film: Big Buck Bunny\nfilm_time_s: {shot.time_s}\nstage: {stage}\n"
        path.with_suffix(".yaml").write_text(film)
