"""Kills an operation again and again, and looks at what the next process finds."""

import itertools
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple

from tests.crash import killing, looking
from tests.crash.operation import Operation

AGAIN = 0.25  # the share of kills after which the repetition is killed as well


class Kill(NamedTuple):
    """Where a process dies: at a step or an instant; and at which step its repetition does."""

    step: int | None = None
    instant: float | None = None
    then: int | None = None

    def __str__(self) -> str:
        given = ((name, value) for name, value in self._asdict().items() if value is not None)
        return " ".join(f"--{name} {value}" for name, value in given)


class Verdict(NamedTuple):
    """What was found after one kill; ``died`` says whether there was one."""

    kill: Kill
    died: bool
    facts: int
    problems: list[str]
    left: list[str]


class Hindered(NamedTuple):
    """What a job said that could not do its work ("Kind: text", or ""), and what was wrong then."""

    said: str
    problems: list[str]


Before = Callable[[], object]


class Bench:
    """An operation with its folder as it was before, and as it is after one that nobody kills."""

    def __init__(self, operation: Operation, base: Path, folder: Path | None = None) -> None:
        self._operation, self._base = operation, base
        self.folder = folder or base / "work"
        self._before = base / "before" / operation.name
        self._prepare()
        originals = looking.contents(self.folder, operation.originals)
        self._files = looking.seen(self.folder)
        first, second = self._lived(), self._lived()
        self._after = looking.seen(self.folder)
        self._end = operation.end(self.folder)
        # what the work is meant to take away is none
        self._originals = originals & looking.contents(self.folder, operation.originals)
        self.steps, self.seconds = first.steps or 0, min(first.seconds, second.seconds)

    def at_steps(self, steps: list[int], draw: random.Random) -> Iterator[Verdict]:
        """Kill at each of these steps."""
        for step in steps:
            yield self.attempt(Kill(step=step, then=self._again(draw)))

    def at_random(self, number: int, draw: random.Random) -> Iterator[Verdict]:
        """Kill so many times, at instants drawn uniformly over the time that it takes."""
        while number:
            instant = round(draw.random() * self.seconds, 6)
            verdict = self.attempt(Kill(instant=instant, then=self._again(draw)))
            if verdict.died:
                number -= 1
                yield verdict
            else:  # it was faster than before
                self.seconds = (self.seconds + instant) / 2

    def attempt(self, kill: Kill) -> Verdict:
        """Kill once in a fresh folder, and judge."""
        self._fresh()
        ended = self._run(step=kill.step, instant=kill.instant)
        told, died = ended.told, ended.steps is None
        if died and kill.then:
            told = told + self._run(step=kill.then).told
        problems = self._judged(told)
        return Verdict(kill, died, len(told), problems, looking.leftovers(self.folder))

    def hindered(self, hindrance: Callable[[Path], AbstractContextManager[Before]]) -> Hindered:
        """Do the work while something is in its way, and judge after that is gone.

        ``hindrance`` takes the folder; what it gives is called in the process that works.
        """
        self._fresh()
        with hindrance(self.folder) as before:
            ended = killing.run(lambda tell: (before(), self._operation.work(self.folder, tell)))
        return Hindered(ended.error, self._judged(ended.told))

    def _judged(self, told: list[list[object]]) -> list[str]:
        judged = killing.run(lambda tell: self._judge(told, tell))
        return [text for (text,) in judged.told] + [judged.problem] * bool(judged.problem)

    def _again(self, draw: random.Random) -> int | None:
        return draw.randint(1, self.steps) if draw.random() < AGAIN else None

    def _prepare(self) -> None:
        begins = self._operation.begins
        made = self._base / "begun" / getattr(begins, "__name__", "nothing")
        if begins is not None and not made.exists():
            self._empty()
            self._alone(lambda _: begins(self.folder))
            shutil.copytree(self.folder, made)
        self._empty()
        if begins is not None:
            shutil.copytree(made, self.folder, dirs_exist_ok=True)
        self._alone(lambda _: self._operation.prepare(self.folder))
        shutil.copytree(self.folder, self._before)

    def _empty(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def _fresh(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self._before, self.folder)

    def _lived(self) -> killing.Ended:
        self._fresh()
        return self._alone(lambda tell: self._operation.work(self.folder, tell))

    def _run(self, **when: float | None) -> killing.Ended:
        ended = killing.run(lambda tell: self._operation.work(self.folder, tell), **when)
        if ended.problem:
            raise RuntimeError(
                f"{self._operation.name} failed before it was killed: {ended.problem}"
            )
        return ended

    def _alone(self, work: Callable[[killing.Tell], None]) -> killing.Ended:
        """Run it in a process of its own that is not to die."""
        ended = killing.run(work)
        if ended.steps is None:
            raise RuntimeError(f"{self._operation.name}: {ended.problem}")
        killing.warm(ended)
        return ended

    def _judge(self, told: list[list[object]], tell: killing.Tell) -> None:
        for text in itertools.chain(self._half_done(), self._reopened(told), self._repeated()):
            tell(text)

    def _half_done(self) -> Iterator[str]:
        """What can be seen before anything is opened again."""
        yield from self._strayed("right after")
        for name, held in looking.seen(self.folder, with_rows=False).items():
            is_growing = any(map(Path(name).match, self._operation.growing))
            whole = (looking.DATABASE, self._files.get(name), self._after.get(name))
            if held not in whole and not is_growing:
                yield from (f"{name}: {text}" for text in looking.broken(self.folder / name))

    def _reopened(self, told: list[list[object]]) -> Iterator[str]:
        operation = self._operation
        yield from operation.reopened(self.folder)
        for fact in told:
            if not operation.holds(self.folder, *fact):
                yield f"what was confirmed is lost: {fact}"
        for name, held in looking.seen(self.folder, with_rows=False).items():
            if held == looking.DATABASE:
                yield from (f"{name}: {text}" for text in looking.broken(self.folder / name))

    def _repeated(self) -> Iterator[str]:
        """The job is done again, and ends as if nothing had been."""
        self._operation.work(self.folder, lambda *_: None)
        yield from self._strayed("after repeating")
        end = self._operation.end(self.folder)
        for name in sorted(end.keys() | self._end.keys()):
            wanted, found = self._end.get(name), end.get(name)
            if wanted != found:
                yield f"after repeating, {name} is {looking.difference(wanted, found)}"

    def _strayed(self, when: str) -> Iterator[str]:
        there = looking.contents(self.folder, self._operation.originals)
        lost = self._originals - there
        doubled = Counter({key: there[key] for key in self._originals}) - self._originals
        yield from [f"{when}, {lost.total()} originals are out of sight"] * bool(lost)
        yield from [f"{when}, {doubled.total()} files too many"] * bool(doubled)
