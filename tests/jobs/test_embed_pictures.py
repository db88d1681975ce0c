"""Embedding picture files: the same vector by every way, nothing embedded twice."""

import shutil
import threading

import numpy as np
import pytest
from PIL import Image

import eightcut as ec
from eightcut.jobs import embed_pictures as job
from eightcut.jobs.embed_pictures import embed_pictures
from eightcut.media import images
from eightcut.models import registry
from eightcut.progress import Cancelled
from tests.jobs.pictures import png

WIDTH = 4


class Counting:
    """An image embedder that remembers how many pictures it saw."""

    name, revision, edge, width = "COUNTING", "1", 16, WIDTH

    def __init__(self):
        self.sizes = []

    def embed(self, pictures):
        self.sizes += [picture.shape[:2] for picture in pictures]
        means = [[*picture.mean((0, 1)), picture.std()] for picture in pictures]
        return np.array(means, np.float32).reshape(-1, WIDTH)


@pytest.fixture
def counting(monkeypatch):
    monkeypatch.setattr(registry, "_registered", {"sound": {}, "image": {}})
    monkeypatch.setattr(registry, "_loaded", {})
    embedder = Counting()
    registry.register("COUNTING", lambda: embedder, "image")
    return embedder


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        yield ws


@pytest.fixture
def files(tmp_path):
    return [png(tmp_path / "pictures" / f"{number}.png", seed=number) for number in range(40)]


def embedded(ws, paths, **how):
    return embed_pictures(ws, paths, model="COUNTING", progress=False, **how)


def test_every_picture_has_its_vector_in_the_order_given(ws, files, counting):
    wanted = files[::-1]
    found = embedded(ws, wanted)
    assert found.paths == tuple(wanted)
    assert found.vectors.shape == (40, WIDTH)
    assert found.vectors.dtype == np.float32
    alone = np.concatenate([embedded(ws, [path]).vectors for path in wanted])
    assert np.array_equal(found.vectors, alone)


def test_what_is_known_is_not_embedded_again(ws, files, counting):
    first = embedded(ws, files)
    again = embedded(ws, files)
    assert len(counting.sizes) == 40
    assert np.array_equal(first.vectors, again.vectors)


def test_a_moved_or_copied_picture_is_known(ws, files, counting, tmp_path):
    embedded(ws, files[:1])
    embedded(
        ws, [shutil.copy(files[0], tmp_path / "copy.png"), files[0].rename(tmp_path / "m.png")]
    )
    assert len(counting.sizes) == 1


def test_the_same_picture_twice_in_one_call_is_embedded_once(ws, files, counting):
    found = embedded(ws, [files[0], files[1], files[0]])
    assert np.array_equal(found.vectors[0], found.vectors[2])
    assert len(counting.sizes) == 2


def test_a_picture_that_was_cropped_in_place_is_embedded_anew(ws, files, counting):  # case 61
    before = embedded(ws, files[:1]).vectors
    with Image.open(files[0]) as picture:
        cropped = picture.crop((0, 0, 20, 20))
    cropped.save(files[0])
    assert not np.array_equal(embedded(ws, files[:1]).vectors, before)


def test_one_changed_pixel_is_another_picture(ws, files, counting):  # case 61
    embedded(ws, files[:1])
    with Image.open(files[0]) as picture:
        changed = picture.copy()
    changed.putpixel((3, 3), (1, 2, 3))
    changed.save(files[0])
    embedded(ws, files[:1])
    assert len(counting.sizes) == 2


def test_a_file_that_is_no_picture_is_skipped_with_the_reason(ws, files, counting, tmp_path):
    bad, empty = tmp_path / "bad.png", tmp_path / "empty.png"
    bad.write_text("not a picture")
    empty.touch()
    found = embedded(ws, [bad, files[0], tmp_path / "gone.png", empty, files[1]])
    assert found.paths == (files[0], files[1])
    assert [skipped.path for skipped in found.skipped] == [
        str(bad),
        str(tmp_path / "gone.png"),
        str(empty),
    ]
    assert all(skipped.reason for skipped in found.skipped)


def test_no_pictures_are_no_vectors(ws, counting):
    assert embedded(ws, []).vectors.shape == (0, WIDTH)


def test_large_pictures_are_decoded_no_larger_than_needed(ws, counting, tmp_path):
    wide = png(tmp_path / "wide.png", size=(640, 320))
    tall = png(tmp_path / "tall.png", size=(100, 900))
    small = png(tmp_path / "small.png", size=(12, 30))
    embedded(ws, [wide, tall, small])
    assert counting.sizes == [(16, 32), (144, 16), (30, 12)]


def test_a_picture_on_its_side_is_seen_upright(ws, counting, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    Image.new("RGB", (32, 16)).save(path, exif=exif)
    embedded(ws, [path])
    assert counting.sizes == [(32, 16)]


def test_a_cancel_keeps_what_is_finished(ws, files, counting):
    cancel = threading.Event()
    counting.embed = lambda pictures: (cancel.set(), Counting.embed(counting, pictures))[1]
    with pytest.raises(Cancelled):
        embedded(ws, files, cancel=cancel)
    finished = len(counting.sizes)
    assert 0 < finished < 40
    embedded(ws, files)
    assert len(counting.sizes) == 40


def test_another_revision_is_embedded_anew(ws, files, counting):
    embedded(ws, files[:2])
    counting.revision = "2"
    embedded(ws, files[:2])
    assert len(counting.sizes) == 4


def test_a_file_that_changes_while_it_is_read_is_never_kept_under_the_old_content(
    ws, files, counting, monkeypatch
):
    decode, path = images.pixels, files[0]

    def meanwhile(*given):
        found = decode(*given)
        with path.open("ab") as file:
            file.write(b"more")
        return found

    monkeypatch.setattr(job.images, "pixels", meanwhile)
    found = embedded(ws, [path])
    assert found.paths == ()
    assert "is being written by another program" in found.skipped[0].reason


def test_a_sound_embedder_is_refused(ws, files):
    with pytest.raises(LookupError, match="no image embedder 'YAMNET'"):
        embed_pictures(ws, files, model="YAMNET", progress=False)


def test_vectors_are_a_table_by_path(ws, files, counting):
    table = embedded(ws, files[:3]).frame()
    assert table.shape == (3, WIDTH)
    assert table.index.tolist() == [str(path) for path in files[:3]]


def test_the_default_gives_a_file_the_vector_of_its_pixels(ws, files):  # case 61
    found = embed_pictures(ws, files[:5], progress=False)
    embedder = registry.load(job.DEFAULT, "image")
    assert np.array_equal(
        found.vectors, embedder.embed([images.pixels(path) for path in files[:5]])
    )
