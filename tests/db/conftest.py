"""Fresh databases, and a clock that stands still."""

import datetime as dt

import pytest

from eightcut import clock
from eightcut.db import ClipDB, DecisionDB


@pytest.fixture
def db(tmp_path):
    with ClipDB(tmp_path / "clips.db") as opened:
        yield opened


@pytest.fixture
def ddb(tmp_path):
    with DecisionDB(tmp_path, "mojo3") as opened:
        yield opened


@pytest.fixture
def frozen_clock(monkeypatch):
    moment = dt.datetime(2026, 4, 19, 14, 30, 22, 123456, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "utc_now", lambda: moment)
    return moment
