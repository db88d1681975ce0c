"""Where a rectangle begins, which ratios it can be locked to, and how it grows."""

from typing import Any, NamedTuple

from eightcut.images import boxes
from eightcut.images.boxes import Rect

RATIOS = ("own", "free", "1:1", "5:4", "4:3", "3:2", "16:9", "4:5", "3:4", "2:3", "9:16")
GROWS = 0.02  # of the picture's longer side, for each step
EDGES = (256, 128, 3072)  # a preview's longer side: least, in steps of, most


class Start(NamedTuple):
    """Where a rectangle begins; ``warning`` says why it does not begin at the proposal."""

    rect: Rect
    proposal: Rect | None
    warning: str


def edge_of(size: tuple[int, int], room: tuple[int, int]) -> int:
    """The longer side of the preview that a screen has room for, in pixels."""
    least, step, most = EDGES
    wish = max(size) * min(room[0] / size[0], room[1] / size[1])
    return min(max(-(-int(wish) // step) * step, least), most, max(size))


def ratio_of(name: str, width: int, height: int) -> float | None:
    """The width for each pixel of height that a name stands for; None for ``"free"``.

    Raises:
        ValueError: it is no name of ``RATIOS`` and not two numbers such as ``5:7``.
    """
    if name == "free":
        return None
    if name == "own":
        return width / height if height else 1.0
    try:
        wide, high = map(float, name.split(":"))
        number = wide / high
    except (ValueError, ZeroDivisionError):
        number = 0.0
    if not 0 < number < float("inf"):
        raise ValueError(f"{name!r} is no ratio; use {', '.join(RATIOS)}")
    return number


def starting(proposal: Any, width: int, height: int) -> Start:
    """Where the rectangle begins: at the proposal, or at the full frame and why."""
    full = (0, 0, width, height)
    if proposal is None:
        return Start(full, None, "")
    try:
        rect = boxes.to_pixels(proposal, width, height)
    except ValueError as problem:
        return Start(
            full, None, f"The proposal cannot be used, so the full frame is shown: {problem}"
        )
    return Start(rect, rect, "")


def grown(rect: Rect, steps: int, size: tuple[int, int], ratio: float | None) -> Rect:
    """The rectangle some steps larger about its middle, in the ratio given or else its own."""
    x1, y1, x2, y2 = rect
    width, height = size
    by = steps * max(1, int(max(width, height) * GROWS + 0.5))
    keeps = ratio or (x2 - x1) / (y2 - y1)
    wide = max(x2 - x1 + by, boxes.MIN_PX, boxes.MIN_PX * keeps)
    wide = min(wide, width, height * keeps)
    sides = max(1, int(wide + 0.5)), max(1, int(wide / keeps + 0.5))
    left = min(max(x1 + (x2 - x1 - sides[0]) // 2, 0), width - sides[0])
    top = min(max(y1 + (y2 - y1 - sides[1]) // 2, 0), height - sides[1])
    return left, top, left + sides[0], top + sides[1]
