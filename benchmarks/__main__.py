"""Runs every benchmark in turn: ``python -m benchmarks [NAME …]``."""

import runpy
import sys
from pathlib import Path

wanted = sys.argv[1:]
sys.argv[1:] = []
for path in sorted(Path(__file__).parent.glob("bench_*.py")):
    name = path.stem.removeprefix("bench_")
    if not wanted or name in wanted:
        print(f"\n# {name}", flush=True)
        runpy.run_path(str(path), run_name="__main__")
