"""Opening a media file and decoding one of its sound tracks, with errors in plain words.

A file is opened as a local file only: a playlist that hides behind a media
suffix can't make the decoder fetch anything.
"""

import contextlib
import functools
import itertools
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Discard, Disposition, Stream
from av.video.stream import VideoStream

log = logging.getLogger(__name__)

FORMATS_WITHOUT_DELAY = {"mpegts", "mpeg", "flv", "avi", "aac", "ac3", "eac3", "asf"}
DELAY = {
    "aac": 1024,
    "mp3": 1105,
    "mp2": 481,
    "ac3": 256,
    "eac3": 256,
    "wmav1": 2048,
    "wmav2": 2048,
}
"""Samples of silence that an encoder of this kind puts in front, at the least: the overlap of the
transform (AAC, AC-3), of the filter bank (MP2), LAME's 576 + 529 (MP3). Most containers record it
and the decoder drops it; those of ``FORMATS_WITHOUT_DELAY`` have no field for it."""
NEAR = 0.1  # seconds: a picture this close behind the first sound starts together with it
Decode = Callable[[Any], list[AudioFrame]]  # a packet of no bytes asks for what is left
RETRIES = 20  # damaged places in a row that are skipped before a file counts as broken


class BadMedia(ValueError):  # noqa: N818 - it names the file's fault, not the program's
    """A file without usable sound; the message is one sentence that names it."""


@dataclass(slots=True)
class Damage:
    """How many packets could not be decoded, and what was wrong with the last one."""

    packets: int = 0
    last: FFmpegError | None = None


@contextlib.contextmanager
def opened(path: str | PathLike[str]) -> Iterator[InputContainer]:
    """Open a media file and close it again.

    Raises:
        BadMedia: it is missing, a folder, empty, unreadable or no media file.
    """
    path = Path(path).expanduser()
    _check(path)
    try:
        container = av.open(
            f"file:{path.absolute()}",
            options={"protocol_whitelist": "file"},
            metadata_errors="replace",
        )
    except (FFmpegError, ValueError) as problem:
        raise BadMedia(_why(path)) from problem
    with container:
        yield container


def sound(container: InputContainer, track: int, name: object) -> AudioStream:
    """The chosen sound track (counted from 0); every other stream is left unread."""
    streams = container.streams.audio
    if not streams:
        raise BadMedia(f"{name} has no sound track; choose a file with sound")
    if not 0 <= track < len(streams):
        raise BadMedia(f"{name} has {len(streams)} sound track(s), so there is no track {track}")
    if streams[track].codec_context is None:
        raise BadMedia(f"{name} has sound in a form that can't be decoded here; convert it first")
    for stream in container.streams:
        if stream is not streams[track]:
            stream.discard = Discard.all
    return streams[track]


def pictures(container: InputContainer) -> VideoStream | None:
    """The video track, where cover art does not count as one."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def zero(container: InputContainer, stream: AudioStream | None) -> float:
    """The container's time stamp, in seconds, of what a player shows as 0.

    It is where the container starts, or where its picture starts when the sound
    is ahead of it only by the encoder's delay. In containers that do not record
    that delay it is taken from ``DELAY``.
    """
    first = (container.start_time or 0) / av.time_base
    first = 0.0 if -2 * NEAR < first < 0 else first  # a delay that the decoder drops
    begins, video = start(stream) if stream else None, pictures(container)
    picture = start(video) if video else None
    if picture is not None and first <= picture < first + NEAR:
        return picture
    if stream is None or container.format.name not in FORMATS_WITHOUT_DELAY:
        return first
    if begins is None or begins <= first:
        return first + DELAY.get(stream.codec.canonical_name, 0) / (stream.rate or 1)
    return first


def duration(container: InputContainer) -> float | None:
    """Seconds that the container lasts, as its header says or the decoder library estimates."""
    return container.duration / av.time_base if container.duration else None


def length(stream: Stream) -> float | None:
    """Seconds that a stream lasts, as far as its header tells."""
    if stream.duration is None or stream.time_base is None:
        return None
    return float(stream.duration * stream.time_base)


def start(stream: Stream) -> float | None:
    """When a stream starts by the container's time stamps."""
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)


def decoded(
    container: InputContainer,
    stream: AudioStream,
    name: object,
    decode: Decode | None = None,
    damage: Damage | None = None,
) -> Iterator[AudioFrame]:
    """Yield the frames of a track, leaving out damaged ones as players do.

    ``decode`` turns packets into frames; the stream's own decoder unless given. Damaged
    ones are counted in ``damage``.

    Raises:
        BadMedia: nothing, or less than half, could be decoded, or reading broke off.
    """
    good, in_a_row, damage = 0, 0, damage or Damage()
    for result in _attempts(container, stream, decode or functools.partial(_decode, stream)):
        if isinstance(result, FFmpegError):
            damage.packets, damage.last = damage.packets + 1, result
            in_a_row += 1
            if in_a_row > RETRIES and not good:
                break
        else:
            good, in_a_row = good + 1, 0
            yield result
    if damage.packets > good:
        raise BadMedia(
            f"{name} has damaged sound that can't be decoded; get the file again"
        ) from damage.last
    if good == 0:
        raise BadMedia(
            f"{name} has a sound track that holds no sound; choose another track or file"
        )
    if damage.packets:
        log.warning("%s: %d damaged packets were left out", name, damage.packets)


def _attempts(
    container: InputContainer, stream: AudioStream, decode: Decode
) -> Iterator[AudioFrame | FFmpegError]:
    failures = 0
    while failures <= RETRIES:
        try:
            for packet in container.demux(stream):
                try:
                    frames = decode(packet)
                except FFmpegError as problem:
                    yield problem
                    continue
                failures = 0
                yield from frames
        except FFmpegError as problem:
            failures += 1
            yield problem
        else:
            return


def _decode(stream: AudioStream, packet: Any) -> list[AudioFrame]:
    return list(stream.codec_context.decode(packet if packet.size else None))


def last_moment(path: str | PathLike[str], after: float) -> float:
    """Where the last packet of any stream ends, looking from ``after`` seconds on."""
    with opened(path) as container, contextlib.suppress(FFmpegError):
        container.seek(int(after * av.time_base))
        for packet in itertools.takewhile(lambda packet: packet.size, container.demux()):
            if packet.pts is not None and packet.time_base is not None:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                after = max(after, end)
    return after


def _check(path: Path) -> None:
    try:
        if path.is_dir():
            raise BadMedia(f"{path} is a folder; name the media files in it")
        if not path.is_file():
            raise BadMedia(f"{path} does not exist or is no ordinary file; check the path")
        with path.open("rb") as file:
            if not file.read(1):
                raise BadMedia(f"{path} is empty (0 bytes); copy or download it again")
    except OSError as problem:
        raise BadMedia(
            f"{path} can't be read ({problem.strerror}); check the disk and its permissions"
        ) from problem
    except ValueError as problem:
        if isinstance(problem, BadMedia):
            raise
        raise BadMedia(f"{path!r} is no possible path ({problem}); check it") from problem


def _why(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free"}:
        return f"{path} is incomplete (its index is missing); copy or download it again"
    return f"{path} is not a media file, whatever its name says; choose a video or sound file"
