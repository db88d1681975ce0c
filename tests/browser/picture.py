"""How a picture of a screen is kept: small, by a palette of its own."""

import io
from pathlib import Path

from PIL import Image

COLOURS = 255
SHARES = (1, 0.88, 0.76, 0.64)
BYTES = 150_000


def keep(shot, target):
    """Write a screenshot as PNG of 255 colours, and no larger than fits into 150 kB."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(shot)) as picture:
        whole = picture.convert("RGB")
    for share in SHARES:
        size = [round(edge * share) for edge in whole.size]
        scaled = whole if share == 1 else whole.resize(size, Image.Resampling.LANCZOS)
        small = scaled.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(target, optimize=True)
        if target.stat().st_size < BYTES:
            break


def place(folder, name, theme):
    """Where the picture of a screen goes; the README shows the light ones."""
    dark = Path(folder) / "gallery" / f"{name}-dark.png"
    return Path(folder) / f"{name}.png" if theme == "Light" else dark
