"""Try every reader, print what came of it, and end with 1 where there are findings."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

os.environ.setdefault("OMP_NUM_THREADS", "1")

from tests.fuzz.children import outcomes
from tests.fuzz.reader import Reader
from tests.fuzz.readers import READERS

FOUND = Path(__file__).parent / "found"
HEAD = f"{'reader':24}{'inputs':>8}{'results':>9}{'errors':>8}{'findings':>10}{'seconds':>9}"


def main() -> int:
    """Run as the arguments say and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000, help="for each reader")
    parser.add_argument("--reader", action="append", help="one of them; default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seconds", type=float, help="for each reader; then the next one's turn")
    parser.add_argument("--quick", action="store_true", help="without what claims to be huge")
    parser.add_argument("--keep", type=Path, help="where inputs of findings are written to")
    given = parser.parse_args()
    keep = given.keep or Path(tempfile.mkdtemp(prefix="findings-"))
    if given.reader:
        unknown = set(given.reader) - READERS.keys()
        if unknown:
            parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(READERS)}")
    print(HEAD, flush=True)
    found = 0
    usual = [name for name, one in READERS.items() if not (given.quick and one.is_slow)]
    for name in given.reader or usual:
        numbers = range(given.first, given.first + given.inputs)
        found += tried(READERS[name], numbers, given, keep)
    return 1 if found else 0


def tried(reader: Reader, numbers: range, given: argparse.Namespace, keep: Path) -> int:
    """Give a reader these inputs, after what was found before; returns how many are findings."""
    began = time.monotonic()
    known = [path.read_bytes() for path in sorted((FOUND / reader.name).glob("*"))]
    with tempfile.TemporaryDirectory(prefix="seeds-") as folder:
        seeds = list(reader.seeds(Path(folder)))
    bombs = () if given.quick else reader.bombs()
    first = [*known, *bombs, *seeds]
    numbers = range(numbers.start, max(numbers.stop, len(known)))

    def content(number: int) -> bytes:
        if number < len(first):
            return first[number]
        random = Random(f"{given.seed} {reader.name} {number}")
        return reader.change(random, random.choice(seeds))

    kinds: Counter[str] = Counter()
    places: dict[str, tuple[int, str]] = {}
    for number, verdict in outcomes(reader, numbers, content):
        kinds[verdict.kind] += 1
        if verdict.kind == "finding" and verdict.place not in places:
            places[verdict.place] = number, verdict.said
            (keep / reader.name).mkdir(parents=True, exist_ok=True)
            (keep / reader.name / str(number)).write_bytes(content(number))
        if given.seconds and time.monotonic() - began > given.seconds:
            break
    told = (sum(kinds.values()), *(kinds[kind] for kind in ("result", "error", "finding")))
    print(
        "{:24}{:8,}{:9,}{:8,}{:10,}".format(reader.name, *told)
        + f"{time.monotonic() - began:9.1f}",
        flush=True,
    )
    for place, (number, said) in places.items():
        print(f"    {said}\n        {place}\n        input {keep / reader.name / str(number)}")
    return kinds["finding"]


if __name__ == "__main__":
    sys.exit(main())
