"""Kill every operation at every step, and at random instants: ``python -m tests.crash``."""

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.crash import picture_operations, sound_operations, upkeep_operations
from tests.crash.operation import Operation
from tests.crash.runner import Bench, Kill, Verdict

OPERATIONS = {
    operation.name: operation
    for module in (sound_operations, picture_operations, upkeep_operations)
    for operation in module.OPERATIONS
}


class Row(NamedTuple):
    """A line of the table."""

    operation: str
    at_random: int
    at_steps: int
    steps: int
    facts: int
    left: int
    losses: int


def main() -> int:
    """Print the table; 1 where anything was lost."""
    asked = _asked()
    chosen = [OPERATIONS[name] for name in asked.operation or OPERATIONS]
    with tempfile.TemporaryDirectory(prefix="eightcut-crash-", dir=asked.folder) as base:
        rows = []
        for number, operation in enumerate(chosen):
            kills = asked.sample or asked.kills
            share = kills // len(chosen) + (number < kills % len(chosen))
            rows.append(_killed(operation, Path(base), asked, share))
            print(_line(rows[-1]), flush=True)
    print(_line(_total(rows)))
    return int(any(row.losses for row in rows))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="at random, beside every step")
    parser.add_argument("--sample", type=int, help="only so many in all, half of them at steps")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operation", action="append", choices=OPERATIONS)
    parser.add_argument("--step", type=int, help="one kill: at this step of the operation")
    parser.add_argument("--instant", type=float, help="one kill: after so many seconds")
    parser.add_argument("--then", type=int, help="and at this step of its repetition")
    parser.add_argument("--folder", type=Path, help="where to work; best on a real disk")
    return parser.parse_args()


def _killed(operation: Operation, base: Path, asked: argparse.Namespace, share: int) -> Row:
    bench = Bench(operation, base)
    draw = random.Random(f"{asked.seed} {operation.name}")
    verdicts = list(_verdicts(bench, draw, asked, share))
    for verdict in verdicts:
        for problem in verdict.problems:
            print(f"  LOSS --operation '{operation.name}' {verdict.kill}: {problem}")
        for left in verdict.left:
            print(f"  left: {left} {verdict.kill}")
    died = [verdict for verdict in verdicts if verdict.died]
    at_steps = sum(verdict.kill.step is not None for verdict in died)
    return Row(
        operation.name,
        len(died) - at_steps,
        at_steps,
        bench.steps,
        sum(verdict.facts for verdict in died),
        sum(bool(verdict.left) for verdict in died),
        sum(bool(verdict.problems) for verdict in verdicts),
    )


def _verdicts(
    bench: Bench, draw: random.Random, asked: argparse.Namespace, share: int
) -> Iterator[Verdict]:
    if asked.step or asked.instant:
        yield bench.attempt(Kill(asked.step, asked.instant, asked.then))
        return
    steps = list(range(1, bench.steps + 1))
    if asked.sample:
        steps = sorted(draw.sample(steps, min(len(steps), -(-share // 2))))
        share -= len(steps)
    yield from bench.at_steps(steps, draw)
    yield from bench.at_random(share, draw)


def _total(rows: list[Row]) -> Row:
    return Row("all", *(sum(column) for column in list(zip(*rows, strict=True))[1:]))


def _line(row: Row) -> str:
    return (
        f"{row.operation:18} {row.at_random:5} at random {row.at_steps:5} at steps "
        f"(of {row.steps}) {row.facts:5} facts {row.left:4} leave something {row.losses:4} losses"
    )


if __name__ == "__main__":
    sys.exit(main())
