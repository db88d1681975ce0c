import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from eightcut.models import powers
from eightcut.models.powers import SHRUNK, Room, powered

EVERY = np.arange(2**16, dtype=np.uint16).view(np.float16)
FINITE = EVERY[np.isfinite(EVERY)].reshape(-1, 64)
numbers = st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20)


def plain(values):
    wide = values.astype(np.float32)
    return np.copysign(np.sqrt(np.abs(wide)), wide)


@given(numbers)
def test_powering_keeps_sign_and_order_and_undoes_by_squaring(values):
    given_ = np.array([values], np.float32)
    found = powered(given_)
    assert np.allclose(np.sign(given_) * found**2, given_, rtol=1e-4, atol=1e-6)
    assert np.array_equal(np.argsort(given_, kind="stable"), np.argsort(found, kind="stable"))


def test_the_root_of_every_half_is_that_of_its_float_to_the_last_bit():
    assert np.array_equal(powered(FINITE).view(np.uint32), plain(FINITE).view(np.uint32))


def test_a_room_gives_the_roots_of_halves_shrunk_and_nothing_else_changed():
    room = Room(*FINITE.shape)
    assert np.array_equal(room.roots(FINITE), plain(FINITE) * SHRUNK)


def test_a_room_that_was_used_is_as_good_as_new():
    room, single = Room(*FINITE.shape), FINITE.astype(np.float32)
    room.roots(FINITE)
    assert np.array_equal(room.roots(single[:7]), plain(single[:7]))
    assert np.array_equal(room.roots(FINITE[3:5]), plain(FINITE[3:5]) * SHRUNK)


def test_what_is_given_is_left_as_it_was_also_where_it_cannot_be_written():
    before = FINITE.copy()
    before.flags.writeable = False
    powers.powered(before[:, ::2])
    assert np.array_equal(before.view(np.uint16), FINITE.view(np.uint16))
