"""Repeat a training or an experiment from its card, and say what is not the same."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import eightcut
from eightcut.audio.regions import format_time
from eightcut.audio.windows import Grid
from eightcut.db import MediaFile, TrainingFile
from eightcut.estimates import Estimate
from eightcut.jobs import bank as banks
from eightcut.jobs import trial
from eightcut.jobs.bank import Marks
from eightcut.jobs.embed import embed
from eightcut.jobs.experiment_runs import ExperimentRun
from eightcut.jobs.fitting import learn
from eightcut.jobs.training_run import TrainingRun
from eightcut.jobs.trial import Recipe
from eightcut.models import registry
from eightcut.models.classifier import Classifier
from eightcut.models.store import Embeddings
from eightcut.progress import Bar, Shown, bar
from eightcut.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

SAME = 1e-6  # figures closer than this are the same: other machines round otherwise
SHOWN = 3


@dataclass(frozen=True, slots=True, repr=False)
class Replay:
    """A run beside its repetition.

    Attributes:
        recorded: the figures of the card.
        figures: those of the repetition.
        differences: what is not as it was then, a sentence each. What a card keeps is
            repeated from it, so marks that were changed since do not change the figures.
    """

    recorded: dict[str, Estimate]
    figures: dict[str, Estimate]
    differences: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether every figure, interval and n came out again."""
        return self.recorded.keys() == self.figures.keys() and all(
            _is_same(value, self.figures[name]) for name, value in self.recorded.items()
        )

    def frame(self) -> "pd.DataFrame":
        """One row per figure: recorded and repeated value, their difference and n."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        nothing = Estimate(None, None, None, 0)
        rows = []
        for name in {**self.recorded, **self.figures}:
            then, now = self.recorded.get(name, nothing), self.figures.get(name, nothing)
            change = None if then.value is None or now.value is None else now.value - then.value
            rows.append((name, then.value, now.value, change, then.n, now.n))
        columns = ["figure", "recorded", "repeated", "difference", "n then", "n now"]
        return pd.DataFrame(rows, columns=columns)

    def _repr_html_(self) -> str:
        import html  # noqa: PLC0415 - only here

        table = self.frame().to_html(index=False, escape=True, na_rep="n/a")
        told = "".join(f"<li>{html.escape(text)}</li>" for text in self._said())
        return f"{table}<ul>{told}</ul>"

    def __repr__(self) -> str:
        rows = [f"  {name}: {value}" for name, value in self.figures.items()]
        return "\n".join(["repeated", *rows, *self._said()])

    def _said(self) -> list[str]:
        first = "the same figures" if self.is_same else "not the same figures"
        return [first, *self.differences]


def replay(
    ws: Workspace,
    run_or_card: TrainingRun | ExperimentRun | Classifier | Mapping[str, Any],
    *,
    profile: str | None = None,
    progress: Shown = True,
    cancel: threading.Event | None = None,
) -> Replay:
    """Repeat a run from its card: the same marks, settings, seed and folds.

    Args:
        ws: where the media or their embeddings are; nothing is stored but embeddings.
        run_or_card: a training, an experiment, a classifier, a card, or a row of
            ``get_training_runs``.
        profile: in which the marks of today are looked up; the workspace's own unless given.
        progress: show a bar with the time left, or a function that makes one.
        cancel: set it from another thread to stop.

    Raises:
        ValueError: it is no card that can be repeated, or none of its files is here.
        Cancelled: ``cancel`` was set.
    """
    card = _card(run_or_card)
    about = _About(ws, card, profile or ws.settings.profile)
    if "tested" in card:
        figures = about.experiment(progress, cancel)
    else:
        figures = about.training(progress, cancel)
    recorded = {name: Estimate(**value) for name, value in card.get("figures", {}).items()}
    return Replay(recorded, figures, tuple(about.differences))


class _About:
    """A card, the workspace of today, and what is not the same in it."""

    def __init__(self, ws: Workspace, card: Mapping[str, Any], profile: str) -> None:
        self.ws, self.card = ws, card
        try:
            self.grid = Grid(float(card["window"]), float(card["hop"]))
            self.embedder = registry.load(card["embedder"], "sound")
            self.marks = {
                about["fingerprint"]: Marks.of_card(name, about)
                for name, about in card["spans"].items()
            }
            self.margin = float(card["margin_used"])
            made_by, revision = card["eightcut"], card["revision"]
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"this card cannot be repeated: it lacks {problem}") from problem
        self.differences: list[str] = []
        if made_by != eightcut.__version__:
            self._note(f"it was made by eightcut {made_by}, this is {eightcut.__version__}")
        if revision != self.embedder.revision:
            self._note(
                f"it heard {self.embedder.name} {revision}, here is {self.embedder.revision}"
            )
        self._compare_marks(profile)

    def training(self, progress: Shown, cancel: threading.Event | None) -> dict[str, Estimate]:
        """Fit again what a classifier learned from."""
        files = [
            (
                media,
                TrainingFile(media.filename, media.path, [*m.positives], [*m.soft], [*m.negatives]),
            )
            for name, m in self.marks.items()
            if (media := self._media(name, m.filename)) is not None
        ]
        learned = learn(
            self.ws,
            files,
            self.embedder,
            self.grid,
            self.card["settings"],
            margin=self.margin,
            progress=progress,
            cancel=cancel,
        )
        for item in learned.failed:
            self._note(f"{item.path} cannot be heard any more: {item.reason}")
        return learned.figures

    def experiment(self, progress: Shown, cancel: threading.Event | None) -> dict[str, Estimate]:
        """Run an experiment again."""
        recipe = Recipe.from_json(self.card)
        sounds = self._sounds(recipe, progress, cancel)
        lesson, truth = recipe.lessons(sounds)
        table = banks.bank(sounds, recipe.grid, [lesson, truth])
        outcome = trial.run(recipe, table, table.lesson(lesson), table.lesson(truth).said, cancel)
        return outcome.figures

    def _sounds(
        self, recipe: Recipe, progress: Shown, cancel: threading.Event | None
    ) -> dict[str, Embeddings]:
        names = {
            name: marks.filename for name, marks in {**recipe.learned, **recipe.tested}.items()
        }
        media = {name: self._media(name, names[name]) for name in sorted(names)}
        here = {name: one for name, one in media.items() if one is not None}
        found = {}
        total = sum(one.duration or 0.0 for one in here.values())
        with bar("Embedding", total, shown=progress) as shown:
            for name, one in here.items():
                if (heard := self._heard(one, shown, cancel)) is not None:
                    found[name] = heard
        if not found:
            raise ValueError("none of the files of this card is here")
        return found

    def _heard(
        self, media: MediaFile, shown: Bar, cancel: threading.Event | None
    ) -> Embeddings | None:
        try:
            return embed(self.ws, media, self.embedder, self.grid, bar=shown, cancel=cancel)
        except (OSError, ValueError) as problem:
            self._note(f"{media.filename} cannot be heard any more: {problem}")
            return None

    def _media(self, fingerprint: str, filename: str) -> MediaFile | None:
        """The file with this content, whatever its name is now."""
        for media in self.ws.clips.list_media():
            if media.fingerprint == fingerprint:
                return media
        other = self.ws.clips.get_media(filename)
        why = "has other content now" if other else "is not known here any more"
        self._note(f"{filename} {why}, so it could not be used")
        return None

    def _compare_marks(self, profile: str) -> None:
        """Say which of the marks of the card are gone, and how many came since."""
        settings = self.card["settings"]
        now = self.ws.clips.training_spans(
            profile,
            settings["positive_folder"],
            settings.get("negative_folder", ""),
            include_scan_exports=settings.get("include_scan_exports", False),
            use_hard_negatives=settings.get("use_hard_negatives", True),
        )
        today = {file.filename: file for file in now}
        for marks in self.marks.values():
            file = today.get(marks.filename)
            for what, then, there in (
                ("clip", marks.positives, file.positives if file else ()),
                ("negative", marks.negatives, file.negatives if file else ()),
            ):
                self._note_gone(marks.filename, what, then, there)

    def _note_gone(self, filename: str, what: str, then: Iterable[Any], now: Iterable[Any]) -> None:
        starts = {start for start, _ in now}
        gone = [start for start, _ in then if start not in starts]
        if gone:
            at = ", ".join(format_time(start) for start in gone[:SHOWN])
            more = f" and {len(gone) - SHOWN} more" if len(gone) > SHOWN else ""
            verb = f"{len(gone)} {what}s are" if len(gone) > 1 else f"a {what} is"
            self._note(f"{verb} gone from {filename} since, at {at}{more}")

    def _note(self, text: str) -> None:
        if text not in self.differences:
            self.differences.append(text)


def _card(given: TrainingRun | ExperimentRun | Classifier | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(given, TrainingRun):
        given = given.classifier
    if isinstance(given, Classifier):
        about = {"embedder": given.embedder, "revision": given.revision}
        return about | {"window": given.window, "hop": given.hop} | given.card
    card = given.card if isinstance(given, ExperimentRun) else given
    return card["card"] if isinstance(card.get("card"), Mapping) else card


def _taught(media: MediaFile, marks: Marks) -> TrainingFile:
    spans = ([*marks.positives], [*marks.soft], [*marks.negatives])
    return TrainingFile(media.filename, media.path, *spans)


def _is_same(one: Estimate, other: Estimate) -> bool:
    pairs = zip(one[:3], other[:3], strict=True)
    return one.n == other.n and all(
        a == b if a is None or b is None else abs(a - b) <= SAME for a, b in pairs
    )
