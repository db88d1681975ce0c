"""What to recommend for a group of pictures: the highest stage, as long as no model is trained."""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path

from eightcut.images.decisions import Recommendation, highest_stage
from eightcut.jobs.picture_groups import PictureGroup
from eightcut.project import Project
from eightcut.workspace import Workspace

Recommender = Callable[[PictureGroup], Recommendation]


def recommend(
    ws: Workspace, project_id: str, group: PictureGroup | Sequence[str | PathLike[str]]
) -> Recommendation:
    """Recommend one picture of a group, and say why.

    Args:
        ws: an open workspace.
        project_id: the project that the group belongs to.
        group: a group, or its pictures by path or name.

    Raises:
        LookupError: there is no such project.
    """
    ws.project(project_id)
    return by_rule(group)


def recommender(project: Project) -> Recommender:
    """What recommends for the groups of a project."""
    del project  # a trained model will be the project's own
    return by_rule


def by_rule(group: PictureGroup | Sequence[str | PathLike[str]]) -> Recommendation:
    """Recommend the highest stage. It is marked as a rule, so that no model is blamed for it."""
    images = group.images if isinstance(group, PictureGroup) else group
    return highest_stage([Path(image).name for image in images])
