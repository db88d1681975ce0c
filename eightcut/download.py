"""A large file from the web: goes on where it broke off, and appears whole or not at all."""

import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from eightcut import atomic, disk

CHUNK_BYTES = 1 << 20
TIMEOUT_S = 30
OFFLINE = ("EIGHTCUT_OFFLINE", "HF_HUB_OFFLINE")
LOCAL = {"127.0.0.1", "localhost"}


def is_offline() -> bool:
    """Whether a person forbade downloads on this machine, by one of the ``OFFLINE`` variables."""
    return any(os.environ.get(name, "").lower() in {"1", "true", "yes", "on"} for name in OFFLINE)


def download(address: str, path: Path) -> Path:
    """Fetch a file, unless it is there already; what was fetched before is not fetched again.

    The part that is there lies beside it as ``NAME.part``, with the server's name for
    the content in ``NAME.part.etag``: if the file has changed there, it begins anew.

    Raises:
        ConnectionError: the machine is offline, the server cannot be reached, or breaks off.
        ValueError: the address is not one of the encrypted web.
    """
    part = path.with_name(path.name + ".part")
    if path.exists():
        _etag(part).unlink(missing_ok=True)  # where a crash came right after the last step but one
        return path
    where = urlsplit(address)
    if where.scheme != "https" and where.hostname not in LOCAL:
        raise ValueError(f"{address} is not encrypted (https); it is not downloaded")
    if is_offline():
        raise ConnectionError(f"downloads are switched off ({' or '.join(OFFLINE)} is set)")
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic.exclusively(path.parent):
        if path.exists():  # another process was first
            return path
        try:
            _go_on(address, part)
        except (OSError, http.client.HTTPException) as reason:  # URLError is an OSError
            raise ConnectionError(f"{address} could not be downloaded: {reason}") from reason
        part.replace(path)
        _etag(part).unlink(missing_ok=True)
    return path


def _go_on(address: str, part: Path) -> None:
    """Append what is missing, or begin anew where the server has other content."""
    there, etag = _there(part)
    asked = {"Range": f"bytes={there}-", "If-Range": etag} if there else {}
    request = urllib.request.Request(address, headers=asked)  # noqa: S310 - checked by download
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            _take(answer, part, is_rest=answer.status == http.client.PARTIAL_CONTENT)
    except urllib.error.HTTPError as refused:
        if refused.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE or not there:
            raise
        part.unlink()  # longer than the file is: not a part of it
        _go_on(address, part)


def _take(answer: http.client.HTTPResponse, part: Path, *, is_rest: bool) -> None:
    if not is_rest:
        with disk.naming(part):
            _etag(part).write_text(answer.headers.get("ETag") or "")
    expected = answer.length
    with disk.naming(part), part.open("ab" if is_rest else "wb") as file:
        begun = file.tell()
        while block := answer.read(CHUNK_BYTES):
            file.write(block)
        came = file.tell() - begun
        os.fsync(file.fileno())
    if expected is not None and came != expected:
        raise ConnectionError(f"it broke off after {came} of {expected} bytes")


def _there(part: Path) -> tuple[int, str]:
    """Bytes that are there, and of which content; none where that cannot be told."""
    try:
        etag = _etag(part).read_text()
        return (part.stat().st_size, etag) if etag and not etag.startswith("W/") else (0, "")
    except FileNotFoundError:
        return 0, ""


def _etag(part: Path) -> Path:
    return part.with_name(part.name + ".etag")
