"""YAMNet: 0.975 s of sound to 1,024 numbers, and to the 521 classes of AudioSet.

The front end and the network (MobileNet v1) are those of
https://github.com/tensorflow/models/tree/master/research/audioset/yamnet. A
patch is 96 spectrogram frames, which need 15,600 samples; one begins every
7,680 samples. Batch norm is folded into the convolutions when loading.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from eightcut.audio.windows import Grid
from eightcut.models import yamnet_weights
from eightcut.models.base import Floats, checked

RATE_HZ = 16_000
FRAME, STEP, FFT = 400, 160, 512  # samples: 25 ms every 10 ms
BANDS, LOW_HZ, HIGH_HZ, LOG_OFFSET = 64, 125.0, 7500.0, 0.001
PATCH = FRAME + 95 * STEP  # samples under 96 frames
PATCH_STEP = 48 * STEP
FRAMES = Grid(PATCH / RATE_HZ, PATCH_STEP / RATE_HZ)
EPSILON = 1e-4  # of batch norm
STRIDED = (0, 3, 7, 11, 23)  # the convolutions of stride 2
CONVOLUTIONS = 27
AT_ONCE = 32  # patches; more no longer fit into the caches of a CPU
LOGIT = 60.0  # beyond it, float32 sigmoid is 0 or 1


class Convolution(NamedTuple):
    """A convolution followed by a rectifier."""

    kernel: Tensor
    bias: Tensor
    stride: int
    groups: int


class Yamnet:
    """The network with its weights; see ``Embedder``."""

    name = "YAMNET"
    revision = f"{yamnet_weights.PINS[yamnet_weights.CONTENT][:8]}-1"
    rate_hz = RATE_HZ
    width = 1024
    batch = 512

    def __init__(self, weights: yamnet_weights.Weights) -> None:
        tensors = {name: torch.tensor(value) for name, value in weights.tensors.items()}
        self._convolutions = [_folded(tensors, index) for index in range(CONVOLUTIONS)]
        self._dense = tensors["54.kernel"], tensors["54.bias"]  # (1024, 521), (521,)
        self._window = torch.hann_window(FRAME, periodic=True)
        self._mel = torch.from_numpy(mel_weights())
        self._classes = weights.classes

    def grid(self, window: Grid) -> Grid:
        """A span per patch; a window too short to be sure of holding one is its own span."""
        return FRAMES if window.length >= FRAMES.length + FRAMES.hop else window

    def embed(self, clips: Floats) -> Floats:
        """The mean over a clip's patches: (clips, samples at 16 kHz) to (clips, 1024).

        A clip shorter than a patch is followed by silence.
        """
        vectors = self._per_patch(checked(clips), lambda vectors: vectors)
        return np.asarray(vectors.mean(axis=1))

    def class_scores(self, sound: Floats) -> Floats:
        """The classes heard in each patch of a sound: (samples,) to (patches, 521) in 0–1."""
        scores: Floats = self._per_patch(checked(np.atleast_2d(sound)), self._scores)[0]
        return scores

    def classes(self) -> tuple[str, ...]:
        """The names of the 521 classes, in the order of ``class_scores``."""
        return self._classes

    @torch.inference_mode()
    def _per_patch(self, clips: Floats, answer: Callable[[Tensor], Tensor]) -> Floats:
        """``answer`` to the vector of every patch: (clips, patches, numbers)."""
        sound = torch.from_numpy(clips)
        sound = functional.pad(sound, (0, max(0, PATCH - sound.shape[1])))
        patches = sound.unfold(1, PATCH, PATCH_STEP)  # (clips, patches, samples), a view
        answers = [answer(self._vectors(part)) for part in _parts(patches)]
        if not answers:
            return np.empty((0, patches.shape[1], self.width), np.float32)
        found = torch.cat(answers).numpy()
        return np.asarray(found.reshape(*patches.shape[:2], -1))

    def _vectors(self, patches: Tensor) -> Tensor:
        maps = self._spectrogram(patches).unsqueeze(1)  # (patches, 1, 96, 64)
        for layer in self._convolutions:
            maps = _convolved(maps, layer)
        return maps.mean(dim=(2, 3))  # (patches, 1024)

    def _spectrogram(self, patches: Tensor) -> Tensor:
        frames = patches.unfold(-1, FRAME, STEP) * self._window  # (patches, 96, 400)
        magnitude = torch.fft.rfft(frames, FFT).abs()
        return torch.log(magnitude @ self._mel + LOG_OFFSET)  # (patches, 96, 64)

    def _scores(self, vectors: Tensor) -> Tensor:
        kernel, bias = self._dense
        return torch.sigmoid((vectors @ kernel + bias).clamp(-LOGIT, LOGIT))


def load() -> Yamnet:
    """YAMNet with its published weights.

    Raises:
        ConnectionError: they are not on this machine and cannot be fetched.
    """
    return Yamnet(yamnet_weights.load())


def mel_weights() -> NDArray[np.float32]:
    """Triangles in the HTK mel scale, from magnitudes to bands; shape (257, 64)."""
    bins = _mel(np.arange(FFT // 2 + 1) * RATE_HZ / FFT)[:, None]
    edges = np.linspace(_mel(LOW_HZ), _mel(HIGH_HZ), BANDS + 2)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    weights = np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre))
    weights[0] = 0.0  # the constant part of the sound
    return np.maximum(weights, 0.0).astype(np.float32)


def _mel(frequency_hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(np.asarray(frequency_hz) / 700.0))


def _parts(patches: Tensor) -> Iterator[Tensor]:
    """A few patches at a time, copied out of the overlapping view."""
    clips, per_clip, _ = patches.shape
    for begin in range(0, clips * per_clip, AT_ONCE):
        index = torch.arange(begin, min(begin + AT_ONCE, clips * per_clip))
        yield patches[index // per_clip, index % per_clip]


def _folded(tensors: dict[str, Tensor], index: int) -> Convolution:
    """Convolution ``index`` with its batch norm, which has no gamma, folded in."""
    layer = 2 * index
    separate = f"{layer}.depthwise_kernel" in tensors
    kernel = tensors[f"{layer}.depthwise_kernel" if separate else f"{layer}.kernel"]
    kernel = kernel.permute((2, 3, 0, 1) if separate else (3, 2, 0, 1))  # (out, in, high, wide)
    scale = (tensors[f"{layer + 1}.moving_variance"] + EPSILON).rsqrt()
    bias = tensors[f"{layer + 1}.beta"] - tensors[f"{layer + 1}.moving_mean"] * scale
    kernel = (kernel * scale[:, None, None, None]).contiguous(memory_format=torch.channels_last)
    return Convolution(kernel, bias, 1 + (index in STRIDED), len(kernel) if separate else 1)


def _convolved(maps: Tensor, layer: Convolution) -> Tensor:
    padding = layer.kernel.shape[-1] // 2
    if layer.stride == 2:  # TensorFlow pads an even side at its end only
        maps, padding = functional.pad(maps, (0, 1, 0, 1)), 0
    maps = functional.conv2d(
        maps, layer.kernel, layer.bias, layer.stride, padding, groups=layer.groups
    )
    return maps.relu_()
