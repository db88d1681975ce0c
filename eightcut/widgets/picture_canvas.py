"""A picture with boxes on it, painted by ipycanvas.

A page paints for all canvases out of one queue of commands. One command for a
canvas that has been closed in the meantime stops that queue for good, so
canvases are never closed: one that is no longer needed waits for the next view.
"""

import threading
from collections.abc import Callable, Iterable

import ipywidgets as w
from ipycanvas import Canvas, MultiCanvas, hold_canvas
from ipycanvas.canvas import _CANVAS_MANAGER

from eightcut.images.boxes import Rect
from eightcut.sessions.crop import Picture

EMPTY = (64, 64)  # pixels of a canvas with nothing on it
SHADE = "rgba(0, 0, 0, 0.5)"  # beside every line, so that it is seen on light and on dark

Outline = tuple[Rect, str, tuple[int, ...]]  # in pixels of the picture, colour, dashes

_painting = threading.RLock()  # any thread may paint, and the queue knows one canvas at a time
_free: "list[PictureCanvas]" = []


class PictureCanvas:
    """Two layers over each other: the picture, and boxes that do not move."""

    def __init__(self) -> None:
        if _CANVAS_MANAGER.comm is None:  # Widget.close_all() has closed what all canvases share
            _CANVAS_MANAGER.open()
        self.widget = MultiCanvas(2, width=EMPTY[0], height=EMPTY[1])
        self._image = w.Image(format="jpeg")
        self.repaint: Callable[[], None] = nothing
        self.widget.on_client_ready(self._hear)

    def _hear(self) -> None:
        self.repaint()

    @classmethod
    def take(cls, repaint: Callable[[], None]) -> "PictureCanvas":
        """A canvas that is free, or a new one; a page that opens anew has it repainted."""
        with _painting:
            _free[:] = [canvas for canvas in _free if canvas.is_open]
            found = _free.pop() if _free else cls()
        found.repaint = repaint
        return found

    @property
    def is_open(self) -> bool:
        """Whether the page still knows it."""
        parts = (self.widget, self.widget[0], self.widget[1], self._image)
        return all(part.comm is not None for part in parts)

    def give_back(self) -> None:
        """Let another view have it; safe to call twice."""
        self.repaint = nothing
        with _painting:
            if self not in _free and self.is_open:
                self.paint(None, 1.0, ())
                _free.append(self)

    def paint(self, picture: Picture | None, scale: float, outlines: Iterable[Outline]) -> None:
        """Show a preview, with boxes whose pixels are ``scale`` pixels of it; or nothing."""
        size = (picture.width, picture.height) if picture else EMPTY
        with _painting:
            if (self.widget.width, self.widget.height) != size:
                self.widget.width, self.widget.height = size
            if picture:
                self._image.value = picture.jpeg
            with hold_canvas():  # always both, in this order: a page must hear which one is meant
                below, above = self.widget[0], self.widget[1]
                below.clear()
                if picture:
                    below.draw_image(self._image, 0, 0, *size)
                above.clear()
                for outline in outlines:
                    _stroke(above, scale, *outline)


def nothing() -> None:
    """What a page that opens anew is to see of a canvas that is free."""


def _stroke(canvas: Canvas, scale: float, rect: Rect, colour: str, dashes: tuple[int, ...]) -> None:
    x1, y1, x2, y2 = (at * scale for at in rect)
    width = max(2.5, canvas.width / 450)
    canvas.set_line_dash(list(dashes))
    for paint, wide in ((SHADE, width * 1.7), (colour, width)):
        canvas.stroke_style = paint
        canvas.line_width = wide
        canvas.stroke_rect(x1, y1, x2 - x1, y2 - y1)
