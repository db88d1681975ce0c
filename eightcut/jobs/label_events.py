"""The events of a profile, file by file, as tables for other programs tell them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from eightcut.audio.label_writing import Event
from eightcut.audio.regions import CLIP_S
from eightcut.db.versions import UNNAMED
from eightcut.jobs.label_names import label_of
from eightcut.jobs.scan_names import asked, only_classifier
from eightcut.workspace import Workspace

NEGATIVE = "hard_negative"  # their label
REVIEWED = "reviewed"

FileEvents = tuple[str, list[Event]]


class Wanted(NamedTuple):
    """Whose events, and of which classifier and files; None for the only one, and for all."""

    ws: Workspace
    profile: str
    filenames: Collection[str] | None = None
    classifier: str | None = None
    version: str | None = None

    def has(self, filename: str) -> bool:
        """Whether a file is wanted."""
        return self.filenames is None or filename in self.filenames


def regions(wanted: Wanted) -> Iterator[FileEvents]:
    """The regions of each file's scan as the person left them; a file may have none."""
    ws, profile = wanted.ws, wanted.profile
    name = wanted.classifier or only_classifier(ws, profile, "export")
    heads = asked(ws, name, profile, wanted.version).heads(ws, profile)
    if not heads:
        raise LookupError(f"{name} has scanned no file in profile {profile!r}")
    labels: dict[str, str] = {}
    for filename in filter(wanted.has, sorted(heads)):
        head = heads[filename]
        if head.classifier_version not in labels:
            labels[head.classifier_version] = label_of(
                ws, head.model, head.classifier_version, profile
            )
        label, stamp = labels[head.classifier_version], head.timestamp or UNNAMED
        rows = ws.clips.get_scan_results(filename, profile, stamp).get(head.model, [])
        yield (
            filename,
            [
                Event(filename, row.start, row.end, label, row.score)
                for row in rows
                if not row.disabled
            ],
        )


def negatives(wanted: Wanted) -> Iterator[FileEvents]:
    """The hard negatives; one without an end lasts a clip."""
    events: dict[str, list[Event]] = defaultdict(list)
    for row in wanted.ws.clips.get_hard_negatives(wanted.profile):
        start, end = row["start_time"], row["end_time"]
        end = start + CLIP_S if end is None else end
        events[row["filename"]].append(Event(row["filename"], start, end, NEGATIVE))
    yield from _of(wanted, events)


def reviewed(wanted: Wanted) -> Iterator[FileEvents]:
    """The parts of files that a person has looked through."""
    parts = wanted.ws.clips.get_reviewed_files(wanted.profile)
    yield from _of(
        wanted,
        {name: [Event(name, *span, REVIEWED) for span in spans] for name, spans in parts.items()},
    )


def clips(wanted: Wanted) -> Iterator[FileEvents]:
    """The exported clips; a clip's label is its export folder."""
    events: dict[str, list[Event]] = defaultdict(list)
    for clip in wanted.ws.clips.clip_spans(wanted.profile):
        events[clip.filename].append(Event(clip.filename, clip.start, clip.end, clip.folder))
    yield from _of(wanted, events)


KINDS: Mapping[str, Callable[[Wanted], Iterator[FileEvents]]] = MappingProxyType(
    {"regions": regions, "negatives": negatives, "reviewed": reviewed, "clips": clips}
)
"""What can be exported -> its events."""


def _of(wanted: Wanted, events: Mapping[str, list[Event]]) -> Iterator[FileEvents]:
    return ((name, events[name]) for name in sorted(events) if wanted.has(name))
