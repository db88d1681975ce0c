"""Runs every benchmark in turn, then tells what was met: ``python -m benchmarks [NAME …]``.

Each has a process of its own, so that its memory and its threads are its own and one that
fails stops no other. Studies take many minutes and run only by name.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import rows

HERE = Path(__file__).parent


def wanted(names: list[str]) -> list[Path]:
    """The files of these benchmarks; all but the studies without names."""
    known = {path.stem.partition("_")[2]: path for path in sorted(HERE.glob("bench_*.py"))}
    if not names:
        return list(known.values())
    known |= {path.stem.partition("_")[2]: path for path in sorted(HERE.glob("study_*.py"))}
    if strange := [name for name in names if name not in known]:
        sys.exit(f"no benchmark is called {', '.join(strange)}; there are {', '.join(known)}")
    return [known[name] for name in names]


def main(names: list[str]) -> int:
    """Run them; the exit status says whether all ran to their end."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        gathered = Path(folder) / "rows"
        for path in wanted(names):
            print(f"\n# {path.stem.partition('_')[2]}", flush=True)
            begun = time.perf_counter()
            command = [sys.executable, "-m", f"{HERE.name}.{path.stem}"]
            done = subprocess.run(
                command, env={**os.environ, rows.FILE: str(gathered)}, check=False
            )
            print(f"({time.perf_counter() - begun:.0f} s)", flush=True)
            failed += [path.stem] if done.returncode else []
        found = rows.gathered(gathered)
    print(f"\n# Measured in this run\n\n{rows.table(found)}")
    if failed:
        print(f"\nnot finished: {', '.join(failed)}; what they owe was not measured")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
