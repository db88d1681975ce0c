"""Readers of what lies in a workspace: databases, caches, models."""

import contextlib
import hashlib
import json
import shutil
import struct

import numpy as np

import eightcut as ec
from eightcut.audio.windows import WINDOWS, Grid
from eightcut.db import ClipDB, DecisionDB
from eightcut.jobs.import_8cut import import_8cut
from eightcut.jobs.learning_work import picture_models
from eightcut.jobs.peaks import peaks
from eightcut.models import crop_proposer, fake, ranker
from eightcut.models.classifier import fit
from eightcut.models.classifier_store import ClassifierStore
from eightcut.models.image_store import ImageStore
from eightcut.models.picture_models import PictureModels
from eightcut.models.store import EmbeddingStore
from tests.db import decision_rows, legacy_files
from tests.fuzz.mutate import damage, of_json
from tests.fuzz.reader import Reader
from tests.fuzz.sqlite import cyclic, of_sqlite
from tests.media import made
from tests.models.lessons import windows
from tests.models.tastes import crops, groups

FILE = "given.wav"

# Databases


def _own_clips(folder):
    """A database of ours with something in every table that a person fills."""
    path = folder / "clips.db"
    with ClipDB(path) as db:
        db.add(FILE, 1.0, "/out/bark/vid_001/x.mp4", label="bark", source_path="/films/given.wav")
        old = db.save_scan_results(FILE, "default", "YAMNET", [(1.0, 9.0, 0.5), (20.0, 28.0, 0.7)])
        db.save_scan_results(
            FILE, "default", "YAMNET", [(2.0, 9.0, 0.9)],
            scores=np.full(20, 0.5, "f4"), window_count=20, threshold=0.5, window=8.0, hop=1.0,
        )  # fmt: skip
        row = db.get_scan_results(FILE, "default", old)["YAMNET"][0]
        db.resize_region(row[0], 1.0, 8.0)
        db.add_hard_negatives(FILE, "default", [40.0], source_model="YAMNET")
        db.add_reviewed(FILE, "default", 0.0, 50.0)
        db.add_media("/films/given.wav", "ab" * 16, 60.0, 1000, False)
        db.add_training_run("default", "YAMNET", "20260101_000000_000000", {"n": 1})
        db.pin_version(FILE, "default", "YAMNET", old, True)
    return path


def _bare(path):
    """The file alone, without side files."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM")
    return path.read_bytes()


def _clips_seed(folder):
    return [_bare(_own_clips(folder))]


def _legacy_seed(folder):
    late = ("processed", "scan_export"), ("scan_results", "scan_timestamp")
    old = legacy_files.build(folder / "old.db", without=late)
    return [_bare(legacy_files.build(folder / "8cut.db")), _bare(old)]


def _fresh(folder, name, content):
    for left in folder.glob(f"{name}*"):
        left.unlink()
    (folder / name).write_bytes(content)
    return folder / name


def _clips(folder):
    def read(content):
        path = _fresh(folder, "given.db", content)
        with ClipDB(path) as db:
            _look(db)
            db.undo(FILE, "default")
            db.redo(FILE, "default")
            stamp = db.save_scan_results(FILE, "default", "YAMNET", [(1.0, 2.0, 0.5)])
            db.get_scan(FILE, "default", "YAMNET", stamp)
            assert all(text.isprintable() for text in db.problems())

    return read


def _look(db):
    """Every question that a screen asks."""
    for profile in db.get_profiles():
        for name in (FILE, "film.mp4"):
            db.read_scan_bundle(name, profile)
            db.get_markers(name, profile)
            db.get_reviewed(name, profile)
            for model in db.get_scan_models(name, profile):
                db.get_judged_regions(name, profile, model)
                for version in db.get_scan_versions(name, profile, model):
                    db.get_scan(name, profile, model, version["timestamp"])
        db.get_scan_list(profile)
        for folder in db.get_export_folders(profile):
            db.get_training_data(profile, folder)
        db.get_training_stats(profile)
        db.get_hard_negatives(profile)
        db.get_hidden_files(profile)
    db.list_media()
    db.get_training_runs()
    db.source_paths()


def _import(folder):
    ws = ec.Workspace(folder / "ws")

    def read(content):
        path = _fresh(folder, "given.db", content)
        before = path.read_bytes()
        try:
            str(import_8cut(path, ws)).encode()
            _look(ws.clips)
        finally:
            assert path.read_bytes() == before

    return read


def _decision_seed(folder):
    with DecisionDB(folder, "mojo3") as ddb:
        decision_rows.log(ddb)
        decision_rows.log(
            ddb, "g2", user_action="crop", ai_crop_coords=[0.1, 0.1, 0.8, 0.8], ai_confidence=0.9
        )
        ddb.update_decision_with_crop("g2", [0.1, 0.1, 0.9, 0.9])
        ddb.log_ai_decision(**decision_rows.reject("g3"))
        ddb.plan_batch("finalize", {"entries": []})
    return [_bare(folder / "mojo3.db")]


def _old_decisions(folder):
    whole = decision_rows.build(folder / "a.db")
    rows = [decision_rows.OLD, {"group_id": "g2", "images": "[]", "user_action": "keep"}]
    return [_bare(whole), _bare(decision_rows.build(folder / "b.db", rows, is_bare=True))]


def _decisions(folder):
    def read(content):
        _fresh(folder, "mojo3.db", content)
        with DecisionDB(folder, "mojo3") as ddb:
            for text in ddb.validate():
                text.encode()
            ddb.unreadable()
            ddb.batches()
            ddb.history("g2")
            ddb.ai_performance()
            ddb.incomplete_crops()
            ddb.ai_mistakes()
            rows = ddb.decisions()
            for row in rows:
                ddb.get_decision(row.group_id)
            repr(rows).encode()
            ddb.backfill_crop_accepted(True, folder)

    return read


def _loops(seeds):
    def bombs():
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            return [cyclic(content) for content in seeds(Path(folder))]

    return bombs


# Classifiers and picture models


def _set_apart(parts):
    """Several files as one input: their lengths, then their bytes."""
    names = sorted(parts)
    head = json.dumps([[name, len(parts[name])] for name in names]).encode()
    return head + b"\n" + b"".join(parts[name] for name in names)


def _parts(content):
    head, _, body = content.partition(b"\n")
    found, at = {}, 0
    for name, length in json.loads(head):
        found[name] = body[at : at + length]
        at += length
    return found


def _of_model(random, content):
    """A card or a tensor changed; mostly the card then vouches for what there is."""
    parts = _parts(content)
    name = random.choice(sorted(parts))
    change = of_json if name.endswith(".json") else _of_tensors
    parts[name] = change(random, parts[name])
    if random.random() < 0.8:
        with contextlib.suppress(ValueError, TypeError, LookupError, RecursionError):
            parts["card.json"] = _vouched(parts)
    return _set_apart(parts)


def _vouched(parts):
    about = json.loads(parts["card.json"])
    sums = {name: hashlib.sha256(parts[name]).hexdigest() for name in parts if name != "card.json"}
    stored = about["sha256"]
    about["sha256"] = sums if isinstance(stored, dict) else next(iter(sums.values()))
    return json.dumps(about).encode()


def _of_tensors(random, content):
    """safetensors: the length of the header, the header, or the numbers."""
    if random.random() < 0.5 or len(content) < 16:
        return damage(random, content)
    (length,) = struct.unpack_from("<Q", content)
    if random.random() < 0.2:
        return struct.pack("<Q", random.choice((0, 1, 2**60, 2**64 - 1, length + 1))) + content[8:]
    header = of_json(random, content[8 : 8 + length])
    return struct.pack("<Q", len(header)) + header + content[8 + length :]


def _stored(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _classifier_seed(folder):
    made = []
    lesson = windows(3, 12)
    for head in ("logistic", "trees"):
        store = ClassifierStore(folder / head)
        how = {"embedder": fake.Fake(), "grid": WINDOWS, "card": {"gate": {"is_kept": True}}}
        kept = store.save("given", "default", fit(*lesson, head=head), **how)
        made.append(_set_apart(_stored(folder / head / "given" / kept.version)))
    return made


def _classifier(folder):
    version = "20260101_000000_000000"
    place = folder / "given" / version

    def read(content):
        _place(place, _parts(content))
        store = ClassifierStore(folder)
        for profile in ("default", "other"):
            store.versions("given", profile)
        store.names("default")
        for text in store.damaged():
            assert "given" in text
        found = store.load("given", version, "default")
        repr(found).encode()
        scores = found.scores(np.zeros((3, found.head.width), np.float32))
        assert scores.shape == (3,)

    return read


def _place(place, parts):
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name, content in parts.items():
        (place / name).write_bytes(content)


def _models_seed(folder):
    fits = {"ranker": ranker.fit(groups(12)).ranker, "crop": crop_proposer.fit(crops(12)).proposer}
    models, made = PictureModels(folder), []
    for kind, model in fits.items():
        how = {
            "embedder": "FAKE",
            "revision": "1",
            "card": {"seed": 3},
            "held_out": {"p/g": {"answer": 1}},
        }
        kept = models.save(kind, model, is_current=True, **how)
        made.append(_set_apart(_stored(folder / kind / kept.version)))
    return made


def _models(folder):
    ws = ec.Workspace(folder / "ws")
    version = "20260101_000000_000000"

    def read(content):
        parts = _parts(content)
        kind = "crop" if b'"kind": "crop"' in parts["card.json"] else "ranker"
        models = picture_models(ws)
        place = models.root / kind / version
        parts["card.json"] = parts["card.json"].replace(
            _named(parts["card.json"]), version.encode()
        )
        _place(place, parts)
        for text in models.damaged():
            assert version in text
        found = models.load(kind, version)
        repr(found).encode()

    return read


def _named(card):
    """The version that a card names."""
    return card.partition(b'"version": "')[2].partition(b'"')[0] or b"\0never"


# Caches: what is damaged in them is made again


def _embedding(folder):
    embedder, grid = fake.Fake(), Grid(1.0, 0.5)
    store = EmbeddingStore(folder / "embeddings")
    key = store.key("ab" * 16, embedder, grid)
    return store, key, embedder, grid


def _embedding_seed(folder):
    store, key, embedder, grid = _embedding(folder)
    with store.writer(key, fingerprint="ab" * 16, embedder=embedder, grid=grid) as writer:
        writer.append(np.ones((20, embedder.width), np.float32), np.ones(20, np.float32))
        writer.finish(10.5)
    return [_set_apart(_stored(folder / "embeddings" / key[:2] / key))]


def _embeddings(folder):
    store, key, *_ = _embedding(folder)

    def read(content):
        _place(folder / "embeddings" / key[:2] / key, _parts(content))
        found = store.find(key)
        if found is not None:
            assert np.isfinite(found.windows(WINDOWS)).all()
            found.loudness(WINDOWS)

    return read


def _of_parts(random, content):
    parts = _parts(content)
    name = random.choice(sorted(parts))
    parts[name] = (of_json if name.endswith(".json") else damage)(random, parts[name])
    return _set_apart(parts)


KEYS = [f"{number:032x}" for number in range(5)]


class _Seeing:
    name, revision, edge, width = "SEEING", "1", 8, 4


def _images(folder):
    return ImageStore(folder, _Seeing(), "1")


def _image_seed(folder):
    store = _images(folder)
    store.append(KEYS, np.arange(20, dtype=np.float32).reshape(5, 4))
    return [_set_apart({path.name: path.read_bytes() for path in store.folder.glob("*.*")})]


def _image_store(folder):
    def read(content):
        store = _images(folder)
        _place(store.folder, _parts(content))
        store = _images(folder)
        found = store.find(KEYS)
        assert np.isfinite(found.vectors[found.is_known]).all()
        store.append(KEYS, np.ones((5, 4), np.float32))
        assert _images(folder).find(KEYS).is_known.all()

    return read


def _peaks(folder):
    ws = ec.Workspace(folder / "ws")
    (media,) = ws.add_media(made.tone(folder / FILE, 0.5, 8000))
    list(peaks(ws, media))
    (path,) = (ws.path / "peaks").iterdir()

    def read(content):
        path.write_bytes(content)
        *_, found = peaks(ws, media)
        assert found.levels[0].dtype == np.int8
        found.tile(0, 0)

    return read


def _peaks_seed(folder):
    ws = ec.Workspace(folder / "ws")
    (media,) = ws.add_media(made.tone(folder / FILE, 0.5, 8000))
    list(peaks(ws, media))
    return [next((ws.path / "peaks").iterdir()).read_bytes()]


READERS = (
    Reader("database of clips", _clips_seed, of_sqlite, _clips, ("given",), _loops(_clips_seed)),
    Reader("8-cut database", _legacy_seed, of_sqlite, _import, ("given.db",), _loops(_legacy_seed)),
    Reader("decisions", _decision_seed, of_sqlite, _decisions, ("mojo3.db", "decision "),
    _loops(_decision_seed)),
    Reader("earlier decisions", _old_decisions, of_sqlite, _decisions, ("mojo3.db", "decision "),
           _loops(_old_decisions)),
    Reader("classifier", _classifier_seed, _of_model, _classifier),
    Reader("picture model", _models_seed, _of_model, _models, ("20260101_000000_000000",)),
    Reader("cached embeddings", _embedding_seed, _of_parts, _embeddings),
    Reader("cached pictures", _image_seed, _of_parts, _image_store),
    Reader("cached waveform", _peaks_seed, damage, _peaks),
)  # fmt: skip
