"""The state of one crop: a picture, the rectangle to keep of it, and how it came about.

Rectangles are whole pixels of the picture as shown (x1, y1, x2, y2, the second
corner excluded), never of a preview: what is displayed is what is cropped.
"""

import threading
import uuid
from collections.abc import Callable, Iterable
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import traitlets as t

from eightcut.images import boxes
from eightcut.images.boxes import Box, Rect
from eightcut.images.rects import rect_inside
from eightcut.media import images, picture_part
from eightcut.sessions.crop_history import History
from eightcut.sessions.crop_rect import edge_of, grown, ratio_of, starting
from eightcut.sessions.pictures import Preview, Previews, Wanted
from eightcut.sessions.verbs import verb
from eightcut.sessions.worker import Worker

ROOM = (1024, 768)  # pixels of a screen, until a page has told its own


class Picture(NamedTuple):
    """A preview of a picture: JPEG bytes, with the size to paint them at."""

    jpeg: bytes
    width: int
    height: int


class Detail(NamedTuple):
    """A part of the picture, sharper than its preview: encoded bytes."""

    picture: int
    rect: Rect
    content: bytes


class CropSession(t.HasTraits):
    """One picture and the rectangle that a person draws on it.

    Args:
        path: the picture; without one, ``open`` names it later.
        proposal: a box (shares of the picture) to begin with; the full frame without one.
        ratio: the lock, one of ``RATIOS``: ``"own"``, ``"free"``, ``"4:5"`` …
        settled: boxes to show beside it, such as an earlier crop.
        wish: asks for the preview, which ``take_preview`` then takes; the session's own
            way unless given.
        lock: to share with other sessions.

    ``picture`` counts what was opened, so that a message about an earlier one
    can be told. ``rect`` is None as long as no picture is open.

    Raises:
        ValueError: the file is no picture that can be read.
    """

    picture = t.Int(0)
    name = t.Unicode()
    size = t.Tuple((0, 0))  # width, height in pixels, as shown
    rect = t.Any(None)
    proposal = t.Any(None)
    settled = t.Tuple()
    ratio = t.Unicode("own")
    window = t.Any(None)  # the part a person looks at, where it is not the whole picture
    preview = t.Any(None)
    loading = t.Bool(False)
    detail = t.Any(None)
    warning = t.Unicode()  # about the proposal or its sidecar; the picture can be cropped
    problem = t.Unicode()  # why it cannot
    can_undo = t.Bool(False)
    can_redo = t.Bool(False)
    message = t.Unicode()
    is_problem = t.Bool(False)

    def __init__(
        self,
        path: str | PathLike[str] | None = None,
        *,
        proposal: Any = None,
        ratio: str = "own",
        settled: Iterable[Any] = (),
        wish: Callable[[], None] | None = None,
        lock: Any = None,
    ) -> None:
        super().__init__()
        self.lock = lock or threading.RLock()
        self.link = uuid.uuid4().hex
        self.path: Path | None = None
        self._history = History()
        self._previews = Previews()
        self._aside = Worker("eightcut detail")
        self._wish = wish or self._want
        self.room = ROOM
        if path is not None:
            self.open(path, proposal=proposal, ratio=ratio, settled=settled)

    @verb
    def open(
        self,
        path: str | PathLike[str],
        *,
        proposal: Any = None,
        ratio: str = "own",
        settled: Iterable[Any] = (),
        rect: Rect | None = None,
        warning: str = "",
    ) -> None:
        """Show another picture; ``rect`` is where to begin instead of at the proposal."""
        path = Path(path).expanduser()
        found = images.probe(path)
        width, height = found.width, found.height
        number = ratio_of(ratio, width, height)  # before anything has changed
        assert number is None or number > 0
        start = starting(proposal, width, height)
        self._forget()
        self.path, self.name, self.size = path, path.name, (width, height)
        self.proposal, self.ratio = start.proposal, ratio
        self.settled = tuple(boxes.to_pixels(box, width, height) for box in settled)
        self.rect = start.rect if rect is None else rect_inside(rect, width, height)
        self.warning = " · ".join(filter(None, (warning, start.warning)))
        self.loading = True
        self._wish()

    @verb
    def clear(self, problem: str = "", name: str = "") -> None:
        """Show nothing, or the reason why there is nothing to show."""
        self._forget()
        self.path, self.name, self.size = None, name, (0, 0)
        self.rect = self.proposal = None
        self.settled, self.warning, self.problem = (), "", problem

    @property
    def box(self) -> Box | None:
        """The rectangle in shares of the picture; None without a picture."""
        return None if self.rect is None else boxes.from_pixels(self.rect, *self.size)

    @property
    def is_full(self) -> bool:
        """Whether the rectangle is the whole picture, so that its file stays as it is."""
        return self.rect is not None and boxes.is_full(self.rect, *self.size)

    @verb
    def set_rect(self, rect: Rect) -> None:
        """Keep exactly these pixels, whatever the ratio.

        Raises:
            ValueError: it is empty or reaches beyond the picture.
            LookupError: no picture is open.
        """
        self._given()
        self._put(rect_inside(rect, *self.size))

    @verb
    def draw(self, x1: int, y1: int, x2: int, y2: int) -> None:
        """Keep what a drag from one corner to the other encloses, in the locked ratio."""
        self._given()
        rect = rect_inside((min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)), *self.size)
        number = self._number()
        self._put(rect if number is None else boxes.snapped(rect, number))

    @verb
    def nudge(self, dx: int, dy: int) -> None:
        """Push the rectangle by pixels of the picture."""
        self._put(boxes.moved(self._given(), dx, dy, *self.size))

    @verb
    def resize(self, handle: str, x: float, y: float) -> None:
        """Pull one of the eight handles (``"n"``, ``"ne"`` …) to a point of the picture."""
        rect, (width, height) = self._given(), self.size
        self._put(boxes.resized(rect, handle, x, y, width, height, self._number()))

    @verb
    def grow(self, steps: int = 1) -> None:
        """Make the rectangle larger about its middle, or smaller where ``steps`` is negative."""
        self._put(grown(self._given(), steps, self.size, self._number()))

    @verb
    def reset_full(self) -> None:
        """Back to the full frame: the file stays as it is."""
        self._given()
        self._put((0, 0, *self.size))

    @verb
    def reset_proposal(self) -> None:
        """Back to the proposal."""
        if self.proposal is None:
            raise LookupError(f"nothing is proposed for {self.name or 'no picture'}")
        self._put(self.proposal)

    @verb
    def set_ratio(self, ratio: str, rect: Rect | None = None) -> None:
        """Lock another ratio; the rectangle becomes the largest of it inside itself."""
        number = ratio_of(ratio, *self.size)
        if rect is None:
            rect = self._given()
            rect = rect if number is None else boxes.snapped(rect, number)
        self._put(rect_inside(rect, *self.size), ratio)

    @verb
    def undo(self) -> None:
        """Take back the last change of the rectangle."""
        self._walk(self._history.undo, "undo")

    @verb
    def redo(self) -> None:
        """Do again what was just taken back."""
        self._walk(self._history.redo, "redo")

    @verb
    def look(self, width: int, height: int) -> None:
        """Say how many pixels a screen has for the picture; a sharper preview may follow."""
        self.room = (max(int(width), 1), max(int(height), 1))
        if self.path and (self.preview is None or self.edge > max(self.preview[1:]) * 1.1):
            self._wish()

    @verb
    def look_at(self, rect: Rect | None, scale: float = 0.0) -> None:
        """Say which part is looked at, None for all of it.

        With ``scale`` (pixels for each of the picture, 1 at most) that part is
        read anew; ``detail`` is the answer.
        """
        self._given()
        self.window = rect if rect is None else rect_inside(rect, *self.size)
        if self.window is None or scale <= 0:
            self.detail = None
            return
        assert self.path is not None
        self._aside.ask(partial(self._read, self.path, self.picture, self.window, min(scale, 1.0)))

    def _read(
        self, path: Path, picture: int, rect: Rect, scale: float, cancel: threading.Event
    ) -> None:
        if cancel.is_set():
            return
        try:
            content = picture_part.part(path, rect, scale)
        except (OSError, ValueError) as problem:
            self.say(" ".join(str(problem).split()), is_problem=True)
        else:
            self._take_detail(Detail(picture, rect, content))

    @property
    def edge(self) -> int:
        """The longer side of the preview that the screen has room for."""
        return edge_of(self.size, self.room)

    @verb
    def take_preview(self, wish: Wanted, made: Preview) -> None:
        """Show a preview that was asked for, unless another picture is open by now."""
        if wish.path != self.path or wish.edge is None:
            return
        self.loading = False
        if self.preview is not None and wish.edge <= max(self.preview[1:]):
            return  # one that is as sharp is shown: another would only flicker
        if made.problem:
            self.problem = made.problem
            return
        scale = wish.edge / max(self.size)
        width, height = (max(round(side * scale), 1) for side in self.size)
        self.preview = Picture(made.jpeg, width, height)

    @verb
    def say(self, text: str, *, is_problem: bool = False) -> None:
        """Tell the person one sentence."""
        self.is_problem = is_problem
        self.message = text

    def wait(self, timeout_s: float = 60.0) -> None:
        """Return when what was asked for has been read."""
        for worker in (self._previews, self._aside):
            worker.wait(timeout_s)

    def close(self) -> None:
        """Read nothing more; safe to call twice."""
        self._previews.close()
        self._aside.stop()

    def _want(self) -> None:
        assert self.path is not None
        self._previews.want([Wanted(self.path, self.edge)], self.take_preview)

    @verb
    def _take_detail(self, detail: Detail) -> None:
        if detail.picture == self.picture:
            self.detail = detail

    def _given(self) -> Rect:
        if self.rect is None:
            raise LookupError("open a picture first")
        rect: Rect = self.rect
        return rect

    def _number(self) -> float | None:
        return ratio_of(self.ratio, *self.size)

    def _put(self, rect: Rect, ratio: str | None = None) -> None:
        before, after = (self.rect, self.ratio), (rect, ratio or self.ratio)
        if before != after:
            self._history.add(before)
            self._show(after)

    def _show(self, state: tuple[Rect, str]) -> None:
        self.rect, self.ratio = state
        self.can_undo, self.can_redo = self._history.can_undo, self._history.can_redo

    def _walk(self, step: Callable[[Any], Any], name: str) -> None:
        found = step((self._given(), self.ratio))
        if found is None:
            self.say(f"There is nothing to {name}")
        else:
            self._show(found)

    def _forget(self) -> None:
        self._aside.stop()
        self._history = History()
        self.picture += 1
        self.can_undo = self.can_redo = self.loading = False
        self.preview = self.detail = self.window = None
        self.problem = self.warning = ""
        self.say("")
