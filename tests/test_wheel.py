"""The wheel that a person installs: what is in it, and that it needs no checkout."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests import wheel

ROOT = Path(__file__).parent.parent
MADE_HERE = (".git", ".venv", "build", "dist", "__pycache__", "*.egg-info", "tests", "benchmarks")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel and what it was built from, a copy: a build leaves its traces beside it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = shutil.copytree(ROOT, folder / "src", ignore=shutil.ignore_patterns(*MADE_HERE))
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
    done = subprocess.run([*command, source], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl")), source


@pytest.fixture(scope="module")
def binaries(built, tmp_path_factory):
    return wheel.install(built[0], tmp_path_factory.mktemp("installed") / "env")


def test_the_wheel_holds_the_package_and_nothing_else(built):
    archive, source = built
    names = {name for name in zipfile.ZipFile(archive).namelist() if ".dist-info/" not in name}
    wanted = {
        str(path.relative_to(source)) for path in (source / "eightcut").rglob("*") if path.is_file()
    }
    assert names == wanted


def test_the_installed_wheel_is_what_is_imported(binaries, tmp_path):
    seen = wheel.run(binaries / "python", "-c", wheel.SEEN, cwd=tmp_path)
    assert Path(seen.strip()).is_relative_to(binaries.parent)


@pytest.mark.weights
def test_the_installed_wheel_runs_the_demo(binaries, sample_home, tmp_path):
    told = wheel.run(binaries / "eightcut", "demo", cwd=tmp_path)
    assert "average precision" in told
    assert "12 files, 48 events" in told
