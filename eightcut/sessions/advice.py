"""What is recommended for the groups of a page: at once where that is quick, else as it comes."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from eightcut.images.decisions import Recommendation
from eightcut.jobs.picture_groups import PictureGroup
from eightcut.sessions.job import sentence
from eightcut.sessions.worker import Worker

ASKING_S = 0.2  # a page does not wait longer for recommendations


class Advice:
    """Asks a recommender about each group once.

    ``arrived`` is called, on another thread, with each recommendation that came late.
    """

    def __init__(
        self,
        recommend: Callable[[PictureGroup], Recommendation],
        arrived: Callable[[PictureGroup, Recommendation], None],
    ) -> None:
        self._recommend, self._arrived = recommend, arrived
        self._known: dict[str, Recommendation] = {}
        self._waiting: tuple[str, ...] = ()
        self._worker = Worker("eightcut recommendations")

    def about(self, group: PictureGroup) -> Recommendation | None:
        """The recommendation for a group, as far as it is known."""
        return self._known.get(group.key)

    def missing(self, groups: Iterable[PictureGroup]) -> list[PictureGroup]:
        """The groups that nothing is known about yet."""
        return [group for group in groups if group.key not in self._known]

    def want(self, groups: Sequence[PictureGroup]) -> None:
        """Ask about these groups, the first of them at once and the others in the background."""
        missing = self.missing(groups)
        if tuple(group.key for group in missing) == self._waiting:
            return
        until = time.monotonic() + ASKING_S
        while missing and time.monotonic() < until:
            self.ask(missing.pop(0))
        self._waiting = tuple(group.key for group in missing)
        if missing:
            self._worker.ask(lambda cancel: self._ask_all(missing, cancel))

    def ask(self, group: PictureGroup) -> Recommendation:
        """Ask about one group now; a recommender that fails recommends nothing and says why."""
        try:
            found = self._recommend(group)
        except Exception as problem:  # noqa: BLE001 - a model that fails must not stop the person
            reason = f"no recommendation: {sentence(problem)}"
            found = Recommendation(None, None, None, None, reason)
        self._known[group.key] = found
        return found

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when everything that was wanted is known."""
        self._worker.wait(timeout_s)

    def close(self) -> None:
        """Ask no more; safe to call twice."""
        self._worker.stop()

    def _ask_all(self, groups: list[PictureGroup], cancel: threading.Event) -> None:
        for group in groups:
            if cancel.is_set():
                return
            found = self.ask(group)
            self._waiting = tuple(key for key in self._waiting if key != group.key)
            self._arrived(group, found)
