"""What came of training: a version, its held-out figures beside baselines, and the gate's word."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eightcut.calibration import Calibration
from eightcut.estimates import Estimate
from eightcut.images.agreement import CropFit
from eightcut.jobs.gate import Gate
from eightcut.jobs.training_data import LeftOut
from eightcut.models.picture_models import PictureModel

if TYPE_CHECKING:
    import pandas as pd

TITLES = {"ranker": "Ranker", "crop": "Crop proposer"}
HEADLINES = {"ranker": "top-1", "crop": "mean IoU"}


@dataclass(frozen=True, slots=True, repr=False)
class LearningRun:
    """A trained ranker or crop proposer, and how well it does on what it was not shown.

    Attributes:
        model: what was stored; ``model.version`` is its stamp.
        metrics: figures over held-out groups or pictures; a value of None is unknown.
        baselines: the headline figure (top-1, mean IoU) of what needs no model, on the same
            groups or pictures.
        against_current: how much better it is than the version in use until now, paired, on
            what neither has seen; None if there was none or nothing can be compared.
        compared: what that was counted over.
        gate: whether it is in use now, and why.
        verdict: whether it is better than what needs no model, in a sentence.
        split: what was held out.
        counts: rows, what was learned from, and what was left out.
        left_out: what taught nothing, with the reasons.
        warnings: what a person should know before trusting it.
        calibration: of a ranker, confidence against correctness.
        fits: of a crop proposer, all figures of it (``model``) and of each baseline.
    """

    model: PictureModel
    metrics: dict[str, Estimate]
    baselines: dict[str, Estimate]
    against_current: Estimate | None
    compared: str
    gate: Gate
    verdict: str
    split: str
    counts: dict[str, int]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]
    calibration: Calibration | None = None
    fits: dict[str, CropFit] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """``ranker`` or ``crop``."""
        return self.model.kind

    @property
    def version(self) -> str:
        """The stamp of the version."""
        return self.model.version

    @property
    def is_current(self) -> bool:
        """Whether it is in use now."""
        return self.gate.is_open

    @property
    def title(self) -> str:
        """Such as ``Ranker 20261121_081711_000000, held out by project``."""
        return f"{TITLES[self.kind]} {self.version}, {self.split}"

    def frame(self) -> "pd.DataFrame":
        """One row per figure: figure, value, low, high, n."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = [(name, *value) for name, value in (self.metrics | self._others()).items()]
        frame = pd.DataFrame(rows, columns=["figure", *Estimate._fields])
        return frame.astype(dict.fromkeys(("value", "low", "high"), float))

    def reliability(self) -> "pd.DataFrame":
        """Of a ranker: how sure it was against how often it was right, in bins of confidence."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        columns = ["from", "to", "confidence", "right", "low", "high", "n"]
        bins = [one for one in self.calibration.bins if one.right.n] if self.calibration else []
        rows = [(*one[:3], *one.right.estimate) for one in bins]
        return pd.DataFrame(rows, columns=columns)

    def plot(self) -> Any:
        """The headline figure beside its baselines, as a matplotlib axes."""
        from eightcut.report.plots import bars  # noqa: PLC0415 - matplotlib is heavy

        headline = HEADLINES[self.kind]
        shown = {TITLES[self.kind]: self.metrics[headline]} | self.baselines
        return bars(shown, title=self.title, label=headline)

    def _others(self) -> dict[str, Estimate]:
        """The figures of what needs no model."""
        if not self.fits:
            return _of_all(HEADLINES[self.kind], self.baselines)
        plain = {name: figures_of(fit) for name, fit in self.fits.items() if name != "model"}
        return {
            f"{figure}, {name}": v for name, all_ in plain.items() for figure, v in all_.items()
        }

    def _said(self) -> list[str]:
        against = self.against_current
        told = [] if against is None else [f"against the version before: {against}"]
        return [self.verdict, *told, self.gate.reason, *self.warnings]

    def _repr_html_(self) -> str:
        frame = _boxes(self.fits) if self.fits else self.frame()
        table = frame.to_html(
            index=False, escape=True, na_rep="n/a", float_format="{:.3f}".format, justify="left"
        )
        told = "".join(f"<li>{html.escape(text)}</li>" for text in self._said())
        return f"<h4>{html.escape(self.title)}</h4>{table}<ul>{told}</ul>"

    def __repr__(self) -> str:
        figures = self.metrics | _of_all(HEADLINES[self.kind], self.baselines)
        rows = [f"  {name}: {value}" for name, value in figures.items()]
        return "\n".join([self.title, *rows, *self._said()])


def figures_of(fit: CropFit) -> dict[str, Estimate]:
    """How well boxes fit, by name."""
    return {
        "mean IoU": fit.mean_iou,
        "median IoU": Estimate(fit.median_iou, None, None, fit.mean_iou.n),
        "all edges within 5 %": fit.match.estimate,
        "boundary displacement": fit.displacement,
    }


def _of_all(figure: str, baselines: Mapping[str, Estimate]) -> dict[str, Estimate]:
    return {f"{figure}, {name}": value for name, value in baselines.items()}


def _boxes(fits: Mapping[str, CropFit]) -> "pd.DataFrame":
    """A row for the proposer and for each box that needs no model."""
    import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

    rows = []
    for name, fit in fits.items():
        shown = {figure: str(value).split(" (n=")[0] for figure, value in figures_of(fit).items()}
        title = TITLES["crop"] if name == "model" else name
        rows.append({"box": title, **shown, "n": fit.mean_iou.n})
    return pd.DataFrame(rows)
