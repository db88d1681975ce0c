"""CLIP ViT-B/32: the middle of a picture to the 512 numbers it shares with text.

The network is transformers' own, with OpenAI's weights from their hub. They are
taken as safetensors from a pinned revision only; a folder that a person filled
by hand comes first, so that a machine without network can be served.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import CLIPVisionModelWithProjection

from eightcut.models import accelerator, hub, pictures
from eightcut.models.base import Floats, Pictures

PUBLISHED = hub.Published(
    "openai/clip-vit-base-patch32",
    "c237dc49a33fc61debc9276459120b7eac67e7ef",  # the hub's own conversion to safetensors
    ("config.json", "model.safetensors"),
)
MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)


class Clip:
    """The part of CLIP that sees; see ``ImageEmbedder``."""

    name = "CLIP_VIT_B32"

    def __init__(self, network: Any, revision: str) -> None:
        self._device = accelerator.device()
        self._network = network.eval().requires_grad_(requires_grad=False).to(self._device)
        self.revision = revision
        self.edge: int = network.config.image_size
        self.width: int = network.config.projection_dim

    def embed(self, images: Pictures) -> Floats:
        """The projected vector, not brought to length 1: uint8 (height, width, 3) to (n, 512)."""
        return pictures.vectors(images, self._vectors, self._prepared, width=self.width)

    def _prepared(self, picture: Tensor) -> Tensor:
        square = pictures.middle(picture, self.edge, self.edge).float() / 255.0
        mean, deviation = (torch.tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
        return (square - mean) / deviation

    @torch.inference_mode()
    def _vectors(self, batch: Tensor) -> Tensor:
        answer: Tensor = self._network(
            pixel_values=accelerator.moved(batch, self._device)
        ).image_embeds
        return answer


def load() -> Clip:
    """CLIP with its published weights, downloaded on first use.

    Raises:
        ConnectionError: the weights are not on this machine and cannot be downloaded.
        ValueError: the files that were put there by hand are not those of a CLIP model.
    """
    return from_folder(hub.fetch(PUBLISHED, Clip.name))


def from_folder(path: Path) -> Clip:
    """An embedder around a CLIP checkpoint that transformers has saved.

    Raises:
        ValueError: the folder does not hold one as safetensors.
    """
    hub.require(path, PUBLISHED.files, PUBLISHED.repository)
    try:
        network = CLIPVisionModelWithProjection.from_pretrained(
            path, use_safetensors=True, local_files_only=True
        )
    except (OSError, ValueError, KeyError, SafetensorError) as reason:
        raise ValueError(f"{path} does not hold a CLIP model: {reason}") from reason
    return Clip(network, f"{hub.digest([path / PUBLISHED.files[1]])[:8]}-1")
