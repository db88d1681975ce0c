"""One group on the screen: what is shown of it, and what a key press makes of it. No I/O."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple

from eightcut.images.boxes import Box, usable
from eightcut.images.decisions import Choice, Recommendation, rejected, route
from eightcut.images.rounds import Rounds
from eightcut.jobs.picture_groups import PictureGroup
from eightcut.sessions.choices import UNTOUCHED, Given

Crop = Literal["shown", "none", "manual"]

SAID = {
    "selected": "selected",
    "crop": "to crop by hand",
    "crop_auto": "selected with the proposed crop",
    "delete_staging": "all rejected",
}


class GroupRow(NamedTuple):
    """One group as the page shows it.

    ``shown`` are the pictures of this round, four at most; ``round`` counts from 1.
    ``recommendation`` is None as long as nobody has been asked. ``folder`` is where the
    winner goes (``delete_staging`` where all are rejected), and empty where nothing has
    been decided.
    """

    group: PictureGroup
    shown: tuple[int, ...]
    round: int = 1
    rounds: int = 1
    given: Given = UNTOUCHED
    recommendation: Recommendation | None = None
    is_overlay_visible: bool = False
    folder: str = ""

    @property
    def key(self) -> str:
        """What the group is called by."""
        return self.group.key

    @property
    def choice(self) -> Choice | None:
        """What the person has chosen."""
        return self.given.choice

    @property
    def crop(self) -> Box | None:
        """The proposed crop, where it is worth showing."""
        return proposal(self.recommendation)

    @property
    def is_last_round(self) -> bool:
        """Whether the next choice is the decision."""
        return self.round == self.rounds


def row(group: PictureGroup, given: Given, recommendation: Recommendation | None) -> GroupRow:
    """The group as it is to be shown."""
    here = rounds_of(group, given)
    seen = given.recommendation if given.choice else recommendation
    return GroupRow(
        group,
        here.shown,
        here.number,
        here.count,
        given,
        seen,
        is_overlay_visible(given, seen),
        destination(given) or "",
    )


def rounds_of(group: PictureGroup, given: Given) -> Rounds:
    """How far a group of more than four has come."""
    return Rounds(len(group.images), given.winners)


def taken(shown: GroupRow, place: int, crop: Crop) -> Given | None:
    """What it means to take a picture of the round; taking the same again takes it back.

    None where there is no such picture. Before the last round the picture only goes on.
    """
    if not 0 <= place < len(shown.shown):
        return None
    index, given = shown.shown[place], shown.given
    if not shown.is_last_round:
        return given._replace(winners=(*given.winners, index), choice=None, recommendation=None)
    return _chosen(shown, Choice(index, crop))


def turned_down(shown: GroupRow) -> Given:
    """Reject every picture of the group; again, and it is taken back."""
    return _chosen(shown, rejected())


def _chosen(shown: GroupRow, wanted: Choice) -> Given:
    given = shown.given
    if given.choice == wanted:
        return given._replace(choice=None, recommendation=None)
    return given._replace(choice=wanted, recommendation=shown.recommendation)


def overlay_toggled(shown: GroupRow) -> Given:
    """Hide the proposed crop or show it; a choice of that picture as shown follows."""
    seen, given = shown.recommendation, shown.given
    if seen is None or shown.crop is None:
        raise LookupError("no crop is proposed for this group")
    visible = not shown.is_overlay_visible
    choice = given.choice
    if choice and choice.index == seen.index and choice.crop != "manual":
        choice = choice._replace(crop="shown")
    return given._replace(is_overlay_on=visible, choice=choice)


def is_overlay_visible(given: Given, seen: Recommendation | None) -> bool:
    """Whether the proposed crop is drawn over the recommended picture."""
    if seen is None or proposal(seen) is None:
        return False
    choice = given.choice
    if choice and choice.index == seen.index and choice.crop == "none":
        return False
    return given.is_overlay_on


def decided(given: Given) -> Choice | None:
    """The choice as what was shown makes it: a crop that was hidden is not accepted."""
    choice, seen = given.choice, given.recommendation
    if choice is None or seen is None or given.is_overlay_on:
        return choice
    hidden = choice.crop == "shown" and choice.index == seen.index and proposal(seen)
    return choice._replace(crop="none") if hidden else choice


def destination(given: Given) -> str | None:
    """The work folder of the winner, ``delete_staging`` where there is none; None if open."""
    choice = decided(given)
    return None if choice is None else route(choice, given.recommendation).folder


def proposal(seen: Recommendation | None) -> Box | None:
    """The recommended crop, where there is one worth showing."""
    return None if seen is None or seen.ai_index is None else usable(seen.crop)


class Counts(NamedTuple):
    """What finalize would do: ``staged`` counts pictures, the rest of them groups."""

    selected: int = 0
    crop: int = 0
    crop_auto: int = 0
    rejected: int = 0
    staged: int = 0
    untouched: int = 0
    singles: int = 0
    unparsed: int = 0
    left_out: int = 0

    @property
    def decided(self) -> int:
        """How many groups finalize would move."""
        return self.selected + self.crop + self.crop_auto + self.rejected

    def __str__(self) -> str:
        """Such as ``3 decided: 2 selected, 1 auto-crop, 6 staged · 8 groups untouched …``."""
        return " · ".join(filter(None, (self._done(), self._rest(), self._aside())))

    def _done(self) -> str:
        if not self.decided:
            return "Nothing decided yet" if self.untouched else "No groups"
        named = {
            "selected": self.selected,
            "crop": self.crop,
            "auto-crop": self.crop_auto,
            "rejected": self.rejected,
        }
        parts = [f"{number:,} {name}" for name, number in named.items() if number]
        return f"{self.decided:,} decided: {', '.join(parts)}, {self.staged:,} staged"

    def _rest(self) -> str:
        stay = "stays where it is" if self.untouched == 1 else "stay where they are"
        return f"{counted(self.untouched, 'group')} untouched ({stay})" if self.untouched else ""

    def _aside(self) -> str:
        named = (
            (self.singles, counted(self.singles, "single")),
            (self.unparsed, f"{counted(self.unparsed, 'name')} not understood"),
            (self.left_out, f"{self.left_out:,} left out"),
        )
        return ", ".join(text for number, text in named if number)


def counted(number: int, noun: str) -> str:
    """``1 group``, ``2,000 groups``."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def tally(folders: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts by name from the winner's folder and the size of each decided group."""
    found: Counter[str] = Counter()
    for folder, size in folders:
        is_rejected = folder == "delete_staging"
        found["rejected" if is_rejected else folder] += 1
        found["staged"] += size if is_rejected else size - 1
    return dict(found)
