"""What the figures of an accuracy report say, in sentences."""

from typing import TYPE_CHECKING

from eightcut.estimates import Rate, percent
from eightcut.images.agreement import SelectionAgreement

if TYPE_CHECKING:
    from eightcut.report.accuracy import Accuracy


def verdict(one: "Accuracy") -> tuple[str, ...]:
    """Two or three sentences: the AI against the person, against the default, and its crops."""
    model = one.selection.model
    if not model.n:
        return (
            f"Nobody can say yet how often the AI is right: of {one.decided} decisions, "
            "none has a model's recommendation beside the person's choice.",
        )
    told = [
        f"The AI picked the picture that the person kept in {_groups(model)}.",
        _lead(one.selection),
    ]
    otherwise = one.selection.on_otherwise
    if otherwise.n:
        told.append(
            f"Where the person did not keep the highest stage, it was right in {otherwise}."
        )
    if one.crops.model.match.n:
        median = one.crops.median.match
        beside = f"; the median box of other crops does in {median}" if median.n else ""
        told.append(f"Its crop lies within 5 % of the person's in {one.crops.model.match}{beside}.")
    return tuple(filter(None, told))


def _groups(counted: Rate) -> str:
    return str(counted).replace(",", " groups,", 1)


def _lead(picks: SelectionAgreement) -> str:
    lead, default = picks.lead, picks.highest_stage
    if lead.value is None or default.value is None:
        return ""
    if lead.low is None or lead.high is None:
        return f"Always taking the highest stage is right in {default}."
    rule = f"Always taking the highest stage is right in {percent(default.value)}"
    if lead.low > 0:
        return f"{rule}: the AI adds {_points(lead.value, lead.low, lead.high)}."
    if lead.high < 0:
        return f"{rule}: the AI takes away {_points(-lead.value, -lead.high, -lead.low)}."
    span = _points(lead.value, lead.low, lead.high, sign="+")
    return f"{rule}; whether the AI is better than that is open: {span}."


def _points(value: float, low: float, high: float, *, sign: str = "") -> str:
    """A difference of two shares with its interval, in percentage points."""
    told = [f"{100 * share:{sign}.1f}".replace("-", "−") for share in (value, low, high)]
    return f"{told[0]} points ({told[1]} to {told[2]})"
