"""One job that people trust with their work, and what they were promised of it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.crash.looking import seen

Tell = Callable[..., None]
STAMP = re.compile(r"\.(bak|layout)-\d{8}_\d{6}_\d{6}")  # a repetition may keep a second copy


class Operation:
    """Prepares a folder, does its work in it, and knows what it confirmed.

    ``work`` tells each fact that a person would rely on as soon as they would. It can be
    called again after it was killed and then does what is left.

    Attributes:
        name: as the table shows it.
        originals: patterns of files of the person's own, each of which must be there once.
        growing: patterns of files that are appended to; reopening them tells what is whole.
        begins: makes what several operations begin with; it is made once for all of them.
    """

    name: str
    originals: tuple[str, ...] = ()
    growing: tuple[str, ...] = ()
    begins: Callable[[Path], None] | None = None

    def prepare(self, folder: Path) -> None:
        """Make the folder that the work begins with."""

    def work(self, folder: Path, tell: Tell) -> None:
        """The job."""
        raise NotImplementedError

    def holds(self, folder: Path, *fact: Any) -> bool:
        """Whether what was told is true on reopening."""
        raise NotImplementedError

    def end(self, folder: Path) -> dict[str, str]:
        """What lies in the folder after the work, as far as it must be the same each time."""
        return {STAMP.sub(r".\1-", name): held for name, held in seen(folder).items()}

    def reopened(self, folder: Path) -> Iterator[str]:
        """What else is wrong on reopening, as sentences."""
        yield from ()
