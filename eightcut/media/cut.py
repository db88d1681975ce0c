"""Exact clips out of media files, by an ffmpeg child process.

A clip is H.264 (yuv420p) with AAC in MP4, which browsers play, or with 16-bit
PCM. PCM is written as QuickTime inside the given name: MP4 proper takes it only
from ffmpeg 6.1 on and few programs read it there. Browsers play neither.
"""

import errno
import functools
import math
import re
import shutil
import subprocess
import threading
from os import PathLike
from pathlib import Path
from typing import Literal, NamedTuple

import imageio_ffmpeg

from eightcut import atomic, disk
from eightcut.media import container as files
from eightcut.progress import stop_if

RATIOS = {"9:16": (9, 16), "4:5": (4, 5), "1:1": (1, 1)}
X264 = [
    "-preset",
    "veryfast",
    "-crf",
    "20",
]  # looks like the source at a third of the time of "medium"
OWN_TIMES = ["-fps_mode", "vfr", "-enc_time_base", "1:90000"]
"""Pictures keep their own times: else ffmpeg repeats some, or rounds them to the frame rate."""
OLDEST = (5, 1)  # the first ffmpeg with -fps_mode; older ones lose the length of the last picture
TIMEOUT = 600.0  # seconds for one clip: a 4K source on one busy core stays below 100
POLL = 0.1  # seconds between two looks at the wish to stop
LEAD = 12.0  # seconds: MPEG streams have no index of key frames, and x264 sets one every 10 s
FITS = 0.0005  # seconds by which rounded lengths may differ
_NO_ROOM = {b"No space left": errno.ENOSPC, b"File too large": errno.EFBIG}
SLACK = 0.05  # seconds by which a written clip may miss its length before it counts as failed

Audio = Literal["aac", "pcm"]


class NoFfmpeg(RuntimeError):  # noqa: N818 - it says what is missing
    """Neither the system nor imageio-ffmpeg has an ffmpeg."""


class _Source(NamedTuple):
    path: Path
    zero: float
    lead: float  # seconds to decode before a clip's start
    duration: float | None
    video: int | None
    audio: int | None


def cut(  # noqa: PLR0913 - the options of the seeds
    source: str | PathLike[str],
    start: float,
    target: str | PathLike[str],
    *,
    duration: float = 8.0,
    video_codec: str = "libx264",
    audio: Audio = "aac",
    track: int = 0,
    short_side: int | None = None,
    portrait_ratio: str = "",
    crop_center: float = 0.5,
    cancel: threading.Event | None = None,
) -> None:
    """Write ``duration`` seconds of ``source`` from ``start`` on to ``target``, all or nothing.

    Cut to the frame and to the sample; the picture keeps its frame times. A
    source without a picture gives a clip without one. ``portrait_ratio`` ("9:16",
    "4:5", "1:1") cuts the largest such box out of the picture, its middle at
    ``crop_center`` of the width as far as it fits; then the shorter side is
    scaled to ``short_side`` pixels.

    Raises:
        BadMedia: the source can't be used, or ffmpeg failed on it.
        ValueError: the clip does not fit into the source, or an option is impossible.
        Cancelled: ``cancel`` was set; nothing is left.
    """
    check_options(audio, short_side, portrait_ratio, crop_center)
    picture = _picture(short_side, portrait_ratio, crop_center)
    looked = _look(Path(source).expanduser(), track)
    _check_fits(looked, start, duration)
    with atomic.replacing(Path(target).expanduser().absolute()) as temporary:
        lead = min(looked.lead, start)
        arguments = _arguments(looked, start - lead, duration)
        arguments += _video(looked, lead, duration, picture, video_codec)
        arguments += _sound(looked, lead, duration, audio)
        _run([*arguments, *_form(temporary, audio)], looked.path, cancel)
        _check_written(temporary, looked, duration, start)


def check_options(audio: str, short_side: int | None, ratio: str, center: float) -> None:
    """Raise ValueError, naming the option, unless ``cut`` can work with these."""
    if audio not in ("aac", "pcm"):
        raise ValueError(f"audio must be 'aac' or 'pcm', not {audio!r}")
    if short_side is not None and (short_side < 2 or short_side % 2):
        raise ValueError(f"short_side must be an even number of pixels from 2 on, not {short_side}")
    if ratio and ratio not in RATIOS:
        raise ValueError(f"portrait_ratio must be one of {', '.join(RATIOS)}, not {ratio!r}")
    if not 0 <= center <= 1:
        raise ValueError(f"crop_center must lie between 0 and 1, not {center}")


@functools.cache
def ffmpeg() -> str:
    """The ffmpeg to call: the system's if it is new enough, else the one imageio-ffmpeg brings.

    Raises:
        NoFfmpeg: there is neither.
    """
    system = shutil.which("ffmpeg")
    if system and _release(system) >= OLDEST:
        return system
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as problem:
        least = ".".join(map(str, OLDEST))
        raise NoFfmpeg(f"no ffmpeg {least} or later was found; install one") from problem


def _release(program: str) -> tuple[int, int]:
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stdout
    release = re.match(r"ffmpeg version n?(\d+)\.(\d+)", said)
    if release is None:  # a build from between two releases has no number
        return OLDEST if said.startswith("ffmpeg version N-") else (0, 0)
    return int(release[1]), int(release[2])


def _look(path: Path, track: int) -> _Source:
    with files.opened(path) as container:
        video = files.pictures(container)
        streams = container.streams.audio
        if video is None and not streams:
            raise files.BadMedia(f"{path} has neither picture nor sound; choose a media file")
        audio = files.sound(container, track, path) if streams else None
        length = files.duration(container)
        zero = files.zero(container, audio)
        lead = LEAD if container.format.name in ("mpegts", "mpeg") else 0.0
        pictures, sounds = video.index if video else None, audio.index if audio else None
        return _Source(path, zero, lead, length, pictures, sounds)


def _check_fits(source: _Source, start: float, duration: float) -> None:
    if not (math.isfinite(start) and math.isfinite(duration) and start >= 0 and duration > 0):
        raise ValueError(
            f"a clip needs a start from 0 on and a length, not {duration} s from {start} s"
        )
    if source.duration is not None and start + duration > source.duration + FITS:
        raise ValueError(
            f"a clip of {duration:g} s from {start:g} s on does not fit into {source.path}, "
            f"which ends at {source.duration:g} s; start it earlier"
        )


def _picture(short_side: int | None, ratio: str, center: float) -> list[str]:
    """The filters for the picture; they see it upright, after any rotation."""
    filters = []
    if ratio:
        wide, high = RATIOS[ratio]
        width = rf"2*floor(min(iw\,ih*{wide}/{high})/2)"
        height = rf"2*floor(min(ih\,iw*{high}/{wide})/2)"
        filters.append(rf"crop={width}:{height}:clip(iw*{center}-ow/2\,0\,iw-ow):(ih-oh)/2")
    if short_side is None:
        return [*filters, "crop=2*floor(iw/2):2*floor(ih/2):0:0"]
    scaled = rf"scale=if(lte(iw\,ih)\,{short_side}\,-2):if(lte(iw\,ih)\,-2\,{short_side})"
    return [*filters, f"{scaled}:flags=lanczos"]


def _arguments(source: _Source, start: float, duration: float) -> list[str]:
    # seeks by the container's own stamps: -ss alone would count from its first packet
    begin = source.zero + start
    seek = ["-protocol_whitelist", "file", "-seek_timestamp", "1", "-ss", f"{begin:.6f}"]
    seek += ["-i", f"file:{source.path.absolute()}"]
    whole = ["-map_metadata", "-1", "-map_chapters", "-1", "-t", f"{duration:.6f}"]
    return ["-nostdin", "-v", "error", "-y", *seek, *whole]


def _video(
    source: _Source, lead: float, duration: float, picture: list[str], codec: str
) -> list[str]:
    if source.video is None:
        return []
    skip = [f"trim=start={lead:.6f},setpts=PTS-{lead:.6f}/TB"] if lead else []
    filters = ",".join([*skip, *picture, f"tpad=stop_duration={duration:.6f}:stop_mode=clone"])
    options = ["-map", f"0:{source.video}", "-vf", filters, *OWN_TIMES]
    return [*options, "-pix_fmt", "yuv420p", "-c:v", codec, *(X264 if codec == "libx264" else [])]


def _sound(source: _Source, lead: float, duration: float, audio: Audio) -> list[str]:
    if source.audio is None:
        return []
    skip = [f"atrim=start={lead:.6f},asetpts=PTS-{lead:.6f}/TB"] if lead else []
    # holes become silence, and the clip begins and ends on its very sample
    exact = [
        "aresample=async=1:min_hard_comp=0.02:first_pts=0",
        "apad",
        f"atrim=end={duration:.6f}",
    ]
    codec = ["aac", "-b:a", "192k"] if audio == "aac" else ["pcm_s16le"]
    return ["-map", f"0:{source.audio}", "-af", ",".join([*skip, *exact]), "-c:a", *codec]


def _form(target: Path, audio: Audio) -> list[str]:
    if target.suffix.lower() == ".wav":
        return ["-f", "wav", f"file:{target}"]
    form = "mp4" if audio == "aac" else "mov"
    return ["-movflags", "+faststart", "-f", form, f"file:{target}"]


def _run(arguments: list[str], source: Path, cancel: threading.Event | None) -> None:
    with subprocess.Popen(
        [ffmpeg(), *arguments], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as child:
        try:
            said = _wait(child, source, cancel)
        except BaseException:
            child.kill()
            raise
    if child.returncode:
        for text, number in _NO_ROOM.items():
            if text in said:
                raise OSError(number, disk.ADVICE[number])
        lines = said.decode(errors="replace").strip().splitlines() or [
            f"exit status {child.returncode}"
        ]
        raise files.BadMedia(f"{source} could not be cut: {lines[-1].strip()}")


def _wait(child: subprocess.Popen[bytes], source: Path, cancel: threading.Event | None) -> bytes:
    for _ in range(round(TIMEOUT / POLL)):
        try:
            return child.communicate(timeout=POLL)[1]
        except subprocess.TimeoutExpired:
            stop_if(cancel)
    raise files.BadMedia(
        f"{source} could not be cut: ffmpeg took more than {TIMEOUT:g} s for one clip"
    )


def _check_written(clip: Path, source: _Source, duration: float, start: float) -> None:
    lengths = _lengths(clip)
    expected = [kind is not None for kind in (source.video, source.audio)]
    written = [length is not None and length > 0 for length in lengths]
    # the last picture may stay beyond the end, for as long as it stood in the source
    if written != expected or (lengths[1] is not None and abs(lengths[1] - duration) > SLACK):
        raise files.BadMedia(
            f"{source.path} has nothing to cut at {start:g} s, or is damaged there"
        )


def _lengths(clip: Path) -> list[float | None]:
    """Seconds of the picture and of the sound, None for one that is not there."""
    try:
        with files.opened(clip) as container:
            streams = files.pictures(container), next(iter(container.streams.audio), None)
            return [files.length(stream) if stream else None for stream in streams]
    except files.BadMedia:
        return [None, None]
