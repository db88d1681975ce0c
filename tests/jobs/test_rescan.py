import contextlib
import os

import numpy as np
import pytest

import eightcut as ec
from eightcut import progress
from eightcut.jobs import scan as job


@pytest.mark.parametrize("head", ["logistic", "mlp"])
def test_a_rescan_scores_the_same_to_the_last_bit_on_any_number_of_cores(ws, head, monkeypatch):
    run = ec.train_classifier(ws, "whistle", model="FAKE", head=head, margin=10, progress=False)
    curves = []
    for cores, threshold in (({0}, 0.6), ({0, 1, 2, 3}, 0.7)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: cores)
        ec.rescan(ws, run.classifier, threshold=threshold, progress=False)
        scans = [ws.clips.get_scan(f"file{n}.wav", "default", "FAKE") for n in range(3)]
        curves.append([scan.scores for scan in scans])
    assert all(np.array_equal(*both) for both in zip(*curves, strict=True))


def test_a_rescan_that_is_interrupted_tells_of_every_file_and_the_next_one_does_the_rest(
    ws, trained, monkeypatch
):
    monkeypatch.setattr(job, "TOGETHER", 2)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    ec.scan(ws, "file3.wav", trained.classifier, progress=False)

    class Interrupted(progress.Silent):
        seen = 0

        def advance(self, seconds):
            self.seen += 1
            if self.seen == 4:
                raise KeyboardInterrupt

    summary = ec.rescan(
        ws,
        trained.classifier,
        threshold=0.9,
        progress=lambda title, total: contextlib.nullcontext(Interrupted()),
    )
    assert [file.status for file in summary.files] == ["complete"] * 2 + ["cancelled"] * 2
    again = ec.rescan(ws, trained.classifier, threshold=0.9, progress=False)
    assert again.counts == {"unchanged": 2, "complete": 2}
