"""The jobs on pictures: deciding, finalizing, cropping, finishing, reporting, extracting."""

import json
import shutil

import numpy as np

import eightcut as ec
from eightcut.images.decisions import Choice, Recommendation, rejected
from eightcut.jobs.cropping import submit_crops, undo_crops, waiting
from eightcut.jobs.finalize import Decided, finalize, undo_finalize
from eightcut.jobs.lifecycle import finish_project, start_project
from eightcut.jobs.picture_groups import find_groups, group_of
from eightcut.jobs.recovery import recover
from eightcut.models.image_store import ImageStore
from eightcut.project import Project
from tests.crash.operation import Operation
from tests.jobs import crops, pictures
from tests.jobs.finished_projects import S1, S2, Finished, cropped, stamp

AI = Recommendation(0, 0.9, (0.1, 0.1, 0.8, 0.8), "ranker 3", "sharp")
CHOICES = (Choice(1, "manual"), Choice(0), rejected())
RECTS = ((20, 16, 80, 64), (0, 0, *crops.SIZE), None)  # cropped, kept whole, deleted


def opened(folder):
    return Project(folder / "ws", "mojo")


def undecided(folder):
    """Four groups, three of which are going to be decided."""
    pictures.project(folder, groups=4).close()
    with opened(folder) as project:
        groups = find_groups(project).groups[: len(CHOICES)]
    names = [[path.name for path in group.images] for group in groups]
    (folder / "groups.json").write_text(json.dumps(names))


def uncropped(folder):
    crops.project(folder, len(RECTS)).close()


class OfPictures(Operation):
    originals = ("*.png", "*.yaml")

    def work(self, folder, tell):
        with opened(folder) as project:
            self.done(project, folder, tell)

    def holds(self, folder, *fact):
        with opened(folder) as project:
            recover(project)
            return self.is_there(project, *fact)

    def reopened(self, folder):
        with opened(folder) as project:
            recover(project)
            yield from ["a second recovery found work"] * bool(recover(project))
            states = {batch.state for batch in project.decisions.batches()}
            yield from [f"batches are {states}"] * bool(states - {"done", "undone"})
            left = list(project.root.rglob(".eightcut-*"))
            yield from [f"{path} is left" for path in left]


class Finalizing(OfPictures):
    """Groups move with companions, sidecars and rows."""

    name = "finalize"
    begins = staticmethod(undecided)

    def done(self, project, folder, tell):
        report = finalize(project, submission(project, folder))
        tell([unit.key for unit in report.units])

    def is_there(self, project, keys):
        return len(project.decisions.decisions()) == len(CHOICES)

    def reopened(self, folder):
        yield from super().reopened(folder)
        with opened(folder) as project:
            rows = project.decisions.decisions()
            yield from filter(None, (disagreement(project, row) for row in rows))
            moved = [path for path in project.root.glob("*/*") if path.name[0] != "."]
            yield from ["files moved without a row"] * (bool(moved) != bool(rows))


def submission(project, folder):
    """The same decisions, wherever the pictures lie by now."""
    given = zip(json.loads((folder / "groups.json").read_text()), CHOICES, strict=True)
    return [
        Decided(group_of(project.root, [project.root / name for name in names]), choice, AI)
        for names, choice in given
    ]


def disagreement(project, row):
    """How a row and the files differ, or None."""
    folder = {True: "crop_auto", None: "crop"}[row.ai_crop_accepted]
    for name in row.images:
        place = project.folder(folder if name == row.chosen else "delete_staging") / name
        if not (place.is_file() and place.with_suffix(".yaml").is_file()):
            return f"{name} is not in {place.parent.name}"
    if row.chosen:
        sidecar = (project.folder(folder) / row.chosen).with_suffix(".decision")
        told = json.loads(sidecar.read_text())
        return None if told["group_id"] == row.group_id else f"{sidecar.name} is foreign"
    return None


class UndoingFinalize(Finalizing):
    name = "undo finalize"

    def prepare(self, folder):
        with opened(folder) as project:
            finalize(project, submission(project, folder))

    def done(self, project, folder, tell):
        recover(project)
        if project.decisions.decisions():
            undo_finalize(project)
        tell([])

    def is_there(self, project, keys):
        return not project.decisions.decisions()


class Cropping(OfPictures):
    """One picture is cropped, one kept whole, one deleted."""

    name = "crop"
    begins = staticmethod(uncropped)

    def done(self, project, folder, tell):
        recover(project)
        left = [item.path for item in waiting(project)]
        numbers = [int(path.name[9:11]) - pictures.BEGIN.hour for path in left]
        report = submit_crops(project, [(p, RECTS[n]) for p, n in zip(left, numbers, strict=True)])
        tell(report.batch_id)

    def is_there(self, project, batch):
        return not waiting(project) and not project.decisions.incomplete_crops()


class UndoingCrops(Cropping):
    name = "undo crops"

    def prepare(self, folder):
        Cropping().work(folder, lambda *_: None)

    def done(self, project, folder, tell):
        recover(project)
        if project.decisions.batches(state="done"):
            undo_crops(project)
        tell(1)

    def is_there(self, project, batch):
        return len(waiting(project)) == len(RECTS)


class Deciding(OfPictures):
    """Decisions, one row each, and their crops."""

    name = "log decisions"
    begins = staticmethod(undecided)

    def done(self, project, folder, tell):
        known = {row.group_id for row in project.decisions.decisions()}
        for number in range(6):
            group = f"mojo_group_{number}"
            if group not in known:
                self._log(project, group)
            tell(group, None)
            project.decisions.update_decision_with_crop(group, (0.1, 0.1, 0.8, 0.9))
            tell(group, [0.1, 0.1, 0.8, 0.9])

    def _log(self, project, group):
        project.decisions.log_ai_decision(
                group, ["a.png", "b.png"], ai_selected_index=0, user_selected_index=1,
                user_action="crop", image_width=64, image_height=48, ai_crop_coords=AI.crop,
            )  # fmt: skip

    def is_there(self, project, group, box):
        row = project.decisions.get_decision(group)
        return box is None or list(row["final_crop_coords"]) == box


class Starting(OfPictures):
    """A project begins: its manifest and an empty database."""

    name = "start project"

    def prepare(self, folder):
        pictures.project(folder, groups=2).close()
        shutil.rmtree(folder / "ws")

    def work(self, folder, tell):
        with ec.Workspace(folder / "ws") as ws:
            if "mojo" not in ws.projects():
                start_project(ws, "mojo", folder / "pictures")
            tell()

    def holds(self, folder):
        with opened(folder) as project:
            return project.manifest["counts"]["groupCount"] == 2

    def reopened(self, folder):
        with ec.Workspace(folder / "ws") as ws:
            yield from (
                f"{name} cannot be opened" for name in ws.projects() if not ws.project(name)
            )


class Finishing(OfPictures):
    """The archive, the zip and the manifest that says so."""

    name = "finish project"
    begins = staticmethod(uncropped)

    def prepare(self, folder):
        Cropping().work(folder, lambda *_: None)
        with opened(folder) as project:
            chosen = pictures.png(project.root / "selected" / pictures.name(5, 2))
            chosen.with_suffix(".yaml").write_text("x")

    def work(self, folder, tell):
        with ec.Workspace(folder / "ws") as ws:
            if not ws.project("mojo").is_finished:
                finish_project(ws, "mojo", commit=True, progress=False)
            tell()

    def is_there(self, project):
        return project.is_finished


class Reporting(OfPictures):
    """The page about agreement, over one from before."""

    name = "accuracy report"
    begins = staticmethod(uncropped)

    def prepare(self, folder):
        Cropping().work(folder, lambda *_: None)
        (folder / "report.html").write_text("the page from before")

    def work(self, folder, tell):
        with ec.Workspace(folder / "ws") as ws:
            ec.accuracy_report(ws, "mojo", path=folder / "report.html")
        tell()

    def is_there(self, project):
        page = project.workspace_path.parent / "report.html"
        return page.read_text().rstrip().endswith("</html>")


class Extracting(Operation):
    """Lines, table and report of two finished projects."""

    name = "extract history"
    originals = ("raw/*", "final/*")

    def prepare(self, folder):
        for name in ("one", "two"):
            made = Finished(folder / name)
            made.make(S1, S2, stamp(1000, 1), stamp(1050, 2))
            made.keep(S2, change=cropped((10, 10, 110, 90)))

    def work(self, folder, tell):
        projects = [
            {"name": n, "raw_dir": f"{folder}/{n}/raw", "final_dir": f"{folder}/{n}/final"}
            for n in ("one", "two")
        ]
        ec.extract_batch({"projects": projects}, folder / "out" / "h.jsonl", progress=False)
        tell()

    def holds(self, folder):
        return len((folder / "out" / "h.jsonl").read_text().splitlines()) == 4


class Vectors(Operation):
    """Vectors of pictures, appended to those that are there."""

    name = "picture vectors"
    growing = ("*.bin", "*.f32")
    BATCHES, SIZE = 5, 16

    def work(self, folder, tell):
        store = ImageStore(folder / "embeddings", Narrow(), "1")
        for number in range(self.BATCHES):
            store.append(*self._batch(number))
            tell(number)

    def _batch(self, number):
        keys = [f"{number:016x}{index:016x}" for index in range(self.SIZE)]
        return keys, np.full((self.SIZE, Narrow.width), number + 0.5, np.float32)

    def holds(self, folder, number):
        keys, vectors = self._batch(number)
        found = ImageStore(folder / "embeddings", Narrow(), "1").find(keys)
        return bool(found.is_known.all() and (found.vectors == vectors).all())

    def reopened(self, folder):
        store = ImageStore(folder / "embeddings", Narrow(), "1")
        for number in range(self.BATCHES):
            keys, vectors = self._batch(number)
            found = store.find(keys)
            if (found.vectors[found.is_known] != vectors[found.is_known]).any():
                yield f"a vector of batch {number} is another"


class Narrow:
    """What the store wants to know of an embedder."""

    name, revision, width, edge = "NARROW", "1", 8, 32


OPERATIONS = (
    Deciding(), Finalizing(), UndoingFinalize(), Cropping(), UndoingCrops(), Starting(),
    Finishing(), Reporting(), Extracting(), Vectors(),
)  # fmt: skip
