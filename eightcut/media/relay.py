"""Decoders that take over from each other, so that a recording can be decoded from its middle.

What a decoder gives may depend on all that it has heard before: AAC's replaced noise goes
on through the whole recording. Every ``SEGMENT_S`` seconds, therefore, a new decoder takes
over, which has heard the ``PREROLL_S`` seconds before, and nothing else. So a part of a
recording has the same samples to the bit, whether it was decoded after what precedes it or
by itself.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.error import FFmpegError

from eightcut.media.timeline import Clock, Place

SEGMENT_S = 120.0
PREROLL_S = 2.0  # codecs need less than 0.2; HE-AAC repeats its header about every half second
FORMATS = {"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "mp3", "flac", "ogg", "wav", "aac"}
CODECS = {"aac", "mp3", "opus", "vorbis", "flac", "alac"}  # and PCM


@dataclass(slots=True)
class Seam:
    """Where a segment begins.

    Attributes:
        number: of the segment.
        pts: the stamp of its first frame.
        digest: of the packets that its decoder had been given by then.
        place: where that frame lies, once it was laid on the time line.
    """

    number: int
    pts: int | None
    digest: str
    place: Place | None = None


class Relay:
    """The decoders of one track, one after another.

    Args:
        stream: of the track.
        clock: how its stamps are to be read.
        number: the segment to begin with. Unless it is the first, frames before it are left out.

    Attributes:
        seams: where a decoder took over, by the stamp of its first frame.
        refused: whether one could not, because it did not yet agree with the one before.
    """

    def __init__(self, stream: AudioStream, clock: Clock, number: int = 0) -> None:
        self.seams: dict[int | None, Seam] = {}
        self.refused = False
        self._stream, self._clock = stream, clock
        self._old: Any = None if number else stream.codec_context
        self._new: Any = None
        self._next = max(number, 1)
        self._agreed, self._digest = False, hashlib.blake2b(digest_size=16)

    def decode(self, packet: Any) -> list[AudioFrame]:
        """The frames of a packet; an empty one asks for what the decoder still holds."""
        if not packet.size:
            return [] if self._old is None else list(self._old.decode(None))
        if self._new is None and self._clock.seconds(packet.pts) >= self._boundary - PREROLL_S:
            self._new, self._agreed = another(self._stream), False
            self._digest = hashlib.blake2b(digest_size=16)
        frames = [] if self._old is None else list(self._old.decode(packet))
        return frames if self._new is None else self._both(packet, frames)

    @property
    def _boundary(self) -> float:
        return self._next * SEGMENT_S

    def _both(self, packet: Any, frames: list[AudioFrame]) -> list[AudioFrame]:
        """The frames of the old decoder until the boundary, and of the new one from there on."""
        self._digest.update(f"{packet.pts} {packet.size} ".encode())
        self._digest.update(bytes(packet))
        fresh = _answer(self._new, packet)
        alone = self._old is None
        behind = [frame for frame in fresh if self._is_behind(frame)]
        if not (behind if alone else any(map(self._is_behind, frames))):
            self._agreed = alone or _marks(frames) == _marks(fresh)
            return frames
        before = [frame for frame in frames if not self._is_behind(frame)]
        if self._agreed and (alone or _marks(frames) == _marks(fresh)):
            frames, self._old = before + behind, self._new
            pts = behind[0].pts
            self.seams[pts] = Seam(self._next, pts, self._digest.hexdigest())
        else:
            self.refused = True
        self._new, reached = None, max(self._clock.seconds(one.pts) for one in fresh + frames)
        self._next = max(self._next, int(reached // SEGMENT_S)) + 1
        return frames

    def _is_behind(self, frame: AudioFrame) -> bool:
        return self._clock.seconds(frame.pts) >= self._boundary


def is_possible(container: Any, stream: AudioStream) -> bool:
    """Whether a track is of a kind that can be decoded in segments."""
    codec = stream.codec.canonical_name
    known = codec in CODECS or codec.startswith("pcm_")
    return container.format.name in FORMATS and known


def another(stream: AudioStream) -> Any:
    """A decoder for a track that has heard nothing yet."""
    like = stream.codec_context
    decoder: Any = av.CodecContext.create(like.codec.name, "r")
    if like.extradata:
        decoder.extradata = like.extradata
    decoder.sample_rate, decoder.layout = like.sample_rate, like.layout.name
    return decoder


def _answer(decoder: Any, packet: Any) -> list[AudioFrame]:
    """What a decoder that has just begun makes of a packet; it may lack what came before."""
    try:
        return list(decoder.decode(packet))
    except FFmpegError:
        return []


def _marks(frames: list[AudioFrame]) -> list[tuple[object, ...]]:
    return [
        (one.pts, one.samples, one.sample_rate, one.format.name, one.layout.name) for one in frames
    ]
