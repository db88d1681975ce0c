"""The screen for what changed from one scan version to another: did it get better?"""

import ipywidgets as w

from eightcut.sessions.comparison import ComparisonSession
from eightcut.widgets import compare_actions as actions
from eightcut.widgets.compare_lanes import CompareLanes
from eightcut.widgets.compare_rows import KindsRow, SidesRow, ThresholdsRow
from eightcut.widgets.compare_table import ComparePlayer, CompareTable
from eightcut.widgets.panel import PanelKeys, bullets, button, row_layout, text_box
from eightcut.widgets.status import StatusLine
from eightcut.widgets.theme import Action
from eightcut.widgets.wiring import Wiring, below, replace_earlier_run
from eightcut.workspace import Workspace


class CompareVersions(w.VBox):  # type: ignore[misc]
    """Two scan versions of a file as lanes, what changed as a list to listen to and to decide.

    Args:
        source: a workspace, or the session of another view to be in step with it.
        filename: the key of the media file to begin with; the others are those that both
            versions have scanned. The first of all files with two versions unless given.
        a: the old version: a scan's stamp, a classifier's version, or ``"NAME VERSION"``.
        b: the new one. Unless given: the newest scan by the classifier in use, and
            the one before it.
        profile: whose scans; the one in ``eightcut.toml`` unless given.
        session: the session to show.

    Each button's tooltip names its keys, which work while the focus is in this
    view. ``session`` holds the state as plain values.

    Raises:
        LookupError: the file has no such version.
    """

    def __init__(
        self,
        source: Workspace | ComparisonSession | None = None,
        filename: str | None = None,
        a: str | None = None,
        b: str | None = None,
        *,
        profile: str | None = None,
        session: ComparisonSession | None = None,
    ) -> None:
        self._wiring = Wiring()
        self._parts: list[w.Widget] = []  # all that closing must close too
        shared = source if isinstance(source, ComparisonSession) else session
        self.session = self._wiring.open(
            source if isinstance(source, Workspace) else None,
            shared,
            lambda ws: ComparisonSession(ws, filename, a, b, profile=profile),
        )
        self._make()
        super().__init__(children=self._rows())
        self._parts = [*below(self)]
        self.add_class("ec-panel")
        self.add_class("ec-compare")
        self._connect()
        replace_earlier_run(self)

    def close(self) -> None:
        """Close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        for part in self._parts:
            part.close()
        super().close()

    def _make(self) -> None:
        session = self.session
        self.sides = SidesRow(session, self._act)
        self.thresholds, self.kinds = ThresholdsRow(session), KindsRow(session)
        self.timeline = CompareLanes(session)
        self.table, self.player = CompareTable(session), ComparePlayer(session)
        self.about, self.status = StatusLine(session, "about"), StatusLine(session)
        self.notes, self.progress = text_box(), w.Label()
        made = (*actions.WALK, *actions.JUDGE, *actions.STEPS, actions.FIT, actions.REFRESH)
        self.buttons = {action.verb: button(self._wiring, action, self._act) for action in made}
        for verb, width in (("accept", "152px"), ("toggle_negative", "130px")):
            self.buttons[verb].layout.width = width  # whatever it says, the next one stays in place
        self.progress.layout.min_width = "84px"
        self.panel_keys = PanelKeys(
            self._wiring, actions.ACTIONS, self._act, label="Comparison of two scan versions"
        )

    def _rows(self) -> tuple[w.Widget, ...]:
        walk = self._group(*actions.WALK)
        walk.children += (self.progress,)
        judge, steps = self._group(*actions.JUDGE), self._group(*actions.STEPS)
        look = self._group(actions.FIT, actions.REFRESH)
        tools = w.HBox([walk, judge, steps, look], layout=row_layout())
        self.status.layout.flex = "1 1 200px"
        above = w.HBox([self.kinds, self.status], layout=row_layout())
        listed, heard = w.VBox([above, self.table]), w.VBox([self.player, self.about])
        listed.layout.flex, listed.layout.min_width = "3 1 430px", "300px"
        heard.layout.flex, heard.layout.min_width = "1 1 240px", "220px"
        parts = w.HBox([listed, heard], layout=row_layout(align_items="flex-start"))
        parts.add_class("ec-sides")
        self.main = w.VBox([self.timeline, tools, parts])
        return self.sides, self.thresholds, self.main, self.notes, self.panel_keys

    def _group(self, *group: Action) -> w.HBox:
        made = w.HBox([self.buttons[action.verb] for action in group])
        made.add_class("ec-tools")
        return made

    def _connect(self) -> None:
        watch = self._wiring.watch
        watch(self._draw_whole, "diff")
        watch(self._draw_buttons, "shown selected changes autoplay")
        watch(self._draw_steps, "undo_label redo_label")

    def _act(self, verb: str) -> None:
        in_page = {"play": self.player.toggle, "fit": self.timeline.fit}
        in_page.get(verb, lambda: self.session.act(verb))()

    def _draw_whole(self) -> None:
        diff = self.session.diff
        self.main.layout.display = None if diff else "none"
        self.notes.value = bullets(diff.notes if diff else ())
        self.notes.layout.display = None if self.notes.value else "none"

    def _draw_buttons(self) -> None:
        session, buttons = self.session, self.buttons
        chosen = None if session.selected is None else session.row(session.selected)
        buttons["previous"].disabled = buttons["next"].disabled = not session.shown
        buttons["accept"].disabled = buttons["toggle_negative"].disabled = chosen is None
        is_negative = chosen is not None and chosen.state == "negative"
        buttons["toggle_negative"].description = "Not a negative" if is_negative else "Not this"
        is_lost = chosen is not None and chosen.new is None
        buttons["accept"].description = "Accept and add" if is_lost else "Accept"
        buttons["toggle_autoplay"].button_style = "primary" if session.autoplay else ""
        self.progress.value = session.progress

    def _draw_steps(self) -> None:
        labels = self.session.undo_label, self.session.redo_label
        for action, label in zip(actions.STEPS, labels, strict=True):
            made = self.buttons[action.verb]
            made.disabled = label is None
            made.tooltip = f"{label}: {action.tooltip}" if label else action.tooltip
