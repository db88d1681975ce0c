import pytest

import eightcut as ec
from tests.jobs.conftest import WHISTLES

EVENTS = [(start, start + 2) for start in WHISTLES]


def stamps(ws, filename="file3.wav"):
    rows = ws.clips.get_scan_versions(filename, "default", "FAKE")
    return [row["timestamp"] for row in reversed(rows)]


def test_two_versions_of_a_file_are_compared(ws):
    ws.clips.save_scan_results("a.wav", "default", "M", [(0, 8, 0.9), (20, 28, 0.5)])
    ws.clips.save_scan_results("a.wav", "default", "M", [(0, 8, 0.8), (40, 48, 0.6)])
    rows = ws.clips.get_scan_versions("a.wav", "default", "M")
    diff = ec.compare_versions(ws, "a.wav", rows[1]["timestamp"], rows[0]["timestamp"])
    assert diff.counts == {"kept": 1, "shifted": 0, "gained": 1, "lost": 1}
    assert diff.gained[0][:2] == (40, 48)
    assert len(diff.frame()) == 3


def test_a_region_a_person_disabled_is_not_compared(ws):
    ws.clips.save_scan_results("a.wav", "default", "M", [(0, 8, 0.9), (20, 28, 0.5)])
    row = ws.clips.get_scan_results("a.wav", "default")["M"][1]
    ws.clips.set_region_disabled(row.id, True)
    (version,) = ws.clips.get_scan_versions("a.wav", "default", "M")
    diff = ec.compare_versions(ws, "a.wav", version["timestamp"], version["timestamp"])
    assert diff.counts == {"kept": 1, "shifted": 0, "gained": 0, "lost": 0}


def test_a_version_that_is_not_there_is_named(ws):
    with pytest.raises(LookupError, match="20200101"):
        ec.compare_versions(ws, "a.wav", "20200101_000000_000000", "x")


def test_a_classifier_is_judged_on_files_with_truth(ws, trained):
    ec.scan(ws, "file3.wav", trained.classifier, progress=False)
    result = ec.evaluate(ws, trained.classifier, {"file3.wav": EVENTS})
    assert result.figures["average precision"].value > 0.9
    assert result.events == 3
    assert set(result.baselines) == {"always the same score", "loudness"}
    assert result.figures["AUROC"].low is None, "one file gives no interval by file"


def test_a_file_without_a_scan_is_left_out_by_name(ws, trained):
    ec.scan(ws, "file3.wav", trained.classifier, progress=False)
    result = ec.evaluate(ws, trained.classifier, {"file3.wav": EVENTS, "file2.wav": []})
    assert [item.path for item in result.skipped] == ["file2.wav"]


def test_a_classifier_that_scanned_nothing_is_told_so(ws, trained):
    with pytest.raises(LookupError, match="scanned none"):
        ec.evaluate(ws, trained.classifier)
    with pytest.raises(LookupError, match="scanned none"):
        ec.evaluate(ws, trained.classifier, {"file3.wav": []})


def test_a_classifier_is_named_by_name_version_or_both(ws, trained):
    ec.scan(ws, "file3.wav", trained.classifier, progress=False)
    stamp = trained.classifier.version
    for name in ("FAKE", stamp, f"FAKE {stamp}"):
        result = ec.evaluate(ws, name, {"file3.wav": EVENTS})
        assert (result.classifier, result.version) == ("FAKE", stamp)
    with pytest.raises(LookupError, match=r"no classifier 'OTHER' \(there are: FAKE\)"):
        ec.evaluate(ws, "OTHER", {"file3.wav": []})
    with pytest.raises(LookupError, match="is of no classifier"):
        ec.evaluate(ws, "20200101_000000_000000", {"file3.wav": []})


def test_files_that_taught_the_classifier_are_told_apart(ws, trained):
    ec.scan(ws, ["file2.wav", "file3.wav"], trained.classifier, progress=False)
    result = ec.evaluate(ws, trained.classifier, {"file2.wav": EVENTS, "file3.wav": EVENTS})
    assert result.unseen["average precision"].n * 2 == result.figures["average precision"].n
    assert any(note.startswith("1 of 2 files taught this version") for note in result.notes)


def test_every_result_shows_itself(ws, trained):
    ec.scan(ws, ["file2.wav", "file3.wav"], trained.classifier, progress=False)
    result = ec.evaluate(ws, trained.classifier, {"file2.wav": EVENTS, "file3.wav": EVENTS})
    stamp = stamps(ws)[0]
    for shown in (trained, result, ec.compare_versions(ws, "file3.wav", stamp, stamp)):
        assert len(shown.frame())
        assert "<table" in shown._repr_html_()
        assert shown.plot().figure is not None
