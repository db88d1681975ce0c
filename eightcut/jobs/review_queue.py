"""What to listen to next: stretches of stored score curves, by a strategy.

No media and no embeddings are read. A curve's tiles (``eightcut.audio.tiles``) that
overlap nothing a person has judged are the stretches that can be asked about.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from eightcut.audio import sampling
from eightcut.audio.sampling import Chosen
from eightcut.jobs.files import Files, media_files
from eightcut.jobs.review_pool import Gathering, Pool, Who
from eightcut.jobs.truth import truth_from_marks
from eightcut.models.classifier import Classifier
from eightcut.workspace import Skipped, Workspace

if TYPE_CHECKING:
    import pandas as pd

STRATEGIES = ("margin", "top", "stratified", "disagreement", "random")
COLUMNS = (
    *("filename", "start", "end", "probability"),
    *("strategy", "stratum", "weight", "reason"),
)


def review_queue(
    ws: Workspace,
    classifier: Classifier | str,
    *,
    strategy: str = "margin",
    n: int = 50,
    profile: str | None = None,
    files: Files | None = None,
    other: Classifier | str | None = None,
    seed: int = 0,
) -> "pd.DataFrame":
    """The stretches that a person should judge next, from stored score curves alone.

    No two overlap, and none overlaps what is already known from marks. The same
    curves, marks and seed give the same queue.

    Args:
        ws: the workspace that was scanned.
        classifier: as ``evaluate`` takes it: a classifier, a name (its version in use where
            that has scanned, else the newest scan of each file), a version, or a timestamp.
        strategy: ``margin``, closest to the threshold of the scan; ``top``, the most
            probable; ``stratified``, as many from each stratum of probabilities, to
            estimate precision and calibration; ``disagreement``, where two versions
            differ most; ``random``, to compare with.
        n: how many; fewer come back where fewer are left.
        profile: whose scans and marks; the workspace's own unless given.
        files: only these; every file it has scanned unless given.
        other: the version to disagree with: a version or timestamp of the same
            classifier, or another classifier; unless given, the last one before it that
            has scanned.
        seed: what chance decides in ``stratified`` and ``random``.

    Returns:
        filename, start, end, probability, strategy, stratum (0 lowest; None where
        there are none), weight (one over the chance to be chosen; None where none was
        left to chance) and reason, in the order of review. ``attrs`` tells ``tiles``
        (stretches there were to choose from), ``left_out`` (windows that overlap what
        is known), ``known_s`` (seconds known in the files), ``skipped`` and ``told``,
        a sentence about all that.

    Raises:
        LookupError: there is no such classifier or version, or it has no stored curve.
        ValueError: there is no such strategy, or n is below 1.
    """
    if strategy not in STRATEGIES:
        raise ValueError(f"there is no strategy {strategy!r}; there are {', '.join(STRATEGIES)}")
    if not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"n must be 1 or more and whole, not {n!r}")
    profile = profile or ws.settings.profile
    who = Who.of(ws, classifier, profile)
    names, skipped = _files(ws, who, profile, files)
    asked = strategy == "disagreement"
    against = _against(ws, who, other, profile, names) if asked else None
    truth = truth_from_marks(ws, profile=profile, positive_folder=who.folder, files=names)
    gathering = Gathering(ws, profile, who, against, truth, skipped)
    pool = gathering.pool(names)
    if not gathering.scanned:
        reason = skipped[0].reason if skipped else "no file was scanned"
        raise LookupError(f"{who} has no stored score curve: {reason}")
    table = _table(pool, _choose(pool, strategy, n, seed), strategy)
    table.attrs |= {
        "tiles": len(pool.scores),
        "left_out": gathering.left_out,
        "known_s": gathering.known_s,
        "skipped": skipped,
        "told": _told(table, pool, gathering),
    }
    return table


def _against(
    ws: Workspace, who: Who, other: Classifier | str | None, profile: str, names: Sequence[str]
) -> Who:
    """The version to disagree with."""
    if other is None:
        rows = (ws.clips.get_scan_versions(name, profile, who.name) for name in names)
        scanned = {row["classifier_version"] for versions in rows for row in versions}
        before = max((one for one in scanned if one < who.version), default="")
        if not before:
            raise LookupError(
                f"no version before {who} has scanned these files; name another with other=…"
            )
        other = f"{who.name} {before}"
    return Who.of(ws, other, profile, first=who.name)


def _files(
    ws: Workspace, who: Who, profile: str, files: Files | None
) -> tuple[list[str], list[Skipped]]:
    if files is None:
        return sorted(ws.clips.get_scanned_filenames(profile, who.name)), []
    known, skipped = media_files(ws, files)
    return sorted(media.filename for media in known), skipped


def _choose(pool: Pool, strategy: str, n: int, seed: int) -> Chosen:
    if strategy == "margin":
        return sampling.least(pool.margins(), n)
    if strategy == "top":
        return sampling.least(-pool.scores, n)
    if strategy == "disagreement":
        return sampling.least(-np.abs(pool.scores - pool.others), n)
    if strategy == "random":
        return sampling.at_random(len(pool.scores), n, seed)
    return sampling.stratified(pool.scores, n, seed)


def _table(pool: Pool, chosen: Chosen, strategy: str) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

    drawn = range(len(chosen.places))
    strata = [None] * len(drawn) if chosen.strata is None else chosen.strata.tolist()
    weights = [None] * len(drawn) if chosen.weights is None else chosen.weights.tolist()
    columns = {
        "filename": [pool.filename(place) for place in chosen.places],
        "start": [pool.span(place)[0] for place in chosen.places],
        "end": [pool.span(place)[1] for place in chosen.places],
        "probability": pool.scores[chosen.places].astype(float),
        "strategy": [strategy] * len(drawn),
        "stratum": pd.Series(strata, dtype="Int64"),
        "weight": pd.Series(weights, dtype="Float64"),
        "reason": [_reason(pool, chosen, strategy, index) for index in drawn],
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))


def _reason(pool: Pool, chosen: Chosen, strategy: str, index: int) -> str:
    """Why a stretch was chosen, in a sentence."""
    place = chosen.places[index]
    score, threshold = float(pool.scores[place]), pool.threshold(place)
    if strategy == "margin":
        side = "above" if score >= threshold else "below"
        return f"{abs(score - threshold):.2f} {side} the threshold of {threshold:.2f}"
    if strategy == "top":
        return f"number {index + 1} by probability"
    if strategy == "disagreement":
        return f"{float(pool.others[place]):.2f} by the other version, {score:.2f} by this one"
    if strategy == "random":
        return "drawn from all"
    assert chosen.strata is not None
    return f"drawn from stratum {chosen.strata[index]}"


def _told(table: "pd.DataFrame", pool: Pool, gathering: Gathering) -> str:
    """What a person should know about a queue, in a sentence."""
    known = f"{gathering.known_s / 60:.1f} minutes are known already"
    out = f"{gathering.left_out} windows that overlap them were left out"
    told = f"{len(table)} of {len(pool.scores)} stretches; files: {gathering.scanned}; {known}"
    skipped = gathering.skipped
    more = f"; files skipped: {len(skipped)} ({skipped[0].reason} …)" if skipped else ""
    newest = "; the newest scan of each file counts" if gathering.who.asked.is_newest else ""
    return f"{told}, {out}{newest}{more}"
