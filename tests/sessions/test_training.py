import pytest

import eightcut as ec
from eightcut.sessions import news
from eightcut.sessions.history import HistorySession
from eightcut.sessions.training import TrainingSession
from eightcut.sessions.versions import local, told_apart
from tests.jobs.conftest import ws

assert ws  # the fixture of the jobs: real files, a real database


@pytest.fixture
def session(ws):
    ws.clips.add("file0.wav", 70.0, "/clips/song/vid_001/a.mp4", clip_count=1)
    training = TrainingSession(ws)
    training.choose(model="FAKE", margin=10.0, positive=["whistle"])
    yield training
    training.close()
    training.wait()


def train(session):
    session.train()
    session.wait()


def test_the_first_folder_is_chosen_and_background_is_the_other_side(ws):
    session = TrainingSession(ws)
    assert (session.positive, session.negative) == (("whistle",), "")
    assert session.model == "YAMNET"
    session.close()


def test_folders_say_how_much_they_hold(session):
    labels = [folder.label for folder in session.folders]
    assert labels == ["song  (1 video, 1 clip)", "whistle  (3 videos, 9 clips)"]


def test_the_choices_are_counted(session):
    session.wait()
    assert str(session.stats) == "3 videos, 9 positives, 1 soft, 0 hard negatives"
    assert not session.counting


def test_only_the_last_of_many_quick_choices_is_counted(session):
    session.wait()
    seen = []
    session.observe(lambda change: seen.append(change.new.margin), "stats")
    for margin in range(20, 30):
        session.choose(margin=float(margin))
    session.wait()
    assert seen == [29.0]


def test_a_negative_folder_cannot_be_positive_too(session):
    session.choose(negative="song")
    session.choose(positive=["song", "whistle"])
    assert session.negative == ""


@pytest.mark.parametrize(
    "choice",
    [{"positive": ["owl"]}, {"negative": "owl"}, {"model": "GPT"}, {"head": "x"}, {"colour": 1}],
)
def test_what_does_not_exist_cannot_be_chosen(session, choice):
    with pytest.raises(LookupError, match=r"there is no|has no choice"):
        session.choose(**choice)


def test_a_margin_below_zero_is_refused(session):
    with pytest.raises(ValueError, match="0 or more"):
        session.choose(margin=-1.0)


def test_training_makes_a_classifier_current(ws, session):
    train(session)
    assert session.message.startswith("FAKE is trained and in use: the first of its name")
    assert ws.classifiers.current("FAKE", "default").version == session.result.classifier.version


def test_training_takes_every_choice(session):
    session.choose(head="trees", name="two", negative="song", use_hard_negatives=False)
    train(session)
    settings = session.result.classifier.card["settings"]
    assert session.result.classifier.name == "FAKE_two"
    assert (settings["head"], settings["negative_folder"]) == ("trees", "song")
    assert not settings["use_hard_negatives"]


def test_a_name_that_cannot_be_stored_is_refused_before_anything_runs(session):
    session.choose(name="../x")
    with pytest.raises(ValueError, match="cannot name"):
        session.train()
    assert not session.running


def test_a_cancelled_training_stores_nothing(ws, session):
    session.observe(lambda _change: session.cancel(), "progress")
    train(session)
    assert session.message.startswith("Cancelled.")
    assert ws.classifiers.names("default") == []


def test_what_fails_is_said_in_one_sentence(session, tmp_path, caplog):
    for index in range(3):
        (tmp_path / f"file{index}.wav").unlink()
    train(session)
    assert session.is_problem
    assert session.message.startswith("no training file could be used")


def test_missing_files_are_found_in_another_folder(session, tmp_path):
    (tmp_path / "moved").mkdir()
    (tmp_path / "file1.wav").rename(tmp_path / "moved" / "file1.wav")
    session.refresh()
    session.wait()
    assert session.stats.missing == ("file1.wav",)
    session.relocate(str(tmp_path / "moved"))
    session.wait()
    assert session.message == "1 of 1 files found"
    assert session.stats.missing == ()


def test_a_folder_that_does_not_exist_is_told(session, tmp_path, caplog):
    (tmp_path / "file1.wav").unlink()
    session.refresh()
    session.wait()
    session.relocate("/does/not/exist")
    session.wait()
    assert session.is_problem
    assert "is not a folder" in session.message
    assert not session.relocating


def test_negatives_marked_elsewhere_are_counted(ws, session):
    session.wait()
    ws.clips.add_hard_negatives("file3.wav", "default", [40.0])
    news.tell(ws.path, "negatives")
    session.wait()
    assert session.stats.hard == 1


def test_an_older_version_is_restored_and_back(ws, session):
    train(session)
    train(session)
    newer, older = session.history.versions
    session.history.restore(newer.version)
    session.history.restore(older.version)
    assert ws.classifiers.current("FAKE", "default").version == older.version
    session.history.restore(newer.version)
    assert [one.is_current for one in session.history.versions] == [True, False]


def test_versions_say_what_they_learned_from(session):
    train(session)
    (only,) = session.history.versions
    assert (only.clips, only.files, only.is_current) == (9, 3, True)
    assert only.precision == session.result.metrics["average precision"].value
    assert only.n == session.result.metrics["average precision"].n


def test_a_version_says_how_many_hard_negatives_it_learned_from(ws, session):
    ws.clips.add_hard_negatives("file3.wav", "default", [36.0, 76.0], source_model="FAKE")
    train(session)
    assert session.history.versions[0].negatives == 2


@pytest.mark.parametrize(
    ("stamps", "ends"),
    [
        (["20260101_120010_000000", "20260101_130040_000000"], [":00", ":00"]),
        (["20260101_120010_000000", "20260101_120040_000000"], [":10", ":40"]),
        (["20260101_120010_000001", "20260101_120010_000002"], ["10.000001", "10.000002"]),
    ],
)
def test_versions_of_one_minute_are_told_apart(stamps, ends):
    dates = told_apart(lambda form: [local(stamp, form) for stamp in stamps])
    assert [date.endswith(end) for date, end in zip(dates, ends, strict=True)] == [True, True]


def test_it_is_said_why_nothing_can_be_restored(ws, session):
    history = session.history
    assert history.why_not == "No classifier has been trained in this profile yet."
    train(session)
    assert history.why_not == "There is only one version, and it is in use."
    train(session)
    assert history.why_not == "Select a version to use it."
    history.step(1)
    assert history.why_not == ""
    history.step(1)
    assert history.why_not == "This version is the one in use."


def test_a_version_kept_aside_says_why(session):
    train(session)
    train(session)
    newer, older = session.history.versions
    assert newer.is_aside
    assert older.is_current
    assert newer.reason == session.result.gate.reason
    assert session.message == f"FAKE is trained and {newer.reason}."


def test_a_restored_version_rescans_what_it_had_scanned(ws, session):
    train(session)
    ec.scan(ws, ["file0.wav", "file3.wav"], "FAKE", progress=False)
    train(session)
    newer = session.history.versions[0].version
    session.history.restore(newer)
    session.history.rescan()
    session.history.wait()
    assert session.history.message == "Scanned 2 files again from what was heard before."
    versions = ws.clips.get_scan_versions("file3.wav", "default", "FAKE")
    assert versions[0]["classifier_version"] == newer


def test_without_scans_there_is_nothing_to_scan_again(session):
    train(session)
    with pytest.raises(LookupError, match="has scanned no file yet"):
        session.history.rescan()


def test_a_restore_is_heard_by_every_history(ws, session):
    train(session)
    train(session)
    other = HistorySession(ws)
    session.history.restore(session.history.versions[0].version)
    assert other.versions[0].is_current
    other.close()


def test_a_damaged_version_is_shown_and_cannot_be_restored(ws, session):
    train(session)
    train(session)
    older = session.history.versions[1].version
    (ws.path / "classifiers" / "FAKE" / older / "head.safetensors").write_bytes(b"")
    session.history.refresh()
    session.history.select(older)
    assert older in session.history.why_not
    with pytest.raises(ValueError, match=older):
        session.history.restore()
