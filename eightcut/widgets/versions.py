"""Which scan version of a file is shown."""

from typing import Any

import ipywidgets as w

from eightcut.sessions.review import ReviewSession
from eightcut.widgets.wiring import Wiring, replace_earlier_run
from eightcut.workspace import Workspace

NO_VERSION = ("no scan yet", "")


class VersionDropdown(w.Dropdown):  # type: ignore[misc]
    """The scan versions of the session's model, newest first; choosing one opens it.

    ★ marks a pinned version and ✎ one that a person has edited. The note of
    the chosen version is shown on hover. With nothing to choose it is hidden.
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
        self.session = self._wiring.join(source, filename, profile, session)
        super().__init__(options=[NO_VERSION], description="Version")
        self.add_class("ec-versions")
        self.layout.width = "auto"
        self.layout.max_width = "480px"
        self.observe(self._wiring.guard(self._choose), names="value")
        self._wiring.watch(self._draw, "versions version model")
        replace_earlier_run(self)

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _choose(self, change: Any) -> None:
        if change.new:
            self.session.load_version(change.new)

    def _draw(self) -> None:
        versions = self.session.versions
        options = [(version.label, version.stamp) for version in versions] or [NO_VERSION]
        with self.hold_sync():
            if list(self.options) != options:
                self.set_trait("options", options)
            self.value = self.session.version
            notes = [version.note for version in versions if version.stamp == self.value]
            self.tooltip = next(filter(None, notes), "Scan version")
            self.layout.display = None if len(versions) > 1 else "none"
