"""The two folders of a project while they are compared."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from eightcut.jobs.extract_facts import Facts
from eightcut.jobs.extract_locate import Seen, digests, locate_all
from eightcut.media.listing import Listing
from eightcut.media.locate import AS_GOOD
from eightcut.progress import Shown


@dataclass(frozen=True, slots=True)
class Work:
    """The folders that are compared, what is known of them, and who watches."""

    raw: Listing
    final: Listing
    facts: Facts
    progress: Shown = False
    cancel: threading.Event | None = None

    def digests(self, listing: Listing, indexes: Iterable[int]) -> dict[int, str]:
        """A digest of the bytes of each of these files that can be read."""
        wanted = sorted(set(indexes))
        if not wanted:
            return {}
        return digests(
            listing, wanted, self.facts, title="comparing files byte by byte",
            progress=self.progress, cancel=self.cancel,
        )  # fmt: skip

    def locate(self, pairs: Iterable[tuple[int, int]], title: str) -> dict[tuple[int, int], Seen]:
        """What each pair (raw, final) shows."""
        wanted = sorted(set(pairs))
        if not wanted:
            return {}
        return locate_all(
            wanted, self.raw, self.final, self.facts, title=title, progress=self.progress,
            cancel=self.cancel,
        )  # fmt: skip

    def parts(self, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
        """The pairs (raw, final) of which the final is the raw or a part of it.

        Behind lossy encoding it may pass for several; the closest counts, and what is as close.
        """
        seen = self.locate(pairs, "comparing pictures")
        held = {
            pair: one.difference or 0.0
            for pair, one in seen.items()
            if one.kind in {"full", "crop"}
        }
        least: dict[int, float] = {}
        for (_, final), difference in held.items():
            least[final] = min(difference, least.get(final, difference))
        return {pair for pair, difference in held.items() if difference <= least[pair[1]] * AS_GOOD}
