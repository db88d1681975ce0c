"""A process that dies while it finalizes, undoes or recovers leaves nothing half done.

What ``finalize_killer`` looks at after each death: every file is there exactly once, rows
and files agree, no batch is open, a second recovery finds nothing to do, and the same
submission leads to the same end.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def killed(folder, work, when, count):
    """What the killer saw; ``-m tests.jobs.finalize_killer`` takes any other counts by hand."""
    command = [sys.executable, "-m", "tests.jobs.finalize_killer", folder, work, when, str(count)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize(("work", "least"), [("finalize", 30), ("undo", 28), ("recover", 14)])
def test_it_may_die_at_any_step(tmp_path, work, least):  # case 45
    seen = killed(tmp_path, work, "call", 6)
    assert seen["problems"] == []
    assert seen["deaths"] >= least


@pytest.mark.parametrize("work", ["finalize", "undo", "recover"])
def test_it_may_die_at_any_instant(tmp_path, work):
    seen = killed(tmp_path, work, "time", 20)
    assert seen == {"deaths": 20, "problems": []}
