"""Decoding in blocks, beside the earlier way of capturing an ffmpeg child's whole output.

All turn the same H.264 + AAC stereo video into 16 kHz mono float32, but for "ffmpeg decode",
which only decodes. Each run has a process of its own, so that its peak memory is its own.
Prints the medians of seconds, processor seconds and the memory of the largest process with
all that it has imported. Run by hand: ``python benchmarks/bench_decode.py --minutes 60``.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.rows import row
from eightcut.media import ahead, audio
from eightcut.media.cut import ffmpeg

RATE_HZ = 16_000
LOOP_S = 64  # seconds that are encoded and repeated: whole AAC frames
MOST_MB = 100


def captured(path):
    """The earlier way: all samples at once from a pipe."""
    options = f"-vn -ac 1 -ar {RATE_HZ} -f f32le -".split()
    command = [ffmpeg(), "-v", "error", "-i", path, *options]
    done = subprocess.run(command, capture_output=True, check=True)
    return len(np.frombuffer(done.stdout, np.float32))


def decoded(path):
    """What ffmpeg needs for decoding alone: nothing is mixed, resampled or handed on."""
    command = [ffmpeg(), "-v", "error", "-i", path, "-map", "0:a", "-f", "null", "-"]
    subprocess.run(command, check=True)
    return 0


def counted(blocks):
    """Samples, and a sum that any other bit would change."""
    return sum(len(block) for block in blocks)


WAYS = {
    "captured": captured,
    "ffmpeg decode": decoded,
    "one process": lambda path: counted(audio.blocks(path)),
    "two processes": lambda path: counted(ahead.blocks(path, processes=2)),
}


def peak_mb(who):
    return resource.getrusage(who).ru_maxrss / 1024


def measure(way, path):
    """Seconds, processor seconds, megabytes of the largest process, and samples."""
    begun = time.perf_counter()
    samples = WAYS[way](path)
    seconds = time.perf_counter() - begun
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    both = [resource.getrusage(one) for one in who]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in both)
    return {"s": seconds, "cpu_s": cpu, "mb": max(map(peak_mb, who)), "samples": samples}


def generate(folder, minutes):
    """A video with stereo noise, which is the hardest for a decoder."""
    piece, path = Path(folder) / "piece.mp4", Path(folder) / f"{minutes}.mp4"
    picture = ["-f", "lavfi", "-i", f"testsrc=s=640x360:r=25:d={LOOP_S}"]
    left_right = "anoisesrc=r=48000:a=0.3:seed={}:d={}"
    sounds = [f"-f lavfi -i {left_right.format(seed, LOOP_S)}".split() for seed in (1, 2)]
    mixed = ["-filter_complex", "[1:a][2:a]amerge=inputs=2[a]", "-map", "0:v", "-map", "[a]"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "160k"]
    quiet = [ffmpeg(), "-y", "-nostdin", "-v", "error"]
    if not piece.exists():
        subprocess.run(
            [*quiet, *picture, *sounds[0], *sounds[1], *mixed, *codecs, piece], check=True
        )
    loop = ["-stream_loop", str(max(0, round(60 * minutes / LOOP_S) - 1)), "-i", piece]
    loop += ["-c", "copy", "-bsf:a", "setts=ts=N*1024"]  # as one long recording has them
    subprocess.run([*quiet, *loop, path], check=True)
    return str(path)


def side_by_side(path, rounds):
    """The medians of each way, measured in turn."""
    runs = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.bench_decode", "--measure", way, path]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            runs[way].append(json.loads(done.stdout))
    return {
        way: {name: statistics.median(run[name] for run in measured) for name in measured[0]}
        for way, measured in runs.items()
    }


def same(path):
    """Whether two processes give the samples of one, bit by bit."""
    pairs = zip(audio.blocks(path), ahead.blocks(path, processes=2), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)


def tell(minutes, found, rounds, *, is_same):
    """The rows of the table."""
    old, alone, one, two = (found[way] for way in WAYS)
    what, n = f"decode {minutes} min of video", f"{rounds} rounds"
    told = [f"{way['s']:.2f} s, {way['mb']:.0f} MB" for way in (old, alone, one, two)]
    small = {f"under {MOST_MB} MB": max(one["mb"], two["mb"]) < MOST_MB}
    row(f"{what}, one process", told[0], told[2], old["s"] / one["s"], 1.0, n, holds=small)
    cores = len(os.sched_getaffinity(0))
    row(
        f"{what}, two processes on {cores} cores (earlier: ffmpeg's decode alone)",
        told[1],
        told[3],
        alone["s"] / two["s"],
        1.0,
        n,
        holds={**small, "same bits": is_same},
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60, help="of the longest video")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(*given.measure)))
        return
    print(f"{'minutes':>7} {'way':14}{'s':>8}{'CPU s':>8}{'MB':>6}{'x real time':>13}")
    with tempfile.TemporaryDirectory() as folder:
        for minutes in (max(1, given.minutes // 10), given.minutes):
            path = generate(folder, minutes)
            found = side_by_side(path, given.rounds)
            for way, it in found.items():
                speed = 60 * minutes / it["s"]
                print(
                    f"{minutes:7} {way:14}{it['s']:8.2f}{it['cpu_s']:8.2f}{it['mb']:6.0f}"
                    f"{speed:12.0f}x",
                    flush=True,
                )
        tell(given.minutes, found, given.rounds, is_same=same(path))


if __name__ == "__main__":
    main()
