"""Files are known by content; two contents never share a key."""

import pytest

FILE = "film.mp4"


def add(db, path, fingerprint):
    return db.add_media(str(path), fingerprint, 60.0, 1000, True)


def test_a_file_comes_back_as_registered(db, frozen_clock):
    added = add(db, "/v/film.mp4", "one")
    stamp = "2026-04-19T14:30:22.123456+00:00"
    assert added == (FILE, "/v/film.mp4", "one", 60.0, 1000, True, stamp)
    assert db.get_media(FILE) == added
    assert db.list_media() == [added]
    assert db.get_media("other.mp4") is None


def test_an_unknown_duration_stays_unknown(db):
    assert db.add_media("/v/film.mp4", "one", None, 1, False).duration is None


@pytest.mark.parametrize("moved", ["/v/renamed.mp4", "/w/film.mp4"])
def test_a_renamed_or_moved_file_keeps_its_key(db, moved):
    first = add(db, "/v/film.mp4", "one")
    assert add(db, moved, "one") == first._replace(path=moved)
    assert len(db.list_media()) == 1


def test_other_content_of_the_same_name_gets_its_parents_in_front(db):
    keys = [
        add(db, path, path).filename for path in ("/a/x/film.mp4", "/b/x/film.mp4", "/c/x/film.mp4")
    ]
    assert keys == ["film.mp4", "x/film.mp4", "c/x/film.mp4"]


def test_content_that_replaced_other_content_gets_a_key_of_its_own(db):
    keys = {add(db, "/v/film.mp4", str(number)).filename for number in range(5)}
    assert len(keys) == 5
    assert [media.path for media in db.list_media()].count("/v/film.mp4") == 1


def test_data_of_a_file_that_still_exists_elsewhere_is_not_taken_over(db, tmp_path):
    old, new = tmp_path / "a" / FILE, tmp_path / "b" / FILE
    for path in (old, new):
        path.parent.mkdir()
        path.touch()
    db.add(FILE, 10, "/out/E/vid_001/a.mp4", source_path=str(old))
    assert add(db, new, "two").filename == "b/film.mp4"
    assert add(db, old, "one").filename == FILE


def test_data_of_a_file_that_is_gone_belongs_to_the_one_found(db, tmp_path):
    db.add(FILE, 10, "/out/E/vid_001/a.mp4", source_path="/gone/film.mp4")
    assert add(db, tmp_path / FILE, "one").filename == FILE


def test_every_method_takes_a_key_that_no_file_is_registered_under(db):
    key = "any/where '%_\\.mp4"
    db.add(key, 1, "/out/E/vid_001/a.mp4", profile="p")
    db.save_scan_results(key, "p", "m", [(0, 8, 0.5)])
    db.add_hard_negatives(key, "p", [4])
    db.hide_file(key, "p")
    assert db.get_clip_count(key, "p") == len(db.get_markers(key, "p")) == 1
    assert db.get_scanned_filenames("p", "m") == db.get_hidden_files("p") == {key}
    assert db.get_hard_negative_times(key, "p") == {4}
    assert db.undo(key, "p")
