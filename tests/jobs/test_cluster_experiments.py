"""Experiments over a cluster: the same figures as without one."""

import contextlib

import pytest

import eightcut as ec
from eightcut.progress import Silent
from tests.jobs.conftest import WHISTLES

pytestmark = pytest.mark.filterwarnings("ignore")  # distributed's own

GRID = {"positive_folder": "whistle", "model": "FAKE", "margin": 10.0, "clips": [3, None]}


def test_runs_have_the_same_figures_and_scores(ws, client, tmp_path):
    alone = ec.run_experiments(ws, GRID, progress=False)
    with ec.Workspace(tmp_path / "other") as other:
        other.add_media([media.path for media in ws.clips.list_media()])
        copy_clips(other)
        together = ec.run_experiments(other, GRID, progress=False, client=client)
    assert [run.figures for run in alone.runs] == [run.figures for run in together.runs]
    assert [run.card["scores"] for run in alone.runs] == [
        run.card["scores"] for run in together.runs
    ]


def test_finished_runs_are_not_run_again_and_a_failed_one_says_why(ws, client):
    grid = GRID | {"clips": [1, None]}
    first = ec.run_experiments(ws, grid, progress=False, client=client)
    again = ec.run_experiments(ws, grid, progress=False)
    assert [run.reason for run in first.runs][1] == ""
    assert [run.figures for run in first.runs] == [run.figures for run in again.runs]
    assert [run.reason for run in first.runs] == [run.reason for run in again.runs]


def test_the_bars_end_at_their_totals(ws, client):
    done = {}

    @contextlib.contextmanager
    def counting(title, total):
        bar = Counting()
        yield bar
        done[title] = (bar.done, total)

    ec.run_experiments(ws, GRID, progress=counting, client=client)
    assert done["Embedding"] == pytest.approx((360.0, 360.0))
    assert done["Experiments"] == (2, 2)


class Counting(Silent):
    done = 0.0

    def advance(self, seconds):
        self.done += seconds


def copy_clips(other):
    for seed in range(3):
        for index, start in enumerate(WHISTLES):
            clip = f"/clips/whistle/vid_{seed + 1:03d}/clip_{index}.mp4"
            other.clips.add(f"file{seed}.wav", start - 3, clip, clip_count=1)
