"""A recording decoded by processes of their own, to the same samples, ahead of who needs them.

Each of them decodes every n-th segment and holds no more than one. What a part assumed
about the sound before it is compared with what the part before has found; where that is
not so, the part is decoded again from what is known now. A recording that cannot be sought
exactly, or is damaged, is decoded here and as a whole.
"""

import contextlib
import itertools
import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np

import eightcut
from eightcut.media import relay, timeline
from eightcut.media import track as tracks
from eightcut.media.audio import RATE_HZ
from eightcut.media.parts import Irregular
from eightcut.media.timeline import Samples
from eightcut.media.track import Track

PIPE_BYTES = 1 << 20  # what Linux gives to anybody; a process is woken less often
DOUBTS = 3  # parts that may be decoded twice before one waits for what is known


def blocks(
    path: str | PathLike[str],
    *,
    rate_hz: int = RATE_HZ,
    track: int = 0,
    block_s: float = 30.0,
    processes: int = 2,
) -> Iterator[Samples]:
    """Yield what ``audio.blocks`` yields, to the bit, decoded by some other processes.

    They end with the iteration, and with this process.

    Raises:
        BadMedia: as ``audio.blocks`` does.
        ValueError: likewise; or there would be no process.
    """
    size = round(block_s * rate_hz)
    if size < 1 or processes < 1:
        raise ValueError(f"{processes} processes and {block_s} s at {rate_hz} Hz hold no sample")
    with tracks.opened(path, track) as sound:
        yield from timeline.blocks(_pieces(sound, track, rate_hz, processes), size)
        sound.check_end()


def _pieces(
    sound: Track, track: int, rate_hz: int, processes: int
) -> Iterator[tuple[int, Samples]]:
    if sound.relay is not None:
        with contextlib.suppress(Irregular, OSError):
            yield from _parts(sound, track, rate_hz, processes)
            return
    yield from sound.pieces(rate_hz)  # from the start: what has been yielded is cut


def _parts(sound: Track, track: int, rate_hz: int, processes: int) -> Iterator[tuple[int, Samples]]:
    written, file = 0, Path(sound.path).expanduser().absolute()
    with contextlib.ExitStack() as stack:
        helpers = [stack.enter_context(_Helper(file, track, rate_hz)) for _ in range(processes)]
        for answer, samples in _Queue(helpers, sound.clock.end or 0.0).answers():
            yield written, samples
            written += len(samples)
            sound.reached = answer["reached"]


class _Helper:
    """A process that decodes one part at a time."""

    def __init__(self, file: Path, track: int, rate_hz: int) -> None:
        # -P: no module is taken from the folder that the person happens to stand in
        command = [sys.executable, "-P", "-m", "eightcut.media.part_server"]
        home = str(Path(eightcut.__file__).parents[1])
        known = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._child = subprocess.Popen(
            [*command, os.fspath(file), str(track), str(rate_hz)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(known)},
            pipesize=PIPE_BYTES,
            process_group=0,  # Ctrl-C is for this process, which then ends the other
        )
        self._kept = np.empty(0, np.float32)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        with contextlib.suppress(BrokenPipeError):
            self._child.__exit__(None, None, None)  # closes the pipes, waits for its end

    def ask(self, number: int, near: Any, *, is_sure: bool) -> None:
        """Begin with a part."""
        told = {"number": number, "near": near, "is_sure": is_sure}
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(told).encode() + b"\n")
        self._child.stdin.flush()

    def answer(self) -> tuple[dict[str, Any], Samples]:
        """Wait for the part that was asked for; its samples hold until the next one.

        Raises:
            Irregular: the recording cannot be decoded in parts, or the process has died.
        """
        assert self._child.stdout is not None
        told = json.loads(self._child.stdout.readline() or b"null")
        if told is None:
            raise Irregular
        if len(self._kept) < told["samples"]:
            self._kept = np.empty(told["samples"], np.float32)
        samples = self._kept[: told["samples"]]
        pipe: Any = self._child.stdout
        if pipe.readinto(memoryview(samples).cast("B")) != samples.nbytes:  # type: ignore[arg-type]
            raise Irregular
        return told, samples


class _Queue:
    """Which part is asked of whom, and what the next one has to begin with."""

    def __init__(self, helpers: list[_Helper], end: float) -> None:
        self._free, self._asked = deque(helpers), deque[_Helper]()
        self._end, self._next = end, 0  # the part to be asked for next
        self._before: dict[str, Any] | None = None  # the seam that the next part begins with
        self._doubts = 0

    def answers(self) -> Iterator[tuple[dict[str, Any], Samples]]:
        """The parts in order, until one ends with the recording."""
        self._ask(0)
        for number in itertools.count():
            answer, samples = self._answer(number)
            self._before = answer["ends"]
            if self._before is not None:
                self._ask(number + 1)
            yield answer, samples
            if self._before is None:
                return

    def _ask(self, wanted: int) -> None:
        """Let nobody be idle, if guesses about where parts begin have been right so far."""
        while self._free and (not self._asked or self._guesses(wanted)):
            helper = self._free.popleft()
            helper.ask(self._next, self._before, is_sure=self._next == wanted)
            self._asked.append(helper)
            self._next += 1

    def _guesses(self, wanted: int) -> bool:
        return self._doubts <= DOUBTS + wanted // 4 and self._next * relay.SEGMENT_S < self._end

    def _answer(self, number: int) -> tuple[dict[str, Any], Samples]:
        helper = self._asked.popleft()
        self._free.append(helper)
        answer, samples = helper.answer()
        if answer["begins"] == self._before:
            return answer, samples
        self._doubts += 1
        helper.ask(number, self._before, is_sure=True)
        answer, samples = helper.answer()
        if answer["begins"] != self._before:
            raise Irregular
        return answer, samples
