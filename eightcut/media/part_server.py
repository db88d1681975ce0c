"""A process that decodes segments of one recording for another one, which asks through a pipe.

``python -m eightcut.media.part_server FILE TRACK RATE``: a question is a line of JSON, an
answer a line of JSON and the samples after it. It ends when nobody is there to ask.
"""

import json
import os
import select
import sys
from typing import Any

from eightcut.media import parts
from eightcut.media import track as tracks
from eightcut.media.container import BadMedia
from eightcut.media.parts import Irregular
from eightcut.media.relay import Seam
from eightcut.media.timeline import Clock, Place
from eightcut.media.track import Track

LOOK_S = 1.0  # how often it looks whether the one who asked still lives


def main(path: str, track: str, rate_hz: str) -> None:
    """Answer until the questions end."""
    parent = os.getppid()
    os.set_blocking(sys.stdout.fileno(), False)
    with tracks.opened(path, int(track)) as sound:
        for line in sys.stdin.buffer:
            for content in answer(sound, int(rate_hz), json.loads(line)):
                _send(content, parent)


def answer(sound: Track, rate_hz: int, asked: dict[str, Any]) -> list[Any]:
    """One line, and if that is not null, the samples in pieces."""
    near = asked["near"] and _seam(asked["near"])
    try:
        found = parts.part(sound, rate_hz, asked["number"], near, is_sure=asked["is_sure"])
    except (BadMedia, Irregular, OSError):
        return [b"null\n"]
    begins, ends = (_told(seam) for seam in (found.begins, found.ends))
    samples = sum(map(len, found.samples))
    told = {"begins": begins, "ends": ends, "reached": found.reached, "samples": samples}
    return [json.dumps(told).encode() + b"\n", *found.samples]


def _seam(told: dict[str, Any]) -> Seam:
    (zero, tick, end, restarts, grid), shape, begin, passed = told["place"]
    clock = Clock(zero, tick, end, restarts, grid and tuple(grid))
    return Seam(**{**told, "place": Place(clock, tuple(shape), begin, passed)})


def _told(seam: Seam | None) -> dict[str, Any] | None:
    if seam is None:
        return None
    return {slot: getattr(seam, slot) for slot in ("number", "pts", "digest", "place")}


def _send(content: Any, parent: int) -> None:
    """Write all of it, or end with the one who asked."""
    rest = memoryview(content).cast("B")
    while len(rest):
        if os.getppid() != parent:
            sys.exit()
        if select.select([], [sys.stdout], [], LOOK_S)[1]:
            rest = rest[os.write(sys.stdout.fileno(), rest[: 1 << 20]) :]


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (BrokenPipeError, KeyboardInterrupt, BadMedia, OSError):
        os._exit(0)  # what is wrong with the file, the one who asks will find as well
