"""The runs of a grid at work.

Every finished run is a row of ``training_runs`` with all that repeats it, stored
at once: what is there is not run again, and a crash loses one run at most.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

import eightcut
from eightcut import clock
from eightcut.audio import ranking
from eightcut.audio.ranking import Ranking
from eightcut.audio.windows import Floats, checked
from eightcut.db import MediaFile
from eightcut.estimates import Estimate
from eightcut.jobs import bank as banks
from eightcut.jobs import experiment_data as data
from eightcut.jobs import experiment_spread as spread
from eightcut.jobs import leaks, trial
from eightcut.jobs.bank import Bank, Lesson
from eightcut.jobs.embed import embed
from eightcut.jobs.experiment_grid import Settings
from eightcut.jobs.experiment_runs import ExperimentRun, Experiments
from eightcut.jobs.trial import Recipe
from eightcut.models import registry
from eightcut.models.base import Embedder
from eightcut.models.store import Embeddings
from eightcut.progress import Bar, Shown, Silent, bar
from eightcut.workspace import Skipped, Workspace

KIND = "experiment"
Sounds = Mapping[str, Embeddings]
Truth = Mapping[str, Lesson]


class _Done(NamedTuple):
    """A finished run, with what the comparison with others needs."""

    run: ExperimentRun
    ranking: Ranking | None


class _Question(NamedTuple):
    """Runs that are tested on the same windows."""

    runs: list[Settings]
    tested: data.Found
    learned: dict[Settings, data.Found]


class Work:
    """The runs of one grid, and what came of them so far."""

    def __init__(
        self,
        ws: Workspace,
        profile: str,
        runs: list[Settings],
        folds: int,
        client: Any = None,
    ) -> None:
        self.ws, self.profile, self.runs, self.folds = ws, profile, runs, folds
        self.client = client
        self.grid = checked(ws.settings.grid)
        self.done: dict[Settings, _Done] = {}
        self.skipped: dict[Skipped, None] = {}
        self.embedders: dict[str, Embedder] = {}
        self.notes: dict[str, None] = {}
        self.questions = [self._question(folders) for folders in data.questions(runs)]
        for model in dict.fromkeys(run.model for run in runs):
            self._load(model)

    def go(self, progress: Shown, cancel: threading.Event | None) -> None:
        """Embed what is not yet, then do every run."""
        sounds = self._heard(progress, cancel)
        with bar("Experiments", len(self.runs), shown=progress) as shown:
            for question in self.questions:
                for model in self.embedders:
                    for run in self._of_model(question, model, sounds[model], cancel):
                        shown.advance(1)
                        shown.say(_short(run))

    def result(self) -> Experiments:
        """What came of it, in the order of the grid, each beside the first of its kind."""
        first: dict[tuple[int, int], Ranking] = {}
        runs = []
        for settings in self.runs:
            if settings not in self.done:
                continue
            done = self.done[settings]
            asks = next(n for n, q in enumerate(self.questions) if settings in q.runs)
            here = (asks, settings.seed)
            delta = None
            if done.ranking is not None and here in first:
                delta = ranking.change(done.ranking, first[here])
            elif done.ranking is not None:
                first[here] = done.ranking
            runs.append(done.run._replace(delta=delta))
        left = tuple(run for run in self.runs if run not in self.done)
        return Experiments(tuple(runs), left, tuple(self.skipped), tuple(self.notes))

    def _load(self, model: str) -> None:
        """Load an embedder; where it cannot be loaded, its runs have failed."""
        try:
            self.embedders[model] = registry.load(model, "sound")
        except (ImportError, LookupError, OSError, ValueError) as problem:
            for run in self.runs:
                if run.model == model:
                    self.done[run] = _failed(run, str(problem))

    def _question(self, folders: set[str]) -> _Question:
        runs = [run for run in self.runs if folders.intersection(run.positive_folder)]
        tested = data.tested(self.ws, self.profile, runs)
        self.skipped |= dict.fromkeys(tested.skipped)
        known: dict[Settings, data.Found] = {}
        for run in runs:
            plain = Settings(
                run.positive_folder, run.negative_folder, use_hard_negatives=run.use_hard_negatives
            )
            if plain not in known:
                known[plain] = data.learned(self.ws, self.profile, plain)
            known[run] = known[plain]
        return _Question(runs, tested, known)

    def _heard(self, progress: Shown, cancel: threading.Event | None) -> dict[str, Sounds]:
        """The embeddings of all files by model; a file that fails with one is left out of all."""
        media = {name: one for q in self.questions for name, one in q.tested.media.items()}
        total = sum(one.duration or 0.0 for one in media.values()) * len(self.embedders)
        found: dict[str, dict[str, Embeddings]] = {model: {} for model in self.embedders}
        with bar("Embedding", total, shown=progress) as shown:
            for model, embedder in self.embedders.items():
                if self.client is not None:
                    self._spread(list(media.values()), embedder, shown, cancel)
                counted: Bar = shown if self.client is None else Silent()  # workers have counted
                for name, one in sorted(media.items()):
                    shown.say(one.filename)
                    if (heard := self._embedded(one, embedder, counted, cancel)) is not None:
                        found[model][name] = heard
        common = set.intersection(*(set(sounds) for sounds in found.values())) if found else set()
        return {
            model: {name: sounds[name] for name in sorted(common)}
            for model, sounds in found.items()
        }

    def _spread(
        self, files: list[MediaFile], embedder: Embedder, shown: Bar, cancel: threading.Event | None
    ) -> None:
        """Embed on the workers; what fails there is tried, and told, here."""
        how = (self.client, self.ws, files, embedder, self.grid)
        for media, _ in spread.embedded(*how, bar=shown, cancel=cancel):
            shown.say(media.filename)

    def _embedded(
        self, media: MediaFile, embedder: Embedder, shown: Bar, cancel: threading.Event | None
    ) -> Embeddings | None:
        try:
            return embed(self.ws, media, embedder, self.grid, bar=shown, cancel=cancel)
        except (OSError, ValueError) as problem:
            self.skipped[Skipped(media.filename, str(problem))] = None
            return None

    def _of_model(
        self, question: _Question, model: str, sounds: Sounds, cancel: threading.Event | None
    ) -> Iterator[Settings]:
        """Do the runs of one embedder, which share their windows."""
        exam = self._exam(question, sounds)
        recipes: dict[Settings, Recipe] = {}
        for run in (run for run in question.runs if run.model == model):
            try:
                recipes[run] = self._recipe(question, run, sounds, exam)
            except ValueError as problem:
                self.done[run] = _failed(run, str(problem))
                yield run
        there = {run: card for run, recipe in recipes.items() if (card := self._stored(recipe))}
        for run, card in there.items():
            self.done[run] = _done(run, card, exam)
            yield run
        left = {run: recipe for run, recipe in recipes.items() if run not in there}
        if self.client is None:
            tried = self._tried_here(exam, left, sounds, cancel)
        else:
            tried = self._tried_there(left, cancel)
        for run, card in tried:
            self.done[run] = _done(run, card, exam)
            yield run

    def _tried_here(
        self,
        exam: "_Exam",
        recipes: Mapping[Settings, Recipe],
        sounds: Sounds,
        cancel: threading.Event | None,
    ) -> Iterator[tuple[Settings, dict[str, Any]]]:
        """Each run with its card."""
        table = _bank(exam, recipes.values(), sounds) if recipes else None
        for run, recipe in recipes.items():
            begun = time.monotonic()
            try:
                assert table is not None
                about = self._ran(recipe, table, sounds, cancel)
            except ValueError as problem:
                about = {"reason": str(problem)}
            yield run, self._keep(recipe, about, time.monotonic() - begun)

    def _tried_there(
        self, recipes: Mapping[Settings, Recipe], cancel: threading.Event | None
    ) -> Iterator[tuple[Settings, dict[str, Any]]]:
        """Each run with its card, as the workers end them."""
        runs = list(recipes)
        for number, tried, problem in spread.tried(
            self.client, self.ws, list(recipes.values()), cancel=cancel
        ):
            run = runs[number]
            if tried is None:
                yield run, self._keep(recipes[run], {"reason": str(problem)}, 0.0)
                continue
            self.notes |= dict.fromkeys(tried.notes)
            yield run, self._keep(recipes[run], tried.outcome.as_json(), tried.seconds)

    def _exam(self, question: _Question, sounds: Sounds) -> "_Exam":
        if not sounds:
            reasons = "; ".join(item.reason for item in self.skipped) or "no source was found"
            raise ValueError(f"no file could be used: {reasons}")
        marks = {name: own for name, own in question.tested.marks.items() if name in sounds}
        widest = max(run.margin for run in question.runs)
        margin = data.margin_that_fits(marks, sounds, self.grid, widest)
        truth = banks.taught(marks, sounds, self.grid, margin)
        seeds = {run.seed for run in question.runs}
        return _Exam(
            marks, margin, truth, {seed: data.folds(truth, self.folds, seed) for seed in seeds}
        )

    def _recipe(self, question: _Question, run: Settings, sounds: Sounds, exam: "_Exam") -> Recipe:
        known = {n: own for n, own in question.learned[run].marks.items() if n in sounds}
        marks = data.drawn(known, run.clips, run.seed)
        return Recipe(
            settings=run,
            learned=marks,
            margin=data.margin_that_fits(marks, sounds, self.grid, run.margin),
            tested=exam.marks,
            tested_margin=exam.margin,
            fold=exam.folds[run.seed],
            revision=self.embedders[run.model].revision,
            grid=self.grid,
        )

    def _stored(self, recipe: Recipe) -> dict[str, Any] | None:
        """The card of the same run, where it was finished before."""
        rows = self.ws.clips.get_training_runs(self.profile, kind=KIND, key=recipe.key)
        return next((row["card"] for row in rows if not row["card"].get("reason")), None)

    def _ran(
        self,
        recipe: Recipe,
        table: Bank,
        sounds: Sounds,
        cancel: threading.Event | None,
    ) -> dict[str, Any]:
        """What came of a run."""
        lesson, truth = (table.lesson(said) for said in recipe.lessons(sounds))
        self.notes |= dict.fromkeys(leaks.same_sounds(table, truth, recipe.fold))
        return trial.run(recipe, table, lesson, truth.said, cancel).as_json()

    def _keep(self, recipe: Recipe, about: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Store the card of a run."""
        card = (
            recipe.as_json()
            | about
            | {
                "kind": KIND,
                "eightcut": eightcut.__version__,
                "trained_at": clock.utc_stamp(),
                "seconds": round(seconds, 3),
            }
        )
        self.ws.clips.add_training_run(
            self.profile,
            recipe.settings.model,
            card["trained_at"],
            card,
            key=recipe.key,
            kind=KIND,
        )
        return card


class _Exam(NamedTuple):
    """What all runs about one sound are tested on, with the folds of each seed."""

    marks: dict[str, banks.Marks]
    margin: float
    truth: Truth
    folds: dict[int, dict[str, int]]

    def ranking(self, scores: Floats) -> Ranking:
        """The tested windows by score; they are in the order of files and windows."""
        said = [self.truth[name].said for name in sorted(self.truth)]
        known = [own[own != banks.NOTHING] == banks.YES for own in said]
        known = [own for own in known if len(own)]
        member = np.repeat(np.arange(len(known)), [len(own) for own in known])
        return Ranking(np.concatenate(known), scores, member, len(known))


def _bank(exam: _Exam, recipes: Iterable[Recipe], sounds: Sounds) -> Bank:
    """The windows that any of the runs learns from or is tested on."""
    grid = next(iter(recipes)).grid
    used = {name: lesson.said != banks.NOTHING for name, lesson in exam.truth.items()}
    for recipe in recipes:
        for name, lesson in recipe.lessons(sounds)[0].items():
            used[name] |= lesson.said != banks.NOTHING
    return banks.table(sounds, grid, used)


def _done(run: Settings, card: dict[str, Any], exam: _Exam) -> _Done:
    """A finished or failed run, from its card."""
    spans = card.get("spans", {}).values()
    told = ExperimentRun(
        settings=run,
        figures=_estimates(card.get("figures", {})),
        baselines=_estimates(card.get("baselines", {})),
        delta=None,
        clips=sum(len(own["positives"]) for own in spans),
        files=card.get("files_tested"),
        seconds=card.get("seconds"),
        card=card,
        reason=card.get("reason", ""),
    )
    return _Done(told, None if told.reason else exam.ranking(trial.scores_of(card)))


def _failed(run: Settings, reason: str) -> _Done:
    """A run that could not even begin."""
    return _Done(ExperimentRun(run, {}, {}, None, None, None, None, {}, reason), None)


def _estimates(stored: Mapping[str, Any]) -> dict[str, Estimate]:
    return {name: Estimate(**value) for name, value in stored.items()}


def _short(run: Settings) -> str:
    clips = "" if run.clips is None else f", {run.clips} clips"
    return f"{run.model}, {run.head}{clips}, seed {run.seed}"
