from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.models import splits


class Row(NamedTuple):
    project: str
    group: str
    pictures: tuple[str, ...] = ()


def rows(projects=3, groups=10):
    return [Row(f"p{p}", f"g{g}", (f"{p}-{g}",)) for p in range(projects) for g in range(groups)]


def side(some, numbers):
    return [some[number] for number in numbers]


def test_whole_projects_are_held_out_where_there_are_several():  # case 62
    some = rows()
    split = splits.split(some)
    assert split.by == "project"
    for train, held in split.parts:
        assert {r.project for r in side(some, train)}.isdisjoint(
            r.project for r in side(some, held)
        )


def test_one_project_is_split_by_whole_groups_and_says_so():
    some = [Row("p", f"g{number // 2}") for number in range(20)]
    split = splits.split(some)
    assert split.by == "group"
    assert "one project only" in split.note
    for train, held in split.parts:
        assert {r.group for r in side(some, train)}.isdisjoint(r.group for r in side(some, held))


def test_a_project_that_has_nearly_everything_is_not_held_out():
    some = [*rows(1, 60), Row("small", "g")]
    split = splits.split(some)
    assert (split.by, "nearly all" in split.note) == ("group", True)


def test_projects_that_share_a_picture_stay_on_one_side():
    some = [*rows(3), Row("p0", "copy", ("1-4",))]
    split = splits.split(some)
    first, second = split.folds[0], split.folds[10]
    assert first == second != split.folds[20]


def test_projects_that_all_share_pictures_are_split_by_group():
    split = splits.split([*rows(2), Row("p0", "copy", ("1-4",))])
    assert (split.by, "share pictures" in split.note) == ("group", True)


def test_a_single_group_cannot_be_held_out():
    assert splits.split([Row("p", "g")]) is None


def test_the_same_seed_gives_the_same_folds():
    some = rows(1, 50)
    assert (splits.split(some, seed=3).folds == splits.split(some, seed=3).folds).all()
    assert (splits.split(some, seed=3).folds != splits.split(some, seed=4).folds).any()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 9)), max_size=40))
def test_no_split_shows_in_training_what_it_holds_out(drawn):
    some = [Row(f"p{p}", f"g{g}", (f"picture {n}",)) for p, g, n in drawn]
    split = splits.split(some)
    for train, held in split.parts if split else []:
        splits.check(side(some, train), side(some, held), split.by)
        assert len(train)
        assert len(held)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=40))
def test_every_row_is_held_out_once(drawn):
    split = splits.split([Row(f"p{p}", f"g{g}") for p, g in drawn])
    if split:
        held = sorted(int(row) for _, out in split.parts for row in out)
        assert held == list(range(len(drawn)))


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (Row("a", "one"), "group a/one"),
        (Row("a", "two", ("same",)), "picture same"),
        (Row("a", "three"), "project a"),
    ],
)
def test_a_leak_is_refused_by_name(held, told):
    with pytest.raises(ValueError, match=f"was also trained on: .*{told}"):
        splits.check([Row("a", "one", ("same",))], [held], "project")


def test_many_leaks_are_counted():
    with pytest.raises(ValueError, match="and 7 more"):
        splits.check(rows(1), rows(1))
