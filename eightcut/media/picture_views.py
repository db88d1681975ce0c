"""A picture as it is looked at: upright, in sRGB, eight bits, without transparency."""

import io
import os
from typing import Any

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from eightcut.media import picture_stream
from eightcut.media.picture_files import MANY_PIXELS, Header, decoding, opened

BACKGROUND = 128  # grey, on which neither white nor black drawings vanish
_HASH_EDGE = 512  # the hash looks at 32 x 32 pixels
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def preview(path: str | os.PathLike[str], edge: int = 1600) -> bytes:
    """A JPEG of the picture whose longer side has at most ``edge`` pixels; never enlarged.

    Raises:
        BadImage: the file is no picture, is damaged, or too large.
    """
    buffer = io.BytesIO()
    Image.fromarray(pixels(path, edge)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def pixels(path: str | os.PathLike[str], edge: int | None = None) -> NDArray[np.uint8]:
    """The picture as (height, width, 3), its longer side at most ``edge``; never enlarged.

    Raises:
        BadImage: the file is no picture, is damaged, or too large.
    """
    if edge is not None and edge < 1:
        raise ValueError(f"edge must be at least 1 pixel, got {edge}")
    with opened(path) as header, decoding(header.path):
        if header.pixels > MANY_PIXELS and picture_stream.can_read(header):
            return picture_stream.shown(header, edge, BACKGROUND)
        return np.array(_by_pillow(header, edge))


def perceptual_hash(path: str | os.PathLike[str]) -> int:
    """64 bits that differ in few places where pictures look alike (pHash, Zauner 2010).

    Raises:
        BadImage: the file is no picture, is damaged, or too large.
    """
    return int(str(imagehash.phash(Image.fromarray(pixels(path, _HASH_EDGE)))), 16)


def _by_pillow(header: Header, edge: int | None) -> Image.Image:
    stored = header.image
    if edge is not None and header.kind in {"JPEG", "MPO"}:
        stored.draft(None, (edge, edge))
    header.load()
    image = _eight_bits(stored, edge)
    if edge is not None:
        image.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _in_srgb(_opaque(image), stored.info.get("icc_profile"))
    turn = None if header.kind == "TIFF" else _UPRIGHT.get(header.orientation)
    return image if turn is None else image.transpose(turn)


def _eight_bits(image: Image.Image, edge: int | None) -> Image.Image:
    """A picture of one of the modes L, LA, RGB, RGBA, CMYK, LAB."""
    mode = image.mode
    if mode.startswith(("I", "F")):
        return Image.fromarray(_scaled(np.asarray(image)))
    if mode in {"P", "PA", "RGBa", "La"} or "transparency" in image.info:
        image = _thinned(image, edge)
        is_clear = mode != "P" or "transparency" in image.info
        return image.convert("RGBA" if is_clear else "RGB")
    if mode in {"L", "LA", "RGB", "RGBA", "CMYK", "LAB"}:
        return image
    return image.convert("L" if mode == "1" else "RGB")


def _thinned(image: Image.Image, edge: int | None) -> Image.Image:
    """Every so many pixels of a picture that would take up four times the room in colours."""
    step = min(image.size) // (2 * edge) if edge else 1
    if image.width * image.height <= MANY_PIXELS or step < 2:
        return image
    size = image.width // step, image.height // step
    return image.resize(size, Image.Resampling.NEAREST)


def _scaled(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Numbers of any range as 0 to 255: of 16 bits by their range, others by the largest."""
    top: float = 65535.0
    if values.dtype.kind != "u":
        found = float(np.nanmax(np.where(np.isfinite(values), values, 0), initial=0))
        top = next((at for at in (1.0, 255.0, 65535.0) if found <= at), found)
    share = np.nan_to_num(values.astype(np.float32) / np.float32(top), posinf=1, neginf=0)
    scaled: NDArray[np.uint8] = np.rint(share.clip(0, 1) * 255).astype(np.uint8)
    return scaled


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode not in {"LA", "RGBA"}:
        return image
    plain = "L" if image.mode == "LA" else "RGB"
    ground = Image.new(plain, image.size, BACKGROUND if plain == "L" else (BACKGROUND,) * 3)
    ground.paste(image.convert(plain), mask=image.getchannel("A"))
    return ground


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    source = _profile(image, profile)
    if source is not None:
        try:
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, ValueError):
            converted = None  # a profile of another kind of picture tells nothing
        if converted is not None:
            return converted
    return image.convert("RGB")


def _profile(image: Image.Image, profile: object) -> ImageCms.ImageCmsProfile | None:
    if isinstance(profile, bytes):
        try:
            return ImageCms.ImageCmsProfile(io.BytesIO(profile))
        except (OSError, TypeError, ImageCms.PyCMSError):
            return None
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")) if image.mode == "LAB" else None
