"""Query by example over the cached embeddings of a workspace."""

import numpy as np
import pytest

import eightcut as ec
from eightcut.audio.windows import WINDOWS
from eightcut.jobs import pooled
from eightcut.jobs.embed import cached, embed
from eightcut.models import registry
from eightcut.models.nearest import unit
from eightcut.progress import Silent
from tests.jobs.conftest import SECONDS, recording, whistle, write_wav
from tests.jobs.queues import saved

TWO = ("file0.wav", "file1.wav")


def embedded(ws, names=TWO):
    embedder = registry.load("FAKE", "sound")
    for media in ws.clips.list_media():
        if media.filename in names:
            embed(ws, media, embedder, WINDOWS, bar=Silent())
    return ws


def similar(ws, *args, **more):
    return ec.find_similar(ws, *args, model="FAKE", progress=False, **more)


def test_other_whistles_are_found_for_a_whistle(ws):
    table = similar(embedded(ws), "file0.wav", 17.0, k=5)
    whistled = [
        any(abs(start + 4 - (begin + 1)) < 4 for begin in (20, 60, 100)) for start in table["start"]
    ]
    assert sum(whistled) == 5  # as one in five of all windows does


def test_what_is_found_is_what_comparing_everything_finds(ws):
    embedded(ws)
    media, embedder = ws.clips.list_media()[:2], registry.load("FAKE", "sound")
    every = [unit(cached(ws, one, embedder, WINDOWS).windows(WINDOWS)) for one in media]
    asked = every[0][17].astype(float)
    rows = [
        (-float(vector @ asked), one.filename, float(start))
        for one, vectors in zip(media, every, strict=True)
        for start, vector in enumerate(vectors.astype(float))
        if not (one.filename == "file0.wav" and abs(start - 17) < 8)
    ]
    wanted = []
    for score, name, start in sorted(rows):
        if all(name != other or abs(start - begin) >= 8 for other, begin, _ in wanted):
            wanted.append((name, start, -score))
    table = similar(ws, "file0.wav", 17.0, k=12)
    assert np.allclose(table["similarity"], [score for *_, score in wanted[:12]], atol=1e-6)
    assert list(table["start"])[:3] == [start for _, start, _ in wanted[:3]]


def test_results_do_not_overlap_each_other_or_the_example(ws):
    table = similar(embedded(ws), "file0.wav", 20.0, k=500)
    for name, rows in table.groupby("filename"):
        begin = sorted([*rows["start"], *([20.0] if name == "file0.wav" else [])])
        assert np.diff(begin).min() >= WINDOWS.length
    assert len(table) > 20


def test_a_copy_of_the_example_in_another_file_comes_first(ws, tmp_path):
    sound = recording(9, whistles=(), buzzes=())
    original = recording(0)
    sound[30 * 16_000 : 38 * 16_000] = original[18 * 16_000 : 26 * 16_000]
    ws.add_media(write_wav(tmp_path / "copy.wav", sound))
    table = similar(embedded(ws, [*TWO, "copy.wav"]), "file0.wav", 18.0, k=1)
    assert table.loc[0, ["filename", "start"]].tolist() == ["copy.wav", 30.0]
    assert table.loc[0, "similarity"] == pytest.approx(1.0, abs=1e-3)


def test_of_several_examples_each_place_counts_by_the_best_one(ws):
    embedded(ws)
    both = similar(ws, [("file0.wav", 17.0), ("file0.wav", 37.0)], k=200)
    alone = [similar(ws, "file0.wav", start, k=500) for start in (17.0, 37.0)]
    top = both.iloc[0]
    assert top["similarity"] >= max(one["similarity"].iloc[1] for one in alone) - 1e-9
    assert not ((both["filename"] == "file0.wav") & ((both["start"] - 37).abs() < 8)).any()


def test_what_is_unlike_is_pushed_away(ws):
    embedded(ws)
    buzz = [("file0.wav", 38.0)]
    plain = similar(ws, "file0.wav", 18.0, k=40).set_index(["filename", "start"])["similarity"]
    told = similar(ws, "file0.wav", 18.0, k=40, unlike=buzz)
    assert told["similarity"].max() < plain.max()
    assert told["similarity"].is_monotonic_decreasing


def test_a_file_without_embeddings_is_told(ws, capsys):
    table = similar(embedded(ws), "file0.wav", 17.0)
    assert [item.path for item in table.attrs["skipped"]] == ["file2.wav", "file3.wav"]
    assert "2 of 4 files were not searched: file2.wav has no FAKE" in capsys.readouterr().err


def test_a_damaged_entry_is_skipped_with_the_reason(ws):
    embedded(ws)
    embedder = registry.load("FAKE", "sound")
    media = ws.clips.get_media("file1.wav")
    key = ws.embeddings.key(media.fingerprint, embedder, embedder.grid(WINDOWS))
    frames = ws.embeddings.root / key[:2] / key / "frames.f16"
    frames.write_bytes(b"\x01" + frames.read_bytes()[1:])
    table = similar(ws, "file0.wav", 17.0, files=TWO)
    assert [item.path for item in table.attrs["skipped"]] == ["file1.wav"]
    assert "damaged" in table.attrs["skipped"][0].reason
    assert set(table["filename"]) == {"file0.wav"}


def test_embeddings_that_were_deleted_are_not_searched_any_more(ws):
    embedded(ws)
    similar(ws, "file0.wav", 17.0)
    for frames in ws.embeddings.root.glob("*/*/frames.f16"):
        frames.parent.rename(frames.parent.with_suffix(".away"))
    with pytest.raises(LookupError, match="no FAKE embeddings"):
        similar(ws, "file0.wav", 17.0)


def test_many_files_need_few_open_ones(ws, monkeypatch):
    monkeypatch.setattr(pooled, "OPEN_FILES", 1)
    wanted = similar(embedded(ws), "file0.wav", 17.0, k=20)
    assert len(wanted) == 20
    assert wanted["filename"].nunique() > 1


def test_what_is_known_stands_beside_each_result(ws):
    ws.clips.add_hard_negatives("file3.wav", "default", [56.0])
    table = similar(embedded(ws, [*TWO, "file3.wav"]), "file0.wav", 57.0, k=60)
    at = table.set_index(["filename", "start"])["known"]
    near = {
        name: {value for (file, start), value in at.items() if file == name and abs(start - 56) < 4}
        for name in ("file1.wav", "file3.wav")
    }
    assert near == {"file1.wav": {"sound"}, "file3.wav": {"not it"}}
    assert at[("file3.wav", at.loc["file3.wav"].index[-1])] is None


def test_an_example_at_the_end_is_moved_back_into_the_file(ws):
    embedded(ws)
    late = similar(ws, "file0.wav", SECONDS - 1, k=5)
    assert late.equals(similar(ws, "file0.wav", SECONDS - 8, k=5))


def test_another_window_is_searched_at_half_its_length(ws):
    table = similar(embedded(ws), "file0.wav", 20.0, k=10, window=1.6)
    assert np.allclose(table["end"] - table["start"], 1.6)


def test_only_the_files_named_are_searched(ws):
    table = similar(embedded(ws), "file0.wav", 17.0, files=["file1.wav"])
    assert set(table["filename"]) == {"file1.wav"}


@pytest.mark.parametrize(
    ("args", "more", "told"),
    [
        (("file0.wav", 500.0), {}, "starts at 0 to 120 s of file0.wav"),
        (("file0.wav",), {}, "say where in file0.wav"),
        (("file0.wav", float("nan")), {}, "starts at 0 to 120 s"),
        (([],), {}, "name one file and its start"),
        (("file0.wav", 1.0, 0), {}, "k must be 1 or more"),
        (("file0.wav", 1.0), {"window": -1.0}, "window must be a positive number"),
    ],
)
def test_what_cannot_be_asked_is_said(ws, args, more, told):
    with pytest.raises(ValueError, match=told):
        similar(embedded(ws, ["file0.wav"]), *args, **more)


def test_an_unknown_file_is_said(ws):
    with pytest.raises(LookupError, match=r"nowhere.wav is no file of this workspace"):
        similar(ws, "nowhere.wav", 1.0)


def test_a_file_shorter_than_a_window_is_no_example(ws, tmp_path):
    ws.add_media(write_wav(tmp_path / "short.wav", whistle(3.0)))
    with pytest.raises(ValueError, match=r"short.wav is shorter than a window of 8 s"):
        similar(embedded(ws, ["file0.wav", "short.wav"]), "short.wav", 0.0)
    assert "short.wav" not in set(similar(ws, "file0.wav", 17.0, k=500)["filename"])


def test_the_embedder_is_that_of_the_classifier_trained_last(ws):
    saved(ws)
    assert len(ec.find_similar(embedded(ws), "file0.wav", 17.0, k=5, progress=False)) == 5
