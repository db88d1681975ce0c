from hypothesis import given
from hypothesis import strategies as st

from eightcut.audio import comparison
from eightcut.audio.regions import Region

OLD = [Region(0, 8, 0.9), Region(20, 28, 0.5), Region(50, 60, 0.7)]
NEW = [Region(0, 8, 0.95), Region(52, 62, 0.8), Region(100, 108, 0.6)]


def test_regions_are_kept_shifted_gained_and_lost():
    diff = comparison.compare(OLD, NEW)
    assert diff.counts == {"kept": 1, "shifted": 1, "gained": 1, "lost": 1}
    assert diff.gained == (Region(100, 108, 0.6),)
    assert diff.lost == (Region(20, 28, 0.5),)
    assert round(diff.kept[0].score_change, 2) == 0.05


def test_a_region_has_one_partner_only():
    diff = comparison.compare([Region(0, 16, 0.9)], [Region(0, 8, 0.8), Region(8, 16, 0.7)])
    assert diff.counts == {"kept": 0, "shifted": 1, "gained": 1, "lost": 0}


def test_a_brush_is_no_match():
    assert comparison.compare([Region(0, 8, 0.9)], [Region(7, 15, 0.9)]).counts["lost"] == 1


def test_the_frame_has_a_row_for_every_region_by_time():
    table = comparison.compare(OLD, NEW).frame()
    assert table["change"].tolist() == ["kept", "lost", "shifted", "gained"]


some = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 30)).map(
        lambda s: Region(s[0], s[0] + s[1], 0.5)
    ),
    max_size=15,
)


@given(some, some)
def test_every_region_is_counted_exactly_once(old, new):
    counts = comparison.compare(old, new).counts
    both = counts["kept"] + counts["shifted"]
    assert (both + counts["lost"], both + counts["gained"]) == (len(old), len(new))


@given(some)
def test_a_version_compared_with_itself_is_all_kept(regions):
    assert comparison.compare(regions, regions).counts["kept"] == len(regions)


def test_by_the_shorter_region_one_inside_a_longer_is_its_pair_and_only_one():
    inside = [Region(4, 6, 0.8), Region(9, 10.5, 0.7), Region(40, 42, 0.9)]
    assert comparison.compare([Region(0, 16, 0.9)], inside).counts["shifted"] == 0
    diff = comparison.compare([Region(0, 16, 0.9)], inside, overlap="shorter")
    assert diff.counts == {"kept": 0, "shifted": 1, "gained": 2, "lost": 0}
    assert diff.shifted[0].tiou == 2 / 16


@given(some, some)
def test_by_the_shorter_region_gained_and_lost_swap_the_other_way_round(old, new):
    there = comparison.compare(old, new, overlap="shorter")
    back = comparison.compare(new, old, overlap="shorter")
    assert (there.gained, there.lost) == (back.lost, back.gained)
    for region in there.lost:  # what is left could not have been paired with anything left
        for other in there.gained:
            shared = min(region.end, other.end) - max(region.start, other.start)
            assert shared < 0.3 * min(region.end - region.start, other.end - other.start)
