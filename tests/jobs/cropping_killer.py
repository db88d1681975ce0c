"""Crops and brings back in processes that are killed, and looks at what the next one finds.

A program of its own, so that what forks has no threads: ``python -m
tests.jobs.cropping_killer FOLDER CASE`` prints what it saw as JSON. Every case but
``instants`` kills at each effect on the disk in turn.
"""

import hashlib
import json
import random
import shutil
import sys
from pathlib import Path

from eightcut.jobs.cropping import submit_crops, undo_crops, waiting
from eightcut.jobs.recovery import recover
from eightcut.project import Project
from tests.jobs import crops, pictures
from tests.jobs.killed import killed_after, killed_at, seconds

KINDS = ((20, 16, 80, 64), (0, 0, *crops.SIZE), None)  # cropped, kept whole, deleted
INSTANTS = 40


def build(folder):
    crops.project(folder, len(KINDS)).close()


def copied(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    manifest = target / "ws" / "data" / "projects" / "mojo.project.json"
    manifest.write_text(manifest.read_text().replace(str(source), str(target)))
    return target


def opened(folder):
    return Project(folder / "ws", "mojo")


def submit(folder):
    with opened(folder) as project:
        paths = [item.path for item in waiting(project)]
        submit_crops(project, zip(paths, KINDS, strict=False))


def undo(folder):
    with opened(folder) as project:
        undo_crops(project)


def recovered(folder):
    with opened(folder) as project:
        recover(project)
        if recover(project) or {b.state for b in project.decisions.batches()} & {
            "planned",
            "undoing",
        }:
            return "batches are still open"
    return state(folder)


def is_planned(folder):
    with opened(folder) as project:
        return bool(project.decisions.batches(state="planned"))


def state(folder):
    """Every file and every decision, without the moments at which things happened."""
    with opened(folder) as project:
        rows = [row._replace(crop_timestamp=None) for row in project.decisions.decisions()]
        return pictures.tree(project.root), rows


def images(folder):
    """The contents of all pictures in sight."""
    found = pictures.tree(folder / "pictures").items()
    return {hashlib.sha256(data).digest() for name, data in found if name.endswith(".png")}


class Killer:
    """A project before and after its pictures are cropped, and what was seen between."""

    def __init__(self, base):
        self.base, self.deaths, self.problems = base, 0, []
        self.waits, self.cropped = base / "waits", base / "cropped"
        seconds(build, self.waits)
        seconds(submit, copied(self.waits, self.cropped))
        self.ends = state(self.waits), state(self.cropped)

    def effects(self, source, work):
        """Kill the work before its first effect, its second and so on, until it comes through."""
        folder, effect = copied(source, self.base / "work"), 1
        while killed_at(effect, work, folder):
            yield effect, folder
            folder, effect = copied(source, self.base / "work"), effect + 1

    def judge(self, moment, folder, ends):
        self.deaths += 1
        lost = images(self.waits) - images(folder)
        self.problems += [f"{moment}: a picture was out of sight"] * bool(lost)
        self.problems += [f"{moment}: something was half done"] * (recovered(folder) not in ends)

    def submit(self):
        for moment, folder in self.effects(self.waits, submit):
            self.judge(moment, folder, self.ends)

    def undo(self):
        for moment, folder in self.effects(self.cropped, undo):
            self.judge(moment, folder, self.ends)

    def again(self):
        for moment, folder in self.effects(self.waits, submit):
            seconds(submit, folder)
            self.judge(moment, folder, self.ends[1:])
            self.problems += [f"{moment}: {left.name}" for left in folder.rglob(".eightcut-*")]

    def recover(self):
        interrupted = self.base / "interrupted"
        for _, folder in self.effects(self.waits, submit):
            if is_planned(folder):  # and nothing has moved yet
                copied(folder, interrupted)
                break
        for moment, folder in self.effects(interrupted, recovered):
            self.judge(moment, folder, self.ends[1:])

    def instants(self):
        draw, span = random.Random(4), seconds(submit, copied(self.waits, self.base / "timed"))
        while self.deaths < INSTANTS:
            moment, folder = max(draw.random() * span, 1e-4), copied(self.waits, self.base / "work")
            if killed_after(moment, submit, folder):
                self.judge(moment, folder, self.ends)
            else:
                span = (span + moment) / 2


def main(base, case):
    killer = Killer(Path(base))
    getattr(killer, case)()
    print(json.dumps({"deaths": killer.deaths, "problems": killer.problems}))


if __name__ == "__main__":
    main(*sys.argv[1:])
