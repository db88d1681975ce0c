"""What is wrong with this machine, in plain words; and mending what can be.

``checkup`` examines a workspace.
"""

import importlib
import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from eightcut import home
from eightcut.media.cut import ffmpeg
from eightcut.models import torchaudio_wheel

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


def examine() -> Diagnosis:
    """Look at the machine. Changes nothing."""
    return Diagnosis((_python(), _torchaudio(), *_libraries(), _eat(), _ffmpeg(), _room()))


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
