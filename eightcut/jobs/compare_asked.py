"""What a caller of a comparison asks for, checked: files, versions, numbers, truth."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import Any

from eightcut.audio import comparison
from eightcut.audio.spans import Span
from eightcut.audio.truth import FileTruth
from eightcut.db import ScanVersion, versions
from eightcut.jobs.given_truth import truth_of
from eightcut.models.classifier import Classifier
from eightcut.workspace import Workspace

GivenTruth = Mapping[str, FileTruth | Sequence[Span]] | str | PathLike[str] | None
Named = str | Classifier
GivenVersion = Named | ScanVersion | Mapping[str, Any]
UNNAMED = "8-cut's unnamed scan"  # what a person reads of the version with the stamp ''
GivenFile = str | PathLike[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller wants: the least overlap of a pair, the rate, the truth."""

    match: float = comparison.MATCH
    rate: float | None = None
    truth: GivenTruth = None


def asked(match: object, rate: object, truth: object) -> Asked:
    """The same, checked; truth that is no table is read already.

    Raises:
        ValueError: one of them cannot be used.
    """
    if not isinstance(match, Real) or not 0 < float(match) <= 1:
        raise ValueError(f"match is a share of overlap above 0 and at most 1, not {match!r}")
    if rate is not None:
        is_number = isinstance(rate, Real) and math.isfinite(float(rate))
        if not is_number or float(rate) < 0:  # type: ignore[arg-type]
            raise ValueError(f"rate is alarms per hour, 0 or more, not {rate!r}")
    if truth is not None and not isinstance(truth, str | PathLike):
        truth = truth_of(truth)
    return Asked(float(match), None if rate is None else float(rate), truth)  # type: ignore[arg-type]


def version(given: object, side: str) -> Named:
    """What a scan version is called; of a row of ``get_scan_versions`` its timestamp.

    An empty text is 8-cut's unnamed scan.

    Args:
        given: what the caller gave.
        side: how the caller's argument is called.

    Raises:
        ValueError: it names no version.
    """
    if isinstance(given, ScanVersion):
        return f"{given.model} {given.timestamp or versions.UNNAMED}"
    stamp = given.get("timestamp") if isinstance(given, Mapping) else given
    if isinstance(stamp, str):
        return versions.UNNAMED if stamp.strip() in {"", UNNAMED} else stamp
    if isinstance(stamp, Classifier):
        return stamp
    raise ValueError(
        f"{side} names a scan version: the timestamp of a scan, a classifier, its name or its "
        f"version, or a row of get_scan_versions; not {given!r}"
    )


def is_one(given: object) -> bool:
    """Whether one file is meant."""
    return isinstance(given, str | PathLike)


def file_key(ws: Workspace, given: object) -> str:
    """The key of a file by its key or its path.

    Raises:
        ValueError: it is neither.
    """
    if not isinstance(given, str | PathLike):
        raise ValueError(f"a file is named by its key or its path, not by {given!r}")
    name = str(given)
    if ws.clips.get_media(name) is not None:
        return name
    path = str(Path(name).expanduser().absolute())
    found = [media.filename for media in ws.clips.list_media() if media.path in {name, path}]
    return found[0] if found else name


def file_keys(ws: Workspace, given: object) -> list[str]:
    """The keys of several files, each once.

    Raises:
        ValueError: there is none, or one is no file's name.
    """
    if not isinstance(given, Iterable):
        raise ValueError(f"filename is a file's key, a list of them or None, not {given!r}")
    names = list(dict.fromkeys(file_key(ws, one) for one in given))
    if not names:
        raise ValueError("no file was given to compare; None compares every file of the profile")
    return names
