import threading

import pytest

from eightcut.sessions.opened import LEAD_IN_S
from eightcut.sessions.review import ReviewSession
from tests.sessions.workspace import FILE, SECOND, scan


def spans(session):
    return [(row.start, row.end) for row in session.regions]


def test_the_newest_version_of_the_newest_model_is_open(session):
    assert (session.model, session.version) == ("YAMNET", session.versions[0].stamp)
    assert [row[1:4] for row in session.regions] == SECOND


def test_every_model_and_version_is_offered(session):
    assert session.models == ("HUBERT_XLARGE", "YAMNET")
    assert [version.regions for version in session.versions] == [3, 2]


def test_opening_another_version_shows_its_regions(session):
    session.load_version(session.versions[1].stamp)
    assert spans(session) == [(10, 20), (30, 38)]


def test_opening_another_model_shows_its_newest_version(session):
    session.load_model("HUBERT_XLARGE")
    assert spans(session) == [(0, 8)]


def test_a_version_of_another_model_is_refused(session):
    stamp = session.version
    session.load_model("HUBERT_XLARGE")
    with pytest.raises(LookupError, match=stamp):
        session.load_version(stamp)


def test_a_file_that_was_never_scanned_opens_empty(ws):
    session = ReviewSession(ws, "never seen.mp4")
    assert (session.regions, session.versions, session.duration) == ((), (), 0.0)


def test_refreshing_follows_the_newest_version(ws, session):
    stamp = scan(ws, "YAMNET", [])
    session.refresh()
    assert (session.version, session.regions) == (stamp, ())


def test_refreshing_keeps_an_older_version_open(ws, session):
    older = session.versions[1].stamp
    session.load_version(older)
    scan(ws, "YAMNET", [])
    session.refresh()
    assert session.version == older


def test_next_and_previous_walk_the_regions(session):
    walk = []
    for step in (session.next, session.next, session.next, session.next, session.previous):
        step()
        walk.append(session.row(session.selected).start)
    assert walk == [10, 25, 40, 40, 25]


def test_next_starts_from_the_playhead(session):
    session.seek(20.0)
    session.next()
    assert session.playhead == 25.0


def test_seeking_stays_inside_the_file(session):
    session.seek(1e9)
    assert session.playhead == session.duration == pytest.approx(60)


def test_a_region_of_another_version_cannot_be_selected(session):
    foreign = session.regions[0].id
    session.load_version(session.versions[1].stamp)
    with pytest.raises(LookupError, match="not in the version"):
        session.select(foreign)


def test_disabling_is_stored_and_undone(ws, session):
    session.next()
    session.toggle_disabled()
    stored = ws.clips.get_scan_results(FILE, "default")["YAMNET"][0]
    assert stored.disabled
    session.undo()
    assert not session.regions[0].disabled


def test_a_resize_is_stored_and_remembers_where_it_was(ws, session):
    row = session.regions[0]
    session.resize(row.id, 11.0, 15.0)
    assert session.row(row.id)[1:] == (11.0, 15.0, 0.7, False, 10.0, 18.0)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ((17.9, 18.0), (17.5, 18.0)),
        ((10.0, 10.1), (10.0, 10.5)),
        ((-5.0, 18.0), (0.0, 18.0)),
        ((10.0, 99.0), (10.0, 60.0)),
    ],
)
def test_a_resize_is_clamped(session, given, kept):
    row = session.regions[0]
    session.resize(row.id, *given)
    assert session.row(row.id)[1:3] == pytest.approx(kept, abs=0.02)


def test_undo_never_touches_another_version(session):
    session.next()
    session.toggle_disabled()
    newest = session.version
    session.load_version(session.versions[1].stamp)
    session.undo()
    assert session.message == "There is nothing to undo"
    session.load_version(newest)
    assert session.regions[0].disabled


def test_undo_and_redo_say_what_they_would_do(session):
    session.next()
    session.toggle_disabled()
    assert session.undo_label.startswith("Disable")
    session.undo()
    assert (session.undo_label, session.redo_label[:7]) == (None, "Disable")


def test_undo_survives_a_restart(ws, session):
    session.next()
    session.toggle_disabled()
    later = ReviewSession(ws, FILE)
    later.undo()
    assert not later.regions[0].disabled


def test_a_negative_records_the_model_the_source_and_the_span(ws, session):
    session.next()
    session.toggle_negative()
    (row,) = ws.clips.get_hard_negatives("default")
    assert (row["start_time"], row["end_time"], row["source_model"]) == (10, 18, "YAMNET")
    assert row["source_path"].endswith(FILE)


def test_marking_a_negative_twice_takes_the_mark_away(ws, session):
    session.next()
    session.toggle_negative()
    session.toggle_negative()
    assert ws.clips.get_hard_negatives("default") == []


def test_a_negative_shows_in_every_version_it_overlaps(session):
    session.next()
    session.toggle_negative()
    session.load_version(session.versions[1].stamp)
    assert [session.state(row) for row in session.regions] == ["negative", ""]


def test_exported_regions_are_known(ws, session):
    ws.clips.add(FILE, 25.0, "/out/owl/vid_001/a_m1_0.mp4", clip_count=1)
    session.refresh()
    assert [session.state(row) for row in session.regions] == ["", "exported", ""]


def test_a_higher_threshold_hides_regions_and_stores_nothing(session):
    session.set_threshold(0.9)
    assert spans(session) == [(25, 33)]
    session.set_threshold(0.55)
    assert len(session.regions) == 3


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_of_zero_and_one_is_refused(session, value):
    with pytest.raises(ValueError, match="between 0 and 1"):
        session.set_threshold(value)


def test_pinning_marks_the_version(session):
    session.pin()
    assert session.versions[0].pinned


def test_an_act_that_does_not_exist_is_refused(session):
    with pytest.raises(LookupError, match="cannot 'close'"):
        session.act("close")


def test_the_waveform_is_read_once_and_kept(ws, session):
    session.read_waveform()
    session.wait()
    assert session.waveform.finished
    assert session.waveform.seconds == pytest.approx(60, abs=0.02)
    assert len(list((ws.path / "peaks").iterdir())) == 1


def test_selecting_cuts_an_excerpt_with_a_lead_in(session):
    session.next()
    session.wait()
    assert (session.excerpt.start, session.excerpt.end) == (10 - LEAD_IN_S, 18)
    assert session.excerpt.path.exists()


def test_a_missing_media_file_is_told_and_the_regions_stay(ws, session, tmp_path):
    (tmp_path / FILE).unlink()
    session.next()
    session.wait()
    assert session.is_problem
    assert FILE in session.message
    assert len(session.regions) == 3


def test_observers_see_whole_changes_only(session):
    seen = []
    session.observe(lambda _: seen.append((session.version, len(session.regions))), "regions")
    older = session.versions[1].stamp
    session.load_version(older)
    assert seen == [(older, 2)]


def test_verbs_may_be_called_from_many_threads(session):
    def work():
        for _ in range(10):
            session.toggle_disabled(session.regions[0].id)
            session.next()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not session.regions[0].disabled
