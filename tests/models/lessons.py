"""Windows with a known answer, grouped by media file as real ones are."""

import numpy as np

WIDTH = 12


def windows(files=6, per_file=40, *, seed=0, separation=2.0):
    """Windows (n, 12), which of them hold the sound, and their files; each file sounds its own."""
    chance = np.random.default_rng(seed)
    groups = np.repeat([f"film {number}" for number in range(files)], per_file)
    truth = chance.random(len(groups)) < 0.3
    truth[::per_file], truth[1::per_file] = True, False  # every file has both
    direction = np.ones(WIDTH) / WIDTH**0.5
    rooms = np.repeat(chance.normal(0, 0.5, (files, WIDTH)), per_file, axis=0)
    x = chance.normal(size=(len(groups), WIDTH)) + rooms
    return (x + separation * truth[:, None] * direction).astype(np.float32), truth, list(groups)
