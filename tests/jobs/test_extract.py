import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eightcut as ec
from eightcut.jobs import extract_facts, extract_locate, extract_work
from eightcut.jobs.sample_history import FATES, sample_history
from eightcut.progress import Cancelled
from tests.jobs.finished_projects import (
    S1,
    S2,
    S15,
    Finished,
    brighter,
    cropped,
    date,
    halved,
    stamp,
)


@pytest.fixture
def done(tmp_path):
    return Finished(tmp_path)


def truth(made):
    """(winner, losers, winners, final, kind, rect) of every line that an extraction shall have."""
    finals = {one.raw: one for one in made.finals if not one.is_copy}
    return {
        (
            winner,
            tuple(raw for raw in group.raws if raw not in group.winners),
            group.winners,
            finals[winner].path,
            finals[winner].kind,
            finals[winner].rect,
        )
        for group in made.groups
        if 0 < len(group.winners) < len(group.raws)
        for winner in group.winners
    }


def found(made, extraction):
    def inside(path, top=made.raw_dir):
        return Path(path).relative_to(top).as_posix()

    return {
        (
            inside(one.chosen_path),
            tuple(map(inside, one.neg_paths)),
            tuple(map(inside, one.winners)),
            inside(one.final_path, made.final_dir),
            one.crop_kind,
            one.crop_box and ec_rect(one.crop_box, one.image_width, one.image_height),
        )
        for one in extraction.entries
    }


def ec_rect(box, width, height):
    from eightcut.images.boxes import to_pixels

    return to_pixels(box, width, height)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return sample_history(tmp_path_factory.mktemp("made"), groups=2 * len(FATES), size=(240, 180))


@pytest.mark.parametrize("match", ["name", "content"])
def test_a_project_of_known_truth_is_extracted_exactly(made, match):
    extraction = ec.extract_project(
        made.raw_dir, made.final_dir, "mojo", match=match, progress=False
    )
    assert found(made, extraction) == truth(made)
    rejected = {group.raws for group in made.groups if not group.winners}
    assert {
        tuple(Path(p).relative_to(made.raw_dir).as_posix() for p in line.neg_paths)
        for line in extraction.rejected
    } == rejected
    assert len(extraction.report.duplicates) == sum(one.is_copy for one in made.finals)
    assert len(extraction.report.unmatched) == len(made.strays)


def test_stages_seconds_apart_are_one_group_and_a_lower_choice_an_anomaly(done):  # case 68
    done.make(S1, S15, S2)
    done.keep(S15)
    (entry,) = done.extract().entries
    assert done.inside(entry.chosen_path, *entry.neg_paths) == [S15, S1, S2]
    assert (entry.chosen_stage, entry.neg_stages, entry.is_anomaly) == (1.5, (1.0, 2.0), True)
    assert entry.timestamp == "20250708_060711"


def test_exact_timestamps_are_a_choice_and_the_report_tells_both(done):
    done.make(S1, S2, stamp(0, 1.5))
    done.keep(S1)
    extraction = done.extract(grouping="timestamp")
    assert done.lines(extraction) == [(S1, [stamp(0, 1.5)])]
    assert extraction.report.modes == {
        "name": {"groups": 1, "selections": 1},
        "timestamp": {"groups": 1, "selections": 1},
    }


def test_a_group_without_a_final_is_a_rejected_group(done):  # case 69
    done.make(S1, S2)
    extraction = done.extract()
    (line,) = extraction.rejected
    assert (line.chosen_path, line.chosen_stage, line.was_cropped, line.winners) == (
        None, None, None, (),
    )  # fmt: skip
    assert done.inside(*line.neg_paths) == [S1, S2]
    assert extraction.entries == ()


def test_a_single_stage_is_skipped_with_the_reason(done):  # case 69
    done.make(S1)
    done.keep(S1)
    (skipped,) = done.extract().skipped
    assert (skipped.reason, done.inside(*skipped.winners)) == ("single_stage", [S1])


def test_several_winners_are_a_line_each_that_names_all(done):  # case 69
    done.make(S1, S15, S2)
    done.keep(S1)
    done.keep(S2)
    extraction = done.extract()
    assert done.lines(extraction) == [(S1, [S15]), (S2, [S15])]
    assert {entry.winners for entry in extraction.entries} == {
        (str(done.raw / S1), str(done.raw / S2))
    }
    assert extraction.multi_winner == extraction.entries[:1]


def test_where_all_were_kept_nothing_lost(done):  # case 69
    done.make(S1, S2)
    done.keep(S1)
    done.keep(S2)
    extraction = done.extract()
    assert extraction.lines == ()
    assert [one.reason for one in extraction.skipped] == ["all_chosen"]


def test_a_final_in_a_nested_folder_is_matched_by_name(done):  # case 70
    done.make(S1, S2)
    done.keep(S2, f"_young brunette curly/more/{S2}")
    (entry,) = done.extract().entries
    assert done.inside(entry.chosen_path) == [S2]
    assert entry.final_path == str(done.final / "_young brunette curly/more" / S2)


TWO = [f"{folder}/{name}" for folder in ("one", "two") for name in (S1, S2)]


@pytest.mark.parametrize(
    ("change", "by"),
    [(None, "bytes"), (cropped((10, 5, 130, 95)), "pixels"), (lambda array: array, "bytes")],
)
def test_one_name_in_two_folders_is_told_apart_by_content(done, change, by):  # case 70
    done.make(*TWO)
    done.keep(f"two/{S2}", f"kept/{S2}", change=change)
    extraction = done.extract()
    assert done.lines(extraction) == [
        (f"two/{S2}", [f"two/{S1}"]),
        (None, [f"one/{S1}", f"one/{S2}"]),
    ]
    assert extraction.entries[0].matched_by == by


def test_one_name_in_two_folders_is_told_apart_by_path(done):  # case 70
    done.make(*TWO)
    done.keep(f"two/{S2}", f"best/two/{S2}", change=brighter)
    assert done.lines(done.extract())[0] == (f"two/{S2}", [f"two/{S1}"])


def test_what_nothing_tells_apart_is_reported_and_never_guessed(done):  # case 70
    done.make(f"one/{S1}", f"two/{S1}")
    done.make(f"one/{S2}", f"two/{S2}", like=1)
    done.keep(f"two/{S2}", f"kept/{S2}")
    extraction = done.extract()
    assert extraction.lines == ()
    assert [one.reason for one in extraction.skipped] == ["undecided_final"] * 2
    ((path, candidates),) = extraction.report.ambiguous
    assert done.inside(path, *candidates) == [f"kept/{S2}", f"one/{S2}", f"two/{S2}"]


def test_a_folder_that_is_there_twice_counts_once(done):
    done.make(f"one/{S1}", f"one/{S2}")
    shutil.copytree(done.raw / "one", done.raw / "two")
    done.keep(f"two/{S2}", S2)
    extraction = done.extract()
    assert done.lines(extraction) == [(f"one/{S2}", [f"one/{S1}"])]
    assert [one.reason for one in extraction.skipped] == ["duplicate_group"]


def test_of_copies_the_one_counts_that_a_final_is_of(done):
    done.make(f"one/{S1}", f"one/{S2}")
    shutil.copytree(done.raw / "one", done.raw / "two")
    done.keep(f"two/{S2}", f"two/{S2}")
    extraction = done.extract()
    assert done.lines(extraction) == [(f"two/{S2}", [f"two/{S1}"])]
    assert [done.inside(*one.paths)[0] for one in extraction.skipped] == [f"one/{S1}"]


def test_a_final_that_was_kept_twice_is_a_duplicate(done):
    done.make(S1, S2)
    done.keep(S2, f"a/{S2}")
    done.keep(S2, f"b/{S2}")
    extraction = done.extract()
    assert done.lines(extraction) == [(S2, [S1])]
    (duplicate,) = extraction.report.duplicates
    assert done.inside(*duplicate) == [f"b/{S2}", f"a/{S2}", S2]


def test_finals_of_one_raw_that_differ_leave_its_crop_unknown(done):
    done.make(S1, S2)
    done.keep(S2, f"a/{S2}")
    done.keep(S2, f"b/{S2}", change=cropped((0, 0, 80, 60)))
    (entry,) = done.extract().entries
    assert (entry.crop_kind, entry.crop_box, entry.was_cropped) == ("ambiguous", None, None)


def test_the_same_pixels_a_day_later_are_no_crop(done):  # case 71
    done.make(S1, S2)
    done.keep(S2, days=1)
    (entry,) = done.extract().entries
    assert (entry.crop_kind, entry.was_cropped, entry.crop_box) == ("full", False, None)


@pytest.mark.parametrize("as_", [None, "renamed.png", "renamed.webp"])
def test_a_part_has_its_box_to_the_pixel(done, as_):  # case 71
    done.make(S1, S2)
    done.keep(S2, as_, change=cropped((16, 6, 144, 102)))
    (entry,) = done.extract().entries
    width, height = entry.image_width, entry.image_height
    assert entry.crop_box == (16 / width, 6 / height, 144 / width, 102 / height)
    assert (entry.was_cropped, entry.crop_kind) == (True, "crop")


@pytest.mark.parametrize("change", [halved, brighter])
def test_a_resized_or_edited_final_has_no_box(done, change):  # case 71
    done.make(S1, S2)
    done.keep(S2, change=change, days=1)
    (entry,) = done.extract().entries
    assert (entry.crop_kind, entry.crop_box, entry.was_cropped) == (
        "resized or edited", None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "by"),
    [
        (None, "bytes"),
        (cropped((20, 15, 140, 105)), "pixels"),
        (halved, "likeness"),
        (brighter, "likeness"),
    ],
    ids=["as it is", "cropped", "resized", "brighter"],
)
def test_renamed_finals_are_found_by_content(done, change, by):
    done.make(S1, S15, S2, *(stamp(1000 * n, 1) for n in range(1, 9)))
    done.keep(S15, "best/a favourite.png", change=change)
    (entry,) = done.extract().entries
    assert (done.inside(entry.chosen_path), entry.matched_by) == ([S15], by)


def test_a_renamed_final_of_one_of_two_equal_raws_is_undecided(done):
    done.make(S1, S2, like=1)
    done.keep(S2, "x.png", change=halved)
    extraction = done.extract()
    assert extraction.lines == ()
    assert len(extraction.report.ambiguous) == 1


def test_a_stranger_is_unmatched_and_the_report_says_what_that_means(done):
    done.make(S1, S2)
    done.write(done.final / "stranger.png", np.asarray(np.zeros((120, 160, 3), np.uint8)))
    report = done.extract().report
    assert done.inside(*report.unmatched) == ["stranger.png"]
    assert any("may have been chosen" in warning for warning in report.warnings)


def test_by_path_nothing_else_matches(done):
    done.make(*TWO)
    done.keep(f"two/{S2}")
    done.keep(f"one/{S2}", S2)
    extraction = done.extract(match="path")
    assert done.lines(extraction)[0] == (f"two/{S2}", [f"two/{S1}"])
    assert done.inside(*extraction.report.unmatched) == [S2]


def test_without_looking_times_say_what_was_cropped(done):
    done.make(S1, S2, stamp(1000, 1), stamp(1050, 2))
    done.keep(S2, days=1)
    done.keep(stamp(1050, 2), days=0)
    extraction = done.extract(locate=False)
    assert [entry.was_cropped for entry in extraction.entries] == [True, False]
    assert all(entry.crop_kind is None and entry.mtime_reliable for entry in extraction.entries)


def test_times_outside_the_project_are_marked_unreliable(done):  # case 72
    done.make(S1, S2)
    done.keep(S2, days=-2)
    extraction = done.extract(locate=False)
    assert extraction.report.mtime["reliable"] is False
    assert extraction.entries[0].mtime_reliable is False
    assert any("modification times" in warning for warning in extraction.report.warnings)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\nbroken"])
def test_a_final_that_cannot_be_read_is_still_a_winner(done, content):
    done.make(S1, S2)
    done.keep(S2).write_bytes(content)
    extraction = done.extract()
    (entry,) = extraction.entries
    assert (entry.crop_kind, entry.crop_box, entry.was_cropped) == ("unreadable", None, None)
    assert entry.image_width == 160
    (told,) = extraction.report.unreadable
    assert S2 in told.reason


def test_an_empty_final_is_no_crop_also_where_nothing_is_looked_at(done):
    done.make(S1, S2)
    done.keep(S2).write_bytes(b"")
    (entry,) = done.extract(locate=False).entries
    assert (entry.crop_kind, entry.was_cropped) == ("unreadable", None)


def test_unreadable_pictures_are_matched_to_nothing_by_content(done):
    done.make(S1, S2)
    (done.raw / S1).write_bytes(b"broken too")
    (done.final / "empty.png").write_bytes(b"")
    (done.final / "broken.png").write_bytes(b"broken")
    extraction = done.extract()
    assert len(extraction.report.unmatched) == 2
    assert len(extraction.rejected) == 1


def test_an_empty_raw_is_left_out_and_counted_and_never_loses(done):
    done.make(S1, S15, S2)
    (done.raw / S1).write_bytes(b"")
    done.keep(S2)
    extraction = done.extract()
    assert done.lines(extraction) == [(S2, [S15])]
    assert (extraction.report.raw["found"], extraction.report.raw["left_out"]) == (3, 1)
    assert [tuple(one) for one in extraction.report.left_out] == [(str(done.raw / S1), "is empty")]


@pytest.mark.parametrize("match", ["name", "path"])
def test_a_final_of_a_raw_that_was_left_out_is_not_taken_for_another_stage(done, match):
    done.make(S1, like=1)
    done.make(S2, like=2)
    done.keep(S2, S1, change=brighter)
    (done.raw / S1).write_bytes(b"")
    assert done.inside(*done.extract(match=match).report.unmatched) == [S1]


def test_a_final_with_the_bytes_of_another_raw_is_that_raw_whatever_its_name(done):
    done.make(S1, S15, S2)
    done.keep(S1, S2)
    extraction = done.extract()
    assert done.lines(extraction) == [(S1, [S15, S2])]
    assert extraction.entries[0].matched_by == "bytes"
    ((path, raws, named),) = extraction.report.misnamed
    assert done.inside(path, *raws, *named) == [S2, S1, S2]
    assert any("than their name says" in warning for warning in extraction.report.warnings)


def test_a_final_with_the_bytes_of_its_own_raw_keeps_its_name_also_where_another_is_alike(done):
    done.make(S1, S2, like=1)
    done.keep(S2)
    extraction = done.extract()
    assert done.lines(extraction) == [(S2, [S1])]
    assert (extraction.entries[0].matched_by, extraction.report.misnamed) == ("name", ())


def test_two_finals_that_swapped_names_are_told_apart_by_their_bytes(done):
    done.make(S1, S15, S2)
    done.keep(S1, S2)
    done.keep(S2, S1, change=None)
    finals = {Path(e.chosen_path).name: Path(e.final_path).name for e in done.extract().entries}
    assert finals == {S1: S2, S2: S1}


def test_names_are_believed_unread_where_no_other_raw_has_the_size(done, monkeypatch):
    done.make(S1, S2)
    done.keep(S2)
    monkeypatch.setattr(extract_work, "digests", None)  # calling it would fail
    assert done.extract().report.misnamed == ()


@pytest.mark.parametrize("match", ["name", "path", "content"])
def test_a_linked_final_makes_its_group_undecided_and_not_rejected(done, match):
    done.make(S1, S2)
    (done.final / S2).symlink_to(done.raw / S2)
    extraction = done.extract(match=match)
    assert extraction.lines == ()
    (skipped,) = extraction.skipped
    assert (skipped.reason, done.inside(*skipped.finals)) == ("undecided_final", [S2])
    ((path, candidates),) = extraction.report.doubtful
    assert done.inside(path, *candidates) == [S2, S2]
    assert any("left out have the name" in warning for warning in extraction.report.warnings)


def test_a_linked_copy_of_a_known_final_changes_nothing(done):
    done.make(S1, S2)
    done.keep(S2)
    (done.final / "best").mkdir()
    (done.final / "best" / S2).symlink_to(done.final / S2)
    extraction = done.extract()
    assert done.lines(extraction) == [(S2, [S1])]
    assert extraction.report.doubtful == ()


def test_a_folder_that_was_not_looked_into_is_warned_of_where_groups_are_rejected(done):
    done.make(S1, S2)
    (done.final / "linked").symlink_to(done.raw)
    extraction = done.extract()
    assert len(extraction.rejected) == 1
    assert any("not looked into" in warning for warning in extraction.report.warnings)


def test_what_a_camera_names_is_unparsed_and_can_still_be_a_final(done):
    done.make("IMG_1.JPG", "IMG_2.JPG")
    done.keep("IMG_1.JPG")
    report = done.extract().report
    assert (report.raw["unparsed"], report.matched["unparsed"]) == (2, 1)


@pytest.mark.parametrize(
    "odd", ["a b", "ünï", "日本", "quote'\"", "line\nbreak", "100%", "[x]", ","]
)
def test_odd_names_go_through(done, odd):
    names = [stamp(0, 1, f"{odd}/"), stamp(87, 2, f"{odd}/")]
    done.make(*names)
    done.keep(names[1], f"{odd} kept/{odd}.png")
    assert done.lines(done.extract()) == [(names[1], [names[0]])]


def test_other_formats_and_upper_case_are_pictures_too(done):
    names = [stamp(0, 1, suffix=".TGA"), stamp(87, 2, suffix=".AVIF")]
    done.make(*names)
    done.keep(names[1])
    (entry,) = done.extract().entries
    assert (done.inside(entry.chosen_path), entry.crop_kind) == ([names[1]], "full")


@pytest.mark.parametrize("inner", [".", "raw/final", "raw/../raw"])
def test_one_folder_in_the_other_is_refused(tmp_path, inner):
    (tmp_path / "raw/final").mkdir(parents=True)
    for one, other in ((tmp_path / "raw", tmp_path / inner), (tmp_path / inner, tmp_path / "raw")):
        with pytest.raises(ValueError, match="RAW and FINAL"):
            ec.extract_project(one, other, "mojo")


@pytest.mark.parametrize(
    ("how", "said"),
    [({"match": "date"}, "match is one of"), ({"grouping": "stage"}, "grouping is one of")],
)
def test_an_unknown_way_is_refused(done, how, said):
    with pytest.raises(ValueError, match=said):
        done.extract(**how)


def test_a_project_needs_a_name(done):
    with pytest.raises(ValueError, match="needs a name"):
        ec.extract_project(done.raw, done.final, " ")


def test_a_missing_folder_is_named(done):
    with pytest.raises(NotADirectoryError, match="nowhere"):
        ec.extract_project(done.raw / "nowhere", done.final, "mojo")


def test_empty_folders_give_an_empty_extraction(done):
    extraction = done.extract()
    assert (extraction.lines, extraction.images, extraction.report.extraction_date) == (
        (),
        (),
        None,
    )
    extraction.report.check()


def test_nothing_is_changed_in_either_folder(done):
    def seen():
        return {
            path: (path.stat().st_mtime_ns, path.is_dir() or path.read_bytes())
            for path in done.raw.parent.rglob("*")
        }

    done.make(S1, S2)
    done.keep(S2, "x.png", change=halved)
    before = seen()
    done.extract()
    assert seen() == before


def test_every_picture_has_a_row(done):
    done.make(S1, S2, "IMG_1.png")
    done.keep(S2, f"sub/{S2}", days=2)
    rows = {row.filename: row for row in done.extract().images}
    assert set(rows) == {S1, S2, "IMG_1.png"}
    assert rows[S2][3:] == (
        "20250708_060838", 2.0, "2025-07-08T06:07:11Z", (done.raw / S2).stat().st_size, True,
        str(done.final / "sub" / S2), "2025-07-10T06:07:11Z", False,
    )  # fmt: skip
    assert rows["IMG_1.png"].timestamp is rows["IMG_1.png"].stage is None


def test_the_date_is_that_of_the_newest_input(done):
    done.make(S1, S2)
    date(done.keep(S2), 30)
    extraction = done.extract()
    assert extraction.report.extraction_date == "2025-08-07T06:07:11Z"
    assert extraction.entries[0].metadata["extraction_date"] == "2025-08-07T06:07:11Z"


def test_what_was_seen_is_not_looked_at_again(done, tmp_path, monkeypatch):
    done.make(S1, S2)
    done.keep(S2, "x.png", change=cropped((16, 6, 144, 102)))
    first = done.extract(facts=tmp_path / "facts")
    monkeypatch.setattr(extract_locate, "look", None)  # calling it would fail
    assert done.extract(facts=tmp_path / "facts").lines == first.lines


def test_a_changed_final_is_looked_at_again(done, tmp_path):
    done.make(S1, S2)
    done.keep(S2)
    done.extract(facts=tmp_path / "facts")
    done.keep(S2, change=cropped((0, 0, 80, 60)), days=3)
    (entry,) = done.extract(facts=tmp_path / "facts").entries
    assert entry.crop_kind == "crop"


def test_facts_that_were_cut_short_are_found_again(done, tmp_path):
    done.make(S1, S2)
    done.keep(S2)
    first = done.extract(facts=tmp_path / "facts")
    whole = (tmp_path / "facts").read_bytes()
    (tmp_path / "facts").write_bytes(whole[: len(whole) // 2])
    assert done.extract(facts=tmp_path / "facts").lines == first.lines
    assert done.extract(facts=tmp_path / "facts").lines == first.lines


def test_a_cancelled_extraction_keeps_what_it_saw(done, tmp_path, monkeypatch):
    names = [stamp(1000 * n + 87 * (stage - 1), stage) for n in range(30) for stage in (1, 2)]
    done.make(*names)
    for name in names[1::2]:
        done.keep(name)
    cancel, looked = threading.Event(), []
    look = extract_locate.look

    def counting(*pair):
        looked.append(pair)
        if len(looked) == 5:
            cancel.set()
        return look(*pair)

    monkeypatch.setattr(extract_locate, "look", counting)
    with pytest.raises(Cancelled):
        done.extract(facts=tmp_path / "facts", cancel=cancel)
    seen = len(looked)
    assert seen < 30
    done.extract(facts=tmp_path / "facts")
    assert len(looked) == 30


def test_facts_without_a_file_are_kept_in_memory_only(tmp_path):
    facts = extract_facts.Facts()
    assert facts.find([], shown=None, cancel=None) == {}


KEPT = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.sampled_from(["", "sub/", "Other/"]),
        st.sampled_from(["same", "renamed", "missing"]),
    ),
    max_size=8,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kept=KEPT, match=st.sampled_from(["name", "path", "content"]))
def test_every_file_is_accounted_for_whatever_was_kept(tmp_path_factory, kept, match):
    done = Finished(tmp_path_factory.mktemp("any"))
    names = [stamp(1000 * n + 50 * s, s, f"{n % 2}/") for n in range(4) for s in (1, 2, 3)]
    for name in names:
        (done.raw / name).parent.mkdir(exist_ok=True)
        (done.raw / name).write_bytes(name.encode())
    for number, (which, folder, how) in enumerate(kept):
        name = Path(names[which]).name if how == "same" else f"{number}.png"
        target = done.final / folder / name
        target.parent.mkdir(exist_ok=True)
        content = b"other" if how == "missing" else names[which].encode()
        target.write_bytes(content)
    extraction = done.extract(match=match)
    report = extraction.report
    report.check()
    assert report.raw["found"] == len(names) == len(extraction.images)
    assert report.finals["found"] == sum(path.is_file() for path in done.final.rglob("*"))
    assert sum(row.in_final for row in extraction.images) == report.finals["matched"]
    for line in extraction.lines:
        assert not set(line.winners) & set(line.neg_paths)
