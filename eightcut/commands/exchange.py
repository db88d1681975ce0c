"""Pictures and datasets from and to other programs: import-pictures, coco, dataset."""

import argparse
import functools
import sys
from collections.abc import Iterable
from pathlib import Path

import eightcut
from eightcut.commands import Arguments, Commands, command, existing
from eightcut.workspace import Skipped


def add(commands: Commands) -> None:
    """Add the commands."""
    take = command(
        commands, "import-pictures", _import_pictures,
        "take over projects and decisions from a data folder of image-workflow",
    )  # fmt: skip
    take.add_argument("data", type=Path, help="the folder; it is left alone")
    take.add_argument("workspace", type=Path)
    take.add_argument(
        "--root", action="append", default=[], type=_root, metavar="PROJECT=FOLDER",
        help="where the pictures of a project lie on this machine; may be repeated",
    )  # fmt: skip
    take.add_argument("--apply", action="store_true", help="do it; without, only tell")
    _add_coco(commands)
    dataset = command(
        commands, "dataset", _dataset, "write clips, or chosen pictures of projects, as a folder "
        "that Hugging Face datasets reads",
    )  # fmt: skip
    dataset.add_argument("folder", type=Path, help="a new or an empty one")
    dataset.add_argument("project", nargs="*", help="picture projects; default: clips of sound")
    dataset.add_argument("--workspace", type=Path, default=Path(), help="default: this folder")
    dataset.add_argument("--profile", help="for sound: whose clips")
    dataset.add_argument("--test", type=float, default=0.2, help="share that is held out")
    dataset.add_argument("--validation", type=float, default=0.0)
    dataset.add_argument("--link", action="store_true", help="link files instead of copying")


def _add_coco(commands: Commands) -> None:
    coco = command(
        commands, "coco", _coco, "write crops of picture projects as COCO, or take a COCO file's "
        "over as history",
    )  # fmt: skip
    coco.add_argument("action", choices=("export", "import"))
    coco.add_argument("path", type=Path, help="the JSON file")
    coco.add_argument("project", nargs="+")
    coco.add_argument("--workspace", type=Path, default=Path(), help="default: this folder")
    coco.add_argument("--replace", action="store_true", help="write over a file that is there")
    coco.add_argument("--category", help="with import: whose boxes are crops")
    coco.add_argument("--apply", action="store_true", help="with import: do it, not only tell")
    coco.set_defaults(check=functools.partial(_check_coco, coco))


def _check_coco(parser: argparse.ArgumentParser, given: Arguments) -> None:
    is_import = given.action == "import"
    if is_import and (given.replace or len(given.project) > 1):
        parser.error("import goes into one project, and --replace goes with export")
    if not is_import and (given.apply or given.category):
        parser.error("--apply and --category go with import")


def _import_pictures(given: Arguments) -> int:
    report = eightcut.import_pictures(
        given.data, given.workspace, roots=dict(given.root), dry_run=not given.apply
    )
    print(report)
    _say(report.skipped)
    if not given.apply:
        print("nothing was written; say --apply to do it")
    return 0


def _coco(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        projects = [ws.project(name) for name in given.project]
        if given.action == "export":
            done = eightcut.export_coco(projects, given.path, replace=given.replace)
            print(done)
            _say(done.skipped)
            return 0
        report = eightcut.import_coco(
            projects[0], given.path, category=given.category, dry_run=not given.apply
        )
    print(
        f"{report.decisions} groups, {report.crops + report.single_crops} crops, "
        f"{report.known} known, {report.left_out} without such a box, {len(report.refused)} refused"
    )
    _say(Skipped(f"entry {number}", reason) for number, reason in report.refused)
    if not given.apply:
        print("nothing was written; say --apply to do it")
    return 0


def _dataset(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        source = [ws.project(name) for name in given.project] or ws
        done = eightcut.export_dataset(
            source,
            given.folder,
            profile=given.profile,
            test=given.test,
            validation=given.validation,
            link=given.link,
            progress=True,
        )
    print(done)
    _say(done.skipped)
    return 0


def _say(skipped: Iterable[Skipped]) -> None:
    for path, reason in skipped:
        print(f"skipped: {path}: {reason}", file=sys.stderr)


def _root(text: str) -> tuple[str, str]:
    project, between, folder = text.partition("=")
    if not (project and between and folder):
        raise argparse.ArgumentTypeError(f"{text!r} is not PROJECT=FOLDER")
    return project, folder
