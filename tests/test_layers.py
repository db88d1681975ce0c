"""Imports point down, and each library lives in one folder."""

import ast
from pathlib import Path

import pytest

import eightcut

ROOT = Path(eightcut.__file__).parent
RANK = {
    **dict.fromkeys(("audio", "images", "foreign.py"), 0),
    **dict.fromkeys(("clock.py", "disk.py", "home.py", "atomic.py"), 0),
    **dict.fromkeys(("fetch.py", "progress.py"), 0),
    **dict.fromkeys(("estimates.py", "calibration.py", "download.py", "trust.py"), 0),
    **dict.fromkeys(("db", "media", "models"), 1),
    "project.py": 2,
    "workspace.py": 3,
    "report": 4,
    "jobs": 5,
    "sessions": 6,
    "widgets": 7,
    **dict.fromkeys(("commands", "__init__.py"), 8),
    "cli.py": 9,
    "__main__.py": 10,
}
HOME = {
    "sqlite3": "db",
    **dict.fromkeys(("av", "PIL", "imagehash", "imageio_ffmpeg", "pyvips"), "media"),
    **dict.fromkeys(
        (
            *("torch", "torchaudio", "transformers", "sklearn", "skops", "scipy"),
            *("safetensors", "onnxruntime", "huggingface_hub"),
        ),
        "models",
    ),
    **dict.fromkeys(("ipywidgets", "anywidget", "ipycanvas", "bqplot"), "widgets"),
    **dict.fromkeys(("jinja2", "matplotlib"), "report"),
    "traitlets": "sessions",
}


def imports(tree):
    """Every imported module as its dotted parts, with whether it is imported only for types."""
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield [*(node.module or "").split("."), alias.name]


def violations(source, here):
    found = []
    for top, *rest in imports(ast.parse(source)):
        if HOME.get(top, here) != here and not (top == "traitlets" and here == "widgets"):
            found.append(f"{top} belongs in {HOME[top]}/")
        if top == "eightcut" and rest and rest[0] != "__version__":
            there = rest[0] if rest[0] in RANK else f"{rest[0]}.py"
            if there != here and RANK[there] >= RANK[here] > 0:
                found.append(f"imports {'.'.join(rest)} from above")
            if RANK[here] == 0 and RANK[there] > 0:
                found.append(f"imports {'.'.join(rest)} from above")
    return found


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path):
    here = path.relative_to(ROOT).parts[0]
    assert violations(path.read_text(), here) == []


@pytest.mark.parametrize(
    ("source", "here"),
    [
        ("from eightcut.jobs import scan", "db"),
        ("from eightcut.media import audio", "models"),
        ("import eightcut.widgets.timeline", "sessions"),
        ("from eightcut.db import ClipDB", "audio"),
        ("import torch", "audio"),
        ("def f():\n    import sqlite3", "jobs"),
        ("from ipywidgets import VBox", "sessions"),
    ],
)
def test_a_planted_wrong_import_is_caught(source, here):
    assert violations(source, here)


def test_every_module_has_a_place_in_the_order():
    tops = {path.relative_to(ROOT).parts[0] for path in ROOT.rglob("*.py")}
    assert tops <= RANK.keys()


def test_only_the_doors_open_what_they_guard():
    doors = {
        "sqlite3.connect(": "db/connection.py",
        "datetime.now(": "clock.py",
        "import pickle": None,
        "pickle.load": None,
        "allow_pickle=True": None,
        "joblib": None,
    }
    for path in ROOT.rglob("*.py"):
        for name, door in doors.items():
            where = path.relative_to(ROOT).as_posix()
            code = "\n".join(ast.unparse(node) for node in _code(path))
            assert name not in code or where == door, f"{name} in {where}"


def _code(path):
    """The statements of a module without its docstrings."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_docstring(body[0]):
            body[0] = ast.Pass()
    return tree.body


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
