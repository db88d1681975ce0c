"""Pictures per second through the default image embedder, beside decoding them alone.

Run by hand: ``python benchmarks/bench_pictures.py``. Large PNGs are what projects hold.
"""

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

import eightcut as ec
from benchmarks.rows import row
from eightcut.jobs.embed_pictures import DEFAULT
from eightcut.media import images
from eightcut.models import registry

COUNT, SIDE, SMALL = 24, 2048, 256


def photo(chance: np.random.Generator, side: int) -> Image.Image:
    """A smooth picture with grain, which compresses about as well as a photograph."""
    knots = Image.fromarray(chance.integers(0, 256, (side // 64, side // 64, 3), dtype=np.uint8))
    smooth = np.asarray(knots.resize((side, side), Image.Resampling.BICUBIC), dtype=np.int16)
    grain = chance.integers(-4, 5, smooth.shape, dtype=np.int16)
    return Image.fromarray(np.clip(smooth + grain, 0, 255).astype(np.uint8))


def speed(work: Callable[[], object], count: int) -> float:
    """Pictures per second of one run."""
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)


if __name__ == "__main__":
    chance = np.random.default_rng(0)
    embedder = registry.load(DEFAULT, "image")
    small = [np.asarray(photo(chance, SMALL)) for _ in range(4 * COUNT)]
    embedder.embed(small[:8])
    print(
        f"{DEFAULT}, {SMALL} px, decoded: {speed(lambda: embedder.embed(small), len(small)):.0f}/s"
    )
    with tempfile.TemporaryDirectory() as folder, ec.Workspace(folder) as ws:
        paths = [Path(folder, f"{number}.png") for number in range(COUNT)]
        for path in paths:
            photo(chance, SIDE).save(path)
        with ThreadPoolExecutor(2) as pool:
            alone = speed(lambda: list(pool.map(images.pixels, paths)), COUNT)
        whole = speed(lambda: ec.embed_pictures(ws, paths, progress=False), COUNT)
    ratio = f"ratio {whole / alone:.2f}"
    both = (f"decoding alone {alone:.1f}/s", f"{whole:.1f}/s")
    row(f"embed pictures of {SIDE} px", *both, whole / alone, None, f"{COUNT} pictures")
    print(f"{SIDE} px PNG files: {whole:.1f}/s, decoding alone {alone:.1f}/s, {ratio}")
