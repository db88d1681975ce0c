"""Sets of stretches of one recording: union, intersection, difference.

A set is a sorted list of (start, end) in seconds that neither overlap nor
touch; a stretch holds its start and excludes its end.
"""

from collections.abc import Iterable, Sequence

from eightcut.audio.windows import TICK

Span = tuple[float, float]
Spans = list[Span]


def merged(spans: Iterable[Sequence[float]]) -> Spans:
    """The set that covers the same time; what overlaps or touches becomes one."""
    joined: Spans = []
    for start, end in sorted((float(start), float(end)) for start, end in spans):
        if joined and start <= joined[-1][1] + TICK:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def common(spans: Sequence[Span], others: Sequence[Span]) -> Spans:
    """The time that lies in both sets; scraps below a microsecond are left out."""
    found, place = [], 0
    for start, end in spans:
        while place < len(others) and others[place][1] <= start:
            place += 1
        here = place
        while here < len(others) and others[here][0] < end:
            low, high = max(start, others[here][0]), min(end, others[here][1])
            if high - low > TICK:
                found.append((low, high))
            here += 1
    return found


def without(spans: Sequence[Span], gone: Sequence[Span]) -> Spans:
    """The time of the first set that is not in the second."""
    edges = [float("-inf"), *(edge for span in gone for edge in span), float("inf")]
    return common(spans, list(zip(edges[::2], edges[1::2], strict=True)))


def seconds(spans: Iterable[Span]) -> float:
    """How long a set is."""
    return sum(end - start for start, end in spans)
