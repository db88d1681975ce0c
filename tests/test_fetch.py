"""Packages whose content is fetched by pip, and what is said where that cannot be."""

import subprocess
import sys

CODE = """
from eightcut import fetch
try:
    fetch.package(fetch.Package("nothing-of-this-name", "1", "0" * 64, True))
except ConnectionError as problem:
    print(problem)
"""


def test_an_environment_without_pip_is_told_to_get_it(tmp_path):
    """As uv makes them."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path)), "EIGHTCUT_HOME": str(tmp_path)}
    hidden = "import sys\nsys.modules['pip'] = None\n"
    (tmp_path / "sitecustomize.py").write_text(hidden)
    environment["PYTHONPATH"] = f"{tmp_path}:{environment['PYTHONPATH']}"
    python = tmp_path / "bare" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", CODE], env=environment, capture_output=True, text=True, check=False
    )
    assert "has no pip; install it there" in done.stdout, done.stderr
