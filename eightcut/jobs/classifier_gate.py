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
    told = _told(found, delta)
    if found.before is not None and _is_worse(found.before):
        return Gate(
            False,
            f"{ASIDE}worse at what the version in use had learned, average precision "
            f"{_signed(found.before)} there; {told}",
            delta,
        )
    if delta.value > 0:
        return Gate(True, f"{IN_USE}better than the version in use until now: {told}", delta)
    if delta.value == 0 and found.has_more:
        return Gate(
            True, f"{IN_USE}no worse than until now, and it learned from more: {told}", delta
        )
    return Gate(False, f"{ASIDE}not better than the version in use: {told}", delta)


def _is_worse(change: Estimate) -> bool:
    return change.value is not None and change.value < 0 and (change.high or 0.0) < 0


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
        f"on {delta.n:,} windows of {of}{how}"
    )


def _signed(change: Estimate) -> str:
    if change.value is None:
        return "n/a"
    between = f" [{change.low:+.3f}, {change.high:+.3f}]" if change.low is not None else ""
    return f"{change.value:+.3f}{between}"
