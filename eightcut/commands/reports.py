"""``eightcut report``: one HTML page on picture projects, or on the classifiers of sounds."""

import argparse
import functools
from pathlib import Path

import eightcut
from eightcut.commands import Arguments, Commands, command, existing

_SOUND = ("profile", "classifier", "truth")  # flags that pictures have no use for


def add(commands: Commands) -> None:
    """Add the command."""
    report = command(
        commands, "report", _report, "say how often AI and person agreed, or with --sound how good "
        "each classifier version is, as a page",
    )  # fmt: skip
    report.add_argument("project", nargs="*", help="one picture project or several")
    report.add_argument("--sound", action="store_true", help="classifiers instead of projects")
    report.add_argument("--profile", action="append", help="with --sound: whose; may be repeated")
    report.add_argument("--classifier", action="append", help="with --sound: which; default: all")
    report.add_argument(
        "--truth", type=Path, help="with --sound: table of events; default: what people marked"
    )
    report.add_argument("--output", type=Path, default=Path("report.html"), help="the HTML page")
    report.add_argument("--workspace", type=Path, help="default: the current folder")
    report.set_defaults(check=functools.partial(_check, report))


def _check(parser: argparse.ArgumentParser, given: Arguments) -> None:
    """Exit with 2 unless the arguments are about pictures or about sound."""
    if given.sound == bool(given.project):
        parser.error("name picture projects, or say --sound and no project")
    if not given.sound and (named := [name for name in _SOUND if getattr(given, name) is not None]):
        parser.error(f"--{named[0]} goes with --sound")


def _report(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace or Path())) as ws:
        if given.sound:
            report = eightcut.sound_report(
                ws,
                profile=given.profile,
                classifier=given.classifier,
                truth=given.truth,
                path=given.output,
            )
        else:
            report = eightcut.accuracy_report(ws, given.project, path=given.output)
    print(report)
    for note in report.notes:
        print(f"note: {note}")
    what = "plots" if given.sound else "pictures"
    print(f"\nThe whole report, with {what}: {report.path}")
    return 0
