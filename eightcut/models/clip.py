"""CLIP ViT-B/32: the middle of a picture to the 512 numbers it shares with text.

The network is transformers' own, with OpenAI's weights from their hub. They are
taken as safetensors from a pinned revision only; a folder that a person filled
by hand comes first, so that a machine without network can be served.
"""

import hashlib
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import CLIPVisionModelWithProjection
from transformers.utils.hub import HUGGINGFACE_CO_RESOLVE_ENDPOINT, cached_file

from eightcut.home import home
from eightcut.models import pictures
from eightcut.models.base import Floats, Pictures

HUB = "openai/clip-vit-base-patch32"
REVISION = "c237dc49a33fc61debc9276459120b7eac67e7ef"  # the hub's own conversion to safetensors
FILES = ("config.json", "model.safetensors")
MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)


class Clip:
    """The part of CLIP that sees; see ``ImageEmbedder``."""

    name = "CLIP_VIT_B32"

    def __init__(self, network: Any, revision: str) -> None:
        self._device = pictures.device()
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
        answer: Tensor = self._network(pixel_values=batch.to(self._device)).image_embeds
        return answer


def folder() -> Path:
    """Where a person can put the weights by hand."""
    return home() / "weights" / HUB.partition("/")[2]


def load() -> Clip:
    """CLIP with its published weights, downloaded on first use.

    Raises:
        ConnectionError: the weights are not on this machine and cannot be downloaded.
        ValueError: the files that were put in ``folder()`` are not those of a CLIP model.
    """
    if folder().is_dir():
        return from_folder(folder())
    try:
        return from_folder(_fetched(is_local=True))
    except OSError:  # not downloaded yet
        pass
    try:
        _look_up_hub()
        return from_folder(_fetched(is_local=False))
    except OSError as reason:
        raise ConnectionError(
            f"CLIP_VIT_B32's weights are not on this machine and cannot be downloaded; copy "
            f"{' and '.join(FILES)} of {HUB} at revision {REVISION} into {folder()}"
        ) from reason


def from_folder(path: Path) -> Clip:
    """An embedder around a CLIP checkpoint that transformers has saved.

    Raises:
        ValueError: the folder does not hold one as safetensors.
    """
    if missing := [name for name in FILES if not (path / name).is_file()]:
        raise ValueError(f"{path} has no {' and no '.join(missing)}; copy it there from {HUB}")
    try:
        network = CLIPVisionModelWithProjection.from_pretrained(
            path, use_safetensors=True, local_files_only=True
        )
    except (OSError, ValueError, KeyError, SafetensorError) as reason:
        raise ValueError(f"{path} does not hold a CLIP model: {reason}") from reason
    with (path / FILES[1]).open("rb") as weights:
        content = hashlib.file_digest(weights, "sha256").hexdigest()
    return Clip(network, f"{content[:8]}-1")


def _fetched(*, is_local: bool) -> Path:
    """The folder of the pinned files among what the hub's library has kept."""
    kept = home() / "weights" / "hub"
    options = {"revision": REVISION, "cache_dir": kept, "local_files_only": is_local}
    found = {Path(str(cached_file(HUB, name, **options))).parent for name in FILES}
    return found.pop()


def _look_up_hub() -> None:
    """Raise OSError at once where there is no network; the hub's library tries for a minute."""
    if not getproxies().get("https"):
        socket.getaddrinfo(urlsplit(HUGGINGFACE_CO_RESOLVE_ENDPOINT).hostname, 443)
