"""The rankers and crop proposers of a workspace: every version is kept, one of each is current.

``classifiers/ranker/VERSION`` and ``classifiers/crop/VERSION`` hold ``weights.safetensors``,
``card.json``, which vouches for the other two by SHA-256, and ``held_out.json``: what the
model said about each group when that group was held out, for comparing it with later
versions. ``classifiers/KIND/current`` names the version in use, if any. Nothing that is
loaded can run code.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from safetensors import SafetensorError
from safetensors import numpy as safetensors

from eightcut import atomic, foreign
from eightcut.models import crop_proposer, ranker
from eightcut.models.arrays import Tensors
from eightcut.models.classifier_store import CURRENT, VERSION, kept, next_stamp
from eightcut.models.crop_proposer import CropProposer
from eightcut.models.ranker import Ranker

Kind = Literal["ranker", "crop"]

KINDS: tuple[Kind, ...] = ("ranker", "crop")
FORMAT = 1
WEIGHTS, CARD, HELD_OUT = "weights.safetensors", "card.json", "held_out.json"
MOST_BYTES = 256 << 20  # of a stored file

HeldOut = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class PictureModel:
    """A trained ranker or crop proposer.

    Attributes:
        kind: which of the two.
        version: its UTC stamp.
        embedder: the name of the embedder whose vectors it reads.
        revision: of that embedder.
        model: gives scores or boxes.
        card: what it learned from and how well it does; plain JSON values.
        held_out: what it said about each group that it was not shown, by group.
    """

    kind: Kind
    version: str
    embedder: str
    revision: str
    model: Ranker | CropProposer
    card: dict[str, Any] = field(default_factory=dict)
    held_out: HeldOut = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What is logged as ``model_version``."""
        return f"{self.kind} {self.version}"


class PictureModels:
    """The rankers and crop proposers below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def versions(self, kind: Kind) -> list[str]:
        """All versions, newest first, those kept aside and damaged ones included."""
        folder = self._folder(kind)
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted((item.name for item in found if VERSION.fullmatch(item.name)), reverse=True)

    def current_version(self, kind: Kind) -> str | None:
        """The version in use; None as long as none is."""
        try:
            return self._pointer(kind).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def current(self, kind: Kind) -> PictureModel | None:
        """The model in use; None as long as none is.

        Raises:
            ValueError: its files are damaged, or not what eightcut writes.
            LookupError: it has been deleted.
        """
        version = self.current_version(kind)
        return None if version is None else self.load(kind, version)

    def load(self, kind: Kind, version: str) -> PictureModel:
        """One version.

        Raises:
            LookupError: there is no such version.
            ValueError: its files are damaged, or not what eightcut writes.
        """
        folder = self._folder(kind) / version
        if not VERSION.fullmatch(version) or not folder.is_dir():
            raise LookupError(f"there is no {kind} of the version {version!r} in {self.root}")
        try:
            return _read(folder, kind)
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            RecursionError,
            SafetensorError,
        ) as problem:
            told = foreign.brief(problem)
            told = f"{told} is missing" if isinstance(problem, KeyError) else told
            raise ValueError(f"the {kind} in {folder} cannot be used: {told}") from problem

    def save(
        self,
        kind: Kind,
        model: Ranker | CropProposer,
        *,
        embedder: str,
        revision: str,
        card: Mapping[str, Any],
        held_out: HeldOut,
        is_current: bool,
    ) -> PictureModel:
        """Keep a new version; it is used from now on only if ``is_current``."""
        folder = self._folder(kind)
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            version = next_stamp(folder)
            made = PictureModel(kind, version, embedder, revision, model, dict(card), held_out)
            if kept(folder, version, partial(_write, made=made)):
                break
        if is_current:
            atomic.write(self._pointer(kind), version)
        return made

    def restore(self, kind: Kind, version: str) -> PictureModel:
        """Use a version from now on; it is loaded first, so a damaged one is refused."""
        found = self.load(kind, version)
        atomic.write(self._pointer(kind), version)
        return found

    def damaged(self) -> list[str]:
        """One sentence per stored version that cannot be loaded."""
        return [problem for _, problem in self._damaged()]

    def damaged_folders(self) -> list[Path]:
        """The folders of the stored versions that cannot be loaded."""
        return [folder for folder, _ in self._damaged()]

    def _damaged(self) -> Iterator[tuple[Path, str]]:
        for kind in KINDS:
            for version in self.versions(kind):
                try:
                    self.load(kind, version)
                except (LookupError, ValueError) as problem:
                    yield self._folder(kind) / version, str(problem)

    def _folder(self, kind: Kind) -> Path:
        if kind not in KINDS:
            raise ValueError(f"there are {' and '.join(KINDS)}, and no {kind!r}")
        return self.root / kind

    def _pointer(self, kind: Kind) -> Path:
        return self._folder(kind) / CURRENT


def _write(folder: Path, made: PictureModel) -> None:
    weights = safetensors.save(made.model.tensors)
    held_out = json.dumps(made.held_out, ensure_ascii=False).encode()
    atomic.write(folder / WEIGHTS, weights)
    atomic.write(folder / HELD_OUT, held_out)
    about = {
        "format": FORMAT,
        "kind": made.kind,
        "version": made.version,
        "embedder": made.embedder,
        "revision": made.revision,
        "calibration": made.model.calibration if isinstance(made.model, Ranker) else None,
        "sha256": {WEIGHTS: _sha256(weights), HELD_OUT: _sha256(held_out)},
        "card": made.card,
    }
    atomic.write(folder / CARD, json.dumps(about, indent=1, ensure_ascii=False, allow_nan=False))


def _read(folder: Path, kind: Kind) -> PictureModel:
    strange = sorted({item.name for item in folder.iterdir()} - {WEIGHTS, CARD, HELD_OUT})
    if strange:
        raise ValueError(f"it holds {strange[0]}, which eightcut did not write")
    about = foreign.parse(_content(folder / CARD), CARD)
    if about["format"] != FORMAT:
        raise ValueError(
            f"its format is {foreign.shown(about['format'])}, this eightcut knows {FORMAT}"
        )
    if (about["kind"], about["version"]) != (kind, folder.name):
        told = f"{about['kind']} {about['version']}"
        raise ValueError(f"{CARD} is about {foreign.shown(told)}")
    found = {name: _content(folder / name) for name in (WEIGHTS, HELD_OUT)}
    for name, content in found.items():
        if _sha256(content) != about["sha256"][name]:
            raise ValueError(f"{name} is not the file that its card describes")
    held_out = foreign.parse(found[HELD_OUT], HELD_OUT, nan=True)
    if not isinstance(held_out, dict):
        raise TypeError(f"{HELD_OUT} is no table")
    model = _model(kind, safetensors.load(found[WEIGHTS]), about["calibration"])
    names = about["embedder"], about["revision"]
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"embedder and revision in {CARD} must be text")
    return PictureModel(kind, folder.name, *names, model, dict(about["card"]), held_out)


def _model(kind: Kind, tensors: Tensors, calibration: Any) -> Ranker | CropProposer:
    if kind == "ranker":
        return ranker.check(tensors, calibration)
    return crop_proposer.check(tensors)


def _content(path: Path) -> bytes:
    if path.is_symlink() or path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name} is a link, or too large")
    return path.read_bytes()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
