import shutil

import pytest
from ipywidgets.widgets.widget import _instances

from eightcut.sessions.scanning import ScanningSession
from eightcut.sessions.training import TrainingSession
from eightcut.widgets import HistoryPanel, ScanPanel, TrainPanel
from tests.jobs.conftest import ws

assert ws  # the fixture of the jobs: real files, a real database


def told(widget, message):
    widget._handle_custom_msg(message, [])


def press(panel, key):
    """What the page sends when a key of a panel was pressed."""
    told(panel.hotkeys, {"type": "verb", "verb": panel.hotkeys.verbs[key]})


@pytest.fixture
def training(ws):
    panel = TrainPanel(ws)
    panel.fields["model"].value = "FAKE"
    panel.fields["margin"].value = 10.0
    yield panel
    panel.close()
    panel.session.wait()


@pytest.fixture
def trained(training):
    training.job.start.click()
    training.session.wait()
    return training


@pytest.fixture
def scanning(ws, trained):
    panel = ScanPanel(ws)
    panel.session.wait()
    yield panel
    panel.close()
    panel.session.wait()


@pytest.mark.parametrize("view", [TrainPanel, ScanPanel, HistoryPanel])
def test_a_panel_without_a_workspace_or_a_session_says_so(view):
    with pytest.raises(TypeError, match="takes a workspace"):
        view()


@pytest.mark.parametrize("view", [TrainPanel, ScanPanel, HistoryPanel])
def test_a_closed_panel_leaves_no_widget_behind(ws, view):
    before = set(_instances)
    panel = view(ws)
    panel.close()
    panel.close()
    assert set(_instances) == before


@pytest.mark.parametrize(
    ("view", "session"), [(TrainPanel, TrainingSession), (ScanPanel, ScanningSession)]
)
def test_a_closed_panel_watches_nothing(ws, view, session):
    shared = session(ws)
    view(session=shared).close()
    watchers = [f for found in shared._trait_notifiers.values() for f in found.values()]
    assert not any(watchers)
    shared.close()
    shared.wait()


def test_the_first_folder_is_preselected(training):
    assert training.fields["positive"].value == ("whistle",)
    assert training.fields["negative"].options[0] == ("(background only)", "")


def test_a_choice_reaches_the_session_and_back(training):
    training.fields["head"].value = "trees"
    assert training.session.head == "trees"
    training.session.choose(margin=0.0)
    assert training.fields["margin"].value == 0.0


def test_the_statistics_follow_the_choices(ws, training):
    ws.clips.add_hard_negatives("file3.wav", "default", [40.0])
    training.fields["use_hard_negatives"].value = False
    training.session.wait()
    assert "0 hard negatives" in training.stats.value
    training.fields["use_hard_negatives"].value = True
    training.session.wait()
    assert "1 hard negative</b>" in training.stats.value


def test_warnings_are_listed_and_escaped(training):
    training.session.wait()
    assert "<li>Only 9 positives; aim for 20 or more.</li>" in training.warnings.value


def test_each_file_is_in_the_table(training):
    training.session.wait()
    assert training.table.page(0, 1) == [("file0.wav", "", "file0.wav", "3", "0", "0", "0", "✓")]


def test_a_key_trains_like_the_button(training):
    press(training, "t")
    training.session.wait()
    assert training.session.result is not None


def test_the_result_stands_beside_its_baselines(trained):
    figures = trained.result.table.value
    assert figures.count('class="ec-baseline"') == 2
    assert len(trained.result.plot.bars.y) == 3
    assert trained.result.table in trained.result.children[1].children[0].children


def test_an_error_is_shown_in_the_panel(training, caplog):
    training.fields["name"].value = "../x"
    training.job.start.click()
    assert training.status.is_problem
    assert "cannot name" in training.status.text


def test_missing_files_are_found_from_the_panel(training, tmp_path):
    assert training.missing.layout.display == "none"
    (tmp_path / "moved").mkdir()
    (tmp_path / "file1.wav").rename(tmp_path / "moved" / "file1.wav")
    training.session.refresh()
    training.session.wait()
    assert training.missing.layout.display is None
    training.place.value = str(tmp_path / "moved")
    training.relocate.click()
    training.session.wait()
    assert training.status.text == "1 of 1 files found"
    assert training.missing.layout.display == "none"


def test_manage_opens_the_negatives_in_place_and_closes_them(ws, training):
    ws.clips.add_hard_negatives("file3.wav", "default", [40.0])
    training.manage.click()
    (grid,) = training.slot.children
    assert grid.session.total == 1
    press(training, "m")
    assert training.slot.children == ()
    assert grid.comm is None


def test_deleting_a_negative_in_the_grid_is_counted(ws, training):
    ids = ws.clips.add_hard_negatives("file3.wav", "default", [40.0])
    training.manage.click()
    session = training.slot.children[0].session
    session.select(ids)
    session.delete_selected()
    training.session.wait()
    assert training.session.stats.hard == 0


def test_the_history_marks_the_current_version_and_restores_another(trained):
    trained.job.start.click()
    trained.session.wait()
    history = trained.history
    assert history.restore.disabled
    assert [row[1] for row in history.table.page(0, 9)] == ["aside", "current"]
    told(history.table, {"type": "verb", "verb": "next"})
    assert "kept aside: not better" in history.why.value
    press(history, "r")
    assert [row[1] for row in history.table.page(0, 9)] == ["current", ""]


def test_a_version_is_shown_with_the_n_behind_its_figure_and_its_negatives(trained):
    (row,) = trained.history.table.page(0, 9)
    (version,) = trained.history.session.versions
    assert row[5] == "0"
    assert row[6] == f"{version.precision:.3f} (n={version.n:,})"
    assert "not comparable" in trained.history.table.hints[4]


def test_what_the_gate_said_is_shown_once(trained):
    said = (trained.status.text, trained.result.warnings.value, trained.history.why.value)
    assert sum("in use: the first of its name" in text for text in said) == 1


def test_the_history_says_why_nothing_can_be_restored(trained):
    assert trained.history.why.value == "There is only one version, and it is in use."


def test_a_scan_fills_the_list(scanning):
    scanning.job.start.click()
    scanning.session.wait()
    rows = scanning.table.page(0, 9)
    assert [row[1] for row in rows] == ["complete"] * 4
    assert scanning.status.text.startswith("4 files: 4 complete.")


def test_keys_choose_and_scan(scanning):
    press(scanning, "n")
    told(scanning.table, {"type": "toggle", "key": "file3.wav", "from": "file3.wav"})
    press(scanning, "s")
    scanning.session.wait()
    assert [row[1] for row in scanning.table.page(0, 9)] == ["", "", "", "complete"]


def test_a_stretch_is_chosen_like_its_first_file(scanning):
    press(scanning, "n")
    told(scanning.table, {"type": "toggle", "key": "file1.wav", "from": "file1.wav"})
    told(scanning.table, {"type": "stretch", "key": "file3.wav", "from": "file1.wav"})
    assert scanning.session.chosen == {"file1.wav", "file2.wav", "file3.wav"}


def test_the_filter_hides_rows_and_says_what_it_hides(scanning):
    scanning.filter.value = "file3"
    assert scanning.table.count == 1
    assert scanning.count.value == "4 of 4 chosen, 3 of them hidden"


def test_a_path_typed_and_entered_is_added(scanning, tmp_path):
    shutil.copy(tmp_path / "file0.wav", tmp_path / "copy.wav")
    scanning.paths.value = str(tmp_path / "nothing*.wav")
    scanning.add.click()
    scanning.session.wait()
    assert scanning.status.is_problem
    assert "matches no file" in scanning.status.text


def test_another_version_of_the_classifier_can_be_chosen(ws, scanning, trained):
    trained.job.start.click()
    trained.session.wait()
    assert len(scanning.versions.options) == 2
    assert scanning.versions.label.endswith("(current)")
    scanning.versions.value = scanning.versions.options[1][1]
    assert scanning.session.version == scanning.versions.options[1][1]


def test_every_key_has_a_button_that_names_it(training, scanning):
    keys = {**training.hotkeys.verbs, **scanning.hotkeys.verbs}
    tips = [button.tooltip for button in (training.job.start, training.manage, training.relocate)]
    tips += [button.tooltip for button in (scanning.job.start, scanning.job.cancel)]
    tips += [button.tooltip for button in scanning.choose.values()]
    named = {
        key
        for key in keys
        if any(f"({key.upper() if len(key) == 1 else key})" in tip for tip in tips)
    }
    assert named == keys.keys() - {"/"}
