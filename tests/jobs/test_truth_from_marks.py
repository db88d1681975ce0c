"""What a workspace's marks tell about its files, over versions, edits and undo."""

import pytest

import eightcut as ec
from eightcut.jobs.truth import truth_from_marks

FILE = "a.wav"


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as opened:
        yield opened


def scanned(ws, *spans, model="M", filename=FILE):
    regions = [(start, end, 0.9) for start, end in spans]
    stamp = ws.clips.save_scan_results(filename, "default", model, regions)
    return [row.id for row in ws.clips.get_scan_results(filename, "default", stamp)[model]]


def clip(ws, start, folder="bark", filename=FILE, **more):
    path = f"/clips/{folder}/vid_001/{filename}_{start}.mp4"
    ws.clips.add(filename, start, path, **({"clip_count": 1} | more))


def known(ws, filename=FILE, **more):
    file = truth_from_marks(ws, **more).get(filename)
    return None if file is None else (list(file.events), list(file.known))


def test_a_file_nobody_judged_is_absent(ws):
    scanned(ws, (0, 8), (20, 28))
    assert truth_from_marks(ws) == {}


def test_clips_are_events_and_hard_negatives_are_silence(ws):
    clip(ws, 10.0)
    ws.clips.add_hard_negatives(FILE, "default", [40.0, 60.0], end_times=[43.0, None])
    assert known(ws) == ([(10, 18)], [(10, 18), (40, 43), (60, 68)])


def test_an_accepted_region_is_an_event_a_disabled_one_silence_an_undecided_one_unknown(ws):
    one, two, _ = scanned(ws, (0, 8), (20, 28), (40, 48))
    ws.clips.accept_regions([one])
    ws.clips.set_region_disabled(two, True)
    assert known(ws) == ([(0, 8)], [(0, 8), (20, 28)])


def test_a_resized_region_tells_of_all_it_covered(ws):
    (one,) = scanned(ws, (20, 40))
    ws.clips.resize_region(one, 24, 26)
    assert known(ws) == ([(24, 26)], [(20, 40)])


def test_added_and_merged_regions_are_events(ws):
    ids = scanned(ws, (0, 8), (8, 16))
    ws.clips.merge_regions(ids)
    ws.clips.add_region(FILE, "default", "M", 50, 52)
    assert known(ws)[0] == [(0, 16), (50, 52)]


@pytest.mark.parametrize(
    "edit",
    [
        lambda ws, row: ws.clips.accept_regions([row]),
        lambda ws, row: ws.clips.set_region_disabled(row, True),
        lambda ws, row: ws.clips.resize_region(row, 21, 23),
        lambda ws, row: ws.clips.add_region(FILE, "default", "M", 50, 52),
        lambda ws, row: ws.clips.add_reviewed(FILE, "default", 0, 60),
        lambda ws, row: ws.clips.add_hard_negatives(FILE, "default", [20.0]),
    ],
    ids=["accept", "disable", "resize", "add", "review", "mark"],
)
def test_an_edit_that_was_undone_says_nothing_and_one_done_again_does(ws, edit):
    (row,) = scanned(ws, (20, 28))
    edit(ws, row)
    before = known(ws)
    assert before is not None
    ws.clips.undo(FILE, "default")
    assert known(ws) is None
    ws.clips.redo(FILE, "default")
    assert known(ws) == before


def test_carried_edits_count_and_nothing_counts_twice(ws):
    one, two, three = scanned(ws, (0, 8), (20, 28), (40, 48))
    ws.clips.accept_regions([one])
    ws.clips.set_region_disabled(two, True)
    ws.clips.resize_region(three, 42, 44)
    before = known(ws)
    scanned(ws, (0, 8), (20, 28), (40, 48))
    assert known(ws) == before


def test_carried_edits_count_where_the_version_they_were_made_in_is_gone(ws):
    (one,) = scanned(ws, (40, 48))
    ws.clips.resize_region(one, 42, 44)
    scanned(ws, (40, 48))
    ws.clips._db.execute("DELETE FROM scans WHERE id = (SELECT min(id) FROM scans)")
    assert known(ws) == ([(42, 44)], [(42, 44)]), "nobody looked at what the second scan covered"


def test_a_later_change_of_mind_in_an_older_version_counts(ws):
    (old,) = scanned(ws, (20, 28))
    ws.clips.set_region_disabled(old, True)
    scanned(ws, (20, 28))
    ws.clips.set_region_disabled(old, False)
    assert known(ws) == ([(20, 28)], [(20, 28)])


def test_a_region_accepted_and_later_marked_negative_is_silence_and_told(ws):
    (one,) = scanned(ws, (20, 28))
    ws.clips.accept_regions([one])
    ws.clips.add_hard_negatives(FILE, "default", [20.0], end_times=[28.0])
    found = truth_from_marks(ws)
    assert found[FILE].events == ()
    assert found.notes == (
        "1 stretch judged one way and later the other; the later word counts: a.wav 0:20.0-0:28.0",
    )


def test_a_clip_on_a_hard_negative_is_unknown_and_told(ws):
    clip(ws, 10.0)
    ws.clips.add_hard_negatives(FILE, "default", [9.0])
    found = truth_from_marks(ws)
    assert found[FILE].known == ((9, 10),)
    assert "1 stretch contradicted" in found.notes[0]


def test_a_reviewed_file_is_known_whole(ws):
    clip(ws, 10.0)
    ws.clips.add_reviewed(FILE, "default", 0, 30)
    ws.clips.add_reviewed("b.wav", "default", 0, 30)
    assert known(ws) == ([(10, 18)], [(0, 30)])
    assert known(ws, "b.wav") == ([], [(0, 30)])


def test_clips_of_other_folders_are_no_events_and_no_silence(ws):
    clip(ws, 10.0, "bark")
    clip(ws, 30.0, "bell")
    clip(ws, 50.0, "noise")
    more = {"positive_folder": "bark", "negative_folder": "noise"}
    assert known(ws, **more) == ([(10, 18)], [(10, 18), (50, 58)])
    assert known(ws, positive_folder=["bark", "bell"])[0] == [(10, 18), (30, 38)]


def test_clips_that_a_scan_exported_count_only_when_asked_for(ws):
    clip(ws, 10.0, scan_export=True)
    assert known(ws) is None
    assert known(ws, include_scan_exports=True) == ([(10, 18)], [(10, 18)])


def test_only_the_files_asked_for_are_told(ws):
    clip(ws, 10.0)
    clip(ws, 10.0, filename="b.wav")
    assert list(truth_from_marks(ws, files=["b.wav", "c.wav"])) == ["b.wav"]


def test_another_profile_knows_nothing_of_it(ws):
    clip(ws, 10.0)
    assert truth_from_marks(ws, profile="other") == {}


def test_a_table_shows_how_much_is_known(ws):
    clip(ws, 10.0)
    ws.clips.add_hard_negatives(FILE, "default", [40.0])
    frame = truth_from_marks(ws).frame()
    assert frame.iloc[0].to_list() == [FILE, 1, 8.0, 16.0]
