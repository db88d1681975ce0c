"""The door to torchaudio, whose wheel and torch's wheel may not fit each other.

The registry's torchaudio is linked against CUDA libraries that a CPU build of
torch does not bring, so importing it fails. torchaudio is made to run without
its compiled extension: everything eightcut uses of it is plain PyTorch.
"""

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

import torch

CUDA_LIBRARIES = (b"libc10_cuda.so", b"libcudart.so", b"libtorch_cuda.so", b"c10_cuda.dll")
COMPILED = ("*.so", "*.pyd", "*.dll")


def load(module: str = "torchaudio") -> Any:
    """Import torchaudio, or a module below it.

    Raises:
        ImportError: the wheel cannot work with this torch; the message says what mends it.
    """
    if module not in sys.modules and (reason := diagnose()):
        raise ImportError(f"{reason}; run `eightcut doctor --fix`")
    return importlib.import_module(module)


def diagnose() -> str | None:
    """What is wrong with torchaudio on this machine, as one sentence; None when it can work."""
    folder = _folder()
    if folder is None:
        return "torchaudio is not installed"
    if torch.version.cuda is None and (broken := cuda_linked(folder)):
        return f"torchaudio is linked against CUDA ({broken[0].name}) but torch is a CPU build"
    return None


def mend() -> list[Path]:
    """Remove the compiled files that stop torchaudio under a CPU build of torch.

    Does nothing where the two wheels fit. The Python code of torchaudio stays as it is,
    and installing the package again brings the files back.

    Returns:
        The removed files; empty when there was nothing to do.

    Raises:
        PermissionError: the environment belongs to another user.
    """
    folder = _folder()
    if folder is None or torch.version.cuda is not None or not cuda_linked(folder):
        return []
    removed = _compiled(folder)  # all: without the first, the others are of no use
    for path in removed:
        path.unlink()
    importlib.invalidate_caches()
    return removed


def cuda_linked(folder: Path) -> list[Path]:
    """The compiled files in ``folder`` that name a CUDA library as their dependency."""
    return [path for path in _compiled(folder) if _names_cuda(path.read_bytes())]


def _names_cuda(content: bytes) -> bool:
    return any(library in content for library in CUDA_LIBRARIES)


def _compiled(folder: Path) -> list[Path]:
    return sorted(path for pattern in COMPILED for path in folder.glob(pattern))


def _folder() -> Path | None:
    """``torchaudio/lib``, found without importing the package."""
    spec = importlib.util.find_spec("torchaudio")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "lib"
