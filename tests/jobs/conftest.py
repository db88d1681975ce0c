"""A small workspace of real sound files: hiss with whistles (the sound) and buzzes (others)."""

import logging
import os
import wave
from pathlib import Path

import numpy as np
import pytest

import eightcut as ec
from eightcut.models import fake

RATE_HZ = 16_000
WHISTLES, BUZZES = (20.0, 60.0, 100.0), (40.0, 80.0)
SECONDS = 120.0


def whistle(seconds=2.0):
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return 0.3 * np.sin(2 * np.pi * 3000 * time)


def buzz(seconds=2.0):
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return 0.3 * np.sign(np.sin(2 * np.pi * 110 * time))


def write_wav(path, sound):
    with wave.open(os.fspath(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return Path(path)


def recording(seed, seconds=SECONDS, whistles=WHISTLES, buzzes=BUZZES):
    sound = np.random.default_rng(seed).normal(0, 0.01, int(seconds * RATE_HZ))
    for made, starts in ((whistle(), whistles), (buzz(), buzzes)):
        for start in starts:
            begin = int(start * RATE_HZ)
            if begin + len(made) <= len(sound):
                sound[begin : begin + len(made)] += made
    return sound


def workspace(folder):
    """Four files; the whistles of the first three are exported as clips of a folder."""
    fake.register()
    ws = ec.Workspace(folder / "ws")
    for seed in range(4):
        ws.add_media(write_wav(folder / f"file{seed}.wav", recording(seed)))
    for seed in range(3):
        for index, start in enumerate(WHISTLES):
            clip = f"/clips/whistle/vid_{seed + 1:03d}/clip_{index}.mp4"
            ws.clips.add(f"file{seed}.wav", start - 3, clip, clip_count=1)
    return ws


@pytest.fixture(scope="session")
def client():
    """A Dask client with two workers that know the embedder of the tests."""
    from distributed import Client, LocalCluster

    from tests.jobs.cluster_tasks import Ready

    how = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    quiet = {"silence_logs": logging.CRITICAL}
    with LocalCluster(**how, **quiet) as running, Client(running) as client:
        client.register_plugin(Ready())
        yield client


@pytest.fixture
def ws(tmp_path):
    with workspace(tmp_path) as ws:
        yield ws


@pytest.fixture
def trained(ws):
    return ec.train_classifier(
        ws, "whistle", model="FAKE", head="logistic", margin=10, progress=False
    )
