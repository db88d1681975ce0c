import threading

import numpy as np
import pytest

from eightcut.jobs.peaks import BINS_PER_S, FACTOR, TILE, Peaks, peaks
from eightcut.progress import Cancelled
from tests.sessions.workspace import FILE, workspace


@pytest.fixture
def ws(tmp_path):
    with workspace(tmp_path) as opened:
        yield opened


def test_a_whistle_stands_where_it_sounds(ws):
    *_, waveform = peaks(ws, ws.clips.get_media(FILE))
    loud = waveform.levels[0][:, 1] > 50
    seconds = np.flatnonzero(loud) // BINS_PER_S
    assert set(seconds) == {0, 10, 20, 30, 40, 50}


def test_every_level_keeps_the_extremes(ws):
    *_, waveform = peaks(ws, ws.clips.get_media(FILE))
    assert [len(level) for level in waveform.levels] == [6000, 6000 // FACTOR]
    assert len({(int(level.min()), int(level.max())) for level in waveform.levels}) == 1


def test_the_second_time_it_is_read_from_the_workspace(ws, tmp_path):
    *_, first = peaks(ws, ws.clips.get_media(FILE))
    (tmp_path / FILE).unlink()
    (again,) = peaks(ws, ws.clips.get_media(FILE))
    assert np.array_equal(first.levels[0], again.levels[0])


def test_a_damaged_store_is_read_again(ws):
    list(peaks(ws, ws.clips.get_media(FILE)))
    (stored,) = (ws.path / "peaks").iterdir()
    stored.write_bytes(stored.read_bytes()[:100])
    *_, waveform = peaks(ws, ws.clips.get_media(FILE))
    assert len(waveform.levels[0]) == 6000


def test_cancelling_stores_nothing(ws):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        list(peaks(ws, ws.clips.get_media(FILE), cancel=cancel))
    assert not (ws.path / "peaks").exists()


def test_pieces_cover_a_level():
    level = np.arange(2 * (TILE + 5), dtype="i2").astype("i1").reshape(-1, 2)
    waveform = Peaks((level,), finished=True)
    assert [len(waveform.tile(0, index)) for index in range(3)] == [TILE, 5, 0]


@pytest.mark.parametrize("wrong", [(1, 0), (-1, 0), (0, -1)])
def test_a_piece_that_cannot_exist_is_refused(wrong):
    with pytest.raises(LookupError, match="no piece"):
        Peaks((np.zeros((1, 2), "i1"),), finished=True).tile(*wrong)
