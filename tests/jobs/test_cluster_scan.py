"""Scanning over a cluster: the same as without one, whatever happens to workers and files."""

import numpy as np
import pytest

import eightcut as ec
from eightcut.db import MediaFile

pytestmark = pytest.mark.filterwarnings("ignore")  # distributed's own


def curves(ws, name):
    stored = (ws.clips.get_scan(media.filename, "default", name) for media in ws.clips.list_media())
    return {one.filename: one.scores for one in stored if one is not None}


def regions(ws):
    names = [media.filename for media in ws.clips.list_media()]
    found = {name: ws.clips.get_scan_results(name, "default") for name in names}
    return {name: [[row[1:] for row in rows] for rows in f.values()] for name, f in found.items()}


def test_a_scan_gives_the_same_curves_and_regions_to_the_bit(ws, trained, client, tmp_path):
    files = ws.clips.list_media()
    with ec.Workspace(tmp_path / "other") as other:
        other.add_media([media.path for media in files])
        alone = ec.scan(ws, files, trained.classifier, progress=False)
        names = [media.filename for media in files]
        together = ec.scan(other, names, trained.classifier, progress=False, client=client)
        one, two = curves(ws, "FAKE"), curves(other, "FAKE")
        assert list(one) == list(two)
        assert all(np.array_equal(one[name], two[name]) for name in one)
        assert regions(ws) == regions(other)
    assert [file[:2] + file[3:] for file in alone.files] == [
        file[:2] + file[3:] for file in together.files
    ]


def test_a_bad_file_costs_itself_alone(ws, trained, client, tmp_path):
    (tmp_path / "file3.wav").write_bytes(b"no sound")  # the others were embedded in training
    summary = ec.scan(ws, ws.clips.list_media(), trained.classifier, progress=False, client=client)
    reasons = {file.filename: file.reason for file in summary.files if file.status == "failed"}
    assert summary.counts == {"complete": 3, "failed": 1}
    assert "file3.wav" in reasons["file3.wav"]


def test_what_was_scanned_is_not_scanned_again(ws, trained, client):
    files = ws.clips.list_media()
    ec.scan(ws, files, trained.classifier, progress=False)
    again = ec.scan(ws, files, trained.classifier, progress=False, client=client)
    assert again.counts == {"unchanged": 4}


def test_embeddings_of_a_cluster_serve_a_rescan_without_one(ws, trained, client):
    fresh = ec.Workspace(ws.path.parent / "fresh")
    with fresh:
        fresh.add_media([media.path for media in ws.clips.list_media()])
        names = [media.filename for media in fresh.clips.list_media()]
        ec.scan(fresh, names, trained.classifier, progress=False, client=client)
        here = ec.rescan(fresh, trained.classifier, threshold=0.2, progress=False)
        there = ec.rescan(fresh, trained.classifier, threshold=0.3, progress=False, client=client)
    assert here.counts == there.counts == {"complete": 4}


def test_embeddings_go_to_an_address_that_all_share(ws, trained, client, tmp_path):
    shared = tmp_path / "bucket"
    where = tmp_path / "far"
    where.mkdir()
    (where / "eightcut.toml").write_text(f'embeddings = "file://{shared}"\n')
    with ec.Workspace(where) as far:
        far.add_media([media.path for media in ws.clips.list_media()])
        names = [media.filename for media in far.clips.list_media()]
        done = ec.scan(far, names, trained.classifier, progress=False, client=client)
    assert done.counts == {"complete": 4}
    assert len(list(shared.glob("*/*/meta.json"))) == 4


def test_a_media_file_that_only_the_caller_sees_is_named(ws, trained, client):
    media = ws.clips.list_media()[0]
    gone = MediaFile(**media._asdict() | {"path": "/nowhere/file0.wav", "fingerprint": "0" * 64})
    summary = ec.scan(ws, [gone], trained.classifier, progress=False, client=client)
    assert summary.files[0].status == "failed"
    assert "/nowhere/file0.wav" in summary.files[0].reason
