"""Query by example: what in the workspace sounds like this?

Every window of every file with cached embeddings is compared, exactly, by the cosine
after the signed square root that the classifiers use too. (On the sample, of the ten
windows most like a phrase, 0.48 to 0.57 held the same instrument, where chance is 0.07
to 0.13; plain, centred and standardised embeddings were all within 0.03 of that, over
214 phrases and windows of 2, 4 and 8 s.)
"""

import math
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from eightcut.audio.regions import overlap
from eightcut.audio.truth import FileTruth
from eightcut.audio.windows import TICK, Grid, checked
from eightcut.jobs.files import Files
from eightcut.jobs.pooled import searched
from eightcut.jobs.similar_search import Example, Search
from eightcut.jobs.truth import truth_from_marks
from eightcut.models import registry
from eightcut.models.classifier import Classifier
from eightcut.models.nearest import Found
from eightcut.progress import Shown
from eightcut.workspace import Skipped, Workspace

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "YAMNET"
NAMED = 3  # files that a message names
COLUMNS = ("filename", "start", "end", "similarity", "known")


def find_similar(  # noqa: PLR0913 - the public contract
    ws: Workspace,
    filename: str | Sequence[Example],
    start: float | None = None,
    k: int = 50,
    *,
    unlike: Sequence[Example] = (),
    profile: str | None = None,
    model: str | None = None,
    files: Files | None = None,
    window: float | None = None,
    progress: Shown = True,
) -> "pd.DataFrame":
    """The windows of the workspace that sound most like an example, best first.

    Only cached embeddings are read, no media. Of windows that overlap, only the most
    similar one is told, and none at the place of an example.

    Args:
        ws: the workspace that was scanned.
        filename: the key of the example's file; or several examples as (filename,
            start), of which the one that fits best counts.
        start: where the example begins, in seconds, if one file is named.
        k: how many windows.
        unlike: examples of what is not wanted; the best similarity to one is taken off.
        profile: whose marks tell what is known; the workspace's own unless given.
        model: the embedder; that of the classifier trained last unless given, else YAMNET.
        files: where to search; every file of the workspace unless given.
        window: seconds per window; that of the workspace unless given.
        progress: show a bar while embeddings are read for the first time.

    Returns:
        filename, start, end, similarity (a cosine, -1 to 1, or a difference of two), and
        known: "sound" where marks say that the sound is there, "not it" where they
        say that it is not, None where nobody said anything. ``attrs["skipped"]`` has
        the files without embeddings, with the reasons, which are also told on stderr.

    Raises:
        LookupError: an example's file is unknown here, or has no cached embeddings.
        ValueError: a time, a number or a window cannot be used.
    """
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k}")
    profile = profile or ws.settings.profile
    trained = _trained_last(ws, profile)
    embedder = registry.load(model or (trained.embedder if trained else DEFAULT), "sound")
    grid = _grid(ws, window)
    search = Search(ws, embedder, grid, searched(ws.embeddings, embedder, grid))
    examples = search.inside(_examples(filename, start))
    others = search.inside(unlike)
    wanted, unwanted = (search.vectors(given) for given in (examples, others))
    known, skipped = search.files(files, progress=progress)
    reach = math.ceil((grid.length - TICK) / grid.hop)
    found = search.kept.nearest.search(
        list(known),
        wanted,
        k * (2 * reach - 1),  # a window overlaps so many, itself included
        search.kept.windows,
        against=unwanted if len(unwanted) else None,
        without=search.own_places([*examples, *others], known),
    )
    table = _table(ws, profile, trained, [_placed(one, known, grid) for one in found], grid, k)
    table.attrs["skipped"] = skipped
    _tell(skipped, len(known) + len(skipped))
    return table


class _Placed(NamedTuple):
    filename: str
    start: float
    similarity: float


def _trained_last(ws: Workspace, profile: str) -> Classifier | None:
    names = ws.classifiers.names(profile)
    found = [current for name in names if (current := ws.classifiers.current(name, profile))]
    return max(found, key=lambda one: one.version, default=None)


def _grid(ws: Workspace, window: float | None) -> Grid:
    if window is None:
        return checked(ws.settings.grid)
    return checked(Grid(window, min(ws.settings.hop, window / 2)))


def _examples(filename: str | Sequence[Example], start: float | None) -> list[Example]:
    if isinstance(filename, str):
        if start is None:
            raise ValueError(f"say where in {filename} the example starts, in seconds")
        return [(filename, float(start))]
    if start is not None or not filename:
        raise ValueError("name one file and its start, or a list of (filename, start)")
    return [(name, float(begin)) for name, begin in filename]


def _placed(found: Found, known: dict[str, str], grid: Grid) -> _Placed:
    return _Placed(known[found.key], found.row * grid.hop, found.similarity)


def _thinned(found: Iterable[_Placed], grid: Grid, k: int) -> list[_Placed]:
    """The first k that overlap none before them."""
    kept: list[_Placed] = []
    taken: dict[str, list[float]] = {}
    for one in found:
        begun = taken.setdefault(one.filename, [])
        if all(abs(one.start - other) >= grid.length - TICK for other in begun):
            begun.append(one.start)
            kept.append(one)
        if len(kept) == k:
            break
    return kept


def _table(
    ws: Workspace,
    profile: str,
    trained: Classifier | None,
    found: list[_Placed],
    grid: Grid,
    k: int,
) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - importing eightcut must stay light

    kept = _thinned(found, grid, k)
    folder = trained.card.get("settings", {}).get("positive_folder") if trained else None
    names = {one.filename for one in kept}
    truth = truth_from_marks(ws, profile=profile, positive_folder=folder, files=names)
    rows = [
        (
            one.filename,
            one.start,
            end,
            one.similarity,
            known_as(truth, one.filename, one.start, end),
        )
        for one in kept
        for end in [one.start + grid.length]
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["known"] = pd.Series([row[-1] for row in rows], dtype=object)  # None stays None
    return table


def known_as(truth: dict[str, FileTruth], filename: str, start: float, end: float) -> str | None:
    """What marks say of a stretch: "sound", "not it" where most of it is known, or None."""
    file = truth.get(filename)
    if file is None:
        return None
    if any(overlap((start, end), event) > TICK for event in file.events):
        return "sound"
    seen = sum(overlap((start, end), span) for span in file.known)
    return "not it" if seen >= (end - start) / 2 else None


def _tell(skipped: Sequence[Skipped], total: int) -> None:
    if skipped:
        named = "; ".join(item.reason for item in skipped[:NAMED])
        more = f"; and {len(skipped) - NAMED} more" if len(skipped) > NAMED else ""
        were = "was" if len(skipped) == 1 else "were"
        told = f"{len(skipped)} of {total} files {were} not searched: {named}{more}"
        print(told, file=sys.stderr)  # noqa: T201
