"""What is known of files: their events, and the stretches in which nothing else is.

Where nobody said anything a file is unknown, which is neither silence nor error.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from eightcut.audio.spans import Span, common, merged, seconds

if TYPE_CHECKING:
    import pandas as pd


class FileTruth(NamedTuple):
    """What is known of one file.

    ``events`` are (start, end) in seconds, sorted, none overlapping, and lie in
    ``known``, the stretches of which it is known what they hold. A stretch that
    ends at infinity reaches to the end of the file.
    """

    filename: str
    events: tuple[Span, ...]
    known: tuple[Span, ...]


class Truth(dict[str, FileTruth]):
    """Filename -> what is known of that file, and what a person should know about it.

    Attributes:
        notes: one sentence each: contradictions and overruled words.
        skipped: what was left out, each as (what, reason).
    """

    def __init__(
        self,
        files: Iterable[FileTruth] = (),
        *,
        notes: Iterable[str] = (),
        skipped: Iterable[tuple[str, str]] = (),
    ) -> None:
        super().__init__((file.filename, file) for file in files)
        self.notes = tuple(notes)
        self.skipped = tuple(skipped)

    @property
    def events(self) -> int:
        """How many events the files hold."""
        return sum(len(file.events) for file in self.values())

    def frame(self) -> "pd.DataFrame":
        """One row per file: filename, events, seconds of events, seconds known."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = [
            (file.filename, len(file.events), seconds(file.events), seconds(file.known))
            for file in self.values()
        ]
        return pd.DataFrame(rows, columns=["filename", "events", "event_s", "known_s"])

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True))


def whole(filename: str, events: Iterable[Sequence[float]], end: float = float("inf")) -> FileTruth:
    """A file of which everything is known: these events and nothing else."""
    known = [(0.0, float(end))]
    return FileTruth(filename, tuple(common(merged(events), known)), tuple(known))
