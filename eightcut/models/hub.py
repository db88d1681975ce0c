"""Models that a hub publishes: a pinned revision of a few files, never more.

A folder that a person filled by hand comes first, so that a machine without
network can be served; then what was downloaded before; then the hub, where a
download that broke off goes on.
"""

import hashlib
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies

from huggingface_hub import constants, snapshot_download

from eightcut.download import is_offline
from eightcut.home import home


class Published(NamedTuple):
    """What is taken of a repository, at which commit; ``files`` may hold patterns."""

    repository: str
    revision: str
    files: tuple[str, ...]


def folder(repository: str) -> Path:
    """Where a person can put the files by hand."""
    return home() / "weights" / repository.partition("/")[2]


def fetch(published: Published, name: str) -> Path:
    """The folder with the files of a model, downloaded on first use.

    Args:
        published: which files.
        name: what a person calls the model.

    Raises:
        ConnectionError: they are not on this machine and cannot be downloaded.
    """
    by_hand = folder(published.repository)
    if by_hand.is_dir():
        return by_hand
    try:
        return _snapshot(published, is_local=True)
    except (OSError, ValueError):  # not downloaded yet
        pass
    try:
        _look_up_hub()
        return _snapshot(published, is_local=False)
    except (OSError, ValueError) as reason:
        raise ConnectionError(
            f"{name}'s weights are not on this machine and cannot be downloaded; copy "
            f"{' and '.join(published.files)} of {published.repository} at revision "
            f"{published.revision} into {by_hand}"
        ) from reason


def require(path: Path, files: Iterable[str], source: str) -> None:
    """Raise ValueError unless the folder has these files."""
    if missing := [name for name in files if not (path / name).is_file()]:
        raise ValueError(f"{path} has no {' and no '.join(missing)}; copy it there from {source}")


def digest(files: Iterable[Path]) -> str:
    """SHA-256 over the names and contents of files, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.name):
        with path.open("rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        whole.update(f"{path.name} {content}\n".encode())
    return whole.hexdigest()


def _snapshot(published: Published, *, is_local: bool) -> Path:
    """The folder of the pinned files among what the hub's library has kept."""
    found = Path(
        snapshot_download(
            published.repository,
            revision=published.revision,
            allow_patterns=list(published.files),
            cache_dir=home() / "weights" / "hub",
            local_files_only=is_local,
        )
    )
    if is_local and not all(any(found.glob(name)) for name in published.files):
        raise FileNotFoundError(f"{found} is not complete")  # a download broke off
    return found


def _look_up_hub() -> None:
    """Raise OSError at once where there is no network; the hub's library tries for a minute."""
    if is_offline() or constants.HF_HUB_OFFLINE:
        raise ConnectionError("downloads are switched off")
    if not getproxies().get("https"):
        socket.getaddrinfo(urlsplit(constants.ENDPOINT).hostname, 443)
