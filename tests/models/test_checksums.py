import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eightcut.models import checksums

SIZE = 2 * 4096 + 100
CONTENT = np.random.default_rng(0).integers(0, 256, SIZE, dtype=np.uint8)


@given(st.integers(0, SIZE - 1), st.integers(1, 255))
def test_every_changed_byte_is_found(place, change):
    harmed = CONTENT.copy()
    harmed[place] ^= change
    assert checksums.pages_of(harmed) != checksums.pages_of(CONTENT)


@pytest.mark.parametrize("harm", ["swapped", "emptied", "shorter", "longer"])
def test_pages_exchanged_emptied_or_lost_are_found(harm):
    first, second, rest = np.split(CONTENT, [4096, 8192])
    harmed = {
        "swapped": [second, first, rest],
        "emptied": [first, 0 * second, rest],
        "shorter": [first, second],
        "longer": [first, second, rest, np.zeros(1, np.uint8)],
    }
    assert checksums.pages_of(np.concatenate(harmed[harm])) != checksums.pages_of(CONTENT)


@pytest.mark.parametrize("size", [0, 5, 4096, SIZE])
def test_a_file_has_the_checksum_of_its_content_however_it_is_read(size, tmp_path, monkeypatch):
    path = tmp_path / "content"
    path.write_bytes(CONTENT[:size].tobytes())
    monkeypatch.setattr(checksums, "READ_BYTES", 4096)
    assert checksums.pages(path) == checksums.pages_of(CONTENT[:size])
