"""Pictures of the picture screens; those for the README go to ``EIGHTCUT_SCREENSHOTS``.

The README shows the reviewer with models that were trained on the sample's simulated
decisions, which takes minutes; every other run shows it with the rule.
"""

import os

import pytest

import eightcut as ec
from tests.browser.hands import use_theme
from tests.browser.picture import keep, place

FOLDER = os.environ.get("EIGHTCUT_SCREENSHOTS")
PAINTED = """() => document.querySelectorAll(".ec-group-frame[data-loaded]").length > 1 &&
    document.querySelectorAll(".ec-group-thumb-picture").length > 10"""

pytestmark = pytest.mark.weights


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_the_reviewer_has_its_picture_taken(show, sample_home, theme, tmp_path):
    with ec.Workspace(sample_home / "screens" if FOLDER else tmp_path / "ws") as ws:
        project = ec.sample_project(ws, progress=False)
        if FOLDER and ec.recommend(ws, project.id, ec.find_groups(project).groups[0]).is_rule:
            decided = ec.sample_decided_projects(ws)
            ec.train_ranker(ws, decided, progress=False)
            ec.train_crop_proposer(ws, decided, progress=False)
        path = ws.path
    page, kernel = show(f"""
import eightcut as ec
from eightcut.widgets import GroupReviewer
ws = ec.Workspace({str(path)!r})
reviewer = GroupReviewer(ws.project("bunny"))
reviewer.add_class('t-groups')
s = reviewer.session
host.children = [reviewer]
""")
    page.set_viewport_size({"width": 1500, "height": 1000})
    use_theme(page, f"JupyterLab {theme}")
    kernel.run("s.go(3); s.take(1); s.take(0, 'manual'); s.take(1, 'none'); s.reject(); s.go(22)")
    kernel.run("s.wait()")
    page.wait_for_function(PAINTED)
    page.wait_for_timeout(1500 if FOLDER else 0)
    target = place(FOLDER or tmp_path, "groups", theme)
    keep(page.locator(".t-groups").screenshot(), target)
    assert target.stat().st_size > 30_000, "the picture is all but empty"
    kernel.run("s.undo(); s.undo(); s.undo(); s.undo(); ws.close()")
