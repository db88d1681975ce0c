"""Train a classifier on exported clips, background and hard negatives.

Training looks at the same cached embeddings, pooled by the same rule, as
scanning does. Every figure is held out by media file.
"""

import math
import threading
from collections.abc import Sequence
from typing import Any

import eightcut
from eightcut import clock
from eightcut.audio.windows import Floats, Grid, checked
from eightcut.jobs import classifier_gate, influence
from eightcut.jobs import gate as gates
from eightcut.jobs.duel import of_examples
from eightcut.jobs.examples import Examples, training_files
from eightcut.jobs.fitting import Learned, learn
from eightcut.jobs.gate import Promote
from eightcut.jobs.training_run import TrainingRun
from eightcut.models import registry
from eightcut.models.base import Embedder
from eightcut.progress import Shown, stop_if
from eightcut.workspace import Skipped, Workspace

__all__ = ["FEW_CLIPS", "FEW_FILES", "TrainingRun", "train_classifier"]

FEW_CLIPS, FEW_FILES = 20, 3


def train_classifier(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    positive_folder: str | Sequence[str],
    *,
    profile: str | None = None,
    negative_folder: str = "",
    model: str = "YAMNET",
    name: str = "",
    head: str = "logistic",
    margin: float = 30.0,
    use_hard_negatives: bool = True,
    include_scan_exports: bool = False,
    promote: Promote = "auto",
    seed: int = 0,
    progress: Shown = True,
    cancel: threading.Event | None = None,
) -> TrainingRun:
    """Train a classifier for the sound in an export folder.

    It goes into use if it is better, on windows that neither has learned from, than the
    version in use until now; a first one if it is better than chance. Else it is kept
    aside: ``run.gate`` says why, and ``ws.classifiers.restore`` uses it all the same.

    Args:
        ws: where the clips are known and the classifier is kept.
        positive_folder: the export folder (or several) whose clips hold the sound.
        profile: whose clips these are; the workspace's own unless given.
        negative_folder: an export folder of clips that do not hold it.
        model: the embedder, one of ``embedders("sound")``.
        name: tells classifiers on one embedder apart.
        head: logistic, trees or mlp, which score windows; or mil, which scores the embedder's
            frames and so hears short sounds and finds where they begin and end.
        margin: seconds that background keeps from every clip; 0 takes none.
        use_hard_negatives: learn from the false alarms a person has marked.
        include_scan_exports: learn from clips that a scan exported, too.
        promote: ``"auto"`` asks the gate; True uses the new version in any case, False
            keeps it aside.
        seed: makes the run repeatable.
        progress: show a bar with the time left, or a function that makes one.
        cancel: set it from another thread to stop; embeddings so far are kept, and no
            classifier is stored.

    Raises:
        LookupError: the profile has no clips in that folder, or no such embedder exists.
        ValueError: there is nothing to tell the sound from, or no file could be used.
        Cancelled: ``cancel`` was set.
    """
    if not (math.isfinite(margin) and margin >= 0):
        raise ValueError(f"margin must be a number of seconds of 0 or more, not {margin}")
    gates.checked(promote)
    profile = profile or ws.settings.profile
    settings = {
        "positive_folder": positive_folder,
        "negative_folder": negative_folder,
        "margin": margin,
        "use_hard_negatives": use_hard_negatives,
        "include_scan_exports": include_scan_exports,
        "head": head,
        "seed": seed,
    }
    embedder = registry.load(model, "sound")
    files, skipped = training_files(ws, profile, settings)
    grid = checked(ws.settings.grid)
    learned = learn(
        ws, files, embedder, grid, settings, margin=margin, progress=progress, cancel=cancel
    )
    examples, fitted, figures = learned.examples, learned.fitted, learned.figures
    left_out = (*skipped, *learned.failed)
    called = f"{model}_{name}" if name else model
    new = of_examples(examples, fitted.head, seed)
    gate = classifier_gate.decide(
        ws, (called, profile), new, figures, embedder=embedder, grid=grid, cancel=cancel
    )
    gate = gates.settled(gate, promote)
    changed = influence.of_negatives(ws, new, embedder=embedder, grid=grid, cancel=cancel)
    stop_if(cancel)
    trained = ws.classifiers.save(
        called,
        profile,
        fitted,
        embedder=embedder,
        grid=grid,
        card=_card(settings, learned, left_out)
        | _heard(embedder, grid)
        | {"gate": gate.card()}
        | influence.card(changed),
        is_current=gate.is_open,
    )
    ws.clips.add_training_run(profile, trained.name, trained.version, trained.card)
    return TrainingRun(
        trained,
        figures,
        learned.baselines,
        examples.files,
        left_out,
        _warnings(examples, fitted.oof, margin),
        gate,
    )


def _card(settings: dict[str, Any], learned: Learned, skipped: Sequence[Skipped]) -> dict[str, Any]:
    """What a person, or a later eightcut, must know to judge and repeat the run."""
    return {
        "trained_at": clock.utc_stamp(),
        "eightcut": eightcut.__version__,
        "settings": settings,
        "margin_used": learned.examples.margin,
        "split": "held out by media file",
        "files": [file._asdict() for file in learned.examples.files],
        "spans": learned.examples.spans,
        "figures": {name: value._asdict() for name, value in learned.figures.items()},
        "baselines": {name: value._asdict() for name, value in learned.baselines.items()},
        "skipped": [item._asdict() for item in skipped],
    }


def _heard(embedder: Embedder, grid: Grid) -> dict[str, Any]:
    """Which windows it read, as a card keeps it."""
    return {
        "embedder": embedder.name,
        "revision": embedder.revision,
        "window": float(grid.length),
        "hop": float(grid.hop),
    }


def _warnings(examples: Examples, oof: Floats | None, margin: float) -> tuple[str, ...]:
    told = []
    clips = sum(len(spans["positives"]) for spans in examples.spans.values())
    files = sum(bool(spans["positives"]) for spans in examples.spans.values())
    conflicts = sum(file.conflicts for file in examples.files)
    if clips < FEW_CLIPS:
        told.append(f"only {clips} clips of the sound; aim for {FEW_CLIPS} or more")
    if files < FEW_FILES:
        told.append(f"the clips come from {files} files; aim for {FEW_FILES} or more")
    if examples.margin < margin:
        told.append(
            f"the clips lie so close that a margin of {margin:g} s leaves too little background; "
            f"{examples.margin:g} s was used"
        )
    if oof is None:
        told.append("too few files to hold any out: no figures, and scores are not calibrated")
    if conflicts:
        told.append(f"{conflicts} windows were claimed by both sides and teach neither")
    return tuple(told)
