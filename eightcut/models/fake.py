"""An embedder without weights, for tests and tours: coarse spectra, nothing learned.

It is not listed until ``register()`` is called, so that nobody trains on it by mistake.
"""

import numpy as np

from eightcut.audio.windows import Grid
from eightcut.models import registry
from eightcut.models.base import Floats, checked

BANDS = 16
PATCH_S, STEP_S = 1.0, 0.5


class Fake:
    """Log energies in 16 bands of frequency, averaged over patches of 1 s; see ``Embedder``."""

    name = "FAKE"
    revision = "1"
    rate_hz = 16_000
    width = BANDS
    batch = 64

    def grid(self, window: Grid) -> Grid:
        """A span per patch where windows are long enough to hold one."""
        frames = Grid(PATCH_S, STEP_S)
        return frames if window.length >= PATCH_S + STEP_S else window

    def embed(self, clips: Floats) -> Floats:
        """(clips, samples at 16 kHz) to (clips, 16)."""
        clips = checked(clips)
        patch = min(int(PATCH_S * self.rate_hz), clips.shape[1])
        patches = np.lib.stride_tricks.sliding_window_view(clips, patch, axis=1)
        patches = patches[:, :: int(STEP_S * self.rate_hz)]  # (clips, patches, samples)
        power = np.abs(np.fft.rfft(patches)) ** 2 / patch
        edges = np.linspace(0, power.shape[-1], BANDS + 1).astype(int)[:-1]
        bands = np.log10(np.add.reduceat(power, np.minimum(edges, power.shape[-1] - 1), -1) + 1e-6)
        return np.asarray(bands.mean(axis=1), np.float32)


def register() -> None:
    """Make ``registry.load("FAKE")`` work in this process."""
    registry.register("FAKE", Fake)
