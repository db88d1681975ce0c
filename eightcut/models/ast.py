"""AST, the audio spectrogram transformer: sound to 768 numbers, or to four layers of them.

The network is transformers' own, with the weights that its authors published
(https://huggingface.co/MIT/ast-finetuned-audioset-10-10-0.4593), taken as
safetensors from a pinned revision only.
"""

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import ASTModel

from eightcut import foreign
from eightcut.models import accelerator, bundles, hub, spectrogram

PUBLISHED = hub.Published(
    "MIT/ast-finetuned-audioset-10-10-0.4593",
    "f826b80d28226b62986cc218e5cec390b1096902",
    ("config.json", "model.safetensors"),
)
_BROKEN = (
    ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, SafetensorError, TypeError,
    ValueError,
)  # fmt: skip
"""What transformers raises over a description that is none."""

MEAN, DEVIATION = -4.2677393, 4.5689974  # of AudioSet's spectrograms
SPECIAL = 2  # tokens before those of the patches: class and distillation


class Ast(spectrogram.Listener):
    """The network with its weights; ``_ML`` puts the last layer of each quarter side by side."""

    def __init__(self, name: str, network: Any, revision: str) -> None:
        super().__init__(name, network, revision)
        config = network.config
        self._length: int = config.max_length
        self._rows = (config.num_mel_bins - config.patch_size) // config.frequency_stride + 1
        self._columns = (self._length - config.patch_size) // config.time_stride + 1
        self._patch, self._stride = config.patch_size, config.time_stride
        self._is_multi = name.endswith(bundles.MULTI_LAYER)
        self._tapped = bundles.tapped(config.num_hidden_layers)
        self.width: int = config.hidden_size * (len(self._tapped) if self._is_multi else 1)

    @torch.inference_mode()
    def _vectors(self, clips: Tensor) -> Tensor:
        cut = spectrogram.pieces(clips, self._length, MEAN, DEVIATION)
        layers = self._layers(accelerator.moved(cut.values.flatten(0, 1), self._device))
        means = [self._mean(tokens, cut.heard) for tokens in layers]
        return torch.cat(means, dim=1).float()

    def _layers(self, values: Tensor) -> list[Tensor]:
        """(clips · pieces, frames, bands) to (clips · pieces, tokens, width) for each layer."""
        if not self._is_multi:
            return [self._network(values).last_hidden_state]
        # the first of the hidden states is what goes into the first layer
        states = self._network(values, output_hidden_states=True).hidden_states
        return [states[layer + 1] for layer in self._tapped]

    def _mean(self, tokens: Tensor, heard: list[int]) -> Tensor:
        """(clips, width); patches lie band by band, along time within a band."""
        width = tokens.shape[2]
        patches = tokens[:, SPECIAL:].reshape(-1, len(heard), self._rows, self._columns, width)
        numbers = [spectrogram.wholly_heard(frames, self._patch, self._stride) for frames in heard]
        kept = [patches[:, piece, :, :number] for piece, number in enumerate(numbers)]
        return torch.cat(kept, dim=2).flatten(1, 2).mean(dim=1)


def load(name: str = "AST") -> Ast:
    """AST with its published weights, downloaded on first use.

    Raises:
        ConnectionError: the weights are not on this machine and cannot be downloaded.
        ImportError: torchaudio, which makes the spectrogram, does not work with this torch.
        ValueError: the files that were put there by hand are not those of an AST model.
    """
    return from_folder(hub.fetch(PUBLISHED, name), name)


def from_folder(path: Path, name: str = "AST") -> Ast:
    """An embedder around an AST checkpoint that transformers has saved.

    Raises:
        ValueError: the folder does not hold one as safetensors.
    """
    hub.require(path, PUBLISHED.files, PUBLISHED.repository)
    try:
        network = ASTModel.from_pretrained(
            path, use_safetensors=True, local_files_only=True, attn_implementation="sdpa"
        )
    except _BROKEN as reason:
        told = foreign.brief(reason)
        raise ValueError(f"{path} does not hold an AST model: {told}") from reason
    return Ast(name, network, f"{hub.digest([path / PUBLISHED.files[1]])[:8]}-1")
