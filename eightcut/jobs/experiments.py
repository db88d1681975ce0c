"""Train with many settings and compare them on the same held-out windows."""

import contextlib
import threading
from typing import Any

from eightcut.jobs import experiment_grid as grids
from eightcut.jobs.experiment_runs import ExperimentRun, Experiments
from eightcut.jobs.experiment_work import Work
from eightcut.progress import Cancelled, Shown
from eightcut.workspace import Workspace

__all__ = ["ExperimentRun", "Experiments", "run_experiments"]


def run_experiments(
    ws: Workspace,
    grid: grids.Grid,
    *,
    profile: str | None = None,
    seeds: int = 1,
    folds: int = 5,
    progress: Shown = True,
    cancel: threading.Event | None = None,
    client: Any = None,
) -> Experiments:
    """Train and test with every setting of a grid, held out by file.

    Args:
        ws: where the clips are known; the runs are kept there.
        grid: values to try for each factor, such as ``{"positive_folder": "owl",
            "head": ["logistic", "trees"], "clips": [5, 10, 20]}``, or a list of runs with one
            value each. Factors are positive_folder, negative_folder, model, head,
            use_hard_negatives, margin, clips and seed.
        profile: whose clips; the workspace's own unless given.
        seeds: how often each run is repeated, with other folds and other draws of clips.
        folds: into how many parts the files are split.
        progress: show a bar with the time left, or a function that makes one.
        cancel: set it from another thread to stop; finished runs are kept and returned.
        client: a Dask client; its workers embed the files and do the runs, and what came of
            them is stored here. They must see the files and the embeddings.

    Runs whose positive folders have one in common are tested on the same windows,
    whatever they learn from, so that they can be compared. A run that fails is
    told with its reason, and the others go on.

    Raises:
        LookupError: a folder has no clips, or there is no such head or embedder.
        ValueError: the grid cannot be used, or no file can be held out.
        ConnectionError: the client has no workers.
    """
    if folds < 2:
        raise ValueError(f"folds must be 2 or more, not {folds}")
    work = Work(ws, profile or ws.settings.profile, grids.runs(grid, seeds), folds, client)
    with contextlib.suppress(Cancelled, KeyboardInterrupt):
        work.go(progress, cancel)
    return work.result()
