"""A bad file is named and the others go on; every file is counted once."""

import json

import numpy as np
import pytest

import eightcut as ec
from eightcut.jobs import journal_check, recovery
from tests.jobs import pictures
from tests.media import made


def test_of_ten_files_three_bad_ones_are_named_and_seven_are_in(tmp_path, capsys):
    bad = {"a.wav": b"", "b.mp4": b"\0\0\0\x18ftypmp42" * 3, "c.flac": b"fLaC" + bytes(50)}
    for number in range(7):
        made.tone(tmp_path / f"good{number}.wav", 0.1 + number / 100, 8000)
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    with ec.Workspace(tmp_path / "ws") as ws:
        added = ws.add_media([tmp_path / "*.wav", tmp_path / "*.mp4", tmp_path / "*.flac"])
    assert [media.filename for media in added] == [f"good{number}.wav" for number in range(7)]
    assert len(added.skipped) == 3
    for (path, reason), name in zip(sorted(added.skipped), bad, strict=True):
        assert path.endswith(name)
        assert name in reason
    assert capsys.readouterr().err.count("skipped: ") == 3


def test_of_five_lines_of_history_two_bad_ones_are_left_out_with_their_reasons(tmp_path):
    images = [pictures.png(tmp_path / f"20250708_06000{n}_stage{n}.png", n) for n in (1, 2)]
    good = {"project": "p", "chosen_path": str(images[1]), "neg_paths": [str(images[0])]}
    odd = [good | {"neg_paths": 7}, good | {"metadata": "x"}]
    lines = [good, odd[0], good, odd[1], good | {"chosen_path": None}]
    (tmp_path / "h.jsonl").write_text("\n".join(map(json.dumps, lines)))
    with ec.Workspace(tmp_path / "ws") as ws:
        data = ec.load_training_data(ws, [], history=[tmp_path / "h.jsonl"])
    reasons = [
        left.reason for left in data.left_out if left.row in {"h.jsonl line 2", "h.jsonl line 4"}
    ]
    assert reasons[0] == "it is no line of an extraction: neg_paths is 7"
    assert reasons[-1] == "it is no line of an extraction: metadata is 'x'"


def test_a_batch_whose_decision_no_log_can_hold_moves_nothing(tmp_path):
    with pictures.project(tmp_path, 1, stages=(1, 2)) as project:
        names = sorted(path.name for path in project.root.glob("*.png"))
        decision = {"group_id": "g", "images": names, "user_action": "burn"}
        unit = {"key": "k", "moves": [[names[0], f"selected/{names[0]}"]], "sidecar": None}
        project.decisions.plan_batch("finalize", {"units": [unit | {"decision": decision}]})
        with pytest.raises(
            ValueError, match="is not obeyed: it is damaged; nothing has been moved"
        ):
            recovery.recover(project)
        assert sorted(path.name for path in project.root.glob("*.png")) == names
        assert journal_check.is_trusted(project)


def test_a_grid_of_more_runs_than_anybody_waits_for_is_refused(tmp_path):
    grid = {"positive_folder": "x", "seed": list(range(200)), "clips": list(range(1, 201))}
    with ec.Workspace(tmp_path / "ws") as ws, pytest.raises(ValueError, match="40,000 runs"):
        ec.run_experiments(ws, grid)


def test_what_extraction_has_seen_is_found_again_where_its_line_is_damaged(tmp_path):
    from tests.jobs.finished_projects import S1, S2, Finished

    project = Finished(tmp_path)
    project.make(S1, S2)
    project.keep(S2, change=lambda array: array[10:90, 20:100])
    facts = tmp_path / "facts.jsonl"
    first = project.extract(facts=facts).entries
    facts.write_bytes(facts.read_bytes().replace(b"crop", b"full"))
    assert project.extract(facts=facts).entries == first
    assert np.all([entry.crop_kind == "crop" for entry in first])
