"""What eightcut can say when it refuses, read from its source: every ``raise`` with a message."""

import ast
import re
from pathlib import Path

import eightcut

ROOT = Path(eightcut.__file__).parent
GAP = "…"
FEW = 8  # letters; of a message with fewer all that matters is filled in
CELL = re.compile(r"^(?:\| (?=`)([^|]+) \||Say by themselves what to do: (.+)$)", re.M)


def spoken(node):
    """The texts that an expression may be, with a gap for what is filled in; none if unknown."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else GAP for part in node.values)
        return ["".join(parts)]
    if isinstance(node, ast.IfExp):
        return [*spoken(node.body), *spoken(node.orelse)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        lefts, rights = spoken(node.left) or [GAP], spoken(node.right) or [GAP]
        return [left + right for left in lefts for right in rights]
    return []


def messages():
    """(place, message) of every raise whose message is told in it; place is ``file:line``."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                for text in (text for given in node.exc.args[-1:] for text in spoken(given)):
                    if len(re.findall("[A-Za-z]", text)) >= FEW:
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", plain(text)


def plain(text):
    """A message as the page writes it: one line, no backticks, one gap where several meet."""
    return re.sub(f"{GAP}+", GAP, " ".join(text.replace("`", "").split()))


def patterns(page):
    """The messages that a page explains, as patterns: a gap matches anything."""
    return {
        text: re.compile(".*".join(map(re.escape, text.split(GAP))) + r"\Z", re.S)
        for cell in CELL.findall(page)
        for text in re.findall("`(.+?)`", "".join(cell))
    }
