"""Random clips, and figures counted threshold by threshold, the slow and plain way."""

import numpy as np
from hypothesis import strategies as st

from eightcut.audio.boundaries import detected
from eightcut.audio.score_frames import Clip


@st.composite
def clips(draw, filename="a.wav"):
    """Up to 12 frames of whole seconds, scores with many ties, events on half seconds."""
    widths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=12))
    edges = np.append(0.0, np.cumsum(widths))
    level = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0, -np.inf])
    scores = draw(st.lists(level, min_size=len(widths), max_size=len(widths)))
    times = draw(st.lists(st.integers(0, int(2 * edges[-1])), unique=True, max_size=6).map(sorted))
    events = zip(times[::2], times[1::2], strict=False)
    return Clip(filename, edges, np.array(scores), tuple((a / 2, b / 2) for a, b in events))


some_files = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).flatmap(
    lambda names: st.tuples(*(clips(name) for name in names))
)


def shared(a, b):
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0]))


def found(clip, threshold, dtc, gtc):
    """Events found and false alarms of one clip at one threshold, by the definition."""
    runs = detected(clip, threshold)
    relevant = [
        run
        for run in runs
        if clip.events
        and round(sum(shared(run, event) for event in clip.events), 6)
        >= round(dtc * (run[1] - run[0]), 6)
    ]
    hits = sum(
        round(sum(shared(run, event) for run in relevant), 6)
        >= round(gtc * (event[1] - event[0]), 6)
        for event in clip.events
    )
    return hits, len(runs) - len(relevant)
