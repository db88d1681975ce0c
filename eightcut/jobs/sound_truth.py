"""What is known of files, for a report: where it comes from, and which events are all of theirs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from eightcut.audio.budget import Listed
from eightcut.audio.judgements import HALF
from eightcut.audio.regions import Region, overlap
from eightcut.audio.spans import Span
from eightcut.audio.truth import Truth
from eightcut.jobs.evaluate import Given, what_is_known
from eightcut.models.classifier import Classifier
from eightcut.workspace import Workspace

FROM_MARKS, FROM_TRUTH = "what people marked", "the truth that was given"
OF_REVIEWED = "events in the parts that a person has reviewed whole"
OF_MARKED = "events that people marked; what nobody has found is not among them"
OF_TRUTH = "events of the truth that was given"


class Known(NamedTuple):
    """What is known of the files of a profile, for one sound.

    ``complete`` are the parts of each file in which no event is missing, None where
    that is so of everything that is known; where there are none at all, ``recall_of``
    says that recall is counted over what happens to be known.
    """

    truth: Truth
    complete: Mapping[str, Sequence[Span]] | None
    comes_from: str
    recall_of: str

    def listed(
        self, filename: str, regions: list[Region], *, is_new: bool | None, end: float | None
    ) -> Listed:
        """The regions of a file beside what is known of it."""
        return Listed(regions, self.truth.get(filename), self._events(filename), is_new, end)

    def _events(self, filename: str) -> Sequence[Span]:
        file = self.truth.get(filename)
        if file is None or self.complete is None:
            return () if file is None else file.events
        parts = self.complete.get(filename, ())
        return [event for event in file.events if _lies_in(event, parts)]


def known_of(
    ws: Workspace, profile: str, name: str, classifier: Classifier | None, given: Given | None
) -> Known:
    """What is known of the sound of a classifier; arguments as for ``what_is_known``."""
    truth = what_is_known(ws, given, profile, name, classifier)
    if given is not None:
        return Known(truth, None, FROM_TRUTH, OF_TRUTH)
    reviewed = ws.clips.get_reviewed_files(profile)
    if reviewed:
        return Known(truth, reviewed, FROM_MARKS, OF_REVIEWED)
    return Known(truth, None, FROM_MARKS, OF_MARKED)


def learned_files(classifier: Classifier | None) -> frozenset[str] | None:
    """The files that taught a classifier something; None where no card tells."""
    spans = None if classifier is None else classifier.card.get("spans")
    return frozenset(spans) if isinstance(spans, dict) else None


def _lies_in(event: Span, parts: Sequence[Span]) -> bool:
    shared = sum(overlap(event, part) for part in parts)
    return shared >= HALF * (event[1] - event[0])
