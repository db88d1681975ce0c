"""What the benchmarks share: ways that take turns, processor seconds, memory that grew.

On a machine that others use, too, wall clock says little: figures are
processor seconds on one thread for every way, and ratios are of those. Ways
take turns within a round, so that what slows one slows all of them.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from threadpoolctl import threadpool_limits

from benchmarks.rows import row

__all__ = ["Cost", "cost", "one_thread", "row", "turns"]


class Cost(NamedTuple):
    """Processor seconds, seconds on the clock, and megabytes that were needed meanwhile."""

    cpu_s: float
    wall_s: float
    mb: float


@contextmanager
def one_thread() -> Iterator[None]:
    """Every library on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        yield
    torch.set_num_threads(before)


def cost(call: Callable[[], Any]) -> Cost:
    """What a call costs; memory is what it holds at most, without maps of files."""
    with _Growth() as growth:
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(cpu, wall, growth.mb)


def turns(ways: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, Cost]:
    """The median cost of each way; all of them in each round."""
    runs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            runs[name].append(cost(way))
    return {
        name: Cost(*(statistics.median(one[part] for one in found) for part in range(3)))
        for name, found in runs.items()
    }


class _Growth:
    """Looks at this process's own memory every few milliseconds."""

    def __enter__(self) -> "_Growth":
        self._begun = self._most = _anonymous_mb()
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()
        self.mb = self._most - self._begun

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, _anonymous_mb())


def _anonymous_mb() -> float:
    """Memory that no file stands behind; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    sizes = [line.split()[1] for line in lines if line.startswith("RssAnon")]
    return float(sizes[0]) / 1024 if sizes else 0.0
