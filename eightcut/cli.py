"""The ``eightcut`` command: 0 done, 1 a clear error on one line, 2 wrong usage."""

import argparse
import functools
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import eightcut

Arguments = argparse.Namespace
_EXTRACT = ("raw", "final", "project", "config", "output", "discover")  # flags that exclude others


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = _parser().parse_args(arguments)
    if "check" in given:
        given.check(given)
    try:
        return int(given.run(given) or 0)
    except KeyboardInterrupt:
        print("eightcut: stopped; what was finished has been kept", file=sys.stderr)
        return 1
    except (ArithmeticError, LookupError, OSError, RuntimeError, ValueError) as problem:
        print(f"eightcut: {_one_line(problem)}", file=sys.stderr)
        return 1


def _demo(given: Arguments) -> int:
    from eightcut.jobs import demo

    result = demo.run(given.workspace)
    print(result)
    print(f"\nThe whole story, with plots: {result.page}")
    return 0


def _scan(given: Arguments) -> int:
    with eightcut.Workspace(_existing(given.workspace)) as ws:
        files = given.files or ws.clips.list_media()
        summary = eightcut.scan(
            ws, files, given.classifier, profile=given.profile, threshold=given.threshold
        )
    for file in summary.files:
        best = "n/a" if file.best is None else f"{file.best:.2f}"
        found = "n/a" if file.regions is None else file.regions
        print(f"{file.status:10} {file.filename}  {found} regions, best {best}  {file.reason}")
    print(summary)
    return 1 if {"failed", "skipped", "cancelled"} & summary.counts.keys() else 0


def _train(given: Arguments) -> int:
    with eightcut.Workspace(_existing(given.workspace)) as ws:
        run = eightcut.train_classifier(
            ws,
            given.positive,
            negative_folder=given.negative,
            profile=given.profile,
            model=given.model,
            name=given.name,
            head=given.head,
            margin=given.margin,
            use_hard_negatives=not given.no_hard_negatives,
        )
    print(run)
    for warning in run.warnings:
        print(f"note: {warning}")
    return 0


def _compare(given: Arguments) -> int:
    with eightcut.Workspace(_existing(given.workspace)) as ws:
        difference = eightcut.compare_versions(
            ws, given.filename, given.old, given.new, profile=given.profile
        )
    print(difference)
    print(difference.frame().to_string(index=False, na_rep=""))
    return 0


def _versions(given: Arguments) -> int:
    with eightcut.Workspace(_existing(given.workspace)) as ws:
        profile = given.profile or ws.settings.profile
        models = ws.clips.get_scan_models(given.filename, profile)
        if not models and ws.clips.get_media(given.filename) is None:
            raise LookupError(f"{given.filename} is no file of this workspace and has no scans")
        for model in models:
            for version in ws.clips.get_scan_versions(given.filename, profile, model):
                best = version["max_score"]
                told = "n/a" if best is None else f"{best:.2f}"
                print(f"{version['timestamp']}  {model}  {version['count']} regions, best {told}")
    return 0


def _export(given: Arguments) -> int:
    with eightcut.Workspace(_existing(given.workspace)) as ws:
        done = eightcut.export_clips(
            ws, given.filename, given.start, given.folder, profile=given.profile
        )
    for clip in done.clips:
        print(clip)
    for item in done.skipped:
        print(f"skipped: {item}", file=sys.stderr)
    return 1 if done.skipped else 0


def _start(given: Arguments) -> int:
    where = _existing(Path()) if given.workspace is None else given.workspace
    with eightcut.Workspace(where) as ws:
        project = eightcut.start_project(
            ws, given.project, given.content_dir, title=given.title, force=given.force
        )
        counts = project.manifest["counts"]
    print(f"{project.id} begins in {project.root}")
    print(f"{counts['initialImages']} pictures, {counts['groupCount']} groups")
    return 0


def _finish(given: Arguments) -> int:
    with eightcut.Workspace(_existing(given.workspace or Path())) as ws:
        report = eightcut.finish_project(ws, given.project, commit=given.commit, force=given.force)
    print(report)
    if not given.commit:
        print("nothing was written; say --commit to do it")
    return 0 if report.can_finish else 1


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


def _report(given: Arguments) -> int:
    with eightcut.Workspace(_existing(given.workspace or Path())) as ws:
        report = eightcut.accuracy_report(ws, given.project, path=given.output)
    print(report)
    for note in report.notes:
        print(f"note: {note}")
    print(f"\nThe whole report, with pictures: {report.path}")
    return 0


def _import_8cut(given: Arguments) -> int:
    from eightcut.jobs.import_8cut import import_8cut

    print(import_8cut(given.file, given.workspace))
    return 0


def _migrate_layout(given: Arguments) -> int:
    from eightcut.jobs import layout

    with eightcut.Workspace(_existing(given.workspace)) as ws:
        plan = layout.plan_layout(ws)
        print(plan)
        if given.apply:
            print(layout.apply_layout(ws))
        elif plan.moves:
            print("nothing was moved; say --apply to do it")
    return 0


def _models(given: Arguments) -> int:
    from eightcut.models import registry

    if given.action == "list":
        print("\n".join(registry.embedders()))
    elif given.name is None:
        raise ValueError("models fetch needs the name of an embedder; see eightcut models list")
    else:
        embedder = registry.load(given.name)
        print(f"{embedder.name} {embedder.revision} is ready: {embedder.width} numbers per vector")
    return 0


def _doctor(given: Arguments) -> int:
    from eightcut.jobs import doctor

    found = doctor.examine(given.workspace)
    if given.fix and not found.is_well:
        for subject in doctor.mend(found):
            print(f"mended {subject}")
        found = doctor.examine(given.workspace)
    if not (given.quiet and found.is_well):
        print(found)
    return 0 if found.is_well else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="eightcut", description=eightcut.__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=eightcut.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_audio(commands)
    _add_pictures(commands)
    _add_extract(commands)
    _add_upkeep(commands)
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


def _add_audio(commands: Commands) -> None:
    demo = _command(
        commands, "demo", _demo, "build the sample workspace and run the main job on it"
    )
    demo.add_argument(
        "workspace", nargs="?", type=Path, help="default: the one in the home of eightcut"
    )
    scan = _command(commands, "scan", _scan, "scan media files with a trained classifier")
    _workspace(scan)
    scan.add_argument("files", nargs="*", help="paths, patterns or keys; default: every known file")
    scan.add_argument("--classifier", default="YAMNET")
    scan.add_argument("--threshold", type=float)
    train = _command(commands, "train", _train, "train a classifier on an export folder")
    _workspace(train)
    train.add_argument("positive", nargs="+", help="export folders whose clips hold the sound")
    train.add_argument("--negative", default="", help="export folder of clips that do not")
    train.add_argument("--model", default="YAMNET", help="the embedder")
    train.add_argument("--name", default="", help="tells classifiers on one embedder apart")
    train.add_argument("--head", default="logistic")
    train.add_argument("--margin", type=float, default=30.0)
    train.add_argument("--no-hard-negatives", action="store_true")
    versions = _command(commands, "versions", _versions, "list the scan versions of a file")
    _workspace(versions)
    versions.add_argument("filename")
    compare = _command(commands, "compare", _compare, "compare two scan versions of a file")
    _workspace(compare)
    for name in ("filename", "old", "new"):
        compare.add_argument(name)
    export = _command(commands, "export", _export, "export 8-second clips")
    _workspace(export)
    export.add_argument("filename")
    export.add_argument("folder", help="the export folder, a class of clips")
    export.add_argument("start", nargs="+", type=float, help="where clips start, in seconds")


def _add_pictures(commands: Commands) -> None:
    start = _command(commands, "start", _start, "begin a picture project")
    start.add_argument("project", help="its id: letters, digits, - and _")
    start.add_argument("content_dir", type=Path, help="the folder of the pictures")
    start.add_argument("--title", default="")
    start.add_argument("--force", action="store_true", help="begin an existing project anew")
    finish = _command(commands, "finish", _finish, "archive a picture project and its final zip")
    finish.add_argument("project")
    finish.add_argument(
        "--commit", action="store_true", help="do it; without, only what would be done is shown"
    )
    finish.add_argument("--force", action="store_true", help="pass over what is in the way")
    report = _command(commands, "report", _report, "say how often AI and person agreed, as a page")
    report.add_argument("project", nargs="+", help="one project or several")
    report.add_argument("--output", type=Path, default=Path("report.html"), help="the HTML page")
    for parser in (start, finish, report):
        parser.add_argument("--workspace", type=Path, help="default: the current folder")


def _add_extract(commands: Commands) -> None:
    extract = _command(
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


def _seconds(text: str) -> float | None:
    return None if text == "none" else float(text)


def _add_upkeep(commands: Commands) -> None:
    from_8cut = _command(commands, "import-8cut", _import_8cut, "read a copy of an 8-cut database")
    from_8cut.add_argument("file", type=Path, help="such as ~/.8cut.db; it is left alone")
    from_8cut.add_argument("workspace", type=Path)
    layout = _command(commands, "migrate-layout", _migrate_layout, "clip_NNN folders to vid_NNN")
    _workspace(layout)
    layout.add_argument(
        "--apply", action="store_true", help="do it; without, only the plan is shown"
    )
    models = _command(
        commands, "models", _models, "list the embedders, or fetch the weights of one"
    )
    models.add_argument("action", choices=("list", "fetch"))
    models.add_argument("name", nargs="?")
    doctor = _command(commands, "doctor", _doctor, "say what is wrong here, and mend what can be")
    doctor.add_argument("workspace", nargs="?", type=Path)
    doctor.add_argument("--fix", action="store_true")
    doctor.add_argument(
        "--quiet", action="store_true", help="print only what is wrong or was mended"
    )


def _command(
    commands: Commands, name: str, run: object, description: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=description, description=description
    )
    parser.set_defaults(run=run)
    return parser


def _workspace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--profile")


def _existing(path: Path) -> Path:
    path = path.expanduser()
    if not (path / "eightcut.db").exists():
        raise LookupError(f"{path} is not a workspace: it holds no eightcut.db")
    return path


def _one_line(problem: BaseException) -> str:
    return " ".join(str(problem.args[0] if isinstance(problem, KeyError) else problem).split())
