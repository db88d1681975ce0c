"""Which raw picture each final is: by name, by folders, and by content where those don't tell.

Content is bytes first and pixels then. What two raws could be equally well is left
undecided; a guess would teach that a loser won.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from eightcut.images import history, matching
from eightcut.images.matching import NOTHING, Claim
from eightcut.jobs.extract_looks import by_looks
from eightcut.jobs.extract_work import Work
from eightcut.media.picture_names import shown

Match = Literal["name", "path", "content"]
Group = tuple[int, ...]


class Matched(NamedTuple):
    """What each final is, and which groups repeat another one file by file.

    Attributes:
        claims: of each final.
        twins: groups that another one stands for.
        misnamed: final -> the raws of its name, where it holds the bytes of another raw.
        doubtful: of what was left out of FINAL, by index -> the raws that have its name.
    """

    claims: list[Claim]
    twins: set[Group]
    misnamed: dict[int, tuple[int, ...]]
    doubtful: dict[int, tuple[int, ...]]


def match_finals(work: Work, groups: Sequence[Group], match: Match) -> Matched:
    """Match the finals of a project; ``match`` is as in ``extract_project``."""
    raws, finals = work.raw.paths, work.final.paths
    if match == "path":
        claims = matching.by_path(raws, finals)
    elif match == "name":
        claims = matching.by_name(raws, finals)
    else:
        claims = [NOTHING] * len(finals)
    told = _told_by_bytes(work, claims) if match == "name" else {}
    misnamed = {i: claims[i].raws for i in told}
    claims = [told.get(i, claim) for i, claim in enumerate(claims)]
    twins, same_as = _twins(_repeated(work, groups), claims)
    claims = _folded(claims, same_as)
    if match != "path":
        _decide_by_content(work, claims)
        _find_by_content(work, claims, _named_as_left_out(work) if match == "name" else set())
        claims = _folded(claims, same_as)
    return Matched(claims, twins, misnamed, _doubtful(work, match, claims))


def _told_by_bytes(work: Work, claims: Sequence[Claim]) -> dict[int, Claim]:
    """The claims of finals that hold the bytes of a raw, but of none that has their name.

    Files are read only where a raw of another name is of the same size.
    """
    sizes, alike = work.final.sizes, _by_size(work)
    rivalled = {}
    for i, claim in enumerate(claims):
        named = [raw for raw in claim.raws if work.raw.sizes[raw] == sizes[i]]
        if claim.raws and len(alike.get(sizes[i], ())) > len(named):
            rivalled[i] = named
    as_named = _same_bytes(work, rivalled)
    return _anywhere(work, [i for i in rivalled if i not in as_named])


def _doubtful(work: Work, match: Match, claims: Sequence[Claim]) -> dict[int, tuple[int, ...]]:
    """What was left out of FINAL and has the name of raws of which no other final is known."""
    if not work.final.left_out:
        return {}
    sought = matching.by_path if match == "path" else matching.by_name
    named = sought([*map(shown, work.raw.paths)], [item.path for item in work.final.left_out])
    known = {claim.raw for claim in claims}
    free = {i: tuple(raw for raw in one.raws if raw not in known) for i, one in enumerate(named)}
    return {i: raws for i, raws in free.items() if raws}


def _repeated(work: Work, groups: Sequence[Group]) -> list[tuple[Group, ...]]:
    """Groups that are there several times, such as those of a folder that was copied."""
    raw = work.raw
    names = [_name(path) for path in raw.paths]
    alike: dict[tuple[object, ...], list[Group]] = defaultdict(list)
    for group in groups:
        if all(raw.sizes[i] for i in group):
            alike[tuple((names[i], raw.sizes[i]) for i in group)].append(group)
    suspects = [group for same in alike.values() if len(same) > 1 for group in same]
    contents = work.digests(raw, (i for group in suspects for i in group))
    return history.repeated(suspects, names, contents)


def _name(path: str) -> str:
    return path[path.rfind("/") + 1 :]


def _twins(
    repeated: Iterable[tuple[Group, ...]], claims: Sequence[Claim]
) -> tuple[set[Group], dict[int, int]]:
    """The groups that another one stands for, and each of their files with the other's.

    Where finals are known to be of some of the copies, those stand for the rest; else the
    first does.
    """
    decided = {claim.raw for claim in claims}
    twins: set[Group] = set()
    same_as: dict[int, int] = {}
    for same in repeated:
        stand = [group for group in same if not decided.isdisjoint(group)] or [same[0]]
        for group in same:
            if group not in stand:
                twins.add(group)
            if len(stand) == 1:
                same_as.update(zip(group, stand[0], strict=True))
    return twins, same_as


def _folded(claims: Iterable[Claim], same_as: Mapping[int, int]) -> list[Claim]:
    """Claims on those of several copies that stand for the others."""
    return [
        claim._replace(raws=tuple(sorted({same_as.get(raw, raw) for raw in claim.raws})))
        for claim in claims
    ]


def _decide_by_content(work: Work, claims: list[Claim]) -> None:
    """Narrow the claims on several raws to those that hold the same picture."""
    undecided = {i: claim for i, claim in enumerate(claims) if len(claim.raws) > 1}
    same = _same_bytes(work, {i: claim.raws for i, claim in undecided.items()})
    claims[:] = [same.get(i, claim) for i, claim in enumerate(claims)]
    left = {i: claim for i, claim in undecided.items() if i not in same}
    parts = work.parts((raw, i) for i, claim in left.items() for raw in claim.raws)
    for i, claim in left.items():
        held = tuple(raw for raw in claim.raws if (raw, i) in parts)
        claims[i] = (
            Claim(held, "pixels")
            if held
            else matching.at_the_same_path(work.raw.paths, work.final.paths[i], claim)
        )


def _named_as_left_out(work: Work) -> set[int]:
    """The finals that have the name of a raw that was left out; others may only look alike."""
    names = {_name(item.path) for item in work.raw.left_out}
    return {i for i, path in enumerate(work.final.paths) if _name(path) in names}


def _find_by_content(work: Work, claims: list[Claim], not_by_looks: set[int]) -> None:
    """Find the finals that have no claim among all raws."""
    lost = [i for i, claim in enumerate(claims) if not claim.raws]
    found = _anywhere(work, lost)
    lost = [i for i in lost if i not in found and i not in not_by_looks]
    if lost:
        found |= by_looks(work, lost)
    for i, claim in found.items():
        claims[i] = claim


def _by_size(work: Work) -> dict[int, list[int]]:
    by_size: dict[int, list[int]] = defaultdict(list)
    for raw, size in enumerate(work.raw.sizes):
        by_size[size].append(raw)
    return by_size


def _anywhere(work: Work, finals: Iterable[int]) -> dict[int, Claim]:
    """The claims of these finals on all raws that have the very same bytes."""
    alike, sizes = _by_size(work), work.final.sizes
    worth = [i for i in finals if sizes[i] in alike]
    of_finals = work.digests(work.final, worth)
    same: dict[str, list[int]] = defaultdict(list)
    of_raws = work.digests(
        work.raw, (raw for size in {sizes[i] for i in worth} for raw in alike[size])
    )
    for raw, digest in of_raws.items():
        same[digest].append(raw)
    return {i: Claim(tuple(same[it]), "bytes") for i, it in of_finals.items() if it in same}


def _same_bytes(work: Work, among: Mapping[int, Sequence[int]]) -> dict[int, Claim]:
    """The claims of finals on those of the given raws that have the very same bytes."""
    sizes = work.raw.sizes
    worth = {
        i: [raw for raw in raws if sizes[raw] == work.final.sizes[i] > 0]
        for i, raws in among.items()
    }
    worth = {i: raws for i, raws in worth.items() if raws}
    of_finals = work.digests(work.final, worth)
    of_raws = work.digests(work.raw, (raw for raws in worth.values() for raw in raws))
    found = {}
    for i, raws in worth.items():
        same = tuple(raw for raw in raws if i in of_finals and of_raws.get(raw) == of_finals[i])
        if same:
            found[i] = Claim(same, "bytes")
    return found
