import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.sessions.review import ReviewSession
from tests.sessions.workspace import FILE, scan


def spans(session):
    return [(row.start, row.end) for row in session.regions]


def stored(ws):
    return [row[1:3] for row in ws.clips.get_scan_results(FILE, "default")["YAMNET"]]


def choose(session, *starts):
    session.choose_all()
    ids = [row.id for row in session.regions if row.start in starts]
    session.select(ids[0])
    for row_id in ids[1:]:
        session.choose(row_id)


def test_a_threshold_below_the_scans_own_shows_more_and_stores_nothing(ws, session):
    before = stored(ws)
    session.set_threshold(0.3)
    assert spans(session) == [(10, 18), (25, 33), (40, 56)]
    assert [session.state(row) for row in session.regions] == ["", "", "proposed"]
    assert stored(ws) == before


def test_a_larger_gap_fuses_what_is_shown(session):
    session.set_fuse_gap(7.0)
    assert spans(session) == [(10, 48)]
    assert session.pending_ids == {session.regions[0].id}


def test_a_region_that_stands_for_others_keeps_the_first_ones_id(session):
    first = session.regions[0].id
    session.set_fuse_gap(7.0)
    assert session.regions[0].id == first


def test_the_versions_own_settings_show_what_is_stored(session):
    before = session.regions
    session.set_fuse_gap(7.0)
    session.set_threshold(0.9)
    session.reset()
    assert (session.regions, session.pending_ids) == (before, frozenset())


def test_a_new_proposal_has_the_same_id_each_time(session):
    seen = set()
    for _ in range(2):
        session.set_threshold(0.05)
        seen.add(tuple(row.id for row in session.regions))
        session.reset()
    assert len(seen) == 1


def test_adopting_a_fused_region_merges_what_is_behind_it(ws, session):
    session.set_fuse_gap(7.0)
    session.next()
    session.adopt()
    assert stored(ws) == [(10, 48)]
    session.undo()
    assert stored(ws) == [(10, 18), (25, 33), (40, 48)]


def test_adopting_a_new_region_adds_it_and_keeps_it_selected(ws):
    curve = np.array([0.1] * 20 + [0.4] + [0.1] * 32, "f4")
    stamp = scan(ws, "OTHER", [], scores=curve, threshold=0.5)
    session = ReviewSession(ws, FILE)
    session.load_model("OTHER")
    session.set_threshold(0.3)
    session.next()
    session.adopt()
    (row,) = ws.clips.get_scan_results(FILE, "default", stamp)["OTHER"]
    assert row[1:4] == (20, 28, pytest.approx(0.4))
    assert session.selected == row.id > 0


@pytest.mark.parametrize(
    ("edit", "end"), [("toggle_disabled", 56), ("accept", 56), ("end_later", 56.1)]
)
def test_no_edit_of_a_proposal_is_lost(ws, session, edit, end):
    session.set_threshold(0.3)
    session.select(session.regions[2].id)
    session.act(edit)
    assert stored(ws)[2] == (40, pytest.approx(end))


def test_an_edited_region_stays_as_it_is_whatever_the_gap(session):
    row = session.regions[0]
    session.resize(row.id, 11.0, 15.0)
    session.set_fuse_gap(30.0)
    assert (11, 15) in spans(session)


def test_adopting_where_nothing_is_proposed_says_so(session):
    with pytest.raises(LookupError, match="nothing here is only proposed"):
        session.adopt()


def test_a_gap_that_is_no_length_is_refused(session):
    with pytest.raises(ValueError, match="a gap is 0 to 600 s"):
        session.set_fuse_gap(-1.0)


def test_a_version_without_scores_can_still_be_fused(ws, session):
    session.load_version(session.versions[1].stamp)
    session.set_fuse_gap(10.0)
    assert spans(session) == [(10, 38)]


@given(st.lists(st.sampled_from([0.1, 0.4, 0.7, 0.9]), min_size=1, max_size=40), st.data())
def test_at_any_setting_all_that_would_be_found_is_shown(scores, data):

    from eightcut.audio.regions import from_scores
    from eightcut.audio.windows import Grid
    from eightcut.db import RegionRow
    from eightcut.sessions.preview import preview

    curve, grid = np.array(scores, "f4"), Grid(8.0, 1.0)
    own = from_scores(curve, grid, 0.5, 0.0)
    rows = [RegionRow(i, *found, False, *found[:2]) for i, found in enumerate(own, 1)]
    threshold, gap = data.draw(st.sampled_from([0.2, 0.5, 0.8])), data.draw(st.sampled_from([0, 9]))
    found = from_scores(curve, grid, threshold, gap)
    seen = preview(rows, found, set(), threshold if threshold > 0.5 else -1.0)
    assert {row[1:3] for row in seen.rows} >= {region[:2] for region in found}
    assert len({row.id for row in seen.rows}) == len(seen.rows)
