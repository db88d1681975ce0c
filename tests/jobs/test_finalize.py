"""Finalizing: whole groups move with all that belongs to them, or stay and say why."""

import errno
import os
import threading
import time

import pytest

from eightcut.images.decisions import Choice, Recommendation, highest_stage, rejected
from eightcut.jobs.finalize import Decided, finalize, plan_finalize, recover, undo_finalize
from eightcut.jobs.picture_groups import PictureGroup, find_groups
from eightcut.media import moves, sidecars
from tests.jobs import pictures

BOX = (0.1, 0.1, 0.8, 0.8)


@pytest.fixture
def project(tmp_path):
    with pictures.project(tmp_path) as made:
        yield made


def groups(project):
    return find_groups(project).groups


def decide(project, *choices, recommendation=None):
    """The first groups of a project, decided one after another."""
    given = zip(groups(project), choices, strict=False)
    return [Decided(group, choice, recommendation) for group, choice in given]


def picked(index, crop=BOX):
    return Recommendation(index, 0.9, crop, "ranker 3", "sharp")


def rows(project):
    return project.decisions.decisions()


def listed(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def files(project):
    """Relative path -> content, with nothing hidden left out."""
    root = project.root
    found = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def failing(monkeypatch, number, code=errno.ENOSPC, folder=""):
    """Make one rename into a folder fail as a full or forbidden disk would."""
    real, seen = moves._rename, []

    def rename(source, target):
        if folder in str(target.parent):
            seen.append(target)
            if number is None or len(seen) == number:
                raise OSError(code, os.strerror(code), str(target))
        real(source, target)

    monkeypatch.setattr(moves, "_rename", rename)


# Where everything goes


def test_a_batch_of_three_groups_is_kept_cropped_and_rejected(tmp_path):  # case 39
    root = tmp_path / "pictures"
    pictures.group(root, 0, stages=(1, 1.5, 2))
    pictures.group(root, 1, stages=(1, 2))
    pictures.group(root, 2, stages=(1, 1.5, 2, 3))
    with pictures.start(tmp_path) as project:
        decided = decide(project, Choice(2), Choice(0, "manual"), rejected())
        report = finalize(project, decided)
        assert (report.kept, report.cropped, report.deleted, report.remaining) == (2, 1, 7, 0)
        assert [row.user_action for row in rows(project)] == ["approve", "crop", "reject"]


def test_a_rejected_group_has_a_row_that_names_no_picture(project):
    finalize(project, decide(project, rejected()))
    (row,) = rows(project)
    assert (row.user_selected_index, row.user_action, row.selection_match) == (None, "reject", None)


def test_a_group_that_was_not_submitted_stays_untouched(project):
    before = files(project)
    finalize(project, decide(project, Choice(0)))
    left = {name: content for name, content in files(project).items() if "/" not in name}
    assert len(left) == 12
    assert left.items() <= before.items()


def test_an_accepted_crop_takes_picture_companion_and_sidecar_to_crop_auto(project):  # case 40
    finalize(project, decide(project, Choice(1), recommendation=picked(1)))
    stem = pictures.name(0, 1.5, "")
    folder = project.folder("crop_auto")
    assert listed(folder) == [f"{stem}{suffix}" for suffix in (".decision", ".png", ".yaml")]
    (row,) = rows(project)
    assert (row.ai_crop_accepted, row.ai_crop_coords) == (True, BOX)
    told = sidecars.read_decision_sidecar(folder / f"{stem}.png")
    assert (told["group_id"], told["project_id"]) == (row.group_id, "mojo")
    assert told["ai_crop_coords"] == list(BOX)
    assert (told["needs_crop"], told["ai_route"], told["ai_crop_accepted"]) == (
        True,
        "suggestion",
        True,
    )


def test_a_declined_crop_goes_to_selected_without_a_sidecar(project):  # case 35
    finalize(project, decide(project, Choice(1, "none"), recommendation=picked(1)))
    assert listed(project.folder("selected")) == [
        pictures.name(0, 1.5),
        pictures.name(0, 1.5, ".yaml"),
    ]
    assert rows(project)[0].ai_crop_accepted is False


def test_a_crop_by_hand_lies_beside_its_sidecar(project):  # case 36
    finalize(project, decide(project, Choice(2, "manual"), recommendation=picked(1)))
    told = sidecars.read_decision_sidecar(project.folder("crop") / pictures.name(0, 2))
    assert told["needs_crop"] is True
    assert told["ai_route"] == "manual"
    assert "ai_crop_coords" not in told
    assert (rows(project)[0].user_action, rows(project)[0].ai_crop_accepted) == ("crop", None)


def test_the_sidecar_of_a_crop_by_hand_keeps_the_proposal_for_the_picked_picture(project):
    finalize(project, decide(project, Choice(1, "manual"), recommendation=picked(1)))
    told = sidecars.read_decision_sidecar(project.folder("crop") / pictures.name(0, 1.5))
    assert told["ai_crop_coords"] == list(BOX)


def test_an_explicit_rejection_stages_every_picture(project):  # case 41
    finalize(project, decide(project, rejected()))
    assert len(listed(project.folder("delete_staging"))) == 6


def test_a_picture_without_companions_is_moved_like_any_other(tmp_path):  # case 42
    with pictures.project(tmp_path, groups=1, companions=()) as project:
        report = finalize(project, decide(project, Choice(0)))
        assert (report.kept, report.deleted, len(rows(project))) == (1, 2, 1)
        assert listed(project.folder("selected")) == [pictures.name(0, 1)]


def test_all_companions_travel_and_an_unrelated_file_does_not(tmp_path):  # case 44
    suffixes = (".yaml", ".caption", ".txt", ".foo")
    root = tmp_path / "pictures"
    pictures.group(root, companions=suffixes)
    (root / "notes.md").write_text("mine")
    (root / f"{pictures.name(0, 1, '')}_b.yaml").write_text("another stem")
    with pictures.start(tmp_path) as project:
        finalize(project, decide(project, Choice(1)))
        assert len(listed(project.folder("selected"))) == 5
        left = [name for name in files(project) if "/" not in name]
        assert left == [f"{pictures.name(0, 1, '')}_b.yaml", "notes.md"]


def test_the_sidecar_of_the_whole_group_goes_with_the_winner(tmp_path):  # case 44
    root = tmp_path / "pictures"
    first, *_ = pictures.group(root)
    sidecar = f"{first.name.split('_stage')[0]}.decision"
    (root / sidecar).write_text("{}")
    with pictures.start(tmp_path) as project:
        finalize(project, decide(project, Choice(2)))
        assert sidecar in listed(project.folder("selected"))


def test_the_sidecar_of_a_rejected_group_is_staged(tmp_path):
    first, *_ = pictures.group(tmp_path / "pictures")
    sidecar = first.with_name(f"{first.name.split('_stage')[0]}.decision")
    sidecar.write_text("{}")
    with pictures.start(tmp_path) as project:
        finalize(project, decide(project, rejected()))
        assert sidecar.name in listed(project.folder("delete_staging"))


def test_a_sidecar_from_before_makes_room_for_the_new_one_and_is_kept(project):
    old = (project.root / pictures.name(0, 1)).with_suffix(".decision")
    old.write_text("from before")
    finalize(project, decide(project, Choice(0, "manual")))
    assert (project.folder("delete_staging") / old.name).read_text() == "from before"
    new = sidecars.read_decision_sidecar(project.folder("crop") / pictures.name(0, 1))
    assert new["group_id"] == rows(project)[0].group_id


def test_companions_that_two_pictures_share_are_not_taken_from_one_of_them(tmp_path):
    root = tmp_path / "pictures"
    first, *_ = pictures.group(root)
    pictures.png(root / "x.png").rename(first.with_suffix(".jpg"))
    with pictures.start(tmp_path) as project:
        group = PictureGroup("k", tuple(sorted(root.glob("*.png"))), ".")
        before = files(project)
        report = finalize(project, [Decided(group, Choice(0))])
        assert "rename one" in report.refused[0].reason
        assert files(project) == before


def test_no_file_is_lost_or_changed(project):
    before = sorted(files(project).values())
    finalize(project, decide(project, Choice(0), rejected(), Choice(1, "none")))
    assert sorted(files(project).values()) == before


# What is logged


def test_a_row_holds_what_the_picture_measures(project):
    finalize(project, decide(project, Choice(0)))
    assert (rows(project)[0].image_width, rows(project)[0].image_height) == pictures.SIZE


def test_a_row_names_folder_and_pictures_of_the_group(tmp_path):
    pictures.group(tmp_path / "pictures" / "faces")
    with pictures.start(tmp_path) as project:
        finalize(project, decide(project, Choice(1)))
        (row,) = rows(project)
        assert row.directory == "faces"
        assert row.images == tuple(pictures.name(0, stage) for stage in (1, 1.5, 2))


def test_batches_are_counted_from_one(project):
    first, second, _ = decide(project, Choice(0), Choice(0), Choice(0))
    finalize(project, [first])
    finalize(project, [second])
    assert [row.batch_number for row in rows(project)] == [1, 2]
    assert "_batch002_img000" in rows(project)[1].group_id


def test_the_pick_of_a_model_is_compared_with_the_choice(project):
    finalize(project, decide(project, Choice(1), Choice(0), recommendation=picked(1)))
    assert [row.selection_match for row in rows(project)] == [True, False]
    assert [row.ai_confidence for row in rows(project)] == [0.9, 0.9]
    assert rows(project)[0].model_version == "ranker 3"


def test_the_pick_of_a_rule_is_no_mistake_of_a_model(project):  # case 48
    group = groups(project)[0]
    rule = highest_stage([path.name for path in group.images])
    finalize(project, [Decided(group, Choice(0), rule)])
    (row,) = rows(project)
    assert (row.ai_selected_index, row.ai_confidence, row.selection_match) == (None, None, None)
    assert project.decisions.ai_mistakes() == []


def test_no_recommendation_is_logged_as_unknown(project):
    finalize(project, decide(project, Choice(1)))
    row = rows(project)[0]
    assert (row.ai_selected_index, row.ai_crop_coords, row.model_version) == (None, None, None)


def test_a_proposal_of_almost_the_whole_picture_is_no_crop(project):  # case 49
    finalize(project, decide(project, Choice(1), recommendation=picked(1, (0, 0, 1, 1))))
    assert rows(project)[0].ai_crop_accepted is None
    assert listed(project.folder("crop_auto")) == []


def test_a_proposal_that_is_no_box_is_logged_as_unknown(project):  # case 49
    finalize(project, decide(project, Choice(1), recommendation=picked(1, (0.9, 0, 0.1, 1))))
    assert rows(project)[0].ai_crop_coords is None


def test_a_confidence_that_is_none_is_refused_before_anything_moves(project):
    wrong = Recommendation(0, 1.5, None, "m", "")
    before = files(project)
    report = finalize(project, decide(project, Choice(0), recommendation=wrong))
    assert "ai_confidence" in report.refused[0].reason
    assert files(project) == before


# Large groups


@pytest.fixture
def six(tmp_path):
    for index in range(6):
        pictures.png(tmp_path / "pictures" / "burst" / f"IMG_{index}.png", seed=index)
    with pictures.start(tmp_path) as made:
        (group,) = find_groups(made, by="folder").groups
        yield made, group


def test_the_last_round_of_a_large_group_is_the_decision(six):
    project, group = six
    finalize(project, [Decided(group, Choice(4), picked(2), shown=(2, 4, 5))])
    (row,) = rows(project)
    assert row.images == ("IMG_2.png", "IMG_4.png", "IMG_5.png")
    assert (row.ai_selected_index, row.user_selected_index) == (0, 1)
    assert len(listed(project.folder("delete_staging"))) == 5


def test_a_pick_that_was_out_before_the_last_round_is_compared_with_nothing(six):
    project, group = six
    finalize(project, [Decided(group, Choice(4), picked(0), shown=(2, 4, 5))])
    row = rows(project)[0]
    assert (row.ai_selected_index, row.ai_crop_coords, row.selection_match) == (None, None, None)
    assert row.model_version == "ranker 3"


def test_a_large_group_without_its_last_round_is_refused(six):
    project, group = six
    report = finalize(project, [Decided(group, Choice(4))])
    assert "decide in rounds" in report.refused[0].reason
    assert rows(project) == []


def test_a_winner_that_was_not_on_screen_is_refused(six):
    project, group = six
    report = finalize(project, [Decided(group, Choice(0), shown=(2, 4))])
    assert "picture 0 was chosen" in report.refused[0].reason


@pytest.mark.parametrize("shown", [(1,), (1, 1), (0, 9), (-1, 0), (0, 1, 2, 3, 4)])
def test_a_round_that_cannot_have_been_is_refused(six, shown):
    project, group = six
    report = finalize(project, [Decided(group, rejected(), shown=shown)])
    assert "a round shows 2 to 4 of 6 pictures" in report.refused[0].reason


# Groups that cannot move stay whole, the others go on


@pytest.mark.parametrize("suffix", [".png", ".yaml"])
@pytest.mark.parametrize("folder", ["selected", "delete_staging"])
def test_a_name_that_is_taken_moves_nothing_of_that_group(project, folder, suffix):  # case 43
    decided = decide(project, Choice(0), Choice(0))
    stage = 1 if folder == "selected" else 2
    taken = project.folder(folder) / pictures.name(0, stage, suffix)
    taken.parent.mkdir()
    taken.write_text("another")
    before = files(project)
    report = finalize(project, decided)
    assert report.refused[0].key == decided[0].group.key
    assert str(taken) in report.refused[0].reason
    assert (report.kept, report.remaining, len(rows(project))) == (1, 1, 1)
    after = files(project)
    own = {path.name for path in decided[0].group.images}
    assert all(after[name] == before[name] for name in before if name in own)
    assert taken.read_text() == "another"


def test_a_sidecar_that_is_in_the_way_moves_nothing_of_that_group(project):
    taken = project.folder("crop") / pictures.name(0, 1, ".decision")
    taken.parent.mkdir()
    taken.write_text("another")
    before = files(project)
    report = finalize(project, decide(project, Choice(0, "manual")))
    assert str(taken) in report.refused[0].reason
    assert files(project) == before


def test_of_two_groups_that_want_one_name_the_first_moves(tmp_path):
    for folder in ("a", "b"):
        pictures.group(tmp_path / "pictures" / folder)
    with pictures.start(tmp_path) as project:
        report = finalize(project, decide(project, Choice(0), Choice(0)))
        assert (report.kept, report.remaining) == (1, 1)
        assert pictures.name(0, 1) in report.refused[0].reason
        assert len(list((project.root / "b").iterdir())) == 6


def test_names_that_a_file_system_takes_for_one_are_one(tmp_path, monkeypatch):
    for folder, names in {"a": ("x.png", "y.png"), "b": ("X.PNG", "z.png")}.items():
        for name in names:
            pictures.png(tmp_path / "pictures" / folder / name)
    monkeypatch.setattr("eightcut.jobs.unit_planner._ignores_case", lambda folder: True)
    with pictures.start(tmp_path) as project:
        first, second = find_groups(project, by="folder").groups
        chosen = [Decided(first, Choice(0)), Decided(second, Choice(0))]
        assert "X.PNG" in plan_finalize(project, chosen).refused[0].reason


def test_names_that_differ_in_case_are_two_on_a_file_system_that_tells_them_apart(tmp_path):
    for folder, name in {"a": "x.png", "b": "X.png"}.items():
        pictures.png(tmp_path / "pictures" / folder / name)
        pictures.png(tmp_path / "pictures" / folder / f"other {folder}.png")
    with pictures.start(tmp_path) as project:
        chosen = [Decided(group, rejected()) for group in find_groups(project, by="folder").groups]
        assert finalize(project, chosen).remaining == 0


def test_a_winner_that_cannot_be_read_is_refused_with_the_reason(project):
    decided = decide(project, Choice(0), Choice(0))
    decided[0].group.images[0].write_bytes(b"")
    report = finalize(project, decided)
    assert decided[0].group.images[0].name in report.refused[0].reason
    assert (report.kept, report.remaining) == (1, 1)


def test_a_loser_that_cannot_be_read_is_staged(project):
    decided = decide(project, Choice(0))
    decided[0].group.images[1].write_bytes(b"")
    assert finalize(project, decided).kept == 1


def test_a_group_of_unreadable_pictures_can_be_rejected(project):
    decided = decide(project, rejected())
    for path in decided[0].group.images:
        path.write_bytes(b"no picture")
    finalize(project, decided)
    assert (rows(project)[0].image_width, rows(project)[0].image_height) == (None, None)


def test_odd_names_are_only_names(tmp_path):
    folder = tmp_path / "pictures" / "a'b; \" ü"
    for name in ("line\nbreak.png", "quo'te\".png", "%s {0} ünï.png"):
        pictures.png(folder / name)
    (folder / os.fsdecode(b"quo'te\".\xff")).write_bytes(b"any bytes")
    with pictures.start(tmp_path) as project:
        before = files(project)
        (group,) = find_groups(project, by="folder").groups
        finalize(project, [Decided(group, Choice(2))])
        assert sorted(rows(project)[0].images) == sorted(path.name for path in group.images)
        assert len(listed(project.folder("selected"))) == 2
        undo_finalize(project)
        assert files(project) == before


def test_a_name_that_the_log_cannot_hold_is_refused_before_anything_moves(tmp_path):
    for name in ("a\\b.png", "c.png"):
        pictures.png(tmp_path / "pictures" / name)
    with pictures.start(tmp_path) as project:
        (group,) = find_groups(project, by="folder").groups
        before = files(project)
        assert (
            "file names without a folder"
            in finalize(project, [Decided(group, rejected())]).refused[0].reason
        )
        assert files(project) == before


def test_a_picture_that_is_gone_refuses_its_group(project):
    decided = decide(project, Choice(0), Choice(0))
    decided[0].group.images[2].unlink()
    report = finalize(project, decided)
    assert decided[0].group.images[2].name in report.refused[0].reason
    assert report.kept == 1


def test_a_picture_of_another_place_is_refused(project, tmp_path):
    outside = pictures.group(tmp_path / "elsewhere")
    report = finalize(project, [Decided(PictureGroup("k", tuple(outside), "."), Choice(0))])
    assert "is no picture of mojo" in report.refused[0].reason
    assert all(path.exists() for path in outside)


def test_a_picture_in_a_work_folder_is_refused(project):
    staged = pictures.group(project.root / "__selected", 7)
    group = PictureGroup("k", tuple(staged), "__selected")
    assert "work folder" in finalize(project, [Decided(group, Choice(0))]).refused[0].reason


def test_a_linked_picture_is_refused(project):
    (group, *_) = groups(project)
    target = group.images[0].rename(project.root / "moved.png")
    group.images[0].symlink_to(target)
    assert len(finalize(project, [Decided(group, Choice(0))]).refused) == 1
    assert group.images[0].is_symlink()


def test_a_group_that_is_given_twice_is_finalized_once(project):
    (group, *_) = groups(project)
    report = finalize(project, [Decided(group, Choice(0)), Decided(group, Choice(1))])
    assert (report.kept, report.remaining, len(rows(project))) == (1, 1, 1)


def test_a_work_folder_that_is_a_link_is_refused(project, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    project.folder("selected").symlink_to(tmp_path / "elsewhere")
    before = files(project)
    report = finalize(project, decide(project, Choice(0)))
    assert "selected is no plain folder" in report.refused[0].reason
    assert files(project) == before


def test_a_work_folder_that_is_a_file_is_refused(project):
    project.folder("delete_staging").write_text("mine")
    report = finalize(project, decide(project, Choice(0)))
    assert report.remaining == 1
    assert project.folder("delete_staging").read_text() == "mine"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("number", range(1, 8))
def test_a_disk_that_fails_in_the_middle_leaves_that_group_whole(
    project, monkeypatch, number, code
):
    decided = decide(project, Choice(1, "manual"), Choice(1, "manual"))
    before = files(project)
    failing(monkeypatch, number, code)
    report = finalize(project, decided)
    assert (report.kept, report.remaining, len(rows(project))) == (1, 1, 1)
    after = files(project)
    stayed = {
        path.with_suffix(s).name for path in decided[0].group.images for s in (".png", ".yaml")
    }
    assert all(after[name] == before[name] for name in stayed)
    assert len(listed(project.folder("crop"))) == 3
    assert recover(project) == []


def test_a_destination_that_cannot_be_written_refuses_what_goes_there(project, monkeypatch):
    before = files(project)
    failing(monkeypatch, None, errno.EROFS, folder="selected")
    report = finalize(project, decide(project, Choice(0), rejected()))
    assert (report.kept, report.rejected, report.remaining) == (0, 1, 1)
    assert "selected" in report.refused[0].reason
    assert {name for name in files(project) if "/" not in name} < set(before)


def test_a_group_that_can_go_neither_forth_nor_back_is_set_right_by_the_next_call(
    project, monkeypatch
):
    decided = decide(project, Choice(0))
    before = files(project)
    with monkeypatch.context() as patched:
        real, seen = moves._rename, []

        def rename(source, target):
            seen.append(target)
            if len(seen) > 2:
                raise OSError(errno.EIO, "Input/output error", str(target))
            real(source, target)

        patched.setattr(moves, "_rename", rename)
        with pytest.raises(OSError, match="nothing is lost"):
            finalize(project, decided)
    assert sorted(files(project).values()) == sorted(before.values())
    assert finalize(project, decided).already_done == (decided[0].group.key,)
    assert len(rows(project)) == 1


def test_a_batch_in_which_nothing_could_move_is_not_there_to_be_undone(project, monkeypatch):
    failing(monkeypatch, None)
    report = finalize(project, decide(project, Choice(0)))
    assert report.batch_id is None
    with pytest.raises(LookupError, match="nothing finalized"):
        undo_finalize(project)


def test_rows_that_cannot_be_stored_follow_with_the_next_call(project, monkeypatch):
    decided = decide(project, Choice(0))
    with monkeypatch.context() as patched:

        def full(*_, **__):
            raise OSError(errno.ENOSPC, "No space left on device")

        patched.setattr(type(project.decisions), "complete_batch", full)
        report = finalize(project, decided)
    assert "the decisions will follow" in report.pending
    assert rows(project) == []
    assert len(recover(project)) == 1
    assert len(rows(project)) == 1


# Twice, and two at once


def test_the_same_submission_twice_changes_nothing_the_second_time(project):  # case 46
    decided = decide(project, Choice(0), Choice(1, "manual"), rejected())
    finalize(project, decided)
    before, logged = files(project), rows(project)
    report = finalize(project, decided)
    assert len(report.already_done) == 3
    assert (report.kept, report.remaining, report.batch_id) == (0, 0, None)
    assert (files(project), rows(project)) == (before, logged)


def test_the_second_of_two_reviewers_is_told_what_was_decided(project):
    (group, *_) = groups(project)
    finalize(project, [Decided(group, Choice(0))])
    before = files(project)
    report = finalize(project, [Decided(group, Choice(1))])
    assert "have been decided already" in report.refused[0].reason
    assert f"{group.images[0].name} was kept" in report.refused[0].reason
    assert files(project) == before


def test_two_reviewers_at_once_decide_each_group_once(project, tmp_path):
    from eightcut.project import Project

    decided = decide(project, Choice(0), Choice(0), Choice(0))
    reports = []

    def review(choice):
        with Project(project.workspace_path, "mojo") as own:
            again = [one._replace(choice=Choice(choice)) for one in decided]
            reports.append(finalize(own, again))

    threads = [threading.Thread(target=review, args=(choice,)) for choice in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.kept for report in reports) == [0, 3]
    assert len(rows(project)) == 3


def test_a_group_may_be_decided_anew_after_its_pictures_came_back_by_hand(project):
    (group, *_) = groups(project)
    finalize(project, [Decided(group, Choice(0))])
    for path in project.root.glob("*/*"):
        path.rename(project.root / path.name)
    assert finalize(project, [Decided(group, Choice(1))]).kept == 1


def test_a_cancelled_finalize_leaves_the_rest_where_it_was(project):
    cancel = threading.Event()
    cancel.set()
    before = files(project)
    report = finalize(project, decide(project, Choice(0), Choice(0)), cancel=cancel)
    assert [why for _, why in report.refused] == ["cancelled before its turn"] * 2
    assert (files(project), rows(project)) == (before, [])


# Taking back


def test_an_undone_batch_leaves_everything_as_it_was(project):
    before = files(project)
    chosen = decide(project, Choice(0), Choice(1, "manual"), rejected(), recommendation=picked(0))
    report = finalize(project, chosen)
    undone = undo_finalize(project, report.batch_id)
    assert (files(project), rows(project)) == (before, [])
    assert (undone.batch_id, undone.groups, len(undone.restored)) == (report.batch_id, 3, 18)


def test_the_last_batch_is_undone_unless_another_is_named(project):
    first, second = decide(project, Choice(0), Choice(0))
    finalize(project, [first])
    finalize(project, [second])
    undo_finalize(project)
    assert [row.images[0] for row in rows(project)] == [first.group.images[0].name]
    undo_finalize(project)
    assert rows(project) == []
    with pytest.raises(LookupError, match="mojo has nothing finalized"):
        undo_finalize(project)


def test_an_undone_group_can_be_decided_anew(project):
    decided = decide(project, Choice(0))
    finalize(project, decided)
    undo_finalize(project)
    assert finalize(project, decided).kept == 1


def test_a_batch_is_undone_once(project):
    report = finalize(project, decide(project, Choice(0)))
    undo_finalize(project)
    with pytest.raises(LookupError, match=f"no batch {report.batch_id}"):
        undo_finalize(project, report.batch_id)


def test_a_batch_whose_picture_has_moved_on_stays_whole(project):
    report = finalize(project, decide(project, Choice(0), Choice(0)))
    (project.folder("selected") / pictures.name(0, 1)).rename(project.root / "mine.png")
    before = files(project)
    with pytest.raises(ValueError, match="has been moved on or cropped since"):
        undo_finalize(project, report.batch_id)
    assert files(project) == before
    assert len(rows(project)) == 2


def test_a_batch_whose_place_is_taken_stays_whole(project):
    finalize(project, decide(project, Choice(0)))
    (project.root / pictures.name(0, 1)).write_text("another")
    before = files(project)
    with pytest.raises(ValueError, match="is there again"):
        undo_finalize(project)
    assert files(project) == before


def test_a_batch_whose_decision_was_cropped_since_stays_whole(project):
    finalize(project, decide(project, Choice(0, "manual")))
    project.decisions.update_decision_with_crop(rows(project)[0].group_id, BOX)
    before = files(project)
    with pytest.raises(ValueError, match="was changed"):
        undo_finalize(project)
    assert files(project) == before


def test_a_sidecar_that_was_changed_since_is_not_removed(project):
    finalize(project, decide(project, Choice(0, "manual")))
    sidecar = project.folder("crop") / pictures.name(0, 1, ".decision")
    sidecar.write_text("changed")
    with pytest.raises(ValueError, match="has been changed since"):
        undo_finalize(project)
    assert sidecar.read_text() == "changed"


def test_an_undo_that_the_disk_stops_is_completed_by_the_next_call(project, monkeypatch):
    before = files(project)
    finalize(project, decide(project, Choice(0), rejected()))
    with monkeypatch.context() as patched:
        failing(patched, 9)
        with pytest.raises(ValueError, match="cannot go back"):
            undo_finalize(project)
    assert len(recover(project)) == 1
    assert (files(project), rows(project)) == (before, [])


# What is said


def test_a_plan_counts_what_happens_to_every_file(project):
    chosen = decide(project, Choice(0, "none"), Choice(1, "manual"), recommendation=picked(1))
    plan = plan_finalize(project, chosen)
    assert plan.counts == {
        "selected": 2,
        "crop": 2,
        "crop_auto": 0,
        "staged": 8,
        "sidecars": 1,
        "groups": 2,
        "refused": 0,
        "already_done": 0,
        "untouched": 3,
    }


def test_a_plan_changes_nothing(project):
    before = files(project)
    plan_finalize(project, decide(project, Choice(0), rejected()))
    assert (files(project), rows(project)) == (before, [])


def test_a_plan_knows_the_rest_without_looking_when_it_is_told(project):
    found = find_groups(project)
    plan = plan_finalize(project, decide(project, Choice(0)), among=found)
    assert plan.counts["untouched"] == 6


def test_a_plan_lists_each_file_with_its_role_and_folder(project):
    unit = plan_finalize(project, decide(project, Choice(1, "manual"))).units[0]
    assert [(file.role, file.folder) for file in unit.files] == [
        ("winner", "crop"),
        ("companion", "crop"),
        ("sidecar", "crop"),
        ("loser", "delete_staging"),
        ("companion", "delete_staging"),
        ("loser", "delete_staging"),
        ("companion", "delete_staging"),
    ]


def test_a_report_has_a_row_per_file_and_per_refused_group(project):
    decided = decide(project, Choice(0), Choice(0))
    decided[1].group.images[0].write_bytes(b"")
    table = finalize(project, decided).frame()
    assert list(table.columns) == ["group", "role", "path", "folder", "reason"]
    assert len(table) == 7


def test_counts_of_a_report_add_up(project):
    decided = decide(project, Choice(0), rejected(), Choice(1))
    decided[2].group.images[1].write_bytes(b"")
    finalize(project, decided[:1])
    counts = finalize(project, decided).counts
    assert counts["kept"] + counts["rejected"] + counts["already_done"] + counts["remaining"] == 3


def test_names_are_escaped_where_they_become_a_page(tmp_path):
    for number in range(2):
        pictures.png(tmp_path / "pictures" / "<b>" / f"<i>{number}.png")
    with pictures.start(tmp_path) as project:
        (group,) = find_groups(project, by="folder").groups
        chosen = [Decided(group, Choice(0))]
        pages = [plan_finalize(project, chosen)._repr_html_()]
        pages += [finalize(project, chosen)._repr_html_(), undo_finalize(project)._repr_html_()]
        assert all("<i>" not in page and "&lt;i&gt;" in page for page in pages)


def test_a_report_says_what_was_done_and_what_was_not(project):
    decided = decide(project, Choice(0), Choice(0, "manual"), rejected())
    decided[2] = decided[2]._replace(choice=Choice(9))
    text = str(finalize(project, decided))
    assert text.startswith(
        "2 kept, 1 of them to be cropped, 4 pictures to delete_staging, 1 refused"
    )
    assert "picture 9 was chosen" in text


def test_a_hundred_groups_take_about_a_second(tmp_path):
    with pictures.project(tmp_path, groups=100) as project:
        decided = decide(project, *[Choice(1, "manual"), Choice(2), rejected()] * 34)
        begin = time.perf_counter()
        finalize(project, decided)
        assert time.perf_counter() - begin < 10  # a guard against one flush per file
