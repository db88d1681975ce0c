"""A dense mode in the jobs: embeddings that survive a crash, classifiers that carry its name."""

import numpy as np
import pytest

import eightcut as ec
from eightcut.audio.windows import WINDOWS
from eightcut.jobs.embed import embed
from eightcut.models import fake, registry
from eightcut.models.stretches import Stretch
from eightcut.progress import Silent
from tests.jobs.conftest import recording, workspace, write_wav


class Dense(fake.Fake):
    """Its rows depend on all of a stretch, as those of a network do."""

    name, revision, stretch = "FAKE@dense", "1-dense", Stretch(8.0, 2.0)
    crash_at = 0

    def grid(self, window):
        return window._replace(length=1.0, hop=1.0)

    def encode(self, sound, first, rows, span):
        self.crash_at -= 1
        if self.crash_at == 0:
            raise KeyboardInterrupt
        own = self.embed(sound[first : first + rows * span].reshape(rows, span))
        return own + np.float32(np.abs(sound).mean())


@pytest.mark.parametrize("crash_at", [1, 2, 5])
def test_embeddings_after_a_crash_are_the_same_to_the_bit(tmp_path, crash_at):
    path = write_wav(tmp_path / "long.wav", recording(1, 70.5))
    whole, broken = Dense(), Dense()
    broken.crash_at = crash_at
    found = []
    for folder, embedder in (("a", whole), ("b", broken)):
        with ec.Workspace(tmp_path / folder) as ws:
            media = ws.add_media(path)[0]
            if embedder is broken:
                with pytest.raises(KeyboardInterrupt):
                    embed(ws, media, embedder, WINDOWS, bar=Silent())
            found.append(embed(ws, media, embedder, WINDOWS, bar=Silent()))
            found[-1] = (np.array(found[-1].frames), found[-1].rms)
    assert len(found[0][0]) == 70
    assert np.array_equal(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])


def test_a_classifier_carries_the_mode_in_its_name(tmp_path, monkeypatch):
    registered = {"sound": {"FAKE@dense": Dense}, "image": {}}
    monkeypatch.setattr(registry, "_registered", registered)
    with workspace(tmp_path) as ws:
        run = ec.train_classifier(ws, "whistle", model="FAKE@dense", margin=10, progress=False)
        assert run.classifier.name == "FAKE@dense"
        ec.scan(ws, ["file3.wav"], run.classifier, progress=False)
        assert ws.clips.get_scan_versions("file3.wav", "default", "FAKE@dense")
        assert run.classifier.embedder == "FAKE@dense"
