"""The reviewer's messages, without a browser."""

import pytest
from ipywidgets import Widget
from ipywidgets.widgets.widget import _instances

from eightcut.images.decisions import Recommendation
from eightcut.sessions.group_review import GroupReviewSession
from eightcut.widgets import GroupReviewer
from tests.jobs import pictures

BOX = (0.1, 0.1, 0.9, 0.8)


def model(_group):
    return Recommendation(1, 0.874, BOX, "ranker 1", "sharpest")


@pytest.fixture
def project(tmp_path):
    made = pictures.project(tmp_path, groups=5)
    yield made
    made.close()


@pytest.fixture
def reviewer(project):
    made = GroupReviewer(project, recommend=model, page_size=3)
    yield made
    made.close()


@pytest.fixture
def sent(reviewer, monkeypatch):
    """What the view sends of its own accord: message and buffers."""
    found = []
    monkeypatch.setattr(reviewer.view, "send", lambda *parts: found.append(parts))
    return found


def tell(reviewer, verb, turn=0, view="page", **more):
    message = {"type": "act", "verb": verb, "view": view, "turn": turn, "advised": True} | more
    reviewer.view._handle_custom_msg(message, [])


def keys(reviewer):
    return [row["key"] for row in reviewer.view.state["groups"]]


def test_the_state_is_all_that_the_page_needs(reviewer):
    state = reviewer.view.state
    assert (state["total"], state["pages"], state["current"]) == (5, 2, 0)
    assert len(state["groups"]) == 3
    assert len(state["ahead"]) == 2
    first = state["groups"][0]
    assert (first["pick"], first["box"], first["overlay"]) == (1, BOX, True)
    assert (first["advice"], first["reason"]) == ("AI 87 %", "sharpest · ranker 1")


def test_a_rule_is_called_a_rule(project):
    reviewer = GroupReviewer(project)
    assert reviewer.view.state["groups"][0]["advice"] == "rule: highest stage"


def test_a_message_is_about_the_group_that_the_page_showed(reviewer):
    third = keys(reviewer)[2]
    tell(reviewer, "take", place=0, crop="manual", key=third)
    assert reviewer.session.rows[2].folder == "crop"


def test_the_answer_says_which_message_it_includes(reviewer):
    tell(reviewer, "next", turn=0)
    tell(reviewer, "next", turn=1)
    assert reviewer.view.state["heard"] == {"page": 1}
    assert reviewer.view.state["current"] == 2


def test_a_message_that_fails_is_answered_too(reviewer):
    tell(reviewer, "take", place=0, crop="shown", key="gone")
    assert reviewer.view.state["heard"] == {"page": 0}
    assert "no longer here" in reviewer.status.text
    assert reviewer.status.is_problem


def test_messages_that_overtake_each_other_wait_for_their_turn(reviewer):
    first = keys(reviewer)[0]
    about = {"place": 0, "crop": "shown", "key": first}
    tell(reviewer, "reject", turn=1, key=first)
    assert reviewer.session.rows[0].folder == ""
    tell(reviewer, "take", turn=0, **about)
    assert reviewer.session.rows[0].folder == "delete_staging"


def test_pictures_are_sent_as_they_are_asked_for(reviewer, sent):
    key = keys(reviewer)[1]
    wanted = [[key, 2], [key, 0]]
    reviewer.view._handle_custom_msg({"type": "want", "edge": 512, "wanted": wanted}, [])
    reviewer.view._previews.wait()
    assert [(about["key"], about["index"]) for about, _ in sent] == [(key, 2), (key, 0)]
    assert all(buffers[0][:2] == b"\xff\xd8" for _, buffers in sent)  # JPEG


def test_a_picture_that_cannot_be_read_is_a_sentence(reviewer, sent):
    row = reviewer.session.groups[0]
    row.group.images[0].write_bytes(b"nothing")
    wanted = [[row.key, 0]]
    reviewer.view._handle_custom_msg({"type": "want", "edge": 512, "wanted": wanted}, [])
    reviewer.view._previews.wait()
    assert row.group.images[0].name in sent[0][0]["problem"]


def test_the_lens_gets_the_picture_in_its_own_pixels(reviewer, sent):
    message = {"type": "lens", "key": keys(reviewer)[0], "index": 1}
    reviewer.view._handle_custom_msg(message, [])
    reviewer.view._lens.wait()
    about, _ = sent[0]
    assert (about["full"], about["edge"]) == (True, max(pictures.SIZE))


def test_an_answer_to_an_earlier_question_changes_nothing(reviewer):
    session = reviewer.session
    session.ask_reject_rest()
    answer = {"type": "answer", "confirmed": True, "text": "Something else?"}
    reviewer.question._handle_custom_msg(answer, [])
    assert session.counts.decided == 0
    reviewer.question._handle_custom_msg(answer | {"text": session.question}, [])
    assert session.counts.rejected == 3


def test_names_of_pictures_aside_are_escaped(tmp_path):
    project = pictures.project(tmp_path, groups=1)
    pictures.png(project.root / "<b>&.png")
    reviewer = GroupReviewer(project)
    assert "&lt;b&gt;&amp;.png" in reviewer.aside.value
    assert "<b>" not in reviewer.aside.value
    project.close()


def test_two_reviewers_of_one_session_are_in_step(reviewer):
    other = GroupReviewer(reviewer.session)
    tell(reviewer, "take", place=1, crop="shown", key=keys(reviewer)[0])
    assert other.view.state["groups"][0]["folder"] == "crop_auto"
    other.close()
    tell(reviewer, "undo", turn=1)
    assert other.view.state["groups"][0]["folder"] == "crop_auto"


def test_the_order_is_a_choice(reviewer):
    reviewer.order.value = "uncertain"
    reviewer.session.wait()
    assert reviewer.session.order == "uncertain"
    assert not reviewer.status.is_problem


def test_closing_leaves_nothing_behind(project):
    Widget.close_all()
    reviewer = GroupReviewer(project)
    reviewer.close()
    reviewer.close()
    assert not _instances


def test_a_reviewer_needs_a_project_or_a_session(project):
    with pytest.raises(TypeError, match="takes a project"):
        GroupReviewer()
    session = GroupReviewSession(project)
    assert GroupReviewer(session=session).session is session
