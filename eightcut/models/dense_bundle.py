"""The dense mode of torchaudio's family: every second is heard once, in a long stretch.

Frames are pooled second by second, so that windows of whole seconds can be pooled
from them. Their numbers depend on all of the stretch and its context: this is
another space of embeddings than that of windows heard by themselves.
"""

import numpy as np
import torch

from eightcut.audio.windows import TICK, Grid
from eightcut.models.base import Floats
from eightcut.models.stretches import Stretch
from eightcut.models.torchaudio_bundle import HOP, TorchaudioBundle

STEPS_S = (1.0, 0.1, 0.02)  # the spans on offer, the longest first
STRETCH = Stretch(8.0, 2.0)


class DenseBundle:
    """A network that is run over long stretches; see ``Embedder`` and ``Encoder``."""

    batch = 8
    rate_hz = TorchaudioBundle.rate_hz
    stretch = STRETCH

    def __init__(self, network: TorchaudioBundle) -> None:
        self._network = network
        self.name, self.width = network.name, network.width
        self.revision = f"{network.revision}-dense{STRETCH.length:g}+{STRETCH.context:g}"

    def grid(self, window: Grid) -> Grid:
        """Seconds where every window holds a whole one, else tenths, else frames.

        Raises:
            ValueError: windows are shorter than a frame.
        """
        for step in STEPS_S:
            is_aligned = abs(window.hop / step - round(window.hop / step)) < TICK
            if window.length >= step * (1 if is_aligned else 2) - TICK:
                return Grid(step, step)
        raise ValueError(f"{self.name} cannot tell apart windows of {window.length:g} s")

    def embed(self, clips: Floats) -> Floats:
        """Clips that are heard without anything around them: (clips, samples) to (clips, width)."""
        return self._network.embed(clips)

    def encode(self, sound: Floats, first: int, rows: int, span: int) -> Floats:
        """The mean of the frames that begin in each span: (rows, width)."""
        frames = self._network.frames(torch.from_numpy(np.array(sound, np.float32)[None]))[0]
        every = span // HOP
        spans = frames[first // HOP :][: rows * every]
        # the last frame needs a little more sound than there may be
        lacking = spans[-1:].expand(rows * every - len(spans), -1)
        pooled = torch.cat([spans, lacking]).reshape(rows, every, -1).mean(dim=1)
        return np.asarray(pooled.cpu().numpy())
