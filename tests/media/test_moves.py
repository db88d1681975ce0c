"""Batches of moves: whole units, never onto something, and a journal that outlives a crash."""

import pytest

from eightcut.media import moves
from eightcut.media.moves import Move, Unit


@pytest.fixture
def unit(tmp_path):
    """Two files that move together."""
    pairs = []
    for name in ("a.mp4", "b.wav"):
        (tmp_path / name).write_text(name)
        pairs.append(Move(tmp_path / name, tmp_path / "new" / "deep" / name))
    return Unit("ab", tuple(pairs), {"rows": [["x", "y"]]})


def text(folder):
    return {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_unit_moves_into_folders_that_are_made_for_it(unit, tmp_path):
    outcome = moves.carry_out([unit])
    assert (outcome.moved, outcome.refused) == ([unit], [])
    assert text(tmp_path / "new") == {"a.mp4": "a.mp4", "b.wav": "b.wav"}
    assert not any(source.exists() for source, _ in unit.moves)


def test_carrying_out_a_batch_again_changes_nothing(unit, tmp_path):
    moves.carry_out([unit])
    assert moves.carry_out([unit]).moved == [unit]
    assert text(tmp_path / "new") == {"a.mp4": "a.mp4", "b.wav": "b.wav"}


@pytest.mark.parametrize("place", [0, 1])
def test_nothing_is_moved_onto_a_file_and_the_whole_unit_stays(unit, place):
    target = unit.moves[place].target
    target.parent.mkdir(parents=True)
    target.write_text("precious")
    (refusal,) = moves.carry_out([unit]).refused
    assert str(target) in refusal.reason
    assert target.read_text() == "precious"
    assert all(source.exists() for source, _ in unit.moves)


def test_a_folder_is_not_moved_onto_another_one(tmp_path):
    for name in ("seq", "new/seq"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "frame.webp").write_text(name)
    unit = Unit("seq", (Move(tmp_path / "seq", tmp_path / "new" / "seq"),))
    assert len(moves.carry_out([unit]).refused) == 1
    assert (tmp_path / "new" / "seq" / "frame.webp").read_text() == "new/seq"


def test_a_missing_file_keeps_its_unit_where_it_is_and_the_others_go_on(unit, tmp_path):
    (tmp_path / "c").touch()
    other = Unit("c", (Move(tmp_path / "c", tmp_path / "new" / "c"),))
    unit.moves[1].source.unlink()
    outcome = moves.carry_out([unit, other])
    assert [refusal.unit for refusal in outcome.refused] == [unit]
    assert outcome.moved == [other]
    assert unit.moves[0].source.exists()


def test_a_crash_between_linking_and_unlinking_is_completed(unit):
    source, target = unit.moves[0]
    target.parent.mkdir(parents=True)
    target.hardlink_to(source)
    assert moves.carry_out([unit]).moved == [unit]
    assert not source.exists()
    assert target.read_text() == "a.mp4"


def test_a_link_moves_as_a_link(tmp_path):
    (tmp_path / "real").write_text("real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    moves.carry_out([Unit("link", (Move(tmp_path / "link", tmp_path / "new" / "link"),))])
    assert (tmp_path / "new" / "link").is_symlink()
    assert (tmp_path / "real").exists()


def test_a_journal_brings_the_batch_back(unit, tmp_path):
    journal = tmp_path / "moves.json"
    moves.begin(journal, [unit])
    assert moves.pending(journal) == [unit]
    moves.end(journal)
    assert moves.pending(journal) == []


def test_only_an_empty_folder_is_removed(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    (tmp_path / "empty").mkdir()
    removed = [moves.remove_if_empty(tmp_path / name) for name in ("full", "empty", "absent")]
    assert removed == [False, True, True]
    assert (tmp_path / "full" / "file").exists()


def test_what_stands_in_the_way_is_named(unit):
    assert moves.obstacle(unit) is None
    unit.moves[1].source.unlink()
    assert "b.wav is missing" in moves.obstacle(unit)
