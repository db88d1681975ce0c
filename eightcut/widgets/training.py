"""The screen for training: what to learn from, how, what came of it, and the way back."""

import html
from typing import Any

import ipywidgets as w

from eightcut.jobs.training_stats import FileMarks, TrainingStats
from eightcut.sessions.training import TrainingSession
from eightcut.widgets import panel
from eightcut.widgets.history import HistoryPanel
from eightcut.widgets.region_table import PagedTable, Row
from eightcut.widgets.status import StatusLine
from eightcut.widgets.theme import Action
from eightcut.widgets.training_result import TrainingResult
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace

TRAIN = Action("train", ("t",), "Train", "graduation-cap", "Train a classifier on what is chosen")
CANCEL = Action("cancel", ("Escape",), "Cancel", "stop", "Stop; embeddings so far are kept")
MANAGE = Action("manage", ("m",), "Manage…", "list", "Show the hard negatives below, or hide them")
RELOCATE = Action("relocate", ("l",), "Find files", "search", "Look for the missing files there")
HEADS = {
    "logistic": "logistic regression",
    "trees": "boosted trees",
    "mlp": "neural network (MLP)",
    "mil": "single frames, for short sounds (MIL)",
}
WIDTHS = ("minmax(120px, 1fr)", "80px", "60px", "88px", "60px", "84px")
LABELS = "118px"


class TrainPanel(w.VBox):  # type: ignore[misc]
    """What a classifier is going to be trained on, its training, and its versions.

    Keys work wherever in the panel the focus is, but not while a person types;
    each button's tooltip names its key. ``session`` holds the state as plain values.
    """

    def __init__(
        self,
        ws: Workspace | None = None,
        *,
        profile: str | None = None,
        session: TrainingSession | None = None,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        self._grid: w.Widget | None = None
        self.session = self._wiring.open(
            ws, session, lambda ws: TrainingSession(ws, profile=profile)
        )
        self._fields()
        self._pieces()
        super().__init__(children=self._rows())
        self._parts = [*panel.parts(self)]
        self.add_class("ec-panel")
        self._listen()
        replace_earlier_run(self)

    def close(self) -> None:
        """Cancel what runs, close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        self._close_grid()
        for part in self._parts:
            part.close()
        super().close()

    def _fields(self) -> None:
        session, wide = self.session, {"width": "auto"}
        style = {"description_width": LABELS}
        margin = {"min": 0.0, "max": 86_400.0, "step": 10.0}

        def field(kind: type, text: str, **more: Any) -> Any:
            return kind(description=text, layout=wide, style=style, **more)

        self.fields = {
            "positive": field(w.SelectMultiple, "Positive", rows=4),
            "negative": field(w.Dropdown, "Negative"),
            "model": field(w.Dropdown, "Model", options=session.models),
            "head": field(
                w.Dropdown,
                "Head",
                options=[(HEADS.get(head, head), head) for head in session.heads],
            ),
            "name": field(w.Text, "Name", placeholder="(default)", continuous_update=False),
            "margin": field(w.BoundedFloatText, "Margin, seconds", **margin),
            "include_scan_exports": _checkbox("Include scan exports"),
            "use_hard_negatives": _checkbox("Use hard negatives in training"),
        }
        for name, tip in TIPS.items():
            self.fields[name].tooltip = tip

    def _pieces(self) -> None:
        session, wiring = self.session, self._wiring
        self.manage = panel.button(wiring, MANAGE, self._act)
        self.stats = panel.text_box()
        self.table = MarksTable(session)
        self.warnings = panel.text_box()
        self.place = w.Text(
            placeholder="folder to look in, with all below it", layout={"flex": "1 1 200px"}
        )
        self.place.add_class("ec-place")
        self.relocate = panel.button(wiring, RELOCATE, self._act)
        self.job = panel.JobRow(session, TRAIN, CANCEL, self._act)
        self.status = StatusLine(session)
        self.result = TrainingResult(session)
        self.history = HistoryPanel(session=session.history)
        self.slot = w.VBox()
        actions = [TRAIN, CANCEL, MANAGE, RELOCATE]
        self.hotkeys = panel.PanelKeys(wiring, actions, self._act, label="Train a classifier")

    def _rows(self) -> tuple[w.Widget, ...]:
        fields = dict(self.fields)
        hard = w.HBox((fields.pop("use_hard_negatives"), self.manage), layout=panel.row_layout())
        form = w.VBox((panel.heading("Train a classifier"), *fields.values(), hard))
        form.layout.flex, form.layout.min_width = "4 1 380px", "340px"
        self.missing = w.HBox((self.place, self.relocate), layout=panel.row_layout())
        counts = w.VBox((self.stats, self.table, self.warnings, self.missing))
        counts.layout.flex, counts.layout.min_width = "5 1 420px", "340px"
        top = w.HBox((form, counts), layout=panel.row_layout(align_items="stretch"))
        top.layout.grid_gap = "18px"
        return (top, self.job, self.status, self.result, self.history, self.slot, self.hotkeys)

    def _listen(self) -> None:
        for name, field in self.fields.items():
            field.observe(self._wiring.guard(self._choose(name)), names="value")
        self._wiring.watch(self._draw_fields, "folders positive negative model head name margin")
        self._wiring.watch(self._draw_checks, "include_scan_exports use_hard_negatives")
        self._wiring.watch(self._draw_stats, "stats counting relocating")
        self._wiring.watch(self._draw_running, "running")

    def _choose(self, name: str) -> Any:
        return lambda change: self.session.choose(**{name: change.new})

    def _act(self, verb: str) -> None:
        if verb == "manage":
            self._toggle_grid()
        elif verb == "relocate":
            self.session.relocate(self.place.value)
        else:
            self.session.act(verb)

    def _toggle_grid(self) -> None:
        if self._grid is not None:
            self._close_grid()
            self.session.refresh()
            return
        from eightcut.widgets.negatives import NegativesGrid  # noqa: PLC0415 - opened on demand

        self._grid = NegativesGrid(self.session.workspace, profile=self.session.profile)
        self._grid.session.observe(self._recount, "total")
        self.slot.children = (self._grid,)
        self.manage.description = "Close negatives"

    def _recount(self, _change: Any) -> None:
        self.session.refresh()

    def _close_grid(self) -> None:
        grid, self._grid = self._grid, None
        if grid is not None:
            grid.session.unobserve(self._recount, "total")
            self.slot.children = ()
            self.manage.description = MANAGE.text
            grid.close()

    def _draw_fields(self) -> None:
        session, fields = self.session, self.fields
        positive = tuple((folder.label, folder.name) for folder in session.folders)
        others = [pair for pair in positive if pair[1] not in session.positive]
        _offer(fields["positive"], positive)
        _offer(fields["negative"], (("(background only)", ""), *others))
        for name in ("positive", "negative", "model", "head", "name", "margin"):
            fields[name].value = getattr(session, name)

    def _draw_checks(self) -> None:
        for name in ("include_scan_exports", "use_hard_negatives"):
            self.fields[name].value = getattr(self.session, name)

    def _draw_stats(self) -> None:
        stats = self.session.stats
        known = isinstance(stats, TrainingStats)
        text = f"<b>{html.escape(str(stats))}</b>" if known else "Counting …"
        self.stats.value = text + (" …" if known and self.session.counting else "")
        warnings = list(stats.warnings) if known else []
        if known and stats.missing:
            number = len(stats.missing)
            warnings.append(f"{number} source file{'s' * (number > 1)} not where last seen.")
        self.warnings.value = panel.bullets(warnings)
        self.missing.layout.display = None if known and stats.missing else "none"
        self.relocate.disabled = self.session.relocating

    def _draw_running(self) -> None:
        for field in self.fields.values():
            field.disabled = self.session.running


class MarksTable(PagedTable):
    """How many marks of each file teach what."""

    def __init__(self, session: TrainingSession) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            label="What each file teaches",
            empty="No clips in the chosen folders.",
            columns=["File", "Positive", "Soft", "Negative", "Hard", "Source"],
            widths=list(WIDTHS),
            verbs={},
            link=session.link,
            height=186,
            row_height=24,
        )
        self._wiring.watch(self._draw, "stats")
        self.on_msg(self._wiring.in_turn(self._receive))

    def page(self, first: int, count: int) -> list[Row]:
        """Name, state and counts of some files."""
        return [_row(file) for file in self._files[first : first + count]]

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: dict[str, Any]) -> None:
        with self.session.lock:
            if message["type"] == "page":
                self.answer(message)
            elif message["type"] == "choose":
                self.current = message["index"]

    def _draw(self) -> None:
        stats = self.session.stats
        self._files = stats.files if isinstance(stats, TrainingStats) else ()
        self.current = -1
        self.renew(len(self._files))


TIPS = {
    "positive": "Folders whose clips hold the sound; choose several with Ctrl or Shift",
    "negative": "A folder whose clips do not hold it",
    "model": "The embedder that turns sound into numbers",
    "head": "What learns from the embeddings",
    "name": "Tells classifiers on one model apart",
    "margin": "How far background keeps from every clip; 0 takes no background",
    "include_scan_exports": "Learn from clips that a scan exported, too",
    "use_hard_negatives": "Learn from the false alarms that were marked",
}


def _checkbox(text: str) -> w.Checkbox:
    return w.Checkbox(description=text, indent=False, layout={"width": "auto"})


def _offer(field: Any, options: tuple[tuple[str, str], ...]) -> None:
    if tuple(field.options) != options:
        field.options = options


def _row(file: FileMarks) -> Row:
    numbers = [str(number) for number in file[1:5]]
    missing = "missing" if file.is_missing else ""
    return (file.filename, missing, file.filename, *numbers, missing or "✓")
