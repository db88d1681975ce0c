"""The screen that extracts training data from a finished project, and looks at what was found.

Everything works without a browser::

    session = ExtractionSession(ws)
    session.choose(raw_dir="mojo_raw", final_dir="mojo_final", project="mojo")
    session.extract()
    session.wait()
    session.save()
"""

import threading
from pathlib import Path
from typing import Any

import traitlets as t

from eightcut.jobs.extract import Extraction, extract_project
from eightcut.jobs.extract_discover import discover_projects
from eightcut.jobs.extract_facts import NAME as FACTS
from eightcut.sessions import extraction_found, news
from eightcut.sessions.extraction_import import counted, take_over
from eightcut.sessions.extraction_walk import ENDS, MOVES, ExtractionWalk
from eightcut.sessions.job import Progress
from eightcut.sessions.verbs import verb
from eightcut.workspace import Workspace

TRAINING = Path("data", "training")  # of a workspace
OUTPUT = "historical_projects.jsonl"
OPTIONS = ("raw_dir", "final_dir", "project", "match", "grouping", "time_gap", "locate")
ACTS = ("extract", "cancel", "toggle_overlay", "save", "ask_import")


class ExtractionSession(ExtractionWalk):
    """What is to be extracted how, and what was found; ``extract`` runs in the background.

    Args:
        ws: an open workspace; whoever opened it closes it.

    ``question`` is what ``ask_import`` asks until ``answer`` is called.
    """

    raw_dir = t.Unicode()
    final_dir = t.Unicode()
    project = t.Unicode()
    match = t.Enum(("name", "path", "content"), "name")
    grouping = t.Enum(("name", "timestamp"), "name")
    time_gap = t.Float(300.0, allow_none=True)
    locate = t.Bool(True)
    folder = t.Unicode()  # under which pairs are sought
    proposals = t.Tuple()
    proposal = t.Int(-1)  # the one that was taken
    extraction = t.Any(None)
    output = t.Unicode()
    projects = t.Tuple()
    target = t.Unicode()  # the project to import into
    refused = t.Tuple()
    question = t.Unicode()

    def __init__(self, ws: Workspace) -> None:
        super().__init__(ws)
        self._asked: tuple[Extraction, str] | None = None
        self.output = str(ws.path / TRAINING / OUTPUT)
        self.projects = tuple(ws.projects())

    @verb
    def choose(self, /, **options: Any) -> None:
        """Set any of ``OPTIONS``.

        Raises:
            LookupError: an unknown option.
            ValueError: a time gap below 0.
        """
        for name, value in options.items():
            if name not in OPTIONS:
                raise LookupError(f"there is no option {name!r}; there are {', '.join(OPTIONS)}")
            if name == "time_gap" and value is not None and not value >= 0:
                raise ValueError(f"a time gap is a number of seconds of 0 or more, not {value:g}")
            setattr(self, name, value)

    def propose(self, folder: str = "") -> None:
        """Look for pairs of RAW and FINAL under a folder; none of them is taken."""
        top = (folder or self.folder).strip()
        if not top:
            raise LookupError("type the folder under which RAW and FINAL folders lie")
        self.folder = top
        self.say("Looking for pairs of folders …")
        self._look_up(lambda cancel: self._proposed(top, cancel))

    def below(self, path: str) -> str:
        """A proposed folder as it is called below the one that was looked under."""
        top = Path(self.folder).expanduser().absolute()
        return str(Path(path).relative_to(top)) if Path(path).is_relative_to(top) else path

    @verb
    def take(self, number: int) -> None:
        """Fill in the folders and the name of a proposal."""
        if not 0 <= number < len(self.proposals):
            raise LookupError(f"there is no proposal {number + 1}")
        chosen = self.proposals[number]
        self.proposal = number
        self.choose(project=chosen.name, raw_dir=chosen.raw_dir, final_dir=chosen.final_dir)

    @verb
    def extract(self) -> None:
        """Extract; what looking at pictures has shown is kept, so a second press goes on."""
        for field, value in (("RAW", self.raw_dir), ("FINAL", self.final_dir)):
            if not value.strip():
                raise LookupError(f"name the {field} folder first")
        if not self.project.strip():
            raise LookupError("give the project a name first; its lines are kept under it")
        given = {name: getattr(self, name) for name in OPTIONS}
        self._start(lambda cancel: self._extracted(given, cancel))

    @verb
    def save(self, output: str = "") -> None:
        """Write lines, table, pictures and report; what they say of other projects stays."""
        extraction = self._extraction()
        self.output = (output or self.output).strip()
        if not self.output:
            raise LookupError("type the file to write the lines to, such as history.jsonl")
        path = Path(self.output)
        self._start(lambda _cancel: self._saved(extraction, path))

    @verb
    def aim(self, project_id: str) -> None:
        """Choose the project to import into; empty for none."""
        self.projects = tuple(self._ws.projects())
        if project_id and project_id not in self.projects:
            raise LookupError(f"there is no project {project_id!r} in this workspace")
        self.target, self.question, self.refused, self._asked = project_id, "", (), None

    @verb
    def ask_import(self, project_id: str = "") -> None:
        """Say what importing into a project's decisions would do, and ask; ``answer`` answers."""
        extraction = self._extraction()
        self.projects = tuple(self._ws.projects())
        target = project_id or self.target
        if not target:
            raise LookupError(_no_target(self.projects))
        if self.running:
            raise ValueError("this is running already; wait for that, or cancel it")
        self.aim(target)
        self.say("Trying what an import would do …")
        self._look_up(lambda cancel: self._rehearsed(extraction, target, cancel))

    @verb
    def answer(self, *, confirmed: bool) -> None:
        """Answer what ``ask_import`` has asked."""
        asked, self._asked, self.question = self._asked, None, ""
        if asked and confirmed:
            extraction, target = asked
            self._start(lambda _cancel: self._imported(extraction, target))

    def act(self, name: str) -> None:
        """Call a verb that needs nothing more, by its name: what a key or a button does."""
        if name in {*MOVES, *ENDS}:
            self.move(name)
        elif name in ACTS:
            getattr(self, name)()
        else:
            raise LookupError(f"extraction cannot {name!r}; it can {', '.join((*ACTS, *MOVES))}")

    def _extraction(self) -> Extraction:
        if self.extraction is None:
            raise LookupError("extract a project first")
        assert isinstance(self.extraction, Extraction)
        return self.extraction

    def _proposed(self, top: str, cancel: threading.Event) -> None:
        proposals = tuple(discover_projects(top))
        with self.lock, self.hold_trait_notifications():
            if not cancel.is_set():
                self.proposals, self.proposal = proposals, -1
                self.say(_told_proposals(len(proposals), top))

    def _extracted(self, given: dict[str, Any], cancel: threading.Event) -> str:
        self._tell(Progress(doing="listing pictures"))
        place = self._ws.path / TRAINING
        place.mkdir(parents=True, exist_ok=True)
        extraction = extract_project(
            given.pop("raw_dir"), given.pop("final_dir"), given.pop("project"),
            **given, facts=place / FACTS, progress=self._bar, cancel=cancel,
        )  # fmt: skip
        everything = extraction_found.everything(extraction)
        counts = extraction_found.counts(everything)
        with self.lock, self.hold_trait_notifications():
            self.extraction = extraction
            self.refused, self.question, self._asked = (), "", None
            self.projects = tuple(self._ws.projects())
            self._look_through(everything, counts)
        return told(extraction)

    def _saved(self, extraction: Extraction, path: Path) -> str:
        self._tell(Progress(doing="writing"))
        path.expanduser().parent.mkdir(parents=True, exist_ok=True)
        written = extraction.save(path)
        names = ", ".join(one.name for one in written)
        return f"{len(extraction.lines):,} lines written to {written[0].parent}: {names}"

    def _rehearsed(self, extraction: Extraction, target: str, cancel: threading.Event) -> None:
        tried = take_over(extraction, self._ws.project(target), dry_run=True)
        with self.lock, self.hold_trait_notifications():
            if cancel.is_set() or self.extraction is not extraction or self.running:
                return
            self.refused = tried.refused
            self.say("")
            if not tried.report.imported:
                self.say(f"There is nothing new to import into {target}: {tried}.")
                return
            self._asked = (extraction, target)
            self.question = (
                f"Import {extraction.project} into the decisions of {target}? {tried}. "
                "The database is copied aside first."
            )

    def _imported(self, extraction: Extraction, target: str) -> str:
        self._tell(Progress(doing="importing"))
        done = take_over(extraction, self._ws.project(target), dry_run=False)
        with self.lock:
            self.refused = done.refused
        news.tell(self._ws.path, f"pictures/{target}", by=self)
        backup = done.report.backup
        kept = f" The database from before is kept as {backup.name}." if backup else ""
        return f"Imported into {target}: {done}.{kept}"


def told(extraction: Extraction) -> str:
    """What was found, in one sentence."""
    report = extraction.report
    return (
        f"{extraction.project}: {counted(report.selections, 'winner')} among "
        f"{counted(report.raw_images or 0, 'raw picture')}, {report.crops:,} of them cropped; "
        f"{counted(report.rejected, 'group')} rejected, {counted(report.anomalies, 'anomaly')}."
    )


def _no_target(projects: tuple[str, ...]) -> str:
    if projects:
        return "choose the project to import into first"
    return "this workspace has no project to import into; begin one with start_project"


def _told_proposals(number: int, top: str) -> str:
    if not number:
        return f"No pairs such as mojo_raw and mojo_final under {top}; type the two folders"
    return f"{counted(number, 'pair')} proposed; take the one that is right, or type two folders"
