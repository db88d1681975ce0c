"""What an experiment varies: the settings of one run, and the runs of a grid."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eightcut import foreign
from eightcut.jobs.train import train_classifier
from eightcut.models import registry
from eightcut.models.classifier import HEADS

Grid = Mapping[str, Any] | Sequence[Mapping[str, Any]]

MOST_RUNS = 10_000  # each of which takes seconds at the least

DEFAULTS = dict(train_classifier.__kwdefaults__ or {})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run; what is not varied is as in ``train_classifier``.

    ``clips`` is how many clips of the sound are learned from, drawn with ``seed``; None
    takes all. With one seed, fewer clips are always some of the more.
    """

    positive_folder: tuple[str, ...]
    negative_folder: str = DEFAULTS["negative_folder"]
    model: str = DEFAULTS["model"]
    head: str = DEFAULTS["head"]
    use_hard_negatives: bool = DEFAULTS["use_hard_negatives"]
    margin: float = DEFAULTS["margin"]
    clips: int | None = None
    seed: int = 0

    def as_json(self) -> dict[str, Any]:
        """As a card keeps them."""
        return asdict(self) | {"positive_folder": list(self.positive_folder)}

    def of_training(self) -> dict[str, Any]:
        """As ``training_files`` takes them."""
        return self.as_json() | {"include_scan_exports": False}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Settings":
        """From a card."""
        return _settings(stored, 0)


FACTORS = tuple(Settings.__dataclass_fields__)


def runs(grid: Grid, seeds: int) -> list[Settings]:
    """The runs of a grid, the last factor varying fastest; twice the same is one run.

    Args:
        grid: a list of values for each factor, or a list of runs with a value each.
        seeds: how often each run is repeated where the grid has no seed of its own.

    Raises:
        ValueError: a factor or a value is none, or there is no run.
        LookupError: there is no such head or embedder.
    """
    if seeds < 1:
        raise ValueError(f"seeds must be 1 or more, not {seeds}")
    found = [
        _settings({"seed": seed} | row, number)
        for number, row in enumerate(_rows(grid))
        for seed in ([0] if "seed" in row else range(seeds))
    ]
    if not found:
        raise ValueError("the grid has no run; give it a positive_folder at least")
    return list(dict.fromkeys(found))


def varied(settings: Sequence[Settings]) -> list[str]:
    """The factors that are not the same in all runs, seed last."""
    names = [name for name in FACTORS if len({getattr(one, name) for one in settings}) > 1]
    return sorted(names, key=lambda name: name == "seed")


def _rows(grid: Grid) -> list[dict[str, Any]]:
    if isinstance(grid, Mapping):
        return list(_product(grid))
    if not isinstance(grid, Sequence) or not all(isinstance(row, Mapping) for row in grid):
        raise ValueError(
            f"the grid is {foreign.shown(grid)}; it is a list of values for each factor, or a "
            "list of runs with a value each"
        )
    return list(map(dict, grid))


def _product(grid: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    lists = {name: _values(value) for name, value in grid.items()}
    if (number := math.prod(map(len, lists.values()))) > MOST_RUNS:
        raise ValueError(f"the grid has {number:,} runs; vary less, {MOST_RUNS:,} are the most")
    for values in itertools.product(*lists.values()):
        yield dict(zip(lists, values, strict=True))


def _values(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | range) else [value]


def _settings(row: Mapping[str, Any], number: int) -> Settings:
    where = f"run {number + 1} of the grid"
    if unknown := sorted(set(row) - set(FACTORS)):
        told = foreign.shown(unknown[0])
        raise ValueError(f"{where} varies {told}; there are {', '.join(FACTORS)}")
    folder = row.get("positive_folder")
    folders = tuple(folder) if isinstance(folder, list | tuple) else (folder,)
    if not folders or not all(isinstance(name, str) and name for name in folders):
        raise ValueError(f"{where} names no positive_folder")
    found = Settings(**{**row, "positive_folder": folders})
    _check(found, where)
    return found


def _check(run: Settings, where: str) -> None:
    if not isinstance(run.head, str) or run.head not in HEADS:
        told, known = foreign.shown(run.head), ", ".join(HEADS)
        raise LookupError(f"{where}: there is no head {told}; there are {known}")
    if not isinstance(run.model, str) or not registry.is_known(run.model, "sound"):
        told, known = foreign.shown(run.model), ", ".join(registry.embedders("sound"))
        raise LookupError(f"{where}: there is no embedder {told}; there are {known}")
    is_number = isinstance(run.margin, int | float) and not isinstance(run.margin, bool)
    checks = {
        "margin": is_number and 0 <= run.margin < float("inf"),
        "clips": run.clips is None or (_whole(run.clips) and run.clips > 0),
        "seed": _whole(run.seed) and run.seed >= 0,
        "use_hard_negatives": isinstance(run.use_hard_negatives, bool),
        "negative_folder": isinstance(run.negative_folder, str),
    }
    if bad := next((name for name, is_good in checks.items() if not is_good), None):
        raise ValueError(f"{where}: {bad} cannot be {foreign.shown(getattr(run, bad))}")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
