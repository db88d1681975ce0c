import threading
import time

import numpy as np
import pytest

from eightcut.media import audio
from eightcut.media.cut import cut, ffmpeg
from eightcut.progress import Cancelled
from tests.media import made

VIDEOS = {
    "mp4": ["-c:a", "aac"],
    "mkv": ["-c:a", "flac"],
    "ts": ["-c:a", "aac"],
    "webm": ["-c:a", "libopus"],
    "mov": ["-c:a", "pcm_s16le"],
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The same flash and click at 5.0 s of 12 s in several containers."""
    folder = tmp_path_factory.mktemp("sources")
    click = made.clicks(folder / "click.wav", rate_hz=44_100)
    for form, codec in VIDEOS.items():
        video = ["-c:v", "libvpx", "-deadline", "realtime"] if form == "webm" else made.VIDEO
        made.run(*made.flash(), "-i", click, *video, *codec, folder / f"av.{form}")
    return folder


def click_of(path):
    sound, rate_hz = made.sound_of(path)
    return made.first_click(sound[0], rate_hz), sound.shape[1] / rate_hz


def flash_of(path):
    frames, length = made.pictures_of(path)
    return next(time for time, light in frames if light > 128), length


@pytest.mark.parametrize("form", VIDEOS)
@pytest.mark.parametrize("sound", ["aac", "pcm"])
def test_a_clip_is_exact_and_in_step(form, sound, sources, tmp_path):
    clip = tmp_path / "clip.mp4"
    cut(sources / f"av.{form}", 2.0, clip, audio=sound)
    (click, heard), (flash, seen) = click_of(clip), flash_of(clip)
    assert heard == pytest.approx(8.0, abs=1.5 / 44_100)
    assert seen == pytest.approx(8.0, abs=0.02)
    assert click == pytest.approx(3.0, abs=0.008)  # ffmpeg 5 writes Opus 7 ms off into Matroska
    assert flash == pytest.approx(3.0, abs=0.001)


@pytest.mark.parametrize("start", [0.0, 0.013, 1.987, 3.999])
def test_any_start_gives_the_frames_that_follow_it(start, sources, tmp_path):
    cut(sources / "av.mp4", start, tmp_path / "clip.mp4")
    assert flash_of(tmp_path / "clip.mp4")[0] == pytest.approx(5.0 - start, abs=0.001)
    assert click_of(tmp_path / "clip.mp4") == pytest.approx((5.0 - start, 8.0), abs=0.002)


def test_a_clip_may_end_with_its_source(sources, tmp_path):
    cut(sources / "av.mp4", 4.0, tmp_path / "clip.mp4")
    assert click_of(tmp_path / "clip.mp4") == pytest.approx((1.0, 8.0), abs=0.002)


@pytest.mark.parametrize("start", [4.1, 100.0, -1.0, np.nan])
def test_a_clip_that_does_not_fit_is_refused(start, sources, tmp_path):
    with pytest.raises(ValueError, match=r"does not fit into .*av\.mp4|needs a start from 0 on"):
        cut(sources / "av.mp4", start, tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("sound", "name"), [("aac", "clip.m4a"), ("pcm", "clip.wav")])
def test_a_sound_file_gives_a_clip_without_a_picture(sound, name, sources, tmp_path):
    cut(sources / "click.wav", 2.0, tmp_path / name, audio=sound)
    assert not audio.probe(tmp_path / name).has_video
    assert click_of(tmp_path / name) == pytest.approx((3.0, 8.0), abs=0.001)


def test_a_pcm_clip_has_the_very_samples_of_its_source(tmp_path):
    source = made.tone(tmp_path / "tone.wav", rate_hz=44_100, channels=2)
    cut(source, 2.0, tmp_path / "clip.wav", audio="pcm")
    whole, clip = made.sound_of(source)[0], made.sound_of(tmp_path / "clip.wav")[0]
    np.testing.assert_allclose(clip, whole[:, 88_200 : 88_200 + 352_800], atol=1e-4)


def test_a_video_without_sound_can_be_cut(tmp_path):
    made.run(*made.flash(), *made.VIDEO, tmp_path / "mute.mp4")
    cut(tmp_path / "mute.mp4", 2.0, tmp_path / "clip.mp4")
    assert flash_of(tmp_path / "clip.mp4") == pytest.approx((3.0, 8.0), abs=0.02)


def test_varying_frame_times_are_kept(sources, tmp_path):
    varying = [
        "-vf",
        "select='not(mod(n,3))+gt(mod(n,7),4)',setpts='PTS+0.011*mod(N,2)/TB'",
        "-fps_mode",
        "vfr",
        "-enc_time_base",
        "1:1000",
    ]
    click = sources / "click.wav"
    made.run(
        *made.flash(), "-i", click, *varying, *made.VIDEO, "-c:a", "flac", tmp_path / "vfr.mkv"
    )
    cut(tmp_path / "vfr.mkv", 2.0, tmp_path / "clip.mp4")
    before = [at - 2 for at, _ in made.pictures_of(tmp_path / "vfr.mkv")[0] if 2 <= at < 10]
    after = [at for at, _ in made.pictures_of(tmp_path / "clip.mp4")[0]]
    np.testing.assert_allclose(after, before, atol=0.002)


def test_a_picture_that_ends_early_stands_still(sources, tmp_path):
    click = sources / "click.wav"
    made.run(
        *made.flash(seconds=7), "-i", click, *made.VIDEO, "-c:a", "aac", tmp_path / "short.mp4"
    )
    cut(tmp_path / "short.mp4", 2.0, tmp_path / "clip.mp4")
    assert flash_of(tmp_path / "clip.mp4")[1] == pytest.approx(8.0, abs=0.02)


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({}, (160, 90)),
        ({"short_side": 48}, (86, 48)),
        ({"portrait_ratio": "9:16"}, (50, 90)),
        ({"portrait_ratio": "1:1", "short_side": 64}, (64, 64)),
        ({"portrait_ratio": "4:5", "crop_center": 1.0}, (72, 90)),
    ],
)
def test_the_picture_is_cropped_and_scaled(options, size, tmp_path):
    picture = ["-f", "lavfi", "-i", "testsrc=s=160x90:r=10:d=2"]
    made.run(*picture, *made.VIDEO, tmp_path / "test.mp4")
    cut(tmp_path / "test.mp4", 0.5, tmp_path / "clip.mp4", duration=1.0, **options)
    with made.av.open(str(tmp_path / "clip.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.format.name) == (*size, "yuv420p")


@pytest.mark.parametrize(("center", "lit"), [(0.0, False), (0.9, True), (1.0, True)])
def test_the_box_lies_where_it_was_asked_for_as_far_as_it_fits(center, lit, tmp_path):
    bright = "color=black:s=160x90:r=10:d=1,drawbox=x=130:w=30:h=90:c=white:t=fill"
    made.run("-f", "lavfi", "-i", bright, *made.VIDEO, tmp_path / "test.mp4")
    cut(
        tmp_path / "test.mp4", 0, tmp_path / "clip.mp4",
        duration=1.0, portrait_ratio="9:16", crop_center=center,
    )  # fmt: skip
    light = made.pictures_of(tmp_path / "clip.mp4")[0][0][1]
    assert bool(light > 100) is lit


@pytest.mark.parametrize(
    "options",
    [{"short_side": 47}, {"portrait_ratio": "2:3"}, {"crop_center": 1.5}, {"audio": "mp3"}],
)
def test_an_impossible_option_is_named(options, sources, tmp_path):
    with pytest.raises(ValueError, match=next(iter(options))):
        cut(sources / "av.mp4", 0.0, tmp_path / "clip.mp4", **options)


def test_a_failure_gives_ffmpegs_last_words_and_leaves_nothing(sources, tmp_path):
    with pytest.raises(audio.BadMedia, match=r"av\.mp4 could not be cut: .*"):
        cut(sources / "av.mp4", 0.0, tmp_path / "clip.mp4", video_codec="no-such-codec")
    assert list(tmp_path.iterdir()) == []


def test_a_clip_replaces_an_older_one_only_when_it_is_whole(sources, tmp_path):
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"old")
    with pytest.raises(audio.BadMedia):
        cut(sources / "av.mp4", 0.0, clip, video_codec="no-such-codec")
    assert clip.read_bytes() == b"old"


def test_cancelling_stops_the_child_and_leaves_nothing(tmp_path):
    big = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=20"]
    made.run(*big, "-c:v", "mpeg4", "-q:v", 20, "-g", 1, tmp_path / "big.avi")
    cancel = threading.Event()
    threading.Timer(0.3, cancel.set).start()
    begun = time.monotonic()
    folder = tmp_path / "clips"
    with pytest.raises(Cancelled):
        cut(tmp_path / "big.avi", 0.0, folder / "clip.mp4", duration=20.0, cancel=cancel)
    assert time.monotonic() - begun < 5
    assert list(folder.iterdir()) == []


def test_names_that_look_like_options_or_patterns_are_only_names(sources, tmp_path):
    folder = tmp_path / "-f 100% [odd] 'name'"
    folder.mkdir()
    source = folder / "-i %03d.mp4"
    source.write_bytes((sources / "av.mp4").read_bytes())
    cut(source, 2.0, folder / "clip %d.mp4")
    assert click_of(folder / "clip %d.mp4") == pytest.approx((3.0, 8.0), abs=0.002)


@pytest.mark.parametrize(
    ("version", "is_used"),
    [
        ("4.4.2-0ubuntu0.22.04.1", False),
        ("5.1.9-0+deb12u1", True),
        ("n8.0", True),
        ("N-1-g2", True),
    ],
)
def test_the_systems_ffmpeg_is_used_if_it_is_new_enough(version, is_used, tmp_path, monkeypatch):
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\necho ffmpeg version {version} Copyright\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert (ffmpeg.__wrapped__() == str(program)) is is_used
