"""Sample projects that are decided one after another, with models that learn on the way.

The person is simulated, see ``sample_taste``, and never looks at a recommendation.
The first project is decided without any; each of the others beside recommendations
of models that were trained on the projects before it, and on nothing else.
"""

import functools
from os import PathLike

from eightcut.home import home
from eightcut.jobs.learning import train_crop_proposer, train_ranker
from eightcut.jobs.recommend import recommender
from eightcut.jobs.sample_decisions import Recommend, sample_decided_projects
from eightcut.progress import Shown
from eightcut.project import Project
from eightcut.workspace import Workspace


def sample_assisted_workspace(
    path: str | PathLike[str] | None = None, *, progress: bool = True
) -> Workspace:
    """Open a workspace with three decided projects, two of them beside recommendations.

    What is not there yet is made first; what is there stays as it is. A version that
    the gate keeps aside recommends nothing, as for everyone.

    Args:
        path: its folder; ``sample-assisted`` in the home of eightcut unless given.
        progress: show bars while pictures are made and models are trained.

    Raises:
        ConnectionError: the film or the weights are not on this machine and cannot be fetched.
    """
    ws = Workspace(home() / "sample-assisted" if path is None else path)
    try:
        advise = functools.partial(_trained, ws, progress)
        sample_decided_projects(ws, progress=progress, advise=advise)
    except BaseException:
        ws.close()
        raise
    return ws


def _trained(
    ws: Workspace, progress: Shown, project: Project, before: list[str]
) -> Recommend | None:
    """What recommends for a project after training on those before it."""
    if not before:
        return None
    for train in (train_ranker, train_crop_proposer):
        train(ws, before, progress=progress)
    return recommender(project)
