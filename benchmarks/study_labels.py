"""How many labels each strategy of ``review_queue`` needs, beside labelling at random.

A simulated person labels stretches of a pool of real sounds (Big Buck Bunny with one-shot
recordings mixed in, as in the sample workspace) in rounds, as a strategy proposes them;
after each round a classifier is trained on the labels so far and judged on held-out files,
which share neither a second of film nor a recording with the pool. Several kinds of sound
take turns as the one to find. Prints tables and writes a picture beside ``docs/labels.md``.

Run by hand: ``python benchmarks/study_labels.py --scratch FOLDER`` (about ten minutes on
one core the first time; embeddings are kept in the folder).
"""

import argparse
import json
import tempfile
import wave
from collections import defaultdict
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np

import eightcut as ec
from eightcut import fetch
from eightcut.audio import evaluation, labels, metrics, sampling
from eightcut.audio.tiles import tiles, unknown
from eightcut.audio.windows import WINDOWS
from eightcut.estimates import clustered_mean
from eightcut.jobs import sample_plan, sample_recipe
from eightcut.jobs.embed import embed
from eightcut.media import audio, mix
from eightcut.models import heads, registry
from eightcut.models.nearest import unit
from eightcut.progress import Silent

TARGETS = ("metal", "tabla", "bleep", "finger snap")
STRATEGIES = ("random", "margin", "top", "stratified", "disagreement", "similar")
COLD_POSITIVE, COLD_RANDOM = 2, 8
ROUND, LABELS, SEEDS = 10, 200, 5
SECONDS_PER_LABEL = 10.0  # 8 s to listen to and 2 s to decide
POOL_FILES, TEST_FILES = 40, 24
POOL_PHRASES, TEST_PHRASES = 6, 8
THRESHOLD = 0.5


class File(NamedTuple):
    """One recording: windows (n, 1024), events by label, film pieces it plays."""

    name: str
    windows: np.ndarray
    events: dict


class Pool(NamedTuple):
    """The files to label, and the truth about one target in each."""

    files: list
    events: list


def parts():
    """Set -> film pieces, label -> recordings, files, phrases; pool and test share nothing."""
    recipe = sample_recipe.PARTS
    pool = defaultdict(tuple)
    for name in (sample_recipe.TRAIN, sample_recipe.REVIEW):
        for label, recordings in recipe[name].recordings.items():
            pool[label] += recordings
    test = recipe[sample_recipe.HELD_OUT].recordings
    return {
        "pool": ((0, 2, 4, 6, 8), pool, POOL_FILES, POOL_PHRASES),
        "test": ((1, 3, 5, 7), test, TEST_FILES, TEST_PHRASES),
    }


def material(scratch):
    """Mix, embed and keep every file; returns set -> files."""
    ws = ec.Workspace(scratch / "ws")
    film = sample_film(scratch)
    found = {}
    for number, (name, part) in enumerate(parts().items()):
        generator = np.random.default_rng(100 + number)
        found[name] = list(mixed(ws, scratch, name, part, film, generator))
    return found


def sample_film(scratch):
    """The film, fetched once."""
    path = scratch / "bbb.mp4"
    if not path.exists():
        recipe = sample_recipe
        path.write_bytes(fetch.member(recipe.FILM, recipe.FILM_MEMBER, recipe.FILM_SHA256))
    return path


def mixed(ws, scratch, name, part, film, generator):
    """The files of one set, one by one."""
    pieces, recordings, files, phrases = part
    turns = {label: cycle(generator.permutation(names)) for label, names in recordings.items()}
    kinds = cycle(list(recordings))
    span = (sample_plan.EDGE_S, sample_plan.LENGTH_S - sample_plan.TAIL_S)
    for index in range(files):
        under = generator.choice(pieces, 2, replace=False)
        planned = [
            sample_plan._phrase(at, kind, next(turns[kind]), generator)  # noqa: SLF001 - the recipe's own
            for at in sample_plan._starts(phrases, span, generator)  # noqa: SLF001
            for kind in [next(kinds)]
        ]
        yield kept(ws, scratch, f"{name}_{index:02}", film, under, planned)


def kept(ws, scratch, name, film, under, planned):
    """One file: its windows from the store, mixed and embedded first where it is not there."""
    note = scratch / f"{name}.json"
    embedder = registry.load("YAMNET", "sound")
    if not note.exists():
        film_sound = [
            audio.read(
                film, int(piece) * sample_recipe.PIECE_S, sample_recipe.PIECE_S, rate_hz=mix.RATE_HZ
            )
            for piece in under
        ]
        sounds = [
            mix.Sound(
                one.start, mix.struck(recording(scratch, one.recording), one.hits), one.level_db
            )
            for one in planned
        ]
        path = scratch / f"{name}.wav"
        write(path, mix.mix(film_sound, sounds))
        media = ws.add_media(path)[0]
        embed(ws, media, embedder, WINDOWS, bar=Silent())
        path.unlink()
        events = [
            (one.label, *mix.span(sound, media.duration))
            for one, sound in zip(planned, sounds, strict=True)
        ]
        note.write_text(json.dumps({"filename": media.filename, "events": events}))
    about = json.loads(note.read_text())
    media = ws.clips.get_media(about["filename"])
    stored = ws.embeddings.find(
        ws.embeddings.key(media.fingerprint, embedder, embedder.grid(WINDOWS))
    )
    events = defaultdict(list)
    for label, start, end in about["events"]:
        events[label].append((start, end))
    return File(name, stored.windows(WINDOWS), events)


def recording(scratch, name, known={}):  # noqa: B006 - decoded once
    """A one-shot recording's samples."""
    if name not in known:
        path = scratch / f"one_shot{Path(name).suffix}"
        member = sample_recipe.SOUNDS_FOLDER + name
        path.write_bytes(fetch.members(sample_recipe.SOUNDS, [member])[member])
        known[name] = mix.recording(path)
    return known[name]


def write(path, samples):
    """Mono 16-bit."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, mix.RATE_HZ, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


class Person:
    """Labels stretches; knows what was asked and what it held."""

    def __init__(self, files, target):
        self.files, self.target = files, target
        self.known = [[] for _ in files]
        self.rows, self.truth = [], []
        self.asked = 0

    def label(self, file, window):
        """One label; a stretch that only brushes the sound is answered with unsure."""
        events = self.files[file].events[self.target]
        span = (float(window), float(window) + WINDOWS.length)
        self.known[file].append(span)
        self.asked += 1
        held = labels.lessons(window + 1, WINDOWS, events, (), margin=0).positive[window]
        brushed = any(min(span[1], end) > max(span[0], start) for start, end in events)
        if held or not brushed:
            self.rows.append((file, window))
            self.truth.append(bool(held))

    def head(self, seed):
        """What can be learned from the labels so far; each teaches its own window."""
        x = np.stack([self.files[file].windows[window] for file, window in self.rows])
        truth = np.array(self.truth)
        return heads.fit(x, truth, np.ones(len(x), "f4"), kind="logistic", seed=seed)


def asked_next(person, curves, before, strategy, n, seed):
    """The (file, window) of the next labels, by the functions that ``review_queue`` uses."""
    keys = curves
    if strategy == "disagreement":
        keys = [np.abs(new - old) for new, old in zip(curves, before, strict=True)]
    if strategy == "similar":
        keys = likeness(person)
    found = [
        (file, window)
        for file, key in enumerate(keys)
        for window in tiles(key, WINDOWS, unknown(len(key), WINDOWS, person.known[file])).tolist()
    ]
    scores = np.array([keys[file][window] for file, window in found], "f4")
    if strategy == "margin":
        chosen = sampling.least(np.abs(scores - THRESHOLD), n)
    elif strategy == "random":
        chosen = sampling.at_random(len(scores), n, seed)
    elif strategy == "stratified":
        chosen = sampling.stratified(scores, n, seed)
    else:
        chosen = sampling.least(-scores, n)
    return [found[place] for place in chosen.places]


def likeness(person):
    """The cosine of every window to the most similar positive label, as ``find_similar`` has it."""
    rows = [row for row, holds in zip(person.rows, person.truth, strict=True) if holds]
    wanted = unit(np.stack([person.files[file].windows[window] for file, window in rows]))
    return [(file.units @ wanted.T).max(axis=1) for file in person.files]


class Labelled(NamedTuple):
    """A file of the pool with its unit vectors."""

    windows: np.ndarray
    units: np.ndarray
    events: dict


def cold(person, generator):
    """The same beginning for every strategy: two examples, and a few random stretches."""
    every = [
        (file, window)
        for file, one in enumerate(person.files)
        for window in range(0, len(one.windows), int(WINDOWS.length))
    ]
    holds = [
        place
        for place, (file, window) in enumerate(every)
        if labels.lessons(
            window + 1, WINDOWS, person.files[file].events[person.target], (), margin=0
        ).positive[window]
    ]
    first = generator.choice(holds, COLD_POSITIVE, replace=False)
    others = np.setdiff1d(np.arange(len(every)), first)
    for place in (*first, *generator.choice(others, COLD_RANDOM, replace=False)):
        person.label(*every[place])


def judged(head, test, target):
    """Average precision over the windows of the held-out files."""
    files = [
        evaluation.judge(
            one.name,
            head.scores(one.windows),
            WINDOWS,
            one.events[target],
            len(one.windows) + WINDOWS.length - 1,
        )
        for one in test
    ]
    return metrics.average_precision(
        np.concatenate([file.truth for file in files]),
        np.concatenate([file.scores for file in files]),
    )


def curve(pool, test, target, strategy, seed):
    """AP after each round, and how many of the labels held the sound."""
    person = Person(pool, target)
    cold(person, np.random.default_rng(seed))
    before, found, positives = None, [], []
    while True:
        head = person.head(seed)
        found.append(judged(head, test, target))
        positives.append(sum(person.truth))
        if person.asked >= LABELS:
            return found, positives
        curves = [1 / (1 + np.exp(-np.clip(head.scores(one.windows), -60, 60))) for one in pool]
        asked = asked_next(
            person,
            curves,
            before or [c * 0 for c in curves],
            strategy,
            ROUND,
            1000 * seed + person.asked,
        )
        for file, window in asked:
            person.label(file, window)
        before = curves


def limits(pool, test, target):
    """AP of a score that is always the same, and of labels for every stretch of the pool."""
    person = Person(pool, target)
    for file, one in enumerate(pool):
        for window in range(0, len(one.windows), int(WINDOWS.length)):
            person.label(file, window)
    files = [
        evaluation.judge(
            one.name,
            np.zeros(len(one.windows), "f4"),
            WINDOWS,
            one.events[target],
            len(one.windows) + WINDOWS.length - 1,
        )
        for one in test
    ]
    share = float(np.concatenate([file.truth for file in files]).mean())
    return share, judged(person.head(0), test, target), person.asked


def study(pool, test, results):
    """target, strategy, seed -> curve; done ones are read from ``results``."""
    ready = json.loads(results.read_text()) if results.exists() else {}
    for target in TARGETS:
        for strategy in STRATEGIES:
            for seed in range(SEEDS):
                key = f"{target}/{strategy}/{seed}"
                if key not in ready:
                    ready[key] = curve(pool, test, target, strategy, seed)
                    results.write_text(json.dumps(ready))
            shown = np.mean([ready[f"{target}/{strategy}/{s}"][0] for s in range(SEEDS)], axis=0)
            print(f"{target:12} {strategy:13} " + " ".join(f"{v:.2f}" for v in shown), flush=True)
    return ready


def main():
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--picture", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = given.scratch or Path(folder)
        scratch.mkdir(parents=True, exist_ok=True)
        found = material(scratch)
        pool = [Labelled(one.windows, unit(one.windows), one.events) for one in found["pool"]]
        tell_material(found)
        for target in TARGETS:
            share, most, number = limits(pool, found["test"], target)
            print(
                f"{target:12} AP always the same score {share:.2f}, all {number} labels {most:.2f}"
            )
        ready = study(pool, found["test"], scratch / "curves.json")
        tell(ready)
        if given.picture:
            draw(ready, given.picture)


def tell_material(found):
    """What the pool and the test hold."""
    for name, files in found.items():
        windows = sum(len(one.windows) for one in files)
        told = ", ".join(
            f"{target} {sum(len(one.events[target]) for one in files)}" for target in TARGETS
        )
        print(f"{name}: {len(files)} files, {windows} windows; events: {told}")


def means(ready, target, strategy, column=0):
    """(seeds, rounds)."""
    return np.array([ready[f"{target}/{strategy}/{seed}"][column] for seed in range(SEEDS)])


def tell(ready):
    """Mean AP, area under the curve against random, and labels to where random ends."""
    count = np.arange(COLD_POSITIVE + COLD_RANDOM, LABELS + 1, ROUND)
    print(f"\nmean AP of {len(TARGETS)} targets and {SEEDS} seeds after 30, 50, 100, 200 labels")
    for strategy in STRATEGIES:
        mean = np.mean([means(ready, target, strategy).mean(0) for target in TARGETS], axis=0)
        told = (f"{mean[int(np.flatnonzero(count == n)[0])]:.2f}" for n in (30, 50, 100, 200))
        print(f"{strategy:13} {'  '.join(told)}")
    print("\narea under the curve minus random's, paired by target and seed")
    for strategy in STRATEGIES:
        gains, owners = [], []
        for target in TARGETS:
            gains += list((means(ready, target, strategy) - means(ready, target, "random")).mean(1))
            owners += [target] * SEEDS
        best = sum(gain > 0 for gain in gains)
        print(f"{strategy:13} {clustered_mean(gains, owners)}  better in {best} of {len(gains)}")
    print(f"\nlabels to reach what random reaches with {LABELS}: mean curve of {SEEDS} seeds")
    for target in TARGETS:
        goal = means(ready, target, "random").mean(0)[-1]
        told = []
        for strategy in STRATEGIES:
            mean = means(ready, target, strategy).mean(0)
            there = np.flatnonzero(mean >= goal)
            told.append(f"{strategy} {count[there[0]] if len(there) else f'>{LABELS}'}")
        print(f"{target:12} AP {goal:.2f}: " + ", ".join(told))
    print("\nAP (mean of seeds, lowest to highest) after 50, 100, 200 labels; positives among 200")
    for target in TARGETS:
        for strategy in STRATEGIES:
            all_ = means(ready, target, strategy)
            told = [
                f"{all_[:, i].mean():.2f} ({all_[:, i].min():.2f}-{all_[:, i].max():.2f})"
                for i in (int(np.flatnonzero(count == n)[0]) for n in (50, 100, 200))
            ]
            hits = means(ready, target, strategy, 1)[:, -1].mean()
            print(f"{target:12} {strategy:13} {'  '.join(told)}  {hits:.0f}")


def draw(ready, path):
    """The learning curves, one panel per target."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - only for the picture

    count = np.arange(COLD_POSITIVE + COLD_RANDOM, LABELS + 1, ROUND)
    figure = Figure(figsize=(9, 5.4), layout="constrained")
    colours = dict(
        zip(
            STRATEGIES,
            ("#777777", "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00"),
            strict=True,
        )
    )
    for axes, target in zip(figure.subplots(2, 2, sharex=True).flat, TARGETS, strict=True):
        for strategy in STRATEGIES:
            all_ = means(ready, target, strategy)
            axes.plot(count, all_.mean(0), color=colours[strategy], label=strategy)
            if strategy in {"random", "margin"}:
                axes.fill_between(
                    count,
                    all_.min(0),
                    all_.max(0),
                    color=colours[strategy],
                    alpha=0.15,
                    linewidth=0,
                )
        axes.set_title(target)
        axes.set(xlabel="labels", ylabel="held-out AP")
        axes.secondary_xaxis(
            "top",
            functions=(lambda n: n * SECONDS_PER_LABEL / 60, lambda m: m * 60 / SECONDS_PER_LABEL),
        ).set_xlabel("review minutes")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=6)
    figure.savefig(path, dpi=72)


if __name__ == "__main__":
    main()
