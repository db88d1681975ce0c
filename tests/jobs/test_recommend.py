import shutil
import time

import numpy as np
import pytest

import eightcut as ec
from eightcut.images.decisions import selection_match
from eightcut.jobs.learning import picture_models
from eightcut.jobs.recommend import recommender
from eightcut.sessions.group_review import GroupReviewSession
from tests.jobs import tasteful
from tests.jobs.tasteful import MODEL


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A workspace with a ranker and a crop proposer in use, to copy."""
    folder = tmp_path_factory.mktemp("recommend")
    with tasteful.workspace(folder, 2) as ws:
        for train in (ec.train_ranker, ec.train_crop_proposer):
            assert train(ws, ["p0", "p1"], model=MODEL, quality=False, progress=False).is_current
    return folder


@pytest.fixture
def ws(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    with ec.Workspace(tmp_path / "ws") as opened:
        tasteful.project(opened, "new", 5, seed=7)
        yield opened


def groups(ws, project="new"):
    return ec.find_groups(ws.project(project)).groups


def test_the_ranker_recommends_what_the_person_likes(ws):
    decided = {
        row.images: row.user_selected_index for row in ws.project("new").decisions.decisions()
    }
    for group in groups(ws):
        told = ec.recommend(ws, "new", group)
        assert told.index == decided[tuple(path.name for path in group.images)]
        assert 0.5 < told.confidence <= 1
        assert not told.is_rule


def test_a_recommendation_names_its_versions_and_a_reason(ws):
    told, models = ec.recommend(ws, "new", groups(ws)[0]), picture_models(ws)
    ranker, crop = (models.current_version(kind) for kind in ("ranker", "crop"))
    assert told.model_version == f"ranker {ranker} + crop {crop}"
    assert told.reason.startswith(f"{round(100 * told.confidence)} % for stage ")


def test_a_crop_is_recommended_inside_the_picture(ws):
    x1, y1, x2, y2 = ec.recommend(ws, "new", groups(ws)[0]).crop
    assert 0 <= x1 < x2 <= 1
    assert 0 <= y1 < y2 <= 1
    assert x2 - x1 == pytest.approx(y2 - y1, rel=0.005)


def test_a_crop_of_nearly_everything_is_none(ws):  # case 49
    models = picture_models(ws)
    tensors = models.current("crop").model.tensors
    tensors["bias"][2] = 100
    found = models.current("crop").model.__class__(tensors)
    about = {"embedder": MODEL, "revision": models.current("crop").revision, "card": {}}
    models.save("crop", found, held_out={}, is_current=True, **about)
    told = ec.recommend(ws, "new", groups(ws)[0])
    assert told.crop is None
    assert told.index is not None


def test_without_a_model_a_rule_recommends_and_is_never_the_models_mistake(tmp_path):  # case 48
    with tasteful.workspace(tmp_path, 1, groups=2) as ws:
        told = ec.recommend(ws, "p0", groups(ws, "p0")[0])
        assert (told.is_rule, told.index, told.confidence, told.crop) == (True, 2, None, None)
        assert told.model_version is None
        assert selection_match(told.ai_index, 0) is None


def test_a_group_can_be_named_by_its_pictures(ws):
    group = groups(ws)[0]
    names = [path.name for path in group.images]
    assert ec.recommend(ws, "new", names) == ec.recommend(ws, "new", group)


def test_a_project_that_is_not_there_is_a_lookup_error(ws):
    with pytest.raises(LookupError):
        ec.recommend(ws, "nobody", [])


def test_a_picture_that_cannot_be_read_leaves_it_to_the_rule_with_the_reason(ws):
    group = groups(ws)[0]
    group.images[1].write_bytes(b"no picture")
    told = ec.recommend(ws, "new", group)
    assert told.is_rule
    assert "the ranker could not be asked" in told.reason


def test_a_ranker_broken_on_disk_leaves_it_to_the_rule_with_the_reason(ws):
    version = picture_models(ws).current_version("ranker")
    card = ws.path / "classifiers/ranker" / version / "card.json"
    card.write_text("{")
    told = ec.recommend(ws, "new", groups(ws)[0])
    assert (told.is_rule, told.index) == (True, 2)
    assert "cannot be used" in told.reason


def test_a_crop_proposer_broken_on_disk_leaves_the_pick(ws):
    version = picture_models(ws).current_version("crop")
    (ws.path / "classifiers/crop" / version / "card.json").write_text("{")
    told = ec.recommend(ws, "new", groups(ws)[0])
    assert (told.is_rule, told.crop) == (False, None)
    assert "no crop: " in told.reason


def test_another_version_is_noticed(ws):
    advise, group = recommender(ws.project("new")), groups(ws)[0]
    before = advise(group).model_version
    ec.train_ranker(ws, "p0", model=MODEL, quality=False, force=True, progress=False)
    assert advise(group).model_version != before


def test_a_ranker_that_is_put_back_is_used_again(ws):
    advise, group = recommender(ws.project("new")), groups(ws)[0]
    version = picture_models(ws).current_version("ranker")
    card = ws.path / "classifiers/ranker" / version / "card.json"
    content = card.read_text()
    card.write_text("{")
    assert advise(group).is_rule
    card.write_text(content)
    assert not advise(group).is_rule


def test_what_was_seen_before_is_recommended_at_once(ws):
    group = groups(ws)[0]
    ec.recommend(ws, "new", group)
    begun = time.perf_counter()
    for _ in range(10):
        ec.recommend(ws, "new", group)
    assert (time.perf_counter() - begun) / 10 < 0.2


def test_the_reviewer_shows_what_the_models_say(ws):
    session = GroupReviewSession(ws.project("new"))
    session.wait()
    told = [row.recommendation for row in session.groups]
    session.close()
    assert all(seen.model_version.startswith("ranker ") for seen in told)
    assert np.isfinite([seen.confidence for seen in told]).all()
