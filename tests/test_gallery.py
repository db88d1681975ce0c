"""The gallery shows every screen, with the keys that the code gives it."""

import re

import pytest

import eightcut.widgets
from eightcut.widgets import theme
from tests.key_tables import cap, tables
from tests.pages import ROOT

PAGE = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
KEYS = re.compile(r"const keys = \{(.*?)\n  ?\};|const keys = \{(.*?)\};\n", re.S)
NAMED = re.compile(r'"([^"]+)":|(?:^|[{,\s])(\w+): ')


@pytest.mark.parametrize("name", eightcut.widgets.__all__)
def test_a_screen_is_shown(name):
    assert name in PAGE


@pytest.mark.parametrize(("screen", "line"), tables().items())
def test_the_keys_of_a_screen_are_those_of_the_code(screen, line):
    assert f"**Keys.** {line}\n" in PAGE, f"write for {screen}: {line}"


@pytest.mark.parametrize(
    ("screen", "script"), [("CropCanvas", "crop_canvas.js"), ("MultiCrop", "multi_crop.js")]
)
def test_the_keys_in_a_script_are_told(screen, script):
    source = (theme.HERE / script).read_text(encoding="utf-8")
    table = next(filter(None, KEYS.search(source.replace("{ preventScroll: true }", "")).groups()))
    named = {
        quoted or plain for quoted, plain in NAMED.findall(re.sub(r"\([^()]*\) =>[^,]*", "", table))
    }
    told = PAGE.split(f"### {screen}\n")[1].split("\n### ")[0]
    missing = [key for key in named if cap(key) not in told]
    assert named
    assert not missing, f"{script} has more keys: {missing}"


def test_every_picture_is_small():
    pictures = [*(ROOT / "docs").rglob("*.png")]
    assert [path.name for path in pictures if path.stat().st_size > 150_000] == []


def test_every_picture_is_shown_somewhere():
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    pages += (ROOT / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in (ROOT / "docs").rglob("*.png") if path.name not in pages] == []
