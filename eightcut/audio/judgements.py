"""What several words about one file come to: which events it has, and what is known of it.

A word is what a person said about one stretch: that it holds the sound, or not.
Where nobody said anything a file stays unknown. Where words meet:

- The latest word counts. One that is overruled for half of its length is
  dropped and counted; of an event that is overruled for less, the longest part
  stays.
- Two events that share half of the shorter one are one sound. Edges that a
  person drew give it its own before edges that were accepted as a scan found
  them, and later ones before earlier ones.
- A clip says that the sound is in its stretch. Where a region that shares half
  of the shorter of the two tells the edges, the region counts alone, and what
  else the clip covers stays unknown.
- A clip that lies for half of its length where a person heard nothing is a
  contradiction: its stretch is unknown, and it is counted. One that lies there
  for less keeps its longest part.
- Whoever drew the edges of a region heard that what else the region covered
  before is none of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from eightcut.audio.regions import overlap
from eightcut.audio.spans import Span, Spans, common, merged, seconds, without
from eightcut.audio.truth import FileTruth

HALF = 0.5


class Judgement(NamedTuple):
    """What a person said about one stretch of a file.

    ``when`` orders judgements; ``is_drawn`` says that the edges are the
    person's own; ``seen`` is what was looked at to say it.
    """

    start: float
    end: float
    holds: bool
    when: tuple[int, int]
    is_drawn: bool
    seen: Span

    @property
    def span(self) -> Span:
        """From start to end."""
        return self.start, self.end


class Settled(NamedTuple):
    """What is known of a file, which words were overruled, and which clips are contradicted."""

    truth: FileTruth
    overruled: tuple[Span, ...]
    contradicted: tuple[Span, ...]


def settle(
    filename: str,
    judgements: Iterable[Judgement],
    *,
    clips: Sequence[Span] = (),
    reviewed: Sequence[Span] = (),
    end: float = float("inf"),
) -> Settled:
    """What the words about a file come to.

    Args:
        filename: the media file's key.
        judgements: of regions and hard negatives, in any order.
        clips: stretches that hold the sound somewhere.
        reviewed: stretches that were looked through as a whole.
        end: where the file ends.
    """
    standing = [_standing(group) for group in _groups(judgements)]
    events = [item for group in standing for item in _one_per_sound(group.events)]
    silences = merged(span for group in standing for span in group.silences)
    ours, contradicted = _of_clips(clips, sorted(item.span for item in events), silences)
    spans = [*(item.span for item in events), *ours]
    known = merged([*spans, *(item.seen for item in events), *silences, *reviewed])
    known = common(without(known, contradicted), [(0.0, end)])
    held = without(merged(spans), silences)
    return Settled(
        FileTruth(filename, tuple(common(held, known)), tuple(known)),
        tuple(merged(span for group in standing for span in group.overruled)),
        tuple(contradicted),
    )


class _Standing(NamedTuple):
    events: list[Judgement]
    silences: Spans
    overruled: Spans


def _groups(judgements: Iterable[Judgement]) -> Iterator[list[Judgement]]:
    """Judgements that hang together by overlap."""
    group: list[Judgement] = []
    until = 0.0
    for item in sorted(judgements):
        if group and item.start >= until:
            yield group
            group = []
        until = max(until, item.end) if group else item.end
        group.append(item)
    if group:
        yield group


def _standing(group: list[Judgement]) -> _Standing:
    found = _Standing([], [], [])
    for item in sorted(group, key=lambda item: item.when, reverse=True):
        others = found.silences if item.holds else [event.span for event in found.events]
        left = without([item.span], merged(others))
        if seconds(left) <= HALF * (item.end - item.start):
            found.overruled.append(item.span)
        elif item.holds:
            start, end = max(left, key=_length)
            found.events.append(item._replace(start=start, end=end))
        if not item.holds:
            found.silences.extend(left)
    return found


def _one_per_sound(events: list[Judgement]) -> list[Judgement]:
    kept: list[Judgement] = []
    for item in sorted(events, key=lambda item: (item.is_drawn, item.when), reverse=True):
        if not any(_same(item.span, other.span) for other in kept):
            kept.append(item)
    return kept


def _of_clips(clips: Sequence[Span], events: Spans, silences: Spans) -> tuple[Spans, Spans]:
    """The parts of clips that are events of their own, and the clips that are contradicted."""
    found, contradicted = [], []
    for clip in clips:
        left = without([clip], silences)
        if seconds(left) <= HALF * _length(clip):
            contradicted.append(clip)
        elif not any(_same(clip, event) for event in events):
            found.append(max(left, key=_length))
    return found, merged(contradicted)


def _same(one: Span, other: Span) -> bool:
    shared = overlap(one, other)
    return shared > 0 and shared >= HALF * min(_length(one), _length(other))


def _length(span: Span) -> float:
    return span[1] - span[0]
