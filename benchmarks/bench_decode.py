"""Decoding in blocks, beside the earlier way of capturing an ffmpeg child's whole output.

Both turn the same H.264 + AAC stereo video into 16 kHz mono float32. Each run
has a process of its own, so that its peak memory is its own; the child's is
added. Prints the medians and ratios. Run by hand:
``python benchmarks/bench_decode.py --minutes 60 --rounds 3``.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from eightcut.media import audio
from eightcut.media.cut import ffmpeg

RATE_HZ = 16_000


def captured(path):
    """The earlier way: all samples at once from a pipe."""
    options = [
        "-v",
        "error",
        "-i",
        path,
        "-vn",
        "-ac",
        "1",
        "-ar",
        str(RATE_HZ),
        "-f",
        "f32le",
        "-",
    ]
    done = subprocess.run([ffmpeg(), *options], capture_output=True, check=True)
    return len(np.frombuffer(done.stdout, np.float32))


def in_blocks(path):
    """Ours."""
    return sum(len(block) for block in audio.blocks(path))


WAYS = {"captured": captured, "in_blocks": in_blocks}


def peak_mb(who):
    return resource.getrusage(who).ru_maxrss / 1024


def measure(way, path):
    """Seconds, CPU seconds, peak MB over what the imports took, and seconds of sound."""
    before, begun = peak_mb(resource.RUSAGE_SELF), time.perf_counter()
    samples = WAYS[way](path)
    seconds = time.perf_counter() - begun
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in both)
    grown = peak_mb(resource.RUSAGE_SELF) - before + peak_mb(resource.RUSAGE_CHILDREN)
    return {"s": seconds, "cpu_s": cpu, "mb": grown, "sound_s": samples / RATE_HZ}


def generate(path, minutes):
    """A video with stereo noise, which is the hardest for a decoder."""
    seconds = 60 * minutes
    picture = ["-f", "lavfi", "-i", f"testsrc=s=320x180:r=25:d={seconds}"]
    left_right = "anoisesrc=r=48000:a=0.3:seed={}:d={}"
    sounds = [f"-f lavfi -i {left_right.format(seed, seconds)}".split() for seed in (1, 2)]
    mixed = ["-filter_complex", "[1:a][2:a]amerge=inputs=2[a]", "-map", "0:v", "-map", "[a]"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "160k"]
    command = [ffmpeg(), "-y", "-v", "error", *picture, *sounds[0], *sounds[1], *mixed, *codecs]
    subprocess.run([*command, path], check=True)


def side_by_side(path, rounds):
    """The medians of each way, measured in turn."""
    runs = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            command = [sys.executable, __file__, "--measure", way, path]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            runs[way].append(json.loads(done.stdout))
    return {
        way: {name: statistics.median(run[name] for run in measured) for name in measured[0]}
        for way, measured in runs.items()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(*given.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "video.mp4")
        generate(path, given.minutes)
        found = side_by_side(path, given.rounds)
    for way, figures in found.items():
        speed = figures["sound_s"] / figures["s"]
        print(
            f"{way:10s} {figures['s']:7.2f} s  {figures['cpu_s']:7.2f} CPU s  "
            f"{figures['mb']:7.0f} MB  {speed:6.0f}x real time"
        )
    old, new = found["captured"], found["in_blocks"]
    ratios = {name: old[name] / new[name] for name in ("s", "cpu_s", "mb")}
    print("captured / in_blocks: " + ", ".join(f"{name} {r:.2f}" for name, r in ratios.items()))


if __name__ == "__main__":
    main()
