"""A process that dies while it crops, or brings back, loses no picture, whatever moment that is.

What ``cropping_killer`` looks at after each death: every picture is in sight, no batch stays
open, and files and decisions are as before or as after, together.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def killed(folder, case):
    command = [sys.executable, "-m", "tests.jobs.cropping_killer", folder, case]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize(("work", "least"), [("submit", 15), ("undo", 10), ("recover", 10)])
def test_whatever_step_it_dies_at_all_or_nothing_has_happened(tmp_path, work, least):
    seen = killed(tmp_path, work)
    assert seen["problems"] == []
    assert seen["deaths"] >= least


def test_after_a_crash_the_same_submission_leads_to_the_same_end(tmp_path):  # case 57
    assert killed(tmp_path, "again")["problems"] == []


def test_no_instant_is_a_bad_one_to_die(tmp_path):
    assert killed(tmp_path, "instants")["problems"] == []
