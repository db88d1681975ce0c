import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.images import decisions
from eightcut.images.decisions import Choice, Recommendation, Route

BOX = (0.1, 0.0, 0.9, 0.8)


def recommended(index=1, crop=BOX, *, is_rule=False):
    return Recommendation(index, 0.9, crop, "ranker-1", "best", is_rule)


def test_a_group_id_tells_project_time_batch_and_place():  # case 1
    found = decisions.generate_group_id("mojo3", "2025-10-21T23:45:30Z", 1, 2)
    assert found == "mojo3_group_20251021T234530Z_batch001_img002"


def test_a_group_id_grows_with_its_batch():  # case 2
    found = decisions.generate_group_id("mojo3", "2025-10-21T23:45:30.120456+00:00", 1000)
    assert found == "mojo3_group_20251021T234530120456+0000_batch1000_img000"


def test_a_group_id_without_a_time_is_of_now():  # case 2
    stamp = decisions.generate_group_id("mojo3").split("_")[2]
    made = dt.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    assert abs(dt.datetime.now(dt.UTC) - made) < dt.timedelta(seconds=2)


@pytest.mark.parametrize(
    "wrong", [{"project_id": "../x"}, {"timestamp": ""}, {"batch": -1}, {"index": -1}]
)
def test_an_impossible_group_id_is_refused(wrong):
    with pytest.raises(ValueError, match=r"cannot name|no timestamp|count from 0"):
        decisions.generate_group_id(**{"project_id": "mojo3", **wrong})


@pytest.mark.parametrize("text", ["mojo3", "TEST-1", "a", "0_x", "x" * 80])
def test_letters_and_digits_name_a_project(text):
    assert decisions.check_project_id(text) == text


@pytest.mark.parametrize(
    "text", ["", "../x", "a/b", "a b", "-a", "_a", ".a", "a.db", "a\n", "é", "x" * 81, None, 3]
)
def test_what_cannot_name_a_project_is_refused(text):  # case 4
    with pytest.raises(ValueError, match="cannot name a project"):
        decisions.check_project_id(text)


@pytest.mark.parametrize(
    ("ai", "user", "expected"),
    [(1, 1, True), (0, 2, False), (None, 1, None), (0, None, None), (None, None, None)],
)
def test_picks_match_where_both_picked(ai, user, expected):  # case 12
    assert decisions.selection_match(ai, user) is expected


def test_the_highest_stage_is_recommended_by_rule():  # case 48
    names = [f"20250708_060711_stage{stage}_x.png" for stage in (1, 3, 1.5)]
    found = decisions.highest_stage(names)
    assert found == (1, None, None, None, "highest stage (3)", True)


def test_what_a_rule_picked_is_not_the_ais_pick():  # case 48
    found = decisions.highest_stage(["20250708_060711_stage1.png"])
    assert found.index == 0
    assert decisions.selection_match(found.ai_index, 0) is None


def test_the_last_of_several_highest_is_recommended():
    names = [f"20250708_06071{i}_stage2.png" for i in range(3)]
    assert decisions.highest_stage(names).index == 2


@pytest.mark.parametrize("names", [[], ["IMG_1.png", "IMG_2.png"]])
def test_without_stages_nothing_is_recommended(names):
    found = decisions.highest_stage(names)
    assert (found.index, found.is_rule) == (None, True)


APPROVED = Route("approve", "selected", None, None, has_sidecar=False)
DECLINED = APPROVED._replace(ai_crop_accepted=False)
ACCEPTED = Route("approve", "crop_auto", True, BOX, has_sidecar=True)
BY_HAND = Route("crop", "crop", None, None, has_sidecar=True)


@pytest.mark.parametrize(
    ("choice", "recommendation", "expected"),
    [
        (Choice(1), recommended(), ACCEPTED),  # case 34
        (Choice(1), recommended(crop=None), APPROVED),
        (Choice(0), recommended(), APPROVED),
        (Choice(1), None, APPROVED),
        (Choice(1, "none"), recommended(), DECLINED),  # case 35
        (Choice(0, "none"), recommended(), APPROVED),
        (Choice(1, "none"), recommended(crop=None), APPROVED),
        (Choice(2, "manual"), recommended(), BY_HAND),  # case 36
        (Choice(1, "manual"), recommended(), BY_HAND._replace(sidecar_crop=BOX)),
        (Choice(1, "manual"), None, BY_HAND),
    ],
)
def test_a_choice_leads_here(choice, recommendation, expected):
    assert decisions.route(choice, recommendation) == expected


@pytest.mark.parametrize("crop", [(0, 0, 1, 1), (0, 0, 0.95, 1), (0.9, 0, 0.1, 1), (0, 0, 1.1, 1)])
def test_a_crop_that_was_not_shown_is_neither_accepted_nor_declined(crop):  # case 49
    for kind in ("shown", "none"):
        assert decisions.route(Choice(1, kind), recommended(crop=crop)) == APPROVED


@pytest.mark.parametrize("kind", decisions.CROPS)
def test_a_rules_crop_is_never_the_ais(kind):
    found = decisions.route(Choice(1, kind), recommended(is_rule=True))
    assert (found.ai_crop_accepted, found.sidecar_crop) == (None, None)


@pytest.mark.parametrize("recommendation", [None, recommended(), recommended(None)])
def test_a_rejected_group_is_staged_for_deletion(recommendation):
    found = decisions.route(decisions.rejected(), recommendation)
    assert found == ("reject", "delete_staging", None, None, False)


def test_an_unknown_kind_of_crop_is_refused():
    with pytest.raises(ValueError, match="is no kind of crop"):
        decisions.route(Choice(1, "auto"), None)


@given(
    st.builds(Choice, st.one_of(st.none(), st.integers(0, 3)), st.sampled_from(decisions.CROPS)),
    st.one_of(
        st.none(),
        st.builds(
            recommended,
            st.one_of(st.none(), st.integers(0, 3)),
            st.sampled_from([None, BOX, (0, 0, 1, 1)]),
            is_rule=st.booleans(),
        ),
    ),
)
def test_a_sidecar_goes_with_what_waits_for_a_crop(choice, recommendation):
    found = decisions.route(choice, recommendation)
    assert found.action in decisions.ACTIONS
    assert found.has_sidecar is (found.folder in {"crop", "crop_auto"})
    assert found.sidecar_crop is None or found.has_sidecar
    assert (found.ai_crop_accepted is True) is (found.folder == "crop_auto")
