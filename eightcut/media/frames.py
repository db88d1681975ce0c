"""Single frames out of a film."""

import contextlib
from collections.abc import Iterable, Iterator
from os import PathLike
from typing import Any

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from eightcut.media import container as files
from eightcut.media.container import BadMedia

Pixels = NDArray[np.uint8]

FAR_S = 3.0  # a frame this far ahead is sought, which costs less than decoding all before it


def at(
    path: str | PathLike[str], times: Iterable[float], *, height: int
) -> Iterator[tuple[float, Pixels]]:
    """The first frame at or after each time, in the order of time.

    Args:
        path: the film.
        times: seconds by the film's own time stamps; one given twice comes twice.
        height: of the frames in pixels; the width follows.

    Yields:
        The time asked for and the frame, uint8 (height, width, 3).

    Raises:
        BadMedia: the file has no picture track, or ends before one of the times.
    """
    with files.opened(path) as film, _decoding(path):
        stream = files.pictures(film)
        if stream is None:
            raise BadMedia(f"{path} has no picture track; choose a video")
        stream.thread_type = "AUTO"
        reader = _Reader(film, stream)
        for time_s in sorted(times):
            frame = reader.first_from(time_s)
            if frame is None:
                raise BadMedia(f"{path} ends before {time_s:.3f} s")
            yield time_s, _pixels(frame, height)


@contextlib.contextmanager
def _decoding(path: str | PathLike[str]) -> Iterator[None]:
    """Turn what the decoder raises over a damaged film into one sentence that names it."""
    try:
        yield
    except BadMedia:
        raise
    except (FFmpegError, ArithmeticError, AttributeError, LookupError, ValueError) as problem:
        raise BadMedia(
            f"{path} has damaged pictures that can't be decoded; get the file again"
        ) from problem


class _Reader:
    """A film read forwards, with leaps."""

    def __init__(self, film: InputContainer, stream: VideoStream) -> None:
        self._film, self._stream = film, stream
        self._tick = float(stream.time_base or 1 / av.time_base)
        self._half = 0.5 / float(stream.average_rate or 25)  # of a frame's time
        self._frames = film.decode(stream)
        self._frame: VideoFrame | None = None

    def first_from(self, time_s: float) -> VideoFrame | None:
        """The first frame whose time is not more than half a frame before; None at the end."""
        if self._frame is None or time_s - self._time() > FAR_S:
            self._film.seek(round(time_s / self._tick), stream=self._stream)
            self._frames = self._film.decode(self._stream)
            self._frame = next(self._frames, None)
        while self._frame is not None and self._time() < time_s - self._half:
            self._frame = next(self._frames, None)
        return self._frame

    def _time(self) -> float:
        found: Any = self._frame.time if self._frame is not None else None
        return float(found or 0.0)


def _pixels(frame: VideoFrame, height: int) -> Pixels:
    width = round(frame.width * height / frame.height)
    shrunk = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
    return np.asarray(shrunk.to_ndarray(), np.uint8)
