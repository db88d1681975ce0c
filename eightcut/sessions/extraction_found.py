"""What an extraction found, as things to look at one by one: groups first, then loose files.

Nothing is decided here and nothing left out: every picture of both folders is in one of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePath
from typing import Literal, NamedTuple

from eightcut.images import boxes
from eightcut.images.boxes import Box
from eightcut.images.history import REASONS
from eightcut.jobs.extract import Extraction
from eightcut.jobs.extract_rows import Entry, SkippedGroup

Role = Literal["won", "lost", "kept", "raw", "final"]
Kind = Literal["won", "rejected", "skipped", "unmatched", "ambiguous", "duplicate", "unparsed",
               "left_out"]  # fmt: skip

SHOWN = 8  # pictures of a group beside each other; losers come last where there are more
KINDS: dict[Kind, str] = {
    "won": "winner",
    "rejected": "rejected",
    "skipped": "skipped",
    "unmatched": "final without raw",
    "ambiguous": "undecided final",
    "duplicate": "second final",
    "unparsed": "no stage in its name",
    "left_out": "left out",
}
SEEN = {
    "full": "the whole picture",
    "ambiguous": "a part that is found in several places",
    "resized or edited": "resized or edited",
    "unreadable": "cannot be read",
}
BY_TIME = {True: "cropped, by its time", False: "not cropped, by its time", None: "crop unknown"}
MATCHED = {
    "name": "by its name", "path": "by its path", "bytes": "by its bytes",
    "pixels": "by its pixels", "likeness": "by its looks",
}  # fmt: skip


class Pictured(NamedTuple):
    """One picture of what was found; ``said`` is told below it, ``box`` is the located crop."""

    path: str
    role: Role
    stage: float | None = None
    said: str = ""
    box: Box | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return PurePath(self.path).name


class Found(NamedTuple):
    """One group, or one file that belongs to none.

    ``told`` is what there is to say about it, ``directory`` where its first picture lies.
    """

    kind: Kind
    label: str
    pictures: tuple[Pictured, ...]
    told: str = ""
    is_anomaly: bool = False
    directory: str = ""

    @property
    def winners(self) -> tuple[Pictured, ...]:
        """The raws that were kept and had losers."""
        return tuple(picture for picture in self.pictures if picture.role == "won")

    @property
    def crop(self) -> str:
        """What became of its winner, in short."""
        return " · ".join(dict.fromkeys(picture.said for picture in self.winners))


Fits = Callable[[Found], bool]
FILTERS: dict[str, tuple[str, Fits]] = {
    "all": ("everything", lambda _: True),
    "won": ("winners", lambda one: one.kind == "won"),
    "several": ("several winners", lambda one: len(one.winners) > 1),
    "cropped": ("cropped winners", lambda one: any(p.said.startswith("crop") for p in one.winners)),
    "edited": (
        "resized, edited or unclear",
        lambda one: any(p.said in tuple(SEEN.values())[1:] for p in one.winners),
    ),
    "anomaly": ("anomalies: a higher stage lost", lambda one: one.is_anomaly),
    "rejected": ("rejected groups", lambda one: one.kind == "rejected"),
    "skipped": ("skipped groups", lambda one: one.kind == "skipped"),
    "unmatched": ("finals without a raw", lambda one: one.kind == "unmatched"),
    "ambiguous": ("finals that several raws may be", lambda one: one.kind == "ambiguous"),
    "duplicate": ("second finals of a raw", lambda one: one.kind == "duplicate"),
    "unparsed": ("raws whose name tells no stage", lambda one: one.kind == "unparsed"),
    "left_out": ("files that were left out", lambda one: one.kind == "left_out"),
}
"""What a person can look through: name -> title, and what fits."""


def everything(extraction: Extraction) -> tuple[Found, ...]:
    """All that was found: groups in the order of their raws, then finals, then single raws."""
    groups = [
        *(_won(list(same)) for _, same in groupby(extraction.entries, key=_group)),
        *map(_rejected, extraction.rejected),
        *map(_skipped, extraction.skipped),
    ]
    grouped = {picture.path for group in groups for picture in group.pictures}
    groups.sort(key=lambda group: min(p.path for p in group.pictures if p.role != "final"))
    found = (*groups, *_finals(extraction), *_loose(extraction, grouped))
    tops = {"RAW": extraction.report.raw_dir, "FINAL": extraction.report.final_dir}
    return tuple(one._replace(directory=_place(one, tops)) for one in found)


def counts(found: Iterable[Found]) -> dict[str, int]:
    """How many fit each filter."""
    known = list(found)
    return {name: sum(map(fits, known)) for name, (_, fits) in FILTERS.items()}


def _place(found: Found, tops: Mapping[str, str]) -> str:
    """The folder of its first picture, ``RAW/morning``."""
    folder = found.pictures[0].path.rpartition("/")[0]
    for name, top in tops.items():
        if f"{folder}/".startswith(f"{top}/"):
            return name + folder[len(top) :]
    return folder


def _group(entry: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return entry.winners, entry.neg_paths


def _won(lines: Sequence[Entry]) -> Found:
    first = lines[0]
    winners = [
        Pictured(line.chosen_path or "", "won", line.chosen_stage, _seen(line), line.crop_box)
        for line in lines
    ]
    finals = [
        Pictured(line.final_path or "", "final", line.chosen_stage, _told_of(line))
        for line in lines
        if line.crop_kind != "full"
    ]
    pictures = [*_in_stage_order([*winners, *_losers(first)]), *finals]
    if len(pictures) > SHOWN:
        pictures.sort(key=lambda picture: picture.role == "lost")
    matched = ", ".join(dict.fromkeys(_matched(line) for line in lines))
    anomaly = " · a higher stage lost" if any(line.is_anomaly for line in lines) else ""
    return Found(
        "won",
        first.timestamp,
        tuple(pictures),
        matched + anomaly,
        any(line.is_anomaly for line in lines),
    )


def _seen(line: Entry) -> str:
    if line.crop_kind is None:
        return BY_TIME[line.was_cropped]
    if line.crop_box is not None:
        return f"cropped to {boxes.area(line.crop_box):.0%} of it".replace("%", " %")
    return SEEN[line.crop_kind]


def _told_of(line: Entry) -> str:
    stage = "" if line.chosen_stage is None else f" of stage {line.chosen_stage:g}"
    return f"the final{stage}"


def _matched(line: Entry) -> str:
    return f"final found {MATCHED[line.matched_by or 'name']}"


def _losers(line: Entry) -> list[Pictured]:
    return [
        Pictured(path, "lost", stage)
        for path, stage in zip(line.neg_paths, line.neg_stages, strict=True)
    ]


def _in_stage_order(pictures: Iterable[Pictured]) -> list[Pictured]:
    return sorted(pictures, key=lambda one: (one.stage or 0.0, one.path))


def _rejected(line: Entry) -> Found:
    return Found("rejected", line.timestamp, tuple(_losers(line)), "none of them was kept")


def _skipped(group: SkippedGroup) -> Found:
    pictures = tuple(
        Pictured(path, "kept" if path in group.winners else "raw", stage)
        for path, stage in zip(group.paths, group.stages, strict=True)
    )
    return Found("skipped", group.timestamp, pictures, REASONS[group.reason])


def _finals(extraction: Extraction) -> Iterator[Found]:
    report = extraction.report
    for path in report.unmatched:
        told = "it is none of the raw pictures, nor a part of one"
        yield _single("unmatched", Pictured(path, "final"), told)
    for undecided in report.ambiguous:
        raws = tuple(Pictured(path, "raw", said="may be it") for path in undecided.candidates)
        told = f"{len(raws)} raw pictures may be it, and nothing says which"
        final = Pictured(undecided.path, "final")
        yield Found("ambiguous", final.name, (final, *raws), told)
    for twice in report.duplicates:
        two = (
            Pictured(twice.raw, "kept", said="the raw"),
            Pictured(twice.same_as, "final", said="the final that counts"),
            Pictured(twice.path, "final", said="the second one"),
        )
        yield Found("duplicate", two[2].name, two, "another final is the same raw")


def _loose(extraction: Extraction, grouped: set[str]) -> Iterator[Found]:
    for image in extraction.images:
        if image.image_path not in grouped:
            raw = Pictured(image.image_path, "kept" if image.in_final else "raw")
            said = ", though it was kept" if image.in_final else ""
            yield _single("unparsed", raw, f"its name tells no time and stage{said}")
    for left in extraction.report.left_out:
        yield _single("left_out", Pictured(left.path, "raw"), left.reason)


def _single(kind: Kind, picture: Pictured, told: str) -> Found:
    return Found(kind, picture.name, (picture,), told)
