"""What an embedder is: sound in, one vector per clip out.

Callers own the audio and what is stored; an embedder owns its preprocessing,
its batches and its device. Nothing here loads torch.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.windows import Grid

Floats = NDArray[np.float32]


class Embedder(Protocol):
    """A pretrained network that turns clips of sound into vectors.

    Attributes:
        name: as ``registry.load`` knows it, such as ``YAMNET``.
        revision: changes whenever the same sound would give another vector.
        rate_hz: the sample rate of the clips.
        width: numbers per vector.

    An embedder may also have ``batch``, the clips it is given at a time by
    ``stream.frames``: a slow network names few, so that progress and cancel stay lively.
    """

    name: str
    revision: str
    rate_hz: int
    width: int

    def grid(self, window: Grid) -> Grid:
        """The finest useful spans to embed, so that such windows can be pooled from them."""

    def embed(self, clips: Floats) -> Floats:
        """The vectors of clips of one length: (clips, samples) to (clips, width), float32.

        A clip has the same vector alone and in a batch, within 1e-5 of its size.

        Raises:
            ValueError: ``clips`` is not an array of that shape, or holds no samples.
        """


def checked(clips: NDArray[np.floating]) -> Floats:
    """The same clips as writable float32, copied only where torch would complain.

    Raises:
        ValueError: not two dimensions, or clips without a sample.
    """
    clips = np.asarray(clips)
    if clips.ndim != 2 or clips.shape[1] == 0:
        raise ValueError(f"clips must have the shape (clips, samples), not {clips.shape}")
    return np.require(clips, np.float32, ("C", "W"))
