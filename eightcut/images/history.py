"""What a finished project says about its groups: who won, who lost, who was never in doubt.

Pictures are told by their index among the raws. Times are seconds since 1970; the
stamp in a name is local time of unknown place, so it is good to a day only.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from eightcut.images.stages import stamped

Fate = Literal["won", "rejected", "skipped"]
CropKind = Literal["full", "crop", "ambiguous", "resized or edited", "unreadable"]

SINGLE = "single_stage"
ALL_CHOSEN = "all_chosen"
UNDECIDED = "undecided_final"
TWIN = "duplicate_group"
REASONS = {
    SINGLE: "there is no alternative to it, so nothing was decided",
    ALL_CHOSEN: "every alternative was kept, so nothing lost",
    UNDECIDED: "a final may be one of its pictures, and nothing says which or whether",
    TWIN: "another group has the same names and the same bytes",
}
"""Why a group teaches nothing."""

CROPPED_S = 5.0  # a final this much newer than its raw was cropped, by the seed's rule
DAY_S = 86_400.0
BEFORE_S = DAY_S  # finals can be older than the first stamp by a time zone,
AFTER_S = 180 * DAY_S  # and are made within half a year of the last one


class Outcome(NamedTuple):
    """What became of one group.

    Attributes:
        members: its pictures in stage order.
        winners: those that were kept, in stage order.
        fate: ``won``: some were kept and some were not; ``rejected``: none was kept;
            ``skipped``: it teaches nothing.
        reason: why it is skipped, one of ``REASONS``.
    """

    members: tuple[int, ...]
    winners: tuple[int, ...]
    fate: Fate
    reason: str | None = None

    @property
    def losers(self) -> tuple[int, ...]:
        """Those that were not kept, in stage order."""
        return tuple(member for member in self.members if member not in self.winners)


class Times(NamedTuple):
    """Whether the finals' modification times can be believed.

    Attributes:
        first_s: the earliest stamp in a raw's name.
        last_s: the latest.
        inside: how many finals were modified from a day before the first stamp to half a
            year after the last.
        outside: how many were not.
    """

    first_s: float | None
    last_s: float | None
    inside: int
    outside: int

    @property
    def is_reliable(self) -> bool | None:
        """Whether most lie inside; None when there is nothing to judge by."""
        if self.first_s is None or not self.inside + self.outside:
            return None
        return self.inside > self.outside


def outcomes(
    groups: Iterable[tuple[int, ...]],
    kept: Collection[int],
    *,
    undecided: Collection[int] = (),
    twins: Collection[tuple[int, ...]] = (),
) -> list[Outcome]:
    """What became of each group, in the order given.

    Args:
        groups: of one picture and more.
        kept: the pictures that became finals.
        undecided: pictures that may have become a final.
        twins: groups that repeat another one file by file.
    """
    return [_outcome(group, kept, undecided, is_twin=group in twins) for group in groups]


def _outcome(
    group: tuple[int, ...], kept: Collection[int], undecided: Collection[int], *, is_twin: bool
) -> Outcome:
    winners = tuple(member for member in group if member in kept)
    if len(group) == 1:
        return Outcome(group, winners, "skipped", SINGLE)
    if is_twin:
        return Outcome(group, winners, "skipped", TWIN)
    if any(member in undecided for member in group):
        return Outcome(group, winners, "skipped", UNDECIDED)
    if len(winners) == len(group):
        return Outcome(group, winners, "skipped", ALL_CHOSEN)
    return Outcome(group, winners, "won" if winners else "rejected")


def is_anomaly(chosen_stage: float, losing_stages: Sequence[float]) -> bool:
    """Whether a higher stage than the chosen one was there and lost."""
    return chosen_stage < max(losing_stages)


def was_cropped(kind: CropKind | None, is_newer: bool) -> bool | None:  # noqa: FBT001 - a fact
    """Whether a final was cropped: by its pixels where they are known, else by its time.

    ``is_newer`` says that it was modified more than ``CROPPED_S`` after its raw. A picture
    that was looked at and is neither the whole raw nor a part of it, or that cannot be read,
    is None.
    """
    if kind in {"full", "crop"}:
        return kind == "crop"
    return is_newer if kind is None else None


def times(names: Iterable[str], final_mtimes_s: Iterable[float]) -> Times:
    """Compare when finals were modified with when raws were generated, by their names."""
    told = [stamp.time_s for stamp in map(stamped, names) if stamp is not None]
    mtimes = list(final_mtimes_s)
    if not told:
        return Times(None, None, 0, 0)
    first, last = min(told), max(told)
    inside = sum(first - BEFORE_S <= mtime <= last + AFTER_S for mtime in mtimes)
    return Times(first, last, inside, len(mtimes) - inside)


def repeated(
    groups: Iterable[tuple[int, ...]], names: Sequence[str], contents: Mapping[int, str]
) -> list[tuple[tuple[int, ...], ...]]:
    """The groups that are alike picture by picture, by name and content, put together."""
    alike: dict[tuple[tuple[str, str], ...], list[tuple[int, ...]]] = defaultdict(list)
    for group in groups:
        if all(member in contents for member in group):
            alike[tuple((names[member], contents[member]) for member in group)].append(group)
    return [tuple(same) for same in alike.values() if len(same) > 1]


def count_fates(found: Iterable[Outcome]) -> Counter[str]:
    """How many groups won, were rejected, or were skipped for which reason."""
    return Counter(outcome.reason or outcome.fate for outcome in found)
