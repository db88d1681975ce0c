import numpy as np

from eightcut.audio import halves

EVERY = np.arange(2**16, dtype=np.uint16).view(np.float16)
FINITE = EVERY[np.isfinite(EVERY)]


def test_every_finite_half_keeps_its_value_and_sign():
    wide = halves.widened(FINITE)
    assert np.array_equal(wide.view(np.int32), FINITE.astype(np.float32).view(np.int32))


def test_what_is_given_is_left_as_it_was():
    before = FINITE[:64].reshape(8, 8)
    before.flags.writeable = False
    assert np.array_equal(halves.widened(before[:, ::2]), before[:, ::2].astype(np.float32))


def test_other_types_are_only_cast():
    single = np.ones(3, np.float32)
    assert halves.widened(single) is single
    assert halves.widened(np.ones(3)).dtype == np.float32
