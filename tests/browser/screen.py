"""The review screen of the tests: its file, and where things are on the page."""

from tests.browser import hands

FILE = "owls.mp4"
CANVAS = "canvas.ec-timeline"
STARTS = "[row.start for row in s.regions]"


def place(page, time, height=0.4, view=(0, 60)):
    """Where a time of the file is on the page."""
    box = page.locator(CANVAS).bounding_box()
    share = (time - view[0]) / (view[1] - view[0])
    return box["x"] + share * box["width"], box["y"] + height * box["height"]


def focus(page):
    hands.focus(page, CANVAS)
