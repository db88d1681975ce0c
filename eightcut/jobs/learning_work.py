"""One training under way: its data, its bar, and in the end its version with a card."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import eightcut
from eightcut import clock
from eightcut.calibration import Calibration
from eightcut.estimates import Estimate, rate
from eightcut.images.agreement import CropFit
from eightcut.jobs import learning_rows as rows
from eightcut.jobs.agreement import outcome
from eightcut.jobs.gate import Gate, forced
from eightcut.jobs.learning_gate import Against
from eightcut.jobs.learning_rows import Seen
from eightcut.jobs.learning_runs import LearningRun
from eightcut.jobs.training_data import LeftOut, TrainingData, load_training_data
from eightcut.models import registry
from eightcut.models.crop_proposer import CropProposer
from eightcut.models.picture_models import HeldOut, Kind, PictureModel, PictureModels
from eightcut.models.ranker import Ranker
from eightcut.models.splits import Split
from eightcut.progress import Shown, bar, stop_if
from eightcut.workspace import Workspace

FEW = 100  # groups or crops
WHAT = {"ranker": "groups", "crop": "crops"}


def picture_models(ws: Workspace) -> PictureModels:
    """The rankers and crop proposers of a workspace: their versions, and which are in use."""
    return PictureModels(ws.path / "classifiers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """How a training went, whichever model it was about; see ``LearningRun``."""

    taught: int
    held_out: HeldOut
    gate: Gate
    against: Against | None
    verdict: str
    split: Split | None
    recipe: dict[str, Any]
    metrics: dict[str, Estimate]
    baselines: dict[str, Estimate]
    calibration: Calibration | None = None
    fits: dict[str, CropFit] = field(default_factory=dict)


class Work:
    """One training of a kind of model; ``settings`` holds model, quality and seed."""

    def __init__(
        self,
        ws: Workspace,
        kind: Kind,
        settings: Mapping[str, Any],
        progress: Shown,
        cancel: threading.Event | None,
    ) -> None:
        self.ws, self.cancel, self.settings = ws, cancel, dict(settings)
        self.seed = int(settings["seed"])
        self.unreadable: list[LeftOut] = []
        self._kind, self._progress = kind, progress
        self._embedder = registry.load(settings["model"], "image")  # before any work is done
        self._data = TrainingData((), (), (), 0)
        self._begun = time.monotonic()
        self._open = contextlib.ExitStack()
        self._told = 0.0
        self._warnings: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self._open.close()

    def load(self, project_ids: str | Iterable[str], history: Any) -> TrainingData:
        """What there is to learn from.

        Raises:
            ValueError: there is nothing; the message says where it went.
        """
        self._data = data = load_training_data(
            self.ws, project_ids, history=history, progress=self._progress
        )
        if not (data.groups if self._kind == "ranker" else data.crops):
            what = "group with a choice" if self._kind == "ranker" else "crop"
            reasons = Counter(item.reason for item in data.left_out if item.use == self._kind)
            why = "; ".join(f"{number} x {reason}" for reason, number in reasons.most_common(3))
            raise ValueError(f"there is no {what} to learn from: {why or 'there is no row'}")
        return data

    def look_at(self, paths: Iterable[Path]) -> Seen:
        """What models see of the pictures; then the bar of learning begins."""
        seen = rows.look_at(
            self.ws,
            paths,
            self.settings["model"],
            quality=self.settings["quality"],
            progress=self._progress,
            cancel=self.cancel,
        )
        self._bar = self._open.enter_context(bar("Learning", 1.0, shown=self._progress))
        return seen

    def said(self, share: float) -> None:
        """Move the bar on."""
        self._bar.advance(share - self._told)
        self._told = share

    def against(self, compare: Callable[[PictureModel], Against]) -> Against | None:
        """The comparison with the version in use; None where there is none that works."""
        try:
            current = picture_models(self.ws).current(self._kind)
        except (LookupError, ValueError) as problem:
            self._warnings.append(f"not compared with the version in use: {problem}")
            return None
        return None if current is None else compare(current)

    def unedited(self) -> Estimate:
        """How often a crop that was proposed before was taken as it was."""
        ids = {crop.project for crop in self._data.crops}.intersection(self.ws.projects())
        found = [row for name in ids for row in self.ws.project(name).decisions.decisions()]
        return rate([outcome(row).is_crop_unedited for row in found]).estimate

    def keep(self, model: Ranker | CropProposer, story: Story, *, force: bool) -> LearningRun:
        """Store the version; it goes into use if the gate is open, or if forced."""
        stop_if(self.cancel)
        if force:
            story = replace(story, gate=forced(story.gate))
        self._warnings += _warnings(story, WHAT[self._kind])
        made = picture_models(self.ws).save(
            self._kind,
            model,
            embedder=self._embedder.name,
            revision=self._embedder.revision,
            card=self._card(story),
            held_out=story.held_out,
            is_current=story.gate.is_open,
        )
        return LearningRun(
            model=made,
            metrics=story.metrics,
            baselines=story.baselines,
            against_current=story.against and story.against.lead,
            compared=story.against.told if story.against else "",
            gate=story.gate,
            verdict=story.verdict,
            split=_split(story.split),
            counts=self._counts(story),
            left_out=self._left_out(),
            warnings=tuple(self._warnings),
            calibration=story.calibration,
            fits=story.fits,
        )

    def _left_out(self) -> tuple[LeftOut, ...]:
        left = [item for item in self._data.left_out if item.use == self._kind]
        return (*left, *self.unreadable)

    def _counts(self, story: Story) -> dict[str, int]:
        left = len(self._left_out())
        return {"rows": self._data.rows, WHAT[self._kind]: story.taught, "left out": left}

    def _card(self, story: Story) -> dict[str, Any]:
        """What a person, or a later eightcut, must know to judge and repeat the run."""
        left = Counter((item.project, item.reason) for item in self._left_out())
        return {
            "trained_at": clock.utc_stamp(),
            "eightcut": eightcut.__version__,
            "seconds": round(time.monotonic() - self._begun, 1),
            "settings": self.settings,
            "recipe": story.recipe,
            "projects": list(self._data.projects),
            "split": _split(story.split),
            "counts": self._counts(story),
            "left_out": [[*key, number] for key, number in sorted(left.items())],
            "figures": {name: value._asdict() for name, value in story.metrics.items()},
            "baselines": {name: value._asdict() for name, value in story.baselines.items()},
            "against_current": _against(story.against),
            "gate": story.gate.card(),
            "verdict": story.verdict,
            "warnings": self._warnings,
        }


def _against(against: Against | None) -> dict[str, Any] | None:
    if against is None:
        return None
    return {"lead": against.lead and against.lead._asdict(), "told": against.told}


def _split(split: Split | None) -> str:
    return "nothing held out" if split is None else str(split)


def _warnings(story: Story, what: str) -> list[str]:
    told = [story.split.note] if story.split and story.split.note else []
    if story.split is None:
        told.append("too little to hold anything out: no figures, and nothing is calibrated")
    if story.taught < FEW:
        told.append(f"only {story.taught} {what}; aim for {FEW} or more")
    return told
