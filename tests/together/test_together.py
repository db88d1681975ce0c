"""A sample of ``python -m tests.together``: nothing told is lost, nobody hears of a lock."""

import pytest

from eightcut import Workspace
from tests.together import counting, running

WRITERS, ROWS = 4, 150


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Folder, logs, logs of killed writers, and what each process said when it ended."""
    folder = tmp_path_factory.mktemp("together")
    Workspace(folder).close()
    writers = [running.writer(folder, number, ROWS) for number in range(WRITERS)]
    reader = running.reader(folder, 1)
    killed = running.kill_in_turn(folder, WRITERS, 2, until=lambda: False)
    ends = [running.finished(process) for process in (*(p for p, _ in writers), reader)]
    return folder, [log for _, log in writers], killed, ends


def test_writers_and_a_long_reader_end_without_a_word(ran):
    assert ran[-1] == [("", 0)] * (WRITERS + 1)


def test_every_writer_is_told_of_every_row(ran):
    assert [len(counting.told(log)) for log in ran[1]] == [ROWS] * WRITERS


def test_what_was_told_is_there_also_to_those_who_were_killed(ran):
    folder, logs, killed, _ = ran
    table = counting.table(folder, logs + killed)
    assert sum(told for told, _, _ in table.values()) >= WRITERS * ROWS
    assert {kind: lost for kind, (_, lost, _) in table.items()} == dict.fromkeys(table, 0)


def test_a_killed_writer_left_at_most_the_one_row_it_was_not_told_of(ran):
    folder, logs, killed, _ = ran
    more = [more for _, _, more in counting.table(folder, logs + killed).values()]
    assert sum(more) <= len(killed)
