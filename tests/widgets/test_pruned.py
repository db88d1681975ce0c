"""The screen of a version that another kernel has pruned."""

import eightcut as ec
from eightcut.widgets import ScanReview
from tests.sessions.workspace import FILE, scan


def test_the_screen_tells_and_the_dropdown_leads_to_the_newest(ws):
    screen = ScanReview(ws, FILE)
    screen.versions.value = screen.session.versions[-1].stamp
    with ec.Workspace(ws.path) as other:
        scan(other, "YAMNET", [(5.0, 13.0, 0.9)])
        other.clips.save_scan_results(FILE, "default", "YAMNET", [(6.0, 14.0, 0.9)], 1)
    screen.session.select(screen.session.regions[0].id)
    screen.buttons["toggle_disabled"].click()
    assert screen.status.is_problem
    assert "was pruned by another program" in screen.status.text
    assert [label.endswith("pruned") for label, _ in screen.versions.options] == [False, True]
    screen.versions.value = screen.versions.options[0][1]
    assert [row.start for row in screen.session.regions] == [6.0]
    assert not screen.status.is_problem
    screen.close()
