"""What rankers and crop proposers can learn from: decisions, and history before eightcut."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eightcut import foreign
from eightcut.db import decision_cells, decision_csv
from eightcut.jobs import training_rows as rows
from eightcut.jobs.extract_rows import Entry
from eightcut.jobs.training_pictures import Originals
from eightcut.jobs.training_rows import Finder, Lesson, TrainingCrop, TrainingGroup
from eightcut.progress import Shown, bar
from eightcut.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LeftOut", "TrainingCrop", "TrainingData", "TrainingGroup", "load_training_data"]

Source = Any  # an Extraction, an Entry, a line as a mapping, or the path of a JSONL or CSV file
Line = tuple[str, Mapping[str, Any] | str]  # its name, and what it says or why it says nothing


class LeftOut(NamedTuple):
    """A row that does not teach a ranker, or a crop proposer (``use``), and why."""

    project: str
    row: str
    use: str
    reason: str


class Tally(NamedTuple):
    """The rows of one project; groups and ``no_group`` add up to rows, so do crops."""

    project: str
    rows: int
    groups: int
    no_group: int
    crops: int
    no_crop: int


@dataclass(frozen=True, slots=True, repr=False)
class TrainingData:
    """What there is to learn from.

    Attributes:
        groups: for the ranker.
        crops: for the crop proposer.
        left_out: what teaches one of them nothing, with the reason; each row is either
            taught from or here, once for each of the two.
        rows: how many rows were looked at.
    """

    groups: tuple[TrainingGroup, ...]
    crops: tuple[TrainingCrop, ...]
    left_out: tuple[LeftOut, ...]
    rows: int

    @property
    def projects(self) -> tuple[str, ...]:
        """The projects that rows come from."""
        taught = [item.project for item in self.groups] + [item.project for item in self.crops]
        return tuple(sorted({*taught, *(item.project for item in self.left_out)}))

    @property
    def counts(self) -> dict[str, int]:
        """rows, groups, crops, and what was left out of each."""
        without = Counter(item.use for item in self.left_out)
        return {
            "rows": self.rows,
            "groups": len(self.groups),
            "groups left out": without["ranker"],
            "crops": len(self.crops),
            "crops left out": without["crop"],
        }

    @property
    def tally(self) -> tuple[Tally, ...]:
        """The same for each project."""
        groups = Counter(item.project for item in self.groups)
        crops = Counter(item.project for item in self.crops)
        without = Counter((item.project, item.use) for item in self.left_out)
        return tuple(
            Tally(
                name, groups[name] + without[name, "ranker"], groups[name],
                without[name, "ranker"], crops[name], without[name, "crop"],
            )
            for name in self.projects
        )  # fmt: skip

    def frame(self) -> "pd.DataFrame":
        """What was left out of what, by project and reason, with how many rows that were."""
        import pandas as pd  # noqa: PLC0415 - slow to import, and only shown tables need it

        counted = Counter((item.project, item.use, item.reason) for item in self.left_out)
        found = [(*key, number) for key, number in sorted(counted.items())]
        return pd.DataFrame(found, columns=["project", "left out for", "reason", "rows"])

    def _repr_html_(self) -> str:
        import pandas as pd  # noqa: PLC0415

        table = pd.DataFrame(self.tally, columns=[name.replace("_", " ") for name in Tally._fields])
        shown = [table, self.frame()] if self.left_out else [table]
        return "".join(each.to_html(index=False, escape=True) for each in shown)

    def __repr__(self) -> str:
        return ", ".join(f"{name}: {number}" for name, number in self.counts.items())


def load_training_data(
    ws: Workspace,
    project_ids: str | Iterable[str] = (),
    *,
    history: Source | Iterable[Source] = (),
    progress: Shown = False,
) -> TrainingData:
    """Gather what models can learn from.

    A decision that stands in several places counts once, the decision database
    before history. Nothing is changed.

    Args:
        ws: an open workspace.
        project_ids: whose decisions to take.
        history: extractions, or their files (``historical_projects.jsonl``, or its CSV),
            or the earlier tool's ``selection_only_log.csv``.
        progress: show a bar.

    Raises:
        LookupError: there is no such project.
        ValueError: a file holds something else, or a group mixes the pictures of two
            projects; the message names both.
    """
    names = [project_ids] if isinstance(project_ids, str) else list(dict.fromkeys(project_ids))
    projects = [ws.project(name) for name in names]
    originals = {project.id: Originals(project) for project in projects}
    lines = list(_lines(history))
    finder = Finder(originals, _folders(ws, lines))
    total = sum(len(project.decisions.decisions()) for project in projects) + len(lines)
    collected = _Collected(finder)
    with bar("Reading decisions", total, shown=progress) as shown:
        for project in projects:
            found = originals[project.id]
            for row in project.decisions.decisions():
                collected.add(rows.of_decision(row, found))
                shown.advance(1)
            for single in project.decisions.single_crops():
                collected.add(rows.of_single(single, project.id, found))
        for name, line in lines:
            collected.add(_lesson(name, line, finder))
            shown.advance(1)
    return collected.data()


class _Collected:
    """Lessons, each decision and each crop once."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._groups: dict[Any, TrainingGroup] = {}
        self._crops: dict[Any, TrainingCrop] = {}
        self._left_out: list[LeftOut] = []
        self._rows = 0

    def add(self, lesson: Lesson) -> None:
        self._rows += 1
        if isinstance(lesson.selection, str):
            self._leave(lesson, "ranker", lesson.selection)
        else:
            self._finder.check(lesson.selection)
            self._add_group(lesson, lesson.selection)
        if isinstance(lesson.crop, str):
            self._leave(lesson, "crop", lesson.crop)
        else:
            self._add_crop(lesson, lesson.crop)

    def _add_group(self, lesson: Lesson, group: TrainingGroup) -> None:
        known = self._groups.setdefault(frozenset(map(_file, group.images)), group)
        if known is not group:
            is_same = group.images[group.chosen].name == known.images[known.chosen].name
            what = "the same decision as" if is_same else "it chose otherwise than"
            self._leave(lesson, "ranker", f"{what} {known.group} of {known.project}, which counts")

    def _add_crop(self, lesson: Lesson, crop: TrainingCrop) -> None:
        known = self._crops.setdefault(_file(crop.image), crop)
        if known is not crop:
            reason = f"the same picture as {known.group} of {known.project}, which counts"
            self._leave(lesson, "crop", reason)

    def data(self) -> TrainingData:
        groups, crops = tuple(self._groups.values()), tuple(self._crops.values())
        return TrainingData(groups, crops, tuple(self._left_out), self._rows)

    def _leave(self, lesson: Lesson, use: str, reason: str) -> None:
        self._left_out.append(LeftOut(lesson.project, lesson.row, use, reason))


def _file(path: Path) -> tuple[str, int]:
    """What tells a picture from others of its name, wherever it was moved."""
    return path.name, path.stat().st_size


def _lesson(name: str, line: Mapping[str, Any] | str, finder: Finder) -> Lesson:
    if isinstance(line, str):
        return Lesson("", name, line, line)
    try:
        return rows.of_line(line, name, finder)
    except (KeyError, TypeError) as problem:
        reason = f"it is no line of training data: {problem}"
        return Lesson(str(line.get("project", "")), name, reason, reason)


def _folders(ws: Workspace, lines: list[Line]) -> dict[Path, str]:
    """Whose folder is whose: of history first, then of the workspace's projects."""
    told = {
        Path(line["metadata"]["raw_dir"]): str(line["project"])
        for _, line in lines
        if isinstance(line, Mapping) and (line.get("metadata") or {}).get("raw_dir")
    }
    return told | {ws.project(name).root: name for name in ws.projects()}


def _lines(history: Any) -> Iterator[Line]:
    if _is_source(history):
        history = [history]
    for source in history:
        if hasattr(source, "lines"):
            yield from (_named(source.project, entry._asdict()) for entry in source.lines)
        elif isinstance(source, Entry):
            yield _named(source.project, source._asdict())
        elif isinstance(source, Mapping):
            yield _named(str(source.get("project", "")), source)
        else:
            yield from _of_file(Path(source).expanduser())


def _is_source(history: Any) -> bool:
    return isinstance(history, str | PathLike | Entry | Mapping) or hasattr(history, "lines")


def _named(project: str, line: Mapping[str, Any]) -> Line:
    chosen = Path(line.get("chosen_path") or "rejected").stem
    return f"{project} {line.get('timestamp', '')} {chosen}", line


def _of_file(path: Path) -> Iterator[Line]:
    if path.suffix.lower() != ".csv":
        yield from _of_jsonl(path)
        return
    for number, row in _table(path):
        name = f"{path.name} row {number}"
        if isinstance(row, str):
            yield name, row
            continue
        try:
            losers = decision_cells.paths(row["neg_paths"])
        except ValueError as problem:
            yield name, str(problem)
            continue
        project = row.get("project") or row.get("project_id") or ""
        yield name, {**row, "project": project, "neg_paths": losers}


def _table(path: Path) -> Iterator[tuple[int, dict[str, str] | str]]:
    try:
        found = list(decision_csv.read(path))
    except csv.Error as problem:
        raise ValueError(f"{path} is not readable as CSV: {problem}") from problem
    if any(isinstance(row, dict) and "neg_paths" not in row for _, row in found):
        raise ValueError(
            f"{path} is a crop log; take it over with DecisionDB.import_legacy_csv, "
            "and its crops are in the project's decisions"
        )
    yield from found


def _of_jsonl(path: Path) -> Iterator[Line]:
    for number, text in foreign.lines(path):
        name = f"{path.name} line {number}"
        if not text.strip():
            continue
        line = foreign.parse(text, name)
        if not isinstance(line, dict) or "chosen_path" not in line:
            raise ValueError(f"{name} is no line of an extraction: it lacks chosen_path")
        yield name, _fault(line) or line


def _fault(line: Mapping[str, Any]) -> str | None:
    """Why a line cannot be what an extraction has written."""
    chosen, losers = line["chosen_path"], line.get("neg_paths")
    about = line.get("metadata")
    are_right = {
        "project": isinstance(line.get("project"), str),
        "chosen_path": chosen is None or _is_path(chosen),
        "neg_paths": isinstance(losers, list) and all(map(_is_path, losers)),
        "metadata": about is None
        or (isinstance(about, dict) and isinstance(about.get("raw_dir", ""), str)),
    }
    wrong = next((name for name, is_right in are_right.items() if not is_right), None)
    return wrong and f"it is no line of an extraction: {wrong} is {foreign.shown(line.get(wrong))}"


def _is_path(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value and len(value) <= 4096
