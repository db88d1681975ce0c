import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.media import frames
from eightcut.media.container import BadMedia

RATE, SECONDS, KEY_EVERY = 10, 6, 10


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Grey frames that get lighter with every tenth of a second, a key frame every second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        stream.options = {"g": str(KEY_EVERY), "qp": "0"}
        for number in range(RATE * SECONDS):
            pixels = np.full((32, 64, 3), level(number), np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode())
    return path


def level(number):
    return 8 + 4 * number


def shown(film, times):
    """Which frame came for each time."""
    found = frames.at(film, times, height=16)
    return [(at, round((float(pixels.mean()) - 7) / 4)) for at, pixels in found]


def test_frames_come_in_the_order_of_time_each_once_per_wish(film):
    assert shown(film, [3.0, 0.0, 3.0, 1.1]) == [(0.0, 0), (1.1, 11), (3.0, 30), (3.0, 30)]


def test_a_time_between_two_frames_gives_the_next(film):
    assert shown(film, [2.06, 5.48]) == [(2.06, 21), (5.48, 55)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, RATE * SECONDS - 1), min_size=1, max_size=6))
def test_leaping_gives_the_same_frames_as_reading_on(film, numbers):
    times = [number / RATE for number in numbers]
    assert shown(film, times) == [(number / RATE, number) for number in sorted(numbers)]


def test_frames_have_the_height_asked_for_and_the_film_s_proportions(film):
    ((_, pixels),) = frames.at(film, [1.0], height=16)
    assert pixels.shape == (16, 32, 3)
    assert pixels.dtype == np.uint8


def test_a_time_behind_the_end_is_named(film):
    with pytest.raises(BadMedia, match=r"ends before 40\.000 s"):
        list(frames.at(film, [1.0, 40.0], height=16))


def test_a_file_without_pictures_is_refused(tmp_path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.rate = 8000
        out.mux(stream.encode(frame))
    with pytest.raises(BadMedia, match="has no picture track; choose a video"):
        list(frames.at(path, [0.0], height=16))
