"""Several regions at once, times in place, regions of one's own, review and export."""

import pytest

from eightcut.sessions.review import ReviewSession
from tests.sessions.workspace import FILE


def stored(ws):
    return [row[1:3] for row in ws.clips.get_scan_results(FILE, "default")["YAMNET"]]


def states(session):
    return [session.state(row) for row in session.regions]


def test_chosen_regions_are_merged_and_come_apart_again(ws, session):
    session.select(session.regions[0].id)
    session.choose(session.regions[1].id)
    session.merge()
    assert stored(ws) == [(10, 33), (40, 48)]
    session.undo()
    assert len(stored(ws)) == 3


def test_merging_one_region_says_what_to_do(session):
    session.next()
    with pytest.raises(ValueError, match="choose two or more"):
        session.merge()


def test_choosing_until_a_region_takes_all_between(session):
    session.select(session.regions[0].id)
    session.choose(session.regions[2].id, until=True)
    assert len(session.chosen) == 3


def test_choosing_again_lets_go(session):
    session.select(session.regions[0].id)
    session.choose(session.regions[1].id)
    session.choose(session.regions[1].id)
    assert [row.start for row in session.targets] == [10]


def test_several_are_disabled_in_one_step(session):
    session.choose_all()
    session.toggle_disabled()
    assert states(session) == ["disabled"] * 3
    session.undo()
    assert states(session) == [""] * 3


def test_several_become_negatives_in_one_step(ws, session):
    session.choose_all()
    session.toggle_negative()
    assert len(ws.clips.get_hard_negatives("default")) == 3
    session.undo()
    assert ws.clips.get_hard_negatives("default") == []


def test_a_region_is_added_at_the_playhead_and_selected(ws, session):
    session.seek(55.0)
    session.add()
    assert stored(ws)[-1] == (55, pytest.approx(60, abs=0.02))
    assert session.row(session.selected).start == 55


@pytest.mark.parametrize(("text", "end"), [("0:22.5", 22.5), ("21", 21), ("0:00:19.5", 19.5)])
def test_a_time_is_written_as_a_person_writes_it(ws, session, text, end):
    session.edit_time(session.regions[0].id, "end", text)
    assert stored(ws)[0] == (10, end)


def test_confirming_a_time_as_it_is_shown_writes_nothing(session):
    row = session.regions[0]
    session.resize(row.id, 10.04, 18.0)
    label = session.undo_label
    session.edit_time(row.id, "start", "0:10.0")
    assert session.row(row.id).start == 10.04
    assert session.undo_label == label


@pytest.mark.parametrize("text", ["", "1:75", "soon", "99"])
def test_a_time_that_cannot_be_is_refused_in_words(session, text):
    with pytest.raises(ValueError, match=r"not a time|must end by"):
        session.edit_time(session.regions[0].id, "end", text)


def test_an_edge_is_nudged_by_a_tenth(ws, session):
    session.next()
    session.start_later()
    session.end_later()
    assert stored(ws)[0] == (pytest.approx(10.1), pytest.approx(18.1))


def test_accepting_is_remembered_by_the_file_and_undone(ws, session):
    session.next()
    session.accept()
    assert states(ReviewSession(ws, FILE)) == ["accepted", "", ""]
    session.undo()
    assert states(session) == ["", "", ""]


def test_accepting_twice_is_one_step(session):
    session.next()
    session.accept()
    session.accept()
    session.undo()
    assert states(session) == ["", "", ""]


def test_a_review_goes_to_what_is_undecided_and_counts(session):
    session.toggle_review()
    walk = []
    for decide in ("accept", "toggle_negative", "toggle_disabled"):
        walk.append((session.row(session.selected).start, session.left))
        session.act(decide)
    assert walk == [(10, 3), (25, 2), (40, 1)]
    assert (session.left, session.message) == (
        0,
        "Everything is decided: 3 regions; Shift+R says that the rest of the file holds none",
    )


def test_a_review_comes_back_to_what_was_skipped(session):
    session.toggle_review()
    session.next()
    session.accept()
    session.accept()
    assert session.row(session.selected).start == 10


def test_two_versions_lie_side_by_side(session):
    session.compare(session.versions[1].stamp)
    assert [row.start for row in session.other_regions] == [10, 30]
    session.compare("")
    assert session.other_regions == ()


def test_a_version_of_another_model_is_not_compared(session):
    with pytest.raises(LookupError, match="no version 'never'"):
        session.compare("never")


def test_all_but_disabled_and_negative_regions_are_exported(ws, session):
    session.toggle_disabled(session.regions[0].id)
    session.toggle_negative(session.regions[1].id)
    session.export.set_folder("owl")
    session.export_all()
    session.export.wait()
    assert states(session) == ["disabled", "negative", "exported"]
    assert session.message == "Exported 1 clip of 1 region to owl"
    assert ws.clips.get_scan_export_times(FILE, "default") == [40.0]


def test_a_region_shorter_than_a_clip_is_exported_in_the_middle_of_one(ws, session):
    session.resize(session.regions[0].id, 10.0, 12.0)
    session.select(session.regions[0].id)
    session.export_chosen()
    session.export.wait()
    assert ws.clips.get_scan_export_times(FILE, "default") == [7.0]
    assert states(session)[0] == "exported"


def test_exporting_all_again_leaves_out_what_is_there(session):
    session.export_all()
    session.export.wait()
    with pytest.raises(LookupError, match="nothing to export"):
        session.export_all()
