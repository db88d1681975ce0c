"""Event figures over files, with intervals from drawing whole files anew.

What to read them against: PSDS is the area under the share of events found, up
to 100 false alarms per hour; 0 finds nothing, 1 finds everything without a false
alarm. Figures at the best threshold chose it on the files they are told of, so they
flatter; those at the given threshold do not.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from eightcut.audio import boundaries, file_draws, intersections, segments
from eightcut.audio.boundaries import Errors
from eightcut.audio.file_draws import Weights, divided
from eightcut.audio.intersections import SCENARIO_1, SCENARIO_2, Scenario
from eightcut.audio.score_frames import Array, Clip, by_file
from eightcut.audio.segments import SEGMENT_S
from eightcut.audio.threshold_curves import FileSteps, together
from eightcut.estimates import DRAWS, Estimate, of_draws

_TOLERANCE = f"DTC {SCENARIO_2.dtc:g}, GTC {SCENARIO_2.gtc:g}"
_SEGMENT = f"{SEGMENT_S:g} s"
PSDS_1 = f"PSDS (scenario 1: DTC {SCENARIO_1.dtc:g}, GTC {SCENARIO_1.gtc:g})"
PSDS_2 = f"PSDS (scenario 2: {_TOLERANCE})"
BEST_EVENT_F1 = f"event F1 ({_TOLERANCE}, best threshold)"
BEST_SEGMENT_F1 = f"segment F1 ({_SEGMENT}, best threshold)"
EVENT_F1 = f"event F1 ({_TOLERANCE})"
EVENT_RECALL = f"event recall ({_TOLERANCE})"
EVENT_PRECISION = f"event precision ({_TOLERANCE})"
EVENT_ALARMS = f"event false alarms per hour ({_TOLERANCE})"
SEGMENT_F1 = f"segment F1 ({_SEGMENT})"
SEGMENT_ERROR_RATE = f"segment error rate ({_SEGMENT})"
ONSET_ERROR = "onset error (s, median)"
ONSET_DISTANCE = "onset error (s, mean absolute)"
OFFSET_ERROR = "offset error (s, median)"
OFFSET_DISTANCE = "offset error (s, mean absolute)"


class _Counted(NamedTuple):
    """A figure of each draw (1 + draws,), the first of all files, and what it was counted over."""

    values: Array
    n: int


_Figures = dict[str, _Counted]


def over_files(
    files: Sequence[Clip], threshold: float | None = None, *, draws: int = DRAWS, seed: int = 0
) -> dict[str, Estimate]:
    """Every event figure over these clips, with its interval from drawing whole files anew.

    Args:
        files: the known stretches of all files.
        threshold: inclusive; without one, only the figures that need none.
        draws: how many times files are drawn.
        seed: makes the intervals repeatable.

    ``n`` is what there is to find (events, or segments that hold the sound); of
    precision the hits and false alarms, of false alarms their number, of boundary
    errors the matched pairs.
    """
    groups = by_file(files)
    drawn = file_draws.weights(len(groups), draws, seed)
    return _estimates(_figures(groups, threshold, drawn))


def changes(
    new: Sequence[Clip],
    old: Sequence[Clip],
    threshold: float | None = None,
    old_threshold: float | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, Estimate]:
    """New minus old of every figure, with the interval of the paired difference.

    Args:
        new: clips of one score curve.
        old: clips of another over the same stretches and events.
        threshold: of the new one.
        old_threshold: of the old one; the same where it is None.
        draws: how many times files are drawn, the same for both.
        seed: makes the intervals repeatable.

    Raises:
        ValueError: they are not about the same files, stretches and events.
    """
    after, before = by_file(new), by_file(old)
    _check_same(after, before)
    drawn = file_draws.weights(len(after), draws, seed)
    figures = _figures(after, threshold, drawn)
    others = _figures(before, threshold if old_threshold is None else old_threshold, drawn)
    return _estimates(
        {
            name: _Counted(figures[name].values - others[name].values, figures[name].n)
            for name in figures
            if name in others
        }
    )


def trivial(files: Sequence[Clip], *, draws: int = DRAWS, seed: int = 0) -> dict[str, Estimate]:
    """The figures of a curve that knows nothing: the sound is said to be everywhere."""
    everywhere = [clip._replace(scores=np.ones_like(clip.scores)) for clip in files]
    return over_files(everywhere, 1.0, draws=draws, seed=seed)


def _figures(groups: dict[str, list[Clip]], threshold: float | None, drawn: Weights) -> _Figures:
    strict, loose = _steps(groups, SCENARIO_1), _steps(groups, SCENARIO_2)
    cut = together([segments.steps(clip) for clip in clips] for clips in groups.values())
    psds_2, event_f1 = file_draws.psds_and_best_f1(loose, drawn)
    events = int(loose.total.sum())
    figures = {
        PSDS_1: _Counted(file_draws.psds_and_best_f1(strict, drawn)[0], events),
        PSDS_2: _Counted(psds_2, events),
        BEST_EVENT_F1: _Counted(event_f1, events),
        BEST_SEGMENT_F1: _Counted(file_draws.psds_and_best_f1(cut, drawn)[1], int(cut.total.sum())),
    }
    if threshold is None:
        return figures
    errors = [boundaries.errors(clips, threshold) for clips in groups.values()]
    return {
        **figures,
        **_event_figures(loose, threshold, drawn),
        **_segment_figures(cut, threshold, drawn),
        **_boundary_figures(errors, drawn),
    }


def _steps(groups: dict[str, list[Clip]], scenario: Scenario) -> FileSteps:
    return together(
        [intersections.steps(clip, scenario) for clip in clips] for clips in groups.values()
    )


def _event_figures(steps: FileSteps, threshold: float, drawn: Weights) -> _Figures:
    counts = file_draws.counts_at(steps, threshold)
    tp, fp, total = (count @ drawn for count in (*counts, steps.total))
    return {
        EVENT_F1: _Counted(np.where(total > 0, divided(2 * tp, tp + fp + total), np.nan), total[0]),
        EVENT_RECALL: _Counted(divided(tp, total), total[0]),
        EVENT_PRECISION: _Counted(divided(tp, tp + fp), tp[0] + fp[0]),
        EVENT_ALARMS: _Counted(divided(fp, steps.hours @ drawn), fp[0]),
    }


def _segment_figures(steps: FileSteps, threshold: float, drawn: Weights) -> _Figures:
    counts = file_draws.counts_at(steps, threshold)
    tp, fp, total = (count @ drawn for count in (*counts, steps.total))
    f1 = np.where(total > 0, divided(2 * tp, tp + fp + total), np.nan)
    return {
        SEGMENT_F1: _Counted(f1, total[0]),
        SEGMENT_ERROR_RATE: _Counted(divided(fp + total - tp, total), total[0]),
    }


def _boundary_figures(errors: Sequence[Errors], drawn: Weights) -> _Figures:
    onsets, offsets = [found.onset for found in errors], [found.offset for found in errors]
    return {
        ONSET_ERROR: _Counted(file_draws.median(onsets, drawn), _number(onsets)),
        ONSET_DISTANCE: _Counted(_distance(onsets, drawn), _number(onsets)),
        OFFSET_ERROR: _Counted(file_draws.median(offsets, drawn), _number(offsets)),
        OFFSET_DISTANCE: _Counted(_distance(offsets, drawn), _number(offsets)),
    }


def _distance(errors: Sequence[Array], drawn: Weights) -> Array:
    return file_draws.mean([np.abs(part) for part in errors], drawn)


def _number(errors: Sequence[Array]) -> int:
    return sum(len(part) for part in errors)


def _estimates(figures: _Figures) -> dict[str, Estimate]:
    return {name: of_draws(*figure) for name, figure in figures.items()}


def _check_same(new: dict[str, list[Clip]], old: dict[str, list[Clip]]) -> None:
    if list(new) != list(old):
        raise ValueError("only evaluations over the same files in the same order can be compared")
    for name, clips in new.items():
        if _truth(clips) != _truth(old[name]):
            raise ValueError(f"{name}: the two evaluations know of other stretches or events")


def _truth(clips: Sequence[Clip]) -> list[tuple[object, ...]]:
    return [(float(clip.edges[0]), float(clip.edges[-1]), clip.events) for clip in clips]
