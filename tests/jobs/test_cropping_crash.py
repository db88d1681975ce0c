"""A process that dies while it crops loses no picture, whatever moment that is."""

import hashlib
import random
import shutil

import pytest

import eightcut as ec
from eightcut.jobs.cropping import submit_crops, undo_crops, waiting
from eightcut.jobs.recovery import recover
from tests.jobs import crops, pictures
from tests.jobs.killed import killed_after, killed_at, seconds

RECT = (20, 16, 80, 64)
KINDS = (RECT, (0, 0, *crops.SIZE), None)


@pytest.fixture(scope="module")
def waits(tmp_path_factory):
    """A project with three pictures that wait."""
    folder = tmp_path_factory.mktemp("waits")
    crops.project(folder, len(KINDS)).close()
    return folder


@pytest.fixture(scope="module")
def cropped(waits, tmp_path_factory):
    """The same project after one is cropped, one taken whole and one deleted."""
    folder = copied(waits, tmp_path_factory.mktemp("cropped"))
    submit(folder)
    return folder


def copied(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    manifest = target / "ws" / "data" / "projects" / "mojo.project.json"
    manifest.write_text(manifest.read_text().replace(str(source), str(target)))
    return target


def opened(folder):
    return ec.project.Project(folder / "ws", "mojo")


def submit(folder):
    with opened(folder) as project:
        paths = [item.path for item in waiting(project)]
        submit_crops(project, zip(paths, KINDS, strict=False))


def undo(folder):
    with opened(folder) as project:
        undo_crops(project)


def state(folder):
    """Every file and every decision, without the moments at which things happened."""
    with opened(folder) as project:
        rows = [row._replace(crop_timestamp=None) for row in project.decisions.decisions()]
        return pictures.tree(project.root), rows


def recovered(folder):
    with opened(folder) as project:
        recover(project)
        assert recover(project) == []
        assert not [b for b in project.decisions.batches() if b.state in ("planned", "undoing")]
    return state(folder)


def originals(waits):
    return {
        hashlib.sha256(data).digest()
        for name, data in pictures.tree(waits).items()
        if name.endswith(".png")
    }


def in_sight(folder):
    return {hashlib.sha256(data).digest() for data in pictures.tree(folder).values()}


def effects(source, scratch, work):
    """Kill the work before its first effect, its second and so on, until it comes through."""
    effect = 0
    while True:
        effect += 1
        folder = copied(source, scratch)
        if not killed_at(effect, work, folder):
            return
        yield folder


def test_whatever_step_a_crop_dies_at_all_or_nothing_has_happened(waits, cropped, tmp_path):
    before, after, deaths = state(waits), state(cropped), 0
    for folder in effects(waits, tmp_path / "at", submit):
        assert in_sight(folder) >= originals(waits)
        assert recovered(folder) in (before, after)
        deaths += 1
    assert deaths > 15


def test_after_a_crash_the_same_submission_leads_to_the_same_end(waits, cropped, tmp_path):
    after = state(cropped)
    for folder in effects(waits, tmp_path / "again", submit):
        submit(folder)
        assert recovered(folder) == after
        assert not list(folder.rglob(".eightcut-*"))


def test_whatever_step_an_undo_dies_at_all_or_nothing_has_happened(waits, cropped, tmp_path):
    before, after, deaths = state(cropped), state(waits), 0
    for folder in effects(cropped, tmp_path / "undo", undo):
        assert in_sight(folder) >= originals(waits)
        assert recovered(folder) in (before, after)
        deaths += 1
    assert deaths > 10


def test_a_recovery_that_dies_is_recovered_from(waits, cropped, tmp_path):
    after = state(cropped)
    last = sum(1 for _ in effects(waits, tmp_path / "counted", submit))
    interrupted = copied(waits, tmp_path / "interrupted")
    assert killed_at(last, submit, interrupted)
    for folder in effects(interrupted, tmp_path / "twice", recovered):
        assert in_sight(folder) >= originals(waits)
        assert recovered(folder) == after


def test_no_instant_is_a_bad_one_to_die(waits, cropped, tmp_path):
    before, after, draw = state(waits), state(cropped), random.Random(4)
    whole = seconds(submit, copied(waits, tmp_path / "timed"))
    for _ in range(200):
        folder = copied(waits, tmp_path / "then")
        killed_after(max(draw.random() * whole, 1e-4), submit, folder)
        assert in_sight(folder) >= originals(waits)
        assert recovered(folder) in (before, after)
