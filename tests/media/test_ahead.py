import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from eightcut.media import ahead, audio, part_server, relay
from eightcut.media import track as tracks
from eightcut.media.parts import Irregular
from tests.media import made

SECONDS = 14.0
FORMS = {
    "mp4": ["-c:a", "aac", "-b:a", "64k"],
    "m4a": ["-c:a", "alac"],
    "mov": ["-c:a", "pcm_s16le", "-ar", "44100"],
    "mka": ["-c:a", "aac", "-ar", "44100"],
    "webm": ["-c:a", "libopus"],
    "mkv": ["-c:a", "libvorbis"],
    "wav": ["-c:a", "pcm_s24le", "-ar", "44100"],
    "flac": ["-c:a", "flac", "-ar", "22050"],
    "mp3": ["-c:a", "libmp3lame", "-q:a", "4"],
    "opus": ["-c:a", "libopus"],
    "ogg": ["-c:a", "libvorbis", "-ar", "44100"],
    "aac": ["-c:a", "aac"],
}
WHOLE = {"ts": ["-c:a", "aac"], "avi": ["-c:a", "libmp3lame"], "wma": ["-c:a", "wmav2"]}


class Here:
    """Answers as a process of its own would, through the same lines of JSON."""

    def __init__(self, path, rate_hz=16_000):
        self.rate_hz, self.asked = rate_hz, []
        self.opened = contextlib.ExitStack()
        self.sound = self.opened.enter_context(tracks.opened(path, 0))

    def ask(self, number, near, *, is_sure):
        self.asked.append(json.dumps({"number": number, "near": near, "is_sure": is_sure}))

    def answer(self):
        asked = json.loads(self.asked[-1])
        told, *samples = part_server.answer(self.sound, self.rate_hz, asked)
        if (answer := json.loads(told)) is None:
            raise Irregular
        return answer, np.concatenate([np.empty(0, np.float32), *samples])


@pytest.fixture
def short_segments(monkeypatch):
    monkeypatch.setattr(relay, "SEGMENT_S", 3.0)
    monkeypatch.setattr(relay, "PREROLL_S", 1.0)


@pytest.fixture(scope="module")
def hiss(tmp_path_factory):
    """Noise over a chord: an AAC encoder replaces such noise, and a decoder invents it anew."""
    folder = tmp_path_factory.mktemp("hiss")
    chord = made.tone(folder / "chord.wav", seconds=SECONDS, level=0.3, channels=2)
    noise = f"anoisesrc=r=48000:a=0.3:color=pink:seed=1:d={SECONDS}"
    path = folder / "hiss.wav"
    made.run("-i", chord, "-f", "lavfi", "-i", noise, "-filter_complex", "amix", "-ac", 2, path)
    return path


@pytest.fixture(scope="module")
def long_film(tmp_path_factory):
    """Over two segments of true length."""
    path = tmp_path_factory.mktemp("long") / "film.m4a"
    noise = "anoisesrc=r=16000:a=0.3:color=pink:seed=1:d=400"
    made.run("-f", "lavfi", "-i", noise, "-c:a", "aac", "-b:a", "32k", path)
    return path


def whole(path, **options):
    return np.concatenate(list(audio.blocks(path, **options)))


def in_parts(*helpers, end=SECONDS):
    queue = ahead._Queue(list(helpers), end)
    return np.concatenate([samples for _, samples in queue.answers()])


def asked_twice(*helpers):
    numbers = [json.loads(line)["number"] for one in helpers for line in one.asked]
    return len(numbers) - len(set(numbers))


@pytest.mark.usefixtures("short_segments")
@pytest.mark.parametrize("form", FORMS)
def test_parts_are_the_samples_of_the_whole(form, hiss, tmp_path):
    path = tmp_path / f"hiss.{form}"
    made.run("-i", hiss, *FORMS[form], path)
    one, other = Here(path), Here(path)
    assert np.array_equal(in_parts(one, other), whole(path))
    assert len(one.asked) + len(other.asked) >= 5


@pytest.mark.usefixtures("short_segments")
@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 48_000])
def test_parts_fit_together_at_any_rate(rate_hz, hiss, tmp_path):
    path = tmp_path / "hiss.m4a"
    made.run("-i", hiss, "-c:a", "aac", "-ar", 44_100, path)
    assert np.array_equal(in_parts(Here(path, rate_hz)), whole(path, rate_hz=rate_hz))


@pytest.mark.usefixtures("short_segments")
@pytest.mark.parametrize("form", ["mp4", "mkv"])
def test_a_film_whose_sound_starts_late_has_equal_parts(form, hiss, tmp_path):
    path = tmp_path / f"late.{form}"
    late = ["-itsoffset", 1.5, "-i", hiss]
    varying = ["-vf", "select='not(mod(n,3))+gt(mod(n,7),4)'", "-fps_mode", "vfr"]
    made.run(*made.flash(), *late, *varying, *made.VIDEO, "-c:a", "aac", path)
    assert np.array_equal(in_parts(Here(path), Here(path)), whole(path))


@pytest.mark.usefixtures("short_segments")
def test_an_edited_film_has_equal_parts(hiss, tmp_path):
    made.run("-i", hiss, "-c:a", "aac", tmp_path / "whole.m4a")
    path = tmp_path / "edited.m4a"
    made.run("-ss", 2.5, "-i", tmp_path / "whole.m4a", "-c", "copy", path)
    assert np.array_equal(in_parts(Here(path), Here(path)), whole(path))


@pytest.mark.usefixtures("short_segments")
@pytest.mark.parametrize("form", ["mp4", "mka"])
def test_a_part_after_a_hole_is_decoded_again_from_what_is_known_by_then(form, hiss, tmp_path):
    path = tmp_path / f"hole.{form}"
    hole = "asetpts=PTS+gte(T\\,4)*0.7003/TB"
    made.run("-i", hiss, "-af", hole, "-c:a", "aac", path)
    one, other = Here(path), Here(path)
    assert np.array_equal(in_parts(one, other), whole(path))
    assert asked_twice(one, other)


@pytest.mark.usefixtures("short_segments")
def test_a_new_decoder_changes_nothing_where_no_noise_is_invented(hiss, tmp_path, monkeypatch):
    path = tmp_path / "hiss.opus"
    made.run("-i", hiss, "-c:a", "libopus", path)
    renewed = whole(path)
    monkeypatch.setattr(relay, "SEGMENT_S", 1e9)
    assert np.array_equal(renewed, whole(path))


@pytest.mark.usefixtures("short_segments")
@pytest.mark.parametrize("form", WHOLE)
def test_what_cannot_be_sought_exactly_is_decoded_as_a_whole(form, hiss, tmp_path):
    path = tmp_path / f"hiss.{form}"
    made.run("-i", hiss, *WHOLE[form], path)
    with pytest.raises(Irregular):
        in_parts(Here(path))
    assert np.array_equal(np.concatenate(list(ahead.blocks(path))), whole(path))


@pytest.mark.usefixtures("short_segments")
def test_a_part_that_began_elsewhere_is_not_taken(hiss):
    class Elsewhere(Here):
        def answer(self):
            answer, samples = super().answer()
            if answer["begins"]:
                answer["begins"]["digest"] = "of other packets"
            return answer, samples

    with pytest.raises(Irregular):
        in_parts(Elsewhere(hiss))


@pytest.mark.usefixtures("short_segments")
def test_damage_makes_a_recording_one_that_is_decoded_as_a_whole(hiss, tmp_path):
    path = tmp_path / "damaged.mp3"
    made.run("-i", hiss, "-c:a", "libmp3lame", "-b:a", "128k", path)
    content = bytearray(path.read_bytes())
    content[60_000:62_000] = bytes(2000)
    path.write_bytes(content)
    expected = whole(path)
    try:
        found = in_parts(Here(path))
    except Irregular:
        found = np.concatenate(list(ahead.blocks(path)))
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("processes", [1, 2])
def test_other_processes_give_the_very_samples(processes, long_film):
    blocks = list(ahead.blocks(long_film, processes=processes, block_s=7.0))
    assert {len(block) for block in blocks[:-1]} == {7 * 16_000}
    assert np.array_equal(np.concatenate(blocks), whole(long_film))


def test_a_process_that_dies_costs_only_time(long_film):
    others = children(os.getpid())  # a browser of other tests may be among them
    blocks = ahead.blocks(long_film)
    first = next(blocks)
    for child in children(os.getpid()) - others:
        os.kill(child, signal.SIGKILL)
    assert np.array_equal(np.concatenate([first, *blocks]), whole(long_film))


def test_a_recording_that_breaks_off_is_told_in_the_same_words(long_film, tmp_path):
    path = tmp_path / "short.flac"
    made.run("-f", "lavfi", "-i", "anoisesrc=r=8000:d=200:a=0.1", path)
    path.write_bytes(path.read_bytes()[:-200_000])
    messages = []
    for blocks in (audio.blocks(path), ahead.blocks(path)):
        with pytest.raises(audio.BadMedia) as told:
            list(blocks)
        messages.append(str(told.value))
    assert messages[0] == messages[1]
    assert "breaks off" in messages[0]


def test_nobody_is_left_when_the_iteration_ends_early(long_film):
    others = children(os.getpid())
    blocks = ahead.blocks(long_film)
    next(blocks)
    assert len(children(os.getpid()) - others) == 2
    blocks.close()
    assert not children(os.getpid()) - others


def test_nobody_outlives_a_killed_parent(long_film):
    program = (
        "import sys\nfrom eightcut.media import ahead\n"
        "blocks = ahead.blocks(sys.argv[1])\nnext(blocks)\nprint('begun', flush=True)\n"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(long_film)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"begun\n"
        orphans = children(parent.pid)
        parent.kill()
    assert len(orphans) == 2
    deadline = time.monotonic() + 20
    while any(map(is_alive, orphans)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(is_alive, orphans))


def test_a_block_without_samples_is_refused(long_film):
    with pytest.raises(ValueError, match="hold no sample"):
        next(ahead.blocks(long_film, processes=0))


def children(pid):
    """The processes that a process has begun and that still run."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == pid and state != "Z":
                found.add(int(status.parent.name))
    return found


def is_alive(pid):
    status = Path(f"/proc/{pid}/stat")
    with contextlib.suppress(OSError):
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    return False
