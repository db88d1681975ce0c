"""wav2vec 2.0, HuBERT and WavLM, as torchaudio's pipelines carry them.

Every window is heard by itself, as in training of these networks: frames are
not shared between windows, which would be another space of embeddings and is
a mode of its own (``dense_bundle``).
"""

import hashlib
from pathlib import Path
from pickle import UnpicklingError  # only the name: what is not plain tensors is refused
from typing import Any
from urllib.parse import urljoin

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from eightcut import atomic
from eightcut.audio.windows import Grid
from eightcut.download import download
from eightcut.home import home
from eightcut.models import accelerator, bundles, fast_bundle, processor, torchaudio_wheel
from eightcut.models.base import Embedder, Floats, checked

AT_ONCE_S = {"cpu": 32.0, "cuda": 2048.0}  # seconds of sound in a pass; more is no faster
HOP = 320  # samples between frames
PUBLISHED = "https://download.pytorch.org/torchaudio/models/"
SHORTEST = 400  # samples that the convolutions need for one frame


class TorchaudioBundle:
    """One network of the family; see ``Embedder``.

    Args:
        name: the bundle's name, with ``_ML`` behind it for four layers, and the mode.
        model: a ``Wav2Vec2Model``, or torchaudio's wrapper that normalises the waveform.
            It is rebuilt to be faster, and must not be used elsewhere.
        revision: of its weights.
        shape: its width and depth.
        is_bf16: compute in bfloat16: another revision.
    """

    rate_hz = 16_000

    def __init__(
        self, name: str, model: Any, revision: str, shape: bundles.Shape, *, is_bf16: bool = False
    ) -> None:
        self.name, self.revision = name, f"{revision}-bf16" if is_bf16 else revision
        self._is_bf16 = is_bf16
        self._is_multi = bundles.parted(name)[0].endswith(bundles.MULTI_LAYER)
        self._tapped = bundles.tapped(shape.layers)
        self.width = shape.width * (len(self._tapped) if self._is_multi else 1)
        self._device = accelerator.device()
        self.batch = accelerator.BATCH[self._device]
        inner = getattr(model, "model", model)
        self._is_normalised = inner is not model
        self._model = inner.eval().requires_grad_(requires_grad=False).to(self._device)
        if self._device == "cpu":
            fast_bundle.speed_up(self._model, torch.bfloat16 if is_bf16 else torch.float32)

    def grid(self, window: Grid) -> Grid:
        """The windows themselves."""
        return window

    def embed(self, clips: Floats) -> Floats:
        """The mean over time of the network's output, or of four layers side by side.

        Shapes: (clips, samples at 16 kHz) to (clips, width). A clip shorter than
        25 ms is followed by silence.
        """
        sound = torch.from_numpy(checked(clips))
        # rounding is so coarse in bfloat16 that neighbours could be heard through it
        most = max(1, int(AT_ONCE_S[self._device] * self.rate_hz / sound.shape[1]))
        parts = accelerator.answers(
            sound, lambda part: self.frames(part).mean(dim=1), 1 if self._is_bf16 else most
        )
        return np.concatenate([np.empty((0, self.width), np.float32), *(map(np.asarray, parts))])

    @torch.inference_mode()
    def frames(self, sound: Tensor) -> Tensor:
        """Before the mean: (clips, samples) to (clips, frames, width) float32, 50 per second."""
        sound = functional.pad(sound, (0, max(0, SHORTEST - sound.shape[1])))
        sound = accelerator.moved(sound, self._device)
        if self._is_normalised:  # by clip: torchaudio's own wrapper mixes the clips of a batch
            sound = functional.layer_norm(sound, sound.shape[1:])
        autocast = self._is_bf16 and self._device == "cuda"
        with torch.autocast(self._device, torch.bfloat16, enabled=autocast):
            if not self._is_multi:
                found: Tensor = self._model(sound)[0]
                return found.float()
            layers, _ = self._model.extract_features(sound)
        return torch.cat([layers[index].float() for index in self._tapped], dim=2)


def load(name: str) -> Embedder:
    """The bundle of this name, in the mode behind it, with its published weights.

    They are downloaded on first use.

    Raises:
        ConnectionError: the weights are not on this machine and cannot be downloaded.
        ImportError: torchaudio does not work with this torch.
        ValueError: the file holds other things than its weights, or other weights than at first;
            or the mode needs what the processor has not.
    """
    base = bundles.parted(name)[0].removesuffix(bundles.MULTI_LAYER)
    pipelines = torchaudio_wheel.load("torchaudio.pipelines")
    return from_bundle(name, getattr(pipelines, base), bundles.BUNDLES[base])


def from_bundle(name: str, bundle: Any, shape: bundles.Shape) -> Embedder:
    """An embedder around any torchaudio ``Wav2Vec2Bundle``; raises as ``load`` does."""
    plain, mode = bundles.parted(name)
    if mode.is_bf16 and not (processor.has_bf16() or torch.cuda.is_available()):
        raise ValueError(
            f"{name} needs a processor that multiplies bfloat16 (AVX512-BF16 or AMX); on this one "
            f"it would be slower than {plain}, so take that"
        )
    address = urljoin(PUBLISHED, bundle._path)  # noqa: SLF001 - it has no public name
    file = home() / "weights" / Path(address).name
    # weights_only: the file comes from the network and is unpickled
    options = {"model_dir": str(file.parent), "weights_only": True, "progress": False}
    try:
        download(address, file)
        model = bundle.get_model(dl_kwargs=options)
    except OSError as reason:  # ConnectionError is one
        raise ConnectionError(
            f"{name}'s weights are not on this machine and cannot be downloaded ({reason}); "
            f"copy {file.name} of torchaudio's models into {file.parent}"
        ) from reason
    except (UnpicklingError, RuntimeError, EOFError) as reason:
        raise ValueError(
            f"{file} does not hold {name}'s weights; delete it to fetch them"
        ) from reason
    network = TorchaudioBundle(name, model, _revision(file), shape, is_bf16=mode.is_bf16)
    if not mode.is_dense:
        return network
    from eightcut.models.dense_bundle import DenseBundle  # noqa: PLC0415 - it builds on this module

    return DenseBundle(network)


def _revision(file: Path) -> str:
    """The weights' content, which must stay what it was when they were first used.

    The publisher gives no hash, so the first download is the pin.
    """
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    pin = file.with_name(file.name + ".sha256")
    if not pin.exists():
        atomic.write(pin, digest)
    if pin.read_text() != digest:
        raise ValueError(f"{file} is not what it was when it was downloaded; delete it and {pin}")
    return digest[:16]
