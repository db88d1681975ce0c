"""What a crash interrupted is picked up by kind, and what nobody knows is said."""

import pytest

from eightcut import atomic
from eightcut.images.decisions import Choice
from eightcut.jobs import finalize_journal
from eightcut.jobs.cropping import submit_crops
from eightcut.jobs.finalize import KIND, Decided, finalize
from eightcut.jobs.finalize_plan import plan_units
from eightcut.jobs.picture_groups import find_groups
from eightcut.jobs.recovery import executors, recover
from tests.jobs import pictures


@pytest.fixture
def project(tmp_path):
    with pictures.project(tmp_path, groups=1) as made:
        yield made


def plan(project):
    """A batch that was planned by somebody who has died since."""
    (group,) = find_groups(project).groups
    units = plan_units(project, [Decided(group, Choice(0, "manual"))]).units
    entries = finalize_journal.entries(project, units)
    return project.decisions.plan_batch(KIND, {"units": entries})


def test_where_nothing_was_interrupted_nothing_is_said(project):
    assert recover(project) == []


def test_a_planned_batch_is_completed_and_named(project):
    number = plan(project)
    assert recover(project) == [
        f"finalize batch {number} had been interrupted and is completed now"
    ]
    assert recover(project) == []
    assert len(project.decisions.decisions()) == 1


def test_an_undo_is_completed_and_named(project):
    before = pictures.tree(project.root)
    number = plan(project)
    recover(project)
    project.decisions.begin_undo(number)
    assert recover(project)[0].startswith(f"the undo of finalize batch {number}")
    assert (pictures.tree(project.root), project.decisions.decisions()) == (before, [])


def test_what_was_still_being_written_is_removed(project):
    plan(project)
    left = project.folder("crop") / f"{atomic.PREFIX}{'0' * 16}"
    left.parent.mkdir()
    left.write_text("half")
    unfinished = left.with_name(f"{atomic.PREFIX}crop-{'0' * 16}.png")
    unfinished.write_text("a crop that no batch speaks of")
    recover(project)
    assert (left.exists(), unfinished.exists()) == (False, False)


def test_a_crop_that_another_interrupted_batch_speaks_of_stays(project, monkeypatch):
    plan(project)
    project.decisions.plan_batch("later", {})
    made = project.folder("crop_cropped") / f"{atomic.PREFIX}crop-{'0' * 16}.png"
    made.parent.mkdir()
    made.write_text("a crop")
    monkeypatch.setitem(executors, "later", lambda _project, _batch: seen.append(made.exists()))
    seen = []
    recover(project)
    assert seen == [True]


def test_a_finished_project_is_left_as_it_was_handed_over(project):
    groups = find_groups(project).groups
    project.write_manifest(project.manifest | {"finishedAt": "2026-01-01T00:00:00Z"})
    with pytest.raises(ValueError, match="mojo is finished"):
        finalize(project, [Decided(groups[0], Choice(0))])
    with pytest.raises(ValueError, match="mojo is finished"):
        submit_crops(project, [])


def test_a_batch_of_a_later_release_is_named_and_left_alone(project):
    project.decisions.plan_batch("dedupe", {})
    with pytest.raises(LookupError, match="kind 'dedupe', which this eightcut does not know"):
        recover(project)


def test_a_project_whose_folder_is_gone_is_named_and_nothing_is_made_there(project):
    project.root.rename(project.root.with_name("elsewhere"))
    with pytest.raises(NotADirectoryError, match="pictures is gone"):
        recover(project)
    assert not project.root.exists()
