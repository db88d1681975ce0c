"""``eightcut labels``: tables of regions for other programs, and from them."""

import argparse
import functools
import sys
from pathlib import Path

import eightcut
from eightcut.commands import Arguments, Commands, command, existing, workspace

_EXPORTS = ("what", "format", "classifier", "file", "replace")
_IMPORTS = ("name", "label")


def add(commands: Commands) -> None:
    """Add the command."""
    labels = command(
        commands, "labels", _labels, "write regions as CSV, TSV, Audacity's or Raven's labels, "
        "or take such labels in as scan versions",
    )  # fmt: skip
    labels.add_argument("action", choices=("export", "import"))
    workspace(labels)
    labels.add_argument("path", type=Path, help="the table, or a folder with one per media file")
    labels.add_argument("--what", choices=("regions", "negatives", "reviewed", "clips"))
    labels.add_argument("--format", choices=("csv", "tsv", "audacity", "raven"))
    labels.add_argument("--classifier", help="whose regions; default: the only one's")
    labels.add_argument("--file", action="append", help="key of a file; may be repeated")
    labels.add_argument("--replace", action="store_true", help="write over tables that are there")
    labels.add_argument("--name", help="with import: of the model; default: imported")
    labels.add_argument("--label", action="append", help="with import: take only this label")
    labels.set_defaults(check=functools.partial(_check, labels))


def _check(parser: argparse.ArgumentParser, given: Arguments) -> None:
    is_export = given.action == "export"
    wrong = [name for name in (_IMPORTS if is_export else _EXPORTS) if getattr(given, name)]
    if wrong:
        parser.error(f"--{wrong[0]} goes with {'import' if is_export else 'export'}")


def _labels(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        if given.action == "export":
            done = eightcut.export_labels(
                ws,
                given.path,
                fmt=given.format,
                what=given.what or "regions",
                filenames=given.file,
                classifier=given.classifier,
                profile=given.profile,
                replace=given.replace,
            )
        else:
            done = eightcut.import_labels(
                ws,
                given.path,
                name=given.name or "imported",
                labels=given.label,
                profile=given.profile,
                progress=True,
            )
    print(done)
    for path, reason in done.skipped:
        print(f"skipped: {path}: {reason}", file=sys.stderr)
    return 0
