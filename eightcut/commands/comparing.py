"""``eightcut compare``: two scan versions of a file, or of every file of a profile."""

import argparse
import functools
from pathlib import Path
from typing import TYPE_CHECKING

import eightcut
from eightcut import atomic
from eightcut.commands import Arguments, Commands, command, existing, workspace

if TYPE_CHECKING:
    import pandas as pd

    from eightcut.jobs.compare import ProfileDiff, VersionDiff

MOST = 40  # changes that are printed of a profile; --csv has all


def add(commands: Commands) -> None:
    """Add the command."""
    compare = command(
        commands, "compare", _compare, "compare two scan versions of a file, or of all files"
    )
    compare.usage = "%(prog)s [options] WORKSPACE [FILENAME] OLD NEW"
    workspace(compare)
    compare.add_argument(
        "versions",
        nargs="+",
        metavar="FILENAME OLD NEW",
        help="scan timestamps; without FILENAME versions of classifiers, or their names",
    )
    compare.add_argument("--all", action="store_true", help="all files, the same as no FILENAME")
    compare.add_argument("--rate", type=float, help="false alarms per hour to match both at")
    compare.add_argument("--truth", type=Path, help="table of events: CSV, Audacity, Raven")
    compare.add_argument("--match", type=float, default=0.3, help="least overlap of a pair")
    compare.add_argument("--as-scanned", action="store_true", help="ignore what people edited")
    compare.add_argument("--csv", type=Path, help="write every change to this file")
    compare.set_defaults(check=functools.partial(_check, compare))


def _check(parser: argparse.ArgumentParser, given: Arguments) -> None:
    number = len(given.versions)
    if number == 1:
        parser.error("two versions are needed: give [FILENAME] OLD NEW")
    if number not in {2, 3} or (given.all and number == 3):
        parser.error("give [FILENAME] OLD NEW, and no FILENAME with --all")


def _compare(given: Arguments) -> int:
    *filename, old, new = given.versions
    with eightcut.Workspace(existing(given.workspace)) as ws:
        if not filename and _is_file(ws, old, given.profile):
            raise ValueError(f"{old} is a file, so two versions are needed: give {old} OLD NEW")
        found = eightcut.compare_versions(
            ws,
            filename[0] if filename else None,
            old,
            new,
            profile=given.profile,
            match=given.match,
            rate=given.rate,
            truth=given.truth,
            edited=not given.as_scanned,
        )
    print("\n".join(found.lines))
    print((_of_file if filename else _of_files)(found))
    if given.csv is not None:
        rows = found.frame() if filename else found.frame(by="change")
        atomic.write(given.csv, rows.to_csv(index=False))
    return 0


def _is_file(ws: eightcut.Workspace, name: str, profile: str | None) -> bool:
    """Whether a name is a file and no classifier."""
    profile = profile or ws.settings.profile
    known = {scan.filename for scan in ws.clips.get_scan_list(profile)}
    is_file = name in known or ws.clips.get_media(name) is not None
    return is_file and name not in ws.classifiers.names(profile)


def _of_file(found: "VersionDiff") -> str:
    return _plain(found.frame())


def _of_files(found: "ProfileDiff") -> str:
    changes = found.frame(by="change")
    some = changes[changes["change"].isin(["gained", "lost"])]
    left = len(some) - MOST
    told = [_plain(found.frame()), _plain(some.head(MOST))]
    told += [f"… and {left} more gained or lost"] if left > 0 else []
    told += [f"skipped: {item.reason}" for item in found.skipped]
    return "\n\n".join(told)


def _plain(rows: "pd.DataFrame") -> str:
    return "no changes" if rows.empty else str(rows.to_string(index=False, na_rep=""))
