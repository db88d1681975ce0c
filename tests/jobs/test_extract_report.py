from dataclasses import replace

import pytest

from eightcut.jobs.extract_project_report import ProjectReport
from eightcut.jobs.extract_report import ExtractionReport

GOOD = ProjectReport(
    project="mojo", raw_dir="/raw", final_dir="/final", raw_images=5, raw_groups=1, selections=2,
    crops=1, anomalies=1,
    raw={"found": 6, "grouped": 3, "singletons": 1, "unparsed": 1, "left_out": 1},
    groups={"found": 2, "with_winner": 1, "rejected": 0, "single_stage": 1},
    finals={"found": 4, "matched": 3, "duplicates": 1},
    matched={"found": 3, "entries": 2, "skipped": 1},
    matched_by={"name": 3}, was_cropped={"cropped": 1, "unknown": 1},
    stage_distribution={"1.0": 1, "2.0": 1},
)  # fmt: skip


def test_numbers_that_add_up_pass():
    GOOD.check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"raw": {**GOOD.raw, "grouped": 2}},
        {"groups": {**GOOD.groups, "rejected": 1}},
        {"finals": {**GOOD.finals, "found": 5}},
        {"matched": {**GOOD.matched, "found": 4, "skipped": 2}},
        {"matched_by": {"name": 2}},
        {"was_cropped": {"cropped": 1}},
        {"stage_distribution": {"1.0": 3}},
        {"selections": 1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_file_that_is_nowhere_is_an_error(wrong):
    with pytest.raises(ValueError, match="do not add up"):
        replace(GOOD, **wrong).check()


def test_totals_are_sums_and_an_unknown_rate_is_none():
    failed = ProjectReport(project="zulu", raw_dir="", final_dir="", error="gone")
    report = ExtractionReport((GOOD, GOOD, failed))
    assert (report.total_selections, report.total_crops, report.total_anomalies) == (4, 2, 2)
    assert (report.overall_anomaly_rate, report.projects_processed) == (0.5, 2)
    assert ExtractionReport((failed,)).overall_anomaly_rate is None
    assert "anomalies: 1 of 2, 50.0 % (9.5 to 90.5 %)" in str(report)
    assert "zulu: gone" in str(report)
    assert list(report.frame()["error"].fillna("")) == ["", "", "gone"]
