"""A classifier that was hardly trained, and scans with planted score curves."""

import numpy as np

from eightcut.audio.windows import WINDOWS
from eightcut.models import classifier as classifiers
from eightcut.models.fake import Fake

NAME = "FAKE"


def saved(ws, name=NAME, folder="whistle"):
    """A version of a classifier that learned from four windows; nobody asks it for scores."""
    x = np.random.default_rng(0).normal(size=(4, Fake.width)).astype("f4")
    fitted = classifiers.fit(x, [True, False, True, False], ["a", "a", "b", "b"])
    card = {"settings": {"positive_folder": folder}}
    return ws.classifiers.save(name, "default", fitted, embedder=Fake(), grid=WINDOWS, card=card)


def scanned(ws, classifier, filename, curve, *, threshold=0.5, window=8.0, hop=1.0):
    """Store a planted curve as a scan by this version."""
    return ws.clips.save_scan_results(
        filename,
        "default",
        classifier.name,
        [],
        scores=np.asarray(curve, "f4"),
        classifier_version=classifier.version,
        threshold=threshold,
        window=window,
        hop=hop,
    )
