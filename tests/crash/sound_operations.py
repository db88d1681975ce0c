"""The jobs on sound: scanning, editing, pruning, training, exporting, reporting."""

import contextlib
import hashlib
import sqlite3

import eightcut as ec
from eightcut.jobs import export_journal, sound_report
from eightcut.jobs.embed import cached, embed
from eightcut.media import audio
from eightcut.models import fake
from eightcut.progress import Silent
from tests.crash.operation import Operation
from tests.jobs.conftest import recording, write_wav

SECONDS, WHISTLES, BUZZES = 40.0, (8.0, 28.0), (18.0,)
FILES = ("file0.wav", "file1.wav", "file2.wav")
FILE = FILES[0]
SCANNED = "SCANNED"
MADE = len(FILES) * len(WHISTLES)  # clips that are there from the beginning


def opened(folder):
    fake.register()
    return ec.Workspace(folder / "ws")


def turns(ws):
    """How many edits, undos and redos there were."""
    with contextlib.closing(sqlite3.connect(ws.clips.path)) as db:
        return db.execute("SELECT coalesce(max(turn), 0) FROM edits").fetchone()[0]


def recordings(folder):
    """Three short recordings that the workspace knows, and where they whistle."""
    with opened(folder) as ws:
        for seed, name in enumerate(FILES):
            write_wav(folder / name, recording(seed, SECONDS, WHISTLES, BUZZES))
            ws.add_media(folder / name)
            for start in WHISTLES:
                clip = f"/clips/whistle/vid_{seed + 1:03d}/{start:g}.mp4"
                ws.clips.add(name, start - 3, clip, clip_count=1)


def trained(folder):
    """The same, and a classifier that has scanned one of them."""
    recordings(folder)
    with opened(folder) as ws:
        train(ws)
        ec.scan(ws, [FILE], "FAKE", progress=False)


def train(ws):
    how = {"model": "FAKE", "head": "logistic", "margin": 4, "promote": True}
    return ec.train_classifier(ws, "whistle", **how, progress=False)


class OfSound(Operation):
    originals = ("file*.wav",)
    begins = staticmethod(recordings)

    def work(self, folder, tell):
        with opened(folder) as ws:
            self.done(ws, tell)

    def holds(self, folder, *fact):
        with opened(folder) as ws:
            return self.is_there(ws, *fact)


class Scanning(OfSound):
    """Embeddings are stored, then a version with its score curve."""

    name = "scan"
    begins = staticmethod(trained)

    def done(self, ws, tell):
        ec.scan(
            ws, list(FILES), "FAKE", progress=False,
            finished=lambda file: tell(file.filename, file.timestamp, file.regions),
        )  # fmt: skip

    def is_there(self, ws, filename, stamp, count):
        found = ws.clips.get_scan(filename, "default", "FAKE", stamp)
        results = ws.clips.get_scan_results(filename, "default", stamp)
        return found.window_count == 33 and len(results.get("FAKE", ())) == count


class Embedding(OfSound):
    """Vectors of three files, the store begun with nothing."""

    name = "embed"

    def done(self, ws, tell):
        for media in ws.clips.list_media():
            embed(ws, media, fake.Fake(), ws.settings.grid, bar=Silent())
            tell(media.filename)

    def is_there(self, ws, filename):
        media = ws.clips.get_media(filename)
        return len(cached(ws, media, fake.Fake(), ws.settings.grid).frames) == 79


class Saving(OfSound):
    """Versions stored one after the other, of which the three newest stay."""

    name = "save scans, prune"
    NUMBER, KEPT = 7, 3

    def done(self, ws, tell):
        for number in range(self._next(ws), self.NUMBER):
            found = [(start / 2, start / 2 + 8, number / 10) for start in range(60)]
            stamp = ws.clips.save_scan_results(
                FILE, "default", SCANNED, found, self.KEPT, note=str(number), scores=[0.5] * 33
            )
            tell(number, stamp)

    def _next(self, ws):
        notes = [version["note"] for version in self._versions(ws)]
        return int(notes[0]) + 1 if notes else 0

    def _versions(self, ws):
        return ws.clips.get_scan_versions(FILE, "default", SCANNED)

    def is_there(self, ws, number, stamp):
        versions = self._versions(ws)
        newest = int(versions[0]["note"])
        is_pruned = number <= newest - self.KEPT
        stamps = [version["timestamp"] for version in versions if version["count"] == 60]
        return len(stamps) == min(newest + 1, self.KEPT) and (is_pruned or stamp in stamps)


class Editing(OfSound):
    """Every verb of a review, undo and redo among them."""

    name = "edit regions"

    def prepare(self, folder):
        with opened(folder) as ws:
            found = [(0.0, 8.0, 0.5), (9.0, 17.0, 0.6), (18.0, 26.0, 0.7), (27.0, 35.0, 0.8)]
            ws.clips.save_scan_results(FILE, "default", SCANNED, found)

    def done(self, ws, tell):
        for number in range(turns(ws), len(EDITS)):
            EDITS[number](ws.clips, regions(ws.clips))
            tell(number)

    def is_there(self, ws, number):
        return turns(ws) > number


def regions(clips):
    return [row.id for row in clips.get_scan_results(FILE, "default")[SCANNED]]


EDITS = (
    lambda clips, ids: clips.accept_regions(ids[:2]),
    lambda clips, ids: clips.set_region_disabled(ids[0], True),
    lambda clips, ids: clips.resize_region(ids[1], 9.5, 16.5),
    lambda clips, ids: clips.merge_regions(ids[2:4]),
    lambda clips, _: clips.undo(FILE, "default"),
    lambda clips, _: clips.redo(FILE, "default"),
    lambda clips, _: clips.add_region(FILE, "default", SCANNED, 36.0, 39.0),
    lambda clips, _: clips.add_hard_negatives(FILE, "default", [18.0, 30.0]),
    lambda clips, _: clips.remove_hard_negatives(FILE, "default", [30.0]),
    lambda clips, _: clips.add_reviewed(FILE, "default", 0.0, 20.0),
    lambda clips, _: clips.undo(FILE, "default"),
)


class Training(OfSound):
    """A classifier version, which becomes the one in use, and the row that tells of it.

    A kill may leave a version too many, which is whole: training again makes another.
    """

    name = "train"
    begins = staticmethod(trained)

    def done(self, ws, tell):
        if len(ws.clips.get_training_runs("default")) < 2:
            tell(train(ws).classifier.version)

    def is_there(self, ws, version):
        runs = [run["version"] for run in ws.clips.get_training_runs("default")]
        return ws.classifiers.current("FAKE", "default").version == version and version in runs

    def end(self, folder):
        with opened(folder) as ws:
            version = ws.classifiers.current("FAKE", "default").version
        head = folder / "ws/classifiers/FAKE" / version / "head.safetensors"
        return {"head": hashlib.sha256(head.read_bytes()).hexdigest()}

    def reopened(self, folder):
        with opened(folder) as ws:
            yield from ws.classifiers.damaged()
            yield from ["no classifier"] * (ws.classifiers.current("FAKE", "default") is None)


class Exporting(OfSound):
    """Clips of a class, with their rows and labels."""

    name = "export clips"

    def done(self, ws, tell):
        if len(ws.clips.clip_paths()) > MADE + 2 and not (ws.path / export_journal.NAME).exists():
            return  # all of it was done
        bar = Told(ws, tell)
        done = ec.export_clips(
            ws, FILE, [5.0, 15.0, 25.0], "whistle", label="whistle", duration=2.0,
            progress=lambda title, total: contextlib.nullcontext(bar),
        )  # fmt: skip
        if done.skipped:
            raise OSError(done.skipped[0].reason)  # as the command line tells it

    def is_there(self, ws, name):
        path = next((row.path for row in ws.clips.clip_paths() if row.path.endswith(name)), None)
        return path is not None and audio.probe(path).duration == 2.0


class Told:
    """A progress bar that confirms each clip that a person sees as done."""

    def __init__(self, ws, tell):
        self._ws, self._tell = ws, tell

    def advance(self, seconds):
        if any(row.path.endswith(self._now) for row in self._ws.clips.clip_paths()):
            self._tell(self._now)

    def say(self, text):
        self._now = text


class Reporting(OfSound):
    """The page about classifiers, over one from before."""

    name = "sound report"
    begins = staticmethod(trained)

    def prepare(self, folder):
        (folder / "report.html").write_text("the page from before")

    def done(self, ws, tell):
        sound_report.sound_report(ws, path=ws.path.parent / "report.html", progress=False)
        tell()

    def is_there(self, ws):
        return (ws.path.parent / "report.html").read_text().rstrip().endswith("</html>")


class Handing(OfSound):
    """A table of regions, and a folder of clips that another library reads."""

    name = "export dataset"
    begins = staticmethod(trained)

    def prepare(self, folder):
        with opened(folder) as ws:
            ws.clips.add_hard_negatives(FILE, "default", [18.0])
            for row in ws.clips.clip_paths():
                ws.clips.delete_by_output_path(row.path)
            for number, name in enumerate(FILES):
                clip = write_wav(folder / f"clip{number}.wav", recording(number, 2.0))
                ws.clips.add(name, 5.0, str(clip), label="whistle", clip_count=1)

    def done(self, ws, tell):
        folder = ws.path.parent
        if not (folder / "dataset").exists():
            ec.export_dataset(ws, folder / "dataset")
        tell("dataset/README.md")
        ec.export_labels(ws, folder / "labels.csv", replace=True)
        tell("labels.csv")

    def is_there(self, ws, name):
        return (ws.path.parent / name).stat().st_size > 0


OPERATIONS = (
    Scanning(),
    Embedding(),
    Saving(),
    Editing(),
    Training(),
    Exporting(),
    Handing(),
    Reporting(),
)
