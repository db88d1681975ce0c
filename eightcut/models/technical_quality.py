"""How well a picture is made and where its detail lies, in plain numbers; nothing is learned.

Light, contrast, burnt highlights, drowned shadows, sharpness, fine noise and
colour, and the middle and spread of all edges across and down the picture, which
a network that averages over the picture does not tell. The whole picture is looked
at, its shorter side made 256 pixels long.
"""

import numpy as np
from numpy.typing import NDArray

from eightcut.models.base import Floats, Pictures, checked_picture

EDGE, LONGEST = 256, 1024  # pixels
LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
BRIGHT, DARK = 0.97, 0.03
LEAST = 1e-3
NAMES = (
    *("light", "contrast", "burnt", "drowned", "sharpness", "noise", "colour"),
    *("detail across", "spread across", "detail down", "spread down"),
)


class TechnicalQuality:
    """See ``ImageEmbedder``; the numbers are those of ``NAMES``."""

    name = "TECHNICAL_QUALITY"
    revision = "1"
    edge = EDGE
    width = len(NAMES)

    def embed(self, images: Pictures) -> Floats:
        """The numbers of upright pictures, each uint8 (height, width, 3): (n, 11), float32."""
        found = [_numbers(_shrunk(image)) for image in images]
        return np.array(found, np.float32).reshape(-1, self.width)


def load() -> TechnicalQuality:
    """The embedder."""
    return TechnicalQuality()


def _shrunk(image: object) -> Floats:
    """(height, width, 3) from 0 to 1, the shorter side ``EDGE`` long."""
    import torch  # noqa: PLC0415 - names are listed without it

    pixels = np.require(checked_picture(image), requirements=("C", "W"))
    picture = torch.from_numpy(pixels).permute(2, 0, 1)[None]
    short = min(pixels.shape[:2])
    size = [min(LONGEST, round(length * EDGE / short)) for length in pixels.shape[:2]]
    if size != list(pixels.shape[:2]):
        resize = torch.nn.functional.interpolate
        picture = resize(picture, size, mode="bicubic", antialias=True)
    return picture[0].permute(1, 2, 0).numpy().astype(np.float32) / np.float32(255)


def _numbers(values: Floats) -> list[float]:
    grey = values @ LUMA
    edges = np.abs(np.diff(grey, axis=1)[:-1]) + np.abs(np.diff(grey, axis=0)[:, :-1])
    mean = float(edges.mean())
    around = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    fine = float(np.abs(4 * grey[1:-1, 1:-1] - around).mean())
    red, green, blue = np.moveaxis(values, -1, 0)
    opponents = red - green, (red + green) / 2 - blue  # Hasler and Süsstrunk 2003
    return [
        float(grey.mean()),
        float(grey.std()),
        float((grey > BRIGHT).mean()),
        float((grey < DARK).mean()),
        float(np.log(mean + LEAST)),
        float(np.log((fine + LEAST) / (mean + LEAST))),
        float(np.hypot(float(opponents[0].std()), float(opponents[1].std()))),
        *_where(edges.sum(axis=0, dtype=np.float64)),
        *_where(edges.sum(axis=1, dtype=np.float64)),
    ]


def _where(amounts: NDArray[np.float64]) -> tuple[float, float]:
    """The middle (0-1) and the spread of amounts along a line; the middle of nothing is 0.5."""
    places = np.linspace(0, 1, len(amounts))
    shares = (amounts + LEAST) / (amounts + LEAST).sum()
    middle = float(shares @ places)
    return middle, float(np.sqrt(shares @ (places - middle) ** 2))
