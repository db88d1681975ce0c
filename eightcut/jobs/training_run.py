"""What came of training a classifier: a version, its figures, and the gate's word."""

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eightcut.estimates import Estimate
from eightcut.jobs.examples import Taught
from eightcut.jobs.gate import Gate
from eightcut.models.classifier import Classifier
from eightcut.workspace import Skipped

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """A trained classifier and how well it does on files it was not shown.

    Attributes:
        classifier: ready for ``scan``; the current version of its name if the gate is open.
        metrics: figures held out by media file; a value of None is unknown.
        baselines: the same figures for trivial scores: prevalence, loudness.
        files: what each file taught.
        skipped: training files that could not be used, with the reasons.
        warnings: what a person should know before trusting it.
        gate: whether it is in use now, and why; ``gate.delta`` is how much better it is than
            the version until now.
    """

    classifier: Classifier
    metrics: dict[str, Estimate]
    baselines: dict[str, Estimate]
    files: tuple[Taught, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    gate: Gate

    def __repr__(self) -> str:
        judged = self.metrics.get("average precision")
        figure = f", held-out average precision {judged}" if judged else ""
        use = "in use" if self.is_current else "kept aside"
        return f"<TrainingRun of {self.classifier!r}, {len(self.files)} files{figure}, {use}>"

    @property
    def is_current(self) -> bool:
        """Whether it went into use."""
        return self.gate.is_open

    def frame(self) -> "pd.DataFrame":
        """One row per figure: name, value, 95 % interval, n."""
        import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

        rows = [(name, *value) for name, value in (self.metrics | self.baselines).items()]
        return pd.DataFrame(rows, columns=["figure", *Estimate._fields])

    def plot(self) -> Any:
        """Held-out average precision beside its baselines, as a matplotlib axes."""
        from eightcut.report.plots import bars  # noqa: PLC0415 - matplotlib is heavy

        shown = {"classifier": self.metrics["average precision"]} | self.baselines
        return bars(
            shown, title=f"{self.classifier.name}, held out by file", label="average precision"
        )

    def _repr_html_(self) -> str:
        table = self.frame().to_html(index=False, escape=True, na_rep="n/a")
        told = "".join(
            f"<li>{html.escape(text)}</li>" for text in (self.gate.reason, *self.warnings)
        )
        return f"{table}<ul>{told}</ul>"

    def __str__(self) -> str:
        figures = "\n".join(f"  {k}: {v}" for k, v in (self.metrics | self.baselines).items())
        return f"{self.classifier.name} {self.classifier.version}\n{figures}\n{self.gate.reason}"
