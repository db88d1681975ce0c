"""Pictures on the command line: projects, accuracy, finished projects."""

import argparse
import functools
import json
import sys
from pathlib import Path

import eightcut
from eightcut.commands import Arguments, Commands, command, exchange, existing

_EXTRACT = ("raw", "final", "project", "config", "output", "discover")  # flags that exclude others


def add(commands: Commands) -> None:
    """Add the commands for pictures."""
    start = command(commands, "start", _start, "begin a picture project")
    start.add_argument("project", help="its id: letters, digits, - and _")
    start.add_argument("content_dir", type=Path, help="the folder of the pictures")
    start.add_argument("--title", default="")
    start.add_argument("--force", action="store_true", help="begin an existing project anew")
    finish = command(commands, "finish", _finish, "archive a picture project and its final zip")
    finish.add_argument("project")
    finish.add_argument(
        "--commit", action="store_true", help="do it; without, only what would be done is shown"
    )
    finish.add_argument("--force", action="store_true", help="pass over what is in the way")
    for parser in (start, finish):
        parser.add_argument("--workspace", type=Path, help="default: the current folder")
    _add_extract(commands)
    exchange.add(commands)


def _start(given: Arguments) -> int:
    from eightcut.jobs import lifecycle

    where = existing(Path()) if given.workspace is None else given.workspace
    lifecycle.pictures_in(given.content_dir)  # before a workspace is made for it
    with eightcut.Workspace(where) as ws:
        project = eightcut.start_project(
            ws, given.project, given.content_dir, title=given.title, force=given.force
        )
        counts = project.manifest["counts"]
    print(f"{project.id} begins in {project.root}")
    print(f"{counts['initialImages']} pictures, {counts['groupCount']} groups")
    return 0


def _finish(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace or Path())) as ws:
        report = eightcut.finish_project(ws, given.project, commit=given.commit, force=given.force)
    print(report)
    if not given.commit:
        print("nothing was written; say --commit to do it")
    return 0 if report.can_finish else 1


def _add_extract(commands: Commands) -> None:
    extract = command(
        commands, "extract", _extract, "training data from finished projects: winners and losers"
    )
    extract.add_argument("--raw", type=Path, help="the folder of all pictures of a project")
    extract.add_argument("--final", type=Path, help="the folder of those that were kept")
    extract.add_argument("--project", help="the name of the project")
    extract.add_argument("--batch", action="store_true", help="all projects of --config")
    extract.add_argument("--config", type=Path, help='{"projects": [{"name", "raw_dir", …}]}')
    extract.add_argument("--output", type=Path, help="the lines, as JSON; the rest lies beside it")
    extract.add_argument("--csv", type=Path, help="the table; default: beside --output")
    extract.add_argument("--match", choices=("name", "path", "content"), default="name")
    extract.add_argument("--grouping", choices=("name", "timestamp"), default="name")
    extract.add_argument("--time-gap", type=_seconds, default=300.0, help="or none for any")
    extract.add_argument("--no-locate", action="store_true", help="look at no pixels of winners")
    extract.add_argument("--discover", type=Path, help="print a config of pairs that look right")
    extract.set_defaults(check=functools.partial(_check_extract, extract))


def _extract(given: Arguments) -> int:
    from eightcut.jobs import extract_files
    from eightcut.jobs.extract_discover import as_config
    from eightcut.jobs.extract_facts import NAME

    if given.discover is not None:
        proposals = eightcut.discover_projects(given.discover)
        print(json.dumps(as_config(proposals), indent=2, ensure_ascii=False))
        for proposal in proposals:
            print(f"{proposal.name}: {proposal.reason}", file=sys.stderr)
        return 0 if proposals else 1
    how = {
        "match": given.match,
        "grouping": given.grouping,
        "time_gap": given.time_gap,
        "locate": not given.no_locate,
    }
    if given.batch:
        report = eightcut.extract_batch(given.config, given.output, csv=given.csv, **how)
    else:
        extract_files.check(given.output, csv=given.csv)
        how["facts"] = given.output.expanduser().with_name(NAME)
        found = eightcut.extract_project(given.raw, given.final, given.project, **how)
        found.save(given.output, csv=given.csv)
        report = eightcut.ExtractionReport((found.report,))
    print(report)
    return 1 if report.errors else 0


def _check_extract(parser: argparse.ArgumentParser, given: Arguments) -> None:
    """Exit with 2 unless the flags say one thing to do."""
    flags = {flag for flag in _EXTRACT if getattr(given, flag) is not None}
    wanted = {"config", "output"} if given.batch else {"raw", "final", "project", "output"}
    if flags != ({"discover"} if given.discover else wanted):
        parser.error(
            "give --raw, --final, --project and --output; or --batch, --config and --output; "
            "or --discover alone"
        )


def _seconds(text: str) -> float | None:
    return None if text == "none" else float(text)
