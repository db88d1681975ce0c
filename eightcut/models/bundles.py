"""The speech models of torchaudio: a table that can be listed without loading torch."""

from typing import NamedTuple

MULTI_LAYER = "_ML"  # behind a name: four layers, concatenated


class Mode(NamedTuple):
    """How a network is run; each has vectors of its own, which are not mixed with others'."""

    is_dense: bool = False
    is_bf16: bool = False


EXACT = Mode()
MODES = {
    "bf16": Mode(is_bf16=True),
    "dense": Mode(is_dense=True),
    "dense-bf16": Mode(is_dense=True, is_bf16=True),
}  # behind a name and an @


class Shape(NamedTuple):
    """How wide and how deep a transformer is."""

    width: int
    layers: int


BUNDLES = {
    "WAV2VEC2_BASE": Shape(768, 12),
    "WAV2VEC2_LARGE": Shape(1024, 24),
    "WAV2VEC2_LARGE_LV60K": Shape(1024, 24),
    "HUBERT_BASE": Shape(768, 12),
    "HUBERT_LARGE": Shape(1024, 24),
    "HUBERT_XLARGE": Shape(1280, 48),
    "WAVLM_BASE": Shape(768, 12),
    "WAVLM_BASE_PLUS": Shape(768, 12),
    "WAVLM_LARGE": Shape(1024, 24),
}


def names() -> list[str]:
    """Every bundle, and every bundle with four layers."""
    return [*BUNDLES, *(name + MULTI_LAYER for name in BUNDLES)]


def tapped(layers: int) -> tuple[int, ...]:
    """Which layers a multi-layer variant reads: the last one of each quarter."""
    return tuple(layers * quarter // 4 - 1 for quarter in (1, 2, 3, 4))


def parted(name: str) -> tuple[str, Mode]:
    """The name without its mode, and the mode."""
    plain, _, mode = name.partition("@")
    return plain, MODES[mode] if mode else EXACT
