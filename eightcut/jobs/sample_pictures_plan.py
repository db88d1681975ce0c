"""From the recipe to a plan: which moment becomes which file, with which look.

Nothing is read or written here, and nothing left to chance: the plan is the
same wherever it is drawn.
"""

import datetime as dt
import hashlib
from typing import NamedTuple

import numpy as np

from eightcut.jobs import sample_pictures_recipe as recipe
from eightcut.jobs import sample_recipe
from eightcut.jobs.sample_pictures_recipe import Part
from eightcut.media.variants import Look

STAMP = "%Y%m%d_%H%M%S"
FOLDERS = ("morning", "evening")
LOOSE = "loose"  # the folder of pictures whose names tell no stage
LOOSE_PICTURES = 6
FIVE = (1.0, 1.5, 2.0, 2.5, 3.0)
ALONE = (12, 25, 47, 60)  # numbers of bursts that a picture without a group follows
FIVE_AT, TURNED_AT = (
    50,
    5,
)  # numbers of the burst of five, and of the one with a picture on its side
BARE_EVERY = 12  # one burst in so many has no companions

Chance = np.random.Generator


class Shot(NamedTuple):
    """One picture: its path below the project's folder and how it is made."""

    path: str
    time_s: float
    look: Look
    seed: int
    stage: float | None
    has_companion: bool = True
    is_turned: bool = False


class Plan(NamedTuple):
    """One project: its pictures in the order they were generated."""

    part: Part
    shots: tuple[Shot, ...]

    @property
    def digest(self) -> str:
        """A short name for what is made; another recipe or film gets another."""
        pins = (sample_recipe.FILM_SHA256, recipe.VERSION, recipe.CREDIT)
        return hashlib.blake2b(repr((pins, self)).encode(), digest_size=8).hexdigest()


def plan(part: Part) -> Plan:
    """Every picture of one sample project."""
    chance = np.random.default_rng([recipe.SEED, part.first])
    clock = _Clock(part.begins)
    shots: list[Shot] = []
    for number, moment in enumerate(_moments(part)):
        folder = FOLDERS[number * len(FOLDERS) // part.groups]
        shots += _burst(part, number, folder, moment, clock, chance)
        if part.has_extras and number in ALONE:
            shots += _alone(part, folder, moment, clock, chance)
    if part.has_extras:
        shots += _loose(part, chance)
    return Plan(part, tuple(shots))


def moments(part: Part) -> list[tuple[float, float]]:
    """The pieces of film that are a project's own, in seconds."""
    number = int((recipe.END_S - recipe.BEGIN_S) // recipe.PIECE_S)
    begins = [recipe.BEGIN_S + recipe.PIECE_S * n for n in range(part.first, number, recipe.EVERY)]
    return [(begin, begin + recipe.PIECE_S) for begin in begins]


class _Clock:
    """The stamps in names, which only go forward."""

    def __init__(self, begins: str) -> None:
        self._now = dt.datetime.strptime(begins, STAMP).replace(tzinfo=dt.UTC)

    def wait(self, seconds: float) -> str:
        self._now += dt.timedelta(seconds=round(seconds))
        return self._now.strftime(STAMP)


def _moments(part: Part) -> list[float]:
    """Where in the film each burst begins: evenly over the project's pieces."""
    pieces = moments(part)
    room = recipe.PIECE_S - recipe.EDGE_S
    places = np.linspace(0.0, room * len(pieces), part.groups, endpoint=False)
    return [pieces[int(at // room)][0] + float(at % room) for at in places]


def _burst(
    part: Part, number: int, folder: str, moment: float, clock: _Clock, chance: Chance
) -> list[Shot]:
    stages = _stages(part, number, chance)
    times = _times(moment, len(stages), chance)
    clock.wait(float(chance.uniform(*recipe.BETWEEN_S)))
    shots: list[Shot] = []
    for stage, time_s in zip(stages, times, strict=True):
        gap = _gap(shots[-1].stage, stage, chance) if shots else 0.0
        is_turned = part.has_extras and number == TURNED_AT and stage == 2.0
        suffix = ".jpg" if is_turned else part.suffix
        name = f"{clock.wait(gap)}_{recipe.NAMES[stage]}{suffix}"
        shot = _shot(part, f"{folder}/{name}", time_s, stage, chance)
        bare = number % BARE_EVERY == BARE_EVERY - 1
        shots.append(shot._replace(has_companion=not bare, is_turned=is_turned))
    return shots


def _times(moment: float, number: int, chance: Chance) -> list[float]:
    """The moments of a burst, all on one side of every cut of the film."""
    steps = chance.uniform(*recipe.STEP_S, number)
    steps[0] = 0.0
    offsets = np.cumsum(steps)
    end = moment + recipe.PIECE_S - (moment - recipe.BEGIN_S) % recipe.PIECE_S - recipe.CLEAR_S
    span = float(offsets[-1])
    step = recipe.CLEAR_S
    while _is_cut(moment, moment + span):
        moment += step
        if moment + span >= end:
            step = -recipe.CLEAR_S
    return [float(moment + offset) for offset in offsets]


def _is_cut(begin: float, end: float) -> bool:
    """Whether these moments are not well inside one shot, with light in it."""
    begin, end = begin - recipe.CLEAR_S, end + recipe.CLEAR_S
    is_dark = any(begin < after and before < end for before, after in recipe.DARK_S)
    return is_dark or any(begin < cut < end for cut in recipe.CUTS_S)


def _stages(part: Part, number: int, chance: Chance) -> tuple[float, ...]:
    if part.has_extras and number == FIVE_AT:
        return FIVE
    shares = np.array([share for _, share in recipe.STAGES])
    stages, _ = recipe.STAGES[int(chance.choice(len(shares), p=shares / shares.sum()))]
    return stages


def _gap(before: float | None, stage: float, chance: Chance) -> float:
    middle, around, most = recipe.GAPS_S[before or 0.0, stage]
    return float(np.clip(chance.normal(middle, around), 5.0, most))


def _alone(part: Part, folder: str, moment: float, clock: _Clock, chance: Chance) -> list[Shot]:
    """A picture with so much time around it that it belongs to no group."""
    stage = float(chance.choice([1.0, 2.0]))
    name = f"{clock.wait(recipe.APART_S)}_{recipe.NAMES[stage]}{part.suffix}"
    clock.wait(recipe.APART_S)
    return [_shot(part, f"{folder}/{name}", moment, stage, chance)]


def _loose(part: Part, chance: Chance) -> list[Shot]:
    """Alternatives of one picture under names that no tool has given."""
    begin, end = moments(part)[-1]
    times = np.linspace(begin + recipe.EDGE_S, end - recipe.EDGE_S, LOOSE_PICTURES) * 0.04
    times += (begin + recipe.EDGE_S) * 0.96  # within half a second
    return [
        _shot(part, f"{LOOSE}/branch {number}{part.suffix}", float(time_s), None, chance)
        for number, time_s in enumerate(times, 1)
    ]


def _shot(part: Part, path: str, time_s: float, stage: float | None, chance: Chance) -> Shot:
    scale = part.height / 360
    look = Look(
        blur_px=round(float(chance.choice(recipe.BLURS_PX)) * scale, 2),
        stops=round(float(np.clip(chance.normal(0.0, recipe.STOPS), -0.9, 0.9)), 2),
        noise=float(chance.choice(recipe.NOISES)),
    )
    seed = int(chance.integers(1 << 32))
    return Shot(path, round(time_s, 3), look, seed, stage)
