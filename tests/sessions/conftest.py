import pytest

from eightcut.sessions.review import ReviewSession
from tests.sessions.workspace import FILE, workspace


@pytest.fixture
def ws(tmp_path):
    with workspace(tmp_path) as opened:
        yield opened


@pytest.fixture
def session(ws):
    review = ReviewSession(ws, FILE)
    yield review
    review.close()
    review.wait()
