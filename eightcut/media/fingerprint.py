"""What a media file contains, as a short text: its identity through renaming, moving and touching.

A file of up to 64 MiB is read whole, so any edit changes its fingerprint. Of a
larger one the size and 256 evenly spaced blocks of 64 KiB are read, the first
at its head and the last at its tail: a new encoding or another cut changes
nearly every byte, while bytes patched in place between two blocks go unseen.
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
from os import PathLike
from pathlib import Path
from typing import BinaryIO

WHOLE = 64 * 1024**2  # bytes up to which a file is read completely
BLOCK = 64 * 1024
BLOCKS = 256
_WRITTEN = re.compile(r"[0-9A-Za-z_-]{1,64}")


def fingerprint(path: str | PathLike[str]) -> str:
    """The fingerprint of a file's content, 32 hexadecimal digits; a name or date is no part of it.

    Raises:
        OSError: the file can't be read.
    """
    digest = blake2b(digest_size=16)
    with Path(path).expanduser().open("rb") as file:
        size = file.seek(0, 2)
        digest.update(size.to_bytes(8, "little"))
        for offset, length in _stretches(size):
            file.seek(offset)
            _add(digest, file, length)
    return digest.hexdigest()


def checked(text: str) -> str:
    """A fingerprint that a row says, if it can be part of a file's name.

    Raises:
        ValueError: it is none.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is no fingerprint; add the file again")
    return text


def cost(size: int) -> int:
    """How many bytes are read for the fingerprint of a file of that size."""
    return size if size <= WHOLE else BLOCKS * BLOCK


def _stretches(size: int) -> Iterator[tuple[int, int]]:
    if size <= WHOLE:
        yield 0, size
        return
    for index in range(BLOCKS):
        yield index * (size - BLOCK) // (BLOCKS - 1), BLOCK


def _add(digest: blake2b, file: BinaryIO, length: int) -> None:
    while length and (chunk := file.read(min(length, 16 * BLOCK))):
        digest.update(chunk)
        length -= len(chunk)
