"""The screen for going through what a scan has found in one file."""

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from eightcut.sessions.review import ReviewSession
from eightcut.widgets import theme
from eightcut.widgets.player import Player
from eightcut.widgets.region_table import RegionTable
from eightcut.widgets.status import StatusLine
from eightcut.widgets.timeline import TimelinePlot
from eightcut.widgets.versions import VersionDropdown
from eightcut.widgets.wiring import Wiring, below, replace_earlier_run
from eightcut.workspace import Workspace


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
        self.buttons = {action.verb: self._button(action) for action in theme.ACTIONS}
        super().__init__(children=self._rows())
        self._parts = [*below(self)]
        self.add_class("ec-review")
        self.models.observe(self._wiring.guard(self._choose_model), names="value")
        self._wiring.watch(self._draw_models, "models model version regions")
        self._wiring.watch(self._draw_buttons, "regions selected undo_label redo_label versions")
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
        top = w.HBox([title, self.models, self.versions], layout=_row())
        self.status.layout.flex = "1 1 240px"
        tools = w.HBox([*self.buttons.values(), self.status], layout=_row())
        self.table.layout.flex, self.table.layout.min_width = "3 1 360px", "300px"
        self.player.layout.flex, self.player.layout.min_width = "2 1 300px", "260px"
        below = w.HBox([self.table, self.player], layout=_row(align_items="flex-start"))
        return (top, self.timeline, tools, below)

    def _button(self, action: theme.Action) -> w.Button:
        button = w.Button(description=action.text, icon=action.icon, tooltip=action.tooltip)
        button.layout.width = "auto"
        button.on_click(self._wiring.guard(self._does(action.verb)))
        return button

    def _does(self, verb: str) -> Callable[[Any], None]:
        in_page = {"play": self.player.toggle, "fit": self.timeline.fit}
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
        buttons["next"].disabled = buttons["previous"].disabled = not session.regions
        row = session.row(session.selected) if session.selected is not None else None
        for verb in ("toggle_disabled", "toggle_negative"):
            buttons[verb].disabled = row is None
        state = session.state(row) if row else ""
        buttons["toggle_disabled"].description = "Enable" if state == "disabled" else "Disable"
        is_negative = row is not None and row.id in session.negative_ids
        buttons["toggle_negative"].description = "Not a negative" if is_negative else "Not this"
        for verb, label in (("undo", session.undo_label), ("redo", session.redo_label)):
            buttons[verb].disabled = label is None
        buttons["pin"].disabled = not session.version
        pinned = any(v.pinned for v in session.versions if v.stamp == session.version)
        buttons["pin"].description = "Unpin" if pinned else "Pin"


def _row(**more: str) -> w.Layout:
    return w.Layout(flex_flow="row wrap", align_items=more.pop("align_items", "center"), **more)
