"""Dropdowns that narrow a list down."""

from collections.abc import Iterable

import ipywidgets as w


class FilterDropdown(w.Dropdown):  # type: ignore[misc]
    """All, or one of the names that occur, each with how often; "(none)" is the empty one.

    ``chosen`` is None for all. What is chosen stays on offer when it has become rare.
    """

    def __init__(self, what: str) -> None:
        self.options: list[tuple[str, int]]
        self._everything = f"all {what}s"
        self._names: list[str | None] = [None]
        super().__init__(options=[(self._everything, 0)])
        self.tooltip = f"Show one {what}"
        self.layout.width, self.layout.max_width = "auto", "260px"

    @property
    def chosen(self) -> str | None:
        """The name to show, or None for every one."""
        return self._names[self.value or 0]

    def offer(self, counted: Iterable[tuple[str, int]], chosen: str | None) -> None:
        """Show these names, with ``chosen`` as the one that is chosen."""
        counts = dict(counted)
        if chosen is not None:
            counts.setdefault(chosen, 0)
        names: list[str | None] = [None, *counts]
        labels = [f"{name or '(none)'} ({count:,})" for name, count in counts.items()]
        options = [(label, place) for place, label in enumerate([self._everything, *labels])]
        with self.hold_sync():
            if list(self.options) != options:
                self.options = options
            self._names = names
            self.value = names.index(chosen)
