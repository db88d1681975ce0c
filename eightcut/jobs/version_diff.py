"""What changed from one scan version of a file to another."""

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eightcut.audio.comparison import KINDS, Change, Pair, RegionDiff
from eightcut.audio.matched import Matched
from eightcut.audio.rank_agreement import RankAgreement
from eightcut.audio.regions import Region
from eightcut.db import ScanVersion
from eightcut.jobs.compare_asked import UNNAMED

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 50  # changes in a notebook's table; ``frame`` has all


@dataclass(frozen=True, slots=True, eq=False)
class VersionDiff:
    """What changed from scan version ``old`` to scan version ``new`` of one file.

    Regions are compared as people have left them, without those they disabled.

    Attributes:
        filename: the media file's key.
        old: the old version, with its score curve where only one file is compared.
        new: the new version.
        regions: what changed, each version at its own threshold.
        matched: what changed at equal false alarms per hour; None where that cannot
            be told, and ``notes`` says why.
        is_comparable: whether a score means the same in both versions.
        notes: what a reader of the numbers must know, a sentence each.
        agreement: how far both score curves agree in order; None without two curves.
        hours: how long the file is.
        left_out: how many regions a person has disabled, in the old and the new version.
        own: the changes behind ``changes()``.
        at_matched: the changes behind ``changes(matched=True)``.
    """

    filename: str
    old: ScanVersion
    new: ScanVersion
    regions: RegionDiff
    matched: Matched | None = None
    is_comparable: bool = True
    notes: tuple[str, ...] = ()
    agreement: RankAgreement | None = None
    hours: float = 0.0
    left_out: tuple[int, int] = (0, 0)
    own: tuple[Change, ...] = ()
    at_matched: tuple[Change, ...] = ()

    @property
    def kept(self) -> tuple[Pair, ...]:
        """Regions that both versions have, at the same place."""
        return self.regions.kept

    @property
    def shifted(self) -> tuple[Pair, ...]:
        """Regions that both versions have, with an edge moved by more than a second."""
        return self.regions.shifted

    @property
    def gained(self) -> tuple[Region, ...]:
        """Regions that only the new version has."""
        return self.regions.gained

    @property
    def lost(self) -> tuple[Region, ...]:
        """Regions that only the old version has."""
        return self.regions.lost

    @property
    def counts(self) -> dict[str, int]:
        """How many regions were kept, shifted, gained and lost."""
        return self.regions.counts

    def changes(self, *, matched: bool = False) -> list[Change]:
        """What became of each region, what matters most first (``eightcut.audio.weights``).

        Args:
            matched: at equal false alarms per hour instead of each version's own
                threshold; empty where nothing could be matched.
        """
        return list(self.at_matched if matched else self.own)

    def frame(self, *, matched: bool = False) -> "pd.DataFrame":
        """One row per region, by time.

        ``old_score`` and ``new_score`` are the regions' own, ``old_best`` and ``new_best``
        what each version scores there at best, whether it has a region there or not.
        """
        return table(sorted(self.changes(matched=matched), key=lambda change: change.span))

    def plot(self, *, matched: bool = False) -> Any:
        """Both versions as lanes over one time axis, as a matplotlib axes.

        Raises:
            ValueError: nothing could be matched.
        """
        from eightcut.report.plots import lanes  # noqa: PLC0415 - matplotlib is heavy

        if not matched:
            thresholds = (self.old.threshold, self.new.threshold)
            return lanes(self.regions, title=self.filename, thresholds=thresholds)
        if self.matched is None:
            raise ValueError(f"{self.filename}: {' '.join(self.notes) or 'nothing is matched'}")
        thresholds = (self.matched.old_threshold, self.matched.new_threshold)
        title = f"{self.filename}, both at {self.matched.rate:.3g} per hour"
        return lanes(self.matched.regions, title=title, thresholds=thresholds)

    def _repr_html_(self) -> str:
        return shown(self.lines, counted(self), self.frame(), "regions")

    @property
    def lines(self) -> tuple[str, ...]:
        """The result in words, and what a reader must know."""
        return str(self), *facts(self.matched, self.agreement), *self.notes

    def __str__(self) -> str:
        told = f"{told_counts(self.counts, self.own)} at own thresholds"
        if self.matched is not None:
            counts = told_counts(self.matched.regions.counts, self.at_matched)
            told += f"; {counts} at {self.matched.rate:.3g} per h"
        old, new = (one.timestamp or UNNAMED for one in (self.old, self.new))
        return f"{self.filename}, {old} to {new}: {told}"


def told_counts(
    counts: Mapping[str, int], changes: Iterable[Change] = (), *, between: str = ", "
) -> str:
    """Such as "3 kept, 0 shifted, 9 gained (2 within regions of the old version), 2 lost"."""
    parts: Counter[str] = Counter(change.kind for change in changes if change.is_part)
    where = {"gained": "old", "lost": "new"}
    return between.join(
        f"{number} {kind}"
        + (f" ({parts[kind]} within regions of the {where[kind]} version)" if parts[kind] else "")
        for kind, number in counts.items()
    )


def told_left_out(left_out: tuple[int, int]) -> str:
    """How many regions a person has disabled in the old and the new version, as a sentence."""
    return (
        f"disabled by a person and left out: {left_out[0]} regions of the old version, "
        f"{left_out[1]} of the new one"
    )


def facts(matched: Matched | None, agreement: RankAgreement | None) -> Iterable[str]:
    """The matched rate and the agreement in words, where they are known."""
    if matched is not None:
        yield f"Matched {matched}"
    if agreement is not None:
        yield f"Agreement in order: {agreement}"


def counted(diff: Any) -> "pd.DataFrame":
    """The counts of a comparison, at own thresholds and matched: a row each."""
    import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

    rows = [("each at its own threshold", *diff.counts.values())]
    if diff.matched is not None:
        name = f"both at {diff.matched.rate:.3g} per hour"
        rows.append((name, *diff.matched.regions.counts.values()))
    return pd.DataFrame(rows, columns=["thresholds", *KINDS])


def table(changes: Sequence[Change]) -> "pd.DataFrame":
    """One row per change."""
    import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

    names = [f"{side}_{what}" for side in ("old", "new") for what in ("start", "end", "score")]
    names = ["change", *names, "old_best", "new_best", "score_change", "weight"]
    blank = (None, None, None)
    rows = [
        (
            change.kind,
            *(change.old or blank),
            *(change.new or blank),
            *(change.old_score, change.new_score, change.score_change, change.weight),
        )
        for change in changes
    ]
    found = pd.DataFrame(rows, columns=names)
    return found.astype(dict.fromkeys(names[1:], float))


def shown(lines: Sequence[str], counts: "pd.DataFrame", rows: "pd.DataFrame", what: str) -> str:
    """A result in a notebook: words, counts, and the first rows; everything escaped."""
    words = "<br>".join(html.escape(line) for line in lines)
    more = f" (the first {SHOWN} of {len(rows)})" if len(rows) > SHOWN else f" ({len(rows)})"
    told = rows.head(SHOWN).astype(object).where(rows.head(SHOWN).notna(), "")
    return (
        f"<p>{words}</p>{counts.to_html(index=False, escape=True)}"
        f"<details><summary>{html.escape(what)}{more}</summary>"
        f"{told.to_html(index=False, escape=True)}</details>"
    )
