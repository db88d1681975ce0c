"""What to recommend for a group of pictures: what the ranker in use says, else the highest stage.

A recommendation of a model carries a calibrated confidence, the crop that the crop
proposer in use would cut, and the versions of both. Where there is no ranker, or it
cannot be used, a rule recommends, is marked as one, and says why.
"""

import functools
import threading
import time
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eightcut.images.boxes import Box, usable
from eightcut.images.decisions import Recommendation, highest_stage
from eightcut.images.stages import parse_filename
from eightcut.jobs.embed_pictures import DECODER, embed_with
from eightcut.jobs.learning_rows import QUALITY
from eightcut.jobs.picture_groups import PictureGroup
from eightcut.media import images
from eightcut.models import registry
from eightcut.models.base import Floats, ImageEmbedder
from eightcut.models.crop_proposer import CropProposer
from eightcut.models.image_store import ImageStore
from eightcut.models.picture_models import CARD, Kind, PictureModel, PictureModels
from eightcut.models.ranker import Ranker
from eightcut.project import Project
from eightcut.workspace import Workspace

Group = PictureGroup | Sequence[str | PathLike[str]]
Recommender = Callable[[PictureGroup], Recommendation]

AGAIN_S = 30.0  # after which a model that could not be used is tried again
WORKSPACES = 4  # whose models are kept in memory


def recommend(ws: Workspace, project_id: str, group: Group) -> Recommendation:
    """Recommend one picture of a group, and say why.

    Args:
        ws: an open workspace.
        project_id: the project that the group belongs to.
        group: a group, or its pictures by path, absolute or relative to the project's folder.

    Raises:
        LookupError: there is no such project.
    """
    return recommender(ws.project(project_id))(group)


def recommender(project: Project) -> Callable[[Group], Recommendation]:
    """What recommends for the groups of a project, from any thread.

    It notices when another version goes into use.
    """
    advisor = _advisor(project.workspace_path)

    def advise(group: Group) -> Recommendation:
        names = group.images if isinstance(group, PictureGroup) else group
        return advisor.recommend([project.root / name for name in names])

    return advise


def by_rule(group: Group, why: str = "") -> Recommendation:
    """Recommend the highest stage. It is marked as a rule, so that no model is blamed for it."""
    names = group.images if isinstance(group, PictureGroup) else group
    found = highest_stage([Path(name).name for name in names])
    return found._replace(reason=f"{found.reason}; {why}") if why else found


class Unusable(ValueError):  # noqa: N818 - the name says what is wrong
    """A model cannot be used; the message says which and why."""


class _Loaded(NamedTuple):
    """A model in use, or why there is none: ``problem`` is empty if none was trained."""

    token: object
    at_s: float
    model: PictureModel | None
    problem: str


class _Advisor:
    """The models in use of one workspace, kept in memory as long as they are in use."""

    def __init__(self, workspace_path: Path) -> None:
        self._models = PictureModels(workspace_path / "classifiers")
        self._vectors = workspace_path / "embeddings"
        self._turn = threading.Lock()
        self._loaded: dict[Kind, _Loaded] = {}
        self._stores: dict[tuple[str, str], ImageStore] = {}

    def recommend(self, paths: Sequence[Path]) -> Recommendation:
        """Recommend one of these pictures."""
        found = self._current("ranker")
        if found.model is None or not paths:
            return by_rule(paths, found.problem)
        try:
            return self._by_model(found.model, paths)
        except (ImportError, LookupError, OSError, ValueError, images.BadImage) as problem:
            return by_rule(paths, f"the ranker could not be asked: {problem}")

    def _by_model(self, found: PictureModel, paths: Sequence[Path]) -> Recommendation:
        assert isinstance(found.model, Ranker)
        vectors, quality = self._seen(found, paths)
        shares = found.model.probabilities(vectors, [_stage(path) for path in paths], quality)
        index = int(shares.argmax())
        crop, told = self._crop(paths[index])
        version = " + ".join(filter(None, (found.name, told.version)))
        reason = f"{_told(paths, shares)}{told.problem}"
        return Recommendation(index, float(shares[index]), crop, version, reason)

    def _crop(self, path: Path) -> "tuple[Box | None, _Told]":
        """Where the crop proposer in use would cut a picture."""
        found = self._current("crop")
        if found.model is None:
            return None, _Told(None, found.problem and f"; no crop: {found.problem}")
        assert isinstance(found.model.model, CropProposer)
        try:
            vectors, quality = self._seen(found.model, [path])
            size = images.probe(path)[:2]
            box = found.model.model.boxes(vectors, [size], quality)[0]
        except (ImportError, LookupError, OSError, ValueError, images.BadImage) as problem:
            return None, _Told(None, f"; no crop: {problem}")
        return usable(box), _Told(found.model.name, "")

    def _seen(self, found: PictureModel, paths: Sequence[Path]) -> tuple[Floats, Floats | None]:
        """What a model sees of pictures."""
        quality = self._embedded(QUALITY, paths) if found.model.uses_quality else None
        return self._embedded(found.embedder, paths), quality

    def _embedded(self, name: str, paths: Sequence[Path]) -> Floats:
        embedder = registry.load(name, "image")
        found = embed_with(embedder, self._store(embedder), paths)
        if found.skipped:
            raise Unusable(found.skipped[0].reason)
        return found.vectors

    def _store(self, embedder: ImageEmbedder) -> ImageStore:
        with self._turn:
            key = embedder.name, embedder.revision
            if key not in self._stores or not self._stores[key].folder.is_dir():
                self._stores[key] = ImageStore(self._vectors, embedder, DECODER)
            return self._stores[key]

    def _current(self, kind: Kind) -> _Loaded:
        """The model in use; loaded anew when another version is, or its files have changed."""
        with self._turn:
            token = self._token(kind)
            known = self._loaded.get(kind)
            is_old = known is not None and known.problem and time.monotonic() > known.at_s + AGAIN_S
            if known is None or known.token != token or is_old:
                known = self._loaded[kind] = _Loaded(token, time.monotonic(), *self._load(kind))
            return known

    def _load(self, kind: Kind) -> tuple[PictureModel | None, str]:
        try:
            found = self._models.current(kind)
            if found is not None:
                embedder = registry.load(found.embedder, "image")
                if embedder.revision != found.revision:
                    raise Unusable(f"{found.name} learned from other vectors; train it again")
        except (ImportError, LookupError, OSError, ValueError) as problem:
            return None, str(problem)
        return found, ""

    def _token(self, kind: Kind) -> object:
        """Changes when another version goes into use, or its files change."""
        version = self._models.current_version(kind)
        if version is None:
            return None
        try:
            stat = (self._models.root / kind / version / CARD).stat()
        except OSError:
            return version
        return version, stat.st_mtime_ns, stat.st_ino


class _Told(NamedTuple):
    """The version of the crop proposer, and what kept it from proposing."""

    version: str | None
    problem: str


@functools.lru_cache(WORKSPACES)
def _advisor(workspace_path: Path) -> _Advisor:
    return _Advisor(workspace_path)


def _stage(path: Path) -> float | None:
    parsed = parse_filename(path.name)
    return parsed["stage"] if parsed else None


def _told(paths: Sequence[Path], shares: Any) -> str:
    """Such as ``78 % for stage 2, 14 % for stage 1.5``."""
    best = np.argsort(-shares, kind="stable")[:2]
    return ", ".join(f"{round(100 * shares[i])} % for {_name(paths, int(i))}" for i in best)


def _name(paths: Sequence[Path], index: int) -> str:
    """A picture by its stage, or by its place where that tells nothing."""
    stages = [_stage(path) for path in paths]
    stage = stages[index]
    if stage is None or stages.count(stage) > 1:
        return f"picture {index + 1}"
    return f"stage {stage:g}"
