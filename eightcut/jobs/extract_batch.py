"""Many finished projects in one go, by a config file; and pairs of folders proposed for one."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import blake2b
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from eightcut import disk, foreign
from eightcut.jobs import cluster, extract_files
from eightcut.jobs.extract import Extraction, extract_project
from eightcut.jobs.extract_facts import NAME as FACTS
from eightcut.jobs.extract_groups import By
from eightcut.jobs.extract_match import Match
from eightcut.jobs.extract_project_report import ProjectReport
from eightcut.jobs.extract_report import ExtractionReport
from eightcut.progress import Shown, bar

AnyPath = str | PathLike[str]


class Wanted(NamedTuple):
    """One project of a config, or why it cannot be one."""

    name: str
    raw_dir: str
    final_dir: str
    error: str | None = None


def extract_batch(  # noqa: PLR0913 - the signature of the API
    config: AnyPath | Mapping[str, Any],
    output: AnyPath,
    *,
    match: Match = "name",
    grouping: By = "name",
    time_gap: float | None = 300.0,
    locate: bool = True,
    csv: AnyPath | None = None,
    progress: Shown = True,
    cancel: threading.Event | None = None,
    client: Any = None,
) -> ExtractionReport:
    """Extract all projects of a config and write ``output`` with the files beside it.

    A project that cannot be extracted is an error in the report, and the others go on.
    What was seen is kept beside ``output``, so that the same call goes on after a stop.

    Args:
        config: ``{"projects": [{"name": …, "raw_dir": …, "final_dir": …}]}``, or a JSON file
            that says so; its relative paths begin at its folder, those of a mapping at the
            current one.
        output: the lines of all projects, as JSON.
        match: as of ``extract_project``.
        grouping: as of ``extract_project``.
        time_gap: as of ``extract_project``.
        locate: as of ``extract_project``.
        csv: the table; the name of ``output`` with the suffix .csv unless given.
        progress: show how far it is.
        cancel: set it to stop; nothing is written then but what was seen.
        client: a Dask client; its workers, which must see the same folders, take the
            projects, and everything is written here.

    Raises:
        Cancelled: ``cancel`` was set.
        ConnectionError: the client has no workers.
        OSError: the config cannot be read.
        ValueError: it is no config, or the output holds something else.
    """
    output = Path(output).expanduser()
    extract_files.check(output, csv=csv)
    how = {"match": match, "grouping": grouping, "time_gap": time_gap, "locate": locate}
    wanted = read_config(config)
    if client is None:
        facts = output.with_name(FACTS)
        extract = partial(extract_project, **how, facts=facts, progress=progress, cancel=cancel)  # type: ignore[arg-type]
        tried = [_tried(one, extract) for one in wanted]
    else:
        tried = _spread(client, wanted, how, output, progress=progress, cancel=cancel)
    done = [one for one in tried if isinstance(one, Extraction)]
    reports = [one.report if isinstance(one, Extraction) else one for one in tried]
    report = ExtractionReport(tuple(sorted(reports, key=lambda one: one.project)))
    extract_files.save(output, done, report, csv=csv)
    return report


def _spread(
    client: Any,
    wanted: list[Wanted],
    how: dict[str, Any],
    output: Path,
    *,
    progress: Shown,
    cancel: threading.Event | None,
) -> list[Extraction | ProjectReport]:
    """What ``_tried`` gives for each project, from the workers."""
    tasks = [(one, how, output) for one in wanted]
    found: dict[int, Extraction | ProjectReport] = {}
    with bar("Extracting projects", len(tasks), shown=progress) as shown:
        for outcome in cluster.outcomes(
            client, _on_worker, tasks, sizes=[1.0] * len(tasks), bar=shown, cancel=cancel
        ):
            number, one = outcome.number, wanted[outcome.number]
            found[number] = outcome.value or _failed(one, outcome.problem)
            shown.say(one.name)
    return [found[number] for number in range(len(wanted))]


def _on_worker(
    task: tuple[Wanted, dict[str, Any], Path], report: cluster.Report
) -> Extraction | ProjectReport:
    wanted, how, output = task
    # a file of facts for each project: several workers must not write one
    name = blake2b(wanted.name.encode(), digest_size=8).hexdigest()
    facts = output.with_name(f"{FACTS}-{name}") if output.parent.is_dir() else None
    extract: Callable[..., Extraction] = partial(
        extract_project, **how, facts=facts, progress=False
    )
    return _tried(wanted, partial(extract, cancel=report))


def _tried(wanted: Wanted, extract: Callable[..., Extraction]) -> Extraction | ProjectReport:
    """The extraction of a project, or a report that says why there is none."""
    try:
        if wanted.error:
            raise ValueError(wanted.error)
        return extract(wanted.raw_dir, wanted.final_dir, wanted.name)
    except (OSError, ValueError) as problem:
        if isinstance(problem, OSError) and problem.errno in disk.NO_ROOM:
            raise  # it would be as full for the others, and the output would lose their lines
        return _failed(wanted, problem)


def _failed(wanted: Wanted, problem: BaseException | None) -> ProjectReport:
    error = " ".join(str(problem).split())
    return ProjectReport(
        project=wanted.name, raw_dir=wanted.raw_dir, final_dir=wanted.final_dir, error=error
    )


def read_config(config: AnyPath | Mapping[str, Any]) -> list[Wanted]:
    """The projects of a config.

    Raises:
        OSError: it cannot be read.
        ValueError: it holds no list of projects.
    """
    if isinstance(config, Mapping):
        told, base, said = config, Path(), "the config"
    else:
        path = Path(config).expanduser()
        told, base, said = foreign.load(path), path.parent, str(path)
    projects = told.get("projects") if isinstance(told, Mapping) else None
    if not isinstance(projects, list) or not projects:
        raise ValueError(f'{said} needs {{"projects": [{{"name", "raw_dir", "final_dir"}}]}}')
    wanted = [_wanted(entry, number, base) for number, entry in enumerate(projects, 1)]
    return _distinct(wanted)


def _wanted(entry: Any, number: int, base: Path) -> Wanted:
    values = entry if isinstance(entry, Mapping) else {}
    texts = {
        key: value.strip() if isinstance(value := values.get(key), str) else ""
        for key in ("name", "raw_dir", "final_dir")
    }
    missing = [key for key, value in texts.items() if not value]
    name = texts["name"] or f"(entry {number})"
    if missing:
        error = f"entry {number} of the config lacks {', '.join(missing)}"
        return Wanted(name, texts["raw_dir"], texts["final_dir"], error)
    folders = (str(base / Path(texts[key]).expanduser()) for key in ("raw_dir", "final_dir"))
    return Wanted(name, *folders)


def _distinct(wanted: list[Wanted]) -> list[Wanted]:
    """Projects of one name become one error: their lines could not be told apart."""
    counts = Counter(one.name for one in wanted)
    return [
        one._replace(error=f"{counts[one.name]} entries of the config have this name")
        if counts[one.name] > 1
        else one
        for one in {one.name: one for one in reversed(wanted)}.values()
    ][::-1]
