import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.estimates import Rate
from eightcut.images import agreement, boxes
from eightcut.images.agreement import CropPair, crops, selection
from tests.images.outcomes import NAMES, outcome

BOX = (0.2, 0.1, 0.8, 0.7)
FAR = (0.0, 0.0, 0.4, 0.4)
spans = st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True).map(sorted)
edges = (
    st.tuples(spans, spans)
    .map(lambda both: (*both[0], *both[1]))
    .map(lambda box: (box[0], box[2], box[1], box[3]))
)


def test_only_rows_in_which_both_picked_are_compared():
    found = selection([outcome(2, 2), outcome(1, 2), outcome(None, 2), outcome(1, None)])
    assert found.decided == 4
    assert found.model == Rate(1, 2)


def test_without_rows_every_figure_is_unknown():  # case 21
    found = selection([])
    assert found.chance.value is found.lead.value is found.model.value is None
    assert found.favourite is None


def test_baselines_stand_on_the_rows_of_the_model():
    found = selection([outcome(2, 2), outcome(2, 0), outcome(None, 0), outcome(None, 0)])
    assert found.highest_stage == Rate(1, 2)
    assert found.chance.n == found.most_chosen.n == 2
    assert found.chance.value == pytest.approx(1 / 3)


def test_chance_is_the_mean_of_one_in_k():
    pair = outcome(0, 0, images=NAMES[:2])
    assert selection([pair, outcome(0, 0)]).chance.value == pytest.approx((1 / 2 + 1 / 3) / 2)


def test_a_stage_of_one_and_a_half_is_an_anomaly_too():  # case 64
    found = selection([outcome(1, 1), outcome(2, 0), outcome(2, 2)])
    assert found.otherwise == Rate(2, 3)
    assert found.on_otherwise == Rate(1, 2)
    assert found.on_default == Rate(1, 1)


def test_always_the_default_is_always_wrong_where_the_person_chose_otherwise():  # case 64
    found = selection([outcome(2, 2)] * 97 + [outcome(2, 0)] * 3)
    assert found.model.value == 0.97
    assert found.on_otherwise == Rate(0, 3)
    assert found.lead.value == 0


def test_names_without_stages_are_compared_but_not_with_the_highest_stage():
    found = selection([outcome(0, 0, images=("a.png", "b.png"))])
    assert (found.model.n, found.highest_stage.n, found.otherwise.n) == (1, 0, 0)


def test_the_most_chosen_index_may_come_from_elsewhere():
    rows = [outcome(0, 0), outcome(0, 0), outcome(0, 1)]
    assert selection(rows).favourite == 0
    assert selection(rows, favourite=1).most_chosen == Rate(1, 3)


def test_the_lead_over_the_default_is_paired():
    rows = [outcome(0, 0, number=n) for n in range(30)] + [outcome(2, 2, number=99)]
    lead = selection(rows).lead
    assert lead.value == pytest.approx(30 / 31)
    assert lead.low > 0.8
    assert lead.n == 31


def test_many_projects_are_drawn_whole():
    rows = [outcome(project_id=f"p{n % 10}", number=n) for n in range(20)]
    assert set(agreement.drawn_by(rows)) == {f"p{n}" for n in range(10)}
    assert len(set(agreement.drawn_by(rows[:9]))) == 9


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_a_change_is_the_difference_of_both_shares(pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    change = agreement.paired_change(first, second, [str(n) for n in range(len(pairs))])
    expected = (sum(second) - sum(first)) / len(pairs) if pairs else None
    assert change.value == (pytest.approx(expected) if pairs else None)


def test_the_same_twice_has_not_changed():
    same = [True, False] * 10
    assert agreement.paired_change(same, same, list(map(str, range(20))))[:3] == (0, 0, 0)


def test_a_crop_has_iou_match_and_displacement():
    found = crops([CropPair(BOX, BOX), CropPair(FAR, BOX)])
    assert found.model.match == Rate(1, 2)
    assert found.model.mean_iou.value == pytest.approx((1 + 0.06 / 0.46) / 2)
    assert found.model.displacement.value == pytest.approx((0.2 + 0.1 + 0.4 + 0.3) / 4 / 2)


@given(st.lists(st.tuples(edges, edges), min_size=1, max_size=8))
def test_many_boxes_are_compared_as_each_of_them_is(pairs):
    found = agreement.fit([(boxes.checked(a), boxes.checked(b)) for a, b in pairs])
    shared = [boxes.iou(a, b) for a, b in pairs]
    assert found.mean_iou.value == pytest.approx(sum(shared) / len(pairs), abs=1e-6)
    assert found.match.hits == sum(map(boxes.calculate_crop_match, *zip(*pairs, strict=True)))


def test_boxes_that_need_no_model_stand_beside_it():
    found = crops([CropPair(FAR, agreement.CENTRE, median=BOX), CropPair(FAR, agreement.WHOLE)])
    assert found.full_frame.match == Rate(1, 2)
    assert found.centre.match == Rate(1, 2)
    assert found.median.match == Rate(0, 1)


def test_without_crops_every_figure_is_unknown():
    found = crops([])
    fits = (found.model, *found.baselines.values())
    assert [fit.match.value for fit in fits] == [None] * 4
    assert [fit.mean_iou.value for fit in fits] == [None] * 4
    assert [fit.median_iou for fit in fits] == [None] * 4


def test_the_median_box_is_that_of_each_edge():
    assert agreement.median_box([FAR, BOX, BOX]) == BOX
    assert agreement.median_box([]) is None


@given(edges, edges)
def test_displacement_is_a_distance(a, b):
    assert agreement.displacement(a, b) == pytest.approx(agreement.displacement(b, a))
    assert agreement.displacement(a, a) == 0


@pytest.mark.parametrize(
    ("more", "unedited", "taken"),
    [
        ({"ai_crop": BOX, "ai_crop_accepted": True}, True, True),
        ({"ai_crop": BOX, "ai_crop_accepted": False}, False, False),
        ({"ai_crop": BOX, "ai_crop_accepted": True, "final_crop": BOX}, True, True),
        ({"ai_crop": BOX, "ai_crop_accepted": True, "final_crop": FAR}, False, False),
        ({"ai_crop": BOX, "action": "crop", "final_crop": (0.2, 0.1, 0.8005, 0.7)}, True, True),
        ({"ai_crop": BOX, "action": "crop"}, None, None),
        ({"ai_crop": BOX}, None, None),
        ({"ai_crop": (0, 0, 1, 1)}, None, True),
        ({"ai_crop": None}, None, True),
        ({"ai_crop": None, "action": "crop"}, None, False),
    ],
)
def test_a_recommendation_is_taken_whole_or_not(more, unedited, taken):
    row = outcome(2, 2, **more)
    assert (row.is_crop_unedited, row.is_taken) == (unedited, taken)


def test_another_pick_or_a_rejected_group_is_a_recommendation_not_taken():
    assert outcome(1, 2, ai_crop=BOX, final_crop=BOX).is_taken is False
    assert outcome(1, None).is_taken is False
    assert outcome(None, 2).is_taken is None


def test_a_crop_proposed_on_another_picture_was_never_accepted_or_declined():
    assert outcome(1, 2, ai_crop=BOX, final_crop=BOX).is_crop_unedited is None
