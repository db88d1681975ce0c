"""``eightcut evaluate``: how good the scans of a classifier version are."""

import argparse
import dataclasses
import functools
import sys

import eightcut
from eightcut.commands import Arguments, Commands, command, existing, workspace


def add(commands: Commands) -> None:
    """Add the command."""
    judge = command(commands, "evaluate", _evaluate, "tell how good a classifier's scans are")
    workspace(judge)
    judge.add_argument(
        "classifier",
        nargs="?",
        help="name, version, scan timestamp, or name and one of these; default: the only one",
    )
    judge.add_argument("--truth", help="CSV, Audacity labels or Raven table; default: your marks")
    judge.add_argument(
        "--label", action="append", help="label of the sound in that table; default: all of them"
    )
    judge.add_argument("--version", help="of the classifier; default: the one in use")
    judge.add_argument("--against", help="version to compare with; default: the one before")
    judge.set_defaults(check=functools.partial(_check, judge))


def _check(parser: argparse.ArgumentParser, given: Arguments) -> None:
    if given.label and not given.truth:
        parser.error("--label chooses rows of a table; name it with --truth")


def _evaluate(given: Arguments) -> int:
    from eightcut.jobs.evaluate import files_here
    from eightcut.jobs.scan_names import asked, only_classifier

    with eightcut.Workspace(existing(given.workspace)) as ws:
        profile = given.profile or ws.settings.profile
        name = given.classifier or only_classifier(ws, profile, "evaluate")
        truth = given.truth
        if given.label:
            scanned_by = asked(ws, name, profile, given.version).name
            files = files_here(ws, profile, scanned_by)
            truth = eightcut.truth_from_table(truth, files=files, labels=given.label)
            if truth.notes:  # no row has such a label, so there would be no figures
                raise LookupError("; ".join(truth.notes))
        told = eightcut.evaluate(
            ws, name, truth, profile=profile, version=given.version, against=given.against
        )
    print(dataclasses.replace(told, skipped=()))
    for path, reason in told.skipped:
        print(f"skipped: {path}: {reason}", file=sys.stderr)
    return 0
