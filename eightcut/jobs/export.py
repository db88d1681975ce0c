"""Export clips: exact excerpts of a media file in the folder of their class.

``FOLDER/vid_NNN/NAME_NNN_m1_0.mp4`` for clips that a person marked (marker 1,
clip 0), ``NAME_NNN_a1_0.mp4`` for clips from a scan (area 1). A clip's row is
written after its file is whole. The same call again goes on where a crash, a cancel or a full
disk stopped it, with the same names (``export_journal``).
"""

import math
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from eightcut import atomic
from eightcut.db import MediaFile
from eightcut.jobs import dataset, export_journal
from eightcut.jobs.clip_plan import Clip, Planned, Regions, plan
from eightcut.jobs.export_journal import Begun
from eightcut.jobs.files import media_files
from eightcut.media import cut
from eightcut.progress import Bar, Cancelled, Shown, bar, stop_if
from eightcut.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

LONGEST_NAME = 120  # bytes of the part that the file's own name gives


@dataclass(frozen=True, slots=True)
class Export:
    """What an export did: every clip that was asked for is in ``all`` once."""

    folder: Path
    all: tuple[Clip, ...]

    @property
    def clips(self) -> tuple[Path, ...]:
        """The files that were written."""
        return tuple(clip.path for clip in self.all if clip.path is not None)

    @property
    def skipped(self) -> tuple[Clip, ...]:
        """The clips and regions that were left out, each with its reason."""
        return tuple(clip for clip in self.all if clip.path is None)

    def frame(self) -> "pd.DataFrame":
        """One row per clip: start, path, reason."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = [(clip.start, clip.path and str(clip.path), clip.reason) for clip in self.all]
        return pd.DataFrame(rows, columns=Clip._fields)

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True, na_rep="n/a"))

    def __str__(self) -> str:
        return f"{len(self.clips)} clips in {self.folder}, {len(self.skipped)} skipped"


@dataclass(frozen=True, slots=True)
class _Order:
    """All that the clips of one export share."""

    ws: Workspace
    media: MediaFile
    folder: Path
    name: str
    profile: str
    label: str
    category: str
    scan_export: bool
    duration: float
    spread: float
    audio: cut.Audio
    short_side: int | None
    portrait_ratio: str
    crop_center: float
    cancel: threading.Event | None

    @property
    def suffix(self) -> str:
        sound = ".m4a" if self.audio == "aac" else ".wav"
        return ".mp4" if self.media.has_video else sound


def export_clips(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    filename: str | MediaFile,
    regions: Regions,
    folder: str | Path,
    *,
    profile: str | None = None,
    name: str | None = None,
    label: str = "",
    category: str = "",
    scan_export: bool = False,
    duration: float = 8.0,
    spread: float = 3.0,
    gap: float = 0.0,
    audio: cut.Audio = "aac",
    short_side: int | None = None,
    portrait_ratio: str = "",
    crop_center: float = 0.5,
    progress: Shown = True,
    cancel: threading.Event | None = None,
) -> Export:
    """Cut clips out of a media file and record them.

    Args:
        ws: the workspace that knows the file.
        filename: its key, or a path, which is added if it is unknown.
        regions: start times, each of one clip; or regions as (start, end, score) or rows
            of ``get_scan_results``, fused over ``gap`` seconds and filled with a clip every
            ``spread`` seconds. A region shorter than a clip lies in the middle of one. Disabled
            rows are left out.
        folder: the class of the clips; relative to ``exports/`` in the workspace, or absolute.
        profile: whose clips these are; the workspace's own unless given.
        name: how the files' names begin; the media file's own name unless given.
        label: goes into ``dataset.json`` of the folder; blank writes nothing there.
        category: stored with the clips.
        scan_export: the regions come from a scan and were not marked by a person.
        duration: seconds per clip.
        spread: seconds between the starts of two clips in one region, 1 at the least.
        gap: seconds between regions that still become one.
        audio: "aac" plays in browsers; "pcm" is exact.
        short_side: pixels to scale the shorter side of the picture to, an even number.
        portrait_ratio: "9:16", "4:5" or "1:1" to cut such a box out of the picture.
        crop_center: the middle of that box, from 0 (left) to 1.
        progress: show a bar with the time left, or a function that makes one.
        cancel: set it from another thread to stop; finished clips are kept.

    A clip that fails is reported, and the others go on. On Ctrl-C or ``cancel``
    the clips that were not cut are among the skipped ones. The same call again makes
    the missing ones, as long as no other export was begun in between.

    Raises:
        LookupError: the workspace does not know the file.
        FileNotFoundError: the file has moved away.
        ValueError: an argument is impossible, the file has changed, or ``dataset.json`` is damaged.
    """
    media = _media(ws, filename)
    where = _folder(ws, folder)
    cut.check_options(audio, short_side, portrait_ratio, crop_center)
    _check_lengths(duration, spread, gap)
    dataset.entries(where)
    called = _name(media, name)
    order = _Order(
        ws, media, where, called, profile or ws.settings.profile, label, category, scan_export,
        duration, spread, audio, short_side, portrait_ratio, crop_center, cancel,
    )  # fmt: skip
    planned, skipped = plan(regions, media.duration, duration=duration, spread=spread, gap=gap)
    done: list[Clip] = []
    if planned:
        with bar(f"Exporting {called}", len(planned) * duration, shown=progress) as shown:
            done = list(_export(order, planned, shown))
    return Export(where, tuple(sorted([*done, *skipped], key=lambda clip: clip.start)))


def _media(ws: Workspace, filename: str | MediaFile) -> MediaFile:
    known, skipped = media_files(ws, filename)
    if skipped or len(known) != 1:
        reason = skipped[0].reason if skipped else f"{filename} names {len(known)} files"
        raise LookupError(f"{reason}; name one media file of this workspace")
    media, path = known[0], Path(known[0].path)
    if not media.path or not path.is_file():
        where = media.path or media.filename
        raise FileNotFoundError(f"{where} is not there any more; add it again from where it is now")
    if path.stat().st_size != media.size:
        raise ValueError(f"{path} has changed since it was added; add it again")
    return media


def _folder(ws: Workspace, folder: str | Path) -> Path:
    given = Path(folder).expanduser()
    if not given.name or "\0" in str(given) or ".." in given.parts:
        raise ValueError(f"{str(folder)!r} can't be an export folder; name one, such as 'laughter'")
    return given if given.is_absolute() else ws.path / "exports" / given


def _name(media: MediaFile, name: str | None) -> str:
    if name is None:
        stem = Path(media.filename).stem.lstrip(".") or "clip"
        return stem.encode()[:LONGEST_NAME].decode(errors="ignore")
    if not name or name.startswith(".") or re.search(r"[/\\\0]", name):
        raise ValueError(f"{name!r} can't begin a file's name; leave out slashes and leading dots")
    return name


def _check_lengths(duration: float, spread: float, gap: float) -> None:
    if not (math.isfinite(duration) and duration > 0):
        raise ValueError(f"a clip's duration must be above 0 s, not {duration}")
    if not (math.isfinite(spread) and spread >= 0 and math.isfinite(gap) and gap >= 0):
        raise ValueError(f"spread and gap must be 0 s or more, not {spread} and {gap}")


def _export(order: _Order, planned: list[Planned], shown: Bar) -> Iterator[Clip]:
    """Cut and record each clip; what the same call did before it was interrupted stays."""
    with _vid_folder(order, planned) as (vid, numbers):
        stem = _stem(order, vid)
        is_over = True
        for index, clip in enumerate(planned):
            letter = "a" if order.scan_export else "m"
            target = vid / f"{stem}_{letter}{numbers[clip.group]}_{clip.sub}{order.suffix}"
            shown.say(target.name)
            try:
                stop_if(order.cancel)
                done = _one(order, clip, target)
            except (Cancelled, KeyboardInterrupt):
                yield from (Clip(left.start, None, "cancelled") for left in planned[index:])
                return
            is_over &= done.path is not None
            yield done
            shown.advance(order.duration)
        if is_over:
            export_journal.end(order.ws.path)


def _asked(order: _Order, planned: list[Planned]) -> list[object]:
    """All that makes an export another one."""
    own = {item.name for item in fields(order)} - {"ws", "media", "folder", "cancel"}
    options = {name: getattr(order, name) for name in own}
    return [order.media.fingerprint, order.media.filename, str(order.folder), options, planned]


def _numbers(order: _Order, vid: Path, planned: list[Planned]) -> list[int]:
    """A number for each marker or area."""
    stem = _stem(order, vid)
    number = _areas(order, vid, stem) if order.scan_export else _markers(order, vid, stem)
    return [number() for _ in {clip.group for clip in planned}]


def _stem(order: _Order, vid: Path) -> str:
    return f"{order.name}_{vid.name.removeprefix('vid_')}"


def _one(order: _Order, clip: Planned, target: Path) -> Clip:
    try:
        is_recorded = bool(order.ws.clips.get_by_output_path(str(target)))
        if not (is_recorded and target.exists()):
            cut.cut(
                order.media.path,
                clip.start,
                target,
                duration=order.duration,
                audio=order.audio,
                short_side=order.short_side,
                portrait_ratio=order.portrait_ratio,
                crop_center=order.crop_center,
                cancel=order.cancel,
            )
        if not is_recorded:
            _record(order, clip, target)
        dataset.upsert(order.folder, target, order.label)
    except (OSError, ValueError) as problem:
        return Clip(clip.start, None, str(problem))
    return Clip(clip.start, target)


def _record(order: _Order, clip: Planned, target: Path) -> None:
    order.ws.clips.add(
        order.media.filename,
        clip.start if order.scan_export else clip.marker,
        str(target),
        label=order.label,
        category=order.category,
        short_side=order.short_side,
        portrait_ratio=order.portrait_ratio,
        crop_center=order.crop_center,
        clip_count=1 if order.scan_export else clip.siblings,
        clip_duration=order.duration,
        spread=order.spread,
        profile=order.profile,
        source_path=order.media.path,
        scan_export=order.scan_export,
    )


@contextmanager
def _vid_folder(order: _Order, planned: list[Planned]) -> Iterator[tuple[Path, list[int]]]:
    """The folder of this video, removed again if it stays empty, and the numbers of its clips.

    Exports of one workspace wait for each other, so that they never choose the
    same numbers; the export folder may be shared with another workspace.
    """
    order.folder.mkdir(parents=True, exist_ok=True)
    with atomic.exclusively(order.ws.path):
        with atomic.exclusively(order.folder):
            begun = _begun(order, planned)
            vid = order.folder / begun.vid
            vid.mkdir(exist_ok=True)
        try:
            yield vid, begun.numbers
        finally:
            with suppress(OSError):
                vid.rmdir()


def _begun(order: _Order, planned: list[Planned]) -> Begun:
    """The same export, if it was interrupted, or a new one, which is written down first."""
    name, groups = export_journal.called(_asked(order, planned)), {clip.group for clip in planned}
    found = export_journal.find(order.ws.path, name)
    if found is None or len(found.numbers) != len(groups):
        vid = order.folder / _free_folder(order)
        found = Begun(name, vid.name, _numbers(order, vid, planned))
        export_journal.begin(order.ws.path, found)
    return found


def _free_folder(order: _Order) -> str:
    return order.ws.clips.get_vid_folder(order.media.filename, order.profile, str(order.folder))


def _taken(order: _Order, vid: Path, stem: str, letter: str) -> set[int]:
    """The numbers of markers or areas that have a file or a row."""
    known = re.compile(rf"{re.escape(stem)}_{letter}(\d+)[_.]")
    rows = (Path(row.path) for row in order.ws.clips.clip_paths())
    there = vid.iterdir() if vid.is_dir() else ()
    names = [path.name for path in there] + [p.name for p in rows if p.parent == vid]
    return {int(match[1]) for name in names if (match := known.match(name))}


def _markers(order: _Order, vid: Path, stem: str) -> Callable[[], int]:
    """Gives out the free marker numbers, the lowest first."""
    taken = _taken(order, vid, stem, "m")
    free = (number for number in range(1, len(taken) + 1_000_000) if number not in taken)
    return lambda: next(free)


def _areas(order: _Order, vid: Path, stem: str) -> Callable[[], int]:
    """Gives out the area numbers after the highest."""
    following = iter(range(max(_taken(order, vid, stem, "a"), default=0) + 1, 1_000_000))
    return lambda: next(following)
