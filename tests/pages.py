"""The pages of README and docs as tests run them: their blocks of code, in order."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^>]+) -->\n+)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
PLACE = re.compile(r"<!-- runs in: (\w+) -->")
KINDS = {"python", "sh", "text", "toml", "json", "sql"}
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?")
STAMP = re.compile(r"\d{8}_\d{6}_\d{6}")
BAR = re.compile(r"^.*: +\d+%, .* left.*\n", re.M)  # what a slow machine shows meanwhile


class Block(NamedTuple):
    """A fenced block: its kind, its text, the line it begins on, and why it is not run, if so."""

    kind: str
    text: str
    line: int
    why: str | None


def blocks(page):
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(found["kind"], found["text"], text[: found.start("text")].count("\n"), found["why"])
        for found in BLOCK.finditer(text)
    ]


def place(page):
    """What the code of a page finds where it runs, by the name of a maker in ``places``."""
    found = PLACE.search(page.read_text(encoding="utf-8"))
    return found[1] if found else None


def like(told, printed):
    """Whether a page tells what was printed: the same words, and numbers that are as good as it.

    Figures of a trained classifier differ a little between machines; stamps differ always.
    """
    printed = BAR.sub("", printed)
    told, printed = (STAMP.sub("STAMP", text).split() for text in (told, printed))
    words = [[NUMBER.sub("#", word) for word in text] for text in (told, printed)]
    numbers = [[*map(number, NUMBER.findall(" ".join(text)))] for text in (told, printed)]
    return words[0] == words[1] and all(map(close, *numbers))


def number(text):
    return float(text.replace(",", ""))


def close(told, printed):
    return abs(told - printed) <= max(0.06, 0.15 * abs(told))
