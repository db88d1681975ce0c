"""The positional convolution of the speech models, which looks at 128 frames, by way of spectra.

In a spectrum it is one product per frequency, a fifth of the work at hand; the result
is the same but for rounding (1e-6 of its size).
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class Position(nn.Module):
    """In place of torchaudio's ``ConvolutionalPositionalEmbedding``."""

    def __init__(self, convolution: Any) -> None:
        super().__init__()
        self._kernel: int = convolution.kernel_size[0]
        self._groups: int = convolution.groups
        self._bias = convolution.bias.detach().float()
        self._block = 2 * self._kernel
        weight = convolution.weight.detach().float().unflatten(0, (self._groups, -1))
        # turned round in time: networks call a convolution what is a correlation
        spectra = torch.fft.rfft(weight, n=self._block).conj()  # (groups, out, in, frequencies)
        self._spectra = spectra.permute(3, 0, 2, 1).flatten(0, 1).resolve_conj().contiguous()

    def forward(self, frames: Tensor) -> Tensor:
        """(clips, frames, width) to the same, in the same precision."""
        clips, times, width = frames.shape
        step = self._block - self._kernel + 1  # what a block gives that is not wrapped around
        blocks = -(-times // step)
        before = self._kernel // 2
        after = (blocks - 1) * step + self._block - times - before
        padded = functional.pad(frames.float(), (0, 0, before, after))
        spectra = torch.fft.rfft(padded.unfold(1, self._block, step))
        mixed = self._mixed(spectra.flatten(0, 1))
        rows = torch.fft.irfft(mixed, n=self._block)[..., :step]  # (clips · blocks, width, step)
        found = rows.transpose(1, 2).reshape(clips, blocks * step, width)[:, :times]
        return functional.gelu(found + self._bias).to(frames.dtype)

    def _mixed(self, spectra: Tensor) -> Tensor:
        """(blocks, width, frequencies) to the same, every group of channels by its weights."""
        blocks, width, frequencies = spectra.shape
        parts = spectra.reshape(blocks, self._groups, -1, frequencies).permute(3, 1, 0, 2)
        products = torch.bmm(parts.flatten(0, 1), self._spectra)
        whole = products.view(frequencies, self._groups, blocks, -1).permute(2, 1, 3, 0)
        return whole.reshape(blocks, width, frequencies)
