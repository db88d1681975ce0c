"""What every embedder of sound must keep to, asked of one that somebody else wrote."""

from collections.abc import Callable, Iterator

import numpy as np

from eightcut.audio.windows import Grid
from eightcut.models import registry
from eightcut.models.base import Embedder, Floats

CLIPS, SECONDS = 3, 2.0
CLOSE = 1e-5  # of the size of a vector
WINDOWS = (Grid(0.5, 0.25), Grid(1.0, 1.0), Grid(8.0, 1.0))


def check_embedder(embedder: Embedder | str) -> tuple[str, ...]:
    """What an embedder of sound does otherwise than eightcut counts on, in sentences.

    Nothing is said of how good its vectors are: ``run_experiments`` tells that.

    Args:
        embedder: one, or the name under which it is registered.

    Returns:
        One sentence per broken promise; empty where it keeps all of them.
    """
    found = registry.load(embedder, "sound") if isinstance(embedder, str) else embedder
    problems = [*_about(found)]
    if not problems:
        problems += _vectors(found)
    return tuple(problems)


def _about(embedder: Embedder) -> Iterator[str]:
    for name, kind in {"name": str, "revision": str, "rate_hz": int, "width": int}.items():
        value = getattr(embedder, name, None)
        if not isinstance(value, kind) or not value:
            yield f"{name} must be {'text' if kind is str else 'a whole number'}, not {value!r}"
    for name in ("grid", "embed"):
        if not callable(getattr(embedder, name, None)):
            yield f"it has no method {name}"


def _vectors(embedder: Embedder) -> Iterator[str]:
    clips = _clips(embedder.rate_hz)
    for told, promise in PROMISES.items():
        try:
            is_kept = promise(embedder, clips)
        except Exception as problem:  # noqa: BLE001 - whatever foreign code raises is the finding
            yield f"{told}; it raised {type(problem).__name__}: {problem}"
        else:
            if not is_kept:
                yield told


def _clips(rate_hz: int) -> Floats:
    chance = np.random.default_rng(0)
    time = np.arange(round(SECONDS * rate_hz)) / rate_hz
    tones = np.sin(2 * np.pi * np.array([[220.0], [880.0], [3000.0]]) * time)
    return np.asarray(0.3 * tones + chance.normal(0, 0.02, tones.shape), np.float32)


def _shape(embedder: Embedder, clips: Floats) -> bool:
    vectors = embedder.embed(clips)
    is_right = vectors.shape == (CLIPS, embedder.width) and vectors.dtype == np.float32
    return is_right and bool(np.isfinite(vectors).all())


def _alone(embedder: Embedder, clips: Floats) -> bool:
    together = embedder.embed(clips * np.array([[1.0], [0.01], [3.0]], np.float32))
    return _is_close(embedder.embed(clips[:1])[0], together[0])


def _twice(embedder: Embedder, clips: Floats) -> bool:
    return bool(np.array_equal(embedder.embed(clips), embedder.embed(clips)))


def _told_apart(embedder: Embedder, clips: Floats) -> bool:
    first, second, _ = embedder.embed(clips)
    return not _is_close(first, second)


def _read_only(embedder: Embedder, clips: Floats) -> bool:
    kept = clips.copy()
    kept.flags.writeable = False
    embedder.embed(kept)
    return bool(np.array_equal(kept, clips))


def _none(embedder: Embedder, clips: Floats) -> bool:
    return embedder.embed(clips[:0]).shape == (0, embedder.width)


def _short(embedder: Embedder, clips: Floats) -> bool:
    return bool(np.isfinite(embedder.embed(clips[:, :5])).all())


def _silence(embedder: Embedder, clips: Floats) -> bool:
    return bool(np.isfinite(embedder.embed(np.zeros_like(clips))).all())


def _spans(embedder: Embedder, _clips: Floats) -> bool:
    return all(0 < embedder.grid(window).length <= window.length for window in WINDOWS)


def _is_close(one: Floats, other: Floats) -> bool:
    return float(np.abs(one - other).max()) <= CLOSE * max(1.0, float(np.abs(one).max()))


PROMISES: dict[str, Callable[[Embedder, Floats], bool]] = {
    "embed must give finite float32 vectors of shape (clips, width)": _shape,
    "a clip must have the same vector alone and beside others, loud or quiet": _alone,
    "the same clips must have the same vectors twice": _twice,
    "different sounds must have different vectors": _told_apart,
    "read-only clips must be taken, and left as they are": _read_only,
    "no clips must be no vectors, of shape (0, width)": _none,
    "a clip of a few samples must have a finite vector": _short,
    "silence must have a finite vector": _silence,
    "the spans of grid must be no longer than the windows": _spans,
}
