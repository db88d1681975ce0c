"""Small decided picture projects: the lightest of a group was chosen, and cut round its patch."""

import datetime as dt

import numpy as np
from PIL import Image

import eightcut as ec
from eightcut.images.decisions import generate_group_id
from eightcut.jobs.lifecycle import start_project
from tests.jobs.pictures import BEGIN, STAGES

SIZE = (64, 48)
STAGES_OF_EACH = (1, 1.5, 2)
MODEL = "TECHNICAL_QUALITY"  # an embedder without weights, and the right one for this taste


def picture(path, light, at=(0.5, 0.5), seed=0):
    """A picture of that lightness (0-255) with a busy patch at a place (0-1)."""
    chance = np.random.default_rng(seed)
    values = np.full((SIZE[1], SIZE[0], 3), light, float)
    x, y = (round(place * side) for place, side in zip(at, SIZE, strict=True))
    values[max(y - 6, 0) : y + 6, max(x - 6, 0) : x + 6] += chance.normal(0, 60, 3)
    values += chance.normal(0, 3, values.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(values, 0, 255).astype(np.uint8)).save(path)
    return path


def project(ws, project_id, groups=15, *, seed=0, choose=None, model_pick=None):
    """A project in which ``choose(lights, chance)`` said what to take; no file has moved."""
    chance = np.random.default_rng(seed)
    root = ws.path.parent / project_id
    rows = []
    for number in range(groups):
        lights = chance.permutation([70, 110, 150]) + chance.integers(-15, 15, 3)
        at = chance.uniform(0.3, 0.7, 2)
        names = []
        for place, light in enumerate(lights):
            moment = BEGIN + dt.timedelta(hours=number + 100 * seed, seconds=30 * place)
            name = f"{moment:%Y%m%d_%H%M%S}_{STAGES[STAGES_OF_EACH[place]]}.png"
            picture(root / name, light, at, seed=1000 * seed + 10 * number + place)
            names.append(name)
        rows.append((names, choose(lights, chance) if choose else int(lights.argmax()), at))
    start_project(ws, project_id, root)
    made = ws.project(project_id)
    for number, (names, chosen, at) in enumerate(rows):
        log(made, number, names, chosen, at, model_pick)
    return made


def log(made, number, names, chosen, at, model_pick=None):
    """Store one decision with its crop; None rejects."""
    group_id = generate_group_id(made.id, "2025-09-01T09:00:00Z", 1, number)
    made.decisions.log_ai_decision(
        group_id,
        images=names,
        directory=".",
        ai_selected_index=model_pick,
        user_selected_index=chosen,
        user_action="reject" if chosen is None else "crop",
        image_width=SIZE[0],
        image_height=SIZE[1],
        timestamp="2025-09-01T09:00:00Z",
    )
    if chosen is not None:
        x, y = at
        made.decisions.update_decision_with_crop(group_id, (x - 0.3, y - 0.3, x + 0.3, y + 0.3))


def workspace(folder, projects=3, **of_each):
    """A workspace of such projects; whoever asks closes it."""
    ws = ec.Workspace(folder / "ws")
    for number in range(projects):
        project(ws, f"p{number}", seed=number, **of_each)
    return ws
