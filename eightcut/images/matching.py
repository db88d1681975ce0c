"""Which raw picture a finished one is, told by names and paths alone.

All paths are below their folder, with ``/``. A final claims the raws that it may
be; one raw is a match, several are undecided, none is unmatched.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

By = Literal["path", "name", "bytes", "pixels", "likeness", "nothing"]
ORDER: tuple[By, ...] = ("path", "name", "bytes", "pixels", "likeness", "nothing")
"""Ways of matching; where two finals are of one raw, the one matched by the earlier way is kept."""


class Claim(NamedTuple):
    """The raws, by index, that one final may be, and what says so."""

    raws: tuple[int, ...]
    by: By

    @property
    def raw(self) -> int | None:
        """The raw that it is, where that is decided."""
        return self.raws[0] if len(self.raws) == 1 else None


NOTHING = Claim((), "nothing")


class Settled(NamedTuple):
    """Every final in one of four places.

    Attributes:
        final_of: raw -> the final it became.
        duplicates: final -> the final that is the same raw.
        undecided: final -> the raws it may be.
        unmatched: finals that are no raw.
    """

    final_of: dict[int, int]
    duplicates: dict[int, int]
    undecided: dict[int, tuple[int, ...]]
    unmatched: tuple[int, ...]


def by_name(raws: Sequence[str], finals: Sequence[str]) -> list[Claim]:
    """Claims by file name in any folder.

    A name is sought as it is written; what is not found, whatever the case; and what is not
    found then, whatever the suffix. Where several raws have the name, those remain whose
    folders agree with the final's for the longest way up from the file.
    """
    return _sought(raws, finals, _name, narrow=True)


def by_path(raws: Sequence[str], finals: Sequence[str]) -> list[Claim]:
    """Claims by the whole path below the folder; case and suffix are passed over in turn."""
    return _sought(raws, finals, str, narrow=False)


def at_the_same_path(raws: Sequence[str], final: str, claim: Claim) -> Claim:
    """The claim narrowed to the raw of the very same path, if there is one."""
    same = tuple(raw for raw in claim.raws if raws[raw] == final)
    return Claim(same, "path") if same else claim


def settle(claims: Sequence[Claim]) -> Settled:
    """Give each raw at most one final; finals are taken in the order of ``ORDER``, then as given.

    A second final of a raw is a duplicate of the first.
    """
    final_of: dict[int, int] = {}
    duplicates: dict[int, int] = {}
    for final in sorted(range(len(claims)), key=lambda i: ORDER.index(claims[i].by)):
        raw = claims[final].raw
        if raw is not None and final_of.setdefault(raw, final) != final:
            duplicates[final] = final_of[raw]
    return Settled(
        final_of,
        dict(sorted(duplicates.items())),
        {i: claim.raws for i, claim in enumerate(claims) if len(claim.raws) > 1},
        tuple(i for i, claim in enumerate(claims) if not claim.raws),
    )


def _sought(
    raws: Sequence[str], finals: Sequence[str], key: Callable[[str], str], *, narrow: bool
) -> list[Claim]:
    found: list[Claim | None] = [None] * len(finals)
    rungs = (key, lambda path: key(path).casefold(), lambda path: _stem(key(path).casefold()))
    for rung in rungs:
        left = [i for i, claim in enumerate(found) if claim is None]
        if not left:
            break
        places = _places(map(rung, raws))
        for final in left:
            if here := places.get(rung(finals[final])):
                found[final] = _claim(raws, finals[final], here, narrow=narrow)
    return [claim or NOTHING for claim in found]


def _places(names: Iterable[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        places[name].append(index)
    return places


def _claim(raws: Sequence[str], final: str, here: list[int], *, narrow: bool) -> Claim:
    if not narrow:
        return Claim(tuple(here), "path")
    if len(here) == 1:
        return Claim((here[0],), "name")
    shared = [_shared_tail(raws[raw], final) for raw in here]
    best = max(shared)
    nearest = tuple(raw for raw, tail in zip(here, shared, strict=True) if tail == best)
    return Claim(nearest, "path" if best else "name")


def _shared_tail(one: str, other: str) -> int:
    """How many folders two paths share, from the file upwards."""
    count = 0
    for a, b in zip(_folders(one), _folders(other), strict=False):
        if a != b:
            break
        count += 1
    return count


def _folders(path: str) -> list[str]:
    return path.casefold().split("/")[-2::-1]


def _name(path: str) -> str:
    return path[path.rfind("/") + 1 :]


def _stem(name: str) -> str:
    at = name.rfind(".")
    return name[:at] if at > name.rfind("/") + 1 else name
