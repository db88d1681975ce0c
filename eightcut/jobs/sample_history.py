"""A finished project to try extraction on, of which everything is known.

Its pictures are drawn, not photographed: waves of colour with some grain, another
scene for each group and another look for each stage. What happened to the finals is
what happens in real projects: they are cropped, renamed, dated anew, kept twice,
resized, edited and sorted into folders.
"""

import datetime as dt
import os
import shutil
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.images.rects import Rect
from eightcut.jobs.sample_pictures_recipe import NAMES, STAGES
from eightcut.media import all_formats, variants
from eightcut.media.variants import Look

CREDIT = "drawn by eightcut"
BEGIN = dt.datetime(2025, 7, 8, 6, 7, 11, tzinfo=dt.UTC)
STEP_S = {1.0: 0, 1.5: 15, 2.0: 87, 2.5: 147, 3.0: 192}  # after the first stage
BETWEEN_S = 600
SORTED = ("", "_young brunette curly/", "Beach/2nd try/", "übrige/")
FATES = (
    "as is", "cropped", "rejected", "anomaly", "several", "renamed", "re-dated", "kept twice",
    "renamed and cropped", "resized", "edited", "all kept", "alone", "interleaved", "as JPEG",
)  # fmt: skip
"""What happens to groups, in turn."""

Pixels = NDArray[np.uint8]


class PlantedFinal(NamedTuple):
    """One final: its path and its raw's, below their folders, and what was done to it.

    ``kind`` and ``rect`` are what locating it shall find; ``is_copy`` marks the second of two.
    """

    path: str
    raw: str
    kind: str
    rect: Rect | None
    is_copy: bool = False


class PlantedGroup(NamedTuple):
    """One group of raws, below their folder in stage order, with those that were kept."""

    raws: tuple[str, ...]
    winners: tuple[str, ...]
    fate: str


class SampleHistory(NamedTuple):
    """A finished project and the truth about it."""

    raw_dir: Path
    final_dir: Path
    groups: tuple[PlantedGroup, ...]
    finals: tuple[PlantedFinal, ...]
    strays: tuple[str, ...]


def sample_history(
    folder: str | PathLike[str],
    *,
    groups: int = len(FATES),
    size: tuple[int, int] = (480, 360),
    seed: int = 0,
) -> SampleHistory:
    """Make ``mojo_raw`` and ``mojo_final`` in a folder; the same arguments make the same pictures.

    Args:
        folder: where; neither may be there.
        groups: how many; the ways of ``FATES`` take turns.
        size: width and height of a raw in pixels.
        seed: another one draws other pictures and cuts them elsewhere.

    Raises:
        FileExistsError: one of the folders is there.
    """
    where = Path(folder).expanduser()
    raw, final = where / "mojo_raw", where / "mojo_final"
    for new in (raw, final):
        new.mkdir(parents=True, exist_ok=False)
    making = _Making(raw, final, size, np.random.default_rng(seed))
    made = [group for n in range(groups) for group in making.group(n, FATES[n % len(FATES)])]
    making.stray()
    return SampleHistory(raw, final, tuple(made), tuple(making.finals), ("notes/a stray.png",))


class _Making:
    def __init__(
        self, raw: Path, final: Path, size: tuple[int, int], chance: np.random.Generator
    ) -> None:
        self.finals: list[PlantedFinal] = []
        self._raw, self._final = raw, final
        self._size, self._chance = size, chance

    def group(self, number: int, fate: str) -> Iterator[PlantedGroup]:
        """Make one group, or two that were made side by side."""
        if fate == "interleaved":
            for late_s in (0, 5):
                raws = self._raws(number, (1.0, 2.0), late_s)
                yield self._decided(raws, fate)
            return
        stages = (2.0,) if fate == "alone" else STAGES[number % 2 * 3][0]
        yield self._decided(self._raws(number, stages), fate)

    def stray(self) -> None:
        """A final that nobody made from a raw, and a raw whose name tells nothing."""
        for path in (self._final / "notes/a stray.png", self._raw / "IMG_0001.png"):
            path.parent.mkdir(parents=True, exist_ok=True)
            variants.write(path, self._scene(), credit=CREDIT)

    def _raws(self, number: int, stages: Sequence[float], late_s: int = 0) -> tuple[str, ...]:
        scene = self._scene()
        made = []
        for stage in stages:
            moment = BEGIN + dt.timedelta(seconds=number * BETWEEN_S + STEP_S[stage] + late_s)
            look = Look(stops=0.05 * (stage - 1), noise=2.0)
            name = f"{number // 20:02d}/{moment:%Y%m%d_%H%M%S}_{NAMES[stage]}.png"
            path = self._raw / name
            path.parent.mkdir(exist_ok=True)
            seed = int(self._chance.integers(1 << 32))
            variants.write(path, variants.varied(scene, look, seed=seed), credit=CREDIT)
            os.utime(path, (moment.timestamp() + 20,) * 2)
            made.append(name)
        return tuple(made)

    def _scene(self) -> Pixels:
        """Waves of colour."""
        width, height = self._size
        y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(self._size)
        waves = np.zeros((height, width, 3), np.float32)
        for slow in range(1, 9):
            across, down, phase = self._chance.normal(0, 5 * slow, 3)
            colour = self._chance.normal(0, 60 / slow**0.5, 3)
            waves += np.cos(across * x + down * y + phase)[..., None] * colour.astype(np.float32)
        return np.asarray(np.clip(waves + 128, 0, 255), np.uint8)

    def _decided(self, raws: tuple[str, ...], fate: str) -> PlantedGroup:
        winners = {
            "rejected": (),
            "anomaly": raws[-2:-1],
            "several": raws[:-1],
            "all kept": raws,
        }.get(fate, raws[-1:])
        for raw in winners:
            self._keep(raw, fate)
        return PlantedGroup(raws, winners, fate)

    def _keep(self, raw: str, fate: str) -> None:
        folder = SORTED[len(self.finals) % len(SORTED)]
        name = Path(raw).name
        if fate.startswith("renamed"):
            name = f"final {len(self.finals):04d}.png"
        elif fate == "as JPEG":
            name = f"{Path(raw).stem}.JPG"
        self._plant(raw, f"{folder}{name}", fate)
        if fate == "kept twice":
            self._plant(raw, f"{folder}again/{name}", fate)

    def _plant(self, raw: str, path: str, fate: str) -> None:
        source, target = self._raw / raw, self._final / path
        target.parent.mkdir(parents=True, exist_ok=True)
        changed = self._changed(source, fate)
        if changed is None:
            shutil.copy2(source, target)
            if fate == "re-dated":
                _date(target, source, days=1)
            kind, rect = "full", None
        else:
            pixels, kind, rect = changed
            variants.write(target.with_suffix(target.suffix.lower()), pixels, credit=CREDIT)
            target.with_suffix(target.suffix.lower()).rename(target)
            _date(target, source, days=2)
        is_copy = any(final.raw == raw for final in self.finals)
        self.finals.append(PlantedFinal(path, raw, kind, rect, is_copy))

    def _changed(self, source: Path, fate: str) -> tuple[Pixels, str, Rect | None] | None:
        """The pixels of a final that is no copy of its raw."""
        if fate not in {"cropped", "renamed and cropped", "resized", "edited", "as JPEG"}:
            return None
        pixels = all_formats.pixels(source)
        if fate.endswith("cropped"):
            left, top, right, bottom = rect = self._rect()
            return pixels[top:bottom, left:right], "crop", rect
        if fate == "as JPEG":
            return pixels, "full", None
        edited = _halved(pixels) if fate == "resized" else _brighter(pixels)
        return edited, "resized or edited", None

    def _rect(self) -> Rect:
        """A part with the proportions of the whole, as people cut them."""
        share = self._chance.uniform(0.5, 0.9)
        wide, high = (round(side * share) for side in self._size)
        left, top = (
            int(self._chance.integers(0, side - part + 1))
            for side, part in zip(self._size, (wide, high), strict=True)
        )
        return left, top, left + wide, top + high


def _halved(pixels: Pixels) -> Pixels:
    height, width = (side // 2 * 2 for side in pixels.shape[:2])
    of_four = pixels[:height, :width].reshape(height // 2, 2, width // 2, 2, 3)
    return np.asarray(np.rint(of_four.mean((1, 3))), np.uint8)


def _brighter(pixels: Pixels) -> Pixels:
    return variants.varied(pixels, Look(stops=0.4), seed=0)


def _date(target: Path, source: Path, *, days: float) -> None:
    moment_s = source.stat().st_mtime + days * 86_400
    os.utime(target, (moment_s, moment_s))
