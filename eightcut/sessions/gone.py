"""A version that is open here while another program prunes it.

It stays on the screen as it was last read, in the list of versions too, and says so;
what would change it says so instead.
"""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from eightcut.sessions.versions import Version, moment

P = ParamSpec("P")
R = TypeVar("R")


def with_shown(now: tuple[Version, ...], shown: Version | None) -> tuple[Version, ...]:
    """The versions there are, and last the one that is shown though it is there no longer."""
    if shown is None or any(version.stamp == shown.stamp for version in now):
        return now
    return (*now, shown._replace(is_gone=True))


def sentence(versions: tuple[Version, ...], stamp: str) -> str:
    """What happened to the version that is shown, and what to do; empty while it is there."""
    if not any(version.is_gone for version in versions if version.stamp == stamp):
        return ""
    told = "This version was pruned by another program; it is shown as last read"
    newest = versions[0]
    if newest.is_gone:
        return f"{told} and cannot be changed. Scan the file again to go on"
    made = newest.made or moment(newest.stamp, newest.created_at)
    return f"{told} and cannot be changed. Choose the newest one, of {made}, to go on"


class Shows(Protocol):
    """A session that shows a version."""

    @property
    def lost(self) -> str:
        """What happened to the version that is shown."""

    def list_versions(self) -> None:
        """Read which versions there are."""


S = TypeVar("S", bound=Shows)


def changes_version(
    method: Callable[Concatenate[S, P], R],
) -> Callable[Concatenate[S, P], R]:
    """A verb that says what happened where the version that it would change is gone."""

    @functools.wraps(method)
    def told(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except LookupError:
            self.list_versions()
            if self.lost:
                raise LookupError(self.lost) from None
            raise

    return told
