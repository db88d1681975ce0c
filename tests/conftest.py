"""Settings for every test: a quiet torch, and callbacks whose errors are seen."""

import os

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "2")


@pytest.fixture(autouse=True)
def callback_errors_fail_the_test(monkeypatch):
    """ipywidgets logs what a click handler raises; a test must see it."""
    from ipywidgets.widgets.widget import CallbackDispatcher

    def call(self, *args, **kwargs):
        for callback in self.callbacks:
            callback(*args, **kwargs)

    monkeypatch.setattr(CallbackDispatcher, "__call__", call)


@pytest.fixture(scope="session")
def sample_home():
    """A home with a sample workspace of its own, kept between runs.

    Tests never touch the sample that a person works in; downloads are shared.
    """
    from eightcut.home import home

    folder = home() / "tests"
    for name in ("packages", "weights"):
        (home() / name).mkdir(exist_ok=True)
        folder.mkdir(exist_ok=True)
        if not (folder / name).exists():
            (folder / name).symlink_to(home() / name)
    before = os.environ.get("EIGHTCUT_HOME")
    os.environ["EIGHTCUT_HOME"] = str(folder)
    import eightcut

    eightcut.sample_workspace(progress=False).close()
    yield folder
    del os.environ["EIGHTCUT_HOME"]
    if before is not None:
        os.environ["EIGHTCUT_HOME"] = before
