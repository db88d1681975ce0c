"""Runs every benchmark in turn: ``python -m benchmarks [NAME …]``; studies run only by name."""

import runpy
import sys
from pathlib import Path

wanted = sys.argv[1:]
sys.argv[1:] = []
here = Path(__file__).parent
for path in (*sorted(here.glob("bench_*.py")), *sorted(here.glob("study_*.py"))):
    kind, _, name = path.stem.partition("_")
    if name in wanted or (not wanted and kind == "bench"):
        print(f"\n# {name}", flush=True)
        runpy.run_path(str(path), run_name="__main__")
