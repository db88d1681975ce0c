"""A workspace whose classifier has three versions: replaced, in use, kept aside."""

import eightcut as ec
from tests.jobs.conftest import WHISTLES, recording, workspace, write_wav

HOSTILE = "<script>alert(1)</script>.wav"
EVENTS = [(start, start + 2) for start in WHISTLES]


def versions(folder):
    """Three versions; the first two have scanned two files that none learned from, and one more."""
    ws = workspace(folder)
    ws.add_media(write_wav(folder / "file4.wav", recording(7)))
    files = ["file2.wav", "file3.wav", "file4.wav"]
    runs = []
    for margin, promote in ((10, True), (12, True), (8, False)):
        runs.append(
            ec.train_classifier(
                ws, "whistle", model="FAKE", margin=margin, promote=promote, progress=False
            )
        )
        if promote:
            ec.scan(ws, files, runs[-1].classifier, progress=False)
    return ws, runs


def known(*filenames):
    """What the files really hold."""
    return dict.fromkeys(filenames or ("file3.wav", "file4.wav"), EVENTS)
