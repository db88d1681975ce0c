"""The lines of a log of choices: what one says, and what all of them come to."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from eightcut import foreign
from eightcut.images.decisions import Choice, Recommendation
from eightcut.images.rounds import Rounds


class Given(NamedTuple):
    """What a person has said about one group.

    ``winners`` are the pictures that went on from earlier rounds. ``recommendation``
    is the one that was on the screen when ``choice`` was made: it is what the choice
    agrees with or not, whatever a later model says.
    """

    choice: Choice | None = None
    winners: tuple[int, ...] = ()
    is_overlay_on: bool = True
    recommendation: Recommendation | None = None


UNTOUCHED = Given()


class Entry(NamedTuple):
    """The newest line about a group; ``batch`` is the finalize that has carried it out."""

    images: tuple[str, ...]
    given: Given
    batch: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether it says something and has not been carried out."""
        return self.batch is None and self.given != UNTOUCHED


class Line(NamedTuple):
    """One line: what a session says of a group, or that it takes over what others left."""

    session: str
    key: str = ""
    entry: Entry | None = None


def replayed(lines: Iterable[Line]) -> dict[tuple[str, str], Entry]:
    """The newest entry by session and key, the one that was written last at the end."""
    known: dict[tuple[str, str], Entry] = {}
    for session, key, entry in lines:
        if entry is not None:
            known.pop((session, key), None)
            known[session, key] = entry
        else:
            known = {(session, key): one for (_, key), one in known.items() if one.is_open}
    return known


def written(session: str, key: str, entry: Entry, stamp: str) -> str:
    """One line of the log, without its end."""
    choice, given = entry.given.choice, entry.given
    content = {
        "session": session,
        "key": key,
        "at": stamp,
        "images": entry.images,
        "choice": choice and choice._asdict(),
        "winners": given.winners,
        "overlay": given.is_overlay_on,
        "recommendation": given.recommendation and given.recommendation._asdict(),
        "batch": entry.batch,
    }
    return json.dumps(content, ensure_ascii=False)


def read(line: bytes) -> Line | None:
    """What a line says; None where it cannot be read."""
    try:
        return _understood(foreign.parse(line, "the line"))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _understood(content: dict[str, Any]) -> Line:
    session = str(content.get("session", ""))
    if content.get("adopts"):
        return Line(session)
    choice, seen, batch = content["choice"], content["recommendation"], content["batch"]
    images = tuple(content["images"])
    crop = seen and seen["crop"] and tuple(map(float, seen["crop"]))
    given = Given(
        choice and Choice(**choice),
        tuple(content["winners"]),
        bool(content["overlay"]),
        seen and Recommendation(**seen | {"crop": crop}),
    )
    Rounds(len(images), given.winners)
    if given.choice and given.choice.index not in (None, *range(len(images))):
        raise ValueError(f"there is no picture {given.choice.index}")
    if not isinstance(batch, int | None) or not all(isinstance(name, str) for name in images):
        raise TypeError("a batch is a number, a picture has a name")
    return Line(session, str(content["key"]), Entry(images, given, batch))
