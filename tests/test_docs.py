"""What README and docs show is true: their code runs in order and prints what they say."""

import argparse
import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from eightcut import cli
from tests import pages, places

RUN = [
    page
    for page in pages.PAGES
    if any(block.kind in {"python", "sh"} and not block.why for block in pages.blocks(page))
]


def ids(page):
    return page.name


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder to be in, which is the person's home too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.weights
@pytest.mark.parametrize("page", RUN, ids=ids)
def test_the_code_of_a_page_runs(page, sample_home, home):
    names = {}
    if place := pages.place(page):
        names |= getattr(places, place)(sample_home, home) or {}
    printed = ""
    try:
        for block in pages.blocks(page):
            if block.why:
                continue
            if block.kind == "python":
                printed = printed_by(page, block, names)
            elif block.kind == "sh":
                printed = "".join(map(command, block.text.splitlines()))
            elif block.kind == "text":
                where = f"{page.name}, line {block.line}, printed:\n{printed}"
                assert pages.like(block.text, printed), where
    finally:
        for value in names.values():
            close(value)


def printed_by(page, block, names):
    """Run a block; a traceback names the line of the page."""
    code = compile("\n" * block.line + block.text, str(page), "exec")
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(code, names)
    return told.getvalue()


def command(line):
    """Run a line as a shell would; what is not eightcut's is not allowed here."""
    given = shlex.split(line, comments=True)
    if not given:
        return ""
    assert given[0] == "eightcut", f"{line!r} is no command of eightcut's"
    words = [word.replace("~", str(Path.home())) for word in given[1:]]
    found = [path for word in words for path in expanded(word)]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert cli.main(found) == 0, line
    return told.getvalue()


def expanded(word):
    """The files that a pattern means, or the word itself."""
    return sorted(map(str, Path().glob(word))) if "*" in word else [word]


def close(value):
    """Let go of workspaces and screens that a page has opened."""
    if type(value).__module__.startswith("eightcut") and hasattr(value, "close"):
        value.close()


@pytest.mark.parametrize("page", pages.PAGES, ids=ids)
def test_a_block_says_what_it_is(page):
    odd = [block.line for block in pages.blocks(page) if block.kind not in pages.KINDS]
    assert not odd, f"{page.name}: name the language of the blocks on lines {odd}"


@pytest.mark.parametrize("page", pages.PAGES, ids=ids)
def test_a_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_page_can_be_found_from_the_readme():
    told = pages.PAGES[0].read_text(encoding="utf-8")
    assert [page.name for page in pages.PAGES[1:] if f"docs/{page.name}" not in told] == []


@pytest.mark.parametrize(
    ("told", "printed", "is_like"),
    [
        ("YAMNET 20260101_000000_000000: 0.91", "YAMNET 20261231_235959_999999: 0.93", True),
        ("12 files", "12 films", False),
        ("0.90 [0.80, 0.95] (n=48)", "0.70 [0.80, 0.95] (n=48)", False),
        ("1,310 windows", "1310 windows", True),
        ("kept", "kept aside", False),
        ("done", "Cutting the film: 80%, 2 s left  once\ndone", True),
    ],
)
def test_what_is_told_is_what_is_printed(told, printed, is_like):
    assert pages.like(told, printed) is is_like


def test_the_table_of_commands_is_that_of_the_program():
    page = (pages.ROOT / "docs" / "workspace.md").read_text(encoding="utf-8")
    (commands,) = (
        action
        for action in cli._parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    rows = [f"| `{one.dest}` | {one.help} |" for one in commands._choices_actions]
    assert [row for row in rows if row not in page] == [], "write these rows into the page"
