"""Which scans are meant, where there are scans and no classifier."""

import numpy as np
import pytest

import eightcut as ec
from tests.jobs import queues

V1, V2 = "20260101_000000_000000", "20260102_000000_000000"
EVENTS = [(30.0, 32.0)]


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as opened:
        yield opened


def scanned(ws, filename="f", model="YAMNET", version="", **more):
    curve = np.random.default_rng(3).random(100).astype(np.float32)
    about = {"threshold": 0.5, "window": 8.0, "hop": 1.0, "scores": curve} | more
    return ws.clips.save_scan_results(
        filename, "default", model, [], classifier_version=version, **about
    )


def evaluate(ws, named, *files, **more):
    return ec.evaluate(ws, named, dict.fromkeys(files or ("f",), EVENTS), **more)


@pytest.mark.parametrize("named", ["YAMNET", "{stamp}", "YAMNET {stamp}"])
def test_a_scan_without_any_classifier_is_judged_by_name_and_timestamp(ws, named):
    stamp = scanned(ws)
    result = evaluate(ws, named.format(stamp=stamp))
    assert (result.classifier, result.events) == ("YAMNET", 1)
    assert result.figures["average precision"].n


def test_a_name_without_a_classifier_means_the_newest_scan_of_each_file(ws):
    scanned(ws, "f", version=V1)
    scanned(ws, "f", version=V2)
    scanned(ws, "g", version=V1)
    result = evaluate(ws, "YAMNET", "f", "g")
    assert len(result.files) == 2
    assert result.version == ""
    assert str(result).startswith("YAMNET: 2 files")
    assert any("they are by 2 versions" in note for note in result.notes)


def test_a_name_whose_scans_are_of_one_version_tells_it_and_has_one_before(ws):
    scanned(ws, "f", version=V1)
    scanned(ws, "f", version=V2)
    result = evaluate(ws, "YAMNET")
    assert (result.version, result.previous.version) == (V2, V1)


def test_a_version_of_scans_alone_is_found_without_its_name(ws):
    scanned(ws, "f", version=V1)
    scanned(ws, "f", version=V2)
    assert evaluate(ws, V1).version == V1
    assert evaluate(ws, f"YAMNET {V1}").version == V1


def test_a_timestamp_means_that_scan_and_the_same_version_of_other_files(ws):
    first = scanned(ws, "f", version=V1, threshold=0.4)
    scanned(ws, "f", version=V1, threshold=0.9)
    scanned(ws, "g", version=V1, threshold=0.4)
    result = evaluate(ws, first, "f", "g")
    assert (len(result.files), result.threshold) == (2, 0.4)
    assert not any("several thresholds" in note for note in result.notes)


def test_the_version_in_use_counts_where_it_has_scanned_and_else_earlier_scans(ws):
    scanned(ws, "f", model="FAKE", version=V1)
    current = queues.saved(ws)
    result = evaluate(ws, "FAKE")
    assert result.version == V1
    assert any(f"the version in use, {current.version}, has scanned" in n for n in result.notes)
    queues.scanned(ws, current, "f", np.linspace(0, 1, 100))
    assert evaluate(ws, "FAKE").version == current.version


def test_a_version_that_several_have_must_be_named(ws):
    scanned(ws, model="A", version=V1)
    scanned(ws, model="B", version=V1)
    with pytest.raises(LookupError, match="may be of A or B"):
        evaluate(ws, V1)


def test_a_version_that_is_not_there_is_told_with_those_that_are(ws):
    scanned(ws, version=V1)
    with pytest.raises(LookupError, match=f"no version 'zzz' of YAMNET .* there is {V1}"):
        evaluate(ws, "YAMNET", version="zzz")
    with pytest.raises(LookupError, match=f"no version 'zzz' of YAMNET .* there is {V1}"):
        evaluate(ws, "YAMNET zzz")


@pytest.mark.parametrize("given", [None, 5, ""])
def test_what_is_no_classifier_is_told_in_a_sentence(ws, given):
    scanned(ws)
    told = f"name a classifier.*not {given!r}"
    with pytest.raises(ValueError, match=told):
        evaluate(ws, given)
    with pytest.raises(ValueError, match=told):
        ec.review_budget(ws, given)
    with pytest.raises(ValueError, match=told):
        ec.review_queue(ws, given)


def test_what_nothing_can_be_compared_with_is_told(ws):
    scanned(ws, version=V1)
    with pytest.raises(ValueError, match="not 5"):
        evaluate(ws, V1, against=5)


def test_a_budget_and_a_queue_need_only_scans(ws):
    stamp = scanned(ws)
    for named in ("YAMNET", stamp, f"YAMNET {stamp}"):
        assert ec.review_budget(ws, named).files == 1
        assert len(ec.review_queue(ws, named, n=3)) == 3
    assert "YAMNET: 1 files" in str(ec.review_budget(ws, "YAMNET"))
