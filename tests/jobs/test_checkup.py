"""The doctor names every damage, repairs what is safe after asking, and leaves the well alone."""

import os
import shutil

import pytest

import eightcut as ec
from eightcut import cli
from eightcut.jobs import checkup
from tests.jobs.checkups import build, decisions, edit_json, only, sql, tree

JOURNAL = "eightcut.db.layout.json"


@pytest.fixture
def ws(tmp_path):
    return build(tmp_path)


def agree(_finding):
    return True


def flip(path, at=-1):
    content = bytearray(path.read_bytes())
    content[at] ^= 0x55
    path.write_bytes(content)


def cut_last_line(path):
    path.write_text('{"id": 1}\n{"id": 2}\n{"id": ')


def interrupted_crop(ws):
    """As if the process had died right after the batch was written down."""
    decisions(ws, "UPDATE batches SET state = 'undoing' WHERE kind = 'crop'")


def interrupted_migration(ws):
    with ec.Workspace(ws) as opened:
        clip = ws / "exports" / "old" / "clip_001" / "x.wav"
        clip.parent.mkdir(parents=True)
        clip.write_bytes(b"sound")
        opened.clips.add("a.wav", 2.0, str(clip))
        from eightcut.jobs import layout
        from eightcut.media import moves

        moves.begin(ws / JOURNAL, layout._units(opened.clips.clip_paths())[0])


def waiting(ws):
    return only(ws.parent / "pictures" / "crop", "*.png")


def cropped(ws):
    return only(ws.parent / "pictures" / "crop_cropped", "*.png")


def archived(ws, name):
    return ws / "data" / "projects" / "archives" / "done" / name


def manifest(ws, name="mojo"):
    return ws / "data" / "projects" / f"{name}.project.json"


TRIGGER = "CREATE TRIGGER bad AFTER INSERT ON processed BEGIN DELETE FROM regions; END"
LEFT = ".eightcut-0123456789abcdef.png"

REPAIRED = {
    "a lost index": (
        lambda ws: sql(ws, "DROP INDEX idx_edits_turn"),
        "checks of the database", "not as eightcut makes them",
    ),
    "a lost view": (
        lambda ws: sql(ws, "DROP VIEW scan_results"),
        "checks of the database", "not as eightcut makes them",
    ),
    "a trigger of somebody else": (
        lambda ws: sql(ws, TRIGGER), "checks of the database", "not as eightcut makes them",
    ),
    "regions of no scan": (
        lambda ws: sql(ws, "INSERT INTO regions VALUES (99, 0, 1, 2, 0.5)"),
        "checks of the database", "point to a scan that is gone",
    ),
    "an edit of another file": (
        lambda ws: sql(ws, "UPDATE edits SET filename = 'b.wav' WHERE scan_id IS NOT NULL"),
        "edits", "of another file than their scan",
    ),
    "a curve that is too short": (
        lambda ws: sql(ws, "UPDATE scans SET scores = x'00112233' WHERE filename = 'a.wav'"),
        "scans", "not as long as it says",
    ),
    "a clip that no row knows": (
        lambda ws: (ws / "exports" / "whistle" / "vid_001" / "stray.wav").write_bytes(b"x"),
        "files in vid_NNN folders", "no row knows",
    ),
    "a damaged dataset.json": (
        lambda ws: (ws / "exports" / "whistle" / "dataset.json").write_text("[{"),
        "labels in dataset.json", "damaged",
    ),
    "a label of a clip that is gone": (
        lambda ws: edit_json(
            ws / "exports" / "whistle" / "dataset.json",
            lambda told: told.append({"path": str(ws / "exports" / "gone.wav"), "label": "x"}),
        ),
        "labels in dataset.json", "name a clip that is gone",
    ),
    "a label that is missing": (
        lambda ws: edit_json(ws / "exports" / "whistle" / "dataset.json", lambda told: told.pop()),
        "labels in dataset.json", "the file has not",
    ),
    "weights that do not fit their card": (
        lambda ws: flip(only(ws / "classifiers", "head.safetensors")),
        "versions of classifiers", "damaged",
    ),
    "a choice of a version that is gone": (
        lambda ws: (ws / "classifiers" / "FAKE" / "current" / "default").write_text("20010101"),
        "choices of a version in use", "not there",
    ),
    "a damaged embedding": (
        lambda ws: flip(only(ws / "embeddings", "frames.f16")), "stored embeddings", "damaged",
    ),
    "what is left of a damaged embedding": (
        lambda ws: only(ws / "embeddings", "meta.json").parent.rename(
            only(ws / "embeddings", "meta.json").parent.with_suffix(".damaged")
        ),
        "stored embeddings", "damaged",
    ),
    "a temporary file": (
        lambda ws: (ws / LEFT).touch(), "files in the workspace", "a crash left",
    ),
    "an interrupted migration": (
        interrupted_migration, "migrations of the layout", "interrupted half way",
    ),
    "a migration that moves other things": (
        lambda ws: (ws / JOURNAL).write_text('[{"name": "x", "moves": [["/a", "/b"]]}]'),
        "migrations of the layout", "not obeyed",
    ),
    "a line that was cut off": (
        lambda ws: cut_last_line(ws / "data" / "training" / "history.jsonl"),
        "lines of training records", "damaged",
    ),
    "an interrupted batch": (interrupted_crop, "interrupted batches", "was interrupted"),
    "a picture without its sidecar": (
        lambda ws: waiting(ws).with_suffix(".decision").unlink(),
        "waiting pictures", "no sidecar",
    ),
    "a sidecar without its picture": (
        lambda ws: waiting(ws).with_name("stray.decision").write_text('{"group_id": "g"}'),
        "sidecars", "picture is not beside them",
    ),
    "a damaged sidecar": (
        lambda ws: waiting(ws).with_suffix(".decision").write_text("{"), "sidecars", "damaged",
    ),
    "a picture that a crash left unfinished": (
        lambda ws: waiting(ws).with_name(LEFT).write_bytes(b"half"),
        "pictures of projects", "a crash left unfinished",
    ),
    "half an archive": (
        lambda ws: shutil.copytree(
            archived(ws, ""), archived(ws, "").with_name("mojo")
        ),
        "archives", "finishing was interrupted",
    ),
}  # fmt: skip
NAMED = {
    "media that is gone": (
        lambda ws: (ws.parent / "a.wav").unlink(), "media files", "have moved or are gone",
    ),
    "media with other content": (
        lambda ws: flip(ws.parent / "a.wav"), "media files", "other content",
    ),
    "media of another size": (
        lambda ws: (ws.parent / "a.wav").write_bytes(b"RIFF"), "media files", "other content",
    ),
    "a scan of a file that is not registered": (
        lambda ws: sql(ws, "UPDATE scans SET filename = 'c.wav' WHERE filename = 'b.wav'"),
        "scans", "not registered",
    ),
    "a scan of other content": (
        lambda ws: sql(ws, "UPDATE scans SET fingerprint = 'other' WHERE filename = 'b.wav'"),
        "scans", "other content",
    ),
    "a hard negative beyond the end": (
        lambda ws: sql(ws, "UPDATE hard_negatives SET start_time = 99"),
        "hard negatives and reviewed parts", "beyond the end",
    ),
    "a reviewed part beyond the end": (
        lambda ws: sql(ws, "UPDATE reviewed SET end_time = 99"),
        "hard negatives and reviewed parts", "beyond the end",
    ),
    "a clip that is gone": (
        lambda ws: only(ws / "exports", "clip_001*").unlink(), "exported clips", "is gone",
    ),
    "an empty clip": (
        lambda ws: only(ws / "exports", "clip_001*").write_bytes(b""),
        "exported clips", "holds nothing",
    ),
    "a classifier that is gone": (
        lambda ws: shutil.rmtree(only(ws / "classifiers", "card.json").parent),
        "training runs", "is gone",
    ),
    "a damaged manifest": (
        lambda ws: manifest(ws).write_text("{"), "picture projects", "not a readable",
    ),
    "a lost folder of pictures": (
        lambda ws: (ws.parent / "pictures").rename(ws.parent / "elsewhere"),
        "picture projects", "folder of their pictures is gone",
    ),
    "lost decisions": (
        lambda ws: [path.unlink() for path in ws.rglob("mojo.db*")],
        "decision databases", "missing",
    ),
    "a row that contradicts itself": (
        lambda ws: decisions(ws, "UPDATE ai_decisions SET selection_match = 0"),
        "decision databases", "faulty",
    ),
    "a chosen picture that is gone": (
        lambda ws: waiting(ws).unlink(), "decisions", "that was chosen is gone",
    ),
    "a chosen picture among the deleted ones": (
        lambda ws: cropped(ws).unlink(), "decisions", "only among the deleted",
    ),
    "a final crop that does not exist": (
        lambda ws: cropped(ws).rename(ws.parent / "pictures" / "crop" / cropped(ws).name),
        "decisions", "still waits",
    ),
    "an empty picture": (
        lambda ws: cropped(ws).write_bytes(b""), "pictures of projects", "holds nothing",
    ),
    "a changed zip": (
        lambda ws: flip(archived(ws, "done_final.zip")), "archives", "not the file",
    ),
    "a lost zip": (lambda ws: archived(ws, "done_final.zip").unlink(), "archives", "gone"),
    "a journal that leads outside": (
        lambda ws: decisions(
            ws, "UPDATE batches SET state = 'planned', plan = replace(plan, 'crop/', '../crop/')"
        ),
        "interrupted batches", "refused",
    ),
}  # fmt: skip


def found(path):
    return ec.doctor(path)


def test_a_healthy_workspace_has_no_finding_and_nothing_of_it_is_skipped(ws):
    seen = found(ws)
    assert (seen.findings, seen.counts["skipped"]) == ((), 0)
    unseen = {subject.name for subject in seen.subjects if not subject.looked_at}
    assert unseen == {"migrations of the layout", "lines of training records"}


@pytest.mark.parametrize("name", REPAIRED)
def test_damage_is_named_and_repaired_after_asking(ws, name):
    damage, subject, what = REPAIRED[name]
    damage(ws)
    seen = found(ws)
    (finding,) = [each for each in seen.findings if each.subject == subject and what in str(each)]
    asked = []
    done = checkup.mend(seen, lambda each: asked.append(each) or True)
    assert finding in asked
    assert {outcome for _, outcome in done} == {"repaired"}
    assert found(ws).findings == ()


@pytest.mark.parametrize("name", NAMED)
def test_damage_that_nobody_can_repair_safely_is_named(ws, name):
    damage, subject, what = NAMED[name]
    damage(ws)
    before = tree(ws.parent)
    seen = found(ws)
    assert [each for each in seen.findings if each.subject == subject and what in str(each)]
    of = seen.counts
    assert of["looked_at"] == of["fine"] + of["found"] + of["skipped"]
    assert tree(ws.parent) == before


@pytest.fixture
def harmed(ws):
    """A workspace with everything that can be repaired, as far as it goes together."""
    apart = ("a damaged dataset.json", "a label of a clip that is gone", "an interrupted migration")
    for name, (damage, *_) in REPAIRED.items():
        if name not in apart:
            damage(ws)
    return ws


def test_what_is_declined_stays_as_it_is(harmed):
    seen, before = found(harmed), tree(harmed.parent)
    done = checkup.mend(seen, lambda _: False)
    assert {outcome for _, outcome in done} == {"left as it is"}
    assert tree(harmed.parent) == before


def test_nothing_of_a_person_is_lost_by_any_repair(harmed):
    derived = ("embeddings", ".eightcut-", "dataset.json", "eightcut.db", "mojo.db")
    derived += ("crop_cropped",)  # the crop whose undo was interrupted
    before = tree(harmed.parent)
    checkup.mend(found(harmed), agree)
    after = set(tree(harmed.parent).values())
    lost = [path for path, content in before.items() if content not in after]
    assert [path for path in lost if not any(part in str(path) for part in derived)] == []


def test_a_workspace_that_was_moved_is_put_right(ws, tmp_path):
    media = ws / "media"
    media.mkdir()
    for name in ("a.wav", "b.wav"):
        (ws.parent / name).rename(media / name)
    with ec.Workspace(ws) as opened:
        opened.add_media(sorted(media.iterdir()))
    ws.rename(tmp_path / "new")
    seen = found(tmp_path / "new")
    assert {each.subject for each in seen.findings} == {
        "media files", "exported clips", "labels in dataset.json"
    }  # fmt: skip
    checkup.mend(seen, agree)
    again = found(tmp_path / "new")
    assert again.findings == ()
    assert "clip_001" in (tmp_path / "new" / "exports" / "whistle" / "dataset.json").read_text()


def test_normal_work_raises_no_alarm(ws):
    with ec.Workspace(ws) as opened:
        for _ in range(4):
            opened.clips.save_scan_results("a.wav", "default", "FAKE", [(1.0, 9.0, 0.8)], 2)
        opened.clips.undo("a.wav", "default")
        opened.clips.redo("a.wav", "default")
        opened.clips.duplicate_profile("default", "other")
        ec.undo_crops(opened.project("mojo"))
        project = opened.project("mojo")
        waits = sorted((project.root / "crop").glob("*.png"))
        ec.submit_crops(project, [(waits[0], None), (waits[1], (0, 0, 50, 50))])
        ec.finish_project(opened, "mojo", commit=True, progress=False)
    assert found(ws).findings == ()


def test_finalizing_and_taking_it_back_raise_no_alarm(tmp_path):
    from tests.jobs import pictures

    with pictures.project(tmp_path) as project:
        groups = ec.find_groups(project).groups
        chosen = [ec.Choice(1, "manual"), ec.Choice(0)]
        ec.finalize(project, list(map(ec.Decided, groups, chosen)))
        assert found(tmp_path / "ws").findings == ()
        ec.undo_finalize(project)
        assert found(tmp_path / "ws").findings == ()


def test_a_database_that_is_none_is_one_clear_finding(ws):
    (ws / "eightcut.db").write_bytes(b"no database at all, but long enough to look at" * 100)
    (finding,) = found(ws).findings
    assert "not a database" in str(finding)
    assert checkup.mend(found(ws), agree) == []


def test_big_contents_are_skipped_with_the_reason_unless_asked_for(ws, monkeypatch):
    monkeypatch.setattr("eightcut.jobs.checkup_files.MOST_READ", 10)
    flip(ws.parent / "a.wav")
    quick, deep = found(ws), ec.doctor(ws, deep=True)
    (media,) = [each for each in quick.subjects if each.name == "media files"]
    assert media.skipped == (("only the sizes were compared; --deep reads the contents", 2),)
    assert "other content" in str(deep.findings[0])


def test_a_finding_is_a_value_with_a_table_and_escaped_html(ws):
    name = "<img src=x onerror=alert(1)>.wav"
    (ws / "exports" / "whistle" / "vid_001" / name).write_bytes(b"x")
    seen = found(ws)
    table = seen.frame()
    assert table[table.outcome == "found"].n.sum() == seen.counts["found"] == 1
    assert "<img" not in seen._repr_html_()
    assert "&lt;img" in seen._repr_html_()


@pytest.fixture
def damaged(ws):
    (ws / LEFT).touch()
    (ws / "exports" / "whistle" / "vid_001" / "stray.wav").write_bytes(b"x")
    return ws


def test_the_command_asks_for_each_kind_of_repair(damaged, monkeypatch, capsys):
    answers = iter(["y", "n"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: print(question) or next(answers))
    assert cli.main(["doctor", str(damaged), "--fix"]) == 1
    told = capsys.readouterr().out
    assert "Repair: move them to the set-aside folder? [y/n]" in told
    assert "repaired: 1 files in vid_NNN folders" in told
    assert "left as it is: 1 files in the workspace" in told
    assert (damaged / LEFT).exists()


def test_the_command_repairs_nothing_where_nobody_can_be_asked(damaged, capsys):
    before = tree(damaged)
    assert cli.main(["doctor", str(damaged), "--fix"]) == 1
    assert "there is no terminal to ask on; say --yes" in capsys.readouterr().out
    assert tree(damaged) == before


def test_the_command_repairs_all_after_a_yes_in_advance(damaged, capsys):
    assert cli.main(["doctor", str(damaged), "--fix", "--yes"]) == 0
    assert "0 wrong" in capsys.readouterr().out.rpartition("afterwards")[2]
    assert os.fspath(only(damaged / "set-aside", "stray.wav")).endswith("vid_001/stray.wav")


def test_a_folder_that_is_no_workspace_is_one_line(tmp_path, capsys):
    assert cli.main(["doctor", str(tmp_path)]) == 1
    assert "is not a workspace" in capsys.readouterr().err


def test_a_database_without_content_is_named_and_left_alone(ws):
    (ws / "eightcut.db").write_bytes(b"")
    found = ec.doctor(ws)
    assert ["is empty, but the workspace is not" in each.kind.what for each in found.findings] == [
        True
    ]
    assert (ws / "eightcut.db").read_bytes() == b""


def test_clips_stay_where_they_are_when_the_database_knows_none(ws):
    clips = sorted(ws.glob("exports/*/vid_*/*"))
    (ws / "eightcut.db").unlink()
    ec.Workspace(ws).close()
    checkup.mend(ec.doctor(ws), agree)
    assert sorted(ws.glob("exports/*/vid_*/*")) == clips


def test_a_database_without_one_of_its_tables_is_a_finding_and_not_the_end(ws):
    sql(ws, "DROP TABLE media")
    found = ec.doctor(ws)
    assert any("no such table: media" in each.kind.what for each in found.findings)
