"""Whether a new version of a classifier goes into use, in one sentence with its figures."""

import threading
from collections.abc import Mapping

from eightcut.audio.windows import Grid
from eightcut.estimates import Estimate
from eightcut.jobs.challenge import Challenge, challenge
from eightcut.jobs.duel import Contender
from eightcut.jobs.gate import ASIDE, IN_USE, Gate
from eightcut.models.base import Embedder
from eightcut.workspace import Workspace

CHANCE = 0.5  # AUROC of a classifier that knows nothing
SLACK = 0.005  # of average precision; hard negatives may cost so much where they are not


def decide(
    ws: Workspace,
    of: tuple[str, str],
    new: Contender,
    figures: Mapping[str, Estimate],
    *,
    embedder: Embedder,
    grid: Grid,
    cancel: threading.Event | None = None,
) -> Gate:
    """What the gate says of a new version of a classifier.

    Args:
        ws: where the version in use is.
        of: the classifier's name and its profile.
        new: what was trained.
        figures: of it, held out by file.
        embedder: whose windows it reads.
        grid: where they lie.
        cancel: set it to stop.
    """
    try:
        current = ws.classifiers.current(*of)
    except (LookupError, ValueError) as problem:
        return Gate(True, f"{IN_USE}the version until now cannot be used: {problem}")
    if current is None:
        return gate_of_first(figures)
    if current.revision != embedder.revision:
        return Gate(
            True,
            f"{IN_USE}the version until now cannot be used: it reads {current.embedder} "
            f"{current.revision}, but here is {embedder.revision}",
        )
    found = challenge(ws, new, current, embedder=embedder, grid=grid, cancel=cancel)
    return gate_against(figures, found)


def gate_of_first(figures: Mapping[str, Estimate]) -> Gate:
    """Open unless it is no better than chance: there is nothing else to use."""
    if (told := _chance(figures)) is not None:
        return Gate(False, f"{ASIDE}{told}")
    auroc = figures["AUROC"]
    if auroc.value is None:
        return Gate(True, f"{IN_USE}the first of its name; too few files to hold any out")
    return Gate(True, f"{IN_USE}the first of its name, better than chance: AUROC {auroc}")


def gate_against(figures: Mapping[str, Estimate], found: Challenge) -> Gate:
    """Open if it is better than the version in use, and no worse at what that one had learned."""
    if (told := _chance(figures)) is not None:
        return Gate(False, f"{ASIDE}{told}", found.delta)
    delta = found.delta
    if delta is None or delta.value is None:
        why = found.problem or "there is no file that both can be asked about"
        return Gate(False, f"{ASIDE}it cannot be compared with the version in use: {why}", delta)
    is_open, words = _verdict(found, delta, found.before or delta)
    return Gate(is_open, f"{IN_USE if is_open else ASIDE}{words}: {_told(found, delta)}", delta)


def _verdict(found: Challenge, delta: Estimate, before: Estimate) -> tuple[bool, str]:
    """Whether it is better, in words.

    What is sure decides; ``before`` comes first, since new marks that are wrong speak for
    a classifier that learned from them. Where nothing is sure it must be ahead over all and
    not behind, but for ``SLACK``, on what was known before.
    """
    there = f"at what the version in use had learned ({_signed(before)})"
    ahead, kept = delta.value or 0.0, before.value or 0.0
    ways = (
        (_is_below(before), False, f"worse {there}"),
        (_is_below(delta), False, "worse than the version in use"),
        (_is_above(delta) or _is_above(before), True, "better than the version in use until now"),
        (ahead == 0 and found.has_more, True, "no worse than until now, and it learned from more"),
        (ahead <= 0, False, "not better than the version in use"),
        (kept < -SLACK, False, f"not surely better than the version in use, and worse {there}"),
        (True, True, "better than the version in use until now"),
    )
    return next((is_open, words) for holds, is_open, words in ways if holds)


def _is_below(change: Estimate) -> bool:
    return change.high is not None and change.high < 0


def _is_above(change: Estimate) -> bool:
    return change.low is not None and change.low > 0


def _chance(figures: Mapping[str, Estimate]) -> str | None:
    """That it is no better than chance, if so."""
    auroc = figures["AUROC"]
    if auroc.value is None:
        return None
    least = auroc.value if auroc.low is None else auroc.low
    return None if least > CHANCE else f"no better than chance, AUROC {auroc}"


def _told(found: Challenge, delta: Estimate) -> str:
    of = f"{found.files} held-out files"
    how = (
        f", {found.refitted} of which it had learned from and was fitted again without"
        if found.refitted
        else ""
    )
    return (
        f"average precision {found.new:.3f} against {found.old:.3f}, {_signed(delta)} "
        f"on {delta.n:,} windows of {of}{how}{_left_out(found)}"
    )


def _left_out(found: Challenge) -> str:
    contested = f"; {found.contested} more, on which marks disagree, are left out"
    problem = f"; {found.problem}"
    return contested * bool(found.contested) + problem * bool(found.problem)


def _signed(change: Estimate) -> str:
    if change.value is None:
        return "n/a"
    between = f" [{change.low:+.3f}, {change.high:+.3f}]" if change.low is not None else ""
    return f"{change.value:+.3f}{between}"
