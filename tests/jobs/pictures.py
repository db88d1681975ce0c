"""Small real picture projects: PNG files with stage names, and their companions."""

import datetime as dt
import json
from pathlib import Path

import numpy as np
from PIL import Image

import eightcut as ec

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


def manifest(ws, project_id, root):
    """Write the least that a project needs; ``start_project`` does more."""
    path = ws.path / "data" / "projects" / f"{project_id}.project.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"schemaVersion": 1, "projectId": project_id, "paths": {"root": str(root)}}
    path.write_text(json.dumps(content | {"status": "active", "finishedAt": None}))


def project(folder, groups=3, *, project_id="mojo", **of_each):
    """A project of so many groups in ``folder/pictures``, its workspace in ``folder/ws``."""
    root = Path(folder) / "pictures"
    root.mkdir(parents=True, exist_ok=True)
    for number in range(groups):
        group(root, number, **of_each)
    ws = ec.Workspace(Path(folder) / "ws")
    manifest(ws, project_id, root)
    return ws.project(project_id)


def tree(root):
    """Relative path -> bytes of every file below a folder, hidden ones left out."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(Path(root).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
