import struct
from itertools import takewhile

import numpy as np
import pytest

from eightcut.models import tf_bundle


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def entry(shape, offset, size, dtype=1):
    dims = b"".join(b"\x12" + varint(len(d)) + d for d in (b"\x08" + varint(n) for n in shape))
    fields = b"\x08" + varint(dtype) + b"\x12" + varint(len(dims)) + dims
    return fields + b"\x20" + varint(offset) + b"\x28" + varint(size) + b"\x35\0\0\0\0"


def block(pairs):
    """Pairs in one block, each key sharing what it can with the key before."""
    out, last = b"", b""
    for key, value in pairs:
        same = takewhile(lambda pair: pair[0] == pair[1], zip(key, last, strict=False))
        shared = len(list(same))
        out += varint(shared) + varint(len(key) - shared) + varint(len(value))
        out += key[shared:] + value
        last = key
    return out + struct.pack("<II", 0, 1)


def table(pairs):
    first = block(pairs)
    handle = varint(0) + varint(len(first))
    index = block([(b"\xff", handle)])
    at = len(first) + 5
    footer = varint(0) + varint(0) + varint(at) + varint(len(index))
    footer = footer.ljust(40, b"\0") + struct.pack("<Q", tf_bundle.MAGIC)
    return first + b"\0" * 5 + index + b"\0" * 5 + footer


def bundle():
    one, two = np.arange(6, dtype="<f4").reshape(2, 3), np.array([7.0], "<f4")
    pairs = [
        (b"", b"\x08\x01"),
        (b"layer/kernel", entry((2, 3), 0, 24)),
        (b"layer/kernel_step", entry((), 28, 8, dtype=9)),
        (b"layer/offset", entry((1,), 24, 4)),
    ]
    return table(pairs), one.tobytes() + two.tobytes() + bytes(8)


def test_tensors_come_back_by_key_and_shape():
    found = tf_bundle.tensors(*bundle())
    assert set(found) == {"layer/kernel", "layer/offset"}
    assert np.array_equal(found["layer/kernel"], [[0, 1, 2], [3, 4, 5]])
    assert found["layer/offset"] == [7.0]


@pytest.mark.parametrize("index", [b"", b"no table", b"\0" * 100])
def test_what_is_no_table_is_refused(index):
    with pytest.raises(ValueError, match="no TensorFlow checkpoint index"):
        tf_bundle.tensors(index, b"")


def test_an_entry_outside_the_data_is_refused():
    index, content = bundle()
    with pytest.raises(ValueError, match="does not fit its data"):
        tf_bundle.tensors(index, content[:20])
