"""Every reader, over what was found before and over some more; the rest is ``make fuzz``."""

import subprocess
import sys
from pathlib import Path

from tests.fuzz.readers import READERS

ROOT = Path(__file__).parents[2]


def test_nothing_from_outside_breaks_a_reader():
    command = [sys.executable, "-m", "tests.fuzz", "--quick", "--inputs", "40"]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("\n") == 1 + sum(not one.is_slow for one in READERS.values())


def test_what_was_found_belongs_to_a_reader():
    found = Path(__file__).parent / "found"
    assert {path.name for path in found.iterdir()} <= READERS.keys()
