"""What AST and EAT look at: Kaldi's log-mel spectrogram, cut to the length that the network takes.

25 ms every 10 ms, 128 mel bands, no dither, as both were trained. A sound longer
than one piece is looked at piece by piece; the last piece is followed by zeros,
and patches that reach into them are not counted.
"""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from eightcut.audio.windows import Grid
from eightcut.models import accelerator, fast_linear, torchaudio_wheel
from eightcut.models.base import Floats, checked

RATE_HZ = 16_000
BANDS = 128
SHORTEST = 400  # samples under one frame
KALDI = {
    "sample_frequency": RATE_HZ,
    "window_type": "hanning",
    "num_mel_bins": BANDS,
    "dither": 0.0,
}


class Listener:
    """A transformer that looks at spectrograms, window by window; see ``Embedder``."""

    rate_hz = RATE_HZ
    width: int

    def __init__(self, name: str, network: Any, revision: str) -> None:
        self.name, self.revision = name, revision
        self._device = accelerator.device()
        self.batch = accelerator.BATCH[self._device]
        self._network = network.eval().requires_grad_(requires_grad=False).to(self._device)
        if self._device == "cpu":
            fast_linear.quicken(self._network)

    def grid(self, window: Grid) -> Grid:
        """The windows themselves."""
        return window

    def embed(self, clips: Floats) -> Floats:
        """The mean over the patches that hold sound: (clips, samples at 16 kHz) to (clips, width).

        A clip shorter than a frame of 25 ms is followed by silence.

        Raises:
            ValueError: ``clips`` is not an array of that shape, or holds no samples.
        """
        sound = torch.from_numpy(checked(clips))
        parts = map(np.asarray, accelerator.answers(sound, self._vectors, self.batch))
        return np.concatenate([np.empty((0, self.width), np.float32), *parts])

    def _vectors(self, clips: Tensor) -> Tensor:
        raise NotImplementedError


class Pieces(NamedTuple):
    """Clips of one length: (clips, pieces, frames, bands); frames of sound in each piece."""

    values: Tensor
    heard: list[int]


def pieces(clips: Tensor, length: int, mean: float, deviation: float) -> Pieces:
    """The spectrograms of clips (clips, samples) in pieces of ``length`` frames, normalised.

    The zeros that follow are put there before normalising, as in training.
    """
    fbank = torchaudio_wheel.load("torchaudio.compliance.kaldi").fbank
    padded = functional.pad(clips, (0, max(0, SHORTEST - clips.shape[1])))
    frames = torch.stack([fbank(clip[None], **KALDI) for clip in padded])
    number = -(-frames.shape[1] // length)
    heard = [min(length, frames.shape[1] - piece * length) for piece in range(number)]
    whole = functional.pad(frames, (0, 0, 0, number * length - frames.shape[1]))
    values = (whole - mean) / (2 * deviation)
    return Pieces(values.reshape(len(clips), number, length, BANDS), heard)


def wholly_heard(frames: int, patch: int, stride: int) -> int:
    """How many patches along time hold nothing but sound; at least the first."""
    return max((frames - patch) // stride + 1, 1)
