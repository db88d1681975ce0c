"""Migrating, importing, moving clips, copying aside, downloading."""

import contextlib
import http.server
import json
import os
import sqlite3
import threading
from pathlib import Path

import eightcut as ec
from eightcut import download as module
from eightcut.db import ClipDB, DecisionDB
from eightcut.jobs.import_8cut import import_8cut
from eightcut.jobs.layout import apply_layout
from tests.crash.operation import STAMP, Operation
from tests.db import decision_rows, legacy_files


class Migrating(Operation):
    """An 8-cut user's file is copied aside and becomes ours."""

    name = "migrate 8-cut"

    def prepare(self, folder):
        legacy_files.build(folder / "old.db")

    def work(self, folder, tell):
        with ClipDB(folder / "old.db"):
            tell()

    def holds(self, folder):
        with ClipDB(folder / "old.db") as db:
            return len(db.get_scan_results("film.mp4", "default")["M"]) == 2 and copies(folder)

    def reopened(self, folder):
        with ClipDB(folder / "old.db") as db:
            yield from ["the clips are gone"] * (db.get_labels() != ["bell"])
        yield from ["there is no copy from before"] * (not copies(folder))


def copies(folder):
    """Whether every copy from before is what the earlier program can read."""
    found = list(folder.glob("*.db.bak-*"))
    return bool(found) and all(map(_is_of_before, found))


def _is_of_before(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA user_version").fetchone()[0] == 0


class MigratingDecisions(Operation):
    """The same for the decisions of the earlier image tool."""

    name = "migrate decisions"

    def prepare(self, folder):
        decision_rows.build(folder / "mojo3.db")

    def work(self, folder, tell):
        with DecisionDB(folder, "mojo3"):
            tell()

    def holds(self, folder):
        with DecisionDB(folder, "mojo3") as db:
            return db.validate() == [] and copies(folder)

    def reopened(self, folder):
        with DecisionDB(folder, "mojo3") as db:
            yield from ["the decision is gone"] * (len(db.decisions()) != 1)


class Importing(Operation):
    """An 8-cut database is merged; the file itself is left alone."""

    name = "import 8-cut"
    originals = ("old.db",)

    def prepare(self, folder):
        legacy_files.build(folder / "old.db")
        ec.Workspace(folder / "ws").close()

    def work(self, folder, tell):
        with ec.Workspace(folder / "ws") as ws:
            import_8cut(folder / "old.db", ws)
            tell()

    def holds(self, folder):
        with ec.Workspace(folder / "ws") as ws:
            return ws.clips.get_labels() == ["bell"]

    def reopened(self, folder):
        with ec.Workspace(folder / "ws") as ws:
            numbers = len(ws.clips.clip_paths()), len(ws.clips.get_hard_negatives("default"))
        yield from [f"half imported: {numbers}"] * (numbers not in ((0, 0), (2, 2)))


class MovingClips(Operation):
    """Clips of 8-cut's old folders move to one folder per video, rows and labels with them."""

    name = "migrate-layout"
    originals = ("*.mp4",)
    CLIPS = (("a", 1, 0), ("a", 1, 1), ("b", 2, 0), ("c", 3, 0))

    def prepare(self, folder):
        with ec.Workspace(folder / "ws") as ws:
            entries = []
            for video, number, sub in self.CLIPS:
                path = folder / "out" / f"clip_{number:03d}" / f"{video}_{sub}.mp4"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{video} {sub}")
                ws.clips.add(video, float(sub), str(path))
                entries.append({"path": str(path), "label": video})
            (folder / "out" / "dataset.json").write_text(json.dumps(entries, indent=2) + "\n")

    def work(self, folder, tell):
        with ec.Workspace(folder / "ws") as ws:
            apply_layout(ws)
            tell()

    def end(self, folder):
        """All but the report's list of label files, which tells of one attempt."""
        report = max((folder / "ws").glob("*.layout-*.json"))
        told = json.loads(report.read_text())
        assert Path(told["backup"]).is_file()
        return super().end(folder) | {
            "ws/eightcut.db.layout-.json": STAMP.sub("", json.dumps(told | {"datasets": None}))
        }

    def holds(self, folder):
        with ec.Workspace(folder / "ws") as ws:
            return all("vid_" in row.path for row in ws.clips.clip_paths())


class CopyingAside(Operation):
    """A database is copied while it is open."""

    name = "back up"

    def prepare(self, folder):
        with ClipDB(folder / "clips.db") as db:
            for number in range(20):
                db.save_scan_results("a", "default", "M", [(number, number + 8, 0.5)] * 40, 30)

    def work(self, folder, tell):
        with ClipDB(folder / "clips.db") as db:
            tell(str(db.back_up().relative_to(folder)))

    def holds(self, folder, name):
        with ClipDB(folder / name, read_only=True) as db:
            return len(db.get_scan_versions("a", "default", "M")) == 20


class Downloading(Operation):
    """A file from the web, with a part of it there from before."""

    name = "download"
    growing = ("*.part", "*.etag")
    CONTENT = bytes(range(256)) * 8192

    def work(self, folder, tell):
        for name in module.OFFLINE:
            os.environ.pop(name, None)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        module.download(f"http://127.0.0.1:{server.server_port}/w.pt", folder / "weights.bin")
        tell()

    def holds(self, folder):
        return (folder / "weights.bin").read_bytes() == self.CONTENT


class Server(http.server.BaseHTTPRequestHandler):
    """One file, from wherever it is asked for."""

    def do_GET(self):
        told = self.headers.get("Range", "bytes=0-")
        content = Downloading.CONTENT[int(told.removeprefix("bytes=").removesuffix("-")) :]
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


OPERATIONS = (
    Migrating(), MigratingDecisions(), Importing(), MovingClips(), CopyingAside(), Downloading(),
)  # fmt: skip
