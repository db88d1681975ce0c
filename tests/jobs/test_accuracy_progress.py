import pytest

import eightcut as ec
from eightcut.jobs.accuracy_progress import HELD_OUT, NEW, progress_of
from eightcut.jobs.learning import train_ranker
from tests.jobs import pictures

GROUPS = 12


@pytest.fixture
def taught(tmp_path):
    """Two decided projects; version 1 has learned from mojo."""
    folder = tmp_path
    with ec.Workspace(folder / "ws") as ws:
        for number, name in enumerate(("mojo", "kiki")):
            for place in range(GROUPS):
                group(folder / name, place, seed=1000 * number + 10 * place)
            ec.start_project(ws, name, folder / name)
            decide(ws.project(name))
        learn(ws, ["mojo"])
        yield ws


def group(folder, place, seed):
    for stage in (1, 1.5, 2):
        pictures.png(folder / pictures.name(place, stage), seed=seed + int(2 * stage))


def decide(project):
    width, height = pictures.SIZE
    for place in range(GROUPS):
        names = [pictures.name(place, stage) for stage in (1, 1.5, 2)]
        project.decisions.log_ai_decision(
            f"{project.id}_{place}", names, ai_selected_index=None, user_selected_index=place % 3,
            user_action="approve", image_width=width, image_height=height, directory="",
        )  # fmt: skip


def learn(ws, names):
    return train_ranker(
        ws, names, model="TECHNICAL_QUALITY", quality=False, force=True, progress=False
    )


def test_without_versions_it_says_so(tmp_path):
    with pictures.project(tmp_path) as project, ec.Workspace(project.workspace_path) as ws:
        assert "No version" in progress_of(ws, ["mojo"]).why_not


def test_a_version_is_judged_on_what_it_has_never_seen(taught):
    found = progress_of(taught, ["kiki"])
    (score,) = found.versions
    assert (score.model.n, score.is_current, found.how) == (GROUPS, True, NEW)
    assert (found.highest_stage.hits, found.highest_stage.n) == (GROUPS // 3, GROUPS)
    assert score.change.value is None


def test_versions_are_compared_on_the_same_decisions_each_by_what_it_said_before(taught):
    """The second version has learned from both projects: it answered when they were held out."""
    second = learn(taught, ["mojo", "kiki"])
    found = progress_of(taught, ["mojo", "kiki"])
    assert [one.version for one in found.versions][-1] == second.model.version
    assert {one.model.n for one in found.versions} == {2 * GROUPS}
    assert found.how == HELD_OUT
    assert found.versions[1].change.n == 2 * GROUPS
    assert list(found.frame()["change"].isna()) == [True, False]


def test_the_report_and_its_page_tell_the_progress(taught):
    report = ec.accuracy_report(taught, "kiki", path=taught.path / "page.html")
    assert report.progress.versions
    assert "The same decisions for all" in report.path.read_text()


def test_a_damaged_version_is_passed_over(taught):
    versions = sorted((taught.path / "classifiers" / "ranker").glob("2*"))
    (versions[0] / "card.json").write_text("{")
    assert len(progress_of(taught, ["kiki"]).versions) == len(versions) - 1


def test_decisions_that_a_version_learned_from_untested_are_no_test(tmp_path):
    """Too few groups to hold any out: the version has seen them all and was tested on none."""
    with (
        pictures.project(tmp_path, groups=4) as project,
        ec.Workspace(project.workspace_path) as ws,
    ):
        for place in range(4):
            names = [pictures.name(place, stage) for stage in (1, 1.5, 2)]
            ws.project("mojo").decisions.log_ai_decision(
                f"g{place}", names, ai_selected_index=None, user_selected_index=0,
                user_action="approve", image_width=64, image_height=48, directory="",
            )  # fmt: skip
        learn(ws, ["mojo"])
        assert "no decision that all of them can be judged on" in progress_of(ws, ["mojo"]).why_not
