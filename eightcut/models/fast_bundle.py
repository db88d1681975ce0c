"""The networks of torchaudio's family, computed in fewer steps to the same result, on a CPU.

The convolutions run over two seconds at a time, which stay in the processor's
cache, as products of matrices with the activation in the same step. The first
one's normalisation over time is folded into its weights: mean and variance of
its output follow from those of the samples under its kernel. Every clip is
computed by itself, so its frames do not depend on its neighbours.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from eightcut.models.fast_linear import Quick, linear, quicken
from eightcut.models.long_convolution import Position

TILE = 100  # frames at a time: two seconds


def speed_up(network: Any, precision: torch.dtype) -> None:
    """Rebuild a ``Wav2Vec2Model`` in place, its transformer in some precision.

    Its extractor then gives that precision, too.
    """
    transformer = network.encoder.transformer
    transformer.pos_conv_embed = Position(transformer.pos_conv_embed.conv)
    network.encoder.to(precision)
    for layer in transformer.layers:
        layer.feed_forward = _feed_forward(layer.feed_forward)
        if precision == torch.bfloat16 and type(layer.attention).__name__ == "SelfAttention":
            layer.attention = _Attention(layer.attention)
    quicken(network)
    network.feature_extractor = Extractor(network.feature_extractor, precision)


def _feed_forward(layer: Any) -> nn.Module:
    first, second = layer.intermediate_dense, layer.output_dense
    return nn.Sequential(
        Quick(first.weight, first.bias, gelu=True), Quick(second.weight, second.bias)
    )


class _Attention(nn.Module):
    """Self-attention in plain steps, which in bfloat16 is faster than torch's own one step."""

    def __init__(self, original: Any) -> None:
        super().__init__()
        self.q_proj, self.k_proj = original.q_proj, original.k_proj
        self.v_proj, self.out_proj = original.v_proj, original.out_proj
        self._heads, self._scaling = original.num_heads, original.scaling

    def forward(self, sound: Tensor, **_nothing: Any) -> tuple[Tensor, None]:
        """(clips, frames, width) to the same; there are neither masks nor biases."""
        query, key, value = (
            layer(sound).unflatten(2, (self._heads, -1)).transpose(1, 2)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        weights = ((query * self._scaling) @ key.transpose(2, 3)).softmax(dim=-1)
        return self.out_proj((weights @ value).transpose(1, 2).flatten(2)), None


class _Step(NamedTuple):
    """A convolution: which samples its kernel sees, and what follows."""

    kernel: int
    stride: int
    apply: Callable[[Tensor], Tensor]


class Extractor(nn.Module):
    """In place of torchaudio's ``FeatureExtractor``: samples to frames."""

    def __init__(self, original: Any, precision: torch.dtype) -> None:
        super().__init__()
        first, *others = original.conv_layers
        self._first, self._precision = first, precision
        self._plain_first = None if _is_over_time(first) else _step(first, torch.float32, precision)
        self._others = [_step(layer, precision, precision) for layer in others]

    def forward(self, sound: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """(clips, samples) to (clips, frames, channels); lengths are not looked at."""
        return torch.stack([self._frames(clip) for clip in sound]), lengths

    def _frames(self, clip: Tensor) -> Tensor:
        steps = [self._plain_first or _folded(self._first, clip), *self._others]
        hop, reach = 1, 1
        for step in steps:
            hop, reach = hop * step.stride, reach + (step.kernel - 1) * hop
        number = (len(clip) - reach) // hop + 1
        begins = range(0, number, TILE)
        parts = [clip[n * hop : (min(n + TILE, number) - 1) * hop + reach] for n in begins]
        return torch.cat([self._through(part[:, None], steps) for part in parts])

    def _through(self, sound: Tensor, steps: list[_Step]) -> Tensor:
        """(samples, 1) to (frames, channels)."""
        for step in steps:
            sound = step.apply(_patches(sound, step.kernel, step.stride)).to(self._precision)
        return sound


def _is_over_time(layer: Any) -> bool:
    return isinstance(layer.layer_norm, nn.GroupNorm)


def _step(layer: Any, precision: torch.dtype, then: torch.dtype) -> _Step:
    """A convolution in one precision, and its activation in that of the next."""
    norm, convolution = layer.layer_norm, layer.conv
    weight = _matrix(convolution).to(precision)
    bias = None if convolution.bias is None else convolution.bias.to(precision)
    if norm is None:
        return _Step(layer.kernel_size, layer.stride, Quick(weight, bias, gelu=True))
    plain, scaling = Quick(weight, bias), (norm.weight.to(precision), norm.bias.to(precision))

    def apply(under: Tensor) -> Tensor:
        scaled = functional.layer_norm(plain(under), norm.normalized_shape, *scaling, norm.eps)
        return functional.gelu(scaled.to(then))

    return _Step(layer.kernel_size, layer.stride, apply)


def _folded(layer: Any, clip: Tensor) -> _Step:
    """The first convolution with its normalisation over the whole of a clip."""
    norm, kernel, stride = layer.layer_norm, layer.kernel_size, layer.stride
    weight = _matrix(layer.conv).double()
    under = _patches(clip[:, None], kernel, stride).double()  # (places, kernel)
    mean = under.mean(dim=0)
    spread = (weight @ torch.cov(under.T, correction=0) * weight).sum(dim=1).clamp(min=0)
    scale = norm.weight.double() / (spread + norm.eps).sqrt()
    # a bias of the convolution would move the mean as well, and so falls out
    bias = (norm.bias.double() - scale * (weight @ mean)).float()
    scaled = (scale[:, None] * weight).float()
    return _Step(kernel, stride, lambda under: linear(under, scaled, bias, gelu=True))


def _matrix(convolution: Any) -> Tensor:
    """Its weights as (out, kernel · in)."""
    found: Tensor = convolution.weight.transpose(1, 2).flatten(1).contiguous()
    return found


def _patches(sound: Tensor, kernel: int, stride: int) -> Tensor:
    """What the kernel sees at each place: (times, channels) to (places, kernel · channels)."""
    places, channels = (len(sound) - kernel) // stride + 1, sound.shape[1]
    shape, strides = (places, kernel * channels), (stride * channels, 1)
    whole = sound.contiguous()
    return whole.as_strided(shape, strides, whole.storage_offset()).contiguous()
