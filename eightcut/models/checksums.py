"""Checksums of files: one of standard kind, and one that keeps up with memory.

``pages`` is the CRC-32 of the sums of every 4 KiB page, each over its 64-bit
words. A changed word, an emptied page and exchanged pages are all found;
words exchanged within one page are not, which no disk does by itself.
"""

import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PAGE_WORDS = 512
READ_BYTES = 1 << 22


def crc32(path: Path) -> int:
    """The CRC-32 of a file."""
    value = 0
    with path.open("rb") as file:
        while content := file.read(READ_BYTES):
            value = zlib.crc32(content, value)
    return value


def pages(path: Path) -> int:
    """The checksum of a file by pages; as ``pages_of`` for its content."""
    value = 0
    with path.open("rb") as file:
        while content := file.read(READ_BYTES):
            value = _added(np.frombuffer(content, np.uint8), value)
    return value


def pages_of(content: NDArray[np.generic]) -> int:
    """The checksum by pages of what an array that is whole in memory holds."""
    return _added(content.reshape(-1).view(np.uint8), 0)


def _added(content: NDArray[np.uint8], value: int) -> int:
    whole = len(content) // (8 * PAGE_WORDS) * (8 * PAGE_WORDS)
    words = content[:whole].view("<u8").reshape(-1, PAGE_WORDS)
    sums = words.sum(axis=1, dtype=np.uint64).astype("<u8", copy=False)
    return zlib.crc32(content[whole:].data, zlib.crc32(sums.data, value))
