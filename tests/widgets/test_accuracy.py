import pytest
from ipywidgets.widgets.widget import _instances

from eightcut.sessions.accuracy import SECTIONS, AccuracySession
from eightcut.widgets import AccuracyView
from tests.jobs.test_accuracy import BOX, FAR, log, ws

__all__ = ["ws"]


@pytest.fixture
def view(ws):
    log(ws, 0, 2, ai_confidence=0.9, crop=BOX)
    for _ in range(20):
        log(ws, 2, 2, ai_confidence=0.8)
    log(ws, 2, 2, crop=BOX, final=FAR, directory="<b>")
    view = AccuracyView(ws, "mojo")
    yield view
    view.close()


def press(view, key):
    """What the page sends when a key of the panel was pressed."""
    message = {"type": "verb", "verb": view.hotkeys.verbs[key]}
    view.hotkeys._handle_custom_msg(message, [])


def test_a_view_without_a_workspace_or_a_session_says_so():
    with pytest.raises(TypeError, match="takes a workspace"):
        AccuracyView()


def test_the_headline_stands_beside_its_baselines(view):
    told = view.overview.value
    assert "21 of 22" in told
    assert all(
        name in told for name in ("highest stage", "chance", "most chosen place", "full frame")
    )


def test_each_part_has_its_key(view):
    shown = []
    for number in range(1, 6):
        press(view, str(number))
        shown.append((view.session.section, view.tabs.value))
    assert shown == [(section, section) for section in SECTIONS]


def test_every_key_has_a_button_that_names_it(view):
    tooltips = [view.refresh, view.write, view.next, view.previous]
    told = " ".join([*(made.tooltip for made in tooltips), *view.tabs.tooltips])
    for key in view.hotkeys.verbs:
        assert f"({key.upper() if len(key) == 1 else key}" in told or f"or {key.upper()})" in told


def test_mistakes_are_stepped_through_by_key(view):
    assert view.mistakes.card["title"].startswith("Mistake 1 of 2: the person took another picture")
    press(view, "ArrowRight")
    assert "another crop" in view.mistakes.card["title"]
    assert view.mistakes.card["pictures"][0]["person"] == FAR
    assert view.next.disabled
    press(view, "p")
    assert view.previous.disabled


def test_pictures_are_sent_as_messages_and_never_kept_in_the_state(view, monkeypatch):
    sent = []
    monkeypatch.setattr(
        view.mistakes, "send", lambda content, buffers: sent.append((content, buffers))
    )
    key = view.mistakes.card["key"]
    view.mistakes._handle_custom_msg({"type": "want", "edge": 512, "wanted": [[key, 0]]}, [])
    view.mistakes._previews.wait()
    ((content, (jpeg,)),) = sent
    assert (content["key"], content["index"], content["problem"]) == (key, 0, "")
    assert jpeg.startswith(b"\xff\xd8")
    assert b"\xff\xd8" not in str(view.mistakes.get_state()).encode()


def test_names_are_escaped(view):
    view.session.slice_by("directory")
    assert "&lt;b&gt;" in view.table.value
    assert "<b>" not in view.table.value.replace("<b style", "")


def test_few_decisions_have_no_curve(ws):
    view = AccuracyView(ws)
    view.session.show("time")
    assert view.body.children == (view.key,)
    assert "too few" in view.key.value
    view.close()


def test_choosing_in_the_list_reports_on_that(view):
    view.projects.value = ("kiki",)
    view.session.wait()
    assert view.session.report.names == "kiki"
    assert "Nobody can say yet" in view.overview.value


def test_the_button_writes_the_page(view, ws):
    view.write.click()
    view.session.wait()
    assert len(list((ws.path / "reports").glob("*.html"))) == 1


def test_a_closed_view_leaves_no_widget_behind(ws):
    log(ws, 0, 2)
    before = set(_instances)
    view = AccuracyView(ws)
    for section in SECTIONS:
        view.session.show(section)
    view.close()
    view.close()
    assert set(_instances) == before


def test_a_closed_view_watches_nothing(ws):
    shared = AccuracySession(ws)
    AccuracyView(session=shared).close()
    watchers = [f for found in shared._trait_notifiers.values() for f in found.values()]
    assert not any(watchers)
    shared.close()
