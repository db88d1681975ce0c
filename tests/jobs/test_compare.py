"""Planted versions whose differences are known."""

import contextlib
import math
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import eightcut as ec
from eightcut.audio.regions import from_scores
from eightcut.audio.truth import FileTruth
from eightcut.audio.windows import Grid
from eightcut.models.classifier import fit

FILE, GRID = "owls.wav", Grid(8.0, 1.0)
SECONDS = 600  # what 593 windows cover


def curve(floor=0.1, seconds=593, **at):
    """A quiet curve with these scores at these windows, such as ``s20=0.9``."""
    scores = np.full(seconds, floor, "f4")
    for second, score in at.items():
        scores[int(second[1:])] = score
    return scores


def plant(ws, scores, *, filename=FILE, model="OWLS", version="v1", threshold=0.5, **more):
    """Store a scan as ``ec.scan`` would, and return its stamp."""
    about = {"window": 8.0, "hop": 1.0, "fuse_gap": 0.0} | more
    grid = Grid(about["window"], about["hop"])
    found = [] if scores is None else from_scores(scores, grid, threshold, about["fuse_gap"])
    found = about.pop("regions", found)
    about |= {"threshold": threshold, "classifier_version": version, "scores": scores}
    return ws.clips.save_scan_results(filename, "default", model, found, **about)


@pytest.fixture
def ws(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        yield ws


@pytest.fixture
def pair(ws):
    """One region kept, one shifted, one gained, one lost; and where the new one is bolder."""
    old = curve(s20=0.9, s100=0.8, s101=0.7, s102=0.6, s200=0.6)
    new = curve(s20=0.8, s102=0.7, s103=0.8, s104=0.8, s300=0.9)
    return plant(ws, old), plant(ws, new, version="v2")


def region(ws, stamp, index):
    return ws.clips.get_scan_results(FILE, "default", stamp)["OWLS"][index]


def test_kept_shifted_gained_and_lost_are_told(ws, pair):
    diff = ec.compare_versions(ws, FILE, *pair)
    assert diff.counts == {"kept": 1, "shifted": 1, "gained": 1, "lost": 1}
    assert (diff.gained[0].start, diff.lost[0].start) == (300, 200)
    assert diff.shifted[0].old[:2] == (100, 110)
    assert diff.is_comparable


def test_changes_come_by_weight_with_what_both_versions_hear(ws, pair):
    changes = ec.compare_versions(ws, FILE, *pair).changes()
    assert [change.kind for change in changes] == ["gained", "lost", "kept", "shifted"]
    gained = changes[0]
    assert (gained.old_score, gained.new_score) == pytest.approx((0.1, 0.9))
    assert gained.weight == pytest.approx((0.9 - 0.5) - (0.1 - 0.5))


def test_both_are_matched_at_the_old_versions_own_rate_unless_told(ws):
    old = plant(ws, curve(s20=0.9, s60=0.8))
    new = plant(ws, curve(s20=0.9, s60=0.8, s100=0.7, s140=0.6), version="v2")
    diff = ec.compare_versions(ws, FILE, old, new)
    assert diff.counts["gained"] == 2
    assert diff.matched.regions.counts == {"kept": 2, "shifted": 0, "gained": 0, "lost": 0}
    assert (diff.matched.old_threshold, diff.matched.new_threshold) == pytest.approx((0.8, 0.8))
    assert diff.matched.n == 2
    assert diff.matched.rate == pytest.approx(2 / (SECONDS / 3600))


def test_the_rate_can_be_asked_for(ws, pair):
    matched = ec.compare_versions(ws, FILE, *pair, rate=6.0).matched
    assert (matched.n, matched.rate, matched.asked) == (1, pytest.approx(6.0), 6.0)
    with pytest.raises(ValueError, match="-1"):
        ec.compare_versions(ws, FILE, *pair, rate=-1.0)


def test_with_truth_only_regions_that_touch_no_event_are_alarms(ws):
    old = plant(ws, curve(s20=0.9, s60=0.8, s100=0.7))
    new = plant(ws, curve(s20=0.6, s60=0.9, s100=0.5), version="v2")
    truth = {FILE: [(22.0, 26.0), (102.0, 104.0)]}
    matched = ec.compare_versions(ws, FILE, old, new, truth=truth, rate=0.0).matched
    assert matched.n == 0
    assert "false alarms" in matched.basis
    assert (matched.old_threshold, matched.new_threshold) == (pytest.approx(0.9), math.inf)
    matched = ec.compare_versions(ws, FILE, old, new, truth=truth, rate=6.0).matched
    assert matched.n == 1
    assert matched.regions.counts == {"kept": 3, "shifted": 0, "gained": 0, "lost": 0}


def test_weights_are_finite_where_a_version_may_report_nothing(ws):
    old, new = plant(ws, curve(s20=0.9, s60=0.8)), plant(ws, curve(s60=0.9), version="v2")
    diff = ec.compare_versions(ws, FILE, old, new, truth={FILE: [(22.0, 26.0)]}, rate=0.0)
    (lost,) = diff.changes(matched=True)
    assert (lost.kind, lost.weight) == ("lost", pytest.approx(0.8))


def test_hours_are_those_of_which_the_truth_is_known(ws, pair):
    truth = {FILE: FileTruth(FILE, (), ((0.0, 60.0), (290.0, 350.0)))}
    matched = ec.compare_versions(ws, FILE, *pair, truth=truth).matched
    assert matched.hours == pytest.approx(120 / 3600)
    assert matched.n == 1, "of the old version's regions, only one is in known time"


def test_too_few_marks_are_no_truth_and_the_basis_says_so(ws, pair):
    ws.clips.add_hard_negatives(FILE, "default", [20.0], end_times=[28.0])
    matched = ec.compare_versions(ws, FILE, *pair).matched
    assert "right or wrong" in matched.basis
    assert matched.hours == pytest.approx(SECONDS / 3600)


def test_a_reviewed_file_is_truth(ws, pair):
    ws.clips.add_reviewed(FILE, "default", 0.0, float(SECONDS))
    matched = ec.compare_versions(ws, FILE, *pair).matched
    assert "touch no event" in matched.basis


def test_a_version_without_a_curve_is_compared_but_not_matched(ws):
    old = plant(ws, None, regions=[(20, 28, 0.9)], window=None, hop=None)
    new = plant(ws, curve(s20=0.9), version="v2")
    diff = ec.compare_versions(ws, FILE, old, new)
    assert diff.counts["kept"] == 1
    assert diff.matched is None
    assert any("no score curve is stored of the old version" in note for note in diff.notes)
    assert diff.changes(matched=True) == []


def test_across_classifiers_only_ranks_and_events_are_told(ws):
    old = plant(ws, curve(s20=0.9, s60=0.3))
    new = plant(ws, curve(s20=0.09, s100=0.08) / 2, model="HAWKS", threshold=0.04)
    diff = ec.compare_versions(ws, FILE, old, new)
    assert not diff.is_comparable
    assert {change.score_change for change in diff.changes()} == {None}
    assert any("different classifiers" in note for note in diff.notes)
    assert diff.agreement.n == 593
    assert diff.agreement.in_common is not None


def learned(ws, revision):
    """The version of a classifier named OWLS on this revision of an embedder."""
    x = np.random.default_rng(0).normal(size=(12, 4)).astype("f4")
    fitted = fit(x, [True, False] * 6, list("aabbccddeeff"))
    embedder = SimpleNamespace(name="BIRDS", revision=revision)
    return ws.classifiers.save("OWLS", "default", fitted, embedder=embedder, grid=GRID, card={})


def test_scores_on_another_revision_of_an_embedder_are_not_comparable(ws):
    versions = [learned(ws, revision) for revision in ("1.0", "1.0", "2.0")]
    for version in versions:
        plant(ws, curve(s20=0.9), version=version.version)
    assert ec.compare_versions(ws, FILE, *versions[:2]).is_comparable
    diff = ec.compare_versions(ws, FILE, *versions[1:])
    assert not diff.is_comparable
    assert any("BIRDS 1.0 and BIRDS 2.0" in note for note in diff.notes)


def test_a_changed_file_and_other_windows_are_said(ws):
    old = plant(ws, curve(s20=0.9), fingerprint="one")
    new = plant(ws, curve(s40=0.9), version="v2", fingerprint="two", window=0.975, hop=0.48)
    notes = " ".join(ec.compare_versions(ws, FILE, old, new).notes)
    assert "file has changed" in notes
    assert "0.975 s every 0.48 s" in notes


def frames(*seconds, hop=0.48):
    """A curve of frames that holds the sound for 1.5 s at these places."""
    scores = np.full(1200, 0.1, "f4")
    for second in seconds:
        scores[round(second / hop) : round(second / hop) + 2] = 0.9
    return scores


def test_windows_of_other_lengths_are_paired_by_the_shorter_region(ws):
    old = plant(ws, curve(**{f"s{second}": 0.9 for second in (*range(20, 28), *range(100, 108))}))
    scores = np.minimum(frames(26, 107, 300), np.where(np.arange(1200) < 600, 0.9, 0.7))
    new = plant(ws, scores, version="v2", window=0.975, hop=0.48)
    diff = ec.compare_versions(ws, FILE, old, new, rate=30.0)
    assert diff.counts == {"kept": 0, "shifted": 2, "gained": 1, "lost": 0}
    assert diff.matched.regions.counts["shifted"] == 2
    assert any("windows differ: 8 s against 0.975 s" in note for note in diff.notes)


def test_other_hops_change_nothing_about_the_pairing(ws):
    old, new = plant(ws, curve(s20=0.9)), plant(ws, curve(s10=0.9), version="v2", hop=2.0)
    diff = ec.compare_versions(ws, FILE, old, new)
    assert diff.regions.overlap == "tiou"
    assert not any("windows differ" in note for note in diff.notes)


def test_disabled_regions_are_left_out_and_counted(ws, pair):
    ws.clips.set_region_disabled(region(ws, pair[0], 0).id, True)
    diff = ec.compare_versions(ws, FILE, *pair)
    assert diff.left_out == (1, 0)
    assert diff.counts["gained"] == 2
    assert any("1 regions of the old version" in note for note in diff.notes)


def test_edits_of_people_count_unless_the_scans_are_asked_for(ws, pair):
    ws.clips.set_region_disabled(region(ws, pair[0], 0).id, True)
    ws.clips.resize_region(region(ws, pair[0], 2).id, 300.0, 308.0)
    ws.clips.add_region(FILE, "default", "OWLS", 400.0, 408.0, scan_timestamp=pair[0])
    assert ec.compare_versions(ws, FILE, *pair).counts["kept"] == 1
    scanned = ec.compare_versions(ws, FILE, *pair, edited=False)
    assert scanned.counts == {"kept": 1, "shifted": 1, "gained": 1, "lost": 1}
    assert scanned.left_out == (0, 0)


def test_windows_without_a_score_are_no_alarm(ws):
    scores = curve(s20=0.9)
    scores[50:90] = np.nan
    diff = ec.compare_versions(ws, FILE, plant(ws, scores), plant(ws, scores, version="v2"))
    assert diff.matched.regions.counts["kept"] == diff.matched.n == 1


def test_versions_are_named_in_several_ways(ws, pair):
    said = [pair, ("v1", "v2"), ("OWLS v1", "OWLS v2"), (f"OWLS {pair[0]}", "OWLS")]
    assert len({ec.compare_versions(ws, FILE, *names).old.timestamp for names in said}) == 1
    with pytest.raises(LookupError, match="v3"):
        ec.compare_versions(ws, FILE, "v1", "v3")


def test_a_name_that_two_classifiers_have_is_not_guessed(ws, pair):
    plant(ws, curve(), model="HAWKS")
    with pytest.raises(ValueError, match="HAWKS and OWLS"):
        ec.compare_versions(ws, FILE, "v1", "v2")


heights = st.lists(st.sampled_from([0.2, 0.45, 0.55, 0.7, 0.9]), min_size=12, max_size=12)
planted = heights.map(
    lambda tops: curve(seconds=140, **{f"s{10 * n}": s for n, s in enumerate(tops)})
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(planted, planted, st.floats(0, 400))
def test_the_other_way_round_gained_and_lost_swap(ws, one, other, rate):
    stamps = plant(ws, one), plant(ws, other, version="v2")
    there = ec.compare_versions(ws, FILE, *stamps, rate=rate)
    back = ec.compare_versions(ws, FILE, *stamps[::-1], rate=rate)
    assert (there.gained, there.lost) == (back.lost, back.gained)
    assert there.matched.regions.gained == back.matched.regions.lost
    assert there.matched.rate <= rate
    assert [c.weight for c in there.changes()] == pytest.approx([c.weight for c in back.changes()])
    ours = sum(there.counts[kind] for kind in ("kept", "shifted", "gained"))
    assert ours == len(from_scores(other, GRID, 0.5))


def test_a_diff_shows_itself_with_names_escaped(ws):
    name = "<b>$x_1$.wav"
    stamps = [plant(ws, curve(s20=0.9), filename=name), plant(ws, curve(s40=0.9), filename=name)]
    diff = ec.compare_versions(ws, name, *stamps)
    assert "<b>" not in diff._repr_html_()
    assert diff._repr_html_().count("<table") == 2
    for matched in (False, True):
        assert diff.plot(matched=matched).figure._repr_png_()
    assert "0 kept, 0 shifted, 1 gained, 1 lost at own thresholds" in str(diff)
    assert diff.frame()["change"].tolist() == ["lost", "gained"]


@pytest.fixture
def unnamed(ws):
    """A scan as 8-cut stored it, before there were versions, and one made since."""
    stamp = plant(ws, None, regions=[(20, 28, 0.9), (60, 68, 0.7)], window=None, hop=None)
    newer = plant(ws, curve(s20=0.9), version="v2")
    with contextlib.closing(sqlite3.connect(ws.path / "eightcut.db")) as db, db:
        db.execute(
            "UPDATE scans SET scan_timestamp = '', created_at = NULL, classifier_version = '' "
            "WHERE scan_timestamp = ?",
            (stamp,),
        )
    return newer


def test_a_scan_without_a_name_can_be_compared_and_says_what_it_is(ws, unnamed):
    told = f"8-cut's unnamed scan to {unnamed}: 1 kept, 0 shifted, 0 gained, 1 lost"
    oldest = ws.clips.get_scan(FILE, "default", "OWLS", "unnamed")
    for named in ("", "8-cut's unnamed scan", {"timestamp": ""}, oldest):
        assert told in str(ec.compare_versions(ws, FILE, named, unnamed))
    assert len(ec.compare_versions(ws, FILE, "", unnamed, edited=False).lost) == 1
    assert ec.compare_versions(ws, None, "", "v2").old == "OWLS 8-cut's unnamed scan"


def test_where_no_scan_is_without_a_name_that_is_told(ws, pair):
    with pytest.raises(LookupError, match=r"owls\.wav has no unnamed scan of 8-cut"):
        ec.compare_versions(ws, FILE, "", pair[1])


# -- many files ----------------------------------------------------------------------


@pytest.fixture
def profile(ws):
    """Two files with both versions, one with the old version only."""
    plant(ws, curve(s20=0.9, s60=0.8), filename="a.wav")
    plant(ws, curve(s20=0.9, s60=0.3), filename="a.wav", version="v2")
    plant(ws, curve(s20=0.6), filename="b.wav")
    plant(ws, curve(s20=0.55, s100=0.95), filename="b.wav", version="v2")
    plant(ws, curve(), filename="c.wav")
    return ws


def test_a_profile_is_compared_file_by_file(profile):
    diff = ec.compare_versions(profile, None, "OWLS v1", "OWLS v2")
    assert [file.filename for file in diff.files] == ["a.wav", "b.wav"]
    assert diff.counts == {"kept": 2, "shifted": 0, "gained": 1, "lost": 1}
    assert [(item.path, "v2" in item.reason) for item in diff.skipped] == [("c.wav", True)]
    assert (diff.old, diff.new) == ("OWLS v1", "OWLS v2")


def test_without_files_every_scanned_one_is_looked_at(profile):
    diff = ec.compare_versions(profile, None, "v1", "v2")
    assert (len(diff.files), len(diff.skipped)) == (2, 1)


def test_all_files_are_matched_at_one_threshold_of_each_version(profile):
    diff = ec.compare_versions(profile, ["a.wav", "b.wav"], "v1", "v2")
    assert (diff.matched.n, diff.matched.hours) == (3, pytest.approx(2 * SECONDS / 3600))
    assert diff.matched.old_threshold == pytest.approx(0.6)
    assert {file.matched.new_threshold for file in diff.files} == {diff.matched.new_threshold}
    assert sum(len(file.matched.regions.kept) for file in diff.files) == len(
        diff.matched.regions.kept
    )


def test_changes_of_all_files_come_by_weight(profile):
    changes = ec.compare_versions(profile, ["a.wav", "b.wav"], "v1", "v2").changes()
    assert [(c.filename, c.kind) for c in changes[:2]] == [("b.wav", "gained"), ("a.wav", "lost")]
    assert [c.weight for c in changes] == sorted((c.weight for c in changes), reverse=True)


def test_rates_per_hour_carry_their_n_and_an_interval_by_file(profile):
    rate = ec.compare_versions(profile, None, "OWLS", "OWLS v2").rates["gained"]
    diff = ec.compare_versions(profile, None, "OWLS v1", "OWLS v2")
    assert diff.rates["gained"].value == pytest.approx(1 / diff.hours)
    assert diff.rates["gained"].n == 1
    assert rate.n == 0


def test_curves_of_many_files_are_not_kept(profile):
    diff = ec.compare_versions(profile, None, "OWLS v1", "OWLS v2")
    assert all(file.old.scores is None and file.new.scores is None for file in diff.files)


def test_a_profile_shows_itself(profile):
    diff = ec.compare_versions(profile, None, "OWLS v1", "OWLS v2")
    assert diff.frame()["filename"].tolist() == ["a.wav", "b.wav"]
    assert len(diff.frame(by="change", matched=True)) == sum(diff.matched.regions.counts.values())
    assert "<table" in diff._repr_html_()
    assert diff.plot().figure._repr_png_()
    assert "2 files" in str(diff)
    with pytest.raises(ValueError, match="by file or by change"):
        diff.frame(by="day")


def test_versions_that_no_file_has_are_an_error(profile):
    with pytest.raises(LookupError, match="none of 3 files has both"):
        ec.compare_versions(profile, None, "OWLS v1", "OWLS v9")


def test_what_files_say_of_themselves_is_told_of_a_profile_with_counts(ws):
    for name in ("a.wav", "b.wav"):
        plant(ws, curve(s20=0.9), filename=name, fingerprint="one")
        plant(ws, curve(s20=0.9), filename=name, version="v2", fingerprint=name, hop=2.0)
        row = ws.clips.get_scan_results(name, "default")["OWLS"][0]
        ws.clips.set_region_disabled(row.id, True)
    plant(ws, curve(s20=0.9), filename="c.wav")
    plant(ws, curve(s20=0.9), filename="c.wav", version="v2")
    diff = ec.compare_versions(ws, None, "OWLS v1", "OWLS v2")
    assert diff.is_comparable
    told = "\n".join(diff.lines)
    assert told.count("the file has changed between the two scans") == 1
    assert "may not mean the same (2 of 3 files)" in told
    assert "every 2 s in the new one (2 of 3 files)" in told
    assert "0 regions of the old version, 2 of the new one (2 of 3 files)" in told


def test_no_file_given_is_told(profile):
    with pytest.raises(ValueError, match="no file was given"):
        ec.compare_versions(profile, [], "OWLS v1", "OWLS v2")


# -- what is asked for ---------------------------------------------------------------


def test_a_short_file_that_is_reviewed_by_half_is_truth(ws):
    short = curve(seconds=53, s20=0.9)  # 60 s
    stamps = plant(ws, short), plant(ws, short, version="v2")
    ws.clips.add_reviewed(FILE, "default", 0.0, 29.0)
    assert "right or wrong" in ec.compare_versions(ws, FILE, *stamps).matched.basis
    ws.clips.add_reviewed(FILE, "default", 0.0, 30.0)
    matched = ec.compare_versions(ws, FILE, *stamps).matched
    assert "touch no event" in matched.basis
    assert matched.hours == pytest.approx(30 / 3600)


@pytest.mark.parametrize(
    ("truth", "told"),
    [
        ({FILE: [(5, 2)]}, "5 to 2"),
        ({FILE: [(math.nan, 2)]}, "nan to 2"),
        ({FILE: 3}, "not 3"),
        (5, "not 5"),
    ],
)
@pytest.mark.parametrize("has_curves", [True, False])
def test_truth_that_cannot_be_is_refused(ws, truth, told, has_curves):
    scores = curve(s20=0.9) if has_curves else None
    stamps = plant(ws, scores), plant(ws, scores, version="v2")
    with pytest.raises(ValueError, match=told):
        ec.compare_versions(ws, FILE, *stamps, truth=truth)


def test_refused_rows_of_a_table_are_told_but_not_those_of_other_files(ws, pair, tmp_path):
    plant(ws, curve(), filename="other.wav")
    table = tmp_path / "truth.csv"
    rows = [f"{FILE},22,26", f"{FILE},9,3", "other.wav,1,2", "never.wav,1,2"]
    table.write_text("\n".join(["filename,start,end", *rows]))
    notes = ec.compare_versions(ws, FILE, *pair, truth=table).notes
    (told,) = (note for note in notes if "left out" in note)
    assert "truth.csv row 3" in told
    assert "never.wav" in told
    assert "other.wav" not in told


@pytest.mark.parametrize("wrong", [None, 5, {"count": 3}])
def test_what_names_no_version_is_told(ws, pair, wrong):
    with pytest.raises(ValueError, match="a names a scan version"):
        ec.compare_versions(ws, FILE, wrong, pair[1])
    with pytest.raises(ValueError, match="b names a scan version"):
        ec.compare_versions(ws, None, pair[0], wrong)


@pytest.mark.parametrize(
    ("name", "value"),
    [("match", "x"), ("match", 2), ("match", math.nan), ("rate", "x"), ("rate", -1)],
)
def test_numbers_that_cannot_be_are_named(ws, pair, name, value):
    with pytest.raises(ValueError, match=rf"{name} is .*not {value!r}"):
        ec.compare_versions(ws, FILE, *pair, **{name: value})


def test_rows_of_the_list_of_versions_name_versions(ws, pair):
    new, old = ws.clips.get_scan_versions(FILE, "default", "OWLS")
    assert ec.compare_versions(ws, FILE, old, new).counts["kept"] == 1
    stored = [ws.clips.get_scan(FILE, "default", "OWLS", stamp) for stamp in pair]
    assert ec.compare_versions(ws, FILE, *stored).old.timestamp == pair[0]


def test_a_file_is_named_by_its_path_too(ws, pair, tmp_path):
    path = tmp_path / FILE
    ws.clips.add_media(str(path), "content", float(SECONDS), 1, False)
    for named in (path, str(path), Path(FILE)):
        assert ec.compare_versions(ws, named, *pair).filename == FILE
    assert [file.filename for file in ec.compare_versions(ws, [path], *pair).files] == [FILE]
    with pytest.raises(ValueError, match="not by 5"):
        ec.compare_versions(ws, [5], *pair)
