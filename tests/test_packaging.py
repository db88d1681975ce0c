"""What a newcomer installs, and what importing eightcut costs."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import eightcut

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def names(requirements):
    return {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in requirements}


@pytest.fixture(scope="module")
def pins():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line]
    return names(line for line in lines if not line.startswith("#"))


def test_every_dependency_has_a_tested_pin(pins):
    extras = PROJECT["optional-dependencies"]
    wanted = names([*PROJECT["dependencies"], *extras["dev"], *extras["lab"]]) - {"eightcut"}
    assert wanted <= pins


def test_conda_users_install_the_same_list():
    conda = (ROOT / "environment.yml").read_text()
    assert "--constraint constraints.txt" in conda
    assert "--editable .[dev]" in conda
    version = re.search(r"python=(\S+)", conda)[1]
    assert f">={version}" in PROJECT["requires-python"]
    assert not re.search(r"^\s+- (?!python|pip|--|conda-forge)\w", conda, re.M), "a second list"


def test_no_pin_names_a_local_build():
    assert "+" not in (ROOT / "constraints.txt").read_text()


def test_the_changelog_knows_this_version():
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text()
    assert eightcut.__version__ == PROJECT["version"]


def test_importing_eightcut_loads_neither_torch_nor_widgets():
    heavy = ("torch", "ipywidgets", "pandas", "sklearn", "av", "matplotlib", "numpy")
    code = f"import sys, eightcut; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", [name for name in eightcut.__all__ if name != "__version__"])
def test_every_public_name_loads_and_is_documented(name):
    assert getattr(eightcut, name).__doc__


def test_every_module_imports():
    package = Path(eightcut.__file__).parent
    for path in package.rglob("*.py"):
        if path.name == "__main__.py":
            continue
        parts = path.relative_to(package.parent).with_suffix("").parts
        import_module(".".join(parts).removesuffix(".__init__"))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = eightcut.no_such_thing
