"""Every screen on a workspace of somebody else: names are text in all that Python sends."""

import ipywidgets
import pytest

import eightcut as ec
from eightcut import widgets
from tests.hostile.names import Tags, harmless
from tests.hostile.screens import FILE, SCREENS, build


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_sends_hostile_names_as_text(folder, screen):
    with ec.Workspace(folder) as ws:
        shown = eval(screen, vars(widgets) | {"ws": ws, "FILE": FILE})
        sent = list(ipywidgets.widgets.widget._instances.values())
        for one in sent:
            if isinstance(one, (ipywidgets.HTML, ipywidgets.HTMLMath)):
                harmless(one.value)
            assert not getattr(one, "description_allow_html", False)
        shown.close()
        ipywidgets.Widget.close_all()


def test_a_hostile_name_is_seen_in_the_screens_at_all(folder):
    with ec.Workspace(folder) as ws:
        shown = widgets.CompareVersions(ws, FILE)
        texts = [Tags(one.value).text for one in ipywidgets.widgets.widget._instances.values()
                 if isinstance(one, ipywidgets.HTML)]  # fmt: skip
        shown.close()
        ipywidgets.Widget.close_all()
    assert any("<img src=x" in text for text in texts)
