"""All that is known about a finished project, and how its lines follow from it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from eightcut.images import history
from eightcut.images.history import Outcome, Times
from eightcut.images.matching import Claim, Settled
from eightcut.images.stages import parse_filename
from eightcut.jobs.extract_locate import Seen
from eightcut.jobs.extract_rows import Entry, Image, Metadata, SkippedGroup
from eightcut.media.listing import Listing


class Findings(NamedTuple):
    """All that is known about one project, from which every line follows.

    Attributes:
        project: its name.
        raw: the raws.
        final: the finals.
        claims: of each final.
        misnamed: final -> the raws of its name, where it holds the bytes of another raw.
        doubtful: of what was left out of FINAL, by index -> the raws that have its name.
        settled: which final each raw became.
        seen: raw -> what its final shows, where it was looked at.
        times: whether the finals' times can be believed.
        newest_ns: when the newest input was modified.
    """

    project: str
    raw: Listing
    final: Listing
    claims: Sequence[Claim]
    misnamed: Mapping[int, tuple[int, ...]]
    doubtful: Mapping[int, tuple[int, ...]]
    settled: Settled
    seen: Mapping[int, Seen]
    times: Times
    newest_ns: int | None

    @property
    def extraction_date(self) -> str | None:
        """When the newest input was modified, in UTC."""
        return None if self.newest_ns is None else iso(self.newest_ns)

    @property
    def metadata(self) -> Metadata:
        """What every line says about where it is from."""
        return {
            "raw_dir": self.raw.top,
            "final_dir": self.final.top,
            "extraction_date": self.extraction_date or "",
        }

    def was_cropped(self, raw: int) -> bool | None:
        """Whether a raw that became a final was cropped."""
        kind = self.seen[raw].kind if raw in self.seen else None
        return history.was_cropped(kind, self.is_newer(raw))

    def is_newer(self, raw: int) -> bool:
        """Whether the final is newer than its raw, by which the seed tells crops."""
        final_ns = self.final.mtimes_ns[self.settled.final_of[raw]]
        return final_ns - self.raw.mtimes_ns[raw] > history.CROPPED_S * 1e9


def entries(found: Findings, outcome: Outcome) -> Iterator[Entry]:
    """The lines of a group: one for each winner, or one that says it was rejected."""
    losers = outcome.losers
    stamp = _stamp(found.raw.paths[outcome.members[0]])
    blank = Entry(
        project=found.project,
        timestamp=stamp,
        chosen_path=None,
        chosen_stage=None,
        neg_paths=tuple(map(found.raw.path, losers)),
        neg_stages=_stages(found, losers),
        was_cropped=None,
        metadata=found.metadata,
        winners=tuple(map(found.raw.path, outcome.winners)),
        final_path=None,
        matched_by=None,
        is_anomaly=None,
        crop_kind=None,
        crop_box=None,
        image_width=None,
        image_height=None,
        mtime_reliable=found.times.is_reliable,
    )
    if not outcome.winners:
        yield blank
    for winner in outcome.winners:
        yield _won(blank, found, winner)


def _won(blank: Entry, found: Findings, winner: int) -> Entry:
    final = found.settled.final_of[winner]
    (stage,) = _stages(found, [winner])
    seen = found.seen.get(winner)
    width, height = (seen and seen.size) or (None, None)
    return blank._replace(
        chosen_path=found.raw.path(winner),
        chosen_stage=stage,
        was_cropped=found.was_cropped(winner),
        final_path=found.final.path(final),
        matched_by=found.claims[final].by,
        is_anomaly=history.is_anomaly(stage, blank.neg_stages),
        crop_kind=seen and seen.kind,
        crop_box=seen and seen.box,
        image_width=width,
        image_height=height,
    )


def maybe(found: Findings) -> dict[int, list[str]]:
    """Raw -> the finals that it may have become."""
    finals: dict[int, list[str]] = {}
    for final, raws in found.settled.undecided.items():
        for raw in raws:
            finals.setdefault(raw, []).append(found.final.path(final))
    for left, raws in found.doubtful.items():
        for raw in raws:
            finals.setdefault(raw, []).append(found.final.left_out_path(left))
    return finals


def skipped(found: Findings, outcome: Outcome, finals: Mapping[int, Sequence[str]]) -> SkippedGroup:
    """What is said about a group that teaches nothing."""
    return SkippedGroup(
        _stamp(found.raw.paths[outcome.members[0]]),
        tuple(map(found.raw.path, outcome.members)),
        _stages(found, outcome.members),
        tuple(map(found.raw.path, outcome.winners)),
        outcome.reason or "",
        tuple(sorted({path for raw in outcome.members for path in finals.get(raw, ())})),
    )


def image(found: Findings, raw: int) -> Image:
    """The line of one raw picture."""
    path = found.raw.paths[raw]
    told = parse_filename(path) or {"timestamp": None, "stage": None}
    final = found.settled.final_of.get(raw)
    return Image(
        found.project,
        found.raw.path(raw),
        path[path.rfind("/") + 1 :],
        told["timestamp"],
        told["stage"],
        iso(found.raw.mtimes_ns[raw]),
        found.raw.sizes[raw],
        final is not None,
        None if final is None else found.final.path(final),
        None if final is None else iso(found.final.mtimes_ns[final]),
        None if final is None else found.was_cropped(raw),
    )


def iso(mtime_ns: int) -> str:
    """A file's time in UTC to the second."""
    return dt.datetime.fromtimestamp(mtime_ns // 10**9, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _stamp(path: str) -> str:
    told = parse_filename(path)
    return told["timestamp"] if told else Path(path).stem


def _stages(found: Findings, raws: Sequence[int]) -> tuple[float, ...]:
    told = (parse_filename(found.raw.paths[raw]) for raw in raws)
    return tuple(one["stage"] for one in told if one)
