"""Which models may run their publishers' code: none, until a person names the revision."""

import re

from eightcut import atomic
from eightcut.home import home

REVISION = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")  # a commit, or the digest of a folder
MODELS = ("EAT", "EAT_LARGE")


def allow(name: str, revision: str) -> None:
    """Let a model run its publisher's code, at this revision and no other.

    Args:
        name: the embedder.
        revision: the whole name of a commit at the hub (40 digits), or the digest of a
            folder that was filled by hand (64 digits), as the refusal tells it.

    Raises:
        LookupError: no such embedder runs code of its own.
        ValueError: that is not the whole name of a revision.
    """
    if name not in MODELS:
        raise LookupError(f"{name!r} runs no code of its own; {' and '.join(MODELS)} do")
    if not REVISION.fullmatch(revision):
        raise ValueError(
            f"{revision!r} is not the whole name of a revision: it takes 40 (commit) or 64 "
            "(folder) digits of 0-9 and a-f, because a branch or a short name can change"
        )
    place = home() / "remote-code"
    place.mkdir(parents=True, exist_ok=True)
    atomic.write(place / name, revision)


def allowed(name: str) -> str | None:
    """The revision whose code a model may run; None where a person has allowed none."""
    try:
        found = (home() / "remote-code" / name).read_text().strip()
    except FileNotFoundError:
        return None
    return found if REVISION.fullmatch(found) else None
