"""What AST and EAT look at: Kaldi's log-mel spectrogram, cut to the length that the network takes.

25 ms every 10 ms, 128 mel bands, no dither, as both were trained. A sound longer
than one piece is looked at piece by piece; the last piece is followed by zeros,
and patches that reach into them are not counted.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from eightcut.models import torchaudio_wheel

RATE_HZ = 16_000
BANDS = 128
SHORTEST = 400  # samples under one frame
KALDI = {
    "sample_frequency": RATE_HZ,
    "window_type": "hanning",
    "num_mel_bins": BANDS,
    "dither": 0.0,
}


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
