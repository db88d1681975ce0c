"""The reference of every public name, from the docstrings: ``python docs/reference.py FOLDER``.

Nothing is written where a public name has no docstring, or where a docstring names something
in backticks that is not there; the list of what is wrong goes to the screen.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pdoc
from pdoc.doc import Class, Doc, Function, Module
from traitlets import TraitType

import eightcut
import eightcut.widgets

TEMPLATES = Path(__file__).parent / "reference"
NAME = re.compile(r"``(?:ec|eightcut)\.(?!toml|db`)([A-Za-z_][\w.]*)")
LINK = re.compile(r'href="(?!https?:|data:)([^"#]*)(?:#([^"]*))?"')
CONNECTION = re.compile(r"^ +db: .*\n", re.M)
ANCHOR = re.compile(r'id="([^"]+)"')


def modules() -> list[Module]:
    """Both public modules; the names that are loaded on first use are loaded."""
    for name in eightcut.__all__:
        setattr(eightcut, name, getattr(eightcut, name))
    for kind in (eightcut.ClipDB, eightcut.DecisionDB):
        for method in filter(inspect.isfunction, vars(kind).values()):
            as_method(method)
    return [Module(eightcut), Module(eightcut.widgets)]


def as_method(method: FunctionType) -> None:
    """Show a function of the database as what it is called as: without its connection."""
    known = inspect.signature(method)
    if "db" in known.parameters:
        _, *rest = known.parameters.values()
        first = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        behind = inspect.unwrap(method)  # what pdoc looks at
        behind.__doc__ = CONNECTION.sub("", method.__doc__ or "")
        vars(behind).update(__signature__=known.replace(parameters=[first, *rest]))


def shown(found: Module | Class) -> Iterator[Doc[Any]]:
    """What the pages say something about: public, and eightcut's own."""
    for doc in found.members.values():
        if not doc.name.startswith("_") and doc.taken_from[0].startswith("eightcut"):
            yield doc
            if isinstance(doc, Class):
                yield from shown(doc)


def problems(found: list[Module]) -> list[str]:
    """What a reader would miss: docstrings, and names in them that are not there."""
    told = [*found, *(doc for module in found for doc in shown(module))]
    bare = [
        f"{doc.fullname} has no docstring"
        for doc in told
        if isinstance(doc, (Module, Class, Function)) and not doc.docstring.strip()
    ]
    broken = [
        f"{doc.fullname} names eightcut.{name}, which is not there"
        for doc in told
        for name in NAME.findall(doc.docstring)
        if not is_there(name.rstrip("."))
    ]
    return sorted({*bare, *broken})


def is_there(name: str) -> bool:
    """Whether a name of eightcut's, with dots in it, leads somewhere."""
    value = eightcut
    for part in name.split("."):
        if not hasattr(value, part):
            return False
        value = getattr(value, part)
    return True


def broken_links(folder: Path) -> list[str]:
    """Links between the pages that lead nowhere."""
    pages = {page: page.read_text(encoding="utf-8") for page in folder.rglob("*.html")}
    anchors = {page.resolve(): {*ANCHOR.findall(text)} for page, text in pages.items()}
    return [
        f"{page.name}: {target}#{anchor}"
        for page, text in pages.items()
        for target, anchor in LINK.findall(text)
        if not leads_on((page.parent / target if target else page).resolve(), anchor, anchors)
    ]


def leads_on(page: Path, anchor: str, anchors: dict[Path, set[str]]) -> bool:
    """Whether a page of these is there, and the place on it."""
    return page in anchors and (not anchor or anchor in anchors[page])


def is_untold(doc: Doc[Any]) -> bool:
    """Whether a variable has no words of eightcut's, only none or a library's."""
    if not doc.docstring or doc.docstring.startswith("Alias for field number"):
        return True
    value: Any = sys.modules[doc.modulename]
    for part in doc.qualname.split("."):
        value = getattr(value, part, None)
    return isinstance(value, TraitType)


def build(folder: Path) -> list[str]:
    """Write the pages, unless something is wrong; return what is."""
    if wrong := problems(modules()):
        return wrong
    pdoc.render.configure(
        docformat="google", template_directory=TEMPLATES, search=False, show_source=False
    )
    pdoc.render.env.globals["is_untold"] = is_untold
    only = ["eightcut", r"!eightcut\.", "eightcut.widgets", r"!eightcut\.widgets\."]
    pdoc.pdoc(*only, output_directory=folder)
    return broken_links(folder)


if __name__ == "__main__":
    wrong = build(Path(sys.argv[1]))
    sys.exit("\n".join(wrong) if wrong else 0)
