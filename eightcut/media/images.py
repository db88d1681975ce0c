"""Pictures: what they are, how they look, and cutting a rectangle out of one.

All sizes and rectangles count the pixels of a picture as it is shown, after the
rotation that its EXIF asks for.
"""

from eightcut.media.picture_crop import crop
from eightcut.media.picture_files import BadImage, Picture, probe
from eightcut.media.picture_names import SUFFIXES, is_image
from eightcut.media.picture_views import perceptual_hash, pixels, preview

__all__ = [
    "SUFFIXES", "BadImage", "Picture", "crop", "is_image", "perceptual_hash", "pixels", "preview",
    "probe",
]  # fmt: skip
