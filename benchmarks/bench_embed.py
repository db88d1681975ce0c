"""How fast embedders hear, and what the modes of the speech models are worth.

Run by hand: ``python benchmarks/bench_embed.py [NAME ...]``; YAMNET and HUBERT_BASE unless
named. Speech models have random weights of their true size (the speed is right; how
much of what they hear a mode keeps is only an idea). The earlier way is torchaudio's
own network on each window of 8 s, one per second, in batches of 16, in float32.
All rows of a model come from one process, and ratios are of processor time, which
a busy machine disturbs least. HUBERT_XLARGE needs 9 GB and some minutes, and is
run on two windows.
"""

import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from benchmarks.rows import row
from eightcut.audio.windows import WINDOWS, Grid
from eightcut.models import (
    bundles,
    fake,
    fast_linear,
    processor,
    registry,
    stream,
    torchaudio_wheel,
)
from eightcut.models.dense_bundle import STRETCH, DenseBundle
from eightcut.models.torchaudio_bundle import TorchaudioBundle

SECONDS, ROUNDS = 240, 3
RATE_HZ = 16_000
WINDOWS_OF = {"HUBERT_BASE": 16, "HUBERT_LARGE": 8, "HUBERT_XLARGE": 2}
PER_S = 50  # frames
GOALS_DENSE = {"HUBERT_BASE": 9.0, "HUBERT_XLARGE": 12.0}


class Row(NamedTuple):
    """Processor seconds per second of sound, and the vectors of the same windows."""

    way: str
    seconds: float
    vectors: np.ndarray


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


def network(name: str) -> Any:
    """The network at its true size; the same random weights every time."""
    torch.manual_seed(0)
    models = torchaudio_wheel.load("torchaudio.models")
    return getattr(models, name.lower())().eval().requires_grad_(requires_grad=False)


def changing(seconds: int) -> np.ndarray:
    """Tones and noise that change every half second, so that windows differ."""
    chance = np.random.default_rng(0)
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    parts = [
        level * (np.sin(2 * np.pi * pitch * time_s) + chance.normal(0, hiss, len(time_s)))
        for level, pitch, hiss in zip(
            chance.uniform(0.01, 0.3, 2 * seconds),
            chance.uniform(80, 4000, 2 * seconds),
            chance.uniform(0, 2, 2 * seconds),
            strict=True,
        )
    ]
    return np.concatenate(parts).astype(np.float32)


def rows(name: str) -> Iterator[Row]:
    """Every way of embedding the same windows."""
    number = WINDOWS_OF[name]
    sound = changing(number + 7)
    clips = np.stack([sound[second * RATE_HZ :][: 8 * RATE_HZ] for second in range(number)])
    plain = network(name)
    yield _timed("earlier way, float32", lambda: _earlier(plain, clips), number)
    for label, is_bf16 in (("", False), (" bf16", True)):
        if is_bf16 and not processor.has_bf16():
            continue
        model = network(name) if is_bf16 else plain
        embedder = TorchaudioBundle(name, model, "random", bundles.BUNDLES[name], is_bf16=is_bf16)
        yield _timed(f"exact{label}", lambda e=embedder: e.embed(clips), number)
        yield _timed(f"shared CNN{label}", lambda m=model: _shared(m, sound, number), number)
        yield _dense(f"dense{label}", DenseBundle(embedder), sound, number)


@torch.inference_mode()
def _earlier(model: Any, clips: np.ndarray) -> np.ndarray:
    parts = torch.from_numpy(clips).split(16)
    return np.concatenate([model(part)[0].mean(dim=1).numpy() for part in parts])


@torch.inference_mode()
def _shared(model: Any, sound: np.ndarray, number: int) -> np.ndarray:
    """The convolutions once over all of the sound, the transformer window by window."""
    frames = model.feature_extractor(torch.from_numpy(sound[None]), None)[0]
    windows = [frames[:, second * PER_S :][:, : 8 * PER_S - 1] for second in range(number)]
    return np.concatenate([model.encoder(one).float().mean(dim=1).numpy() for one in windows])


def _dense(way: str, embedder: DenseBundle, sound: np.ndarray, number: int) -> Row:
    """Timed on a stretch as in the middle of a recording; vectors of all windows."""
    length, context = (round(seconds * RATE_HZ) for seconds in STRETCH)
    middle = changing(round(STRETCH.length + 2 * STRETCH.context))
    seconds = round(STRETCH.length)
    timed = _timed(way, lambda: embedder.encode(middle, context, seconds, RATE_HZ), seconds)
    assert len(middle) == length + 2 * context
    parts = stream.frames(embedder, iter([sound]), Grid(1.0, 1.0))
    found = np.concatenate([vectors for vectors, _ in parts])
    return timed._replace(vectors=np.stack([found[k : k + 8].mean(axis=0) for k in range(number)]))


def _timed(way: str, work: Callable[[], np.ndarray], seconds: int) -> Row:
    begun = time.process_time()
    vectors = work()
    return Row(way, (time.process_time() - begun) / seconds, vectors)


def z_cosine(one: np.ndarray, other: np.ndarray) -> float:
    """Of vectors whose every number is scaled to mean 0 and deviation 1; the mean over windows."""
    first, second = (
        (part - part.mean(axis=0)) / (part.std(axis=0) + 1e-12) for part in (one, other)
    )
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return float(np.mean(np.sum(first * second, axis=1) / norms))


def products() -> str:
    """What torch and oneDNN make of the same product of matrices, which bounds what can be won."""
    sound, weight, bias = torch.randn(1600, 768), torch.randn(3072, 768), torch.randn(3072)
    quick = fast_linear.Quick(weight, bias)
    work = 2 * 1600 * 768 * 3072 / 1e9
    plain, fast = (
        work / min(_timed("", lambda one=one: one(sound), 1).seconds for _ in range(6))
        for one in (lambda given: functional.linear(given, weight, bias), quick)
    )
    gain = f"{fast:.0f} ({fast / plain:.2f}x)"
    return f"float32 products: torch {plain:.0f} GFLOP per CPU s, oneDNN {gain}"


def _tell(name: str, first: Row, one: Row, error: float, likeness: float) -> None:
    """A row of the table of all benchmarks, for the ways that have a goal."""
    dense = GOALS_DENSE.get(name)
    goals = {"exact": 1.4, "exact bf16": 2.3, "dense": None, "dense bf16": dense}
    if one.way not in goals:
        return
    others = {
        "exact": {"error up to 1e-5": error <= 1e-5},
        "exact bf16": {"z-cosine from 0.999": likeness >= 0.999},
    }
    figures = (f"{way.seconds:.3f} CPU s per s" for way in (first, one))
    n = f"{WINDOWS_OF[name]} windows, random weights"
    ratio, also = first.seconds / one.seconds, others.get(one.way)
    row(f"embed, {name} {one.way}", *figures, ratio, goals[one.way], n, holds=also)


def table(name: str) -> None:
    """Print the rows of a model; vectors are compared with the earlier way's."""
    print(f"{name}, {WINDOWS_OF[name]} windows, random weights; {products()}")
    print(f"{'way':22} {'CPU s per s':>12} {'ratio':>7} {'max error':>10} {'z-cosine':>9}")
    first: Row | None = None
    for one in rows(name):
        first = first or one
        error = np.abs(one.vectors - first.vectors).max() / np.abs(first.vectors).max()
        likeness = z_cosine(one.vectors, first.vectors)
        print(
            f"{one.way:22} {one.seconds:12.3f} {first.seconds / one.seconds:6.2f}x "
            f"{error:10.1e} {likeness:9.4f}",
            flush=True,
        )
        _tell(name, first, one, float(error), likeness)
    if not processor.has_bf16():
        print("bf16: this processor does not multiply it")


if __name__ == "__main__":
    fake.register()
    for name in sys.argv[1:] or ["FAKE", "YAMNET", "HUBERT_BASE"]:
        if name in WINDOWS_OF:
            table(name)
        else:
            told = speed(name)
            print(f"{name}: {told:.0f}x real time")
            row(f"embed, {name}", None, f"{told:.0f}x real time", None, None, f"{ROUNDS} rounds")
