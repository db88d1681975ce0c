"""Inputs read in child processes, so that a decoder that crashes takes nobody with it."""

import contextlib
import faulthandler
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.judge import Verdict, judged
from tests.fuzz.reader import Reader

CPU_S = 20  # that one small file may cost
WALL_S = 300.0  # without a sign of life, on a machine that has much else to do
MEMORY = 1_500_000_000  # bytes that one input may take up
BATCH = 1000  # inputs of one child
QUICK = Path("/dev/shm")  # a disk would be waited for at every transaction

Content = Callable[[int], bytes]


class Outcome(NamedTuple):
    """One input by its number, and what became of it."""

    number: int
    verdict: Verdict


def outcomes(reader: Reader, numbers: range, content: Content) -> Iterator[Outcome]:
    """Read every input; where a child dies, the next one goes on behind the input it died of."""
    at = numbers.start
    while at < numbers.stop:
        for outcome in _batch(reader, range(at, min(at + BATCH, numbers.stop)), content):
            yield outcome
            at = outcome.number + 1


def _batch(reader: Reader, numbers: range, content: Content) -> Iterator[Outcome]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir=QUICK if QUICK.is_dir() else None))
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        os.close(told)
        _child(reader, numbers, content, folder, tell)
    os.close(tell)
    try:
        with os.fdopen(told, "rb") as lines:
            yield from _heard(lines, numbers.start, child, folder)
    finally:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        shutil.rmtree(folder, ignore_errors=True)


def _heard(lines, next_number: int, child: int, folder: Path) -> Iterator[Outcome]:
    """What a child tells, and what has to be said of the input that silenced it."""
    while True:
        ready, _, _ = select.select([lines], [], [], WALL_S)
        line = lines.readline() if ready else b""
        if not line.endswith(b"\n"):
            break
        number, *verdict = json.loads(line)
        if number < 0:
            return
        yield Outcome(number, Verdict(*verdict))
        next_number = number + 1
    why = "no sign of life" if not ready else _death(child)
    where = _trace(folder / "stderr")
    yield Outcome(next_number, Verdict("finding", f"{why}; {where}", f"{why} {where}"))


def _death(child: int) -> str:
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        return f"the process ended with {os.waitstatus_to_exitcode(status)}"
    number = os.WTERMSIG(status)
    return "more than its time" if number == signal.SIGXCPU else signal.Signals(number).name


def _trace(path: Path) -> str:
    """Where a process was, as faulthandler wrote it."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    frames = [line.strip() for line in lines if line.startswith("  File ")]
    own = [frame for frame in frames if "/eightcut/" in frame] or frames
    return " < ".join(frame.rpartition("/eightcut/")[2] for frame in own[:2])


def _child(reader: Reader, numbers: range, content: Content, folder: Path, tell: int) -> None:
    status = 1
    try:
        _confine(folder)
        with os.fdopen(tell, "w", buffering=1) as lines:
            read = reader.door(folder)
            for number in numbers:
                made = content(number)
                verdict = _measured(reader, read, made)
                print(json.dumps([number, *verdict]), file=lines)
                if verdict.place == "memory":
                    break  # the peak does not go down again
            print(json.dumps([-1, "end"]), file=lines)
        status = 0
    except BaseException:  # noqa: BLE001 - the parent is told of whatever ends a child
        traceback.print_exc()
        faulthandler.dump_traceback()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _confine(folder: Path) -> None:
    for name, stream in (("stdout", 1), ("stderr", 2)):
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(handle, stream)
    faulthandler.enable(2)
    faulthandler.register(signal.SIGXCPU, file=2, chain=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    virtual = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (virtual + 3 * MEMORY,) * 2)
    os.environ |= {"EIGHTCUT_HOME": str(folder / "home"), "HOME": str(folder)}


def _measured(reader: Reader, read, content: bytes) -> Verdict:
    used = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + CPU_S + 1, resource.RLIM_INFINITY))
    before = _peak()
    verdict = judged(read, content, reader.names)
    grown = _peak() - before
    if grown > MEMORY and verdict.kind != "finding":
        return Verdict("finding", f"{grown / 1e9:.1f} GB of memory", "memory")
    return verdict


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
