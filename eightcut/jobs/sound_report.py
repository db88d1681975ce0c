"""The accuracy report for sound: every classifier of a profile, version by version."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from eightcut import __version__, atomic, clock
from eightcut.jobs.evaluate import Given
from eightcut.jobs.sound_classifier import Source, classifier_report
from eightcut.jobs.sound_scans import scanned_versions
from eightcut.jobs.sound_truth import FROM_MARKS, FROM_TRUTH
from eightcut.progress import Shown, bar
from eightcut.report.sound import SoundClassifier, SoundReport
from eightcut.report.sound_page import sound_page
from eightcut.workspace import Workspace


def sound_report(
    ws: Workspace,
    *,
    profile: str | Sequence[str] | None = None,
    classifier: str | Sequence[str] | None = None,
    truth: Given | None = None,
    path: str | PathLike[str] | None = None,
    progress: Shown = True,
) -> SoundReport:
    """Say how good each classifier version is; with ``path``, write it all as one HTML page.

    Figures against what is known leave out every file that the version learned from.
    Score curves that are stored tell them, so no media file is opened.

    Args:
        ws: an open workspace.
        profile: whose classifiers, one profile or several; the workspace's own unless given.
        classifier: one or several by name; all of the profile unless given.
        truth: what files hold, as ``evaluate`` takes it; what people marked unless given.
        path: where the page goes; it needs no network and no other file.
        progress: show a bar with the time left, or a function that makes one.

    Raises:
        LookupError: a profile has no such classifier.
        ValueError: a truth table cannot be read.
    """
    profiles = _names(profile) or [ws.settings.profile]
    wanted = _names(classifier)
    sources = [one for name in profiles for one in _sources(ws, name, wanted, truth)]
    with bar("Measuring", sum(len(one.scans) for one in sources), shown=progress) as shown:
        found = [classifier_report(ws, source, shown) for source in sources]
    report = SoundReport(
        tuple(found),
        FROM_MARKS if truth is None else FROM_TRUTH,
        tuple(_notes(ws, profiles, found)),
        clock.utc_now().strftime("%Y-%m-%d %H:%M UTC"),
    )
    return report if path is None else write_page(report, path)


def write_page(report: SoundReport, path: str | PathLike[str]) -> SoundReport:
    """Write the report as one HTML page, whole or not at all; returns it with its path."""
    target = Path(path).expanduser().absolute()
    atomic.write(target, sound_page(report, version=__version__))
    return replace(report, path=target)


def _names(given: str | Sequence[str] | None) -> list[str]:
    return list(dict.fromkeys([given] if isinstance(given, str) else given or ()))


def _sources(
    ws: Workspace, profile: str, wanted: Sequence[str], truth: Given | None
) -> Iterator[Source]:
    scans = scanned_versions(ws, profile)
    there = sorted({*scans, *ws.classifiers.names(profile)})
    for name in wanted or there:
        if name not in there:
            raise LookupError(
                f"profile {profile!r} has no classifier {name!r} and no scans by it (there are: "
                f"{', '.join(there) or 'none yet'})"
            )
        yield Source(profile, name, scans.get(name, {}), truth)


def _notes(
    ws: Workspace, profiles: Sequence[str], found: Sequence[SoundClassifier]
) -> Iterable[str]:
    """What a reader must know about all figures."""
    if not found:
        yield f"no classifier has been trained in {', '.join(profiles)}, and nothing was scanned"
    others = sorted(set(ws.clips.get_profiles()) - set(profiles))
    if others:
        yield f"other profiles of this workspace are left out: {', '.join(others)}"
