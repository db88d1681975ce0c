import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.images import stages

LATE = ["20250101_240000", "20250101_006000", "20250101_000060"]


@pytest.mark.parametrize(
    ("name", "timestamp", "stage"),
    [
        ("20250725_183405_stage1.5_face_swapped.png", "20250725_183405", 1.5),  # case 25
        ("20250708_060711_stage2.png", "20250708_060711", 2.0),
        ("20250708_060711_stage1_generated.png", "20250708_060711", 1.0),
        ("20250708_060711_stage2_upscaled", "20250708_060711", 2.0),
        ("20250708_060711_stage3-final.jpeg", "20250708_060711", 3.0),
        ("20250708_060711_STAGE3_ENHANCED.PNG", "20250708_060711", 3.0),
        ("20250708_060711_stage1.5.png", "20250708_060711", 1.5),
        ("20250708_060711_stage12", "20250708_060711", 12.0),
        ("20251399_256199_stage1.png", "20251399_256199", 1.0),  # the shape is all that counts
        ("a/b.c/20250708_060711_stage2.png", "20250708_060711", 2.0),
        (Path("/data/20250708_060711_stage2.png"), "20250708_060711", 2.0),
    ],
)
def test_a_name_tells_its_second_and_stage(name, timestamp, stage):
    assert stages.parse_filename(name) == {"timestamp": timestamp, "stage": stage}


@pytest.mark.parametrize(
    "name",
    [
        "IMG_1.png",  # case 25
        "",
        "x20250708_060711_stage2.png",
        "20250708_060711_stage2.png/",
        "20250708_060711_stage2/cover.png",
        "20250708_060711_stage_two.png",
        "20250708_060711.png",
        "20250708-060711_stage2.png",
        "٢٠٢٥٠٧٠٨_060711_stage2.png",  # digits, but not ours
        f"20250708_060711_stage{'9' * 400}.png",
    ],
)
def test_another_name_tells_nothing(name):
    assert stages.parse_filename(name) is None


@given(st.text())
def test_no_text_is_too_odd_to_read(text):
    stages.stamped(text)
    stages.natural(text)
    assert stages.parse_filename(text) is None


@given(st.text(st.characters(exclude_characters="/.0123456789")))
def test_anything_may_follow_the_stage(text):
    assert stages.parse_filename(f"20250708_060711_stage2{text}")["stage"] == 2


@given(
    st.datetimes(timezones=st.just(dt.UTC)),
    st.integers(0, 999),
    st.integers(0, 99),
)
def test_a_stamp_is_seconds_since_1970(moment, whole, part):
    moment = moment.replace(microsecond=0)
    name = f"{moment.year:04d}{moment:%m%d_%H%M%S}_stage{whole}.{part}_x.png"
    found = stages.stamped(name)
    assert found == (moment.timestamp(), float(f"{whole}.{part}"))


@pytest.mark.parametrize("stamp", ["20250230_000000", "20251301_000000", "00000101_000000", *LATE])
def test_an_impossible_date_has_no_time(stamp):
    assert stages.parse_filename(f"{stamp}_stage1.png")["timestamp"] == stamp
    assert stages.stamped(f"{stamp}_stage1.png") is None


def test_numbers_in_names_are_sorted_as_numbers():
    names = ["page10.png", "Page9.png", "page010.png", "10.png", "9.png", "cover.png"]
    names.append(f"page{'1' * 5000}.png")
    assert sorted(names, key=stages.natural) == [
        "9.png",
        "10.png",
        "cover.png",
        "Page9.png",
        "page10.png",
        "page010.png",
        f"page{'1' * 5000}.png",
    ]


@pytest.mark.parametrize(
    ("path", "parts"),
    [("a/b/c.png", ("a/b/", "c.png")), ("c.png", ("", "c.png")), ("/c.png", ("/", "c.png"))],
)
def test_a_path_is_split_behind_its_last_separator(path, parts):
    assert stages.folder_and_name(path) == parts
