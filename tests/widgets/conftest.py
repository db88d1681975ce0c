import pytest

from tests.sessions.workspace import FILE, workspace

assert FILE  # the one file of the workspace


@pytest.fixture
def ws(tmp_path):
    with workspace(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def everything_is_closed():
    """A widget that a test leaves open would redraw in the next one."""
    from ipywidgets import Widget

    yield
    Widget.close_all()
