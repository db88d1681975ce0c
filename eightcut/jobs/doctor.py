"""What is wrong with this machine, or with a workspace, in plain words; and mending what can be."""

import importlib
import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from eightcut import atomic, home
from eightcut.jobs.learning_work import picture_models
from eightcut.media.cut import ffmpeg
from eightcut.models import torchaudio_wheel
from eightcut.workspace import Workspace

SPARE_BYTES = 2 * 2**30
LIBRARIES = ("torch", "torchaudio", "av", "sklearn", "ipywidgets", "anywidget", "bqplot")


class Finding(NamedTuple):
    """One thing that was looked at; ``mend`` puts it right where eightcut safely can."""

    subject: str
    is_well: bool
    message: str
    mend: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was looked at, before any mending."""

    findings: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        """Nothing is wrong."""
        return all(finding.is_well for finding in self.findings)

    def __str__(self) -> str:
        return "\n".join(
            f"{'ok   ' if finding.is_well else 'WRONG'} {finding.subject}: {finding.message}"
            for finding in self.findings
        )


def examine(workspace: Path | None = None) -> Diagnosis:
    """Look at the machine and, if one is named, at a workspace. Changes nothing."""
    findings = [_python(), _torchaudio(), *_libraries(), _eat(), _ffmpeg(), _room()]
    if workspace is not None:
        findings += _workspace(workspace)
    return Diagnosis(tuple(findings))


def mend(diagnosis: Diagnosis) -> list[str]:
    """Put right what can be, and name what was."""
    wrong = [finding for finding in diagnosis.findings if not finding.is_well]
    mended = []
    for finding in wrong:
        if finding.mend is not None:
            finding.mend()
            mended.append(finding.subject)
    return mended


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fits = (3, 11) <= sys.version_info[:2] <= (3, 12)
    advice = "" if fits else "; eightcut is tested on 3.11 and 3.12"
    return Finding("Python", fits, version + advice)


def _torchaudio() -> Finding:
    problem = torchaudio_wheel.diagnose()
    return Finding("torchaudio", problem is None, problem or "loads", torchaudio_wheel.mend)


def _libraries() -> Iterator[Finding]:
    for name in LIBRARIES:
        if name != "torchaudio":
            yield _library(name)


def _library(name: str) -> Finding:
    try:
        module = importlib.import_module(name)
    except (ImportError, OSError) as problem:
        return Finding(name, False, f"does not load ({problem}); install eightcut again")
    return Finding(name, True, str(getattr(module, "__version__", "loads")))


def _eat() -> Finding:
    """EAT's own code needs timm, and timm a torchvision that was built for the same torch."""
    if importlib.util.find_spec("timm") is None:
        return Finding("EAT", True, "not set up; only who wants it needs `eightcut[eat]`")
    try:
        importlib.import_module("timm")
    except (ImportError, OSError, RuntimeError, AttributeError) as problem:
        told = str(problem).strip().splitlines()[0]
        advice = "install the torchvision that PyTorch offers for the same version and device"
        return Finding("EAT", False, f"timm does not load ({told}); {advice}, or remove timm")
    return Finding("EAT", True, "timm loads")


def _ffmpeg() -> Finding:
    try:
        return Finding("ffmpeg", True, ffmpeg())
    except (OSError, RuntimeError, ValueError) as problem:
        return Finding("ffmpeg", False, f"{problem}; clips cannot be cut until it is installed")


def _room() -> Finding:
    folder = home.home()
    free = shutil.disk_usage(folder).free
    told = f"{free / 2**30:.0f} GB free at {folder}"
    return Finding("disk", free >= SPARE_BYTES, told if free >= SPARE_BYTES else f"only {told}")


def _workspace(path: Path) -> Iterator[Finding]:
    if not (path / "eightcut.db").exists():
        yield Finding("workspace", False, f"{path} holds no eightcut.db; is it a workspace?")
        return
    with Workspace(path) as ws:
        yield _database(ws)
        yield _sources(ws)
        yield _classifiers(ws)
    yield _leftovers(path)


def _database(ws: Workspace) -> Finding:
    broken = ws.clips.problems()
    told = f"{len(broken)} problems, the first: {broken[0]}" if broken else "whole"
    return Finding("database", not broken, told)


def _sources(ws: Workspace) -> Finding:
    files = ws.clips.list_media()
    gone = [media.filename for media in files if not (media.path and Path(media.path).exists())]
    told = f"all {len(files)} media files are where they were"
    if gone:
        told = (
            f"{len(gone)} of {len(files)} media files have moved, such as {gone[0]}; add_media them"
        )
    return Finding("media", not gone, told)


def _classifiers(ws: Workspace) -> Finding:
    damaged = [*ws.classifiers.damaged(), *picture_models(ws).damaged()]
    told = f"{len(damaged)} damaged, the first: {damaged[0]}" if damaged else "all load"
    return Finding("classifiers", not damaged, told)


def _leftovers(path: Path) -> Finding:
    left = sorted(file for file in path.rglob(f"{atomic.PREFIX}*") if file.is_file())
    told = f"{len(left)} temporary files that a crash left" if left else "no leftovers of a crash"

    def remove() -> None:
        for file in left:
            file.unlink(missing_ok=True)

    return Finding("temporary files", not left, told, remove)
