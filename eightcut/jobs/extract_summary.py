"""The report of one project, counted from what was found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eightcut.images import history
from eightcut.images.history import Outcome
from eightcut.jobs.extract_findings import Findings, iso
from eightcut.jobs.extract_groups import Grouped
from eightcut.jobs.extract_project_report import (
    SAMPLES,
    Anomaly,
    Duplicate,
    LeftOutFile,
    Misnamed,
    ProjectReport,
    Undecided,
    counted,
    with_warnings,
)
from eightcut.jobs.extract_rows import Entry
from eightcut.media.listing import Listing


def summary(
    found: Findings,
    groups: Grouped,
    fates: Sequence[Outcome],
    modes: Mapping[str, Grouped],
    entries: Sequence[Entry],
) -> ProjectReport:
    """Count where everything went."""
    anomalies = [entry for entry in entries if entry.is_anomaly]
    report = ProjectReport(
        project=found.project,
        raw_dir=found.raw.top,
        final_dir=found.final.top,
        extraction_date=found.extraction_date,
        raw_images=len(found.raw.paths),
        raw_groups=len(groups.groups),
        selections=len(entries),
        crops=sum(entry.was_cropped is True for entry in entries),
        anomalies=len(anomalies),
        rejected=sum(fate.fate == "rejected" for fate in fates),
        multi_winner_groups=sum(
            fate.fate == "won" and len(fate.winners) > 1 for fate in fates
        ),
        raw=_raw(found, groups),
        groups=_groups(fates),
        finals=_finals(found),
        matched=_matched(found, groups, fates),
        matched_by=counted(found.claims[i].by for i in found.settled.final_of.values()),
        other_files={"raw": found.raw.others, "final": found.final.others},
        was_cropped=_was_cropped(entries),
        crop_kinds=counted(entry.crop_kind for entry in entries if entry.crop_kind),
        mtime=_mtime(found),
        modes={mode: _mode(one, found) for mode, one in modes.items()},
        stage_distribution=counted(entry.chosen_stage for entry in entries),
        sample_anomalies=tuple(map(_anomaly, anomalies[:SAMPLES])),
        left_out=(*_left_out(found.raw), *_left_out(found.final)),
        duplicates=_duplicates(found),
        ambiguous=tuple(
            Undecided(found.final.path(final), tuple(map(found.raw.path, raws)))
            for final, raws in found.settled.undecided.items()
        ),
        doubtful=tuple(
            Undecided(found.final.left_out_path(left), tuple(map(found.raw.path, raws)))
            for left, raws in found.doubtful.items()
        ),
        misnamed=tuple(_misnamed(found)),
        unmatched=tuple(map(found.final.path, found.settled.unmatched)),
        unreadable=tuple(
            LeftOutFile(found.raw.path(raw), seen.reason)
            for raw, seen in sorted(found.seen.items())
            if seen.reason
        ),
    )  # fmt: skip
    return with_warnings(report)


def _raw(found: Findings, groups: Grouped) -> dict[str, int]:
    parts = {
        "grouped": sum(map(len, groups.groups)),
        "singletons": len(groups.singletons),
        "unparsed": len(groups.unparsed),
        "left_out": len(found.raw.left_out),
    }
    return {"found": len(found.raw.paths) + len(found.raw.left_out), **parts}


def _groups(fates: Sequence[Outcome]) -> dict[str, int]:
    counts = history.count_fates(fates)
    parts = {
        "with_winner": counts["won"],
        "rejected": counts["rejected"],
        **{reason: counts[reason] for reason in history.REASONS},
    }
    return {"found": len(fates), **parts}


def _finals(found: Findings) -> dict[str, int]:
    settled, left_out = found.settled, len(found.final.left_out)
    return {
        "found": len(found.final.paths) + left_out,
        "matched": len(settled.final_of),
        "duplicates": len(settled.duplicates),
        "ambiguous": len(settled.undecided),
        "unmatched": len(settled.unmatched),
        "left_out": left_out,
    }


def _matched(found: Findings, groups: Grouped, fates: Sequence[Outcome]) -> dict[str, int]:
    kept = found.settled.final_of
    return {
        "found": len(kept),
        "entries": sum(len(fate.winners) for fate in fates if fate.fate == "won"),
        "skipped": sum(len(fate.winners) for fate in fates if fate.fate == "skipped"),
        "unparsed": sum(raw in kept for raw in groups.unparsed),
    }


def _was_cropped(entries: Sequence[Entry]) -> dict[str, int]:
    names = {True: "cropped", False: "not_cropped", None: "unknown"}
    counts = counted(names[entry.was_cropped] for entry in entries)
    return {name: counts.get(name, 0) for name in names.values()}


def _mtime(found: Findings) -> dict[str, Any]:
    times = found.times
    window = [s and iso(int(s) * 10**9) for s in (times.first_s, times.last_s)]
    looked = {
        raw: seen.kind == "crop"
        for raw, seen in found.seen.items()
        if seen.kind in {"full", "crop"}
    }
    return {
        "reliable": times.is_reliable,
        "window": window,
        "inside": times.inside,
        "outside": times.outside,
        "compared_with_pixels": len(looked),
        "agree_with_pixels": sum(found.is_newer(raw) == is_crop for raw, is_crop in looked.items()),
    }


def _mode(groups: Grouped, found: Findings) -> dict[str, int]:
    kept = found.settled.final_of
    won = sum(0 < sum(i in kept for i in group) < len(group) for group in groups.groups)
    return {"groups": len(groups.groups), "selections": won}


def _anomaly(entry: Entry) -> Anomaly:
    return Anomaly(
        entry.timestamp, entry.chosen_path or "", entry.chosen_stage or 0.0, entry.neg_stages
    )


def _misnamed(found: Findings) -> Iterator[Misnamed]:
    for final, raws in found.misnamed.items():
        held = tuple(map(found.raw.path, found.claims[final].raws))
        yield Misnamed(found.final.path(final), held, tuple(map(found.raw.path, raws)))


def _left_out(listing: Listing) -> tuple[LeftOutFile, ...]:
    return tuple(
        LeftOutFile(listing.left_out_path(i), item.reason)
        for i, item in enumerate(listing.left_out)
    )


def _duplicates(found: Findings) -> tuple[Duplicate, ...]:
    raw_of = {final: raw for raw, final in found.settled.final_of.items()}
    path = found.final.path
    return tuple(
        Duplicate(path(final), path(kept), found.raw.path(raw_of[kept]))
        for final, kept in found.settled.duplicates.items()
    )
