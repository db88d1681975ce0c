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
