"""Media files made for a test: clicks and flashes at known times in any container."""

import subprocess
import wave

import av
import numpy as np

from eightcut.media.cut import ffmpeg

RATE_HZ = 48_000
SECONDS = 12.0
CLICK = 5.0


def run(*arguments):
    command = [ffmpeg(), "-y", "-nostdin", "-v", "error", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def clicks(path, times=(CLICK,), seconds=SECONDS, rate_hz=RATE_HZ, channels=1):
    """A silent WAV with clicks; its silence takes no room on disk."""
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        file.setnframes(round(seconds * rate_hz))
        file.writeframesraw(b"")
        file._ensure_header_written(0)
    click = np.full((max(rate_hz // 2000, 1), channels), 29_000, "<i2").tobytes()
    size = 2 * channels
    with path.open("r+b") as file:
        file.truncate(44 + round(seconds * rate_hz) * size)
        for time in times:
            file.seek(44 + round(time * rate_hz) * size)
            file.write(click)
    return path


def tone(path, seconds=SECONDS, rate_hz=RATE_HZ, channels=1, level=0.5):
    """A WAV of pink-ish chords, so that any shift in time shows."""
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    sound = (
        sum(np.sin(2 * np.pi * hertz * time * (1 + time / 60)) for hertz in (220, 517, 1300)) / 3
    )
    samples = np.repeat((level * sound * 32767).astype("<i2")[:, None], channels, axis=1)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def flash(at=CLICK, seconds=SECONDS, rate=25):
    """ffmpeg's input for a black picture with one white frame."""
    white = f"drawbox=c=white:t=fill:enable='between(t,{at},{at}+0.03)'"
    return ["-f", "lavfi", "-i", f"color=black:s=64x48:r={rate}:d={seconds},{white}"]


VIDEO = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def first_click(samples, rate_hz=16_000):
    """Seconds of the first sample above a third of the loudest."""
    loud = np.abs(samples)
    return int(np.argmax(loud > loud.max() / 3)) / rate_hz


def sound_of(path):
    """(channels, samples) as float of the first sound track, by nothing but PyAV, and its rate."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = [_float(frame) for frame in container.decode(stream)]
        length = round(float(stream.duration * stream.time_base) * stream.rate)
        return np.concatenate(frames, axis=1)[:, :length], stream.rate


def pictures_of(path):
    """(seconds, mean brightness) of each frame, and the length of the video track."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = [
            (frame.time, frame.to_ndarray(format="gray").mean())
            for frame in container.decode(stream)
        ]
        return frames, stream.duration and float(stream.duration * stream.time_base)


def _float(frame):
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, frame.layout.nb_channels).T
    return values / 32768 if values.dtype == np.int16 else values.astype(float)
