"""Clips and hard negatives of a workspace as a folder for Hugging Face ``datasets``."""

import wave
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from eightcut import atomic
from eightcut.audio.regions import CLIP_S
from eightcut.db import paths
from eightcut.jobs.dataset_folder import Card, DatasetExport, DatasetFolder, splits
from eightcut.jobs.label_events import NEGATIVE
from eightcut.media import audio
from eightcut.progress import Shown, bar
from eightcut.workspace import Workspace

WAV = frozenset({".wav", ".wave"})
_COLUMNS = {
    "file_name": "the sound, as WAV",
    "label": f"the export folder of the clip; `{NEGATIVE}`: a person said there is no such sound",
    "source": "the media file that it is from",
    "start": "where in it, in seconds",
    "duration": "how long, in seconds",
    "profile": "the profile it was marked in",
    "kind": "`clip`: marked by a person, `scan_export`: found by a scan, `hard_negative`",
}


class _Sound(NamedTuple):
    """One sound to put in: a clip's file, or a stretch of a media file."""

    name: str
    label: str
    kind: str
    source: str
    start: float
    duration: float
    path: str
    is_clip: bool


class Choice(NamedTuple):
    """What to put in, and how much of it to hold out."""

    profile: str
    folders: Collection[str] | None
    include_scan_exports: bool
    hard_negatives: bool
    test: float
    validation: float


def write(ws: Workspace, folder: DatasetFolder, choice: Choice, progress: Shown) -> DatasetExport:
    """Fill the folder: WAV clips as they are, the sound of others as WAV in mono."""
    sounds = _there(_sounds(ws, choice), folder)
    keys = {sound.source: _key(ws, sound.source) for sound in sounds}
    split_of, notes = splits(keys.values(), test=choice.test, validation=choice.validation)
    names = {key: source for source, key in keys.items()}
    for key, source in names.items():
        notes = [note.replace(key, source) for note in notes]
    used: dict[str, set[str]] = {}
    with bar("Writing the dataset", len(sounds), shown=progress) as shown:
        for sound in sounds:
            shown.say(sound.name)
            split = split_of[keys[sound.source]]
            if _put(folder, split, sound, choice.profile):
                used.setdefault(split, set()).add(sound.source)
            shown.advance(1)
    title = f"Clips of {ws.path.name}, profile {choice.profile}"
    card = Card(title, "audio-classification", "media file", _COLUMNS)
    return folder.finish(card, Counter({k: len(v) for k, v in used.items()}), notes)


def _sounds(ws: Workspace, choice: Choice) -> list[_Sound]:
    found = [
        _Sound(
            paths.name(clip.path), clip.folder, "scan_export" if clip.scan_export else "clip",
            clip.filename, clip.start, clip.end - clip.start, clip.path, is_clip=True,
        )
        for clip in ws.clips.clip_spans(
            choice.profile, include_scan_exports=choice.include_scan_exports
        )
        if clip.folder and not clip.folder.endswith(paths.DISABLED)
        and (choice.folders is None or clip.folder in choice.folders)
    ]  # fmt: skip
    _check_folders(choice, {sound.label for sound in found})
    if choice.hard_negatives:
        found += _negatives(ws, choice.profile)
    return found


def _there(sounds: list[_Sound], folder: DatasetFolder) -> list[_Sound]:
    """Those whose file is there, so that no split consists of files that are gone."""
    found = []
    for sound in sounds:
        if sound.path and Path(sound.path).is_file():
            found.append(sound)
        else:
            folder.skip(sound.name, f"{sound.path or sound.source} is not there")
    return found


def _check_folders(choice: Choice, there: set[str]) -> None:
    missing = sorted(set(choice.folders or ()) - there)
    if missing:
        known = ", ".join(sorted(there)) or "none of those"
        raise LookupError(
            f"profile {choice.profile!r} has no clips in {', '.join(missing)} (there: {known})"
        )


def _negatives(ws: Workspace, profile: str) -> list[_Sound]:
    found: dict[tuple[str, float], _Sound] = {}
    for row in ws.clips.get_hard_negatives(profile):
        name, start = row["filename"], row["start_time"]
        media = ws.clips.get_media(name)
        end = start + CLIP_S if row["end_time"] is None else row["end_time"]
        if media is not None and media.duration is not None:
            end = min(end, media.duration)
        called = f"{Path(paths.name(name)).stem}_n{round(start * 1000)}.wav"
        path = row["source_path"] if media is None else media.path
        found[name, start] = _Sound(
            called, NEGATIVE, NEGATIVE, name, start, end - start, path, is_clip=False
        )
    return list(found.values())


def _key(ws: Workspace, source: str) -> str:
    """What decides the split of a file: its content, so that a copy is never held out from it."""
    media = ws.clips.get_media(source)
    return source if media is None else media.fingerprint


def _put(folder: DatasetFolder, split: str, sound: _Sound, profile: str) -> bool:
    path = Path(sound.path)
    row: dict[str, Any] = {name: getattr(sound, name) for name in ("label", "source", "start")}
    row |= {"duration": sound.duration, "profile": profile, "kind": sound.kind}
    try:
        target = folder.place(split, str(Path(sound.name).with_suffix(".wav")))
        if sound.is_clip and path.suffix.lower() in WAV:
            folder.take(path, target)
        else:
            start = 0.0 if sound.is_clip else sound.start
            _write_wav(path, start, sound.duration, target)
    except (OSError, ValueError) as problem:
        folder.skip(sound.name, problem)
        return False
    folder.tell(split, sound.label, target, row)
    return True


def _write_wav(source: Path, start: float, duration: float, target: Path) -> None:
    """The sound of a stretch as 16-bit WAV in mono, at the rate of its track."""
    rate_hz = audio.probe(source).tracks[0].rate_hz or audio.RATE_HZ
    samples = audio.read(source, start, duration, rate_hz=rate_hz)
    if not len(samples):
        raise ValueError(f"{source} has no sound at {start:g} s")
    with atomic.replacing(target) as temporary, wave.open(str(temporary), "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
