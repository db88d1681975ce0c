"""``eightcut evaluate``: how good the scans of a classifier version are."""

import argparse
import functools
import sys

import eightcut
from eightcut.commands import Arguments, Commands, command, existing, workspace


def add(commands: Commands) -> None:
    """Add the command."""
    judge = command(commands, "evaluate", _evaluate, "tell how good a classifier's scans are")
    workspace(judge)
    judge.add_argument("classifier", nargs="?", help="name, version or both; default: the only one")
    judge.add_argument("--truth", help="CSV, Audacity labels or Raven table; default: your marks")
    judge.add_argument(
        "--label", action="append", help="label of the sound in that table; default: all of them"
    )
    judge.add_argument("--version", help="of the classifier; default: the current one")
    judge.add_argument("--against", help="version to compare with; default: the one before")
    judge.set_defaults(check=functools.partial(_check, judge))


def _check(parser: argparse.ArgumentParser, given: Arguments) -> None:
    if given.label and not given.truth:
        parser.error("--label chooses rows of a table; name it with --truth")


def _evaluate(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        profile = given.profile or ws.settings.profile
        name = given.classifier or _only(ws.classifiers.names(profile), profile)
        truth = given.truth
        if given.label:
            truth = eightcut.truth_from_table(truth, files=ws, labels=given.label)
        told = eightcut.evaluate(
            ws, name, truth, profile=profile, version=given.version, against=given.against
        )
    print(told)
    for path, reason in told.skipped:
        print(f"skipped: {path}: {reason}", file=sys.stderr)
    return 1 if told.skipped else 0


def _only(names: list[str], profile: str) -> str:
    if len(names) != 1:
        which = f"one of {', '.join(names)}" if names else "there is none yet; train one first"
        raise LookupError(f"name the classifier of profile {profile!r} to evaluate: {which}")
    return names[0]
