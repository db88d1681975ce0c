"""What came of experiments: a row per run, all tested on the same windows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eightcut.audio.ranking import PRECISION
from eightcut.estimates import Estimate
from eightcut.jobs.experiment_grid import FACTORS, Settings, varied
from eightcut.workspace import Skipped

if TYPE_CHECKING:
    import pandas as pd

PLAIN, LOUDNESS = "always the same score", "loudness"


class ExperimentRun(NamedTuple):
    """One run.

    Attributes:
        settings: what it was run with.
        figures: average precision and AUROC, held out by file; n counts windows.
        baselines: average precision of trivial scores on the same windows.
        delta: its average precision less that of the first run with the same windows and
            seed, paired by file; None for the first itself.
        clips: how many clips of the sound it learned from, of all folds together.
        files: how many files it was tested on.
        seconds: how long it took.
        card: all that repeats it; ``eightcut.replay`` takes it.
        reason: why it failed; empty where it did not.
    """

    settings: Settings
    figures: dict[str, Estimate]
    baselines: dict[str, Estimate]
    delta: Estimate | None
    clips: int | None
    files: int | None
    seconds: float | None
    card: dict[str, Any]
    reason: str

    @property
    def precision(self) -> Estimate:
        """Its average precision."""
        return self.figures.get(PRECISION, Estimate(None, None, None, 0))


@dataclass(frozen=True, slots=True, repr=False)
class Experiments:
    """The runs of a grid, in its order.

    Attributes:
        runs: those that are done, and those that failed, with the reason.
        left: the settings of runs that were not begun because of a cancel.
        skipped: files that no run could learn from or be tested on.
        notes: what a person should know before trusting the figures.
    """

    runs: tuple[ExperimentRun, ...]
    left: tuple[Settings, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]

    @property
    def best(self) -> ExperimentRun | None:
        """The run whose settings have the highest average precision, over seeds in the mean."""
        groups: dict[Settings, list[ExperimentRun]] = {}
        for run in self.runs:
            if run.precision.value is not None:
                groups.setdefault(_without_seed(run.settings), []).append(run)
        if not groups:
            return None
        return max(groups.values(), key=lambda runs: _mean(run.precision.value for run in runs))[0]

    @property
    def varied(self) -> list[str]:
        """The factors that are not the same in all runs."""
        return varied([run.settings for run in self.runs])

    def frame(self) -> "pd.DataFrame":
        """One row per run: its factors, figures with intervals and n, baselines, delta, seconds."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        return pd.DataFrame([_row(run) for run in self.runs])

    def plot(self) -> Any:
        """A learning curve where ``clips`` varies, else a bar per setting; matplotlib axes."""
        from eightcut.report import experiment_plots, plots  # noqa: PLC0415 - heavy

        known = [run for run in self.runs if run.precision.value is not None]
        title = f"{len(known)} runs, held out by file"
        if "clips" in self.varied:
            return experiment_plots.learning_curves(
                _lines(known, self.varied), self._plain(), title=title, label=PRECISION
            )
        shown = {_told(run.settings, self.varied): run.precision for run in known}
        plain = {name: value for run in known[:1] for name, value in run.baselines.items()}
        return plots.bars(shown | plain, title=title, label=PRECISION)

    def _plain(self) -> float | None:
        return next((run.baselines[PLAIN].value for run in self.runs if run.baselines), None)

    def _repr_html_(self) -> str:
        import html  # noqa: PLC0415 - only here

        short = [*self.varied, PRECISION, "low", "high", "n", PLAIN, LOUDNESS, "delta", "seconds"]
        frame = self.frame().reindex(columns=[*dict.fromkeys(short), "reason"])
        table = frame.to_html(index=False, escape=True, na_rep="n/a", float_format="{:.3f}".format)
        told = "".join(f"<li>{html.escape(note)}</li>" for note in self.said)
        return f"{table}<ul>{told}</ul>"

    def __repr__(self) -> str:
        rows = [
            f"  {_told(run.settings, self.varied)}: {run.reason or run.precision}"
            for run in self.runs
        ]
        return "\n".join([f"{len(self.runs)} runs", *rows, *self.said])

    @property
    def said(self) -> list[str]:
        """What a person should know beside the figures."""
        left = [f"{len(self.left)} runs were not begun; run it again to go on"] if self.left else []
        return [*left, *self.notes, *(f"left out: {item.reason}" for item in self.skipped)]


def _row(run: ExperimentRun) -> dict[str, Any]:
    settings = run.settings.as_json()
    factors = {name: settings[name] for name in FACTORS}
    factors["positive_folder"] = ", ".join(run.settings.positive_folder)
    auroc = run.figures.get("AUROC", Estimate(None, None, None, 0))
    delta = run.delta or Estimate(None, None, None, 0)
    return factors | {
        PRECISION: _number(run.precision.value),
        "low": _number(run.precision.low),
        "high": _number(run.precision.high),
        "n": run.precision.n,
        "files": run.files,
        "AUROC": _number(auroc.value),
        "AUROC low": _number(auroc.low),
        "AUROC high": _number(auroc.high),
        **{name: _number(_value(run.baselines.get(name))) for name in (PLAIN, LOUDNESS)},
        "delta": _number(delta.value),
        "delta low": _number(delta.low),
        "delta high": _number(delta.high),
        "clips learned": run.clips,
        "seconds": _number(run.seconds),
        "eightcut": run.card.get("eightcut", ""),
        "reason": run.reason,
    }


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else estimate.value


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _without_seed(settings: Settings) -> Settings:
    return Settings.from_json(settings.as_json() | {"seed": 0})


def _mean(values: Any) -> float:
    return float(np.mean(list(values)))


def _told(settings: Settings, names: Sequence[str]) -> str:
    values = settings.as_json() | {"positive_folder": ", ".join(settings.positive_folder)}
    told = [f"{name} {values[name]}" for name in names]
    return ", ".join(told) or ", ".join(settings.positive_folder)


def _lines(runs: Sequence[ExperimentRun], names: Sequence[str]) -> dict[str, list[Any]]:
    """Name of a line -> its points; seeds are averaged, their intervals, too."""
    from eightcut.report.experiment_plots import Point  # noqa: PLC0415 - matplotlib is heavy

    others = [name for name in names if name not in ("clips", "seed")]
    groups: dict[str, dict[int, list[Estimate]]] = {}
    for run in runs:
        line = groups.setdefault(_told(run.settings, others), {})
        line.setdefault(run.clips or 0, []).append(run.precision)
    return {
        name: [Point(clips, _average(found)) for clips, found in sorted(points.items())]
        for name, points in groups.items()
    }


def _average(found: Sequence[Estimate]) -> Estimate:
    lows = [one.low for one in found if one.low is not None]
    highs = [one.high for one in found if one.high is not None]
    return Estimate(
        _mean(one.value for one in found),
        _mean(lows) if len(lows) == len(found) else None,
        _mean(highs) if len(highs) == len(found) else None,
        found[0].n,
    )
