"""A small whole workspace to examine: sound, clips, a classifier, embeddings, two projects."""

import contextlib
import functools
import json
import sqlite3

import numpy as np

import eightcut as ec
from eightcut.audio.windows import Grid
from eightcut.jobs import dataset
from eightcut.models import fake
from eightcut.models.classifier import fit
from tests.jobs import crops, pictures
from tests.jobs.conftest import recording, write_wav
from tests.models.test_classifier import windows

FILES = ("a.wav", "b.wav")
CURVE = np.linspace(0.1, 0.9, 5, dtype="f4")


@functools.cache
def _fitted():
    return fit(*windows())


def build(folder):
    """The workspace ``folder/ws`` with media beside it, the project ``mojo`` under way in
    ``folder/pictures``, and the project ``done``, which is finished."""
    with crops.project(folder, 2) as project:
        _crop(project)
    with ec.Workspace(folder / "ws") as ws:
        for seed, name in enumerate(FILES):
            ws.add_media(write_wav(folder / name, recording(seed, 12, (), ())))
        _audio(ws)
        _model(ws)
        _embedded(ws)
        _finished(ws, folder)
    return folder / "ws"


def _crop(project):
    path = sorted((project.root / "crop").glob("*.png"))[0]
    ec.submit_crops(project, [(path, (10, 10, 60, 60))])


def _audio(ws):
    for number, name in enumerate(FILES, 1):
        clip = ws.path / "exports" / "whistle" / f"vid_{number:03d}" / f"clip_{number:03d}_m1_0.wav"
        clip.parent.mkdir(parents=True)
        write_wav(clip, np.zeros(800))
        ws.clips.add(name, 1.0, str(clip), label="whistle", clip_count=1)
        dataset.upsert(ws.path / "exports" / "whistle", clip, "whistle")
        about = {"scores": CURVE, "fingerprint": ws.clips.get_media(name).fingerprint}
        ws.clips.save_scan_results(name, "default", "FAKE", [(1.0, 9.0, 0.8)], **about)
    ws.clips.add_hard_negatives("a.wav", "default", [3.0], source_model="FAKE")
    ws.clips.add_reviewed("a.wav", "default", 0.0, 12.0)
    row = ws.clips.get_scan_results("a.wav", "default")["FAKE"][0]
    ws.clips.set_region_disabled(row.id, disabled=True)


def _model(ws):
    made = ws.classifiers.save(
        "FAKE", "default", _fitted(), embedder=fake.Fake(), grid=Grid(8.0, 1.0), card={"seed": 0}
    )
    ws.clips.add_training_run("default", made.name, made.version, made.card)


def _embedded(ws):
    for name in FILES:
        content, grid = ws.clips.get_media(name).fingerprint, Grid(1.0, 0.5)
        key = ws.embeddings.key(content, fake.Fake(), grid)
        about = {"fingerprint": content, "embedder": fake.Fake(), "grid": grid}
        with ws.embeddings.writer(key, **about) as writer:
            writer.append(np.ones((23, 16), "f4"), np.ones(23, "f4"))
            writer.finish(12.0)


def _finished(ws, folder):
    pictures.png(folder / "others" / "selected" / "one.png")
    ec.start_project(ws, "done", folder / "others")
    ec.finish_project(ws, "done", commit=True, progress=False)


def sql(ws, *statements, name="eightcut.db"):
    """Change a database behind eightcut's back."""
    with contextlib.closing(sqlite3.connect(ws / name)) as db, db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            db.execute(statement)


def decisions(ws, *statements):
    sql(ws, *statements, name="data/training/ai_training_decisions/mojo.db")


def only(folder, pattern):
    """The one file of that name, or the first."""
    return sorted(folder.rglob(pattern))[0]


def edit_json(path, change):
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


def tree(*folders):
    """Every file below, with its content; what SQLite keeps beside its files left out."""
    return {
        path: path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }
