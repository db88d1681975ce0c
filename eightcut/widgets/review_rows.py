"""The rows of controls of a review: what is shown, and where clips go."""

from collections.abc import Sequence

import ipywidgets as w

from eightcut.sessions.opened import LONGEST_GAP_S
from eightcut.sessions.review import ReviewSession
from eightcut.widgets.wiring import Wiring

OFF = ("Off", "")


class ShownRow(w.HBox):  # type: ignore[misc]
    """Threshold and fuse gap, and which version lies beside the open one."""

    def __init__(self, session: ReviewSession, buttons: Sequence[w.Button]) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.join(session)
        self.threshold = _number("Threshold", 1.0, 0.01, "Regions below this score are hidden")
        self.gap = _number("Fuse gap (s)", LONGEST_GAP_S, 0.5, "Regions this close become one")
        self.compared = w.Dropdown(options=[OFF], description="Compare", tooltip="Other version")
        self.compared.add_class("ec-compare")
        self.compared.layout.width, self.compared.layout.max_width = "auto", "400px"
        super().__init__(children=(self.threshold, self.gap, *buttons, self.compared))
        self.add_class("ec-tools")
        guard = self._wiring.guard
        self.threshold.observe(guard(lambda new: session.set_threshold(new.new)), names="value")
        self.gap.observe(guard(lambda new: session.set_fuse_gap(new.new)), names="value")
        self.compared.observe(guard(lambda new: session.compare(new.new or "")), names="value")
        self._wiring.watch(self._draw, "threshold fuse_gap")
        self._wiring.watch(self._draw_versions, "versions version compared")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _draw(self) -> None:
        self.threshold.value = self.session.threshold
        self.gap.value = self.session.fuse_gap

    def _draw_versions(self) -> None:
        session = self.session
        others = [version for version in session.versions if version.stamp != session.version]
        options = [OFF, *((version.label, version.stamp) for version in others)]
        if list(self.compared.options) != options:
            self.compared.set_trait("options", options)
        stamps = {stamp for _, stamp in options}
        self.compared.value = session.compared if session.compared in stamps else ""
        self.compared.layout.display = None if others else "none"


class ExportRow(w.HBox):  # type: ignore[misc]
    """The folder, the buttons that export to it, and how far that is."""

    def __init__(self, session: ReviewSession, buttons: dict[str, w.Button]) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session.export)
        self.cancel = buttons["cancel_export"]
        self.folder = w.Text(
            description="Folder", tooltip="A class of clips: a name in exports/, or a path"
        )
        self.folder.continuous_update = False
        self.folder.layout.width = "240px"
        self.bar = w.FloatProgress(min=0.0, max=1.0, layout={"width": "120px"})
        self.text = w.Label()
        super().__init__(children=(self.folder, *buttons.values(), self.bar, self.text))
        self.add_class("ec-tools")
        chosen = self._wiring.guard(lambda new: session.export.set_folder(new.new))
        self.folder.observe(chosen, names="value")
        self._wiring.watch(self._draw, "running cancelling progress folder")

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _draw(self) -> None:
        job = self.session
        self.folder.value = job.folder
        self.folder.disabled = job.running
        self.cancel.disabled = not job.running or job.cancelling
        self.bar.value = job.progress.fraction
        self.text.value = "Stopping …" if job.cancelling else str(job.progress)
        for part in (self.cancel, self.bar, self.text):
            part.layout.display = None if job.running else "none"


def _number(name: str, most: float, step: float, tooltip: str) -> w.BoundedFloatText:
    field = w.BoundedFloatText(min=0.0, max=most, step=step, description=name, tooltip=tooltip)
    field.layout.width = "168px"
    field.style.description_width = "auto"
    return field
