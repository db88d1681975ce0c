"""Steps that can be taken back and done again, in memory."""

from typing import Any

STEPS = 200  # kept


class History:
    """The states before and after the present one, which the caller holds."""

    def __init__(self) -> None:
        self._before: list[Any] = []
        self._after: list[Any] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is a state to go back to."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is a state to go on to."""
        return bool(self._after)

    def add(self, state: Any) -> None:
        """Keep the state that is about to be left; what was taken back is forgotten."""
        self._before = [*self._before, state][-STEPS:]
        self._after = []

    def undo(self, state: Any) -> Any | None:
        """The state before this one, or None."""
        return self._step(self._before, self._after, state)

    def redo(self, state: Any) -> Any | None:
        """The state after this one, or None."""
        return self._step(self._after, self._before, state)

    def _step(self, source: list[Any], target: list[Any], state: Any) -> Any | None:
        if not source:
            return None
        target.append(state)
        return source.pop()
