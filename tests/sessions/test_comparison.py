"""What a person does with two scan versions of a file, without a browser."""

import numpy as np
import pytest

import eightcut as ec
from eightcut.audio.regions import from_scores
from eightcut.audio.windows import Grid
from eightcut.sessions import comparison_words as words
from eightcut.sessions import news
from eightcut.sessions.comparison import ACTS, ComparisonSession
from eightcut.sessions.comparison_files import counts
from eightcut.sessions.review import ReviewSession
from tests.sessions.workspace import FILE, FIRST, RATE_HZ, scan, whistle, workspace

MODEL, PROFILE = "YAMNET", "default"


@pytest.fixture
def session(ws):
    comparison = ComparisonSession(ws, FILE)
    yield comparison
    comparison.close()
    comparison.wait()


def at(session, start):
    """The change whose region starts there."""
    return next(one for one in session.changes if one.region.start == start)


def pick(session, start):
    session.select(at(session, start).id)


def kinds(session):
    return {one.region.start: one.kind for one in session.changes}


def states(session):
    return {one.region.start: one.state for one in session.changes}


def stored(ws, session, which="new"):
    stamp = getattr(session, which).version
    rows = ws.clips.get_scan_results(FILE, PROFILE, stamp)[MODEL]
    return {(row.start, row.end): row for row in rows if not row.disabled}


def judged(ws, session):
    ids = ws.clips.get_judged_regions(FILE, PROFILE, MODEL, session.new.version)
    return sorted(start for (start, _), row in stored(ws, session).items() if row.id in ids)


def marks(ws):
    rows = ws.clips.get_hard_negatives(PROFILE)
    return [(row["start_time"], row["end_time"], row["source_model"]) for row in rows]


def test_the_newest_version_is_compared_with_the_one_before(session):
    assert kinds(session) == {10.0: "shifted", 25.0: "gained", 40.0: "gained", 30.0: "lost"}
    assert session.summary == "0 kept · 1 shifted · 2 gained · 1 lost"


def test_gained_and_lost_are_listed_first_the_weightiest_on_top(session):
    assert {one.kind for one in session.shown} == {"gained", "lost"}
    weights = [one.weight for one in session.shown]
    assert weights == sorted(weights, reverse=True)


def test_kinds_are_listed_and_left_out_by_name(session):
    session.act("toggle_shifted")
    session.act("toggle_gained")
    assert {one.kind for one in session.shown} == {"shifted", "lost"}
    with pytest.raises(LookupError, match="no change 'better'"):
        session.show("better", shown=True)


def test_a_gained_region_is_accepted_in_the_new_version(ws, session):
    pick(session, 25.0)
    session.accept()
    assert judged(ws, session) == [25.0]
    assert states(session)[25.0] == "accepted"


def test_a_lost_region_is_added_to_the_new_version_and_stays_lost(ws, session):
    pick(session, 30.0)
    session.accept()
    assert (30.0, 38.0) in stored(ws, session)
    assert judged(ws, session) == [30.0]
    assert (kinds(session)[30.0], states(session)[30.0]) == ("lost", "accepted")


def test_the_old_version_is_never_changed(ws, session):
    before = stored(ws, session, "old")
    for start in (25.0, 30.0):
        pick(session, start)
        session.accept()
    assert stored(ws, session, "old") == before


@pytest.mark.parametrize(("start", "end"), [(25.0, 33.0), (30.0, 38.0)])
def test_a_false_alarm_becomes_a_hard_negative(ws, session, start, end):
    pick(session, start)
    session.toggle_negative()
    assert marks(ws) == [(start, end, MODEL)]
    assert states(session)[start] == "negative"


def test_a_hard_negative_names_the_model_that_found_it(ws):
    scan(ws, "OTHER", [(2.0, 10.0, 0.9)])
    other = ws.clips.get_scan_versions(FILE, PROFILE, "OTHER")[0]["timestamp"]
    newest = ws.clips.get_scan_versions(FILE, PROFILE, MODEL)[0]["timestamp"]
    session = ComparisonSession(ws, FILE, newest, other)
    for start in (2.0, 25.0):
        pick(session, start)
        session.toggle_negative()
    assert marks(ws) == [(2.0, 10.0, "OTHER"), (25.0, 33.0, MODEL)]
    session.close()


def test_the_same_again_takes_a_mark_away(ws, session):
    pick(session, 25.0)
    session.toggle_negative()
    pick(session, 25.0)
    session.toggle_negative()
    assert marks(ws) == []
    assert session.selected == at(session, 25.0).id, "only a decision leads on"


def test_accepting_takes_a_mark_away(ws, session):
    pick(session, 25.0)
    session.toggle_negative()
    pick(session, 25.0)
    session.accept()
    assert (marks(ws), states(session)[25.0]) == ([], "accepted")


def test_a_lost_region_that_was_added_can_still_be_called_wrong(ws, session):
    pick(session, 30.0)
    session.accept()
    pick(session, 30.0)
    session.toggle_negative()
    assert (30.0, 38.0) not in stored(ws, session)
    assert states(session)[30.0] == "negative"


def test_a_decision_leads_to_the_next_undecided_change(session):
    order = [one.id for one in session.shown]
    session.next()
    session.accept()
    assert session.selected == order[1]
    session.select(order[2])
    session.toggle_negative()
    assert session.selected == order[1], "from the top again"
    session.accept()
    assert "Everything" in session.message


def test_next_and_previous_keep_to_the_list(session):
    session.next()
    assert session.selected == session.shown[0].id
    session.previous()
    assert "first" in session.message
    session.previous()
    session.select(None)
    session.previous()
    assert session.selected == session.shown[-1].id


def test_selecting_goes_to_where_either_version_begins(session):
    pick(session, 25.0)
    session.wait()
    assert session.playhead == 25.0
    excerpt = session.excerpt
    assert (excerpt.start, excerpt.end) == (pytest.approx(24.0), pytest.approx(33.0, abs=0.1))


def test_undo_and_redo_walk_the_decisions(ws, session):
    for start, decide in ((25.0, "accept"), (30.0, "accept"), (40.0, "toggle_negative")):
        pick(session, start)
        session.act(decide)
    for _ in range(3):
        session.undo()
    assert set(states(session).values()) == {""}
    assert (marks(ws), judged(ws, session)) == ([], [])
    session.redo()
    assert states(session)[25.0] == "accepted"
    assert session.selected == at(session, 25.0).id
    session.undo()
    session.undo()
    assert session.message == "There is nothing to undo"


def test_undo_touches_no_other_version(ws, session):
    other = ReviewSession(ws, FILE)
    other.load_version(session.old.version)
    other.select(other.regions[0].id)
    other.toggle_disabled()
    session.undo()
    assert (10.0, 20.0) not in stored(ws, session, "old")
    other.close()


def test_choosing_the_other_side_s_version_swaps_them(session):
    old, new = session.old.version, session.new.version
    session.choose("new", old)
    assert (session.old.version, session.new.version) == (new, old)
    assert kinds(session)[30.0] == "gained"


def test_versions_of_different_models_are_compared_with_a_note(session):
    hubert = next(one for one in session.new.versions if one.model == "HUBERT_XLARGE")
    session.choose("new", hubert.stamp)
    assert kinds(session)[0.0] == "gained"
    assert session.diff.notes
    assert not session.diff.is_comparable
    assert all("HUBERT" in name or MODEL in name for name in session.titles)


def test_an_unknown_version_is_refused(ws):
    with pytest.raises(LookupError, match="no other scan version 'v9'"):
        ComparisonSession(ws, FILE, "v9")


def test_one_version_says_what_to_do(tmp_path):
    with ec.Workspace(tmp_path / "one") as ws:
        scan(ws, MODEL, FIRST)
        session = ComparisonSession(ws, FILE)
        assert "one scan version only" in session.basis
        with pytest.raises(LookupError, match="Train again"):
            session.accept()
        session.close()


def test_a_second_version_is_compared_with_the_first_as_soon_as_it_is_there(tmp_path):
    with ec.Workspace(tmp_path / "one") as ws:
        first = scan(ws, MODEL, FIRST)
        session = ComparisonSession(ws, FILE)
        second = scan(ws, MODEL, FIRST[:1])
        session.look()
        assert (session.old.version, session.new.version) == (first, second)
        session.close()


def test_of_several_files_one_without_the_version_says_so(ws):
    session = ComparisonSession(ws, None, "v9")
    assert "no other scan version 'v9'" in session.message
    assert session.diff is not None
    session.close()


def test_without_any_file_it_says_so(tmp_path):
    with ec.Workspace(tmp_path / "none") as ws:
        session = ComparisonSession(ws)
        assert "two scan versions yet" in session.basis
        session.close()


def test_a_mark_made_elsewhere_is_seen(ws, session):
    review = ReviewSession(ws, FILE)
    review.select(next(row.id for row in review.regions if row.start == 25.0))
    review.toggle_negative()
    assert states(session)[25.0] == "negative"
    review.close()


def test_what_is_decided_here_is_seen_in_a_review_beside_it(ws, session):
    review = ReviewSession(ws, FILE)
    review.select(review.regions[0].id)
    pick(session, 25.0)
    session.accept()
    assert [review.state(row) for row in review.regions if row.start == 25.0] == ["accepted"]
    assert review.selected == review.regions[0].id
    review.close()


def test_what_another_kernel_has_decided_is_seen_on_coming_back(ws, session):
    pick(session, 40.0)
    with ec.Workspace(ws.path) as elsewhere:
        row = stored(elsewhere, session)[25.0, 33.0]
        elsewhere.clips.accept_regions([row.id])
    session.look()
    assert states(session)[25.0] == "accepted"
    assert session.selected == at(session, 40.0).id


def test_a_new_scan_is_offered_and_does_not_push_in(ws, session):
    before = session.new.version
    newest = scan(ws, MODEL, FIRST)
    news.tell(ws.path, f"scans/{FILE}")
    assert session.new.version == before
    assert newest in [choice.stamp for choice in session.new.versions]


def test_a_version_that_is_gone_is_replaced_by_what_there_is(ws, session):
    gone = session.old.version
    for _ in range(6):
        scan(ws, MODEL, FIRST)
    session.look()
    assert gone not in [choice.stamp for choice in session.old.versions]
    assert session.diff is not None


def test_files_are_walked_and_counted(tmp_path):
    with workspace(tmp_path) as ws:
        second = tmp_path / "more.wav"
        second.write_bytes((tmp_path / FILE).read_bytes()[:-4000])
        ws.add_media(second)
        for regions in ([(1.0, 9.0, 0.9)], [(20.0, 28.0, 0.9)], [(20.0, 28.0, 0.9)]):
            scan(ws, MODEL, regions, filename="more.wav")
        session = ComparisonSession(ws)
        assert set(session.files) == {FILE, "more.wav"}
        session.open("more.wav")
        session.wait()
        assert {name: own for name, (own, _) in session.counted.items()} == {
            FILE: (2, 1),
            "more.wav": (0, 0),
        }
        session.open(session.files[0])
        with pytest.raises(LookupError, match="first file"):
            session.previous_file()
        session.next_file()
        assert session.filename == session.files[1]
        session.close()
        session.wait()


def test_a_file_that_was_scanned_meanwhile_is_found_by_looking_again(tmp_path):
    with ec.Workspace(tmp_path / "empty") as ws:
        session = ComparisonSession(ws)
        whistle(tmp_path / FILE)
        ws.add_media(tmp_path / FILE)
        for regions in (FIRST, FIRST[:1]):
            scan(ws, MODEL, regions)
        session.refresh()
        assert session.summary == "1 kept · 0 shifted · 0 gained · 1 lost"
        session.close()
        session.wait()


def test_acts_are_verbs_and_nothing_else_is(session):
    assert all(callable(getattr(session, name)) for name in ACTS)
    with pytest.raises(LookupError, match="cannot 'close'"):
        session.act("close")


def curves(ws, *tops):
    """Versions with score curves: a peak of each height at 10, 25 and 40 s."""
    for heights in tops:
        scores = np.full(53, 0.05, "f4")
        scores[[10, 25, 40]] = heights
        regions = from_scores(scores, Grid(8.0, 1.0), 0.5)
        scan(ws, "CURVES", regions, scores=scores)


@pytest.fixture
def matched(ws):
    curves(ws, (0.9, 0.8, 0.3), (0.6, 0.2, 0.55))
    session = ComparisonSession(ws, FILE)
    session.toggle_matched()
    yield session
    session.close()
    session.wait()


def test_matched_versions_say_at_which_rate_and_on_what_it_rests(matched):
    same = matched.diff.matched
    assert matched.thresholds == (same.old_threshold, same.new_threshold)
    assert f"n = {same.n}" in matched.basis
    assert same.basis in matched.basis


def test_what_is_only_found_at_a_matched_threshold_is_stored_as_it_is_shown(ws, matched):
    lowest = min(matched.changes, key=lambda one: one.new_score or 0.0 if one.new else 9.0)
    matched.select(lowest.id)
    matched.accept()
    rows = ws.clips.get_scan_results(FILE, PROFILE, matched.new.version)["CURVES"]
    known = ws.clips.get_judged_regions(FILE, PROFILE, "CURVES", matched.new.version)
    assert [(row.start, row.end) for row in rows if row.id in known] == [lowest.region[:2]]


def test_without_curves_nothing_is_matched_and_it_says_why(session):
    with pytest.raises(LookupError):
        session.toggle_matched()
    assert not session.matched


def test_a_region_that_was_split_is_told_apart_from_one_that_was_not_there(tmp_path):
    with workspace(tmp_path) as ws:
        scan(ws, "SPLIT", [(10.0, 40.0, 0.7)])
        scan(ws, "SPLIT", [(10.0, 28.0, 0.9), (30.0, 40.0, 0.8), (50.0, 58.0, 0.6)])
        session = ComparisonSession(ws, FILE)
        told = "0 kept · 1 shifted · 2 gained (1 within regions of the old version) · 0 lost"
        assert session.summary == told
        assert "2 gained (1 within regions of the old version)" in session.diff.lines[0]
        assert [one.region.start for one in session.shown] == [50.0, 30.0]
        assert words.named(session.shown[-1]) == "+ gained · part of one there"
        assert counts(session.diff)[0] == (1, 0)
        session.close()
        session.wait()


def test_switching_thresholds_keeps_the_nearest_change_and_leads_back(ws):
    curves(ws, (0.9, 0.3, 0.3), (0.9, 0.6, 0.3))
    session = ComparisonSession(ws, FILE)
    pick(session, 25.0)
    before = session.selected
    session.toggle_matched()
    assert before not in {one.id for one in session.changes}
    assert session.row(session.selected).start == 10.0
    assert session.about
    session.toggle_matched()
    assert session.selected == before
    session.close()
    session.wait()


def test_from_the_file_to_begin_with_one_goes_on_to_those_that_both_versions_have(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        for place, name in enumerate(("a.wav", "b.wav", "c.wav")):
            whistle(tmp_path / name, np.full(RATE_HZ, place / 9))
            ws.add_media(tmp_path / name)
            for version in ("v1", "v3" if name == "b.wav" else "v2"):
                scan(ws, MODEL, FIRST, filename=name, classifier_version=version)
        stamp = ws.clips.get_scan_versions("a.wav", PROFILE, MODEL)[-1]["timestamp"]
        for old, new in (("v1", "v2"), (stamp, f"{MODEL} v2")):
            session = ComparisonSession(ws, "a.wav", old, new)
            assert session.files == ("a.wav", "c.wav")
            session.next_file()
            assert session.filename == "c.wav"
            assert not session.message
            assert session.diff.old.classifier_version == "v1"
            session.close()
            session.wait()
