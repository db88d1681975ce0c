"""The lists of the extraction screen: pairs of folders that are proposed, and what was found."""

from collections.abc import Callable

from eightcut.sessions.extraction import ExtractionSession
from eightcut.sessions.extraction_found import KINDS, Found
from eightcut.widgets.region_table import PagedTable, Row
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring

MOVES = {
    "ArrowUp": "previous", "k": "previous", "ArrowDown": "next", "j": "next",
    "Home": "first", "End": "last", "PageUp": "back", "PageDown": "forward",
}  # fmt: skip
STEPS = {"next": 1, "previous": -1}


class FoundTable(PagedTable):
    """Everything that fits the filter, a row each; any number of rows."""

    def __init__(self, session: ExtractionSession, *, height: int = 190) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            label="What was found",
            empty="Nothing fits this filter.",
            columns=["Group or file", "What it is", "Pictures", "Winner", "Crop or reason",
                     "Folder"],
            widths=["minmax(150px, 1.4fr)", "minmax(130px, 1fr)", "84px", "104px",
                    "minmax(150px, 2fr)", "minmax(110px, 1fr)"],
            verbs=MOVES,
            link=session.link,
            height=height,
        )  # fmt: skip
        self._wiring.watch(self._draw, "found")
        self._wiring.watch(self._draw_current, "position found")
        self.on_msg(self._wiring.in_turn(self._receive))

    def page(self, first: int, count: int) -> list[Row]:
        """Key, state, label, kind, pictures, winning stages, crop and folder of some of them."""
        shown = self.session.found[first : first + count]
        return [_row(one, self.session.key(first + n)) for n, one in enumerate(shown)]

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: Message) -> None:
        answers: dict[str, Callable[[Message], None]] = {
            "page": self.answer,
            "choose": self._choose,
            "verb": lambda told: self.session.act(told["verb"]),
        }
        with self.session.lock:
            answers[message["type"]](message)

    def _choose(self, message: Message) -> None:
        if message["generation"] == self.generation:
            self.session.go(message["index"])

    def _draw(self) -> None:
        self.renew(len(self.session.found))

    def _draw_current(self) -> None:
        self.current = self.session.position


class ProposalTable(PagedTable):
    """Pairs of folders that may be RAW and FINAL; none is taken before a person does."""

    def __init__(self, session: ExtractionSession) -> None:
        self._wiring = Wiring()
        self.session = self._wiring.adopt(session)
        super().__init__(
            label="Proposed pairs of folders",
            empty="",
            columns=["Project", "RAW", "Pictures", "FINAL", "Pictures", "Same name"],
            widths=["minmax(90px, 1fr)", "minmax(140px, 3fr)", "84px", "minmax(140px, 3fr)",
                    "84px", "112px"],
            verbs={"ArrowUp": "previous", "ArrowDown": "next"},
            link=session.link,
        )  # fmt: skip
        self._wiring.watch(self._draw, "proposals")
        self._wiring.watch(self._draw_current, "proposal proposals")
        self.on_msg(self._wiring.in_turn(self._receive))

    def page(self, first: int, count: int) -> list[Row]:
        """Number, state, name, folders with their pictures, and how many names they share."""
        shown = self.session.proposals[first : first + count]
        below = self.session.below
        return [
            (str(first + n), "", one.name, below(one.raw_dir), f"{one.raw_images:,}",
             below(one.final_dir), f"{one.final_images:,}", f"{one.shared:,}")
            for n, one in enumerate(shown)
        ]  # fmt: skip

    def close(self) -> None:
        """Leave the session; safe to call twice."""
        self._wiring.close(self)
        super().close()

    def _receive(self, message: Message) -> None:
        answers: dict[str, Callable[[Message], None]] = {
            "page": self.answer,
            "choose": lambda told: self._take(told["index"]),
            "verb": lambda told: self._take(self.current + STEPS[told["verb"]]),
        }
        with self.session.lock:
            answers[message["type"]](message)

    def _take(self, number: int) -> None:
        self.session.take(min(max(number, 0), len(self.session.proposals) - 1))

    def _draw(self) -> None:
        number = len(self.session.proposals)
        self.height = 32 + 26 * min(number, 5)
        self.layout.display = None if number else "none"
        self.renew(number)

    def _draw_current(self) -> None:
        self.current = self.session.proposal


def _row(found: Found, key: str) -> Row:
    stages = ", ".join(f"{picture.stage:g}" for picture in found.winners if picture.stage)
    return (
        key,
        "anomaly" if found.is_anomaly else found.kind,
        found.label,
        kind_of(found) + (", anomaly" if found.is_anomaly else ""),
        str(sum(picture.role != "final" for picture in found.pictures)),
        f"stage {stages}" if stages else "",
        found.crop or ("" if found.kind == "won" else found.told),
        found.directory,
    )


def kind_of(found: Found) -> str:
    """What a group or file turned out to be."""
    many = len(found.winners)
    return f"{many} winners" if many > 1 else KINDS[found.kind]


def stage_of(stage: float | None) -> str:
    """``stage 1.5``, or nothing where it is unknown."""
    return "" if stage is None else f"stage {stage:g}"
