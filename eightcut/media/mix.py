"""Real recordings mixed into the sound of a film, and the result put under its picture.

Mixing is arithmetic on mono float32 samples at ``RATE_HZ``. Pictures and
containers are ffmpeg's work, told to leave out dates and versions and to use
one thread, so that the same input gives the same bytes on the same machine.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from eightcut import atomic
from eightcut.media import audio
from eightcut.media.cut import ffmpeg
from eightcut.media.timeline import Samples

RATE_HZ = 44_100
SILENCE_DB = -40.0  # of a recording's peak; what is below at its ends is cut off
LONGEST_S = 1.5  # of one recording
FADE_S = 0.025
FRAME_S = 0.025  # loudness is measured in frames this long
QUIET_DB = -42.0  # film below this counts as this loud, or sounds mixed in would vanish
PEAK = 0.99
SIZE_PX = (320, 180)
FRAMES_PER_S = 15
EXACT = ("-threads", "1", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact")


class Sound(NamedTuple):
    """What is mixed in: samples, from ``start`` s on, ``level_db`` louder than the film there."""

    start: float
    samples: Samples
    level_db: float


def recording(path: Path) -> Samples:
    """A short recording without the silence round it, at most ``LONGEST_S`` s, faded out.

    Raises:
        BadMedia: the file cannot be decoded, or holds no sound.
    """
    samples = np.concatenate(list(audio.blocks(path, rate_hz=RATE_HZ)))
    heard = np.flatnonzero(np.abs(samples) > np.abs(samples).max() * 10 ** (SILENCE_DB / 20))
    if not len(heard):
        raise audio.BadMedia(f"{path} is silent; nothing of it can be mixed in")
    begin = max(int(heard[0]) - round(0.005 * RATE_HZ), 0)
    samples = samples[begin : heard[-1] + 1][: round(LONGEST_S * RATE_HZ)].copy()
    fade = min(round(FADE_S * RATE_HZ), len(samples))
    samples[len(samples) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return samples


def struck(sample: Samples, hits: Sequence[tuple[float, float]]) -> Samples:
    """A recording played at each (seconds, gain) of ``hits``, ringing on into the next."""
    offsets = [round(at * RATE_HZ) for at, _ in hits]
    phrase = np.zeros(max(offsets) + len(sample), np.float32)
    for offset, (_, gain) in zip(offsets, hits, strict=True):
        phrase[offset : offset + len(sample)] += np.float32(gain) * sample
    return phrase


def span(sound: Sound, duration: float) -> tuple[float, float]:
    """Where a sound starts and ends, in seconds, in a film of that duration."""
    return sound.start, min(sound.start + len(sound.samples) / RATE_HZ, duration)


def mix(film: Sequence[Samples], sounds: Sequence[Sound]) -> Samples:
    """Play pieces of a film's sound one after the other and mix sounds into them.

    A sound's level is that of its loud frames against the mean level of the
    film while it lasts. A mix that would clip is turned down as a whole. What
    does not fit before the end of the film is cut off.
    """
    under = np.concatenate(film)
    mixed = under.copy()
    for sound in sounds:
        begin = round(sound.start * RATE_HZ)
        here = under[begin : begin + len(sound.samples)]
        samples = sound.samples[: len(here)]
        level = max(_mean_db(here), QUIET_DB) + sound.level_db - _loud_db(samples)
        mixed[begin : begin + len(samples)] += samples * np.float32(10 ** (level / 20))
    loudest = float(np.abs(mixed).max(initial=PEAK))
    return mixed * np.float32(PEAK / loudest)


def picture(film: Path, start: float, duration: float, target: Path) -> None:
    """Write the picture of a stretch of film, small and without sound, for ``mux``."""
    width, height = SIZE_PX
    small = f"fps={FRAMES_PER_S},scale={width}:{height}:flags=fast_bilinear"
    _run(
        *("-threads", "1", "-ss", f"{start:.3f}", "-t", f"{duration:.3f}", "-i", str(film), "-an"),
        *("-vf", small, "-frames:v", str(round(duration * FRAMES_PER_S))),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "30", "-g", str(2 * FRAMES_PER_S)),
        *EXACT,
        target=target,
    )


def mux(pictures: Sequence[Path], sound: Samples, target: Path) -> None:
    """Write a video: pictures (of ``picture``) one after the other, and sound over them."""
    listing = target.with_name(f"{target.name}.pieces.txt")
    listing.write_text("".join(f"file '{_quoted(path)}'\n" for path in pictures), encoding="utf-8")
    try:
        _run(
            *("-f", "concat", "-safe", "0", "-i", str(listing)),
            *("-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "pipe:0"),
            *("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-b:a", "96k"),
            *("-movflags", "+faststart", *EXACT),
            target=target,
            sound=np.ascontiguousarray(sound, "<f4").tobytes(),
        )
    finally:
        listing.unlink()


def _quoted(path: Path) -> str:
    return str(path.resolve()).replace("'", "'\\''")


def _run(*arguments: str, target: Path, sound: bytes = b"") -> None:
    with atomic.replacing(target) as temporary:
        command = [ffmpeg(), "-nostdin", "-loglevel", "error", "-y", *arguments, str(temporary)]
        done = subprocess.run(command, input=sound, capture_output=True, check=False)
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip() or "no reason given"
            raise ValueError(f"ffmpeg could not write {target}: {reason.splitlines()[-1]}")


def _mean_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def _loud_db(samples: Samples) -> float:
    """Mean level of the frames within 20 dB of the loudest: the strokes, not the pauses."""
    size = min(round(FRAME_S * RATE_HZ), len(samples))
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    power = np.square(frames, dtype=np.float64).mean(axis=1)
    return float(10 * np.log10(power[power >= power.max() * 0.01].mean() + 1e-12))
