"""Groups and crops with a planted taste: what a person prefers is known, with 10 % slips."""

import numpy as np

from eightcut.models.crop_proposer import Cropped
from eightcut.models.crop_shapes import edges
from eightcut.models.ranker import Ranked

SLIPS = 0.1
STAGES = (1.0, 1.5, 2.0, 3.0, 4.0)


def groups(number=400, *, width=16, sizes=(3, 3), projects=4, seed=0, slips=SLIPS, shuffled=False):
    """Groups whose pictures a hidden linear taste ranks; each project has a look of its own."""
    chance = np.random.default_rng(seed)
    taste, looks = chance.normal(size=width), chance.normal(size=(projects, width))
    made = []
    for index in range(number):
        size = int(chance.integers(sizes[0], sizes[1] + 1))
        own = chance.normal(size=(size, width))
        chosen = int((own @ taste).argmax())
        if chance.random() < slips:
            chosen = (chosen + 1 + int(chance.integers(size - 1))) % size
        if shuffled:
            chosen = int(chance.integers(size))
        project = index % projects
        vectors = own + looks[project] + chance.normal(size=width)
        made.append(ranked(vectors, chosen, project=f"p{project}", group=f"g{index}"))
    return made


def ranked(vectors, chosen, *, stages=None, quality=None, weight=1.0, project="p", group="g"):
    vectors = np.asarray(vectors, np.float32)
    stages = stages or STAGES[: len(vectors)]
    names = tuple(f"{project}/{group}/{place}" for place in range(len(vectors)))
    return Ranked(vectors, stages, quality, chosen, weight, project, group, names)


def top1(ranker, some):
    """The share of groups in which the ranker's best is the chosen one."""
    scores = (ranker.scores(group.vectors, group.stages, group.quality) for group in some)
    return np.mean([s.argmax() == g.chosen for s, g in zip(scores, some, strict=True)])


def crops(number=400, *, width=32, projects=4, seed=0, noise=0.02, is_free=False, link=None):
    """Pictures whose crop follows from the embedding, linearly or through ``link``."""
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(number, width)).astype(np.float32)
    told = vectors @ chance.normal(size=(width, 4)) / width**0.5
    if link is not None:
        told = 4 * link(told) - 2
    free = np.stack([0.5 + 0.1 * told[:, 0], 0.45 + 0.1 * told[:, 1], 0.6 + 0.12 * told[:, 2]], 1)
    if is_free:
        free = np.column_stack([free, free[:, 2] + 0.1 * told[:, 3]])
    boxes = map(tuple, edges(free + chance.normal(0, noise, free.shape)).tolist())
    return [
        Cropped(vector, 832, 1216, box, 1.0, f"p{i % projects}", f"g{i}", (f"{i}",))
        for i, (vector, box) in enumerate(zip(vectors, boxes, strict=True))
    ]
