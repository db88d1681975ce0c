"""Upkeep on the command line: older databases, layouts, weights, the machine."""

from pathlib import Path

import eightcut
from eightcut.commands import Arguments, Commands, command, existing, workspace


def add(commands: Commands) -> None:
    """Add the commands that look after files, weights and the machine."""
    from_8cut = command(commands, "import-8cut", _import_8cut, "read a copy of an 8-cut database")
    from_8cut.add_argument("file", type=Path, help="such as ~/.8cut.db; it is left alone")
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
    doctor.add_argument("--fix", action="store_true")
    doctor.add_argument(
        "--quiet", action="store_true", help="print only what is wrong or was mended"
    )


def _import_8cut(given: Arguments) -> int:
    from eightcut.jobs.import_8cut import import_8cut

    print(import_8cut(given.file, given.workspace))
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

    found = doctor.examine(given.workspace)
    if given.fix and not found.is_well:
        for subject in doctor.mend(found):
            print(f"mended {subject}")
        found = doctor.examine(given.workspace)
    if not (given.quiet and found.is_well):
        print(found)
    return 0 if found.is_well else 1
