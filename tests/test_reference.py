"""The reference of every public name: it builds, offline, and no name is left out."""

import subprocess
import sys
from pathlib import Path

import pytest

import eightcut
import eightcut.widgets

SCRIPT = Path(__file__).parent.parent / "docs" / "reference.py"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The pages; what the builder complains about fails here."""
    folder = tmp_path_factory.mktemp("reference")
    done = subprocess.run(
        [sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_public_name_has_its_place(pages):
    page = (pages / "eightcut.html").read_text()
    assert [name for name in eightcut.__all__[1:] if f'id="{name}"' not in page] == []


def test_every_widget_has_its_place(pages):
    page = (pages / "eightcut" / "widgets.html").read_text()
    assert [name for name in eightcut.widgets.__all__ if f'id="{name}"' not in page] == []


def test_methods_of_the_database_are_shown_as_they_are_called(pages):
    page = (pages / "eightcut.html").read_text()
    assert "sqlite3" not in page
    assert "functools" not in page


def test_a_page_needs_no_network(pages):
    for page in pages.rglob("*.html"):
        assert 'src="http' not in page.read_text()


PLANTED = """
import runpy, sys
found = runpy.run_path(sys.argv[1])
import eightcut
eightcut.scan.__doc__ = ""
eightcut.rescan.__doc__ = "Like ``ec.no_such_thing``."
print(found["problems"](found["modules"]()))
"""


def test_a_bare_name_and_a_broken_reference_are_refused():
    done = subprocess.run(
        [sys.executable, "-c", PLANTED, SCRIPT], capture_output=True, text=True, check=True
    )
    assert "eightcut.scan has no docstring" in done.stdout
    assert "eightcut.rescan names eightcut.no_such_thing, which is not there" in done.stdout
