import subprocess
import sys

import numpy as np
import pytest

from eightcut.media import audio
from tests.media import made

NEAR = 0.008  # seconds; ffmpeg 5 writes Opus 7 ms off into Matroska
SOUND = {
    "wav": ["-c:a", "pcm_s16le"],
    "flac": ["-c:a", "flac"],
    "mp3": ["-c:a", "libmp3lame"],
    "ogg": ["-c:a", "libvorbis"],
    "opus": ["-c:a", "libopus"],
    "m4a": ["-c:a", "aac"],
    "mka": ["-c:a", "flac"],
    "aac": ["-c:a", "aac"],
    "ac3": ["-c:a", "ac3"],
    "wma": ["-c:a", "wmav2"],
}
PICTURE = {
    "mp4": ["-c:a", "aac"],
    "mkv": ["-c:a", "libopus"],
    "mov": ["-c:a", "pcm_s16le"],
    "ts": ["-c:a", "aac"],
    "flv": ["-c:a", "aac", "-ar", "44100"],
    "avi": ["-c:a", "libmp3lame"],
}


def whole(path, **options):
    return np.concatenate(list(audio.blocks(path, **options)))


@pytest.fixture(scope="module")
def click(tmp_path_factory):
    return made.clicks(tmp_path_factory.mktemp("click") / "click.wav")


@pytest.fixture(scope="module")
def chord(tmp_path_factory):
    return made.tone(tmp_path_factory.mktemp("chord") / "chord.wav")


@pytest.mark.parametrize("form", SOUND)
def test_a_click_in_a_sound_file_keeps_its_time(form, click, tmp_path):
    path = tmp_path / f"click.{form}"
    made.run("-i", click, *SOUND[form], path)
    assert made.first_click(whole(path)) == pytest.approx(made.CLICK, abs=NEAR)


@pytest.mark.parametrize("form", sorted(PICTURE.keys() - {"avi"}))  # it can't store offsets
def test_a_click_in_a_video_keeps_its_time(form, click, tmp_path):
    path = tmp_path / f"click.{form}"
    made.run(*made.flash(), "-i", click, *made.VIDEO, *PICTURE[form], path)
    assert made.first_click(whole(path)) == pytest.approx(made.CLICK, abs=NEAR)


@pytest.mark.parametrize("form", ["mp4", "mkv", "ts"])
def test_a_track_that_starts_late_is_silent_until_then(form, click, tmp_path):
    path = tmp_path / f"late.{form}"
    late = ["-itsoffset", 1.5, "-i", click]
    made.run(*made.flash(), *late, *made.VIDEO, *PICTURE[form], path)
    assert made.first_click(whole(path)) == pytest.approx(made.CLICK + 1.5, abs=NEAR)


@pytest.mark.parametrize("form", ["mp4", "mkv", "ts", "m4a", "mka"])
def test_a_hole_in_the_track_becomes_silence(form, click, tmp_path):
    path = tmp_path / f"hole.{form}"
    hole = "asetpts=PTS+gte(T\\,4)*7/TB"
    codec = {**SOUND, **PICTURE}[form]
    made.run("-i", click, "-af", hole, *codec, path)
    sound = whole(path)
    assert made.first_click(sound) == pytest.approx(made.CLICK + 7, abs=NEAR)
    assert made.first_click(audio.read(path, 11.5, 1.0)) == pytest.approx(0.5, abs=NEAR)


@pytest.mark.parametrize("frames", ["vfr", "cfr"])
def test_pictures_at_varying_intervals_do_not_move_the_sound(frames, click, tmp_path):
    path = tmp_path / "vfr.mp4"
    varying = ["-vf", "select='not(mod(n,3))+gt(mod(n,7),4)'", "-fps_mode", frames]
    made.run(*made.flash(), "-i", click, *varying, *made.VIDEO, "-c:a", "aac", path)
    assert made.first_click(whole(path)) == pytest.approx(made.CLICK, abs=NEAR)


def test_an_edit_list_is_honoured(click, tmp_path):
    made.run("-i", click, "-c:a", "aac", tmp_path / "whole.m4a")
    path = tmp_path / "edited.m4a"
    made.run("-ss", 2.5, "-i", tmp_path / "whole.m4a", "-c", "copy", path)
    assert made.first_click(whole(path)) == pytest.approx(made.CLICK - 2.5, abs=0.03)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 22_050, 44_100, 96_000])
def test_any_sample_rate_keeps_times_and_length(rate_hz, tmp_path):
    path = made.clicks(tmp_path / "click.wav", rate_hz=rate_hz)
    sound = whole(path)
    assert made.first_click(sound) == pytest.approx(made.CLICK, abs=0.001)
    assert len(sound) == pytest.approx(made.SECONDS * 16_000, abs=2)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 6, 7, 8, 9, 12])
def test_full_scale_in_every_channel_does_not_clip(channels, tmp_path):
    path = made.tone(tmp_path / "loud.wav", seconds=1, channels=channels, level=0.99)
    loudest = np.abs(whole(path)).max()
    assert 0.8 < loudest <= 1.0


@pytest.mark.parametrize("codec", ["aac", "flac", "ac3"])
def test_surround_sound_is_mixed_without_clipping(codec, tmp_path):
    loud = made.tone(tmp_path / "loud.wav", seconds=2, channels=6, level=0.99)
    made.run("-i", loud, "-c:a", codec, "-b:a", "640k", tmp_path / "loud.mkv")
    sound = whole(tmp_path / "loud.mkv")
    assert 0.8 < np.abs(sound).max() <= 1.0


def test_stereo_becomes_the_mean_of_its_channels(tmp_path):
    mono = made.tone(tmp_path / "mono.wav", seconds=2)
    made.run("-i", mono, "-af", "pan=stereo|c0=c0|c1=0*c0", tmp_path / "left.wav")
    np.testing.assert_allclose(whole(tmp_path / "left.wav"), whole(mono) / 2, atol=1e-4)


def test_blocks_are_equally_long_but_for_the_last(chord):
    sizes = [len(block) for block in audio.blocks(chord, block_s=5.0)]
    assert sizes == [80_000, 80_000, 32_000]


def test_samples_are_float32_at_the_rate_asked_for(chord):
    sound = whole(chord, rate_hz=32_000)
    assert (sound.dtype, len(sound)) == (np.float32, 12 * 32_000)


def test_a_block_without_samples_is_refused(chord):
    with pytest.raises(ValueError, match="a block must hold a sample"):
        next(audio.blocks(chord, block_s=0))


@pytest.mark.parametrize("form", [*SOUND, *PICTURE])
def test_an_excerpt_has_the_samples_of_the_whole(form, chord, tmp_path):
    path = tmp_path / f"chord.{form}"
    if form in PICTURE:
        made.run(*made.flash(), "-i", chord, *made.VIDEO, *PICTURE[form], path)
    else:
        made.run("-i", chord, "-ar", 44_100 if form not in {"opus"} else 48_000, *SOUND[form], path)
    sound = whole(path)
    for start in (0.0, 0.4, 7.3, 10.9):
        expected = sound[round(start * 16_000) :][:16_000]
        np.testing.assert_allclose(audio.read(path, start, 1.0), expected, atol=0.02)


def test_an_excerpt_is_silent_outside_of_the_file(chord):
    before, after = audio.read(chord, -1.0, 2.0), audio.read(chord, 11.5, 2.0)
    assert (len(before), len(after)) == (32_000, 32_000)
    assert audio.is_silent(before[:15_990])
    assert audio.is_silent(after[8_000:])
    assert not audio.is_silent(before)


def test_an_excerpt_beyond_the_end_is_silent(chord):
    assert audio.is_silent(audio.read(chord, 100.0, 1.0))


@pytest.mark.parametrize(("start", "duration"), [(np.nan, 1), (0, np.inf), (0, -1)])
def test_an_impossible_excerpt_is_refused(start, duration, chord):
    with pytest.raises(ValueError, match="needs finite seconds"):
        audio.read(chord, start, duration)


def test_a_second_track_can_be_chosen(click, chord, tmp_path):
    path = tmp_path / "two.mkv"
    language = ["-metadata:s:a:1", "language=fra"]
    made.run("-i", click, "-i", chord, "-map", 0, "-map", 1, *language, "-c:a", "flac", path)
    assert [track.language for track in audio.probe(path).tracks] == [None, "fra"]
    np.testing.assert_allclose(whole(path, track=1), whole(chord), atol=1e-3)


def test_a_track_that_is_not_there_is_named(click):
    with pytest.raises(audio.BadMedia, match=r"has 1 sound track\(s\), so there is no track 3"):
        list(audio.blocks(click, track=3))


def test_probing_tells_what_a_video_holds(click, tmp_path):
    path = tmp_path / "click.mp4"
    made.run(*made.flash(), "-i", click, *made.VIDEO, "-c:a", "aac", path)
    media = audio.probe(path)
    assert (media.has_video, media.video_rate) == (True, 25)
    assert media.duration == pytest.approx(12, abs=0.05)
    assert media.tracks == (audio.AudioTrack(0, "aac", 48_000, 1, None),)


def test_cover_art_is_no_video(click, tmp_path):
    cover = ["-f", "lavfi", "-i", "color=red:s=64x64:d=0.04"]
    path = tmp_path / "cover.mp3"
    art = ["-map", 0, "-map", 1, "-c:v", "mjpeg", "-disposition:v", "attached_pic"]
    made.run("-i", click, *cover, *art, path)
    assert not audio.probe(path).has_video


def test_three_hours_in_a_click_is_still_in_its_place(tmp_path):
    time = 3 * 3600.0
    wav = made.clicks(tmp_path / "long.wav", [time], seconds=time + 60, rate_hz=8_000)
    path = tmp_path / "long.flac"
    made.run("-i", wav, "-compression_level", 0, path)
    number = 0
    for block in audio.blocks(path):
        if not audio.is_silent(block):
            assert number * 30 + made.first_click(block) == pytest.approx(time, abs=0.001)
        number += 1
    assert number == 362
    excerpt = audio.read(path, time - 2, 4.0)
    assert made.first_click(excerpt) == pytest.approx(2.0, abs=0.001)


def test_memory_does_not_grow_with_the_length(tmp_path):
    path = made.clicks(tmp_path / "long.wav", seconds=4 * 3600, rate_hz=16_000)
    program = (
        "import resource, sys\n"
        "from eightcut.media import audio\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "before = peak()\n"
        "count = sum(len(block) for block in audio.blocks(sys.argv[1]))\n"
        "print(count, peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    count, grown_mb = done.stdout.split()
    assert int(count) == 4 * 3600 * 16_000
    assert float(grown_mb) < 60
