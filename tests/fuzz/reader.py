"""What it takes to try a reader."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzz.judge import Read


def nothing() -> Sequence[bytes]:
    """No bombs."""
    return ()


@dataclass(frozen=True)
class Reader:
    """Something that reads what others have written.

    Attributes:
        name: of the reader.
        seeds: makes valid files in a folder and returns their bytes.
        change: makes another file of a valid one.
        door: prepares a folder, and returns what reads bytes there as a person would have it.
        names: a clear error says one of these.
        is_slow: a quick run leaves it out.
        bombs: what is small and claims to be huge; they are always read first.
    """

    name: str
    seeds: Callable[[Path], Sequence[bytes]]
    change: Callable[[Random, bytes], bytes]
    door: Callable[[Path], Read]
    names: tuple[str, ...] = ("given",)
    bombs: Callable[[], Sequence[bytes]] = nothing
    is_slow: bool = False
