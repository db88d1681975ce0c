import json
import multiprocessing
import shutil
import threading

import numpy as np
import pytest

import eightcut as ec
from eightcut.audio.regions import Region
from eightcut.jobs import dataset, export_journal
from eightcut.media import cut
from tests.media import made


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    wav = made.tone(folder / "song.wav", seconds=30, rate_hz=16_000)
    made.run(
        *made.flash(seconds=30, rate=5), "-i", wav, *made.VIDEO, "-c:a", "aac", folder / "film.mp4"
    )
    return folder


@pytest.fixture
def ws(sources, tmp_path):
    with ec.Workspace(tmp_path / "ws") as opened:
        opened.add_media([sources / "song.wav", sources / "film.mp4"])
        yield opened


def export(ws, filename, regions, folder="laughter", **options):
    return ec.export_clips(ws, filename, regions, folder, progress=False, **options)


def names(done):
    return [clip.relative_to(done.folder).as_posix() for clip in done.clips]


def rows(ws, path):
    return ws.clips.get_by_output_path(str(path))


def test_each_marked_time_gives_one_clip_of_its_own(ws):
    done = export(ws, "film.mp4", [2.0, 12.5])
    assert names(done) == ["vid_001/film_001_m1_0.mp4", "vid_001/film_001_m2_0.mp4"]
    assert [marker.start for marker in ws.clips.get_markers("film.mp4")] == [2.0, 12.5]
    assert done.folder == ws.path / "exports" / "laughter"


def test_clips_are_eight_seconds_long(ws):
    (clip,) = export(ws, "film.mp4", [2.0]).clips
    sound, rate_hz = made.sound_of(clip)
    assert sound.shape[1] / rate_hz == 8.0


def test_a_region_gives_a_clip_every_three_seconds(ws):
    done = export(ws, "song.wav", [(2.0, 19.0, 0.9)])
    assert [clip.start for clip in done.all] == [2.0, 5.0, 8.0, 11.0]
    assert names(done)[-1] == "vid_001/song_001_m1_3.m4a"
    assert rows(ws, done.clips[0])["clip_count"] == 4
    assert ws.clips.get_group(str(done.clips[2])) == sorted(map(str, done.clips))


def test_regions_are_fused_over_the_gap(ws):
    done = export(ws, "song.wav", [(0, 8, 0.9), (10, 18, 0.8)], gap=4.0)
    assert [clip.start for clip in done.all] == [0, 3, 6, 9]


def test_a_region_shorter_than_a_clip_lies_in_the_middle_of_one(ws):
    done = export(ws, "song.wav", [(12.0, 13.0, 0.9)])
    assert [clip.start for clip in done.clips and done.all] == [8.5]
    assert rows(ws, done.clips[0])["clip_count"] == 1


@pytest.mark.parametrize(("region", "start"), [((1.0, 2.0), 0.0), ((28.5, 29.5), 22.0)])
def test_the_clip_of_a_short_region_stays_within_the_file(ws, region, start):
    assert [clip.start for clip in export(ws, "song.wav", [(*region, 0.9)]).all] == [start]


def test_a_file_shorter_than_a_clip_is_reported(ws):
    done = export(ws, "song.wav", [(0.0, 7.5, 0.9)], duration=31.0)
    assert not done.clips
    assert done.skipped[0].reason == "the file is shorter (30.0 s) than a clip of 31 s"


def test_a_region_that_the_end_of_the_file_shortens_a_little_holds_a_clip(ws):
    done = export(ws, "song.wav", [(22.05, 30.0, 0.9)])
    assert [clip.start for clip in done.all] == [22.0]


def test_disabled_rows_of_a_scan_are_left_out(ws):
    ws.clips.save_scan_results("song.wav", "default", "YAMNET", [(0, 8, 0.9), (20, 28, 0.8)])
    first, _ = ws.clips.get_scan_results("song.wav", "default")["YAMNET"]
    ws.clips.set_region_disabled(first.id, True)
    found = ws.clips.get_scan_results("song.wav", "default")["YAMNET"]
    done = export(ws, "song.wav", found, scan_export=True)
    assert [clip.start for clip in done.all] == [20.0]


def test_scan_exports_are_numbered_on_after_the_highest_area(ws):
    export(ws, "song.wav", [(0, 8, 0.9), (10, 18, 0.8)], scan_export=True)
    done = export(ws, "song.wav", [(20, 28, 0.7)], scan_export=True)
    assert names(done) == ["vid_001/song_001_a3_0.m4a"]
    assert ws.clips.get_scan_export_times("song.wav") == [0.0, 10.0, 20.0]
    assert ws.clips.get_markers("song.wav") == []


def test_a_marker_takes_the_first_number_that_has_neither_file_nor_row(ws):
    done = export(ws, "song.wav", [0.0, 1.0, 2.0])
    done.clips[1].unlink()
    assert names(export(ws, "song.wav", [3.0])) == ["vid_001/song_001_m4_0.m4a"]
    ws.clips.delete_by_output_path(str(done.clips[1]))
    assert names(export(ws, "song.wav", [4.0])) == ["vid_001/song_001_m2_0.m4a"]


def test_each_video_has_a_folder_of_its_own(ws):
    first = export(ws, "film.mp4", [0.0])
    second = export(ws, "song.wav", [0.0])
    again = export(ws, "film.mp4", [10.0])
    assert [names(done)[0][:7] for done in (first, second, again)] == [
        "vid_001",
        "vid_002",
        "vid_001",
    ]


def test_training_finds_the_exported_clips(ws, sources):
    export(ws, "film.mp4", [2.0, 12.5])
    assert ws.clips.get_training_data("default", "laughter") == [
        (str(sources / "film.mp4"), [2.0, 12.5], [], [])
    ]


def test_a_clip_that_does_not_fit_is_reported_and_the_others_go_on(ws):
    done = export(ws, "film.mp4", [25.0, 2.0, float("nan")])
    assert len(done.clips) == 1
    assert len(done.all) == 3
    assert any("does not fit" in clip.reason for clip in done.skipped)
    assert all(str(clip) for clip in done.all)


def test_a_label_is_written_to_dataset_json(ws):
    done = export(ws, "song.wav", [0.0, 9.0], label="laughter")
    text = (done.folder / "dataset.json").read_text(encoding="utf-8")
    assert json.loads(text) == [{"path": str(clip), "label": "laughter"} for clip in done.clips]
    assert text.endswith("]\n")


def test_a_blank_label_writes_no_dataset_json(ws):
    assert not (export(ws, "song.wav", [0.0], label=" ").folder / "dataset.json").exists()


def test_a_damaged_dataset_json_is_left_alone(ws):
    folder = ws.path / "exports" / "laughter"
    folder.mkdir(parents=True)
    (folder / "dataset.json").write_text("[{")
    with pytest.raises(ValueError, match=r"dataset\.json is not readable JSON"):
        export(ws, "song.wav", [0.0], label="laughter")
    assert (folder / "dataset.json").read_text() == "[{"
    assert ws.clips.get_all_export_paths("default") == []


def test_an_entry_of_dataset_json_is_replaced_by_path_and_others_stay(tmp_path):
    (tmp_path / "dataset.json").write_text('[{"path": "/a", "label": "old", "mine": 1}]')
    dataset.upsert(tmp_path, tmp_path / "b", "é")
    dataset.upsert(tmp_path, "/a", "new")
    assert dataset.entries(tmp_path) == [
        {"path": "/a", "label": "new", "mine": 1},
        {"path": str(tmp_path / "b"), "label": "é"},
    ]


def _label_many(folder, begin):
    for number in range(begin, begin + 20):
        dataset.upsert(folder, f"/clip_{number}", "x")


def test_a_dataset_json_of_8cut_goes_on_being_one(ws):
    folder = ws.path / "exports" / "bell"
    folder.mkdir(parents=True)
    theirs = [{"path": "/old/H\u00f6rner_001_m1_0.mp4", "label": "gl\u00f6ckchen"}]
    (folder / "dataset.json").write_text(json.dumps(theirs, indent=2))  # as 8-cut writes it
    (clip,) = export(ws, "song.wav", [0.0], folder="bell", label="Glöckchen").clips
    found = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    assert found == [*theirs, {"path": str(clip), "label": "Glöckchen"}]
    assert all(set(entry) == {"path", "label"} for entry in found)


def test_two_processes_lose_no_entry_of_dataset_json(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_label_many, args=(tmp_path, 20 * n)) for n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(dataset.entries(tmp_path)) == 40


def test_two_threads_may_export_to_one_folder(ws):
    results = []
    threads = [
        threading.Thread(
            target=lambda name=name: results.append(export(ws, name, [0.0, 10.0], label="x"))
        )
        for name in ("song.wav", "song.wav", "film.mp4")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    clips = [clip for done in results for clip in done.clips]
    assert len(set(clips)) == 6
    assert len({clip.parent for clip in clips}) == 2
    assert len(dataset.entries(results[0].folder)) == 6


def test_a_cancelled_export_keeps_the_finished_clips(ws, monkeypatch):
    cancel, really = threading.Event(), cut.cut

    def cut_then_cancel(*args, **options):
        really(*args, **options)
        cancel.set()

    monkeypatch.setattr(cut, "cut", cut_then_cancel)
    done = export(ws, "song.wav", [0.0, 9.0, 18.0], cancel=cancel)
    assert (len(done.clips), [clip.reason for clip in done.skipped]) == (1, ["cancelled"] * 2)
    assert ws.clips.get_all_export_paths("default") == [str(done.clips[0])]


def test_the_same_export_goes_on_where_it_was_stopped(ws, monkeypatch):
    cancel, real = threading.Event(), cut.cut

    def cut_one(*args, **kwargs):
        real(*args, **kwargs)
        cancel.set()

    monkeypatch.setattr(cut, "cut", cut_one)
    (first,) = export(ws, "song.wav", [2.0, 5.0, 12.0], cancel=cancel).clips
    made_at = first.stat().st_mtime_ns
    monkeypatch.undo()
    done = export(ws, "song.wav", [2.0, 5.0, 12.0])
    assert names(done) == [f"vid_001/song_001_m{number}_0.m4a" for number in (1, 2, 3)]
    assert first.stat().st_mtime_ns == made_at
    assert len(ws.clips.clip_paths()) == 3


def test_an_export_that_came_to_its_end_is_made_anew(ws):
    export(ws, "song.wav", [2.0])
    assert names(export(ws, "song.wav", [2.0])) == ["vid_001/song_001_m2_0.m4a"]
    assert not (ws.path / "export.json").exists()


@pytest.mark.parametrize("vid", ["../../elsewhere", "vid_001/..", 3, None])
def test_a_journal_of_somebody_else_leads_nowhere(ws, vid):
    journal = {"export": "x", "vid": vid, "numbers": [1]}
    (ws.path / "export.json").write_text(json.dumps(journal))
    assert names(export(ws, "song.wav", [2.0])) == ["vid_001/song_001_m1_0.m4a"]
    assert export_journal.find(ws.path, "x") is None


def test_an_export_that_was_cancelled_at_once_leaves_no_folder(ws):
    cancel = threading.Event()
    cancel.set()
    done = export(ws, "song.wav", [0.0], cancel=cancel)
    assert done.clips == ()
    assert list(done.folder.iterdir()) == []


def test_nothing_is_recorded_of_a_clip_that_failed(ws, monkeypatch):
    monkeypatch.setattr(cut, "X264", ["-no-such-option"])
    done = export(ws, "film.mp4", [0.0])
    assert "could not be cut" in done.skipped[0].reason
    assert ws.clips.get_all_export_paths("default") == []
    assert list(done.folder.rglob("*.mp4")) == []


def test_a_file_that_moved_away_is_a_clear_error(ws, sources, tmp_path):
    copy = shutil.copy(sources / "song.wav", tmp_path / "gone.wav")
    with copy.open("r+b") as file:
        file.seek(100)
        file.write(b"other")
    ws.add_media(copy)
    (tmp_path / "gone.wav").unlink()
    with pytest.raises(FileNotFoundError, match=r"gone\.wav is not there any more; add it again"):
        export(ws, "gone.wav", [0.0])


def test_a_file_that_changed_is_a_clear_error(ws, tmp_path):
    path = made.clicks(tmp_path / "changing.wav")
    ws.add_media(path)
    made.clicks(path, seconds=20)
    with pytest.raises(ValueError, match="has changed since it was added"):
        export(ws, "changing.wav", [0.0])


def test_an_unknown_file_is_a_clear_error(ws):
    with pytest.raises(LookupError, match=r"no-such\.mp4"):
        export(ws, "no-such.mp4", [0.0])


@pytest.mark.parametrize("folder", ["", "..", "../outside", "a\0b"])
def test_a_folder_outside_of_the_workspace_is_refused(folder, ws):
    with pytest.raises(ValueError, match="can't be an export folder"):
        export(ws, "song.wav", [0.0], folder)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a\0"])
def test_a_name_that_is_no_file_name_is_refused(name, ws):
    with pytest.raises(ValueError, match="can't begin a file's name"):
        export(ws, "song.wav", [0.0], name=name)


@pytest.mark.parametrize("options", [{"duration": 0}, {"spread": -1}, {"gap": np.nan}])
def test_impossible_lengths_are_refused(options, ws):
    with pytest.raises(ValueError, match="must be"):
        export(ws, "song.wav", [0.0], **options)


@pytest.mark.parametrize("regions", [(10.0, 18.0), 10.0, "0:10", Region(10.0, 18.0, 0.5)])
def test_one_region_where_a_list_belongs_is_refused(regions, ws):
    with pytest.raises(ValueError, match="regions is a list"):
        export(ws, "song.wav", regions)


@pytest.mark.parametrize("regions", [["0:10"], [(1.0,)], [None]])
def test_what_is_no_region_is_refused(regions, ws):
    with pytest.raises(ValueError, match="a region is a start time or"):
        export(ws, "song.wav", regions)


def test_an_absolute_folder_is_taken_as_it_is(ws, tmp_path):
    done = export(ws, "song.wav", [0.0], tmp_path / "elsewhere", name="mine", audio="pcm")
    assert done.clips == (tmp_path / "elsewhere" / "vid_001" / "mine_001_m1_0.wav",)


def test_the_options_are_stored_with_the_clip(ws):
    done = export(
        ws, "film.mp4", [0.0],
        label="l", category="c", portrait_ratio="9:16", crop_center=0.25, short_side=24,
    )  # fmt: skip
    row = rows(ws, done.clips[0])
    assert (row["label"], row["category"], row["portrait_ratio"]) == ("l", "c", "9:16")
    assert (row["crop_center"], row["short_side"], row["clip_duration"]) == (0.25, 24, 8.0)


def test_the_result_is_a_table(ws):
    frame = export(ws, "song.wav", [0.0, 29.0]).frame()
    assert list(frame.columns) == ["start", "path", "reason"]
    assert frame["path"].isna().tolist() == [False, True]


def test_nothing_to_export_creates_nothing(ws):
    assert export(ws, "song.wav", []).all == ()
    assert not (ws.path / "exports").exists()
