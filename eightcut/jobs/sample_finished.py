"""A finished project of real pictures, of which everything is known.

The raws are those of the sample picture project, frames of a film. What became of them
is planned here: which were kept, and whether they were cropped, renamed, resized, edited
or kept twice on the way. ``truth.json`` beside the two folders says it all.
"""

import hashlib
import json
import os
import shutil
import tempfile
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut import atomic
from eightcut.home import home
from eightcut.images.rects import Rect
from eightcut.jobs import sample_pictures
from eightcut.jobs import sample_pictures_recipe as recipe
from eightcut.jobs.lifecycle import start_project
from eightcut.jobs.sample_finished_plan import FATES, ONCE, fate, groups, moment
from eightcut.jobs.sample_history import PlantedFinal, PlantedGroup
from eightcut.jobs.sample_pictures_plan import Plan, Shot, plan
from eightcut.media import all_formats, images, variants
from eightcut.workspace import Workspace

VERSION = 1  # goes up when finals are made in another way without a change on this page
SEED = 6
FOLDER = "finished"  # of the workspace
TRUTH = "truth.json"
RAW, FINAL = (f"{recipe.BUNNY.name}_{kind}" for kind in ("raw", "final"))
MADE_S = 20.0  # a raw is written so long after its name was given
DAY_S = 86_400.0

SORTED = ("", "meadow/", "close ups/", "übrige/2nd try/")
STRAY = "notes/a stray.png"
WARM = (1.15, 1.0, 0.8)  # factors of red, green and blue in the edited one
SHARES = (0.5, 0.9)  # of a side that a crop keeps

Pixels = NDArray[np.uint8]


class FinishedSample(NamedTuple):
    """A finished project and the truth about it.

    Attributes:
        raw_dir: the folder of all pictures.
        final_dir: the folder of those that were kept.
        groups: every group of raws with those that were kept, singles included.
        finals: every final with its raw and what was done to it.
        strays: finals that are no raw.
        workspace: the folder of a workspace with a project of the raws, to import into.
    """

    raw_dir: Path
    final_dir: Path
    groups: tuple[PlantedGroup, ...]
    finals: tuple[PlantedFinal, ...]
    strays: tuple[str, ...]
    workspace: Path


def sample_finished_project(
    ws: Workspace | str | PathLike[str] | None = None, *, progress: bool = True
) -> FinishedSample:
    """The sample of a finished project; it is made on the first call.

    Its raws are a project of the workspace, so that what is extracted can be imported there.

    Args:
        ws: the workspace, or its folder; ``sample-finished`` in the home of eightcut unless given.
        progress: show a bar while pictures are made.

    Raises:
        ConnectionError: the film is not on this machine yet and cannot be fetched.
    """
    if isinstance(ws, Workspace):
        return _opened(ws, progress=progress)
    path = home() / "sample-finished" if ws is None else Path(ws).expanduser()
    with Workspace(path) as own:
        return _opened(own, progress=progress)


def _opened(ws: Workspace, *, progress: bool) -> FinishedSample:
    wanted = plan(recipe.BUNNY)
    folder = ws.path / FOLDER / f"{wanted.part.name}-{_digest(wanted)}"
    with atomic.exclusively(ws.path):
        if not folder.exists():
            folder.parent.mkdir(exist_ok=True)
            source = sample_pictures.made(wanted, progress=progress)
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=atomic.PREFIX) as scratch:
                _Making(wanted, source, Path(scratch) / "made").all()
                (Path(scratch) / "made").replace(folder)
    if wanted.part.name not in ws.projects():
        start_project(ws, wanted.part.name, folder / RAW, title=wanted.part.title)
    return _read(folder, ws.path)


def _digest(wanted: Plan) -> str:
    how = repr((VERSION, SEED, FATES, ONCE, SORTED, WARM, SHARES, wanted.digest))
    return hashlib.blake2b(how.encode(), digest_size=8).hexdigest()


def _read(folder: Path, workspace: Path) -> FinishedSample:
    told = json.loads((folder / TRUTH).read_text(encoding="utf-8"))
    return FinishedSample(
        folder / RAW,
        folder / FINAL,
        tuple(
            PlantedGroup(tuple(one["raws"]), tuple(one["winners"]), one["fate"])
            for one in told["groups"]
        ),
        tuple(
            PlantedFinal(**{**one, "rect": one["rect"] and tuple(one["rect"])})
            for one in told["finals"]
        ),
        tuple(told["strays"]),
        workspace,
    )


class _Making:
    def __init__(self, wanted: Plan, source: Path, folder: Path) -> None:
        self._wanted, self._source, self._folder = wanted, source, folder
        self._chance = np.random.default_rng(SEED)
        self._groups: list[PlantedGroup] = []
        self._finals: list[PlantedFinal] = []

    def all(self) -> None:
        """Make both folders and the truth about them."""
        for shot in self._wanted.shots:
            self._copy(shot)
        shutil.copy2(self._source / sample_pictures.CREDITS, self._folder)
        for number, raws in enumerate(groups(self._wanted.shots)):
            self._groups.append(self._decided(raws, fate(number, raws)))
        stray = self._folder / FINAL / STRAY
        stray.parent.mkdir(parents=True)
        grey = np.full((180, 320, 3), 128, np.uint8)
        variants.write(stray, variants.varied(grey, variants.Look(noise=40), seed=SEED), credit="")
        _date(stray, moment(self._wanted.shots[0].path) + DAY_S)
        self._tell()

    def _copy(self, shot: Shot) -> None:
        target = self._folder / RAW / shot.path
        target.parent.mkdir(parents=True, exist_ok=True)
        for suffix in {target.suffix, ".yaml" if shot.has_companion else target.suffix}:
            shutil.copyfile(
                (self._source / shot.path).with_suffix(suffix), target.with_suffix(suffix)
            )
        loose_s = moment(self._wanted.shots[0].path)
        _date(target, (loose_s if shot.stage is None else moment(shot.path)) + MADE_S)

    def _decided(self, raws: tuple[str, ...], fate: str) -> PlantedGroup:
        of_fate = {
            "rejected": (),
            "alone": raws,
            "anomaly": raws[-2:-1],
            "several": raws[-2:],
            "all kept": raws,
        }
        winners = of_fate.get(fate, raws[-1:])
        for raw in winners:
            self._keep(raw, fate)
        return PlantedGroup(raws, winners, fate)

    def _keep(self, raw: str, fate: str) -> None:
        folder = SORTED[len(self._finals) % len(SORTED)]
        path = Path(raw)
        name = path.name
        if fate.startswith("renamed"):
            name = f"final {len(self._finals):03d}{path.suffix}"
        elif fate == "as JPEG":
            name = f"{path.stem}.JPG"
        self._plant(raw, f"{folder}{name}", fate)
        if fate == "kept twice":
            self._plant(raw, f"{folder}again/{name}", fate)

    def _plant(self, raw: str, path: str, fate: str) -> None:
        source, target = self._folder / RAW / raw, self._folder / FINAL / path
        target.parent.mkdir(parents=True, exist_ok=True)
        rect, kind, later_s = None, "full", 0.0
        if fate.endswith("cropped"):
            rect, kind, later_s = self._rect(source), "crop", 2 * DAY_S
            images.crop(source, target, rect)
        elif change := CHANGES.get(fate):
            kind, later_s = change[1], 2 * DAY_S
            small = target.with_suffix(target.suffix.lower())
            variants.write(small, change[0](all_formats.pixels(source)), credit=recipe.CREDIT)
            small.rename(target)
        else:
            shutil.copyfile(source, target)
            later_s = DAY_S if fate == "re-dated" else 0.0
        _date(target, source.stat().st_mtime + later_s)
        is_copy = any(final.raw == raw for final in self._finals)
        self._finals.append(PlantedFinal(path, raw, kind, rect, is_copy))

    def _rect(self, source: Path) -> Rect:
        """A part with the proportions of the whole, as people cut them."""
        share = self._chance.uniform(*SHARES)
        size = all_formats.probe(source)[:2]
        wide, high = (round(side * share) for side in size)
        left, top = (
            int(self._chance.integers(0, side - part + 1))
            for side, part in zip(size, (wide, high), strict=True)
        )
        return left, top, left + wide, top + high

    def _tell(self) -> None:
        truth: dict[str, Any] = {
            "raw_dir": RAW,
            "final_dir": FINAL,
            "groups": [group._asdict() for group in self._groups],
            "finals": [final._asdict() for final in self._finals],
            "strays": [STRAY],
        }
        text = json.dumps(truth, ensure_ascii=False, indent=1) + "\n"
        (self._folder / TRUTH).write_text(text, encoding="utf-8")


def _date(path: Path, moment_s: float) -> None:
    os.utime(path, (moment_s, moment_s))


def _halved(pixels: Pixels) -> Pixels:
    height, width = (side // 2 * 2 for side in pixels.shape[:2])
    of_four = pixels[:height, :width].reshape(height // 2, 2, width // 2, 2, 3)
    return np.asarray(np.rint(of_four.mean((1, 3))), np.uint8)


def _warmed(pixels: Pixels) -> Pixels:
    return np.asarray(np.clip(np.rint(pixels * np.array(WARM)), 0, 255), np.uint8)


CHANGES = {
    "resized": (_halved, "resized or edited"),
    "edited": (_warmed, "resized or edited"),
    "as JPEG": (lambda pixels: pixels, "full"),
}
