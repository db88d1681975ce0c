"""How many seconds of sound each embedder hears per second, on this machine.

Run by hand: ``python benchmarks/bench_embed.py [NAME ...]``; YAMNET unless named.
Noise is as slow as music, so no media is needed.
"""

import sys
import time

import numpy as np

from eightcut.audio.windows import WINDOWS
from eightcut.models import fake, registry, stream

SECONDS, ROUNDS = 240, 3


def speed(name: str) -> float:
    """The best of some rounds, as a multiple of real time."""
    embedder = registry.load(name)
    sound = np.random.default_rng(0).normal(0, 0.1, SECONDS * embedder.rate_hz).astype(np.float32)
    rounds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _vectors, _rms in stream.frames(embedder, iter([sound]), embedder.grid(WINDOWS)):
            pass
        rounds.append(time.perf_counter() - begun)
    return SECONDS / min(rounds)


if __name__ == "__main__":
    fake.register()
    for name in sys.argv[1:] or ["FAKE", "YAMNET"]:
        print(f"{name}: {speed(name):.0f}x real time")
