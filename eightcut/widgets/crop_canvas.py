"""One picture with the rectangle to keep of it.

ipycanvas paints the picture, what is proposed and what is settled; a layer in
the page moves the rectangle over it and tells the session after each gesture.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from os import PathLike
from typing import Any

import anywidget
import ipywidgets as w
import traitlets as t

from eightcut.images.boxes import Rect
from eightcut.sessions.crop import CropSession
from eightcut.sessions.crop_rect import RATIOS
from eightcut.widgets import theme
from eightcut.widgets.picture_canvas import Outline, PictureCanvas
from eightcut.widgets.status import StatusLine
from eightcut.widgets.turns import Message
from eightcut.widgets.wiring import Wiring, replace_earlier_run

PROPOSAL, SETTLED = "#E69F00", "#56B4E9"  # Okabe-Ito, as in crop_paint.js
HELP = (
    "Drag a handle to resize, inside to move, outside or with Shift to draw. "
    "Arrows push by 1 pixel, Shift and arrows by 10; [ and ] shrink and grow."
)


class CropLayer(anywidget.AnyWidget):
    """The moving rectangle, with its buttons and the line that says what will be cropped."""

    _esm = theme.source(
        "crop_geometry.js", "crop_paint.js", "crop_view.js", "crop_tools.js", "crop_canvas.js"
    )
    _css = theme.source("crop_canvas.css")

    link = t.Unicode().tag(sync=True)
    slot = t.Int(0).tag(sync=True)
    label = t.Unicode().tag(sync=True)
    tall = t.Int(0).tag(sync=True)  # of the stage, in pixels; 0 means by the window
    picture = t.Int(0).tag(sync=True)
    size = t.List([0, 0]).tag(sync=True)
    rect: Any = t.List().tag(sync=True)
    proposal: Any = t.List().tag(sync=True)
    settled: Any = t.List().tag(sync=True)
    ratio = t.Unicode("own").tag(sync=True)
    ratios = t.List(list(RATIOS)).tag(sync=True)
    thirds = t.Bool(False).tag(sync=True)
    loading = t.Bool(False).tag(sync=True)
    problem = t.Unicode().tag(sync=True)
    can_undo = t.Bool(False).tag(sync=True)
    can_redo = t.Bool(False).tag(sync=True)
    heard = t.List(["", -1]).tag(sync=True)  # view and turn of the newest message


class CropCanvas(w.VBox):  # type: ignore[misc]
    """A picture to crop: draw, move and resize a rectangle, with zoom, ratio lock and undo.

    Args:
        source: the picture's path, or the session of another view to be in step with it.
        proposal: a box (shares of the picture) to begin with; the full frame without one.
        ratio: the lock: ``"own"``, ``"free"``, ``"4:5"`` …
        settled: boxes to show beside it, such as an earlier crop.
        session: the session to show.
        height: of the picture's place on the page, in pixels; by the window unless given.

    ``rect`` is what would be cropped, in pixels of the picture as shown, and
    ``box`` the same in shares. Each button's tooltip names its keys, which
    work while the picture has the focus.
    """

    def __init__(
        self,
        source: str | PathLike[str] | CropSession | None = None,
        *,
        proposal: Any = None,
        ratio: str = "own",
        settled: Iterable[Any] = (),
        session: CropSession | None = None,
        height: int | None = None,
        slot: int = 0,
        link: str = "",
    ) -> None:
        self._wiring = Wiring()
        self._ends = ExitStack()
        self._parts: list[w.Widget] = []  # all that closing must close too
        if isinstance(source, CropSession):
            session, source = source, None
        if session is not None:
            self.session = self._wiring.adopt(session)
        elif source is not None:
            made = CropSession(source, proposal=proposal, ratio=ratio, settled=settled)
            self.session = self._wiring.adopt(made, closes=True)
        else:
            raise TypeError("a crop canvas takes the path of a picture, or session=…")
        self.canvas = PictureCanvas.take(self._wiring.guard(self._repaint))
        self._ends.callback(self.canvas.give_back)
        self.layer = CropLayer(tall=height or 0, slot=slot, link=link or self.session.link)
        self._painted: Any = None
        self._build()
        self._connect()
        replace_earlier_run(self)

    @property
    def rect(self) -> Rect | None:
        """What would be cropped: x1, y1, x2, y2 in pixels, the second corner excluded."""
        rect: Rect | None = self.session.rect
        return rect

    @property
    def box(self) -> tuple[float, ...] | None:
        """The same in shares of the picture."""
        return self.session.box

    def close(self) -> None:
        """Close every part and leave the session; safe to call twice."""
        self._wiring.close(self)
        self._ends.close()
        for part in self._parts:
            part.close()
        super().close()

    def _build(self) -> None:
        picture = w.Box((self.canvas.widget,))
        picture.add_class("ec-crop-picture")
        self.stack = w.Box((picture, self.layer))
        self.stack.add_class("ec-crop")
        self.notes = (StatusLine(self.session, "warning"), StatusLine(self.session))
        self.notes[0].add_class("ec-crop-warning")
        looked = [*self.notes, picture, self.stack, self.layer]
        self._parts = [*(part.layout for part in looked), *looked]
        super().__init__(children=(self.stack, *self.notes))
        self.add_class("ec-crop-card")

    def _connect(self) -> None:
        watch = self._wiring.watch
        watch(
            self._draw,
            "picture preview size rect ratio proposal settled loading problem name window",
        )
        watch(self._draw_steps, "can_undo can_redo")
        watch(self._send_detail, "detail")
        self.layer.on_msg(self._wiring.in_turn(self._receive))

    def _receive(self, message: Message) -> None:
        session = self.session
        acts: dict[str, Callable[[], None]] = {
            "rect": lambda: session.set_rect(message["rect"]),
            "ratio": lambda: session.set_ratio(message["ratio"], message["rect"]),
            "undo": session.undo,
            "redo": session.redo,
            "room": lambda: session.look(message["width"], message["height"]),
            "window": lambda: session.look_at(message["rect"], message["scale"]),
        }
        try:
            with session.lock:
                if message.get("picture", session.picture) == session.picture:
                    acts[message["type"]]()
        finally:
            self.layer.heard = [message.get("view", ""), message.get("turn", -1)]

    def _draw(self) -> None:
        """The painted picture first, so that no old one is seen in the place of a new one."""
        session, layer = self.session, self.layer
        is_whole = session.window is None
        painted = (session.picture, session.preview, session.proposal, session.settled, is_whole)
        if painted != self._painted:
            self._painted = painted
            self._paint()
        with layer.hold_sync():
            layer.size, layer.picture = list(session.size), session.picture
            layer.rect, layer.proposal = list(session.rect or ()), list(session.proposal or ())
            layer.settled = [list(rect) for rect in session.settled]
            layer.ratio, layer.loading, layer.problem = (
                session.ratio,
                session.loading,
                session.problem,
            )
            layer.label = f"Crop of {session.name}. {HELP}" if session.name else "No picture"

    def _draw_steps(self) -> None:
        with self.layer.hold_sync():
            self.layer.can_undo, self.layer.can_redo = self.session.can_undo, self.session.can_redo

    def _send_detail(self) -> None:
        detail = self.session.detail
        if detail is not None:
            about = {"type": "detail", "picture": detail.picture, "rect": list(detail.rect)}
            self.layer.send(about, [detail.content])

    def _repaint(self) -> None:
        """A page that was opened again has forgotten what was painted."""
        with self.session.lock:
            self._paint()
            self._send_detail()

    def _paint(self) -> None:
        picture, session = self.session.preview, self.session
        scale = picture.width / session.size[0] if picture else 1.0
        self.canvas.paint(picture, scale, self._outlines() if picture else ())

    def _outlines(self) -> Iterator[Outline]:
        """From near by the page draws them: what is painted would be too thick."""
        session = self.session
        if session.window is None:
            yield from ((rect, SETTLED, ()) for rect in session.settled)
            if session.proposal:
                yield session.proposal, PROPOSAL, (8, 5)
