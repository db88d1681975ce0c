"""What is extracted from the sample of a finished project is what was planted there."""

import json
from collections import Counter

import pytest

import eightcut as ec
from tests.jobs.pictures import tree

pytestmark = pytest.mark.weights  # the film comes from a registry, once


@pytest.fixture(scope="module")
def sample(sample_home):
    return ec.sample_finished_project(progress=False)


@pytest.fixture(scope="module")
def extraction(sample):
    return ec.extract_project(sample.raw_dir, sample.final_dir, "bunny", progress=False)


def below(folder, path):
    return path[len(str(folder)) + 1 :]


def decided(sample, fates):
    """The planted groups with losers, as (winners, losers), in the order of raws."""
    return [
        (group.winners, tuple(raw for raw in group.raws if raw not in group.winners))
        for group in sorted(sample.groups)
        if len(group.raws) > 1 and (len(group.winners) > 0) == fates
    ]


def found(sample, line):
    raws = sample.raw_dir
    return tuple(
        tuple(below(raws, path) for path in paths) for paths in (line.winners, line.neg_paths)
    )


def test_every_winner_stands_beside_its_losers(sample, extraction):
    planted = [pair for pair in decided(sample, True) if pair[1]]
    lines = [found(sample, entry) for entry in extraction.entries]
    assert Counter(lines) == Counter({pair: len(pair[0]) for pair in planted})
    chosen = [below(sample.raw_dir, entry.chosen_path) for entry in extraction.entries]
    assert sorted(chosen) == sorted(raw for winners, _ in planted for raw in winners)


def test_groups_without_a_winner_are_rejected(sample, extraction):
    planted = decided(sample, False)
    assert sorted(found(sample, line) for line in extraction.rejected) == sorted(planted)


def test_what_teaches_nothing_is_skipped_with_its_reason(sample, extraction):
    planted = {
        group.raws: "single_stage" if len(group.raws) == 1 else "all_chosen"
        for group in sample.groups
        if len(group.raws) == 1 or group.winners == group.raws
    }
    skipped = {
        tuple(below(sample.raw_dir, path) for path in group.paths): group.reason
        for group in extraction.skipped
    }
    assert skipped == planted


def test_crops_are_located_to_the_pixel_and_nothing_else_is_called_one(sample, extraction):
    planted = {final.path: (final.raw, final.kind, final.rect) for final in sample.finals}
    for entry in extraction.entries:
        size = (entry.image_width, entry.image_height) * 2
        box = entry.crop_box
        rect = box and tuple(round(share * side) for share, side in zip(box, size, strict=True))
        seen = (below(sample.raw_dir, entry.chosen_path), entry.crop_kind, rect)
        assert planted[below(sample.final_dir, entry.final_path)] == seen


def test_every_final_is_accounted_for(sample, extraction):
    report = extraction.report
    copies = {final.path for final in sample.finals if final.is_copy}
    assert report.finals["found"] == len(sample.finals) + len(sample.strays)
    assert {below(sample.final_dir, two.path) for two in report.duplicates} == copies
    assert [below(sample.final_dir, path) for path in report.unmatched] == list(sample.strays)
    assert (report.ambiguous, report.left_out) == ((), ())
    report.check()


def test_the_truth_lies_beside_the_folders(sample):
    truth = json.loads((sample.raw_dir.parent / "truth.json").read_text(encoding="utf-8"))
    assert len(truth["groups"]) == len(sample.groups)
    assert [final["path"] for final in truth["finals"]] == [final.path for final in sample.finals]


def test_it_is_discovered_under_its_folder(sample):
    (proposal,) = ec.discover_projects(sample.raw_dir.parent)
    assert (proposal.raw_dir, proposal.final_dir) == (str(sample.raw_dir), str(sample.final_dir))


def test_making_it_again_gives_the_same_files(sample, tmp_path):
    again = ec.sample_finished_project(tmp_path, progress=False)
    assert tree(again.raw_dir.parent) == tree(sample.raw_dir.parent)
