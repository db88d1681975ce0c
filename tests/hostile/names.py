"""Names that would run a script, and values of any class with such a name in every text."""

import ast
import dataclasses
import importlib
import sys
import types
import typing
from collections import abc
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

import eightcut

SCRIPT = "window.__pwned=1"
PICTURE = f"<img src=x onerror={SCRIPT}>"
NAME = f"{PICTURE}{{{{7*7}}}}"  # can name a file
TEXT = f"\"'>{NAME}</script><script>{SCRIPT}</script>"
ROOT = Path(eightcut.__file__).parent
FIELDS = {("PlannedFile", "folder"): "selected", ("PlannedFile", "role"): "winner"}
DEEPEST = 6  # levels of classes in classes


class Tags(HTMLParser):
    """What a browser would make of a page: its tags with attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def harmless(page):
    """The text of a page, after a look at what its tags would run."""
    seen = Tags(page)
    own = [f"{tag} {attributes}" for tag, attributes in seen.tags if "onerror" in attributes]
    assert own == []
    assert not any(tag == "img" and given.get("src") == "x" for tag, given in seen.tags)
    assert f"<script>{SCRIPT}" not in page
    return seen.text


def with_html():
    """(module, name) of every class that draws itself in a notebook."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            methods = [one.name for one in node.body if isinstance(one, ast.FunctionDef)] if (
                isinstance(node, ast.ClassDef)) else []  # fmt: skip
            if "_repr_html_" in methods:
                module = ["eightcut", *path.relative_to(ROOT).with_suffix("").parts]
                yield ".".join(module), node.name


def hostile(kind, depth=0):
    """A value of a type with ``TEXT`` in every text of it."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin = typing.get_origin(kind)
    if origin is None:
        return kind(**_fields(kind, depth))
    return _MADE.get(origin, _array)(typing.get_args(kind), depth + 1)


def _either(given, depth):
    """A value, but None where a class holds others of its own kind."""
    if type(None) in given and depth > DEEPEST:
        return None
    return hostile(next(one for one in given if one is not type(None)), depth)


def _tuple(given, depth):
    return tuple(hostile(one, depth) for one in (given[:1] if given[1:] == (...,) else given))


def _mapping(given, depth):
    return {hostile(given[0], depth): hostile(given[1], depth)}


def _array(*_):
    return np.array([0.5, 0.6])


def _fields(kind, depth):
    hints = typing.get_type_hints(kind, vars(sys.modules[kind.__module__]) | {"pd": None})
    is_class = dataclasses.is_dataclass(kind)
    names = [one.name for one in dataclasses.fields(kind) if one.init] if is_class else kind._fields
    return {
        name: FIELDS.get((kind.__name__, name)) or hostile(hints[name], depth + 1) for name in names
    }


_PLAIN = {str: TEXT, bool: True, int: 3, float: 0.5, type(None): None, object: TEXT}
_PLAIN |= {typing.Any: TEXT, Path: Path("/x") / NAME}
_MADE = dict.fromkeys((typing.Union, types.UnionType), _either)
_MADE |= dict.fromkeys((dict, abc.Mapping), _mapping)
_MADE |= dict.fromkeys(
    (list, abc.Sequence, abc.Iterable, abc.Collection),
    lambda given, depth: [hostile(given[0], depth)],
)
_MADE |= {
    tuple: _tuple,
    typing.Literal: lambda given, _: given[0],
    abc.Callable: lambda *_: print,
}


def found(module, name):
    """The class of that name."""
    return getattr(importlib.import_module(module), name)
