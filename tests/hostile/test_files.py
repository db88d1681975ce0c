"""What files of somebody else say is data: nothing runs, and nothing outside is touched."""

import contextlib
import json
import os
import pickle
import shutil
import sqlite3
import sys

import numpy as np
import pytest

import eightcut as ec
from eightcut import trust
from eightcut.jobs import checkup, dataset, layout
from eightcut.jobs.excerpt import excerpt
from eightcut.jobs.peaks import peaks
from eightcut.jobs.recovery import recover
from eightcut.media import sidecars
from tests.hostile.names import NAME
from tests.jobs import crops, pictures
from tests.jobs.checkups import build, decisions, edit_json, only, sql, tree

PLACES = ("../../outside", "/outside", "~", "..", ".", "", "a\0b", "a\nb", "x" * 255, "con",
          "\u202egnp.exe", NAME, "{{7*7}}", "selected/../../outside/x.png")  # fmt: skip
RUNS = {"exec", "compile", "os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "import"}


@pytest.fixture
def ws(tmp_path, monkeypatch):
    """A workspace that was begun on another machine."""
    made = build(tmp_path / "given")
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path / "home"))
    return made


@pytest.fixture
def outside(tmp_path):
    """Files of the person who opens the workspace, which nothing may touch."""
    folder = tmp_path / "outside"
    (folder / "clip_001").mkdir(parents=True)
    (folder / "letter.txt").write_text("private")
    (folder / "clip_001" / "letter.txt").write_text("private")
    pictures.png(folder / "holiday.png")
    return folder


@pytest.fixture(autouse=True)
def untouched(outside):
    before = tree(outside)
    yield
    assert tree(outside) == before


def refused(call, *given, **more):
    """The one sentence of the refusal."""
    with pytest.raises((ValueError, LookupError, OSError)) as problem:
        call(*given, **more)
    assert "\n" not in str(problem.value)
    return str(problem.value)


def opened(ws):
    with ec.Workspace(ws) as found:
        return found.path


class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/pwned-by-eightcut",)


_heard: list | None = None


def _listen(event, given):
    if _heard is not None and event in RUNS:
        _heard.append((event, str(given)[:200]))


sys.addaudithook(_listen)


@contextlib.contextmanager
def listening():
    """What is run meanwhile; imports and what they compile are Python's own."""
    global _heard  # noqa: PLW0603 - an audit hook cannot be taken off again
    _heard = heard = []
    try:
        yield heard
    finally:
        _heard = None


def ran(heard):
    return [one for one in heard if one[0] in {"os.system", "subprocess.Popen", "os.exec"}]


def test_settings_that_send_embeddings_elsewhere_are_refused(ws):
    for place in ("~/shared", "/outside/x", "../../outside", "s3://bucket/x"):
        (ws / "eightcut.toml").write_text(f'embeddings = "{place}"\n')
        assert "eightcut trust" in refused(ec.Workspace, ws)


def test_settings_that_a_person_has_allowed_are_obeyed(ws, tmp_path):
    (ws / "eightcut.toml").write_text(f'embeddings = "{tmp_path / "shared"}"\n')
    assert str(tmp_path) in refused(ec.Workspace, ws)
    trust.allow(tmp_path / "shared")
    with ec.Workspace(ws) as found:
        assert found.embeddings.root == tmp_path / "shared"


def test_settings_of_a_workspace_that_was_begun_here_are_the_persons_own(tmp_path):
    ec.Workspace(tmp_path / "mine").close()
    (tmp_path / "mine" / "eightcut.toml").write_text(f'embeddings = "{tmp_path / "shared"}"\n')
    with ec.Workspace(tmp_path / "mine") as found:
        assert found.embeddings.root == tmp_path / "shared"


def test_a_person_may_keep_embeddings_on_another_disk_by_a_link(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "big").mkdir()
    (tmp_path / "mine" / "embeddings").symlink_to(tmp_path / "big")
    for _ in range(2):
        with ec.Workspace(tmp_path / "mine") as found:
            assert found.embeddings.root.resolve() == tmp_path / "big"


LINKS = (
    *("data", "data/training", "data/projects", "data/projects/archives/done", "reports"),
    *("classifiers", "classifiers/FAKE", "embeddings", "exports", "exports/whistle"),
    *("exports/whistle/vid_001", "excerpts", "peaks", "set-aside", "eightcut.db"),
    *("eightcut.toml", "data/projects/mojo.choices.jsonl"),
    "data/training/ai_training_decisions/mojo.db",
)


def test_a_link_out_of_the_workspace_is_refused(ws, outside):
    for link in map(ws.joinpath, LINKS):
        kept = link.exists() and link.rename(ws / "kept")
        target = outside / "letter.txt" if link.suffix else outside
        link.symlink_to(target)
        assert f"{link} is a link to {target}, outside the workspace" in refused(ec.Workspace, ws)
        link.unlink()
        if kept:
            kept.rename(link)


def test_the_doctor_says_so_too(ws, outside):
    (ws / "exports").rename(ws / "kept")
    (ws / "exports").symlink_to(outside)
    (finding,) = ec.doctor(ws).findings
    assert "eightcut trust" in str(finding)


def test_a_link_inside_the_workspace_is_followed(ws):
    (ws / "exports").rename(ws / "clips")
    (ws / "exports").symlink_to("clips")
    assert opened(ws) == ws


def plan(source, target, sidecar=None):
    empty = dict.fromkeys(("sha256", "group_id", "box", "action"))
    unit = {"key": "k", "name": "k", "moves": [[source, target]], "sidecar": sidecar}
    unit |= {"decision": {}} | empty
    return json.dumps({"units": [unit], "failed": []})


def planted(project, kind, told, state="planned"):
    with contextlib.closing(sqlite3.connect(project.decisions.path)) as db, db:
        db.execute("DELETE FROM batches")
        db.execute(
            "INSERT INTO batches (kind, state, plan, created_at) VALUES (?,?,?,'2026-01-01')",
            (kind, state, told),
        )


@pytest.fixture
def project(tmp_path):
    with crops.project(tmp_path / "given", 1) as made:
        yield made


OUT = "../../outside/letter.txt"
IN = "selected/x.txt"


PLANS = (
    plan(OUT, IN), plan(IN, OUT), plan("/etc/hostname", IN), plan(IN, "/etc/cron.d/x"),
    plan("crop/../../outside/letter.txt", IN), plan("a\0b", IN), plan("", IN),
    plan("a.png", "b.png"), plan("crop/a.png", "selected/a.png", [OUT, "text"]),
    plan("link/letter.txt", IN), plan(IN, "link/x"), '{"units": [[]]}', "[]", '{"units": [7]}',
    '{"units": [{"moves": [[1, 2]], "sidecar": null}]}', '{"units": 7}',
)  # fmt: skip


@pytest.mark.parametrize("kind", ["finalize", "crop"])
@pytest.mark.parametrize("state", ["planned", "undoing", "done"])
def test_a_journal_that_leads_outside_moves_nothing(project, outside, kind, state):
    (project.root / "link").symlink_to(outside)
    undo = {"finalize": ec.undo_finalize, "crop": ec.undo_crops}[kind]
    before = tree(project.root)
    for told in PLANS:
        planted(project, kind, told, state)
        refused(undo if state == "done" else recover, project)
        assert tree(project.root) == before, told


def test_a_work_folder_that_is_a_link_is_not_cleared(project, outside):
    (outside / ".eightcut-precious").write_text("mine")
    project.folder("selected").symlink_to(outside)
    recover(project)
    assert (outside / ".eightcut-precious").exists()
    (outside / ".eightcut-precious").unlink()


@pytest.fixture
def led_away(project, outside):
    """A manifest that says that the pictures lie in the folder of somebody else."""
    edit_json(project.manifest_path, lambda told: told["paths"].update(root=str(outside)))
    return ec.Project(project.workspace_path, project.id)


def test_a_manifest_that_leads_elsewhere_moves_nothing_there(led_away):
    planted(led_away, "finalize", plan("holiday.png", "delete_staging/holiday.png"))
    with led_away:
        assert "was not begun there" in refused(recover, led_away)


def test_pictures_that_were_copied_together_with_their_project_stay_its_own(tmp_path):
    with pictures.project(tmp_path / "mine", groups=2) as made:
        planted(made, "finalize", '{"units": []}')
    shutil.copytree(tmp_path / "mine", tmp_path / "copy")
    with ec.Project(tmp_path / "copy" / "ws", made.id) as copied:
        assert len(recover(copied)) == 1


def test_whoever_never_had_a_picture_cannot_name_it(led_away, outside):
    told = {
        "holiday.png": "0" * 64,
        "../outside/holiday.png": "0" * 64,
        "/etc/hostname": "0",
        "x": 1,
    }
    edit_json(led_away.manifest_path, lambda manifest: manifest.update(witnesses={**told, "x": 1}))
    planted(led_away, "finalize", plan("holiday.png", "delete_staging/holiday.png"))
    with ec.Project(led_away.workspace_path, led_away.id) as again:
        assert "eightcut trust" in refused(recover, again)


def journal(ws, *entries):
    told = [{"name": "x", "moves": moves, "note": {"filename": "f", "rows": rows}}
            for moves, rows in entries]  # fmt: skip
    (ws / "eightcut.db.layout.json").write_text(json.dumps(told))


PAIRS = (
    ("{outside}/letter.txt", "{ws}/letter.txt"),
    ("{ws}/eightcut.toml", "{outside}/.bashrc"),
    ("{outside}/clip_001/letter.txt", "{ws}/exports/vid_001/letter.txt"),
    ("{outside}/clip_001/letter.txt", "{outside}/vid_001/letter.txt"),
    ("{ws}/clip_001/x.mp4", "{outside}/vid_001/x.mp4"),
    ("{ws}/clip_001/..", "{ws}/vid_001/.."),
    ("{outside}/clip_001/../holiday.png", "{outside}/vid_001/../x.png"),
)


def test_a_journal_of_a_migration_that_leads_elsewhere_moves_nothing(ws, outside):
    for pair in PAIRS:
        source, target = (each.format(ws=ws, outside=outside) for each in pair)
        journal(ws, ([[source, target]], [[source, target]]))
        before = tree(ws.parent)
        with ec.Workspace(ws) as found:
            assert "not obeyed" in refused(layout.plan_layout, found)
            assert "not obeyed" in refused(layout.apply_layout, found)
        assert tree(ws.parent) == before


def test_a_journal_of_a_migration_that_is_damaged_is_one_sentence(ws):
    with ec.Workspace(ws) as found:
        for told in ("", "7", "[7]", '[{"name": 1}]', "[" * 100_000, '[{"a"'):
            (ws / "eightcut.db.layout.json").write_text(told)
            assert "layout.json" in refused(layout.apply_layout, found)


def test_rows_that_call_a_letter_a_clip_move_no_letter(ws, outside):
    letter = outside / "clip_001" / "letter.txt"
    with ec.Workspace(ws) as found:
        for path in (letter, ws / "clip_001" / ".." / "x", ws / "clip_009" / "linked.mp4"):
            found.clips.add("a.wav", 1.0, str(path))
        (ws / "clip_009").symlink_to(outside / "clip_001")
        told = [problem.reason for problem in layout.apply_layout(found).problems]
    assert len(told) == 2
    assert any("is no clip" in reason for reason in told)
    assert any("a folder that is a link" in reason for reason in told)


def test_a_fingerprint_that_is_a_path_names_no_file(ws):
    with ec.Workspace(ws) as found:
        for place in PLACES:
            media = found.clips.get_media("a.wav")._replace(fingerprint=f"../../../{place}/x")
            assert "fingerprint" in refused(excerpt, found, media, 0.0, 1.0)
            assert "fingerprint" in refused(lambda given: list(peaks(found, given)), media)


def test_a_classifier_or_profile_that_is_a_path_is_no_folder(ws):
    with ec.Workspace(ws) as found:
        for place in PLACES:
            for call in (found.classifiers.current, found.classifiers.versions):
                with contextlib.suppress(LookupError, ValueError, OSError):
                    assert not call(place, "default")
                with contextlib.suppress(LookupError, ValueError, OSError):
                    assert call("FAKE", place) in (None, []) or call == found.classifiers.current
    assert opened(ws) == ws


def test_a_project_that_is_a_path_is_refused(ws):
    with ec.Workspace(ws) as found:
        for place in (place for place in PLACES if place != "con"):
            refused(found.project, place)
            refused(ec.DecisionDB, found, place)


def test_a_manifest_whose_name_is_no_id_is_named_by_the_doctor(ws):
    (ws / "data" / "projects" / f"{NAME}.project.json").write_text("{}")
    (finding,) = ec.doctor(ws).findings
    assert "cannot name a project" in str(finding)


def test_pickles_that_pose_as_weights_run_nothing(ws):
    weights = only(ws / "classifiers", "head.safetensors")
    with ec.Workspace(ws) as found, listening() as heard:
        for content in (pickle.dumps(Bomb()), b"\x80\x04.", b"PK\x03\x04skops", b""):
            weights.write_bytes(content)
            refused(found.classifiers.load, "FAKE", weights.parent.name, "default")
            assert found.classifiers.damaged()
    assert ran(heard) == []
    assert not os.path.exists("/tmp/pwned-by-eightcut")  # noqa: PTH110 - what it would make


@pytest.mark.parametrize("name", ["peaks", "embeddings"])
def test_pickles_in_the_caches_run_nothing(ws, name):
    with ec.Workspace(ws) as found:
        media = found.clips.get_media("a.wav")
        list(peaks(found, media))
        bomb = np.array([Bomb()], dtype=object)
        target = only(ws / name, "*.npy" if name == "peaks" else "rms.f32")
        with target.open("wb") as file:
            np.save(file, bomb, allow_pickle=True)
        with listening() as heard:
            list(peaks(found, media))
            assert all(found.embeddings.find(one.name) is None or name == "peaks"
                       for one in found.embeddings.entries()[:1])  # fmt: skip
    assert ran(heard) == []


def test_text_that_looks_like_code_is_text(ws):
    with ec.Workspace(ws) as found, listening() as heard:
        for text in ("__import__('os').system('x')", "{{7*7}}", NAME, "%(x)s {0}"):
            found.clips.add_hard_negatives("a.wav", "default", [1.0], source_model=text)
            found.clips.save_scan_results("a.wav", text, text, [(0.0, 8.0, 0.5)], note=text)
            assert found.clips.get_scan_versions("a.wav", text, text)[0]["note"] == text
            assert text in found.clips.get_scan_results("a.wav", text)
    assert [one for one in heard if one[0] in ("exec", "compile")] == []


def test_a_trigger_of_somebody_else_is_named_and_taken_out(ws):
    sql(ws, "CREATE TRIGGER x AFTER INSERT ON processed BEGIN DELETE FROM scans; END")
    (finding,) = ec.doctor(ws).findings
    assert "x strange" in finding.items[0]
    checkup.mend(ec.doctor(ws), lambda _: True)
    assert ec.doctor(ws).is_well


def test_an_export_into_a_folder_with_a_hostile_name_is_refused(ws):
    with ec.Workspace(ws) as found:
        for place in ("..", "../outside", "a\0b", ""):
            refused(ec.export_clips, found, "a.wav", [1.0], place, progress=False)
            name = f"../{place}"
            refused(ec.export_clips, found, "a.wav", [1.0], "x", name=name, progress=False)


def test_labels_of_somebody_else_are_no_paths_to_write_to(ws, outside):
    told = [{"path": str(outside / "letter.txt"), "label": NAME}, {"path": "../../x", "label": ""}]
    (ws / "exports" / "whistle" / dataset.NAME).write_text(json.dumps(told))
    checkup.mend(ec.doctor(ws), lambda _: True)
    assert ec.doctor(ws).is_well


def test_rows_that_name_hostile_clips_are_only_looked_at(ws):
    with ec.Workspace(ws) as found:
        for place in filter(None, PLACES):
            found.clips.add("a.wav", 1.0, f"/outside/{place}/vid_001/x.mp4", label=NAME)
    checkup.mend(ec.doctor(ws), lambda _: True)
    assert opened(ws) == ws


@pytest.mark.parametrize("told", [{"image_path": "/etc/passwd"}, {"filename": "../x.png"}])
def test_a_sidecar_about_another_file_is_refused(project, told):
    path = only(project.root / "crop", "*.png")
    edit_json(path.with_suffix(".decision"), lambda given: given.update(told))
    assert "another picture" in refused(sidecars.read_decision_sidecar, path)


def test_decisions_that_name_hostile_pictures_are_only_looked_at(ws):
    names = json.dumps([f"../../outside/{NAME}", "/etc/passwd"])
    decisions(ws, f"UPDATE ai_decisions SET images = '{names}', directory = '../../outside'")
    assert not ec.doctor(ws).is_well
    checkup.mend(ec.doctor(ws), lambda _: True)
