import threading
import time

import pytest

from eightcut.jobs import cluster
from eightcut.progress import Cancelled, Silent
from tests.jobs import cluster_tasks as tasks

pytestmark = pytest.mark.filterwarnings("ignore")  # distributed's own


class Counting(Silent):
    done = 0.0

    def advance(self, seconds):
        self.done += seconds


def outcomes(client, work, given, **how):
    found = list(cluster.outcomes(client, work, given, **{"bar": Silent()} | how))
    return sorted(found, key=lambda outcome: outcome.number)


def test_every_task_comes_back_once(client):
    found = outcomes(client, tasks.double, list(range(40)))
    assert [outcome.value for outcome in found] == [2 * number for number in range(40)]


def test_a_task_that_fails_costs_itself_alone(client):
    found = outcomes(client, tasks.picky, list(range(6)))
    assert [str(outcome.problem) for outcome in found if outcome.problem] == [
        "1 is odd",
        "3 is odd",
        "5 is odd",
    ]
    assert [outcome.value for outcome in found if not outcome.problem] == [0, 2, 4]


def test_a_worker_that_is_killed_costs_a_retry(client, tmp_path):
    given = [(number, tmp_path / "tried") for number in range(6)]
    assert [outcome.value for outcome in outcomes(client, tasks.deadly_once, given)] == [*range(6)]
    assert (tmp_path / "tried").exists()


def test_a_task_that_kills_every_worker_is_named_and_takes_no_other_with_it(client):
    found = outcomes(client, tasks.deadly, list(range(6)))
    assert [outcome.value for outcome in found] == [None, 1, 2, 3, 4, 5]
    assert "every worker that took it died" in str(found[0].problem)


def test_the_bar_ends_at_the_sum_of_the_sizes(client):
    bar = Counting()
    outcomes(client, tasks.double, list(range(10)), sizes=[2.0] * 10, bar=bar)
    assert bar.done == 20.0


def test_the_bar_moves_while_a_task_is_under_way_and_a_cancel_stops_it(client, tmp_path):
    bar, cancel = Counting(), threading.Event()
    thread = threading.Thread(target=lambda: (waited(lambda: bar.done > 0), cancel.set()))
    thread.start()
    given = [tmp_path / "first", tmp_path / "second"]
    with pytest.raises(Cancelled):
        outcomes(client, tasks.long, given, sizes=[60.0, 60.0], bar=bar, cancel=cancel)
    thread.join()
    begun = [path for path in given if path.with_suffix(".begun").exists()]
    assert begun
    waited(lambda: all(path.with_suffix(".ended").exists() for path in begun))
    assert 0 < bar.done < 60


def test_no_tasks_are_no_work(client):
    assert outcomes(client, tasks.double, []) == []


def test_a_client_without_workers_says_so(monkeypatch):
    from distributed import Client, LocalCluster

    monkeypatch.setattr(cluster, "PATIENCE_S", 0.1)
    options = {"n_workers": 0, "processes": False, "dashboard_address": None}
    with (
        LocalCluster(**options) as empty,
        Client(empty) as client,
        pytest.raises(ConnectionError, match="has no workers"),
    ):
        outcomes(client, tasks.double, [1])


def waited(is_so):
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
