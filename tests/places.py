"""What the code of a page finds where it runs: films, pictures, tables, by page."""

import json
import shutil
from pathlib import Path

import eightcut as ec
from tests.db import decision_rows, legacy_files
from tests.jobs import pictures


def _sample(home, folder, names, workspace="my-workspace"):
    """Films of the sample under other names, beside a workspace that knows their vectors."""
    films = folder / "films"
    films.mkdir()
    for name, source in names.items():
        (films / name).symlink_to(home / "sample" / "media" / source)
    (folder / workspace).mkdir()
    shared = f'embeddings = "{home / "sample" / "embeddings"}"\n'
    (folder / workspace / "eightcut.toml").write_text(shared)


def films(home, folder):
    """Three films and a workspace that is all but empty; a home with picture projects."""
    names = {"a.mp4": "train_01.mp4", "b.mp4": "train_02.mp4", "c.mp4": "train_03.mp4"}
    _sample(home, folder, names)
    (folder / "truth.csv").write_text(
        "filename,start,end,label\na.mp4,7.8,12.1,bark\na.mp4,20.9,25.2,bark\n"
        "a.mp4,40.8,45.3,bark\na.mp4,56.8,61.0,bark\n"
    )
    raw, final, project = (folder / name for name in ("mojo1_raw", "mojo1_final", "pictures/mojo3"))
    for number in range(4):
        kept = pictures.group(raw, number)[1]
        final.mkdir(exist_ok=True)
        shutil.copy(kept, final)
        pictures.group(project, number)


def story(home, folder):
    """A workspace that is empty but for where the vectors of the sample's films are."""
    _sample(home, folder, {}, workspace="metal")


def trained(home, folder):
    """A workspace ``ws`` with a trained classifier ``run`` for owls, and two films."""
    _sample(home, folder, {"a.mp4": "train_01.mp4", "b.mp4": "train_02.mp4"})
    ws = ec.Workspace(folder / "my-workspace")
    ws.add_media(str(folder / "films" / "*.mp4"))
    ec.export_clips(ws, "a.mp4", [6.0, 19.0, 40.0], "owl", progress=False)
    ec.export_clips(ws, "b.mp4", [68.0, 83.0, 99.0], "owl", progress=False)
    run = ec.train_classifier(ws, "owl", promote=True, progress=False)
    return {"ec": ec, "ws": ws, "run": run, "Path": Path}


def scanned(home, folder):
    """The same, scanned, with a reviewed part, a hard negative and a table of labels."""
    names = trained(home, folder)
    ws = names["ws"]
    ec.scan(ws, ["a.mp4", "b.mp4"], names["run"].classifier, threshold=0.2, progress=False)
    ws.clips.add_hard_negatives("a.mp4", "default", [100.0], source_model="YAMNET")
    (folder / "from_audacity").mkdir()
    (folder / "from_audacity" / "a.mp4.txt").write_text("7.8\t12.1\towl\n")
    made = [pictures.group(folder / "stills", number) for number in range(3)]
    project = ec.start_project(ws, "mojo3", folder / "stills")
    found = ec.find_groups(project).groups[: len(made)]
    ec.finalize(project, [ec.Decided(group, ec.Choice(0, "none")) for group in found])
    return names


def old_home(home, folder):
    """A home with an 8-cut database, as its last release wrote it."""
    legacy_files.build(folder / ".8cut.db")


def old_data(home, folder):
    """A data folder of image-workflow with one project, and folders of a finished one."""
    films(home, folder)
    root = folder / "pictures" / "mojo3"
    manifest = {
        "schemaVersion": 1, "projectId": "mojo3", "title": "Mojo", "status": "active",
        "createdAt": "2025-10-01T00:00:00Z", "startedAt": "2025-10-01T00:00:00Z",
        "finishedAt": None, "paths": {"root": str(root)},
    }  # fmt: skip
    old = folder / "data" / "training" / "ai_training_decisions"
    old.mkdir(parents=True)
    names = [path.name for path in sorted(root.glob("*.png"))[:3]]
    rows = [{"group_id": f"mojo3_group_{number}", "images": json.dumps(names)} for number in (1, 2)]
    decision_rows.build(old / "mojo3.db", rows)
    projects = folder / "data" / "projects"
    projects.mkdir(parents=True)
    (projects / "mojo3.project.json").write_text(json.dumps(manifest))
