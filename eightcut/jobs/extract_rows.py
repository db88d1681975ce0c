"""The lines that an extraction writes, and how a line comes from a group."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from eightcut.images import history
from eightcut.images.boxes import Box
from eightcut.images.history import CropKind, Outcome, Times
from eightcut.images.matching import Claim, Settled
from eightcut.images.stages import parse_filename
from eightcut.jobs.extract_locate import Seen
from eightcut.media.listing import Listing

Metadata = Mapping[str, str]
COLUMNS = (
    "project", "timestamp", "chosen_path", "chosen_stage", "neg_paths", "neg_stages",
    "was_cropped",
)  # fmt: skip
"""Of the table, which are the seed's."""


class Entry(NamedTuple):
    """One line of the training data: a winner with its losers, or a rejected group.

    Attributes:
        project: its name.
        timestamp: the stamp of the group's first picture.
        chosen_path: the winner among the raws, absolute; None for a rejected group.
        chosen_stage: its stage.
        neg_paths: the losers among the raws in stage order; of a rejected group, all of them.
        neg_stages: their stages.
        was_cropped: whether the winner was cropped: by its pixels where they are known,
            else by the files' times; None if unknown.
        metadata: ``raw_dir``, ``final_dir`` and ``extraction_date``.
        winners: every winner of the group, among the raws.
        final_path: the file that the winner became.
        matched_by: ``name``, ``path``, ``bytes``, ``pixels`` or ``likeness``.
        is_anomaly: whether a higher stage lost.
        crop_kind: ``full``, ``crop``, ``ambiguous`` (a part that is found in several places,
            or several finals that differ), ``resized or edited``, ``unreadable``; None if
            the pixels were not looked at.
        crop_box: of a ``crop``, x1, y1, x2, y2 in shares of the raw.
        image_width: of the chosen raw in pixels, None if not looked at.
        image_height: the same.
        mtime_reliable: whether the finals' times lie inside the project's.
    """

    project: str
    timestamp: str
    chosen_path: str | None
    chosen_stage: float | None
    neg_paths: tuple[str, ...]
    neg_stages: tuple[float, ...]
    was_cropped: bool | None
    metadata: Metadata
    winners: tuple[str, ...]
    final_path: str | None
    matched_by: str | None
    is_anomaly: bool | None
    crop_kind: CropKind | None
    crop_box: Box | None
    image_width: int | None
    image_height: int | None
    mtime_reliable: bool | None


class SkippedGroup(NamedTuple):
    """A group that teaches nothing, and why: ``reason`` is a key of ``history.REASONS``."""

    timestamp: str
    paths: tuple[str, ...]
    stages: tuple[float, ...]
    winners: tuple[str, ...]
    reason: str


class Image(NamedTuple):
    """One raw picture, as a line of ``project_images.jsonl``."""

    project: str
    image_path: str
    filename: str
    timestamp: str | None
    stage: float | None
    file_mtime: str
    file_size: int
    in_final: bool
    final_path: str | None
    final_mtime: str | None
    was_cropped: bool | None


class Findings(NamedTuple):
    """All that is known about one project, from which every line follows.

    Attributes:
        project: its name.
        raw: the raws.
        final: the finals.
        claims: of each final.
        settled: which final each raw became.
        seen: raw -> what its final shows, where it was looked at.
        times: whether the finals' times can be believed.
        newest_ns: when the newest input was modified.
    """

    project: str
    raw: Listing
    final: Listing
    claims: Sequence[Claim]
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


def skipped(found: Findings, outcome: Outcome) -> SkippedGroup:
    """What is said about a group that teaches nothing."""
    return SkippedGroup(
        _stamp(found.raw.paths[outcome.members[0]]),
        tuple(map(found.raw.path, outcome.members)),
        _stages(found, outcome.members),
        tuple(map(found.raw.path, outcome.winners)),
        outcome.reason or "",
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


def as_json(row: Entry | Image) -> str:
    """One line of JSON."""
    return json.dumps(row._asdict(), ensure_ascii=False)


def as_cells(entry: Entry) -> list[str]:
    """The cells of a CSV row: lists as JSON, truth as true and false, unknown empty."""
    return [_cell(getattr(entry, column)) for column in COLUMNS]


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _stamp(path: str) -> str:
    told = parse_filename(path)
    return told["timestamp"] if told else Path(path).stem


def _stages(found: Findings, raws: Sequence[int]) -> tuple[float, ...]:
    told = (parse_filename(found.raw.paths[raw]) for raw in raws)
    return tuple(one["stage"] for one in told if one)
