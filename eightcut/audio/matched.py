"""Two score curves at the same number of false alarms per hour.

Thresholds are scores of the curves themselves, not samples of a grid, and both
versions are held to the same number of alarms.
"""

from typing import NamedTuple

from eightcut.audio.comparison import RegionDiff


class Matched(NamedTuple):
    """Two versions at the thresholds at which they give equally many alarms per hour.

    Attributes:
        rate: alarms per hour that both give: the greatest one they can share that
            is not above ``asked``.
        asked: alarms per hour that were asked for.
        old_threshold: the old version's, inclusive; inf where no score may count.
        new_threshold: the new version's.
        regions: what changed between the regions of both curves at these thresholds.
        basis: what is counted, in words.
        n: how many alarms each version gives.
        hours: over how long they were counted.
    """

    rate: float
    asked: float
    old_threshold: float
    new_threshold: float
    regions: RegionDiff
    basis: str
    n: int
    hours: float

    def __str__(self) -> str:
        return (
            f"{self.rate:.3g} {self.basis} per hour (n={self.n} in {self.hours:.3g} h) "
            f"at {self.old_threshold:.3g} and {self.new_threshold:.3g}"
        )
