"""Upkeep on the command line: older databases, layouts, weights, the machine."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import eightcut
from eightcut.commands import Arguments, Commands, command, existing, workspace

if TYPE_CHECKING:
    from eightcut.jobs.checkup import Finding


def add(commands: Commands) -> None:
    """Add the commands that look after files, weights and the machine."""
    from_8cut = command(
        commands, "import-8cut", _import_8cut, "take over an 8-cut database, or a whole home of it"
    )
    from_8cut.add_argument(
        "file", type=Path, help="such as ~/.8cut.db, or the folder that it is in; left alone"
    )
    from_8cut.add_argument("workspace", type=Path)
    layout = command(commands, "migrate-layout", _migrate_layout, "clip_NNN folders to vid_NNN")
    workspace(layout)
    layout.add_argument(
        "--apply", action="store_true", help="do it; without, only the plan is shown"
    )
    models = command(
        commands, "models", _models, "list the embedders, fetch one, or allow its code"
    )
    models.add_argument("action", choices=("list", "fetch", "allow"))
    models.add_argument("name", nargs="?")
    models.add_argument("--revision", default="", help="whose code may run, with allow")
    doctor = command(commands, "doctor", _doctor, "say what is wrong here, and mend what can be")
    doctor.add_argument("workspace", nargs="?", type=Path)
    doctor.add_argument(
        "--fix", action="store_true", help="mend the machine, and ask before each repair of files"
    )
    doctor.add_argument("--yes", action="store_true", help="repair without asking")
    doctor.add_argument(
        "--deep", action="store_true", help="read the contents of all media, however large"
    )
    doctor.add_argument(
        "--quiet", action="store_true", help="print only what is wrong or was mended"
    )
    trust = command(
        commands, "trust", _trust, "let workspaces use a folder or address outside of them"
    )
    trust.add_argument("place", help="such as /mnt/pictures or s3://bucket/embeddings")


def _import_8cut(given: Arguments) -> int:
    if given.file.expanduser().is_dir():
        report = eightcut.import_8cut_home(given.file, given.workspace)
        for path, reason in report.skipped:
            print(f"skipped: {path}: {reason}", file=sys.stderr)
        print(report)
    else:
        print(eightcut.import_8cut(given.file, given.workspace))
    return 0


def _migrate_layout(given: Arguments) -> int:
    from eightcut.jobs import layout

    with eightcut.Workspace(existing(given.workspace)) as ws:
        plan = layout.plan_layout(ws)
        print(plan)
        if given.apply:
            print(layout.apply_layout(ws))
        elif plan.moves:
            print("nothing was moved; say --apply to do it")
    return 0


def _models(given: Arguments) -> int:
    from eightcut.models import registry, remote_code

    if given.action == "list":
        print("\n".join(registry.embedders()))
    elif given.name is None:
        raise ValueError(
            f"models {given.action} needs the name of an embedder; see eightcut models list"
        )
    elif given.action == "allow":
        remote_code.allow(given.name, given.revision)
        print(f"{given.name} may run its publisher's code of revision {given.revision}")
    else:
        embedder = registry.load(given.name)
        print(f"{embedder.name} {embedder.revision} is ready: {embedder.width} numbers per vector")
    return 0


def _doctor(given: Arguments) -> int:
    from eightcut.jobs import doctor

    found = doctor.examine()
    if given.fix and not found.is_well:
        for subject in doctor.mend(found):
            print(f"mended {subject}")
        found = doctor.examine()
    if not (given.quiet and found.is_well):
        print(found)
    is_well = found.is_well
    if given.workspace is not None:
        is_well &= _examined(given)
    return 0 if is_well else 1


def _examined(given: Arguments) -> bool:
    """Examine a workspace, repair what is agreed to, and say whether it is well in the end."""
    from eightcut.jobs import checkup

    path = existing(given.workspace)
    found = checkup.doctor(path, deep=given.deep, progress=not given.quiet)
    print("\n".join(found.lines(is_brief=given.quiet)))
    if not given.fix or found.is_well:
        return found.is_well
    if not (given.yes or sys.stdin.isatty()):
        print("nothing was repaired: there is no terminal to ask on; say --yes to agree to all")
        return False
    for finding, outcome in checkup.mend(found, lambda finding: given.yes or _agreed(finding)):
        print(f"{outcome}: {len(finding.items):,} {finding.subject}, {finding.kind.what}")
    again = checkup.doctor(path, deep=given.deep, progress=not given.quiet)
    print("\n".join(["afterwards:", *again.lines(is_brief=True)]))
    return again.is_well


def _agreed(finding: "Finding") -> bool:
    try:
        told = input(f"{finding}\n  Repair: {finding.kind.repair}? [y/n] ")
    except EOFError:
        return False
    return told.strip().lower() in ("y", "yes")


def _trust(given: Arguments) -> int:
    from eightcut import trust

    if "://" not in given.place and not Path(given.place).expanduser().exists():
        raise FileNotFoundError(f"there is no {given.place}; check the path")
    print(f"workspaces on this machine may use {trust.allow(given.place)}")
    return 0
