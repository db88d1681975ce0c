"""How labels are named on both sides: as models here, as files in a folder there."""

import hashlib
import re

from eightcut.jobs.truth import positive_folders
from eightcut.workspace import Workspace

_BETWEEN = ": "  # of the name that a person gave to an import, and a label in it
_UNSAFE = re.compile(r'^\.|[\x00-\x1f\x7f%/\\:*?"<>|]|[ .]$')
LONGEST = 200  # bytes of a file's name, so that any suffix and temporary name still fit


def model_name(name: str, label: str) -> str:
    """The model whose scan versions hold the imported regions of a label."""
    return f"{name}{_BETWEEN}{label}" if label else name


def label_of(ws: Workspace, model: str, version: str, profile: str) -> str:
    """What a scan's regions are labelled: the folders its classifier learned, or an import's label.

    The model's name where neither is known.
    """
    folders = positive_folders(ws, model, version, profile) if version else set()
    return "+".join(sorted(folders)) or model.partition(_BETWEEN)[2] or model


def file_name(key: str, suffix: str = "") -> str:
    """A name for a file about ``key`` that any system takes and that leads into no other folder.

    Characters that some system refuses become ``%XX``; a long name ends in a digest.
    """
    safe = _UNSAFE.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), key)
    if len(safe.encode()) > LONGEST:
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        safe = f"{safe.encode()[: LONGEST - 17].decode(errors='ignore')}-{digest}"
    return (safe or "%00") + suffix
