"""Readers of text: settings, manifests, sidecars, logs, tables."""

import contextlib
import io
import json
import sys

import eightcut as ec
from eightcut import cli
from eightcut.db import DecisionDB
from eightcut.jobs import crop_queue, extract_files, layout
from eightcut.jobs.extract_rows import Entry, as_cells, as_json
from eightcut.jobs.recovery import recover
from eightcut.models import registry
from eightcut.sessions.choices import ChoiceLog
from tests.fuzz.mutate import damage, of_json, of_lines, of_table, of_toml
from tests.fuzz.reader import Reader
from tests.jobs import pictures
from tests.jobs.finished_projects import S1, S2, Finished, stamp

DEEP = (b"[" * 100_000, b'{"a":' * 100_000, b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
BOX = [0.1, 0.1, 0.8, 0.9]


def _of(*documents):
    """Valid files, from values."""
    made = [json.dumps(one, indent=1).encode() for one in documents]
    return lambda folder: made


def deep():
    """Documents that nest a hundred thousand levels, and one of fifty megabytes."""
    return (*DEEP, b'"' + b"x" * 50_000_000 + b'"', b"[" + b"1," * 5_000_000 + b"1]")


# Settings


def _settings(folder):
    folder = folder / "given"

    def read(content):
        folder.mkdir(exist_ok=True)
        (folder / "eightcut.toml").write_bytes(content)
        with ec.Workspace(folder) as ws:
            ws.settings.grid  # noqa: B018 - it is made of what was read
            ws.projects()
            ws.clips.get_scan_list("default")

    return read


def _toml_seed(folder):
    with ec.Workspace(folder / "ws") as ws:
        return [(ws.path / "eightcut.toml").read_bytes()]


def _long_toml():
    return (
        b'profile = "' + b"x" * 10_000_000 + b'"',
        b"x" * 10_000_000,
        b"threshold = " + b"[" * 100_000,
        b"a" + b".a" * 50_000 + b" = 1",
        b"threshold = " + b"9" * 100_000,
    )


# Picture projects


def _project(folder, **how):
    """A project that is opened anew for each input."""
    return pictures.project(folder, 2, stages=(1, 2), **how)


def _manifest(folder):
    with _project(folder) as made:
        path, root = made.manifest_path, folder / "ws"

    def read(content):
        path.write_bytes(content)
        with ec.Workspace(root) as ws:
            assert ws.projects() == ["mojo"]
            str(ec.finish_project(ws, "mojo"))
            ec.find_groups(ws.project("mojo"))
            ec.active_project(ws)

    return read


def _manifest_seed(folder):
    with _project(folder) as made:
        return [made.manifest_path.read_bytes()]


def _sidecar(folder):
    with _project(folder) as made:
        image = sorted(made.root.glob("*.png"))[0]
        place = made.folder("crop") / "given.png"
        place.parent.mkdir()
        image.rename(place)
        root = folder / "ws"
    ws = ec.Workspace(root)

    def read(content):
        place.with_suffix(".decision").write_bytes(content)
        (waiting,) = crop_queue.waiting(ws.project("mojo"))
        assert len(waiting.warning.splitlines()) <= 1
        waiting.warning.encode()
        ec.read_decision_sidecar(place)

    return read


SIDECARS = (
    {"group_id": "g1", "project_id": "mojo", "needs_crop": True, "ai_crop_coords": BOX},
    {
        "group_id": "g1", "project_id": "mojo", "images": ["given.png", {"filename": "b.png"}],
        "ai_recommendation": {"selected_image": "given.png", "crop_coords": BOX,
        "crop_needed": True},
    },
    {"ai_crop_coords": BOX, "filename": "given.png", "ai_route": "manual"},
)  # fmt: skip


def _choices(folder):
    made = _project(folder)
    log = ChoiceLog(made).path

    def read(content):
        log.write_bytes(content)
        one = ChoiceLog(made)
        told = one.join()
        assert len(told.splitlines()) <= 1
        entries = one.open_entries()
        one.write(entries)
        one.of_batch(1)
        one.leave()
        json.dumps(entries).encode()

    return read


def _choices_seed(folder):
    def line(**more):
        usual = {
            "session": "s", "key": "k", "at": "2026-01-01T00:00:00+00:00", "images": ["a.png",
            "b.png"],
            "choice": {"index": 1, "route": "manual"}, "winners": [], "overlay": True,
            "recommendation": {
                "index": 1, "confidence": 0.9, "crop": BOX, "model_version": "r", "reason": "sharp",
            }, "batch": None,
        }  # fmt: skip
        return json.dumps(usual | more)

    lines = [line(), line(key="l", choice=None), json.dumps({"session": "t", "adopts": True})]
    return ["\n".join([*lines, line(batch=1), ""]).encode()]


def _journal(kind):
    """The plan of a batch that a crash interrupted."""

    def door(folder):
        made = _project(folder)
        names = sorted(path.name for path in made.root.glob("*.png"))
        number = made.decisions.plan_batch(kind, {"units": []})
        made.close()
        database = next((folder / "ws").rglob("mojo.db"))

        def read(content):
            _store_plan(database, number, content.decode(errors="surrogateescape"))
            with ec.Workspace(folder / "ws") as ws:
                for said in recover(ws.project("mojo")):
                    said.encode()
            for name in names:  # whatever became of the batch, no picture is lost
                found = list(made.root.rglob(name))
                assert found, f"{name} is gone"

        return read

    return door


def _store_plan(database, number, text):
    import sqlite3

    with contextlib.closing(sqlite3.connect(database)) as db:
        db.execute("DELETE FROM ai_decisions")
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(
            "UPDATE batches SET plan = ?, state = 'planned' WHERE id = ?",
            (text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), number),
        )
        db.commit()


def _crop_plans(folder):
    with _project(folder) as made:
        name = min(path.name for path in made.root.glob("*.png"))
    unit = {
        "name": name, "moves": [[name, f"crop_cropped/{name}"]], "sha256": None, "group_id": "g1",
        "sidecar": ["crop/x.decision", "{}"], "box": BOX, "action": "reject",
    }  # fmt: skip
    return [json.dumps({"units": [unit], "failed": []}).encode()]


def _finalize_plans(folder):
    with _project(folder) as made:
        names = sorted(path.name for path in made.root.glob("*.png"))
    moves = [[name, f"selected/{name}"] for name in names[:2]]
    decision = {
        "group_id": "g1", "images": names[:2], "ai_selected_index": None, "user_selected_index": 0,
        "user_action": "approve", "image_width": 64, "image_height": 48,
    }  # fmt: skip
    entry = {"key": "k", "moves": moves, "sidecar": ["selected/x.decision", "{}"]}
    return [json.dumps({"units": [entry | {"decision": decision}]}).encode()]


# Finished projects


def _batch_config(folder):
    made = Finished(folder / "p")
    made.make(S1, S2, stamp(1000, 1), stamp(1050, 2))
    made.keep(S2)
    path, out = folder / "given.json", folder / "out"

    def read(content):
        path.write_bytes(content)
        for left in out.glob("*"):
            left.unlink()
        report = ec.extract_batch(path, out / "lines.jsonl", locate=False, progress=False)
        str(report).encode()

    return read


def _beside(name):
    """A file of an extraction that is there before the next one writes."""

    def door(folder):
        def read(content):
            (folder / name).write_bytes(content)
            extract_files.check(folder / "given.jsonl")
            report = ec.ExtractionReport(())
            extract_files.save(folder / "given.jsonl", [], report)

        return read

    return door


ENTRY = Entry(
    "mojo", "20250708_060711", "/raw/a_stage2.png", 2.0, ("/raw/b_stage1.png",), (1.0,), True,
    {"raw_dir": "/raw", "final_dir": "/final", "extraction_date": "2026-01-01"},
    ("/raw/a_stage2.png",), "/final/a.png", "name", False, "crop", (0.1, 0.1, 0.9, 0.9), 64, 48,
    True,
)  # fmt: skip


def _lines_seed(folder):
    other = ENTRY._replace(project="other", crop_box=None, was_cropped=None, crop_kind=None)
    return ["\n".join([as_json(ENTRY), as_json(other), as_json(ENTRY), ""]).encode()]


def _table_seed(folder):
    from eightcut.jobs.extract_rows import COLUMNS

    rows = [",".join(COLUMNS), *[extract_files._csv(as_cells(ENTRY)).rstrip() for _ in range(2)]]
    return ["\n".join([*rows, ""]).encode()]


def _report_seed(folder):
    made = Finished(folder)
    made.make(S1, S2)
    made.keep(S2)
    found = made.extract(locate=False)
    path = folder / "out.jsonl"
    found.save(path)
    return [(folder / "extraction_report.json").read_bytes()]


def _facts(folder):
    made = Finished(folder)
    made.make(S1, S2)
    made.keep(S2, change=lambda array: array[10:90, 20:100])
    path = folder / "given.jsonl"
    expected = repr(made.extract(facts=path).entries)

    def read(content):
        path.write_bytes(content)
        assert len(made.extract(facts=path).entries) == expected.count("Entry(")

    return read


def _facts_seed(folder):
    made = Finished(folder)
    made.make(S1, S2)
    made.keep(S2, change=lambda array: array[10:90, 20:100])
    made.extract(facts=folder / "facts.jsonl")
    return [(folder / "facts.jsonl").read_bytes()]


def _history(suffix):
    def door(folder):
        ws = ec.Workspace(folder / "ws")
        path = folder / f"given{suffix}"

        def read(content):
            path.write_bytes(content)
            found = ec.load_training_data(ws, [], history=[path])
            repr(found).encode()

        return read

    return door


def _crop_log(folder):
    path = folder / "given.csv"

    def read(content):
        path.write_bytes(content)
        for left in folder.glob("mojo3.db*"):
            left.unlink()
        with DecisionDB(folder, "mojo3") as ddb:
            report = ddb.import_legacy_csv(path, dry_run=False)
            str(report).encode()
            assert ddb.validate() == []

    return read


def _crop_log_seed(folder):
    from tests.db import test_decision_import as logs

    def table(rows, header):
        lines = [",".join(header)]
        lines += [",".join(row.get(name, "") for name in header) for row in rows]
        return "\n".join([*lines, ""]).encode()

    selection = {
        "session_id": "s", "set_id": "t", "chosen_path": "m/b_stage2.png",
        "timestamp": "20250708_060416", "neg_paths": '"[\'m/a_stage1.png\']"',
    }  # fmt: skip
    return [
        table([logs.PAIR, logs.SINGLE, logs.SHIFTED], logs.HEADER),
        table([selection], logs.SELECTIONS),
    ]


# Tables of labels, and what the command line takes


def _labels(folder):
    path = folder / "given.csv"

    def read(content):
        path.write_bytes(content)
        truth = ec.truth_from_table(path, files=["a.wav", "night/b.wav"])
        for item in truth.skipped:
            f"{item.path}: {item.reason}".encode()
        for known in truth:
            repr(known)

    return read


def _labels_seed(folder):
    return [
        b"filename,start,end,label\na.wav,0.5,3.25,owl\nb.wav,1:15.2,80,fox\na.wav,,,\n",
        b"filename\tonset\toffset\tevent_label\na.wav\t0.1\t2.0\tDog\nb.wav\t3\t4\tCat\n",
        b"0.100000\t2.500000\towl\n\\\t100.0\t2000.0\n3.000000\t4.000000\tfox\n",
        b"Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tBegin File\tFile Offset (s)\n"
        b"1\tSpectrogram 1\t1\t0.5\t2.5\ta.wav\t0.5\n2\tWaveform 1\t1\t3\t4\tb.wav\t1\n",
        b"file;begin;end;class\r\na.wav;0;1;x\r\n",
    ]


def _long_table():
    return (
        b'filename,start,end\na.wav,"' + b"1" * 100_000_000 + b'",2\n',
        b'filename,start,end\n"' + b"a.wav,1,2\n" * 100_000,
        b"0.1\t0.2\tx\n" * 300_000,
        b"filename,start,end\na.wav,1e300,1e301\n",
    )


def _grid(folder):
    with ec.Workspace(folder / "ws"):
        path = folder / "given.json"

    def read(content):
        path.write_bytes(content)
        _command("experiment", str(folder / "ws"), "--grid", str(path))

    return read


def _command(*arguments):
    """Run the command line; what it says on its one line is an error as any other."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = cli.main(arguments)
    if status:
        raise ValueError(f"given: {said.getvalue().strip()}")


GRIDS = (
    {"positive_folder": ["bark"], "head": ["logistic", "mil"], "clips": [3, None], "seed": [0, 1]},
    [{"positive_folder": "bark", "margin": 10.0, "use_hard_negatives": True, "model": "YAMNET"}],
)


# Folders of clips


def _dataset(folder):
    from eightcut.jobs import dataset

    clip = folder / "given" / "clip_001" / "x.mp4"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"x")
    ws = ec.Workspace(folder / "ws")
    ws.clips.add("a.wav", 1.0, str(clip))

    def read(content):
        (folder / "given" / "dataset.json").write_bytes(content)
        plan = layout.plan_layout(ws)
        assert len(plan.moves) == 1
        str(plan).encode()
        dataset.upsert(folder / "given", clip, "owl")

    return read


def _layout_journal(folder):
    ws = ec.Workspace(folder / "ws")
    clip = folder / "out" / "clip_001" / "x.mp4"
    ws.clips.add("a.wav", 1.0, str(clip))
    journal = ws.clips.path.with_name("eightcut.db.layout.json")

    def read(content):
        clip.parent.mkdir(parents=True, exist_ok=True)
        clip.write_bytes(b"x")
        text = content.replace(b"@FOLDER@", str(folder / "out").encode())
        journal.write_bytes(text)
        try:
            str(layout.plan_layout(ws))
            str(layout.apply_layout(ws))
        finally:
            assert list((folder / "out").rglob("x.mp4")), "the clip is gone"
            for left in folder.glob("ws/*.layout-*"):
                left.unlink()

    return read


LAYOUT = [
    {
        "name": "@FOLDER@/clip_001/x.mp4",
        "moves": [["@FOLDER@/clip_001/x.mp4", "@FOLDER@/vid_001/x.mp4"]],
        "note": {
            "filename": "a.wav",
            "rows": [["@FOLDER@/clip_001/x.mp4", "@FOLDER@/vid_001/x.mp4"]],
        },
    }
]


def _entry_points(folder):
    about = folder / "site" / "given-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: given\nVersion: 1\n")
    sys.path.insert(0, str(folder / "site"))

    def read(content):
        (about / "entry_points.txt").write_bytes(content)
        names = ec.embedders()
        assert "YAMNET" in names
        for name in set(names) - _BUILT_IN:
            registry.load(name)

    return read


_BUILT_IN = set(ec.embedders())
ENTRY_POINTS = b"""[eightcut.embedders]
GIVEN = eightcut.models.fake:Fake
[eightcut.image_embedders]
given_b = json:loads
"""

READERS = (
    Reader("settings", _toml_seed, of_toml, _settings, ("eightcut.toml",), _long_toml),
    Reader("project manifest", _manifest_seed, of_json, _manifest, ("mojo.project.json", "mojo",
    "project of"), deep),
    Reader("sidecar", _of(*SIDECARS), of_json, _sidecar, bombs=deep),
    Reader("log of choices", _choices_seed, of_lines, _choices, ("mojo.choices",), deep),
    Reader("finalize journal", _finalize_plans, of_json, _journal("finalize"), ("mojo.db",), deep),
    Reader("crop journal", _crop_plans, of_json, _journal("crop"), ("mojo.db",), deep),
    Reader("batch config", _of({"projects": [
        {"name": "mojo", "raw_dir": "p/raw", "final_dir": "p/final"},
        {"name": "gone", "raw_dir": "q/raw", "final_dir": "q/final"},
    ]}), of_json, _batch_config, bombs=deep),
    Reader("extraction lines", _lines_seed, of_lines, _beside("given.jsonl"), bombs=deep),
    Reader("extraction table", _table_seed, of_table, _beside("given.csv")),
    Reader("extraction report", _report_seed, of_json, _beside("extraction_report.json"),
           ("extraction_report.json",), deep),
    Reader("extraction facts", _facts_seed, damage, _facts, bombs=deep),
    Reader("history lines", _lines_seed, of_lines, _history(".jsonl"), bombs=deep),
    Reader("history table", _table_seed, of_table, _history(".csv")),
    Reader("crop log", _crop_log_seed, of_table, _crop_log),
    Reader("label table", _labels_seed, of_table, _labels, bombs=_long_table),
    Reader("experiment grid", _of(*GRIDS), of_json, _grid, bombs=deep),
    Reader("dataset.json", _of([{"path": "/x/a.mp4", "label": "owl"}, {"path": "b", "label": ""}]),
           of_json, _dataset, ("dataset.json",), deep),
    Reader("layout journal", _of(LAYOUT), of_json, _layout_journal, ("layout.json",), deep),
    Reader("entry points", lambda folder: [ENTRY_POINTS], damage, _entry_points,
           ("entry", "given", "embedder")),
)  # fmt: skip
