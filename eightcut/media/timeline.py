"""Decoded frames laid on one true time line.

Samples are counted along an ideal clock; time stamps correct it only where they
leave it for good. Rounded stamps (1 ms in Matroska) therefore change nothing,
while a hole becomes silence and an overlap is cut.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from math import gcd
from typing import Any, NamedTuple, Protocol

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

TOLERANCE = 0.005  # seconds that time stamps may be off before they count
LOOKAHEAD = 8  # frames that must agree on a correction: one frame with a wrong stamp moves nothing
WILD = 10.0  # seconds: a jump that ffmpeg, too, takes for a restarted clock and not for a hole
KNOWN_CHANNELS = 8  # up to 7.1; beyond it every channel counts the same
CHUNK_S = 30.0  # what the resampler returns at once: per frame it would cost a fifth more time

Samples = NDArray[np.float32]


class Clock(NamedTuple):
    """How a track's time stamps are to be read."""

    zero: float  # the stamp, in seconds, of the file's time 0
    tick: float  # seconds between two neighbouring stamps
    end: float | None = None  # seconds that the container lasts, if known
    restarts: bool = False  # stamps may start anew (MPEG-TS)
    grid: tuple[float, float] | None = None  # where a frame starts, and the frames' length

    def of(self, frame: AudioFrame) -> float | None:
        """Seconds from the start of the file, or None for a frame without a stamp."""
        # not frame.time: it builds a Fraction, which costs a tenth of the whole decoding
        return None if frame.pts is None else frame.pts * self.tick - self.zero

    def seconds(self, pts: int | None) -> float:
        """What a stamp means; without one, it was long ago."""
        return -math.inf if pts is None else pts * self.tick - self.zero

    def snapped(self, seconds: float) -> float:
        """The exact time that a coarse stamp stands for, if it fits the grid of frames."""
        if self.grid is None or seconds < self.grid[0]:
            return seconds  # before the second frame: the first is often a shortened one
        origin, step = self.grid
        exact = origin + round((seconds - origin) / step) * step
        return exact if abs(exact - seconds) <= self.tick else seconds

    def drift(self, frames: Iterable[AudioFrame], now: float) -> float:
        """How far the stamps of the next frames are all away from the count of samples."""
        drifts = []
        for frame in frames:
            seconds = self.of(frame)
            drifts += [] if seconds is None else [self.snapped(seconds) - now]
            now += frame.samples / frame.sample_rate
        if not drifts or min(map(abs, drifts)) <= TOLERANCE or min(drifts) < 0 < max(drifts):
            return 0.0
        return min(drifts, key=abs)

    def is_wild(self, drift: float, now: float) -> bool:
        """Whether a jump is a restarted clock, so that the sound simply goes on."""
        outside = self.end is not None and now + drift > self.end + WILD
        return drift < -WILD or (drift > WILD and (self.restarts or outside))


class Place(NamedTuple):
    """Where a frame lies before its own stamp is looked at: ``passed`` samples after ``begin``."""

    clock: Clock
    shape: tuple[str, str, int] | None  # sample format, channel layout and rate so far
    begin: float  # seconds
    passed: int

    @property
    def first(self) -> int:
        """The number of its first sample, at the frame's own rate."""
        return round(self.begin * self.rate_hz) + self.passed

    @property
    def rate_hz(self) -> int:
        """Of the frame."""
        return self.shape[2] if self.shape else 1


def with_grid(clock: Clock, frames: Iterable[AudioFrame]) -> Clock:
    """The clock with the grid that a track's first frames span, for stamps coarser than samples."""
    first, second, third = [*frames, None, None, None][:3]
    if not (first and second and third) or second.samples != third.samples:
        return clock
    begin = clock.of(first)
    if begin is None or clock.tick * first.sample_rate <= 1:
        return clock
    step = second.samples / second.sample_rate
    return clock._replace(grid=(begin + first.samples / first.sample_rate, step))


def first_place(clock: Clock, frame: AudioFrame) -> Place:
    """Where a track's first frame lies."""
    return Place(clock, _shape(frame), clock.snapped(clock.of(frame) or 0.0), 0)


def place_after(before: Place, stamped: float, frame: AudioFrame) -> Place:
    """Where a frame lies if stamps stay as far from the count of samples as they are by then.

    ``stamped`` is the second that the stamp of the frame at the place before stands for.
    """
    clock = before.clock
    since = clock.snapped(clock.seconds(frame.pts)) - stamped
    return before._replace(passed=before.passed + round(since * frame.sample_rate))


class HasPlace(Protocol):
    """What wants to know where a frame lies."""

    place: Place | None


NO_SEAMS: Mapping[int | None, HasPlace] = {}


def placed(
    frames: Iterable[AudioFrame],
    clock: Clock,
    place: Place | None = None,
    seams: Mapping[int | None, HasPlace] = NO_SEAMS,
) -> Iterator[tuple[float | None, AudioFrame]]:
    """Yield each frame with the time where it starts, or None where it follows the one before.

    Args:
        frames: as the decoder gives them.
        clock: how their stamps are to be read.
        place: where the first one lies, unless it begins the track.
        seams: are told where the frames with these stamps lie.
    """
    clock, shape, begin, count = place or Place(clock, None, 0.0, 0)
    for ahead in _windows(frames):
        frame = ahead[0]
        if seams and frame.pts in seams:
            seams[frame.pts].place = Place(clock, shape, begin, count)
        now, seconds = begin + count / frame.sample_rate, clock.of(frame)
        if shape is None:
            now = clock.snapped(seconds or 0.0)
        elif seconds is not None and abs(seconds - now) > TOLERANCE:
            drift = clock.drift(ahead, now)
            if clock.is_wild(drift, now):
                clock = clock._replace(zero=clock.zero + drift, end=None, grid=None)
            elif drift:
                shape, now = None, now + drift
        restarted = shape != _shape(frame)
        if restarted:
            shape, begin, count = _shape(frame), now, 0
        count += frame.samples
        yield now if restarted else None, frame


def resampled(
    frames: Iterable[tuple[float | None, AudioFrame]], rate_hz: int, first: int | None = None
) -> Iterator[tuple[int, Samples]]:
    """Yield mono samples, each piece with the number of its first sample.

    ``first`` is the number of the first sample given, if the first frame brings no time.

    Channels are mixed by the decoder library's matrix (centre 1, front 0.71,
    surround 0.5 to 0.71, no bass channel), scaled so that full scale in every
    channel stays within [-1, 1]; stereo is the mean of its two channels.
    """
    resampler, position = _resampler(rate_hz), 0
    for begin, frame in frames:
        frame = _mixable(frame)  # noqa: PLW2901
        first = first if begin is None else round(begin * frame.sample_rate)
        if first is not None:
            yield from _numbered(resampler, None, position)
            resampler = _resampler(rate_hz)
            position, frame = _aligned(frame, first, rate_hz)  # noqa: PLW2901
            first = None
        for number, samples in _numbered(resampler, frame, position):
            yield number, samples
            position = number + len(samples)
    yield from _numbered(resampler, None, position)


def blocks(pieces: Iterable[tuple[int, Samples]], size: int, written: int = 0) -> Iterator[Samples]:
    """Yield blocks of ``size`` samples from number ``written`` on, silent where no piece lies."""
    block, used = np.empty(size, np.float32), 0
    for number, samples in pieces:
        rest = samples[max(written - number, 0) :]
        gap = max(number - written, 0) if len(rest) else 0
        for part in chain(_silence(gap, size), [rest]):
            written += len(part)
            while len(part):
                taken = part[: size - used]
                block[used : used + len(taken)] = taken
                used, part = used + len(taken), part[len(taken) :]  # noqa: PLW2901
                if used == size:
                    yield block
                    block, used = np.empty(size, np.float32), 0
    if used:
        yield block[:used]


def _windows(frames: Iterable[AudioFrame]) -> Iterator[deque[AudioFrame]]:
    ahead: deque[AudioFrame] = deque()
    for frame in frames:
        ahead.append(frame)
        if len(ahead) == LOOKAHEAD:
            yield ahead
            ahead.popleft()
    while ahead:
        yield ahead
        ahead.popleft()


def _shape(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _resampler(rate_hz: int) -> AudioResampler:
    # without rematrix_maxval a float mix is not scaled at all: 5.1 would reach 3.4
    options = {"rematrix_maxval": "1.0"}
    return AudioResampler(
        "flt", "mono", rate_hz, frame_size=int(CHUNK_S * rate_hz), options=options
    )


def _numbered(
    resampler: AudioResampler, frame: AudioFrame | None, position: int
) -> Iterator[tuple[int, Samples]]:
    for out in resampler.resample(frame):
        samples = np.nan_to_num(out.to_ndarray()[0], nan=0.0, posinf=1.0, neginf=-1.0)
        yield position, np.clip(samples, -1.0, 1.0, out=samples)
        position += len(samples)


def _aligned(frame: AudioFrame, first: int, rate_hz: int) -> tuple[int, AudioFrame]:
    """Pad a frame in front so that it starts on a sample of the target rate.

    Then the resampling filter stands at the same phase wherever decoding began,
    and an excerpt has the very samples of the whole file.
    """
    divisor = gcd(rate_hz, frame.sample_rate)
    padding = first % (frame.sample_rate // divisor)
    position = (first - padding) // (frame.sample_rate // divisor) * (rate_hz // divisor)
    if not padding:
        return position, frame
    silence = 128 if frame.format.name.startswith("u8") else 0
    channels = np.pad(_channels(frame), ((0, 0), (padding, 0)), constant_values=silence)
    return position, _rebuilt(frame, channels)


def _channels(frame: AudioFrame) -> NDArray[Any]:
    """The samples in their own number format, (channels, samples)."""
    values = frame.to_ndarray()
    return values if frame.format.is_planar else values.reshape(-1, frame.layout.nb_channels).T


def _rebuilt(like: AudioFrame, channels: NDArray[Any]) -> AudioFrame:
    """A frame such as ``like`` with other samples."""
    planes = channels if like.format.is_planar else channels.T.reshape(1, -1)
    layout = like.layout.name if len(channels) == like.layout.nb_channels else "mono"
    new = AudioFrame.from_ndarray(np.ascontiguousarray(planes), like.format.name, layout)
    new.sample_rate, new.time_base, new.pts = like.sample_rate, like.time_base, like.pts
    return new


def _mixable(frame: AudioFrame) -> AudioFrame:
    """The frame itself, or the mean of more channels than the library's matrix knows."""
    if frame.layout.nb_channels <= KNOWN_CHANNELS:
        return frame
    channels = _channels(frame)
    return _rebuilt(frame, channels.mean(axis=0, keepdims=True).astype(channels.dtype))


def _silence(count: int, size: int) -> Iterator[Samples]:
    quiet = np.zeros(min(count, size), np.float32)
    for begin in range(0, count, size):
        yield quiet[: count - begin]
