import threading

import pytest

import eightcut as ec
from eightcut.models import fake
from eightcut.sessions import news
from eightcut.sessions.review import ReviewSession
from eightcut.sessions.scanning import ScanningSession
from tests.jobs.conftest import recording, trained, write_wav, ws

assert ws  # the fixtures of the jobs: real files, a real database
assert trained


@pytest.fixture
def session(ws, trained):
    scanning = ScanningSession(ws)
    scanning.wait()
    yield scanning
    scanning.close()
    scanning.wait()


def scan(session):
    session.scan()
    session.wait()


def statuses(session):
    return [row.status for row in session.rows]


def test_at_first_everything_unscanned_is_chosen(session):
    assert len(session.chosen) == session.files == 4


def test_the_settings_of_the_workspace_are_the_defaults(ws, session):
    assert (session.threshold, session.fuse_gap) == (ws.settings.threshold, ws.settings.fuse_gap)


def test_a_scan_stores_a_version_of_each_chosen_file(ws, session):
    session.choose_none()
    session.choose(["file3.wav"])
    scan(session)
    assert len(ws.clips.get_scan_versions("file3.wav", "default", "FAKE")) == 1
    assert statuses(session) == ["", "", "", "complete"]


def test_the_summary_adds_up(ws, session, tmp_path):
    (tmp_path / "file1.wav").unlink()
    fresh(ws)
    scan(session)
    assert session.message.startswith("4 files: 1 failed, 3 complete") or (
        session.message.startswith("4 files: 3 complete, 1 failed")
    )
    assert sum(session.summary.counts.values()) == 4


def fresh(ws):
    """Forget all embeddings, so that files are opened again."""
    import shutil

    shutil.rmtree(ws.embeddings.root)


def test_a_failed_file_has_its_reason(ws, session, tmp_path):
    (tmp_path / "file1.wav").unlink()
    fresh(ws)
    scan(session)
    assert session.row("file1.wav").status == "failed"
    assert "file1.wav" in session.row("file1.wav").reason


def test_scanning_again_leaves_the_same_scan_alone(session):
    scan(session)
    scan(session)
    assert statuses(session) == ["unchanged"] * 4
    assert session.message.startswith("4 files: 4 unchanged")


def test_a_cancel_keeps_what_is_done_and_the_next_press_goes_on(ws, session):
    def stop(_change):
        if "complete" in statuses(session):
            session.cancel()

    fresh(ws)
    session.observe(stop, "rows")
    scan(session)
    session.unobserve(stop, "rows")
    before = statuses(session)
    scan(session)
    assert before.count("cancelled") > 0
    assert before.count("complete") + before.count("cancelled") == 4
    assert sorted(set(statuses(session))) == ["complete", "unchanged"]


def test_progress_tells_how_far_it_is(ws, session):
    seen = []
    fresh(ws)
    session.observe(lambda change: seen.append(change.new), "progress")
    scan(session)
    fractions = [progress.fraction for progress in seen[:-1]]
    assert fractions == sorted(fractions)
    assert any(progress.doing == "file2.wav" for progress in seen)
    assert session.progress.fraction == 0


def test_a_second_scan_at_the_same_time_is_refused(session):
    session.running = True
    with pytest.raises(ValueError, match="running already"):
        session.scan()
    session.running = False


def test_without_a_classifier_there_is_nothing_to_scan_with(tmp_path):
    with ec.Workspace(tmp_path / "empty") as empty:
        session = ScanningSession(empty)
        with pytest.raises(LookupError, match="train one first"):
            session.scan()
        session.wait()


def test_without_a_file_there_is_nothing_to_scan(session):
    session.choose_none()
    with pytest.raises(LookupError, match="choose a file"):
        session.scan()


def test_a_filter_hides_files_and_keeps_them_chosen(session):
    session.show_only("FILE3")
    assert [row.filename for row in session.rows] == ["file3.wav"]
    session.choose_none()
    assert len(session.chosen) == 3


def test_unscanned_means_by_this_version_of_the_classifier(ws, session):
    scan(session)
    ec.train_classifier(ws, "whistle", model="FAKE", margin=10, promote=True, progress=False)
    session.refresh()
    session.wait()
    assert statuses(session) == ["older version"] * 4
    session.choose_none()
    session.choose_unscanned()
    assert len(session.chosen) == 4


def test_an_older_version_can_scan(ws, session, trained):
    ec.train_classifier(ws, "whistle", model="FAKE", margin=10, progress=False)
    session.refresh()
    session.open("FAKE", trained.classifier.version)
    session.choose_none()
    session.choose(["file3.wav"])
    scan(session)
    assert session.summary.classifier_version == trained.classifier.version


def test_files_are_added_by_path_and_chosen(session, tmp_path):
    write_wav(tmp_path / "new1.wav", recording(8))
    session.choose_none()
    session.add(f"{tmp_path}/new*.wav; {tmp_path}/nothing.wav")
    session.wait()
    assert session.chosen == {"new1.wav"}
    assert session.message.startswith("1 file added and chosen.")
    assert session.is_problem  # the other one does not exist


def test_keys_walk_the_list_and_choose(session):
    session.act("next")
    session.act("next")
    session.act("toggle")
    assert (session.current, len(session.chosen)) == ("file2.wav", 3)


def test_a_review_of_a_scanned_file_shows_the_new_version(ws, session):
    review = ReviewSession(ws, "file3.wav")
    assert review.versions == ()
    scan(session)
    assert len(review.versions) == 1
    review.close()


def test_a_classifier_trained_elsewhere_is_offered(ws, session):
    ec.train_classifier(ws, "whistle", model="FAKE", name="two", margin=10, progress=False)
    news.tell(ws.path, "classifiers")
    assert session.names == ("FAKE", "FAKE_two")


def test_a_job_that_fails_says_so_in_one_sentence(ws, session, monkeypatch, caplog):
    fake.Fake.revision = "2"
    try:
        scan(session)
    finally:
        fake.Fake.revision = "1"
    assert session.is_problem
    assert "train it again" in session.message
    assert not session.running


def test_closing_cancels(ws, session):
    fresh(ws)
    session.observe(lambda _change: session.close(), "progress")
    scan(session)
    assert "cancelled" in statuses(session)


def test_scans_never_run_on_the_thread_that_asked(session):
    seen = set()
    session.observe(lambda _: seen.add(threading.current_thread().name), "progress")
    scan(session)
    assert "eightcut job" in seen


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_threshold_outside_of_zero_and_one_is_refused(session, value):
    with pytest.raises(ValueError, match="between 0 and 1"):
        session.set_threshold(value)
