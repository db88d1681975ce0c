"""Event figures over files: skeleton, to be filled."""

from collections.abc import Sequence

from eightcut.audio.score_frames import Clip
from eightcut.estimates import DRAWS, Estimate


def over_files(
    files: Sequence[Clip], threshold: float | None = None, *, draws: int = DRAWS, seed: int = 0
) -> dict[str, Estimate]:
    """Every event figure over these clips, with its interval from drawing whole files anew.

    Args:
        files: the known stretches of all files.
        threshold: inclusive; without one, only the figures that need none.
        draws: how many times files are drawn.
        seed: makes the intervals repeatable.
    """
    raise NotImplementedError


def changes(
    new: Sequence[Clip],
    old: Sequence[Clip],
    threshold: float | None = None,
    old_threshold: float | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Estimate]:
    """New minus old of every figure, with the interval of the paired difference.

    Args:
        new: clips of one score curve.
        old: clips of another over the same stretches and events.
        threshold: of the new one.
        old_threshold: of the old one; the same where it is None.
        draws: how many times files are drawn, the same for both.
        seed: makes the intervals repeatable.

    Raises:
        ValueError: they are not about the same files, stretches and events.
    """
    raise NotImplementedError
