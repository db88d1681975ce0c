"""What changed between two scan versions as a person goes through it, and what is decided of it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from eightcut.audio.comparison import MATCH, PART, Change
from eightcut.audio.regions import Region, tiou
from eightcut.db import RegionRow
from eightcut.sessions import reading
from eightcut.sessions.reading import Span
from eightcut.workspace import Workspace

LISTED = ("gained", "lost", "shifted", "kept")  # in the order in which they are shown
Bounds = tuple[float, float]
Key = tuple[Bounds | None, Bounds | None]


class Compared(NamedTuple):
    """One change: a region that the old version has, the new one, or both.

    ``state`` is one word, empty as long as nobody has decided anything.
    """

    id: int
    kind: str
    old: Region | None
    new: Region | None
    old_score: float | None
    new_score: float | None
    weight: float
    state: str
    covered: float = 0.0

    @property
    def is_part(self) -> bool:
        """Whether the other version has it too, within regions of its own."""
        return self.covered >= PART

    @property
    def region(self) -> Region:
        """The region that a decision is about: the new version's, else the lost one."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def start(self) -> float:
        """Where either version begins, in seconds."""
        return min(region.start for region in (self.old, self.new) if region)

    @property
    def end(self) -> float:
        """Where the later one ends, in seconds."""
        return max(region.end for region in (self.old, self.new) if region)

    @property
    def is_decided(self) -> bool:
        """A person has said something about it."""
        return bool(self.state)

    @property
    def row(self) -> RegionRow:
        """The region of a decision, as the database would have it."""
        start, end, score = self.region
        return RegionRow(self.id, start, end, score, False, start, end)


class Marks(NamedTuple):
    """What is known of a file beside the comparison."""

    rows: tuple[RegionRow, ...] = ()  # of the new version, in time order
    judged: frozenset[int] = frozenset()
    added: frozenset[int] = frozenset()
    negatives: tuple[Span, ...] = ()
    markers: tuple[Span, ...] = ()

    @property
    def found(self) -> tuple[RegionRow, ...]:
        """What the comparison rests on: the rows that are enabled and not a person's."""
        return tuple(row for row in self.rows if not (row.disabled or row.id in self.added))

    def matching(self, change: Compared) -> list[RegionRow]:
        """The new version's rows that stand for a change, in time order.

        For one that the new version has, half of the shorter one must be shared;
        for a lost one as much as makes two regions the same (tIoU).
        """
        found = [row for row in self.rows if _shares(row, change.region)]
        if change.new is None:
            found = [row for row in found if tiou(row[1:3], change.region) >= MATCH]
        return found

    def negatives_of(self, change: Compared) -> list[Span]:
        """The hard negatives that a change is marked by."""
        return reading.marked([change.row], self.negatives).get(change.id, [])


def marks(ws: Workspace, filename: str, profile: str, new: tuple[str, str]) -> Marks:
    """Read what is stored of a file; ``new`` is the model and the stamp of the new version."""
    model, stamp = new
    clips = ws.clips
    stored = clips.get_scan_results(filename, profile, stamp).get(model, ())
    return Marks(
        tuple(sorted(stored, key=lambda row: row.start)),
        clips.get_judged_regions(filename, profile, model, stamp),
        clips.get_added_regions(filename, profile, model, stamp),
        reading.negatives(clips, filename, profile),
        reading.markers(clips, filename, profile),
    )


def key(change: Change) -> Key:
    """What a change is known by, whatever else there is."""
    return (
        change.old and (change.old.start, change.old.end),
        change.new and (change.new.start, change.new.end),
    )


def with_states(changes: Iterable[Change], ids: dict[Key, int], known: Marks) -> list[Compared]:
    """The changes as a person sees them, in the order given; ``ids`` learns those it lacks."""
    found = [
        Compared(ids.setdefault(key(change), len(ids) + 1), *change[:6], "", change.covered)
        for change in changes
    ]
    states = _states(found, known)
    return [change._replace(state=states.get(change.id, "")) for change in found]


def again(changes: Sequence[Compared], listed: Sequence[Compared], change: Compared) -> int | None:
    """The id of a change of another comparison in this one, or of the nearest one there is.

    The nearest is the one that shares most with it; where none shares anything, the
    closest in time among those that are ``listed``, else among all.
    """
    if any(one.id == change.id for one in changes):
        return change.id
    shares = {one.id: tiou(one.region, change.region) for one in changes}
    best = max(shares, key=lambda one: shares[one], default=None)
    if best is not None and shares[best] > 0:
        return best
    gaps = {
        one.id: max(one.start - change.end, change.start - one.end) for one in listed or changes
    }
    return min(gaps, key=lambda one: gaps[one], default=None)


def _states(changes: Sequence[Compared], known: Marks) -> dict[int, str]:
    """The last one wins: a hard negative is what training learns, whatever else was said."""
    spans = {
        "accepted": _spans(
            row for row in known.rows if row.id in known.judged and not row.disabled
        ),
        "exported": known.markers,
        "disabled": _spans(row for row in known.rows if row.disabled),
        "negative": known.negatives,
    }
    regions = {change.id: change for change in changes}
    rows = sorted((change.row for change in changes), key=lambda row: row.start)
    states: dict[int, str] = {}
    for state, among in spans.items():
        strict = state in ("accepted", "disabled")
        for change_id, over in reading.marked(rows, among).items():
            change = regions[change_id]
            if (
                not strict
                or change.new
                or any(tiou(span[:2], change.region) >= MATCH for span in over)
            ):
                states[change_id] = state
    return states


def _spans(rows: Iterable[RegionRow]) -> list[Span]:
    return [Span(row.start, row.end, "") for row in rows]


def _shares(row: RegionRow, region: Region) -> bool:
    shared = min(row.end, region.end) - max(row.start, region.start)
    return shared >= min(row.end - row.start, region.end - region.start) / 2
