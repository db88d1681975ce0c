"""What an embedder is: clips of sound or pictures in, one vector for each out.

Callers own the media and what is stored; an embedder owns its preprocessing,
its batches and its device. Nothing here loads torch.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from eightcut.audio.windows import Grid

Floats = NDArray[np.float32]
Pictures = Sequence[NDArray[np.uint8]] | NDArray[np.uint8]


class Embedder(Protocol):
    """A pretrained network that turns clips of sound into vectors.

    Attributes:
        name: as ``registry.load`` knows it, such as ``YAMNET``.
        revision: changes whenever the same sound would give another vector.
        rate_hz: the sample rate of the clips.
        width: numbers per vector.

    An embedder may also have ``batch``, the clips it is given at a time by
    ``stream.frames``: a slow network names few, so that progress and cancel stay lively.
    One that needs to hear more than a clip is a ``stretches.Encoder`` as well.
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


class ImageEmbedder(Protocol):
    """A pretrained network that turns pictures into vectors.

    Attributes:
        name: as ``registry.load`` knows it, such as ``EFFICIENTNET_LITE0``.
        revision: changes whenever the same picture would give another vector.
        edge: pixels of the short side that are looked at; larger pictures may be shrunk to it.
        width: numbers per vector.
    """

    name: str
    revision: str
    edge: int
    width: int

    def embed(self, images: Pictures) -> Floats:
        """The vectors of upright pictures, each uint8 (height, width, 3): (n, width), float32.

        A picture has the same vector alone and with others, within 1e-5 of its size and on
        a CPU to the bit. Vectors are as the network gives them, not brought to length 1.

        Raises:
            ValueError: a picture is not an array of that shape and type.
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


def checked_picture(picture: object) -> NDArray[np.uint8]:
    """The same picture.

    Raises:
        ValueError: it is not uint8 of the shape (height, width, 3), or has no pixels.
    """
    array = np.asarray(picture)
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or not array.size:
        raise ValueError(
            f"a picture must be uint8 of the shape (height, width, 3), not {array.dtype} "
            f"{array.shape}"
        )
    return array
