"""What a scan did, file by file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd


class Scanned(NamedTuple):
    """What happened to one file.

    ``status`` is complete, unchanged (this scan was there already), failed,
    cancelled or skipped. Figures of a file without a scan version are None.
    """

    filename: str
    status: str
    timestamp: str | None = None
    regions: int | None = None
    best: float | None = None
    windows: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What a scan did, file by file; every file that was asked for is in ``files`` once."""

    classifier: str
    classifier_version: str
    threshold: float
    files: tuple[Scanned, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many files ended in each status."""
        states = [file.status for file in self.files]
        return {state: states.count(state) for state in dict.fromkeys(states)}

    def frame(self) -> "pd.DataFrame":
        """One row per file."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        return pd.DataFrame(self.files, columns=Scanned._fields)

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True, na_rep="n/a"))

    def __str__(self) -> str:
        told = ", ".join(f"{number} {state}" for state, number in self.counts.items()) or "no files"
        return f"{self.classifier} {self.classifier_version} at {self.threshold:g}: {told}"
