"""The rows of controls of a comparison: which file and versions, and which changes are listed."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as w

from eightcut.sessions.compared import LISTED
from eightcut.sessions.comparison import ComparisonSession
from eightcut.sessions.comparison_words import SIGNS, equal
from eightcut.widgets import compare_actions as actions
from eightcut.widgets.panel import button, row_layout, text_box
from eightcut.widgets.versions import VersionDropdown
from eightcut.widgets.wiring import Wiring

Act = Callable[[str], None]


class SidesRow(w.HBox):  # type: ignore[misc]
    """The file, where there are several, and its two versions."""

    def __init__(self, session: ComparisonSession, act: Act) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        self.file = w.Dropdown(tooltip="Files that have two scan versions")
        self.back, self.ahead = (button(self._wiring, one, act) for one in actions.FILES)
        self.file.layout.width, self.file.layout.max_width = "auto", "260px"
        self.files = w.HBox([self.back, self.file, self.ahead])
        self.title = text_box()
        self.old = VersionDropdown(session=session.old)  # type: ignore[arg-type]
        self.new = VersionDropdown(session=session.new)  # type: ignore[arg-type]
        for side, name in ((self.old, "Old"), (self.new, "New")):
            side.description, side.style.description_width = name, "auto"
            side.layout.flex, side.layout.min_width = "1 1 180px", "160px"
        self.swap = button(self._wiring, actions.SWAP, act)
        parts = (self.files, self.title, self.old, self.swap, self.new)
        super().__init__(children=parts, layout=row_layout())
        self.add_class("ec-compare-sides")
        self.file.observe(self._wiring.guard(self._open), names="value")
        self._wiring.watch(self._draw, "files filename counted matched diff")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _open(self, change: Any) -> None:
        if change.new:
            self.session.open(change.new)

    def _draw(self) -> None:
        session, files = self.session, self.session.files
        self.files.layout.display = None if len(files) > 1 else "none"
        self.title.layout.display = "none" if len(files) > 1 else None
        self.title.value = f"<b>{html.escape(session.filename)}</b>"
        options = [(self._counted(filename), filename) for filename in files]
        with self.file.hold_sync():
            if list(self.file.options) != options:
                self.file.set_trait("options", options)
            self.file.value = session.filename or None
        self.back.disabled = session.filename in files[:1]
        self.ahead.disabled = session.filename in files[-1:]
        self.swap.layout.display = None if session.diff else "none"

    def _counted(self, filename: str) -> str:
        """The file with how many regions it gained and lost, once that is known."""
        counts = self.session.counted.get(filename)
        if counts is None:
            return filename
        count = counts[self.session.matched]
        return f"{filename}  ({SIGNS['gained']}{count.gained} {SIGNS['lost']}{count.lost})"


class KindsRow(w.HBox):  # type: ignore[misc]
    """One button for each kind of change, with how many there are."""

    def __init__(self, session: ComparisonSession) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        self.buttons = {kind: self._made(kind) for kind in LISTED}
        super().__init__(children=(*self.buttons.values(),), layout=row_layout())
        self._wiring.watch(self._draw, "changes kinds")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _made(self, kind: str) -> w.ToggleButton:
        made = w.ToggleButton(tooltip=actions.FILTERS[kind].tooltip, layout={"width": "auto"})
        made.add_class(f"ec-kind-{kind}")
        chosen = self._wiring.guard(lambda new: self.session.show(kind, shown=new.new))
        made.observe(chosen, names="value")
        return made

    def _draw(self) -> None:
        for kind, made in self.buttons.items():
            count = sum(change.kind == kind for change in self.session.changes)
            made.description = f"{SIGNS[kind]} {count} {kind}"
            made.value = kind in self.session.kinds


class ThresholdsRow(w.HBox):  # type: ignore[misc]
    """At which thresholds the versions are compared, and what that gives."""

    def __init__(self, session: ComparisonSession) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        self.switch = w.ToggleButtons(
            options=self._options(),
            tooltips=["As each version was scanned (M)", f"{actions.MATCHED.tooltip}"],
            style={"button_width": "auto"},
        )
        self.summary, self.basis = text_box(), text_box()
        super().__init__(children=(self.switch, self.summary, self.basis), layout=row_layout())
        self.switch.observe(self._wiring.guard(self._choose), names="value")
        self._wiring.watch(self._draw, "diff matched filename")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _choose(self, change: Any) -> None:
        if change.new != self.session.matched:
            try:
                self.session.toggle_matched()
            finally:
                self.switch.value = self.session.matched  # it goes back where that cannot be

    def _options(self) -> list[tuple[str, bool]]:
        return [("Own thresholds", False), (equal(self.session.diff), True)]

    def _draw(self) -> None:
        session = self.session
        if [*self.switch.options] != self._options():
            self.switch.options = self._options()
        self.switch.value = session.matched
        self.switch.layout.display = None if session.diff else "none"
        self.summary.value = f"<b>{html.escape(session.summary)}</b>"
        self.basis.value = html.escape(session.basis)
