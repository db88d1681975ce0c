"""A sample of what ``make crash`` does: jobs that are killed lose nothing, whenever that is."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_no_job_loses_anything_when_it_is_killed(tmp_path):
    # a process of its own, so that what forks has no threads
    command = [sys.executable, "-m", "tests.crash", "--sample", "50", "--folder", tmp_path]
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "LOSS" not in ended.stdout
