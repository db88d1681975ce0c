"""The screen for going through what a scan has found in one file."""

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from eightcut.sessions.review import ReviewSession
from eightcut.widgets import theme
from eightcut.widgets.histogram import ScoreHistogram
from eightcut.widgets.player import Player
from eightcut.widgets.region_table import RegionTable
from eightcut.widgets.review_rows import ExportRow, ShownRow
from eightcut.widgets.status import StatusLine
from eightcut.widgets.timeline import TimelinePlot
from eightcut.widgets.versions import VersionDropdown
from eightcut.widgets.wiring import Wiring, below, replace_earlier_run
from eightcut.workspace import Workspace

WALK = ("previous", "play", "next", "toggle_review")
REVIEWED = ("mark_reviewed", "mark_all_reviewed")
JUDGE = ("accept", "toggle_disabled", "toggle_negative")
CHANGE = ("merge", "add", "adopt", "edit")
NUDGE = ("start_earlier", "start_later", "end_earlier", "end_later")
STEPS = ("undo", "redo")
SHOWN = ("reset", "fit", "choose_all", "pin")
EXPORT = ("export_chosen", "export_all", "cancel_export")


class ScanReview(w.VBox):  # type: ignore[misc]
    """Version dropdown, timeline, table of regions and player of one file, in step.

    Each button's tooltip names its keys, which work while the timeline, the
    table or the player has the focus. ``session`` holds the state as plain values.
    """

    def __init__(
        self,
        source: Workspace | ReviewSession | None = None,
        filename: str | None = None,
        *,
        profile: str | None = None,
        session: ReviewSession | None = None,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        self.session = self._wiring.join(source, filename, profile, session)
        self.models = w.ToggleButtons(style={"button_width": "auto"})
        self.versions = VersionDropdown(self.session)
        self.timeline = TimelinePlot(self.session)
        self.table = RegionTable(self.session)
        self.player = Player(self.session)
        self.status = StatusLine(self.session)
        self.histogram = ScoreHistogram(self.session)
        self.buttons = {
            action.verb: self._button(action) for action in theme.ACTIONS if action.text
        }
        self.progress = w.Label()
        self.progress.add_class("ec-left")
        self.coverage = w.Label()
        self.coverage.add_class("ec-left")
        super().__init__(children=self._rows())
        self._parts = [*below(self)]
        self.add_class("ec-review")
        self.models.observe(self._wiring.guard(self._choose_model), names="value")
        self._wiring.watch(self._draw_models, "models model version regions")
        self._wiring.watch(self._draw_buttons, "regions selected chosen negative_ids pending_ids")
        self._wiring.watch(self._draw_steps, "undo_label redo_label versions version")
        self._wiring.watch(self._draw_review, "reviewing left regions reviewed duration")
        replace_earlier_run(self)

    def close(self) -> None:
        """Close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _rows(self) -> tuple[w.Widget, ...]:
        title = w.Label(value=self.session.filename)
        title.add_class("ec-title")
        top = w.HBox([title, self.coverage, self.models, self.versions], layout=_row())
        self.status.layout.flex = "1 1 240px"
        walk = self._group(WALK)
        walk.children += (self.progress,)
        tools = [walk, *map(self._group, (REVIEWED, JUDGE, CHANGE, NUDGE, STEPS)), self.status]
        self.shown = ShownRow(self.session, [self.buttons[verb] for verb in SHOWN])
        self.export = ExportRow(self.session, {verb: self.buttons[verb] for verb in EXPORT})
        sides: list[tuple[Any, str]] = [
            (self.table, "3 1 360px"),
            (self.histogram, "2 1 220px"),
            (self.player, "2 1 280px"),
        ]
        for part, flex in sides:
            part.layout.flex, part.layout.min_width = flex, "220px"
        below = w.HBox([part for part, _ in sides], layout=_row(align_items="flex-start"))
        below.add_class("ec-sides")
        settings = w.HBox([self.shown, self.export], layout=_row())
        return (top, self.timeline, w.HBox(tools, layout=_row()), below, settings)

    def _group(self, verbs: tuple[str, ...]) -> w.HBox:
        group = w.HBox([self.buttons[verb] for verb in verbs])
        group.add_class("ec-tools")
        return group

    def _button(self, action: theme.Action) -> w.Button:
        button = w.Button(description=action.text, icon=action.icon, tooltip=action.tooltip)
        button.layout.width = "auto"
        button.on_click(self._wiring.guard(self._does(action.verb)))
        return button

    def _does(self, verb: str) -> Callable[[Any], None]:
        in_page = {"play": self.player.toggle, "fit": self.timeline.fit, "edit": self.table.edit}
        act = in_page.get(verb, lambda: self.session.act(verb))
        return lambda _button: act()

    def _draw_models(self) -> None:
        session = self.session
        options = [(self._title(model), model) for model in session.models]
        if list(self.models.options) != options:
            self.models.options = options
        self.models.value = session.model or None
        self.models.layout.display = None if len(options) > 1 else "none"

    def _title(self, model: str) -> str:
        """The model; the open one with how many regions are shown and which version it is."""
        session = self.session
        if model != session.model:
            return model
        stamps = [version.stamp for version in session.versions]
        place = f" [v{len(stamps) - stamps.index(session.version)}]" if session.version else ""
        return f"{model} ({len(session.regions)}){place}"

    def _choose_model(self, change: Any) -> None:
        if change.new and change.new != self.session.model:
            self.session.load_model(change.new)

    def _draw_buttons(self) -> None:
        session, buttons = self.session, self.buttons
        rows = session.targets
        for verb in ("next", "previous", "export_all", "choose_all"):
            buttons[verb].disabled = not session.regions
        for verb in (*JUDGE, "export_chosen", "edit", *NUDGE):
            buttons[verb].disabled = not rows
        buttons["merge"].disabled = len(rows) < 2
        buttons["adopt"].disabled = not session.pending_ids
        all_disabled = bool(rows) and all(row.disabled for row in rows)
        buttons["toggle_disabled"].description = "Enable" if all_disabled else "Disable"
        negative = bool(rows) and all(row.id in session.negative_ids for row in rows)
        buttons["toggle_negative"].description = "Not a negative" if negative else "Not this"
        many = f" ({len(rows)})" if len(rows) > 1 else ""
        buttons["export_chosen"].description = f"Export selected{many}"
        buttons["merge"].description = f"Merge{many}"

    def _draw_steps(self) -> None:
        session, buttons = self.session, self.buttons
        for verb, label in (("undo", session.undo_label), ("redo", session.redo_label)):
            buttons[verb].disabled = label is None
        buttons["pin"].disabled = buttons["add"].disabled = not session.version
        pinned = any(v.pinned for v in session.versions if v.stamp == session.version)
        buttons["pin"].description = "Unpin" if pinned else "Pin"

    def _draw_review(self) -> None:
        session = self.session
        self.progress.value = session.progress if session.regions else ""
        self.coverage.value = session.coverage
        self.coverage.layout.display = None if session.coverage else "none"
        self.buttons["toggle_review"].button_style = "primary" if session.reviewing else ""
        self.buttons["toggle_review"].description = "Reviewing" if session.reviewing else "Review"
        self.player.autoplay = session.reviewing


def _row(**more: str) -> w.Layout:
    return w.Layout(flex_flow="row wrap", align_items=more.pop("align_items", "center"), **more)
