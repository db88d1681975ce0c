"""A disk that is full or can only be read costs nothing but the job, and is told in a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = (
    *("save scans, prune", "finalize", "crop", "finish project", "extract history"),
    *("picture vectors", "migrate 8-cut", "migrate-layout", "download"),
)
TOLD = {
    "full": ("the disk is full; make room", "may not become so large"),
    "quota": ("may not become so large",),
    "read-only": ("can only be read", "Read-only file system"),
}


def found(way, folder):
    command = [sys.executable, "-m", "tests.crash.trouble", way, folder, *SAMPLE]
    env = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("way", TOLD)
def test_a_disk_that_refuses_is_told_and_nothing_is_lost(tmp_path, way):
    lines = found(way, tmp_path)
    assert [line for line in lines if line["problems"]] == []
    said = [line["said"] for line in lines if line["said"]]
    assert [text for text in said if not any(words in text for words in TOLD[way])] == []
    assert [text for text in said if str(tmp_path) not in text or "\n" in text] == []
    assert way == "read-only" or len(said) >= len(SAMPLE)
