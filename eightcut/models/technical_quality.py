"""How well a picture is made, in seven plain numbers; no network, nothing learned.

Light, contrast, burnt highlights, drowned shadows, sharpness, fine noise and
colour, of the middle square at 256 pixels, as every image embedder sees it.
"""

import numpy as np
from numpy.typing import NDArray

from eightcut.models.base import Floats, Pictures, checked_picture

EDGE = 256
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
BRIGHT, DARK = 0.97, 0.03
LEAST = 1e-3
NAMES = ("light", "contrast", "burnt", "drowned", "sharpness", "noise", "colour")


class TechnicalQuality:
    """See ``ImageEmbedder``; the numbers are those of ``NAMES``."""

    name = "TECHNICAL_QUALITY"
    revision = "1"
    edge = EDGE
    width = len(NAMES)

    def embed(self, images: Pictures) -> Floats:
        """The numbers of upright pictures, each uint8 (height, width, 3): (n, 7), float32."""
        found = [_numbers(_square(image)) for image in images]
        return np.array(found, np.float32).reshape(-1, self.width)


def load() -> TechnicalQuality:
    """The embedder."""
    return TechnicalQuality()


def _square(image: object) -> NDArray[np.uint8]:
    import torch  # noqa: PLC0415 - names are listed without it

    from eightcut.models.pictures import middle  # noqa: PLC0415

    pixels = np.require(checked_picture(image), requirements=("C", "W"))
    square = middle(torch.from_numpy(pixels), EDGE, EDGE)
    return np.asarray(square.permute(1, 2, 0).numpy())


def _numbers(square: NDArray[np.uint8]) -> list[float]:
    values = square.astype(np.float32) / 255  # (256, 256, 3)
    grey = values @ LUMA
    across, down = np.diff(grey, axis=1)[:-1], np.diff(grey, axis=0)[:, :-1]
    edges = float((np.abs(across) + np.abs(down)).mean())
    fine = (
        4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    )
    strength = float(np.abs(fine).mean())
    red, green, blue = np.moveaxis(values, -1, 0)
    opponents = red - green, (red + green) / 2 - blue  # Hasler and Süsstrunk 2003
    return [
        float(grey.mean()),
        float(grey.std()),
        float((grey > BRIGHT).mean()),
        float((grey < DARK).mean()),
        float(np.log(edges + LEAST)),
        float(np.log((strength + LEAST) / (edges + LEAST))),
        float(np.hypot(*(each.std() for each in opponents))),
    ]
