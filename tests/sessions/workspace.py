"""A small workspace to review: one real sound file, two models, three scan versions."""

import subprocess
import wave

import numpy as np

import eightcut as ec
from eightcut.media.cut import ffmpeg

FILE = "owls.wav"
CURVE = np.full(53, 0.1, "f4")  # what SECOND was made from, and one more below its threshold
CURVE[[10, 25, 40, 48]] = 0.7, 0.95, 0.81, 0.4
FIRST = [(10.0, 20.0, 0.6), (30.0, 38.0, 0.8)]
SECOND = [(10.0, 18.0, 0.7), (25.0, 33.0, 0.95), (40.0, 48.0, 0.81)]
RATE_HZ = 16_000


def workspace(folder, filename=FILE):
    """A workspace in ``folder`` whose one file lasts 60 s and whistles every ten seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / filename
    whistle(source.with_suffix(".wav"))
    if source.suffix != ".wav":
        add_picture(source)
    ws = ec.Workspace(folder / "ws")
    ws.add_media(source)
    scan(ws, "HUBERT_XLARGE", [(0.0, 8.0, 0.5)], filename=filename)
    scan(ws, "YAMNET", FIRST, filename=filename)
    scan(ws, "YAMNET", SECOND, filename=filename, scores=CURVE, threshold=0.55)
    return ws


def whistle(path, samples=None):
    time = np.arange(60 * RATE_HZ) / RATE_HZ
    if samples is None:
        samples = 0.5 * np.sin(2 * np.pi * 880 * time) * (time % 10 < 1)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def add_picture(path, seconds=60, kind="testsrc2=size=128x72"):
    picture = f"{kind}:duration={seconds}:rate=5"
    command = [ffmpeg(), "-y", "-loglevel", "error", "-f", "lavfi", "-i", picture]
    subprocess.run([*command, "-i", str(path.with_suffix(".wav")), str(path)], check=True)


def scan(ws, model, regions, *, filename=FILE, threshold=0.5, scores=None, **more):
    """Store a scan version and return its stamp."""
    about = {"threshold": threshold, "fuse_gap": 0.0, "window": 8.0, "hop": 1.0} | more
    return ws.clips.save_scan_results(
        filename, "default", model, regions, scores=scores, window_count=53, **about
    )
