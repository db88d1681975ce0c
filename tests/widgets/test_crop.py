import pytest
from ipywidgets import Widget
from ipywidgets.widgets.widget import _instances

from eightcut.sessions.crop import CropSession
from eightcut.sessions.multi_crop import MultiCropSession
from eightcut.widgets import CropCanvas, MultiCrop
from tests.jobs import crops
from tests.jobs.pictures import png


@pytest.fixture
def canvases_wait(picture):
    """Canvases are never closed, only given back: three of them, for three views."""
    views = [CropCanvas(picture) for _ in range(3)]
    for view in views:
        view.close()


def told(widget, **message):
    widget._handle_custom_msg(message, [])


@pytest.fixture
def picture(tmp_path):
    return png(tmp_path / "owl.png", size=(100, 80))


@pytest.fixture
def canvas(picture):
    view = CropCanvas(picture, proposal=[0.2, 0.2, 0.8, 0.8])
    view.session.wait()
    yield view
    view.close()


@pytest.fixture
def project(tmp_path):
    with crops.project(tmp_path, 4) as made:
        yield made


@pytest.fixture
def multi(project):
    view = MultiCrop(project)
    view.session.wait()
    yield view
    view.session.wait()
    view.close()


def send(view, kind="submit", **changed):
    about = {
        "pictures": list(view.bar.pictures),
        "rects": [None] * 3,
        "marked": list(view.bar.marked),
    }
    told(view.bar, type=kind, **(about | changed))
    view.session.wait()


@pytest.mark.parametrize("view", [CropCanvas, MultiCrop])
def test_a_view_of_nothing_says_what_it_takes(view):
    with pytest.raises(TypeError, match="takes"):
        view()


def test_a_canvas_shows_the_picture_and_its_proposal(canvas):
    layer = canvas.layer
    assert layer.size == [100, 80]
    assert layer.rect == layer.proposal == [20, 16, 80, 64]
    painted = canvas.canvas
    assert (painted.widget.width, painted.widget.height) == (100, 80)
    assert painted._image.value == canvas.session.preview.jpeg
    assert "Crop of owl.png" in layer.label


def test_a_gesture_reaches_the_session_and_is_heard(canvas):
    told(canvas.layer, type="rect", rect=[1, 2, 31, 22], picture=1, view="v", turn=0)
    assert canvas.rect == (1, 2, 31, 22)
    assert canvas.box == pytest.approx((0.01, 0.025, 0.31, 0.275))
    assert canvas.layer.heard == ["v", 0]


def test_a_message_about_an_earlier_picture_changes_nothing(canvas):
    told(canvas.layer, type="rect", rect=[1, 2, 31, 22], picture=0)
    assert canvas.rect == (20, 16, 80, 64)


def test_a_rectangle_that_is_refused_is_said_and_heard(canvas):
    told(canvas.layer, type="rect", rect=[1, 2, 310, 22], picture=1, view="v", turn=0)
    assert canvas.rect == (20, 16, 80, 64)
    assert canvas.session.is_problem
    assert canvas.layer.heard == ["v", 0]


def test_a_ratio_comes_with_its_rectangle(canvas):
    told(canvas.layer, type="ratio", ratio="1:1", rect=[26, 16, 74, 64], picture=1)
    assert (canvas.session.ratio, canvas.rect) == ("1:1", (26, 16, 74, 64))
    told(canvas.layer, type="undo", picture=1)
    assert canvas.layer.rect == [20, 16, 80, 64]
    assert canvas.layer.can_redo


def test_a_part_that_is_asked_for_is_sent(canvas, monkeypatch):
    sent = []
    monkeypatch.setattr(canvas.layer, "send", lambda *message: sent.append(message))
    told(canvas.layer, type="window", rect=[10, 10, 20, 20], scale=1, picture=1)
    canvas.session.wait()
    ((about, (content,)),) = sent
    assert about == {"type": "detail", "picture": 1, "rect": [10, 10, 20, 20]}
    assert content.startswith(b"\x89PNG")


def test_two_canvases_share_a_session(canvas):
    other = CropCanvas(canvas.session)
    told(other.layer, type="rect", rect=[1, 2, 31, 22], picture=1)
    assert canvas.layer.rect == [1, 2, 31, 22]
    other.close()
    assert canvas.session.rect == (1, 2, 31, 22)


def test_a_closed_canvas_leaves_no_widget_and_no_watcher(picture, canvases_wait):
    before = set(_instances)
    session = CropSession(picture)
    view = CropCanvas(session)
    view.close()
    view.close()
    assert set(_instances) == before
    assert not any(f for found in session._trait_notifiers.values() for f in found.values())


def test_a_canvas_is_used_again_and_never_closed(picture):
    first = CropCanvas(picture)
    painted = first.canvas
    first.close()
    assert painted.is_open, "a page may still have something to paint on it"
    second, third = CropCanvas(picture), CropCanvas(picture)
    assert second.canvas is painted
    assert third.canvas is not painted
    second.close()
    third.close()


def test_after_everything_was_closed_there_are_new_canvases(picture):
    CropCanvas(picture).close()
    Widget.close_all()
    view = CropCanvas(picture)
    assert view.canvas.is_open
    view.close()


def test_a_closed_screen_leaves_no_widget_behind(project, canvases_wait):
    before = set(_instances)
    view = MultiCrop(project)
    view.close()
    view.close()
    assert set(_instances) == before


def test_what_is_submitted_is_what_the_page_showed(multi, project):
    send(multi, rects=[[1, 2, 41, 34], None, [0, 0, 100, 80]])
    final = [crops.row(project, number)["final_crop_coords"] for number in range(3)]
    assert final[0] == pytest.approx([0.01, 0.025, 0.41, 0.425])
    assert final[1] == pytest.approx([0.2, 0.2, 0.8, 0.8])
    assert crops.row(project, 2)["user_action"] == "approve"


def test_a_second_press_in_a_hurry_submits_nothing_unseen(multi):
    pictures = list(multi.bar.pictures)
    send(multi)
    send(multi, pictures=pictures)
    assert multi.session.done == 3
    assert multi.bar.summary == "3 of 4"


def test_a_mark_belongs_to_its_picture(multi):
    picture = multi.bar.pictures[1]
    told(multi.bar, type="mark", slot=1, marked=True, picture=picture)
    assert multi.bar.marked == [False, True, False]
    send(multi)
    told(multi.bar, type="mark", slot=0, marked=True, picture=picture)
    assert multi.bar.marked == [False, False, False]


def test_back_is_a_message_too(multi):
    send(multi)
    send(multi, "back", rects=[[1, 2, 41, 34], None, None], marked=[True, False, False])
    assert multi.bar.summary == "0 of 4"
    assert len([card for card in multi.bar.cards if card]) == 3
    send(multi)
    assert multi.canvases[0].session.rect == (1, 2, 41, 34), "as the page showed it"
    assert multi.bar.marked == [True, False, False]


def test_a_question_is_asked_before_a_batch_of_another_day(multi, project):
    send(multi)
    later = MultiCrop(project)
    send(later, "back")
    assert "Take it back?" in later.question.text
    told(later.question, type="answer", confirmed=True, text=later.question.text)
    later.session.wait()
    assert later.bar.summary == "0 of 4"
    later.close()


def test_pictures_that_stay_are_listed_and_escaped(multi):
    multi.session.stays = (("<b>.png", "no & no"),)
    assert "<li>&lt;b&gt;.png stays: no &amp; no</li>" in multi.stays.value


def test_a_view_may_share_a_session(project):
    session = MultiCropSession(project)
    with pytest.raises(TypeError):
        MultiCrop(None, session=None)
    one, two = MultiCrop(session), MultiCrop(session=session)
    session.toggle_delete(0)
    assert one.bar.marked == two.bar.marked == [True, False, False]
    one.close()
    two.close()
    session.wait()
    session.close()


def test_new_pictures_are_looked_for_on_request(multi, project):
    crops.wait(project, 7)
    told(multi.bar, type="look_again", pictures=list(multi.bar.pictures))
    assert multi.bar.summary == "0 of 5"
