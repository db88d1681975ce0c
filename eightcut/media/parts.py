"""One segment of a recording, decoded by itself to the very samples of the whole.

What a part assumes about the sound before it, it says, so that whoever puts parts
together can compare that with what the part before has found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from av.audio.frame import AudioFrame

from eightcut.media import timeline
from eightcut.media.container import BadMedia
from eightcut.media.relay import Relay, Seam
from eightcut.media.timeline import CHUNK_S, LOOKAHEAD, Place, Samples
from eightcut.media.track import Track

MARGIN_S = 0.1  # behind a seam: by then the resampler has forgotten what lay before it


class Irregular(Exception):  # noqa: N818 - no error: such a recording is decoded as a whole
    """This recording cannot be decoded in parts."""


@dataclass(slots=True)
class Part:
    """The samples from one seam to the next.

    Attributes:
        begins: the seam before it; None at the beginning of the recording.
        ends: the seam behind it; None at the recording's end.
        reached: the end of its sound in seconds, as ``Track.reached``.
        samples: in pieces.
    """

    begins: Seam | None
    ends: Seam | None
    reached: float = 0.0
    samples: list[Samples] = field(default_factory=list)


def part(
    sound: Track, rate_hz: int, number: int, near: Seam | None = None, *, is_sure: bool = False
) -> Part:
    """Decode segment ``number`` of a track, whose first one must be asked for first.

    ``near`` is a seam before it, or, if it ``is_sure``, the one that it begins with.

    Raises:
        Irregular: the recording has to be decoded as a whole.
    """
    if sound.relay is None:
        raise Irregular
    place = None
    if number:
        place = _begun(sound, number, near, is_sure=is_sure)
    frames, written = sound.frames, handed_over(place, rate_hz) if place else 0
    sound.frames = _until(frames, sound.relay, number + 1)
    try:
        pieces = sound.pieces(rate_hz, place)
        samples = list(timeline.blocks(pieces, round(CHUNK_S * rate_hz), written))
        begins, ends = (_seam(sound.relay, which) for which in (number, number + 1))
        lacking = _cut(samples, written, ends, rate_hz)
        if (
            sound.relay.refused
            or sound.damage.packets
            or (lacking and next(frames, None) is not None)
        ):
            raise Irregular
    except BadMedia as problem:
        raise Irregular from problem
    return Part(begins, ends, sound.reached, samples)


def handed_over(place: Place, rate_hz: int) -> int:
    """The first sample of the part that begins at a place."""
    return place.first * rate_hz // place.rate_hz + round(MARGIN_S * rate_hz)


def _begun(sound: Track, number: int, near: Seam | None, *, is_sure: bool) -> Place:
    """Go to a segment's first frame; where that lies."""
    sound.go_to_segment(number)
    try:
        frame = next(sound.frames)
    except (BadMedia, StopIteration) as problem:
        raise Irregular from problem
    sound.frames = chain([frame], sound.frames)
    if near is None or near.place is None:
        return timeline.place_after(sound.first, sound.first.begin, frame)
    if is_sure:
        return near.place
    clock = near.place.clock
    return timeline.place_after(near.place, clock.snapped(clock.seconds(near.pts)), frame)


def _until(frames: Iterator[AudioFrame], relay: Relay, number: int) -> Iterator[AudioFrame]:
    """The frames until a segment begins, and as many more as the resampler and the clock need."""
    left: int | None = None
    for frame in frames:
        if left is None and frame.pts in relay.seams and relay.seams[frame.pts].number == number:
            left = LOOKAHEAD + 2 + round(3 * MARGIN_S * frame.sample_rate / frame.samples)
        if left == 0 or relay.refused:
            return
        left = None if left is None else left - 1
        yield frame


def _seam(relay: Relay, number: int) -> Seam | None:
    found = [seam for seam in relay.seams.values() if seam.number == number]
    return found[0] if found else None


def _cut(samples: list[Samples], written: int, ends: Seam | None, rate_hz: int) -> int:
    """Leave out what the next part gives; how many samples are lacking until there."""
    if ends is None or ends.place is None:
        return 0
    left = handed_over(ends.place, rate_hz) - written
    for index, piece in enumerate(samples):
        samples[index] = piece[:left]
        left -= len(samples[index])
    return left
