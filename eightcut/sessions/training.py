"""The state of the training screen: what to learn from, how, and what came of it."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import traitlets as t

from eightcut.jobs.relocate import relocate
from eightcut.jobs.train import TrainingRun, train_classifier
from eightcut.jobs.training_stats import training_stats
from eightcut.models import registry
from eightcut.models.heads import HEADS
from eightcut.progress import Bar
from eightcut.sessions import news
from eightcut.sessions.history import HistorySession
from eightcut.sessions.job import JobSession, Progress
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

PAUSE_S = 0.4  # counting waits until the person has stopped changing things
CHOICES = (
    "positive",
    "negative",
    "model",
    "head",
    "name",
    "margin",
    "include_scan_exports",
    "use_hard_negatives",
)


class Folder(NamedTuple):
    """A class of clips."""

    name: str
    videos: int
    clips: int

    @property
    def label(self) -> str:
        """Such as ``owl  (3 videos, 41 clips)``."""
        videos = "video" if self.videos == 1 else "videos"
        clips = "clip" if self.clips == 1 else "clips"
        return f"{self.name}  ({self.videos} {videos}, {self.clips} {clips})"


class TrainingSession(JobSession):
    """What a classifier is going to be trained on; ``train()`` trains it.

    Args:
        ws: an open workspace; whoever opened it closes it.
        profile: whose clips; the one in ``eightcut.toml`` unless given.

    ``stats`` follow the choices a moment later, counted on another thread.
    """

    folders = t.Tuple()
    positive = t.Tuple()
    negative = t.Unicode()  # empty: background only
    models = t.Tuple()
    model = t.Unicode()
    head = t.Unicode("logistic")
    name = t.Unicode()
    margin = t.Float(30.0)
    include_scan_exports = t.Bool(False)
    use_hard_negatives = t.Bool(True)
    stats = t.Any(None)  # jobs.training_stats.TrainingStats
    counting = t.Bool(False)
    relocating = t.Bool(False)
    result = t.Any(None)  # jobs.train.TrainingRun

    def __init__(self, ws: Workspace, *, profile: str | None = None) -> None:
        super().__init__(ws, profile)
        self.heads = tuple(HEADS)
        self.models = tuple(registry.embedders("sound"))
        self.model = self.models[0]
        self.history = HistorySession(ws, profile=self.profile)
        self.refresh()
        for topic in ("negatives", "clips"):
            news.listen(ws.path, topic, self.refresh)

    @verb
    def refresh(self) -> None:
        """Read the folders again and count again."""
        found = self._ws.clips.get_training_stats(self.profile, self.include_scan_exports)
        self.folders = tuple(Folder(name, **counts) for name, counts in found.items())
        kept = tuple(name for name in self.positive if name in found)
        self.positive = kept or tuple(found)[:1]
        if self.negative not in found or self.negative in self.positive:
            self.negative = ""
        self._count()

    @verb
    def choose(self, /, **choices: Any) -> None:
        """Change what to train on or how: any of the traits from ``positive`` on, by name.

        Raises:
            LookupError: there is no such folder, model, head or choice.
            ValueError: the margin is not a number of 0 or more.
        """
        if isinstance(choices.get("positive"), str):
            choices["positive"] = (choices["positive"],)
        for name, value in choices.items():
            self._check(name, value)
        for name, value in choices.items():
            self.set_trait(name, tuple(value) if name == "positive" else value)
        if self.negative in self.positive:
            self.negative = ""
        if "include_scan_exports" in choices:
            self.refresh()
        else:
            self._count()

    @verb
    def train(self) -> None:
        """Train on what is chosen; it goes into use if the gate lets it."""
        if not self.positive:
            raise LookupError("choose a folder with clips of the sound first")
        called = f"{self.model}_{self.name}" if self.name else self.model
        self._ws.classifiers.versions(called, self.profile)  # refuses a name it could not store
        choices = {name: getattr(self, name) for name in CHOICES}
        choices["positive_folder"] = list(choices.pop("positive"))
        choices["negative_folder"] = choices.pop("negative")
        self._start(lambda cancel: self._trained(choices, cancel))

    @verb
    def relocate(self, folder: str) -> None:
        """Look for the missing files in a folder and all below it."""
        missing = self.stats.missing if self.stats else ()
        if not missing:
            raise LookupError("no file is missing")
        if self.relocating:
            raise ValueError("the folder is being searched already")
        self.relocating = True
        self.say(f"Looking for {len(missing)} files in {folder} …")
        self._look_up(lambda cancel: self._relocated(missing, folder, cancel))

    def act(self, name: str) -> None:
        """What a key or a button does, by name."""
        if name not in {"train", "cancel"}:
            raise LookupError(f"training cannot {name!r}")
        getattr(self, name)()

    def close(self) -> None:
        """Cancel what runs in the background and hear no more news; safe to call twice."""
        super().close()
        self.history.close()
        for topic in ("negatives", "clips"):
            news.ignore(self._ws.path, topic, self.refresh)

    def _trained(self, choices: dict[str, Any], cancel: threading.Event) -> str:
        run = train_classifier(
            self._ws, profile=self.profile, progress=self._embedding, cancel=cancel, **choices
        )
        self._keep(run)
        news.tell(self._ws.path, "classifiers", by=self)
        return f"{run.classifier.name} is trained and {run.gate.reason}."

    @contextlib.contextmanager
    def _embedding(self, title: str, total: float) -> Iterator[Bar]:
        with self._bar(title, total) as bar:
            yield bar
        self._tell(Progress(1.0, "fitting the classifier"))

    @verb
    def _keep(self, run: TrainingRun) -> None:
        self.result = run
        self.history.refresh()
        self.history.open(run.classifier.name)

    def _relocated(self, missing: tuple[str, ...], folder: str, cancel: threading.Event) -> None:
        try:
            found = relocate(self._ws, missing, folder, profile=self.profile, cancel=cancel)
        finally:
            self.relocating = False
        self.say(str(found), is_problem=not found.found)
        self._read_stats()

    def _count(self) -> None:
        if self.relocating:
            return  # it counts when it has ended
        self.counting = True
        self._look_up(lambda _cancel: self._read_stats(), pause_s=PAUSE_S)

    def _read_stats(self) -> None:
        stats = training_stats(
            self._ws,
            self.profile,
            self.positive,
            self.negative,
            margin=self.margin,
            include_scan_exports=self.include_scan_exports,
            use_hard_negatives=self.use_hard_negatives,
        )
        self._show_stats(stats)

    @verb
    def _show_stats(self, stats: Any) -> None:
        self.stats, self.counting = stats, False

    def _check(self, name: str, value: Any) -> None:
        if name not in CHOICES:
            raise LookupError(f"training has no choice {name!r}, only {', '.join(CHOICES)}")
        folders = [folder.name for folder in self.folders]
        known = {"positive": folders, "model": self.models, "head": self.heads}
        known["negative"] = ["", *folders]
        for one in value if name == "positive" else [value]:
            if name in known and one not in known[name]:
                raise LookupError(f"there is no {name} {one!r}, only {', '.join(known[name])}")
        if name == "margin" and not 0 <= float(value) < float("inf"):
            raise ValueError(f"the margin is a number of seconds of 0 or more, not {value}")
