"""From the recipe to a plan: which video plays what, and what is mixed in when and how loud.

Nothing is read or written here, and nothing left to chance: the plan is the
same wherever it is drawn from the same seed.
"""

import hashlib
from itertools import cycle
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from eightcut.jobs import sample_recipe as recipe
from eightcut.jobs.sample_recipe import PIECE_S, TARGET, TRAIN, Part

LENGTH_S = 2 * PIECE_S
EDGE_S = 3.0  # phrases keep this far from the start of a video,
TAIL_S = 9.0  # and begin this long before its end
CLIP_S = 8.0
CUT_AROUND = (1, 2)  # of the phrases of the target in a train video, those a user has cut out
CLIP_SHIFT_S = 1.0  # a user does not cut to the tenth of a second


class Hit(NamedTuple):
    """One stroke of a phrase: seconds from the phrase's start, and how hard, as a factor."""

    at: float
    gain: float


class Phrase(NamedTuple):
    """One recording struck again and again, ``level_db`` above the film around it."""

    start: float
    label: str
    recording: str
    level_db: float
    hits: tuple[Hit, ...]


class Video(NamedTuple):
    """One video: the pieces of film it plays, what is mixed in, where a user has cut clips."""

    filename: str
    part: str
    pieces: tuple[int, ...]
    phrases: tuple[Phrase, ...]
    clips: tuple[float, ...]


def plan(seed: int = recipe.SEED) -> tuple[Video, ...]:
    """Every video of the sample workspace."""
    generator = np.random.default_rng(seed)
    return tuple(
        video for name, part in recipe.PARTS.items() for video in _videos(name, part, generator)
    )


def digest(videos: tuple[Video, ...]) -> str:
    """A short name for what a plan makes; another plan, film or way of mixing gets another."""
    pins = (recipe.FILM.sha256, recipe.FILM_SHA256, recipe.SOUNDS.sha256, recipe.VERSION)
    return hashlib.blake2b(repr((pins, videos)).encode(), digest_size=16).hexdigest()


def _videos(name: str, part: Part, generator: np.random.Generator) -> list[Video]:
    """The videos of one set; recordings take turns, so that each is heard about as often."""
    recordings = {label: cycle(files) for label, files in part.recordings.items()}
    confusers = cycle([label for label in recordings if label != TARGET])
    videos = []
    for number, pair in enumerate(part.videos):
        phrases = []
        for start, is_target in _order(name, part, number, generator):
            label = TARGET if is_target else next(confusers)
            phrases.append(_phrase(start, label, next(recordings[label]), generator))
        videos.append(
            Video(
                f"{name.replace(' ', '_')}_{number + 1:02}.mp4",
                name,
                tuple(part.pieces[position] for position in pair),
                tuple(sorted(phrases)),
                _clips(phrases, generator) if name == TRAIN else (),
            )
        )
    return videos


def _order(
    name: str, part: Part, number: int, generator: np.random.Generator
) -> list[tuple[float, bool]]:
    """When phrases begin, and which are of the target.

    In a train video the target keeps to one of the two pieces, in turn, and
    everything else to the other: the second half is background to learn from,
    with nothing in it that the user forgot to mark.
    """
    halves = [(EDGE_S, PIECE_S - TAIL_S), (PIECE_S + EDGE_S, LENGTH_S - TAIL_S)]
    if name == TRAIN:
        own, other = halves if number % 2 == 0 else halves[::-1]
        targets = [(at, True) for at in _starts(part.targets, own, generator)]
        return targets + [(at, False) for at in _starts(part.confusers, other, generator)]
    total = part.targets + part.confusers
    is_target = generator.permutation(np.arange(total) < part.targets)
    starts = _starts(total, (EDGE_S, LENGTH_S - TAIL_S), generator)
    return list(zip(starts, is_target.tolist(), strict=True))


def _starts(number: int, span: tuple[float, float], generator: np.random.Generator) -> list[float]:
    """Times in a span, at least ``GAP_S`` apart, otherwise anywhere."""
    low, high = span
    room = high - low - (number - 1) * recipe.GAP_S
    loose: NDArray[np.float64] = np.sort(generator.uniform(0.0, room, number))
    return [round(float(at), 3) for at in low + loose + recipe.GAP_S * np.arange(number)]


def _phrase(start: float, label: str, recording: str, generator: np.random.Generator) -> Phrase:
    seconds, beat = generator.uniform(*recipe.PHRASE_S), generator.uniform(*recipe.BEAT_S)
    level = round(float(generator.uniform(*recipe.LEVEL_DB)), 2)
    hits, at = [], 0.0
    while at < seconds:
        hits.append(Hit(round(at, 3), round(float(generator.uniform(0.5, 1.0)), 3)))
        at += beat * float(generator.choice(recipe.STEPS))
    return Phrase(start, label, recording, level, tuple(hits))


def _clips(phrases: list[Phrase], generator: np.random.Generator) -> tuple[float, ...]:
    """Where a user who heard a few of the target's phrases would cut 8 s around them."""
    heard = [phrase for phrase in phrases if phrase.label == TARGET]
    middles = [heard[index].start + heard[index].hits[-1].at / 2 for index in CUT_AROUND]
    shifts = generator.uniform(-CLIP_SHIFT_S, CLIP_SHIFT_S, len(middles))
    begins = np.clip(np.array(middles) - CLIP_S / 2 + shifts, 0.0, LENGTH_S - CLIP_S)
    return tuple(round(float(begin), 1) for begin in begins)
