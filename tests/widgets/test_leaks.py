"""Screens that are closed, or whose cell is run again, leave nothing behind."""

import gc
import threading
import time
import weakref

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import eightcut as ec
from eightcut import widgets
from eightcut.sessions import news
from tests.browser import every_screen


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return every_screen.made(tmp_path_factory.mktemp("leaks"))


@pytest.fixture
def names(made):
    folder, picture = made
    with ec.Workspace(folder) as ws:
        yield {**vars(widgets), "ws": ws, "picture": str(picture)}


class Shell(InteractiveShell):
    """Tells which cell runs, as a notebook's kernel does."""

    def get_parent(self):
        return {"metadata": {"cellId": "one"}, "header": {"msg_id": str(self.execution_count)}}


@pytest.fixture
def shell(names):
    quiet = Config(HistoryManager={"enabled": False})
    yield Shell.instance(user_ns=dict(names), config=quiet)
    Shell.clear_instance()


def parts(screen):
    return [weakref.ref(screen), weakref.ref(screen.session)]


def ends(holds):
    """Whether this holds in the end: a thread may take a moment to let go of its screen."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
        gc.collect()
    return holds()


def all_gone(left):
    return ends(lambda: not any(part() for part in left))


def settled(threads):
    return ends(lambda: threading.active_count() <= threads)


def listening():
    return sum(method() is not None for known in news._listeners.values() for method in known)


@pytest.mark.parametrize("code", every_screen.SCREENS)
def test_a_closed_screen_is_gone_with_its_threads(code, names):
    threads, ears = threading.active_count(), listening()
    screen = eval(code.format(**names), names)
    left = parts(screen)
    screen.close()
    screen.close()
    del screen
    assert settled(threads)
    assert all_gone(left)
    assert listening() == ears


@pytest.mark.parametrize("code", every_screen.SCREENS)
def test_running_a_cell_again_ends_what_it_made_before(code, names, shell):
    threads, ears = threading.active_count(), listening()
    left = []
    for _ in range(3):
        cell = shell.run_cell(f"screen = {code.format(**names)}", store_history=True)
        assert cell.success
        left.append(parts(shell.user_ns["screen"]))
    assert all_gone([*left[0], *left[1]])
    shell.user_ns.pop("screen").close()
    assert settled(threads)
    assert listening() == ears
