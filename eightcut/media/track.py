"""One sound track of an open file: its clock, its sound from any place, its completeness."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, dropwhile, islice
from os import PathLike
from pathlib import Path

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError

from eightcut.media import container as files
from eightcut.media import relay, timeline
from eightcut.media.container import BadMedia
from eightcut.media.relay import Relay
from eightcut.media.timeline import Clock, Place, Samples

GUESSES = {
    "ac3",
    "eac3",
}  # formats that seek by the average bit rate and stamp what they find with it
STREAMED = 2**32 - 2**16  # bytes: what programs write that do not know the size beforehand
LEAD_S = 1.0  # sought further back than needed: formats land somewhat off
SHORTFALL = 0.5  # seconds by which a track may miss what its header promises
EXACT = {"mov,mp4,m4a,3gp,3g2,mj2", "flac", "aiff", "caf", "avi"}
"""Formats whose header holds each track's length; others estimate it, or know the file's alone."""


@dataclass(slots=True)
class Track:
    """A sound track that is being decoded.

    Attributes:
        relay: its decoders, if it is of a kind that is decoded in segments.
        first: where its first frame lies.
        packet: samples of its first frame.
        damage: what was left out.
        reached: the end of the last piece, in seconds.
    """

    container: InputContainer
    stream: AudioStream
    path: str | PathLike[str]
    clock: Clock
    frames: Iterator[AudioFrame]
    first: Place
    packet: int
    relay: Relay | None
    damage: files.Damage
    reached: float = 0.0

    def pieces(self, rate_hz: int, place: Place | None = None) -> Iterator[tuple[int, Samples]]:
        """The sound from here on, each piece with the number of its first sample.

        ``place`` is where the next frame lies, unless it begins the track.
        """
        seams = self.relay.seams if self.relay else {}
        placed = timeline.placed(self.frames, self.clock, place, seams)
        first = place.first if place else None
        for number, samples in timeline.resampled(placed, rate_hz, first):
            self.reached = (number + len(samples)) / rate_hz
            yield number, samples

    def go_to_segment(self, number: int) -> None:
        """Go on with the first frame of a segment; what cannot be sought has no frames."""
        self.relay, self.damage = Relay(self.stream, self.clock, number), files.Damage()
        seconds = number * relay.SEGMENT_S - relay.PREROLL_S - LEAD_S
        stamp = int((seconds + self.clock.zero) / (self.stream.time_base or 1))
        if self.container.format.name == "wav":  # its packets are cut where one begins to read
            stamp -= stamp % self.packet
        with contextlib.suppress(FFmpegError):
            self.container.seek(stamp, stream=self.stream)
        self.frames = files.decoded(
            self.container, self.stream, self.path, self.relay.decode, self.damage
        )

    def seek(self, seconds: float, preroll: float) -> bool:
        """Go on ``preroll`` seconds before a moment; False where the format can't find it."""
        tick, target = self.stream.time_base, seconds - preroll
        if target <= 0:
            return True
        if tick is None or self.container.format.name in GUESSES:
            return False
        try:
            self.container.seek(int((target + self.clock.zero) / tick), stream=self.stream)
        except FFmpegError:
            return False
        frames = files.decoded(self.container, self.stream, self.path)
        # stamps may be missing until the format has found its feet again
        frames = dropwhile(lambda frame: frame.pts is None, frames)
        try:
            first = next(frames)
        except (BadMedia, StopIteration):
            return False
        self.frames = chain([first], frames)
        found = self.clock.of(first)
        return found is not None and found <= seconds - preroll / 2

    def check_end(self) -> None:
        """Raise BadMedia if the sound ended well before the file's own header says."""
        promised = self._promised()
        if promised is None or promised - self.reached <= SHORTFALL:
            return
        end = f"{self.reached:.1f} s of {promised:.1f} s"
        raise BadMedia(
            f"{self.path} breaks off after {end}; copy or download it again, or repair it"
        )

    def _promised(self) -> float | None:
        """Where the track should end, if the header knows it."""
        name, begins = self.container.format.name, files.start(self.stream)
        if name == "wav":
            return _riff_seconds(self.path)
        # an MP3 has an exact length in its LAME tag, which also gives the delay in front
        if name in EXACT or (name == "mp3" and begins):
            length = files.length(self.stream)
            return length + (begins or 0) - self.clock.zero if length else None
        if "matroska" not in name or self.clock.end is None:
            return None
        if self.clock.end - self.reached > SHORTFALL:  # it may be the picture that is longer
            last = files.last_moment(self.path, self.reached + self.clock.zero) - self.clock.zero
            return self.clock.end if self.clock.end - last > SHORTFALL else None
        return self.clock.end


@contextlib.contextmanager
def opened(path: str | PathLike[str], track: int) -> Iterator[Track]:
    """Open a file's sound track, counted from 0.

    Raises:
        BadMedia: the file or the track is none, or no sound in it can be decoded.
    """
    with files.opened(path) as container:
        stream = files.sound(container, track, path)
        clock, damage = _clock(container, stream), files.Damage()
        decoders = Relay(stream, clock) if relay.is_possible(container, stream) else None
        decode = decoders.decode if decoders else None
        frames = files.decoded(container, stream, path, decode, damage)
        head = list(islice(frames, 3))
        clock = timeline.with_grid(clock, head)
        first = timeline.first_place(clock, head[0])
        frames = chain(head, frames)
        yield Track(
            container, stream, path, clock, frames, first, head[0].samples, decoders, damage
        )


def _riff_seconds(path: str | PathLike[str]) -> float | None:
    """What a WAV header promises; the decoder library reports what the file really has."""
    with Path(path).expanduser().open("rb") as file:
        bytes_per_s, head = 0, file.read(12)
        while head[:4] == b"RIFF" and len(chunk := file.read(8)) == 8:
            size = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                known = bytes_per_s and size < STREAMED
                return size / bytes_per_s if known else None
            content = file.read(min(size, 16))
            if chunk[:4] == b"fmt ":
                bytes_per_s = int.from_bytes(content[8:12], "little")
            file.seek(size + size % 2 - len(content), 1)
    return None


def _clock(container: InputContainer, stream: AudioStream) -> Clock:
    return Clock(
        zero=files.zero(container, stream),
        tick=float(stream.time_base or 0),
        end=files.duration(container),
        restarts=container.format.name == "mpegts",
    )
