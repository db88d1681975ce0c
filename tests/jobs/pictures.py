"""Small real picture projects: PNG files with stage names, and their companions."""

import datetime as dt
from pathlib import Path

import numpy as np
from PIL import Image

import eightcut as ec
from eightcut.jobs.lifecycle import start_project
from eightcut.project import Project

STAGES = {
    1: "stage1_generated",
    1.5: "stage1.5_face_swapped",
    2: "stage2_upscaled",
    3: "stage3_enhanced",
}
BEGIN = dt.datetime(2025, 7, 8, 6, 0, 0)  # noqa: DTZ001 - stamps in names have no zone
SIZE = (64, 48)


def png(path, seed=0, size=SIZE):
    """A picture of smooth noise; another seed is another picture."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def name(number, stage, suffix=".png"):
    """The name of one stage of the group with that number; groups are an hour apart."""
    moment = BEGIN + dt.timedelta(hours=number, seconds=30 * (list(STAGES).index(stage)))
    return f"{moment:%Y%m%d_%H%M%S}_{STAGES[stage]}{suffix}"


def group(folder, number=0, stages=(1, 1.5, 2), companions=(".yaml",), size=SIZE):
    """The pictures of one group in stage order, each with its companions."""
    made = []
    for stage in stages:
        path = png(Path(folder) / name(number, stage), seed=number, size=size)
        for suffix in companions:
            path.with_suffix(suffix).write_text(f"{path.stem}\n", encoding="utf-8")
        made.append(path)
    return made


def project(folder, groups=3, *, project_id="mojo", **of_each):
    """A project of so many groups in ``folder/pictures``, its workspace in ``folder/ws``.

    Whoever asks closes it.
    """
    root = Path(folder) / "pictures"
    root.mkdir(parents=True, exist_ok=True)
    for number in range(groups):
        group(root, number, **of_each)
    return start(folder, project_id=project_id)


def start(folder, *, project_id="mojo"):
    """Begin a project of the pictures that lie in ``folder/pictures``."""
    folder = Path(folder)
    with ec.Workspace(folder / "ws") as ws:
        start_project(ws, project_id, folder / "pictures")
    return Project(folder / "ws", project_id)


def tree(root):
    """Relative path -> bytes of every file below a folder, hidden ones left out."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(Path(root).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
