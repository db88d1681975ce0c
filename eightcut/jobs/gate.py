"""Whether a new version goes into use: the same word for classifiers, rankers and proposers."""

from typing import Any, Literal, NamedTuple

from eightcut.estimates import Estimate

ASIDE = "kept aside: "
IN_USE = "in use: "

Promote = bool | Literal["auto"]


class Gate(NamedTuple):
    """Whether a new version is used from now on, and why.

    ``delta`` is how much better it is than the version in use until now, paired, on what
    neither has seen; None if there was none or nothing can be compared.
    """

    is_open: bool
    reason: str
    delta: Estimate | None = None

    def card(self) -> dict[str, Any]:
        """As a card keeps it."""
        delta = None if self.delta is None else self.delta._asdict()
        return {"is_open": self.is_open, "reason": self.reason, "delta": delta}


def checked(promote: Promote) -> Promote:
    """The same wish, or ValueError where it is none."""
    if promote is True or promote is False or promote == "auto":
        return promote
    raise ValueError(f'promote is "auto", True or False, not {promote!r}')


def settled(gate: Gate, promote: Promote) -> Gate:
    """The gate, open or shut as a person has asked."""
    if promote == "auto":
        return gate
    return forced(gate) if promote else shut(gate)


def forced(gate: Gate) -> Gate:
    """The same gate, open all the same."""
    if gate.is_open:
        return gate
    return gate._replace(is_open=True, reason=f"in use because it was forced; else {gate.reason}")


def shut(gate: Gate) -> Gate:
    """The same gate, shut all the same."""
    if not gate.is_open:
        return gate
    return gate._replace(is_open=False, reason=f"{ASIDE}as was asked; else {gate.reason}")
