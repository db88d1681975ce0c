import datetime as dt

import pytest

from eightcut.sessions.versions import from_row, from_rows, moment

STAMP = "20260419_143022_123456"
ROW = {"timestamp": STAMP, "count": 12, "max_score": 0.954}


def label(**more):
    return from_row(ROW | more).label


def test_a_label_says_when_how_many_and_how_good():
    assert label() == "2026-04-19 14:30 (12 regions, best: 0.95)"


def test_a_scan_that_found_nothing_is_shown_as_such():
    assert label(count=0, max_score=None) == "2026-04-19 14:30 (0 regions)"


def test_one_region_is_not_many():
    assert label(count=1).endswith("(1 region, best: 0.95)")


@pytest.mark.parametrize(
    ("more", "marks"),
    [
        ({"pinned": True}, " ★"),
        ({"edited": True}, " ✎"),
        ({"pinned": True, "edited": True}, " ★ ✎"),
    ],
)
def test_pinned_and_edited_versions_are_marked(more, marks):
    assert label(**more).endswith(")" + marks)


def test_the_moment_is_shown_in_local_time():
    made = dt.datetime(2026, 4, 19, 12, 30, tzinfo=dt.UTC)
    assert moment(STAMP, made.isoformat()) == made.astimezone().strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize("stamp", ["", "yesterday", "2026-04-19", "20261399_000000_000000"])
def test_a_stamp_that_nobody_can_parse_is_shown_as_it_is(stamp):
    assert moment(stamp) == stamp


def test_scans_of_one_minute_have_labels_of_their_own():
    made = ["2026-04-19T12:30:10+00:00", "2026-04-19T12:30:41+00:00"]
    labels = [version.label for version in from_rows(ROW | {"created_at": at} for at in made)]
    assert [label.split(" (")[0][-3:] for label in labels] == [":10", ":41"]
