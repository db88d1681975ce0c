"""Sample projects that a simulated person has decided, for models to learn from.

``sample_taste`` says by which rule. Rows are logged as a reviewer's, without any
recommendation unless one is asked for; the simulated person never looks at it. No
file is moved, so every picture is where it was.
"""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from eightcut.images.decisions import Recommendation, generate_group_id
from eightcut.images.stages import stamped
from eightcut.jobs import sample_pictures, sample_taste
from eightcut.jobs.picture_groups import PictureGroup, find_groups
from eightcut.jobs.sample_pictures_plan import plan
from eightcut.jobs.sample_pictures_recipe import DECIDED, Part
from eightcut.jobs.sample_taste import Verdict
from eightcut.media import images
from eightcut.project import Project
from eightcut.workspace import Workspace

EDGE = 456  # pixels of the longer side that the person looks at
PAGE = 20  # groups in a batch
MOST = 4  # images in a row of the decision database
BEGUN = dt.datetime(2025, 9, 1, 9, tzinfo=dt.UTC)  # made up like everything here
WEEK, DECISION, CROP = dt.timedelta(7), dt.timedelta(seconds=8), dt.timedelta(hours=1)
AT_ONCE = 2

Recommend = Callable[[PictureGroup], Recommendation]
Advise = Callable[[Project, list[str]], Recommend | None]


def nobody(_project: Project, _before: list[str]) -> None:
    """No recommendations."""


class Simulated(NamedTuple):
    """A group and what the simulated person does with it."""

    group: PictureGroup
    verdict: Verdict


def sample_decisions(project: Project) -> list[Simulated]:
    """What the simulated person would decide about every group by name; nothing is stored."""
    groups = [group for group in find_groups(project).groups if len(group.images) <= MOST]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(_decided, groups))


def sample_decided_projects(
    ws: Workspace, *, progress: bool = True, advise: Advise = nobody
) -> list[str]:
    """Add three picture projects with decided groups; returns their ids.

    What is there already stays as it is; decisions that a crash left out are added.
    The three share no second of film with each other or with ``sample_project``.

    Args:
        ws: an open workspace.
        progress: whether a person sees how far it is.
        advise: gives what recommends for a project, knowing the projects decided before.

    Raises:
        ConnectionError: the film is not on this machine yet and cannot be fetched.
    """
    for number, part in enumerate(DECIDED):
        project = sample_pictures.opened(ws, part.name, plan(part), progress=progress)
        with project.lock():
            if len(project.decisions.decisions()) < part.groups:
                before = [one.name for one in DECIDED[:number]]
                recommend = advise(project, before)
                _log_all(project, part, BEGUN + number * WEEK, recommend)
    return [part.name for part in DECIDED]


def _decided(group: PictureGroup) -> Simulated:
    seen = [sample_taste.looks(images.pixels(path, EDGE)) for path in group.images]
    stages = [found.stage for path in group.images if (found := stamped(path.name))]
    return Simulated(group, sample_taste.verdict(seen, stages, group.images[0].name))


def _log_all(project: Project, part: Part, begun: dt.datetime, recommend: Recommend | None) -> None:
    simulated = sample_decisions(project)
    if len(simulated) != part.groups:  # a person has moved pictures; ids would shift
        return
    known = {decision.group_id: decision for decision in project.decisions.decisions()}
    for number, (group, verdict) in enumerate(simulated):
        batch_number, index = number // PAGE + 1, number % PAGE
        stamp = _stamp(begun + DECISION * number)
        group_id = generate_group_id(project.id, stamp, batch_number, index)
        if group_id not in known:
            row = _row(group, verdict) | {"batch_number": batch_number, "timestamp": stamp}
            row |= _recommended(recommend(group)) if recommend else {}
            project.decisions.log_ai_decision(group_id, **row)
        if verdict.crop and not (group_id in known and known[group_id].final_crop_coords):
            cropped = _stamp(begun + CROP + DECISION * number)
            project.decisions.update_decision_with_crop(group_id, verdict.crop, cropped)


def _row(group: PictureGroup, verdict: Verdict) -> dict[str, Any]:
    """The decision as a reviewer logs it where no model recommends anything."""
    size = images.probe(group.images[verdict.chosen or 0])
    return {
        "images": [path.name for path in group.images],
        "directory": group.directory,
        "ai_selected_index": None,
        "user_selected_index": verdict.chosen,
        "user_action": verdict.action,
        "image_width": size.width,
        "image_height": size.height,
    }


def _recommended(seen: Recommendation) -> dict[str, Any]:
    """What a reviewer logs of a recommendation; that of a rule is none of a model."""
    if seen.ai_index is None:
        return {}
    return {
        "ai_selected_index": seen.ai_index,
        "ai_confidence": seen.confidence,
        "ai_crop_coords": seen.crop,
        "model_version": seen.model_version,
    }


def _stamp(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
