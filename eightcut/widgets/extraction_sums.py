"""Where every file of a finished project went, as a table whose rows add up."""

import html
from collections.abc import Mapping

from eightcut.images.history import REASONS
from eightcut.jobs.extract_report import ProjectReport
from eightcut.widgets import panel

NAMES = {
    "grouped": "in groups", "singletons": "alone", "unparsed": "without a stage in the name",
    "left_out": "left out", "with_winner": "with a winner", "rejected": "rejected",
    "single_stage": "of one picture", "all_chosen": "kept whole", "undecided_final": "undecided",
    "duplicate_group": "there twice", "matched": "matched", "duplicates": "second of a raw",
    "ambiguous": "undecided", "unmatched": "without a raw", "entries": "in lines",
    "skipped": "of skipped groups",
}  # fmt: skip
SUMS = {
    "raw": "RAW pictures", "groups": "groups", "finals": "FINAL pictures",
    "matched": "matched finals",
}  # fmt: skip


def sums(report: ProjectReport) -> str:
    """Where every file went, as a table whose rows add up; and what to know before use."""
    rows = "".join(_sum(title, getattr(report, name)) for name, title in SUMS.items())
    modes = "; ".join(
        f"by {'names and time' if mode == 'name' else 'one timestamp'}: "
        f"{counts['groups']:,} groups, {counts['selections']:,} with winner and losers"
        for mode, counts in report.modes.items()
    )
    where = f"{report.raw_dir} → {report.final_dir}"
    return (
        f"<div><b>{html.escape(report.project)}</b> · {html.escape(where)}</div>"
        f"<table>{rows}</table><div class='ec-quiet'>Grouped {html.escape(modes)}.</div>"
        + panel.bullets(report.warnings)
    )


def _sum(title: str, counts: Mapping[str, int]) -> str:
    parts = [
        f"{number:,} {html.escape(NAMES.get(name, REASONS.get(name, name)))}"
        for name, number in counts.items()
        if name != "found" and number
    ]
    told = " + ".join(parts) or "0"
    return f"<tr><td>{title}</td><td>{counts['found']:,}</td><td>= {told}</td></tr>"


def folded(title: str, lines: list[str]) -> str:
    """A line that opens into a list, as escaped HTML; nothing where the list is empty."""
    if not lines:
        return ""
    return f"<details open><summary>{html.escape(title)}</summary>{panel.bullets(lines)}</details>"
