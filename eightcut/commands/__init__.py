"""The commands of ``eightcut``, one module for each half, and what they share."""

import argparse
from pathlib import Path
from typing import TypeAlias

Arguments = argparse.Namespace
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


def command(
    commands: Commands, name: str, run: object, description: str
) -> argparse.ArgumentParser:
    """Add a command; ``run`` takes the arguments and returns the exit status."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=description, description=description
    )
    parser.set_defaults(run=run)
    return parser


def workspace(parser: argparse.ArgumentParser) -> None:
    """Add the workspace and the profile that a command works in."""
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--profile")


def existing(path: Path) -> Path:
    """The folder of a workspace that is there.

    Raises:
        LookupError: it is none.
    """
    path = path.expanduser()
    if not (path / "eightcut.db").exists():
        raise LookupError(f"{path} is not a workspace: it holds no eightcut.db")
    return path
