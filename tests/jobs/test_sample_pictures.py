"""The sample picture projects: the plans in full, pictures made from the real film in small."""

import shutil
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
from PIL import Image

import eightcut as ec
from eightcut.home import home
from eightcut.images.groups import group_images
from eightcut.images.stages import stamped
from eightcut.jobs import sample_decisions, sample_pictures, sample_taste
from eightcut.jobs.picture_groups import find_groups
from eightcut.jobs.sample_pictures_plan import FOLDERS, moments, plan
from eightcut.jobs.sample_pictures_recipe import BUNNY, CUTS_S, DECIDED
from eightcut.media import images

PARTS = (BUNNY, *DECIDED)
SMALL = tuple(part._replace(groups=6, height=90) for part in DECIDED)


def grouped(part):
    return group_images([shot.path for shot in plan(part).shots])


def times(part):
    return {shot.path: shot.time_s for shot in plan(part).shots}


def test_a_plan_is_the_same_whenever_it_is_drawn():
    assert plan(BUNNY) == plan(BUNNY)
    assert plan(BUNNY).digest == plan(BUNNY).digest


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_names_form_the_groups_that_were_meant(part):
    found = grouped(part)
    assert len(found.groups) == part.groups
    assert all(len({path.rpartition("/")[0] for path in group}) == 1 for group in found.groups)


def test_the_project_has_what_a_real_one_has():
    found = grouped(BUNNY)
    sizes = {len(group) for group in found.groups}
    assert sizes == {2, 3, 4, 5}
    assert len(found.singletons) == 4
    assert len(found.unparsed) == 6
    assert {path.partition("/")[0] for path in found.unparsed} == {"loose"}
    assert {path.partition("/")[0] for group in found.groups for path in group} == set(FOLDERS)
    assert sum(shot.is_turned for shot in plan(BUNNY).shots) == 1
    assert any(not shot.has_companion for shot in plan(BUNNY).shots)


@pytest.mark.parametrize(("stages", "low", "high"), [((1, 1.5), 12, 18), ((1.5, 2), 60, 85)])
def test_stages_follow_each_other_as_on_a_real_project(stages, low, high):
    gaps = [
        after.time_s - before.time_s
        for part in PARTS
        for group in grouped(part).groups
        for before, after in zip(map(stamped, group), map(stamped, group[1:]), strict=False)
        if (before.stage, after.stage) == stages
    ]
    assert low <= median(gaps) <= high
    assert max(gaps) <= 107


def test_projects_share_no_second_of_film():
    for part in PARTS:
        own = moments(part)
        assert all(any(a <= at < b for a, b in own) for at in times(part).values())
    spans = sorted(span for part in PARTS for span in moments(part))
    assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_group_never_crosses_a_cut_of_the_film(part):
    at = times(part)
    for group in grouped(part).groups:
        shown = [at[path] for path in group]
        assert not any(min(shown) <= cut <= max(shown) for cut in CUTS_S)


@pytest.mark.parametrize("trait", ["blur_px", "noise", "stops"])
def test_no_stage_is_always_the_best(trait):
    shots = [shot for part in PARTS for shot in plan(part).shots if shot.stage]
    means = [
        np.mean([abs(getattr(shot.look, trait)) for shot in shots if shot.stage == stage])
        for stage in (1.0, 1.5, 2.0)
    ]
    assert max(means) < 1.5 * min(means)


def seen(**of):
    usual = {"light": 0.5, "burnt": 0.0, "hardness": 0.9, "middle": 0.25, "colour": 0.2}
    return sample_taste.Looks(**(usual | {"detail": 0.04, "x": 0.5, "y": 0.5, "warmth": 0.0} | of))


def verdicts(looks, stages=(1, 1.5, 2)):
    return [sample_taste.verdict(looks, stages, f"group {n}") for n in range(400)]


def test_the_taste_is_followed_but_for_slips():
    chosen = [verdict.chosen for verdict in verdicts([seen(), seen(light=0.7), seen(light=0.3)])]
    kept = [index for index in chosen if index is not None]
    assert kept.count(1) / len(kept) == pytest.approx(1 - sample_taste.SLIPS, abs=0.05)
    assert {0, 2} <= set(kept)


def test_neither_the_sharpest_nor_the_highest_stage_is_preferred_as_such():
    hard = [seen(hardness=0.7), seen(hardness=0.9), seen(hardness=1.4)]
    chosen = [verdict.chosen for verdict in verdicts(hard)]
    assert chosen.count(0) > 300


def test_a_crop_keeps_the_aspect_of_the_picture():
    boxes = [verdict.crop for verdict in verdicts([seen(), seen(), seen()]) if verdict.crop]
    assert len(boxes) > 300
    assert all(x2 - x1 == pytest.approx(y2 - y1, abs=2e-4) for x1, y1, x2, y2 in boxes)


def test_a_group_that_is_too_dark_is_rejected():
    assert {verdict.action for verdict in verdicts([seen(light=0.1)] * 3)} == {"reject"}


def test_the_same_group_is_decided_the_same_way_again():
    assert verdicts([seen(), seen(), seen()]) == verdicts([seen(), seen(), seen()])


@pytest.fixture(scope="module")
def small_home(tmp_path_factory):
    """A home of its own; the film is fetched once for all."""
    packages, folder = home() / "packages", tmp_path_factory.mktemp("home")
    packages.mkdir(exist_ok=True)
    (folder / "packages").symlink_to(packages)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EIGHTCUT_HOME", str(folder))
        patch.setattr(sample_decisions, "DECIDED", SMALL)
        yield folder


@pytest.fixture(scope="module")
def ws(small_home):
    with ec.Workspace(small_home / "ws") as ws:
        assert sample_decisions.sample_decided_projects(ws, progress=False) == [
            part.name for part in DECIDED
        ]
        yield ws


@pytest.fixture(scope="module")
def bunny(small_home):
    """The sample project with its first groups only, half as high."""
    whole = plan(BUNNY)
    small = whole._replace(part=BUNNY._replace(height=180), shots=whole.shots[:20])
    with ec.Workspace(small_home / "bunny") as ws:
        yield sample_pictures.opened(ws, "bunny", small, progress=False)


@pytest.mark.weights
def test_pictures_are_upright_frames_of_the_film(bunny):
    pictures = [path for group in find_groups(bunny).groups for path in group.images]
    assert len(pictures) > 10
    assert {images.probe(path)[:2] for path in pictures} == {(320, 180)}
    assert all(images.pixels(path).std() > 15 for path in pictures)


@pytest.mark.weights
def test_one_picture_lies_on_its_side_in_the_file(bunny):
    turned = [path for path in bunny.root.rglob("*.jpg") if images.probe(path).is_rotated]
    assert len(turned) == 1
    with Image.open(turned[0]) as stored:
        assert stored.size == (180, 320)


@pytest.mark.weights
def test_alternatives_look_alike_and_are_not_the_same(bunny):
    for group in find_groups(bunny).groups:
        hashes = [images.perceptual_hash(path) for path in group.images]
        assert all((hashes[0] ^ other).bit_count() <= 24 for other in hashes)
        assert len({path.read_bytes() for path in group.images}) == len(group.images)


@pytest.mark.weights
def test_source_and_licence_are_told_in_every_picture_and_beside_them(bunny):
    path = find_groups(bunny).groups[0].images[0]
    with Image.open(path) as picture:
        assert "CC BY 3.0" in picture.info["Source"]
    assert "Blender Foundation" in (bunny.root / "CREDITS.txt").read_text()


@pytest.mark.weights
def test_the_project_has_been_started(bunny):
    assert bunny.manifest["title"] == "Big Buck Bunny"
    assert bunny.manifest["counts"]["groupCount"] == len(find_groups(bunny).groups)


@pytest.mark.weights
def test_the_same_plan_gives_the_same_bytes(bunny, monkeypatch, tmp_path, small_home):
    (tmp_path / "packages").symlink_to(small_home / "packages")
    monkeypatch.setenv("EIGHTCUT_HOME", str(tmp_path))
    small = plan(BUNNY)._replace(shots=plan(BUNNY).shots[:3])
    small = small._replace(part=BUNNY._replace(height=180))
    for path in sample_pictures.made(small, progress=False).rglob("*.png"):
        assert path.read_bytes() == (bunny.root / path.parent.name / path.name).read_bytes()


@pytest.mark.weights
def test_opening_it_again_keeps_what_was_done_in_it(ws):
    project = ws.project(SMALL[0].name)
    moved = find_groups(project).groups[0].images[0]
    aside = moved.rename(moved.with_name("set aside.jpg"))
    again = sample_pictures.opened(ws, project.id, plan(SMALL[0]), progress=False)
    assert again is project
    assert aside.exists()
    assert not moved.exists()
    aside.rename(moved)


@pytest.mark.weights
def test_a_folder_with_other_pictures_is_left_alone(small_home, tmp_path):
    with ec.Workspace(tmp_path) as ws:
        mine = tmp_path / "pictures" / "mine"
        mine.mkdir(parents=True)
        (mine / "holiday.png").write_bytes(b"mine")
        with pytest.raises(ValueError, match="holds other pictures; choose another project_id"):
            sample_pictures.opened(ws, "mine", plan(SMALL[0]), progress=False)
        assert list(mine.iterdir()) == [mine / "holiday.png"]
        assert ws.projects() == []


@pytest.mark.weights
def test_a_build_that_was_cut_short_leaves_nothing_that_counts(small_home, tmp_path, monkeypatch):
    def broken(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sample_pictures.variants, "write", broken)
    other = plan(SMALL[0]._replace(height=60))
    with ec.Workspace(tmp_path) as ws, pytest.raises(KeyboardInterrupt):
        sample_pictures.opened(ws, "cut-short", other, progress=False)
    assert not (tmp_path / "pictures").exists()
    made = small_home / "sample-pictures-made"
    assert not any(other.digest in path.name for path in made.iterdir())


@pytest.mark.weights
def test_every_group_of_the_decided_projects_has_a_row(ws):
    for part in SMALL:
        db = ws.project(part.name).decisions
        assert len(db.decisions()) == part.groups
        assert db.validate() == []
        assert db.incomplete_crops() == []


@pytest.mark.weights
def test_simulated_decisions_name_no_model(ws):
    for row in ws.project(SMALL[0].name).decisions.decisions():
        assert row.provenance == "reviewer"
        unknown = (row.ai_selected_index, row.ai_crop_coords, row.ai_confidence)
        assert unknown == (None, None, None)
        assert (row.model_version, row.selection_match, row.crop_match) == (None, None, None)


@pytest.mark.weights
def test_pictures_of_the_decided_projects_are_where_the_rows_say(ws):
    project = ws.project(SMALL[1].name)
    for row in project.decisions.decisions():
        assert all((project.root / row.directory / name).is_file() for name in row.images)
        assert (row.image_width, row.image_height) == (160, 90)


@pytest.mark.weights
def test_asking_again_changes_no_row(ws, small_home, tmp_path):
    shutil.copytree(small_home / "ws", tmp_path / "ws")
    with ec.Workspace(tmp_path / "ws") as again:
        before = again.project(SMALL[2].name).decisions.decisions()
        sample_decisions.sample_decided_projects(again, progress=False)
        assert again.project(SMALL[2].name).decisions.decisions() == before


@pytest.mark.weights
def test_decisions_of_a_project_are_not_added_to_once_its_pictures_were_moved(small_home, tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        project = sample_pictures.opened(ws, SMALL[0].name, plan(SMALL[0]), progress=False)
        for path in find_groups(project).groups[0].images:
            path.unlink()
        sample_decisions.sample_decided_projects(ws, progress=False)
        assert project.decisions.decisions() == []
