"""Many writers on one workspace at full size: ``python -m tests.together``; exits 1 on a loss."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from eightcut import Workspace
from tests.together import counting, running

COMMANDS = 5  # runs of the command line meanwhile


def main():
    """Run writers beside a long reader and writers that are killed; print what adds up."""
    parser = argparse.ArgumentParser(prog="python -m tests.together", description=__doc__)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--rows", type=int, default=10_000, help="of each writer")
    parser.add_argument("--kills", type=int, default=20, help="writers killed meanwhile, in turn")
    parser.add_argument("--folder", type=Path, help="where to make the workspace")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        sys.exit(run(Path(folder), given.writers, given.rows, given.kills))


def run(folder, count, rows, kills):
    """1 if a row is lost, a writer fails or is told of a lock; else 0."""
    Workspace(folder).close()
    begun = time.perf_counter()
    writers = [running.writer(folder, number, rows) for number in range(count)]
    reader = running.reader(folder, 10)
    done = lambda: all(process.poll() is not None for process, _ in writers)  # noqa: E731
    commands = [running.command(folder, number) for number in range(COMMANDS)]
    killed = running.kill_in_turn(folder, count, kills, done)
    ends = commands + [running.finished(process) for process, _ in writers]
    seconds = time.perf_counter() - begun
    ends.append(running.finished(reader))
    logs = [log for _, log in writers]
    print(f"commands beside them: {len(commands)}, failed: {sum(code for _, code in commands)}")
    failed = sum(code != 0 for _, code in ends)
    for problem in {text for text, code in ends if code}:
        print(problem)
    waits(logs, seconds)
    lost = counts("writers", folder, logs, killed)
    asked = count * rows
    known = sum(len(counting.told(log)) for log in logs)
    print(f"asked for {asked} rows, told of {known}; processes that failed: {failed}")
    return int(bool(lost or failed or known != asked))


def counts(name, folder, logs, killed):
    """Print each kind's rows; more than told: by commands, and what the killed did last."""
    table = counting.table(folder, logs + killed)
    print(f"{'kind':10}{'told':>8}{'lost':>6}{'more than told':>16}  ({len(killed)} killed)")
    for kind, (told, lost, more) in table.items():
        print(f"{kind:10}{told:8}{lost:6}{more:16}")
    return sum(lost for _, lost, _ in table.values())


def waits(logs, seconds):
    """Print how long calls took: the middle, the slowest of a hundred, the slowest of all."""
    for number, log in enumerate(logs):
        times = sorted(took for _, _, took in counting.told(log)) or [0.0]
        middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
        print(f"writer {number}: {len(times)} rows, median {middle * 1e3:.1f} ms, "
              f"99 % {late * 1e3:.0f} ms, slowest {times[-1]:.2f} s")  # fmt: skip
    print(f"{seconds:.0f} s")


if __name__ == "__main__":
    main()
