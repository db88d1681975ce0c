import pytest

from eightcut.jobs.training_stats import training_stats


def counted(ws, folder="whistle", **settings):
    return training_stats(ws, "default", folder, **settings)


def test_what_would_teach_is_counted(ws):
    ws.clips.add_hard_negatives("file3.wav", "default", [40.0])
    ws.clips.add("file0.wav", 70.0, "/clips/song/vid_001/a.mp4", clip_count=1)
    stats = counted(ws)
    assert str(stats) == "4 videos, 9 positives, 1 soft, 1 hard negative"


def test_hard_negatives_can_be_left_out(ws):
    ws.clips.add_hard_negatives("file3.wav", "default", [40.0])
    assert counted(ws, use_hard_negatives=False).hard == 0


def test_clips_of_the_negative_folder_are_no_hard_negatives(ws):
    ws.clips.add("file0.wav", 70.0, "/clips/song/vid_001/a.mp4", clip_count=1)
    stats = counted(ws, negative_folder="song")
    assert (stats.negatives, stats.hard, stats.soft) == (1, 0, 0)


def test_few_positives_are_warned_about(ws):
    assert counted(ws).warnings == ("Only 9 positives; aim for 20 or more.",)


def test_few_files_are_warned_about(ws):
    ws.clips.add("file0.wav", 70.0, "/clips/song/vid_001/a.mp4", clip_count=1)
    assert "The positives come from 1 file" in counted(ws, "song").warnings[1]


@pytest.mark.parametrize(
    ("margin", "told"),
    [(30.0, "48 negatives stand against 9 positives."), (0.0, "48 negatives stand against")],
)
def test_an_imbalance_is_warned_about(ws, margin, told):
    ws.clips.add_hard_negatives("file3.wav", "default", [2.0 * at for at in range(48)])
    assert any(told in warning for warning in counted(ws, margin=margin).warnings)


def test_positives_alone_cannot_teach(ws):
    assert "Nothing to tell the sound from" in counted(ws, margin=0.0).warnings[1]


def test_files_with_only_negatives_are_named(ws):
    ws.clips.add_hard_negatives("file3.wav", "default", [40.0])
    assert counted(ws).warnings[-1] == "1 file holds only negatives."


def test_files_that_are_gone_are_missing(ws, tmp_path):
    (tmp_path / "file1.wav").unlink()
    assert counted(ws).missing == ("file1.wav",)


def test_a_folder_without_clips_teaches_nothing(ws):
    assert counted(ws, "nothing").warnings[0].startswith("There are no clips of the sound")
