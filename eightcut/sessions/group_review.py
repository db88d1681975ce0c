"""The screen in which a person decides about groups of pictures, and finalizes the decisions.

Everything works without a browser::

    session = GroupReviewSession(ws.project("mojo3"))
    session.take(1)
    session.ask_finalize()
    session.answer(confirmed=True)
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import traitlets as t

from eightcut.images.decisions import Recommendation
from eightcut.jobs import recovery
from eightcut.jobs.finalize import (
    Decided,
    FinalizePlan,
    FinalizeReport,
    Refused,
    finalize,
    plan_finalize,
    undo_finalize,
)
from eightcut.jobs.picture_groups import By, PictureGroup
from eightcut.jobs.recommend import recommender
from eightcut.project import Project
from eightcut.sessions import group_page, news
from eightcut.sessions.choices import UNTOUCHED, Given
from eightcut.sessions.group_choosing import Change, GroupChoosing
from eightcut.sessions.group_page import GroupRow, counted
from eightcut.sessions.job import Ended
from eightcut.sessions.verbs import verb

REASONS = 3  # that are told of why groups stay
ACTS = (
    *("next", "previous", "undecided", "page_next", "page_previous", "reject", "toggle_overlay"),
    *("undo", "redo", "refresh", "ask_reject_rest", "ask_finalize", "undo_last_finalize"),
    "cancel",
)


class GroupReviewSession(GroupChoosing):
    """Where one person is in the groups of a project; ``finalize`` moves what was decided.

    Args:
        project: an open project; whoever opened it closes it.
        recommend: what recommends for a group; the project's own recommender unless given.
        by: how pictures are grouped, see ``find_groups``.
        time_gap: seconds between two stages of one group; None for any time.
        page_size: groups on one page.

    ``counts`` says what finalize would do, ``question`` is what a verb asks until ``answer``
    is called.
    """

    question = t.Unicode()
    yes = t.Unicode()
    undo_finalize_label = t.Unicode(None, allow_none=True)

    def __init__(
        self,
        project: Project,
        *,
        recommend: Callable[[PictureGroup], Recommendation] | None = None,
        by: By = "name",
        time_gap: float | None = 300.0,
        page_size: int = 20,
    ) -> None:
        super().__init__(
            project,
            recommend or recommender(project),
            by=by,
            time_gap=time_gap,
            page_size=page_size,
        )
        self._topic = f"pictures/{project.id}"
        self._agreed: Callable[[], None] = lambda: None
        told = recovery.recover(project)
        found = self._look(progress=True)
        told.append(self._log.join())
        told.append(self._load(found))
        self._list_batches()
        self.say(" ".join(filter(None, told)))
        news.listen(project.workspace_path, self._topic, self.refresh)

    def act(self, name: str) -> None:
        """Call a verb that needs nothing more, by its name: what a key or a button does."""
        if name not in ACTS:
            raise LookupError(f"a review of groups cannot {name!r}; it can {', '.join(ACTS)}")
        getattr(self, name)()

    @verb
    def refresh(self) -> None:
        """Look again which pictures are there and what has been decided elsewhere."""
        self._ask("")
        if self.by == "likeness":
            self._start(self._looked_again)
            return
        told = self._load(self._look())
        self._list_batches()
        self.say(told)

    @verb
    def ask_reject_rest(self) -> None:
        """Ask whether to reject every group of this page that is untouched."""
        rest = [row for row in self.groups if row.choice is None]
        if not rest:
            raise LookupError("every group of this page is decided; there is no rest to reject")
        pictures = sum(len(row.group.images) for row in rest)
        self._ask(
            f"Reject the rest of this page: {counted(len(rest), 'untouched group')} with "
            f"{counted(pictures, 'picture')}? Nothing moves before you finalize.",
            "Yes, reject the rest",
            lambda: self._reject_all(rest),
        )

    @verb
    def ask_finalize(self) -> None:
        """Plan what finalize would do to every file, and ask; ``answer`` answers."""
        decided = self._decided()
        self._check(decided)
        self._ask("")
        self.say("Planning …")
        self._look_up(lambda cancel: self._planned(decided, cancel))

    @verb
    def answer(self, *, confirmed: bool) -> None:
        """Answer what a verb has asked."""
        agreed, asked = self._agreed, self.question
        self._ask("")
        if confirmed and asked:
            agreed()
        elif asked:
            self.say("Cancelled: nothing has changed")

    @verb
    def finalize(self) -> None:
        """Move what was decided, without asking; it runs in the background, ``wait`` waits."""
        self._finalize(self._decided())

    @verb
    def undo_last_finalize(self) -> None:
        """Bring the pictures of the last finalize back, with the choices about them."""
        if self.undo_finalize_label is None:
            raise LookupError("nothing has been finalized that could be undone")
        self._ask("")
        self._start(self._undone)

    def close(self) -> None:
        """Stop what runs in the background and be at work no more; safe to call twice."""
        super().close()
        self._log.leave()
        news.ignore(self.project.workspace_path, self._topic, self.refresh)

    def _looked_again(self, _cancel: threading.Event) -> str:
        pictures = self._look(progress=self._bar)
        with self.lock, self.hold_trait_notifications():
            self._list_batches()
            return self._load(pictures)

    def _reject_all(self, rest: Sequence[GroupRow]) -> None:
        changes = [Change(row.key, row.given, group_page.turned_down(row)) for row in rest]
        text = f"{counted(len(rest), 'group')} rejected"
        self._store(changes, text)
        self.say(text)

    def _decided(self) -> list[Decided]:
        known = [(group, self._given.get(group.key, UNTOUCHED)) for group in self._list]
        return [self._decision(group, given) for group, given in known if given.choice]

    def _decision(self, group: PictureGroup, given: Given) -> Decided:
        choice = group_page.decided(given)
        assert choice is not None
        shown = group_page.rounds_of(group, given).shown
        return Decided(group, choice, given.recommendation, shown)

    def _planned(self, decided: Sequence[Decided], cancel: threading.Event) -> None:
        plan = plan_finalize(self.project, decided, among=self.pictures)
        with self.lock, self.hold_trait_notifications():
            if cancel.is_set() or decided != self._decided():
                return
            if not plan.units:
                self.say(f"Nothing can be finalized: {_reasons(plan.refused)}", is_problem=True)
                return
            self.say("")
            self._ask(_question(plan), "Yes, move them", lambda: self._finalize(decided))

    @verb
    def _ask(self, question: str, yes: str = "", agreed: Callable[[], None] = lambda: None) -> None:
        self.question, self.yes, self._agreed = question, yes, agreed

    def _check(self, decided: Sequence[Decided]) -> None:
        if not decided:
            raise LookupError("decide on a group first; untouched groups stay where they are")
        if self.running:
            raise ValueError("pictures are being moved already; wait for that, or cancel it")

    def _finalize(self, decided: Sequence[Decided]) -> None:
        self._check(decided)
        given = {item.group.key: self._given[item.group.key] for item in decided}
        self._start(lambda cancel: self._finalized(decided, given, cancel))
        self._ask("")
        self._moving = frozenset(given)
        self._drop_steps(self._given.keys() - self._moving)
        self._arrange()
        self._seek(self._at)

    def _finalized(
        self, decided: Sequence[Decided], given: dict[str, Given], cancel: threading.Event
    ) -> Ended:
        try:
            report = finalize(self.project, decided, progress=self._bar, cancel=cancel)
            done = {unit.key for unit in report.units} | set(report.already_done)
            groups = [item.group for item in decided if item.group.key in done]
            # the choices that have become decisions: undoing the batch brings them back
            self._log.put(((group, given[group.key]) for group in groups), batch=report.batch_id)
        finally:
            self._settle()
        return Ended(_told(report), is_problem=bool(report.refused or report.pending))

    def _undone(self, _cancel: threading.Event) -> str:
        try:
            report = undo_finalize(self.project)
            back = self._log.of_batch(report.batch_id)
            self._log.write({key: entry._replace(batch=None) for key, entry in back.items()})
        finally:
            self._settle()
        return str(report)

    def _settle(self) -> None:
        """Show what is there after pictures have moved, and tell the others."""
        with self.lock:
            self._moving = frozenset()
        pictures = self._look(progress=self._bar)
        with self.lock, self.hold_trait_notifications():
            self._load(pictures)
            self._list_batches()
        news.tell(self.project.workspace_path, self._topic, by=self)

    def _list_batches(self) -> None:
        done = self.project.decisions.batches(kind="finalize", state="done")
        groups = len(done[-1].plan["units"]) if done else 0
        self.undo_finalize_label = counted(groups, "group") if groups else None

    def _store(self, changes: list[Change], text: str) -> None:
        self._ask("")  # what was asked was about other choices
        super()._store(changes, text)


def _told(report: FinalizeReport) -> str:
    """What finalize has done, and which groups stayed and why."""
    parts = (*report.recovered, _outcome(report), report.pending)
    return ". ".join(part.rstrip(".") for part in parts if part)


def _outcome(report: FinalizeReport) -> str:
    done, stayed = len(report.units) + len(report.already_done), len(report.refused)
    moved = str(replace(report, refused=(), recovered=(), pending=""))
    if not stayed:
        return moved
    reasons, groups = _reasons(report.refused), counted(done + stayed, "group")
    if not done:
        return f"None of {groups} moved: {reasons}" if stayed > 1 else f"No group moved: {reasons}"
    return f"{done:,} of {groups} finalized ({moved}); {stayed:,} stayed: {reasons}"


def _reasons(refused: Sequence[Refused]) -> str:
    reasons = list(dict.fromkeys(reason.rstrip(".") for _, reason in refused))
    more = f"; and {len(reasons) - REASONS} more" if len(reasons) > REASONS else ""
    return "; ".join(reasons[:REASONS]) + more


def _stay(number: int) -> str:
    return "stays where it is" if number == 1 else "stay where they are"


def _question(plan: FinalizePlan) -> str:
    counts = plan.counts
    folders = {"selected": "selected", "crop": "crop", "crop_auto": "crop_auto"}
    moves = [f"{counts[name]:,} to {folder}" for name, folder in folders.items() if counts[name]]
    moves += [f"{counts['staged']:,} to delete_staging"] if counts["staged"] else []
    parts = [
        f"Finalize {counted(len(plan.units), 'group')}?",
        f"Files that move, companions included: {', '.join(moves) or 'none'}.",
        f"{counted(plan.untouched, 'picture')} {_stay(plan.untouched)}.",
    ]
    if plan.refused:
        parts.append(f"{counted(len(plan.refused), 'group')} cannot: {_reasons(plan.refused)}.")
    return " ".join(parts)
