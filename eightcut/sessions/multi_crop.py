"""The state of cropping a project: three pictures at a time, and what became of the others.

What is submitted is written in the background, one batch after the other; the
next three pictures do not wait for it. Nothing is ever skipped: a picture whose
crop fails comes up once more, with the reason.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import traitlets as t

from eightcut.db import Batch
from eightcut.jobs.cropping import (
    CropReport,
    Failure,
    Submission,
    submit_crops,
    undo_crops,
    waiting,
)
from eightcut.jobs.recovery import recover
from eightcut.project import Project
from eightcut.sessions import news
from eightcut.sessions.crop_cards import CropCards
from eightcut.sessions.crop_line import Card, Left, Pace, time_left
from eightcut.sessions.job import note, sentence
from eightcut.sessions.verbs import verb

log = logging.getLogger(__name__)

ACTS = ("submit", "back", "look_again")


@dataclass(slots=True)
class Taken:
    """A batch that was submitted: its cards, how the person left them, and its id once done."""

    cards: list[Card] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    kinds: dict[Path, str] = field(default_factory=dict)
    batch_id: int | None = None
    done: int = 0


class MultiCropSession(CropCards):
    """Where one person is in the pictures of a project that wait for a crop.

    Args:
        project: an open project; whoever opened it closes it.
        ratio: the lock that every picture begins with, as in ``CropSession``.

    ``slots`` are three crop sessions for as long as this one lives; ``cards``
    says which pictures they show. Views watch the traits and call the verbs.
    """

    done = t.Int(0)  # submitted and not failed
    pending = t.Int(0)  # of them, being written
    summary = t.Unicode()
    stays = t.Tuple()  # (name, reason) of what has failed twice
    can_back = t.Bool(False)
    is_going_back = t.Bool(False)
    question = t.Unicode()
    yes = t.Unicode()

    def __init__(self, project: Project, *, ratio: str = "own") -> None:
        super().__init__(project, ratio=ratio)
        self._writer = ThreadPoolExecutor(1, "eightcut crops")  # submitted is submitted
        self._pace = Pace()
        self._taken: list[Taken] = []
        self._flying: set[Path] = set()
        self._topic = f"pictures/{project.id}"
        self.say(" · ".join(recover(project)))
        self.refresh()
        news.listen(project.workspace_path, self._topic, self.refresh)

    def act(self, name: str) -> None:
        """Call a verb that needs nothing more, by its name."""
        if name not in ACTS:
            raise LookupError(f"a crop session cannot {name!r}; it can {', '.join(ACTS)}")
        getattr(self, name)()

    @verb
    def submit(self) -> None:
        """Hand the pictures over as they are shown, and show the next ones.

        What lies outside a rectangle goes, a full frame keeps its file, what is
        marked is put to the deleted ones. ``back`` takes all of that back.
        """
        shown = [(i, card) for i, card in enumerate(self.cards) if card is not None]
        if not shown:
            raise LookupError("there is no picture to submit")
        self._ask("")
        self.say("")
        taken = Taken()
        for slot, card in shown:
            self._hand_over(slot, card, taken)
        if taken.submissions:
            self._taken.append(taken)
            self._flying |= {submission.path for submission in taken.submissions}
            self.done += len(taken.submissions)
            self.pending += len(taken.submissions)
            self._writer.submit(self._write, taken)
        self._pace.end(len(shown))
        self._fill()

    @verb
    def back(self) -> None:
        """Take the last batch back and show its pictures again, as they were left.

        A batch of another day is taken back only after a question.
        """
        if self.is_going_back:
            return
        if self._taken:
            self.is_going_back = True
            self._writer.submit(self._take_back, self._taken[-1])
            return
        last = self._last_batch()
        if last is None:
            raise LookupError("no batch has been submitted that could be taken back")
        names = [Path(unit["name"]).name for unit in last.plan.get("units", ())]
        self._ask(
            f"The last batch was submitted before this screen was opened: {', '.join(names)}. "
            "Take it back?",
            "Yes, take it back",
        )

    @verb
    def answer(self, *, confirmed: bool) -> None:
        """Answer the question."""
        asked, last = self.question, self._last_batch()
        self._ask("")
        if asked and confirmed and last is not None:
            self.is_going_back = True
            self._writer.submit(self._take_back, Taken(batch_id=last.id))

    @verb
    def refresh(self) -> None:
        """Take up pictures that have come to wait, and let go of those that somebody took."""
        found = {one.path: one for one in waiting(self.project)}
        shown = {card.path for card in self.cards if card is not None}
        known = self._line.paths | shown | self._flying
        new = [one for path, one in found.items() if path not in known]
        self._line.add(new)
        self.total += len(new) - self._line.drop(self._line.paths - found.keys())
        if not any(self.cards):
            self._fill()
        self._tell_how_far()

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when everything that was submitted has been written."""
        self._writer.submit(lambda: None).result(timeout_s)
        super().wait(timeout_s)

    def close(self) -> None:
        """Hear no more news; what was submitted is still written. Safe to call twice."""
        news.ignore(self.project.workspace_path, self._topic, self.refresh)
        self._writer.shutdown(wait=False)
        super().close()

    @verb
    def look_again(self) -> None:
        """Take up what has come to wait, and once more what could not be cropped."""
        self.total -= len(self._line.stays)
        self._line.stays.clear()
        before = self.total
        self.refresh()
        new = self.total - before
        self.say(f"{new} more" if new > 0 else "Nothing new")

    def _hand_over(self, slot: int, card: Card, taken: Taken) -> None:
        session, is_marked, path = self.slots[slot], self.marked[slot], card.path
        if not path.is_file():
            self._lost(path)
            return
        taken.cards.append(card)
        taken.left.append(Left(session.rect, is_marked))
        if session.problem and not is_marked:
            self._line.failed(card, session.problem)
            taken.kinds[path] = "left where it is" if card.failed else "left for the end"
            return
        kind = "deleted" if is_marked else "kept whole" if session.is_full else "cropped"
        taken.kinds[path] = kind
        taken.submissions.append(Submission(path, None if is_marked else session.rect))

    def _write(self, taken: Taken) -> None:
        """On the writer's thread: carry a batch out, and say how that went."""
        try:
            report = submit_crops(self.project, taken.submissions)
        except Exception as problem:  # noqa: BLE001 - noted
            note(log, "a batch of crops failed", problem)
            reason = sentence(problem)
            failed = [(submission.path, reason) for submission in taken.submissions]
            report = CropReport((), tuple(Failure(*one) for one in failed), (), None)
        self._written(taken, report)
        news.tell(self.project.workspace_path, self._topic, by=self)

    @verb
    def _written(self, taken: Taken, report: CropReport) -> None:
        paths = {submission.path for submission in taken.submissions}
        taken.batch_id, taken.done = report.batch_id, len(paths) - len(report.failed)
        self.done -= len(report.failed)
        self.pending -= len(paths)
        self._flying -= paths
        if report.batch_id is None and taken in self._taken:
            self._taken.remove(taken)
        again = {card.path for card in taken.cards if not card.failed}
        said = _said(taken, report, again)
        self.say(said, is_problem=bool(report.failed or report.pending))
        for path, reason in report.failed:
            self._failed(taken, path, reason)
        if not any(self.cards):
            self._fill()
        self._tell_how_far()

    def _failed(self, taken: Taken, path: Path, reason: str) -> None:
        place = next(i for i, card in enumerate(taken.cards) if card.path == path)
        if path.is_file():
            self._line.left[path] = taken.left[place]
            self._line.failed(taken.cards[place], reason)
        else:
            self._lost(path)

    def _take_back(self, taken: Taken) -> None:
        """On the writer's thread, so after the batch itself has been written."""
        restored: Sequence[Path] = ()
        try:
            if taken.batch_id is not None:
                restored = undo_crops(self.project, taken.batch_id).restored
        except Exception as problem:  # noqa: BLE001 - noted
            note(log, "a batch of crops could not be taken back", problem)
            self._came_back(None, (), sentence(problem))
        else:
            self._came_back(taken, restored)
            news.tell(self.project.workspace_path, self._topic, by=self)

    @verb
    def _came_back(self, taken: Taken | None, restored: Iterable[Path], problem: str = "") -> None:
        self.is_going_back = False
        if taken is None:
            self.say(problem, is_problem=True)
            return
        if taken in self._taken:
            self._taken.remove(taken)
        back = set(restored)
        cards = taken.cards or [Card(one) for one in waiting(self.project) if one.path in back]
        self.done -= taken.done
        self.total += 0 if taken.cards else len(cards)
        self._put_aside()
        for card, left in zip(taken.cards, taken.left, strict=True):
            self._line.left[card.path] = left
        self._line.put_back(cards)
        self.say(f"{len(cards)} taken back")
        self._fill()

    def _fill(self) -> None:
        super()._fill()
        self._pace.begin()
        self._tell_how_far()

    def _ask(self, question: str, yes: str = "") -> None:
        self.question, self.yes = question, yes

    def _last_batch(self) -> Batch | None:
        done = self.project.decisions.batches(kind="crop", state="done")
        whole = [batch for batch in done if batch.plan.get("units")]
        return max(whole, key=lambda batch: batch.id, default=None)

    def _tell_how_far(self) -> None:
        self.stays = tuple((path.name, reason) for path, reason in self._line.stays.items())
        self.can_back = bool(self._taken) or self._last_batch() is not None
        left_s = self._pace.left_s(self.total - self.done - len(self.stays))
        is_shown = any(self.cards)
        rest = time_left(left_s) if is_shown and left_s is not None else ""
        if not (is_shown or self.pending or self.stays):
            rest = "all done" if self.total else "no picture waits for a crop"
        writing = f"writing {self.pending} …" if self.pending else ""
        stays = f"{len(self.stays)} cannot be cropped" if self.stays else ""
        parts = (f"{self.done} of {self.total}", rest, writing, stays)
        self.summary = " · ".join(filter(None, parts))


def _said(taken: Taken, report: CropReport, again: Collection[Path]) -> str:
    """Such as ``2 cropped, 1 deleted``, with each failure in full; ``again`` may come up again."""
    failed = {path for path, _ in report.failed}
    done = Counter(kind for path, kind in taken.kinds.items() if path not in failed)
    counts = ", ".join(f"{count} {kind}" for kind, count in done.items())
    if failed and len(failed) == len(taken.submissions) > 1:
        counts = " · ".join(filter(None, (f"None of {len(failed)} was written", counts)))
    elif failed:
        counts = " · ".join(filter(None, (f"{len(failed)} failed", counts)))
    why: dict[str, list[str]] = {}
    for path, reason in report.failed:
        if path.is_file():  # else it is told to be gone
            fate = "comes up again" if path in again else "stays where it is"
            why.setdefault(f"{fate}: {reason}", []).append(path.name)
    told = [f"{', '.join(names)} {_all(names, fate)}" for fate, names in why.items()]
    return " · ".join(filter(None, (counts, *told, report.pending)))


def _all(names: Sequence[str], fate: str) -> str:
    if len(names) == 1:
        return fate
    return fate.replace("comes up", "come up", 1).replace("stays where it is", "stay there", 1)
