import subprocess
import wave

import numpy as np
import pytest

from eightcut.media import audio, mix
from eightcut.media.cut import ffmpeg

RATE = mix.RATE_HZ


def tone(seconds, level=0.1, hz=440):
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype("f4")


def decibels(samples):
    return 10 * np.log10(np.mean(np.square(samples, dtype=float)))


def write_wav(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Four seconds of moving picture with a tone."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    inputs = ["-f", "lavfi", "-i", "testsrc=s=640x360:r=24:d=4"]
    inputs += ["-f", "lavfi", "-i", "sine=440:d=4"]
    command = [ffmpeg(), "-loglevel", "error", *inputs, "-shortest", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.mark.parametrize("level_db", [-3.0, 0.0, 9.0])
def test_a_sound_is_as_much_louder_than_the_film_as_was_asked(level_db):
    under = tone(4, 0.05)
    mixed = mix.mix([under], [mix.Sound(1.0, tone(2, 0.7, 1000), level_db)])
    added = (mixed - under)[RATE : 3 * RATE]
    assert decibels(added) - decibels(under) == pytest.approx(level_db, abs=0.1)


def test_the_film_is_untouched_where_nothing_is_mixed_in():
    under = tone(4, 0.05)
    mixed = mix.mix([under], [mix.Sound(1.0, tone(1), 0.0)])
    assert np.array_equal(mixed[:RATE], under[:RATE])
    assert np.array_equal(mixed[2 * RATE :], under[2 * RATE :])


def test_a_sound_over_silence_is_heard_but_soft():
    mixed = mix.mix([np.zeros(2 * RATE, "f4")], [mix.Sound(0.5, tone(1), 0.0)])
    assert decibels(mixed[RATE // 2 : RATE * 3 // 2]) == pytest.approx(mix.QUIET_DB, abs=0.1)


def test_a_mix_never_clips():
    mixed = mix.mix([tone(2, 0.9)], [mix.Sound(0.0, tone(2, 0.9), 9.0)])
    assert np.abs(mixed).max() == pytest.approx(mix.PEAK)


def test_what_would_ring_beyond_the_end_is_cut_off():
    sound = mix.Sound(1.5, tone(2), 0.0)
    assert len(mix.mix([tone(2)], [sound])) == 2 * RATE
    assert mix.span(sound, 2.0) == (1.5, 2.0)


def test_pieces_of_film_follow_each_other():
    first, second = tone(1), tone(1, hz=880)
    assert np.array_equal(mix.mix([first, second], []), np.concatenate([first, second]))


def test_a_struck_recording_rings_on_into_the_next_stroke():
    stroke = np.ones(RATE, "f4")
    phrase = mix.struck(stroke, [(0.0, 1.0), (0.5, 0.5)])
    assert len(phrase) == round(1.5 * RATE)
    assert phrase[[0, round(0.75 * RATE), round(1.25 * RATE)]].tolist() == [1.0, 1.5, 0.5]


def test_a_recording_loses_its_silence_but_not_its_sound(tmp_path):
    silence = np.zeros(RATE, "f4")
    path = write_wav(tmp_path / "a.wav", np.concatenate([silence, tone(0.5), silence]))
    assert len(mix.recording(path)) / RATE == pytest.approx(0.505, abs=0.01)


def test_a_long_recording_is_cut_short_without_a_click(tmp_path):
    samples = mix.recording(write_wav(tmp_path / "a.wav", tone(4)))
    assert len(samples) / RATE == mix.LONGEST_S
    assert samples[-1] == 0


def test_a_silent_recording_is_refused_by_name(tmp_path):
    path = write_wav(tmp_path / "still.wav", np.zeros(RATE, "f4"))
    with pytest.raises(audio.BadMedia, match=r"still\.wav is silent"):
        mix.recording(path)


def build(film, folder):
    folder.mkdir()
    pieces = [folder / "0.mp4", folder / "1.mp4"]
    for number, piece in enumerate(pieces):
        mix.picture(film, 2.0 * number, 2.0, piece)
    mix.mux(pieces, tone(4), folder / "video.mp4")
    return folder / "video.mp4"


def test_a_video_is_as_long_as_its_pieces_and_has_both_tracks(film, tmp_path):
    made = audio.probe(build(film, tmp_path / "it's here"))
    assert made.duration == pytest.approx(4.0, abs=0.05)
    assert made.has_video


def test_the_sound_of_a_video_lies_where_it_was_mixed(film, tmp_path):
    mix.picture(film, 0.0, 4.0, tmp_path / "0.mp4")
    click = np.zeros(4 * RATE, "f4")
    click[3 * RATE : 3 * RATE + 100] = 0.9
    mix.mux([tmp_path / "0.mp4"], click, tmp_path / "video.mp4")
    heard = audio.read(tmp_path / "video.mp4", 0.0, 4.0, rate_hz=RATE)
    assert np.abs(heard).argmax() / RATE == pytest.approx(3.0, abs=0.005)


def test_the_same_input_gives_the_same_bytes(film, tmp_path):
    one, other = build(film, tmp_path / "one"), build(film, tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()


def test_a_video_that_cannot_be_made_leaves_nothing_behind(tmp_path):
    with pytest.raises(ValueError, match=r"ffmpeg could not write .*video\.mp4"):
        mix.mux([tmp_path / "missing.mp4"], tone(1), tmp_path / "video.mp4")
    assert not list(tmp_path.iterdir())
