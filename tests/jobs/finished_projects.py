"""Finished projects for tests: RAW and FINAL in a folder, each file written by hand."""

import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

import eightcut as ec

DAY_S = 86_400
BEGIN_S = 1_751_954_831  # of the stamp 20250708_060711
SIZE = (160, 120)


def stamp(seconds, stage, folder="", suffix=".png"):
    """A raw's name, so many seconds after 20250708_060711."""
    second = 7 * 60 + 11 + seconds
    moment = f"{6 + second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}"
    return f"{folder}20250708_{moment}_stage{stage}_made{suffix}"


S1, S15, S2 = stamp(0, 1), stamp(15, 1.5), stamp(87, 2)


def pixels(seed, size=SIZE):
    """Smooth colours with grain; another seed is another picture."""
    chance = np.random.default_rng(seed)
    knots = chance.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(knots).resize(size, Image.Resampling.BICUBIC), float)
    return np.clip(smooth + chance.normal(0, 3, smooth.shape), 0, 255).astype(np.uint8)


def date(path, days):
    """Set when a file was modified, in days after the first stamp."""
    os.utime(path, (BEGIN_S + days * DAY_S,) * 2)


class Finished:
    """RAW and FINAL, and what is extracted from them."""

    def __init__(self, folder):
        self.raw, self.final = folder / "raw", folder / "final"
        self.raw.mkdir(parents=True)
        self.final.mkdir()

    def make(self, *names, like=None):
        """Raws, each another picture, or all like the seed given."""
        for name in names:
            seed = sum(map(ord, name)) if like is None else like
            self.write(self.raw / name, pixels(seed))
            date(self.raw / name, 0)
        return names

    def keep(self, name, as_=None, *, change=None, days=0.0):
        """A final: the file of a raw, or its changed pixels."""
        source, target = self.raw / name, self.final / (as_ or name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if change is None:
            shutil.copy(source, target)
        else:
            self.write(target, change(np.asarray(Image.open(source))))
        date(target, days)
        return target

    def write(self, path, array):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(array).save(path)

    def extract(self, **how):
        return ec.extract_project(self.raw, self.final, "mojo", **{"progress": False} | how)

    def inside(self, *paths):
        """Paths below RAW or FINAL."""
        tops = (self.raw, self.final)
        return [
            Path(p).relative_to(next(t for t in tops if Path(p).is_relative_to(t))).as_posix()
            for p in paths
        ]

    def lines(self, extraction):
        """(winner, losers) of each line, by path below RAW."""
        return [
            (self.inside(line.chosen_path)[0] if line.chosen_path else None,
             self.inside(*line.neg_paths))
            for line in extraction.lines
        ]  # fmt: skip


def cropped(rect):
    left, top, right, bottom = rect
    return lambda array: array[top:bottom, left:right]


def halved(array):
    size = array.shape[1] // 2, array.shape[0] // 2
    return np.asarray(Image.fromarray(array).resize(size, Image.Resampling.BOX))


def brighter(array):
    return np.clip(array * 1.15 + 8, 0, 255).astype(np.uint8)
