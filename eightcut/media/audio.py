"""Sound out of any media file as mono float32 on a true time line.

Time 0 is what a player shows as 0; sample i lies at i / rate_hz seconds, however
late the track starts and whatever holes it has.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from os import PathLike
from typing import NamedTuple

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream

from eightcut.media import container as files
from eightcut.media import timeline
from eightcut.media import track as tracks
from eightcut.media.container import BadMedia
from eightcut.media.timeline import Samples

__all__ = ["AudioTrack", "BadMedia", "Media", "blocks", "is_silent", "probe", "read"]

RATE_HZ = 16_000
SILENT = 1e-4  # -80 dB of full scale: below the noise of any recording
PREROLLS = (
    1.0,
    10.0,
    math.inf,
)  # seconds decoded ahead of an excerpt: codecs and the resampler need < 0.2


class AudioTrack(NamedTuple):
    """One sound track; ``index`` counts from 0, and what cannot be decoded here is unknown."""

    index: int  # type: ignore[assignment]  # a tuple's method of that name is of no use here
    codec: str | None
    rate_hz: int | None
    channels: int | None
    language: str | None


class Media(NamedTuple):
    """What a file holds; ``duration`` in seconds and ``video_rate`` in frames per second."""

    duration: float | None
    has_video: bool
    tracks: tuple[AudioTrack, ...]
    video_rate: Fraction | None


def probe(path: str | PathLike[str]) -> Media:
    """Look into a media file, as far as its first sound.

    Raises:
        BadMedia: it is missing, unreadable, no media file, or without usable sound.
    """
    with tracks.opened(path, 0) as track:
        container, video = track.container, files.pictures(track.container)
        each = tuple(
            _described(index, stream) for index, stream in enumerate(container.streams.audio)
        )
        return Media(
            track.clock.end, video is not None, each, video.average_rate if video else None
        )


def blocks(
    path: str | PathLike[str], *, rate_hz: int = RATE_HZ, track: int = 0, block_s: float = 30.0
) -> Iterator[Samples]:
    """Yield a track's sound in blocks of ``block_s`` seconds, the last one shorter.

    Sample i of all blocks lies at i / ``rate_hz`` seconds of the file: a late
    start and holes are silent, overlaps are cut. Values lie within [-1, 1];
    all channels are mixed into one. Memory does not grow with the length.

    Raises:
        BadMedia: the file is none, or its sound breaks off before its end; what
            could be decoded has been yielded by then.
        ValueError: a block would hold no sample.
    """
    size = round(block_s * rate_hz)
    if size < 1:
        raise ValueError(f"a block must hold a sample, not {block_s} s at {rate_hz} Hz")
    with tracks.opened(path, track) as sound:
        yield from timeline.blocks(sound.pieces(rate_hz), size)
        sound.check_end()


def read(
    path: str | PathLike[str],
    start: float,
    duration: float,
    *,
    rate_hz: int = RATE_HZ,
    track: int = 0,
) -> Samples:
    """The sound of an excerpt, ``round(duration * rate_hz)`` samples, silent outside the file.

    It seeks, so that its cost does not grow with ``start`` in files with an
    index; the samples are those that ``blocks`` yields for the same stretch.

    Raises:
        BadMedia: the file is none; that it breaks off early is only silence here.
        ValueError: ``start`` or ``duration`` is not finite, or ``duration`` is negative.
    """
    if not (math.isfinite(start) and math.isfinite(duration) and duration >= 0):
        raise ValueError(f"an excerpt needs finite seconds, not {duration} s from {start} s on")
    begin, excerpt = round(start * rate_hz), np.zeros(round(duration * rate_hz), np.float32)
    for preroll in PREROLLS:
        with tracks.opened(path, track) as sound:
            if sound.seek(start, preroll):
                _fill(excerpt, begin, sound.pieces(rate_hz))
                break
    return excerpt


def is_silent(samples: Samples) -> bool:
    """Whether nothing reaches 1e-4 of full scale (-80 dB)."""
    return bool(np.abs(samples).max(initial=0.0) < SILENT)


def _fill(excerpt: Samples, begin: int, pieces: Iterator[tuple[int, Samples]]) -> None:
    written = begin
    for number, samples in pieces:
        if number >= begin + len(excerpt):
            return
        low, high = max(number, written), min(number + len(samples), begin + len(excerpt))
        if low < high:
            excerpt[low - begin : high - begin] = samples[low - number : high - number]
            written = high


def _described(index: int, stream: AudioStream) -> AudioTrack:
    context: AudioCodecContext | None = stream.codec_context
    language = None if stream.language == "und" else stream.language
    if context is None:  # another track than the one that is heard
        return AudioTrack(index, None, None, None, language)
    return AudioTrack(
        index, stream.codec.canonical_name, context.sample_rate, context.channels, language
    )
