"""Half precision to single precision, at the speed of memory.

NumPy converts number by number, ten times slower; torch is as fast as this, but
takes seconds to import, and reading stored embeddings should need none of it.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SIGN_AND_REST = np.int32(-0x70002000)  # bit 31 and bits 13 to 27: where shifting leaves them
BIAS = np.float32(2.0**112)  # the exponent counts from -15 in one, from -127 in the other


def widened(values: NDArray[np.floating]) -> Floats:
    """The same numbers as float32, exactly; halves must be finite. Other types are only cast."""
    if values.dtype != np.float16:
        return np.asarray(values, np.float32)
    bits = np.ascontiguousarray(values).view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= SIGN_AND_REST
    found = bits.view(np.float32)
    found *= BIAS  # also makes halves below 2 ** -14 what they are
    return found
