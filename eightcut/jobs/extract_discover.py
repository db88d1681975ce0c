"""Pairs of folders that look like RAW and FINAL of one project: proposed, never assumed."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from eightcut.media import listing

DEPTH = 2  # folders below the given one
RAW = ("_raw_incoming", "_incoming", "_raw")
FINAL = ("_raw_final", "_finals", "_final", "_selected")


class Proposal(NamedTuple):
    """Two folders that may be RAW and FINAL of one project.

    Attributes:
        name: what the project could be called.
        raw_dir: absolute.
        final_dir: absolute.
        raw_images: pictures in RAW.
        final_images: pictures in FINAL.
        shared: finals whose file name is that of a raw.
        reason: why the two are proposed.
    """

    name: str
    raw_dir: str
    final_dir: str
    raw_images: int
    final_images: int
    shared: int
    reason: str


def discover_projects(folder: str | PathLike[str]) -> list[Proposal]:
    """Propose pairs of folders up to two levels below ``folder``.

    ``X_final`` goes with ``X_raw`` or ``X``, and ``X`` with ``X_raw``; case, spaces, ``-`` and
    ``_`` make no difference. Those come first whose finals have the most names in common
    with their raws. ``as_config`` makes a config for ``extract_batch`` of those that are right.

    Raises:
        NotADirectoryError: there is no such folder.
    """
    top = Path(folder).expanduser().absolute()
    if not top.is_dir():
        raise NotADirectoryError(f"{top} is not a folder")
    proposals = [_proposal(*pair) for pair in _pairs(sorted(_folders(top)))]
    worth = (one for one in proposals if one.raw_images and one.final_images)
    return sorted(worth, key=lambda one: (-one.shared / one.final_images, one))


def as_config(proposals: Iterable[Proposal]) -> dict[str, Any]:
    """A config for ``extract_batch``."""
    keys = ("name", "raw_dir", "final_dir")
    return {"projects": [{key: getattr(one, key) for key in keys} for one in proposals]}


def _folders(top: Path, depth: int = DEPTH) -> Iterator[Path]:
    try:
        with os.scandir(top) as entries:
            names = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for name in names:
        if not name.startswith("."):
            yield top / name
            if depth > 1:
                yield from _folders(top / name, depth - 1)


def _pairs(folders: Iterable[Path]) -> Iterator[tuple[str, Path, Path, str]]:
    kinds: dict[str, dict[str, list[Path]]] = {
        kind: defaultdict(list) for kind in ("raw", "final", "plain")
    }
    for folder in folders:
        base, kind = _kind(folder.name)
        kinds[kind][base].append(folder)
    raws, finals, plain = kinds.values()
    for base in sorted({*raws, *finals, *plain}):
        makers = [*raws[base], *plain[base]] if finals[base] else raws[base]
        for raw in makers:
            for final in finals[base] or plain[base]:
                if not (raw.is_relative_to(final) or final.is_relative_to(raw)):
                    name = _named(final if final in plain[base] else raw)
                    yield name, raw, final, f"{raw.name} and {final.name} have one name"


def _kind(name: str) -> tuple[str, str]:
    """The name without what marks it, and whether it is marked as RAW or FINAL."""
    plain = name.casefold().replace(" ", "_").replace("-", "_")
    for kind, marks in (("final", FINAL), ("raw", RAW)):
        for mark in marks:
            if plain.endswith(mark) and len(plain) > len(mark):
                return plain[: -len(mark)].replace("_", ""), kind
    return plain.replace("_", ""), "plain"


def _named(folder: Path) -> str:
    plain = folder.name.casefold().replace(" ", "_").replace("-", "_")
    mark = next((m for m in RAW if plain.endswith(m) and len(plain) > len(m)), "")
    return folder.name[: len(folder.name) - len(mark)]


def _proposal(name: str, raw: Path, final: Path, reason: str) -> Proposal:
    raws, finals = (listing.pictures(folder).paths for folder in (raw, final))
    known = {os.path.basename(path) for path in raws}  # noqa: PTH119 - for 100,000 names
    shared = sum(os.path.basename(path) in known for path in finals)  # noqa: PTH119
    said = f"{reason}, and {shared} of {len(finals)} finals have the file name of a raw"
    return Proposal(name, str(raw), str(final), len(raws), len(finals), shared, said)
