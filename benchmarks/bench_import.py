"""What ``import eightcut`` takes: seconds, memory, and which libraries it leaves alone.

Each round has a process of its own; a bare Python, which every notebook has anyway, is measured
beside it. Run by hand: ``python -m benchmarks import``.
"""

import json
import statistics
import subprocess
import sys

from benchmarks.rows import row

ROUNDS = 5
LEFT_ALONE = ("torch", "pandas", "sklearn", "scipy", "ipywidgets", "matplotlib", "av", "PIL")
PROBE = """
import json, resource, sys, time
begun, cpu = time.perf_counter(), time.process_time()
{line}
took, cpu = time.perf_counter() - begun, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([took, cpu, peak, sorted({names} & set(sys.modules))]))
"""
LIMIT_S, LIMIT_MB = 0.3, 60
LINES = {
    "nothing": "",
    "numpy": "import numpy",
    "eightcut": "import eightcut",
    "a database opened": "import eightcut, tempfile; "
    "eightcut.ClipDB(tempfile.mkdtemp() + '/eightcut.db').close()",
    "a screen at hand": "import eightcut.widgets",
}


def run(line):
    probe = PROBE.format(line=line, names=set(LEFT_ALONE))
    command = [sys.executable, "-c", probe]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout), ""


def main():
    """Print the medians."""
    print(f"medians of {ROUNDS} processes; peak memory of the whole process, Python's own included")
    print(f"{'':20}{'wall s':>8}{'CPU s':>8}{'MB':>7}  loaded of {', '.join(LEFT_ALONE)}")
    for name, line in LINES.items():
        runs = [run(line) for _ in range(ROUNDS)]
        if (problem := runs[0][1]) or any(found is None for found, _ in runs):
            print(f"{name:20} {problem}")
            continue
        wall, cpu, peak = (statistics.median(found[i] for found, _ in runs) for i in range(3))
        loaded = ", ".join(runs[0][0][3]) or "none"
        print(f"{name:20}{wall:8.3f}{cpu:8.3f}{peak:7.1f}  {loaded}", flush=True)
        if name == "eightcut":
            small = {f"under {LIMIT_MB} MB": peak < LIMIT_MB}
            told = f"{wall:.3f} s, {peak:.1f} MB"
            limit = f"limit {LIMIT_S} s, {LIMIT_MB} MB"
            row("import eightcut", limit, told, LIMIT_S / wall, 1.0, f"{ROUNDS} runs", holds=small)


if __name__ == "__main__":
    main()
