"""The ``eightcut`` command: 0 done, 1 a clear error on one line, 2 wrong usage."""

import argparse
import sys
from collections.abc import Sequence

import eightcut
from eightcut.commands import pictures, reports, sound, upkeep


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
    except (
        ArithmeticError,
        ImportError,
        LookupError,
        OSError,
        RuntimeError,
        ValueError,
    ) as problem:
        print(f"eightcut: {_one_line(problem)}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="eightcut", description=eightcut.__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=eightcut.__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for part in (sound, pictures, reports, upkeep):
        part.add(commands)
    return parser


def _one_line(problem: BaseException) -> str:
    return " ".join(str(problem.args[0] if isinstance(problem, KeyError) else problem).split())
