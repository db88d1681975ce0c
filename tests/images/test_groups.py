import datetime as dt
import math
from collections import Counter
from itertools import chain, pairwise
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.images import groups
from eightcut.images.stages import stamped

START = dt.datetime(2025, 7, 8, 6, tzinfo=dt.UTC)


def name(seconds, stage, *, folder="raw/", suffix="x"):
    moment = START + dt.timedelta(seconds=seconds)
    return f"{folder}{moment:%Y%m%d_%H%M%S}_stage{stage}_{suffix}.png"


def burst(*stages, step=10):
    """Names of these stages, some seconds apart."""
    return [name(step * i, stage, suffix=str(i)) for i, stage in enumerate(stages)]


def indexes(given_paths, **options):
    """The groups and singletons as places among the paths."""
    found = groups.group_images(given_paths, **options)
    places = {path: i for i, path in enumerate(given_paths)}
    return (
        [[places[path] for path in group] for group in found.groups],
        [places[path] for path in found.singletons],
    )


@pytest.mark.parametrize(
    ("stages", "expected", "alone"),
    [
        ((1, 3, 2, 3), [[0, 2, 3]], [1]),  # case 26
        ((3, 3, 2, 3), [[2, 3]], [0, 1]),  # case 27
        ((2, 2, 2), [], [0, 1, 2]),
        ((3, 2, 1), [], [0, 1, 2]),
        ((1, 2, 1, 2), [[0, 1], [2, 3]], []),
        ((1, 3), [[0, 1]], []),
        ((1, 1.5, 2, 3), [[0, 1, 2, 3]], []),
        ((1, 1, 2), [[1, 2]], [0]),
        ((1, 2, 2), [[0, 1]], [2]),
        ((1,), [], [0]),
        ((), [], []),
    ],
)
def test_stages_in_the_order_of_time_are_grouped_nearest_up(stages, expected, alone):
    assert indexes(burst(*stages)) == (expected, alone)


@pytest.mark.parametrize(
    ("stages", "expected", "alone"),
    [
        ((1, 1, 2, 2), [[0, 2], [1, 3]], []),  # case 32
        ((1, 1, 1, 1.5, 1.5, 1.5, 2, 2, 2), [[0, 3, 6], [1, 4, 7], [2, 5, 8]], []),
        ((1, 2, 1, 1, 2, 2, 1, 2), [[0, 1], [2, 4], [3, 5], [6, 7]], []),
        ((1, 1, 2, 2, 1, 1, 2, 2), [[0, 2], [1, 3], [4, 6], [5, 7]], []),
        ((1, 1, 1.5, 1.5, 2), [[0, 2], [1, 3]], [4]),
        ((1, 1.5, 1.5, 2, 2), [[1, 3], [2, 4]], [0]),
        ((2, 2, 1, 1), [], [0, 1, 2, 3]),
    ],
)
def test_generations_made_side_by_side_are_told_apart(stages, expected, alone):
    assert indexes(burst(*stages)) == (expected, alone)


def test_side_by_side_counts_only_what_one_sitting_made():
    early = name(-3600, 1)
    later = burst(1, 1, 2, 2)
    found = groups.group_images([early, *later])
    assert found.groups == ((later[0], later[2]), (later[1], later[3]))
    assert found.singletons == (early,)


def test_generations_side_by_side_but_too_far_apart_are_not_zipped():
    paths = [name(0, 1), name(290, 1), name(310, 2), name(320, 2)]
    assert indexes(paths) == ([[1, 2]], [0, 3])


SITTING = [
    "20250708_214626_stage1.png",
    "20250708_214953_stage2.png",
    "20250708_215137_stage3.png",
]


def test_a_gap_of_time_ends_a_group():  # case 28
    assert indexes(SITTING, time_gap=120) == ([[1, 2]], [0])


def test_without_a_gap_any_time_may_pass():  # case 28
    assert indexes(SITTING, time_gap=None) == ([[0, 1, 2]], [])


@pytest.mark.parametrize(("seconds", "count"), [(300, 1), (301, 0)])
def test_exactly_the_gap_apart_still_belongs_together(seconds, count):
    assert len(groups.group_images([name(0, 1), name(seconds, 2)]).groups) == count


@pytest.mark.parametrize(("lookahead", "expected"), [(10, [0, 1]), (25, [0, 21])])
def test_a_nearer_stage_is_looked_for_so_far_ahead(lookahead, expected):  # case 29
    paths = burst(1, *[3] * 20, 2)
    assert indexes(paths, lookahead=lookahead)[0] == [expected]


def test_the_stages_of_one_second_are_in_order():  # case 30
    paths = [name(0, 1.5), name(0, 1)]
    assert groups.group_images(paths).groups == ((paths[1], paths[0]),)


def test_names_that_tell_nothing_come_last_and_by_name():  # case 30
    odd = ["raw/IMG_10.png", "raw/20250230_000000_stage1.png", "raw/IMG_9.png"]
    found = groups.group_images([*odd, name(0, 1), name(1, 2)])
    assert len(found.groups) == 1
    assert found.unparsed == (odd[1], odd[2], odd[0])


def test_january_and_september_are_apart_by_default():  # case 31
    assert not groups.group_images([name(0, 1), name(86400 * 250, 2)]).groups


def test_folders_are_never_mixed():  # case 31
    assert not groups.group_images([name(0, 1, folder="a/"), name(9, 2, folder="b/")]).groups


def test_a_folder_is_one_however_it_is_written():
    paths = [name(0, 1, folder="a/"), name(9, 2, folder="./a//"), Path(name(19, 3, folder="a/"))]
    assert len(groups.group_images(paths).groups[0]) == 3


def test_the_root_is_not_the_place_of_bare_names():
    assert not groups.group_images([name(0, 1, folder=""), name(9, 2, folder="/")]).groups


def test_given_objects_come_back():
    paths = [PurePosixPath(name(9, 2)), name(0, 1), Path("odd.png")]
    found = groups.group_images(paths)
    assert found.groups[0][0] is paths[1]
    assert found.groups[0][1] is paths[0]
    assert found.unparsed[0] is paths[2]


def test_one_path_given_twice_comes_back_twice():
    found = groups.group_images([name(0, 1), name(0, 1), name(9, 2), "odd", "odd"])
    assert sum(map(len, found.groups)) + len(found.singletons) == 3
    assert found.unparsed == ("odd", "odd")


@pytest.mark.parametrize("gap", [-1, math.nan])
def test_a_gap_below_zero_is_refused(gap):
    with pytest.raises(ValueError, match="time_gap"):
        groups.group_images([], time_gap=gap)


def test_a_lookahead_of_nothing_is_refused():
    with pytest.raises(ValueError, match="lookahead"):
        groups.group_images([], lookahead=0)


names = st.one_of(
    st.builds(
        name,
        st.integers(0, 900),
        st.sampled_from([1, 1.5, 2, 2.5, 3]),
        folder=st.sampled_from(["", "a/", "a/b/", "/c/"]),
        suffix=st.sampled_from("xy"),
    ),
    st.sampled_from(["a/IMG_1.png", "20250230_000000_stage1.png", ""]),
)
many = st.lists(names, max_size=40)
gaps = st.one_of(st.none(), st.integers(0, 600))
lookaheads = st.integers(1, 12)
EVERY_WAY = [
    groups.group_images,
    groups.group_by_timestamp,
    groups.group_by_folder,
    lambda paths: groups.group_by_likeness(
        paths, [None if "IMG" in path else len(path) * 1023 for path in paths]
    ),
]


@pytest.mark.parametrize("way", EVERY_WAY)
@given(many)
def test_every_path_is_in_exactly_one_place(way, paths):  # case 33
    found = way(paths)
    back = [*chain.from_iterable(found.groups), *found.singletons, *found.unparsed]
    assert Counter(back) == Counter(paths)
    assert all(len(group) > 1 for group in found.groups)


@pytest.mark.parametrize("way", EVERY_WAY)
@given(many)
def test_no_group_has_two_folders(way, paths):
    for group in way(paths).groups:
        assert len({Path(path).parent for path in group}) == 1


@pytest.mark.parametrize("way", EVERY_WAY)
@given(st.lists(names, max_size=30, unique=True), st.randoms())
def test_the_order_of_the_paths_does_not_matter(way, paths, random):
    shuffled = random.sample(paths, len(paths))
    assert way(shuffled) == way(paths)


@given(many, gaps, lookaheads)
def test_stages_rise_in_a_group_and_time_passes_within_the_gap(paths, gap, lookahead):
    for group in groups.group_images(paths, time_gap=gap, lookahead=lookahead).groups:
        for a, b in pairwise(map(stamped, group)):
            assert a.stage < b.stage
            assert 0 <= b.time_s - a.time_s <= (math.inf if gap is None else gap)


def test_the_second_of_a_stage_in_one_second_is_alone():
    paths = [name(0, 2, suffix="b"), name(0, 2, suffix="a"), name(0, 1), name(1, 3)]
    found = groups.group_by_timestamp(paths)
    assert found.groups == ((paths[2], paths[1]),)
    assert found.singletons == (paths[0], paths[3])


def test_a_folder_is_a_group_in_the_order_of_its_names():
    paths = ["a/10.png", "a/9.png", "b/1.png", Path("a/11.png")]
    found = groups.group_by_folder(paths)
    assert found.groups == (("a/9.png", "a/10.png", Path("a/11.png")),)
    assert found.singletons == ("b/1.png",)


def test_neighbours_that_look_alike_are_a_group():
    paths = ["a/1", "a/2", "a/3", "a/10", "b/1", "a/11"]
    hashes = [0, 0xFF, 0xFFFF, 0xFFFF << 20, 0xFFFF << 20, None]
    found = groups.group_by_likeness(paths, hashes)
    assert found.groups == (("a/1", "a/2", "a/3"),)
    assert found.singletons == ("a/10", "b/1")
    assert found.unparsed == ("a/11",)


@pytest.mark.parametrize(("distance", "count"), [(7, 0), (8, 1)])
def test_likeness_has_a_limit(distance, count):
    found = groups.group_by_likeness(
        ["1", "2"], np.array([0, 255], np.uint64), max_distance=distance
    )
    assert len(found.groups) == count


def test_a_picture_without_a_hash_does_not_part_its_neighbours():
    assert groups.group_by_likeness(["1", "2", "3"], [5, None, 5]).groups == (("1", "3"),)


def test_each_picture_needs_a_hash():
    with pytest.raises(ValueError, match="2 pictures need as many hashes"):
        groups.group_by_likeness(["1", "2"], [1])


def test_a_distance_below_zero_is_refused():
    with pytest.raises(ValueError, match="max_distance"):
        groups.group_by_likeness([], [], max_distance=-1)
