"""Whether a retrained classifier is better than the one in use, on what neither has seen.

What is true of a window is what the new marks say of it, what the marks of the
version in use say that are still there, and what a person has reviewed; where
these disagree about a window, it is not counted. The files that the version in
use had learned from count once more by themselves: new marks that are wrong
make a classifier that agrees with them, but not with the marks from before.
"""

import threading
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from eightcut.audio import ranking
from eightcut.audio.metrics import Mask
from eightcut.audio.ranking import Ranking
from eightcut.audio.windows import Floats, Grid
from eightcut.estimates import Estimate
from eightcut.jobs import bank as banks
from eightcut.jobs import duel
from eightcut.jobs.bank import NO, NOTHING, YES, Bank, Lesson, Marks, Said, Spans
from eightcut.jobs.duel import Contender
from eightcut.jobs.truth import FileTruth, truth_from_marks
from eightcut.models.base import Embedder
from eightcut.models.classifier import Classifier
from eightcut.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Challenge:
    """What came of a comparison; average precision, over windows, held out by file.

    Attributes:
        new: of the new version; None where nothing could be compared.
        old: of the version in use.
        delta: new less old, paired by file.
        before: new less old on windows about which the version in use had learned.
        files: how many files were compared.
        refitted: in how many of these the version in use was fitted again without them.
        contested: windows that are left out because marks disagree about them.
        has_more: whether the new version learned from more marks.
        problem: why nothing, or not everything, could be compared; empty where it could.
    """

    new: float | None = None
    old: float | None = None
    delta: Estimate | None = None
    before: Estimate | None = None
    files: int = 0
    refitted: int = 0
    contested: int = 0
    has_more: bool = False
    problem: str = ""


def challenge(
    ws: Workspace,
    new: Contender,
    current: Classifier,
    *,
    embedder: Embedder,
    grid: Grid,
    cancel: threading.Event | None = None,
) -> Challenge:
    """Compare a new version with the one in use."""
    old = duel.contender(current)
    if old is None:
        return Challenge(problem="its card does not tell what it learned from")
    if Grid(current.window, current.hop) != grid:
        return Challenge(problem=f"it reads windows of {current.window:g} s every {current.hop:g}")
    table = _table(ws, new, old, current, embedder, grid)
    sides = list(zip((new, old), table.lessons, strict=True))
    mine, its = duel.scores(table.bank, table.truth, sides, cancel)
    if table.gone:  # it cannot be fitted again as it was, only asked about what it never saw
        its[table.bank.within(old.marks)] = np.nan
    return _judged(table, old, mine, its)


class _Table(NamedTuple):
    """The windows, what both versions learned of them, and what is true."""

    bank: Bank
    lessons: tuple[Lesson, Lesson]
    truth: Said
    before: Said  # what of it the version in use knew
    contested: int
    gone: int  # files that it learned from and that are not embedded any more


def _table(
    ws: Workspace,
    new: Contender,
    old: Contender,
    current: Classifier,
    embedder: Embedder,
    grid: Grid,
) -> _Table:
    reviewed = _reviewed(ws, current)
    sounds = banks.embeddings(ws, [*new.marks, *old.marks, *reviewed], embedder, grid)
    both = [banks.taught(one.marks, sounds, grid, one.margin) for one in (new, old)]
    still = banks.taught(_still_there(ws, current, old), sounds, grid, old.margin)
    known = banks.known(reviewed, sounds, grid)
    bank = banks.bank(sounds, grid, [*both, still, known])
    mine, its = (bank.lesson(side) for side in both)
    truth, before, contested = _truth(mine.said, bank.lesson(still).said, bank.lesson(known).said)
    return _Table(bank, (mine, its), truth, before, contested, len(set(old.marks) - set(sounds)))


def _truth(mine: Said, before: Said, known: Said) -> tuple[Said, Said, int]:
    """What is true, what of it was known before, and how many windows are contested."""
    contested = (mine != NOTHING) & (before != NOTHING) & (mine != before)
    truth = np.where(mine != NOTHING, mine, before)
    unmarked = (truth == NOTHING) | ((truth == NO) & (known == YES))  # background holds an event
    truth = np.where(unmarked, known, truth)
    truth[contested] = NOTHING
    before = np.where(before == truth, before, NOTHING)
    return truth, before, int(contested.sum())


def _still_there(ws: Workspace, current: Classifier, old: Contender) -> dict[str, Marks]:
    """The marks that the version in use learned from and that nobody has taken back since."""
    settings = current.card["settings"]
    now = ws.clips.training_spans(
        current.profile,
        settings.get("positive_folder", ""),
        settings.get("negative_folder", ""),
        include_scan_exports=settings.get("include_scan_exports", False),
    )
    found = {}
    for file in now:
        media = ws.clips.get_media(file.filename)
        if media is None or (marks := old.marks.get(media.fingerprint)) is None:
            continue
        found[media.fingerprint] = marks._replace(
            positives=_both(marks.positives, file.positives),
            negatives=_both(marks.negatives, file.negatives),
        )
    return found


def _reviewed(ws: Workspace, current: Classifier) -> dict[str, FileTruth]:
    """What people have said about files, also where nobody cut a clip, by fingerprint."""
    folder = current.card["settings"].get("positive_folder", "")
    truth = truth_from_marks(ws, profile=current.profile, positive_folder=folder)
    media = {name: ws.clips.get_media(name) for name in truth}
    return {found.fingerprint: truth[name] for name, found in media.items() if found is not None}


def _both(then: Spans, now: Spans) -> list[tuple[float, float]]:
    starts = {start for start, _ in now}
    return [span for span in then if span[0] in starts]


def _judged(table: _Table, old: Contender, mine: Floats, its: Floats) -> Challenge:
    asked = np.isfinite(mine) & np.isfinite(its) & (table.truth != NOTHING)
    files = np.unique(table.bank.member[asked])
    seen = table.bank.within(old.marks)
    new, now = (_ranking(table, scores, asked) for scores in (mine, its))
    before = asked & (table.before != NOTHING)
    after, then = (_ranking(table, scores, before) for scores in (mine, its))
    return Challenge(
        new=new.average_precision,
        old=now.average_precision,
        delta=ranking.change(new, now),
        before=ranking.change(after, then),
        files=len(files),
        refitted=len(np.unique(table.bank.member[asked & seen])),
        contested=table.contested,
        has_more=_more(table),
        problem="some of the files that it learned from are not embedded any more"
        if table.gone
        else "",
    )


def _ranking(table: _Table, scores: Floats, rows: Mask) -> Ranking:
    files, member = np.unique(table.bank.member[rows], return_inverse=True)
    return Ranking(table.truth[rows] == YES, scores[rows], member, len(files))


def _more(table: _Table) -> bool:
    """Whether the new version learned all that the other did, and more."""
    mine, its = (lesson.said != NOTHING for lesson in table.lessons)
    return bool((mine | ~its).all() and mine.sum() > its.sum())
