"""Hostile files: each gives one sentence that names it, and nothing else comes out."""

import os
import wave

import numpy as np
import pytest

from eightcut.media import audio
from tests.media import made


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    wav = made.tone(folder / "tone.wav")
    video = [*made.flash(), "-i", wav, *made.VIDEO, "-c:a", "aac"]
    made.run(*video, "-movflags", "+faststart", folder / "fast.mp4")
    made.run(*video, folder / "plain.mp4")
    made.run(*video, folder / "video.mkv")
    for name in ("tone.flac", "tone.mp3", "tone.mka"):
        made.run("-i", wav, folder / name)
    return folder


def sentence(path):
    with pytest.raises(audio.BadMedia) as caught:
        list(audio.blocks(path))
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def missing(folder):
    return folder / "gone.mp4"


def directory(folder):
    (folder / "folder.mp4").mkdir()
    return folder / "folder.mp4"


def empty(folder):
    (folder / "empty.mp4").touch()
    return folder / "empty.mp4"


def text(folder):
    (folder / "text.mp4").write_text("This is a text, whatever its name says.\n" * 50)
    return folder / "text.mp4"


def noise(folder):
    (folder / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(100_000))
    return folder / "noise.mp4"


def picture(folder):
    made.run(*made.flash(seconds=0.04), "-frames:v", 1, folder / "picture.png")
    return folder / "picture.png"


def soundless(folder):
    made.run(*made.flash(seconds=1), *made.VIDEO, folder / "soundless.mp4")
    return folder / "soundless.mp4"


def without_samples(folder):
    with wave.open(str(folder / "none.wav"), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
    return folder / "none.wav"


def playlist(folder):
    made.tone(folder / "secret.wav", seconds=1)
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1,", "http://127.0.0.1:9/a.ts"]
    (folder / "list.mp4").write_text("\n".join(lines))
    return folder / "list.mp4"


CASES = {
    missing: "does not exist",
    directory: "is a folder",
    empty: "is empty",
    text: "is not a media file",
    noise: "is not a media file",
    picture: "has no sound track",
    soundless: "has no sound track",
    without_samples: "holds no sound",
    playlist: "is not a media file",
}


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_a_file_without_sound_gives_one_sentence(make, tmp_path, capfd):
    path = make(tmp_path)
    assert CASES[make] in sentence(path)
    with pytest.raises(audio.BadMedia):
        audio.probe(path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_named(good, tmp_path):
    path = made.tone(tmp_path / "locked.wav", seconds=1)
    path.chmod(0)
    assert "can't be read" in sentence(path)


@pytest.mark.parametrize(
    "name", ["fast.mp4", "video.mkv", "tone.wav", "tone.flac", "tone.mp3", "tone.mka"]
)
def test_a_truncated_file_gives_what_it_has_and_says_where_it_breaks_off(name, good, tmp_path):
    path = tmp_path / name
    whole = (good / name).read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    sound = []
    with pytest.raises(audio.BadMedia, match=r"breaks off after \d+\.\d s of 12\.\d s"):
        sound.extend(audio.blocks(path, block_s=1.0))
    assert 5 <= len(sound) <= 9


def test_a_truncated_file_without_its_index_is_called_incomplete(good, tmp_path):
    path = tmp_path / "cut.mp4"
    path.write_bytes((good / "plain.mp4").read_bytes()[:30_000])
    assert "is incomplete" in sentence(path)


def test_a_header_that_claims_a_hundred_hours_is_found_out(good, tmp_path):
    path = tmp_path / "claims.wav"
    content = bytearray((good / "tone.wav").read_bytes())
    content[40:44] = (2**31 - 2).to_bytes(4, "little")
    path.write_bytes(content)
    assert "breaks off after 12.0 s" in sentence(path)


def test_a_sound_track_shorter_than_its_picture_is_whole(tmp_path):
    wav = made.tone(tmp_path / "tone.wav", seconds=3)
    for name in ("short.mp4", "short.mkv"):
        made.run(*made.flash(), "-i", wav, *made.VIDEO, tmp_path / name)
        seconds = sum(len(block) for block in audio.blocks(tmp_path / name)) / 16_000
        assert seconds == pytest.approx(3, abs=0.05)


@pytest.mark.parametrize("name", ["fast.mp4", "video.mkv", "tone.flac"])
def test_damage_in_the_middle_is_skipped_and_times_stay(name, good, tmp_path, capfd):
    path = tmp_path / name
    content = bytearray((good / name).read_bytes())
    middle = len(content) // 2
    content[middle : middle + 300] = np.random.default_rng(1).bytes(300)
    path.write_bytes(content)
    sound = np.concatenate(list(audio.blocks(path)))
    expected = np.concatenate(list(audio.blocks(good / name)))
    assert len(sound) == pytest.approx(len(expected), abs=3_000)
    np.testing.assert_allclose(sound[160_000:190_000], expected[160_000:190_000], atol=0.02)
    assert capfd.readouterr() == ("", "")


def test_a_silent_file_is_read_and_can_be_told(tmp_path):
    path = made.clicks(tmp_path / "silent.wav", times=())
    assert audio.probe(path).duration == 12
    assert all(audio.is_silent(block) for block in audio.blocks(path))


def test_sound_that_is_not_a_number_is_silence(tmp_path):
    samples = np.full(48_000, 0.5, "<f4")
    samples[20_000:20_100] = np.nan
    raw = tmp_path / "nan.raw"
    raw.write_bytes(samples.tobytes())
    made.run(
        "-f", "f32le", "-ar", 48_000, "-ac", 1, "-i", raw, "-c:a", "pcm_f32le", tmp_path / "nan.wav"
    )
    sound = np.concatenate(list(audio.blocks(tmp_path / "nan.wav")))
    assert np.isfinite(sound).all()
