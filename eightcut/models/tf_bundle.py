"""Reads the tensors of a TensorFlow checkpoint bundle, without TensorFlow.

A bundle is an index (a LevelDB table: blocks of prefix-compressed keys, each
value a ``BundleEntryProto``) and a data file that holds the raw tensors. The
formats are those of tensorflow/core/lib/io/format.cc and
tensorflow/core/protobuf/tensor_bundle.proto. Only uncompressed tables with one
shard and little-endian float32 tensors are read.
"""

import math
import struct
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES = 48
FLOAT32 = 1  # DT_FLOAT of tensorflow/core/framework/types.proto


class Entry(NamedTuple):
    """Where one tensor lies in the data file."""

    dtype: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int


def tensors(index: bytes, content: bytes) -> dict[str, NDArray[np.float32]]:
    """All float32 tensors of a bundle, by key.

    Raises:
        ValueError: the index is no table, or an entry points outside the data.
    """
    found = {}
    for key, value in _pairs(index):
        if key and (entry := _entry(value)).dtype == FLOAT32:  # the empty key is the header
            found[key.decode()] = _tensor(content, entry, key)
    return found


def _tensor(content: bytes, entry: Entry, key: bytes) -> NDArray[np.float32]:
    inside = entry.offset + entry.size <= len(content)
    if entry.shard or not inside or entry.size != 4 * math.prod(entry.shape):
        raise ValueError(f"the checkpoint's entry for {key.decode()} does not fit its data file")
    flat = np.frombuffer(content, "<f4", math.prod(entry.shape), entry.offset)
    return flat.reshape(entry.shape)


def _pairs(index: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a LevelDB table."""
    if len(index) < FOOTER_BYTES or struct.unpack("<Q", index[-8:])[0] != MAGIC:
        raise ValueError("the file is no TensorFlow checkpoint index")
    footer = index[-FOOTER_BYTES:]
    _, at = _varint(footer, 0)  # offset and size of the meta index, which holds nothing
    _, at = _varint(footer, at)
    for _, handle in _block(index, footer[at:]):
        yield from _block(index, handle)


def _block(index: bytes, handle: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset, at = _varint(handle, 0)
    size, _ = _varint(handle, at)
    block = index[offset : offset + size]
    if len(block) != size or index[offset + size] != 0:
        raise ValueError("the checkpoint index is truncated or compressed")
    end = size - 4 - 4 * int(struct.unpack("<I", block[-4:])[0])  # restart points come last
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        yield key, block[at + fresh : at + fresh + length]
        at += fresh + length


def _entry(message: bytes) -> Entry:
    numbers, texts = _fields(message)
    shape = tuple(_fields(dim)[0].get(1, 0) for dim in _repeated(texts.get(2, b"")))
    dtype, shard, offset, size = (numbers.get(field, 0) for field in (1, 3, 4, 5))
    return Entry(dtype, shape, shard, offset, size)


def _fields(message: bytes) -> tuple[dict[int, int], dict[int, bytes]]:
    """The numbers and the byte strings of a protocol buffer, by field; fixed32 is skipped."""
    numbers, texts, at = {}, {}, 0
    while at < len(message):
        tag, at = _varint(message, at)
        if tag & 7 == 0:
            numbers[tag >> 3], at = _varint(message, at)
        elif tag & 7 == 2:
            length, at = _varint(message, at)
            texts[tag >> 3], at = message[at : at + length], at + length
        elif tag & 7 == 5:
            at += 4
        else:
            raise ValueError(f"the checkpoint index holds a field of unknown kind {tag & 7}")
    return numbers, texts


def _repeated(message: bytes) -> Iterator[bytes]:
    """The dimensions of a ``TensorShapeProto``: its field 2, several times."""
    at = 0
    while at < len(message):
        _, at = _varint(message, at)
        length, at = _varint(message, at)
        yield message[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at ``at``, and where the next thing begins."""
    value = shift = 0
    while data[at] & 0x80:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
    return value | data[at] << shift, at + 1
