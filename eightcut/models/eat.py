"""EAT, the efficient audio transformer: sound to 768 numbers, or to 1,024 (large).

Weights and network are the authors' own
(https://huggingface.co/worstchan/EAT-base_epoch30_finetune_AS2M), and the network
is code that the hub delivers. It runs only after a person has named the revision
that may (``remote_code.allow``), and only from that revision.
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoModel

from eightcut import foreign
from eightcut.models import accelerator, hub, remote_code, spectrogram

REPOSITORIES = {
    "EAT": "worstchan/EAT-base_epoch30_finetune_AS2M",
    "EAT_LARGE": "worstchan/EAT-large_epoch20_finetune_AS2M",
}
CONFIG, WEIGHTS = "config.json", "model.safetensors"
FILES = (CONFIG, WEIGHTS, "*.py")
LENGTH = 1024  # frames of a piece
PATCH = 16  # frames, and bands
_BROKEN = (
    ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, SafetensorError, TypeError,
    ValueError,
)  # fmt: skip
"""What the network's own code raises over a description that is none."""

MEAN, DEVIATION = -4.268, 4.569


class Eat(spectrogram.Listener):
    """The network with its weights; see ``Embedder``."""

    def __init__(self, name: str, network: Any, revision: str) -> None:
        super().__init__(name, network, revision)
        self.width = self._tokens(torch.zeros(1, LENGTH, spectrogram.BANDS)).shape[2]

    def _vectors(self, clips: Tensor) -> Tensor:
        cut = spectrogram.pieces(clips, LENGTH, MEAN, DEVIATION)
        found = self._tokens(cut.values.flatten(0, 1))
        tokens = found.reshape(len(clips), len(cut.heard), *found.shape[1:])
        bands = spectrogram.BANDS // PATCH
        numbers = [bands * spectrogram.wholly_heard(frames, PATCH, PATCH) for frames in cut.heard]
        # the class comes first; patches lie along time, the bands of one time together
        kept = [tokens[:, piece, 1 : 1 + number] for piece, number in enumerate(numbers)]
        return torch.cat(kept, dim=1).mean(dim=1).float()

    @torch.inference_mode()
    def _tokens(self, values: Tensor) -> Tensor:
        """(pieces, frames, bands) to (pieces, 1 + patches, width)."""
        found: Tensor = self._network.extract_features(
            accelerator.moved(values[:, None], self._device)
        )
        return found


def load(name: str = "EAT") -> Eat:
    """EAT with its published weights and code, downloaded on first use.

    Raises:
        PermissionError: nobody has allowed its code, or not this revision of it.
        ConnectionError: the files are not on this machine and cannot be downloaded.
        ImportError: its code needs packages that are not installed.
        ValueError: the files are not those of an EAT model.
    """
    repository, revision = REPOSITORIES[name], remote_code.allowed(name)
    by_hand = hub.folder(repository)
    if by_hand.is_dir():
        return from_folder(by_hand, name)
    if revision is None:
        raise PermissionError(
            f"{name} runs code from huggingface.co/{repository}: read it there, choose a "
            f"revision, and allow that one with "
            f"`eightcut models allow {name} --revision <40 digits>`"
        )
    return _loaded(hub.fetch(hub.Published(repository, revision, FILES), name), name)


def from_folder(path: Path, name: str = "EAT") -> Eat:
    """An embedder around a checkpoint in a folder, with its code; raises as ``load`` does."""
    hub.require(path, (CONFIG, WEIGHTS), REPOSITORIES[name])
    code = hub.digest([path / CONFIG, *path.glob("*.py")])
    if remote_code.allowed(name) != code:
        raise PermissionError(
            f"{name} runs the code in {path}: read it, and allow it as it is with "
            f"`eightcut models allow {name} --revision {code}`"
        )
    return _loaded(path, name)


def _loaded(path: Path, name: str) -> Eat:
    _check_origin(path)
    try:
        network = AutoModel.from_pretrained(
            path, trust_remote_code=True, local_files_only=True, use_safetensors=True
        )
    except ImportError as reason:
        raise ImportError(
            f"{name}'s own code needs packages that are missing ({reason}); it uses timm, and timm "
            "a torchvision built for the same torch: install both beside each other, for a CPU "
            "build from the index of PyTorch's own CPU wheels"
        ) from reason
    except _BROKEN as reason:
        told = foreign.brief(reason)
        raise ValueError(f"{path} does not hold an EAT model: {told}") from reason
    code = hub.digest([path / CONFIG, *path.glob("*.py")])
    return Eat(name, network, f"{hub.digest([path / WEIGHTS])[:8]}-{code[:8]}-1")


def _check_origin(path: Path) -> None:
    """Refuse a checkpoint that names code of another repository, which nobody has allowed."""
    try:
        classes = json.loads((path / CONFIG).read_bytes())["auto_map"]
        strange = [name for name in classes.values() if not isinstance(name, str) or "--" in name]
    except (KeyError, ValueError, AttributeError, TypeError, RecursionError) as reason:
        raise ValueError(f"{path / CONFIG} does not say which code to run: {reason}") from reason
    if strange:
        raise PermissionError(f"{path / CONFIG} asks for code from elsewhere: {strange[0]}")
