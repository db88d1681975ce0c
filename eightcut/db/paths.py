"""Stored paths, compared component by component.

Rows come from several machines, so a path may be written the Windows way. It
is never touched on disk here, and never matched as text: ``clips1`` is not in
``clip_1`` and ``/out/a`` does not hold ``/out/ab/x.mp4``.
"""

import re

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
DISABLED = "_disabled"  # end of the name of a folder whose clips teach nothing
VID = re.compile(r"vid_(\d+)")


def parts(path: str) -> tuple[str, ...]:
    """The components of a path; an absolute POSIX path begins with an empty one."""
    is_windows = _WINDOWS.match(path) or ("\\" in path and "/" not in path)
    pieces = re.split(r"[\\/]+", path) if is_windows else path.split("/")
    first, *rest = pieces or [""]
    return (first, *(piece for piece in rest if piece not in {"", "."}))


def name(path: str) -> str:
    """The last component."""
    return parts(path)[-1]


def export_folder(path: str) -> tuple[str, ...]:
    """The components of ``EXPORT`` in ``EXPORT/vid_NNN/clip.mp4``: two levels up, or none."""
    return parts(path)[:-2]


def folder_name(path: str) -> str:
    """The name of the export folder, which is the clip's class; empty where there is none."""
    folder = export_folder(path)
    return folder[-1] if folder else ""


def is_inside(path: str, folder: str) -> bool:
    """Whether a path lies anywhere below a folder."""
    above = parts(folder)
    own = parts(path)
    return len(own) > len(above) and own[: len(above)] == above


def class_folder(path: str) -> tuple[str, ...]:
    """The components before the first ``vid_NNN`` folder, or else two levels up."""
    own = parts(path)
    for depth, piece in enumerate(own[:-1]):
        if VID.fullmatch(piece):
            return own[:depth]
    return own[:-2]


def ends_with(path: str, key: str) -> bool:
    """Whether a path ends with the components of a file key such as ``parent/name.mp4``."""
    tail = parts(key)
    return parts(path)[-len(tail) :] == tail


def likely_in(folder: str, key: str) -> list[str]:
    """Where a file with this key would lie in a folder, the likelier place first."""
    direct = f"{folder.rstrip('/')}/{name(key)}"
    nested = f"{folder.rstrip('/')}/{key}"
    return list(dict.fromkeys(path for path in (nested, direct) if ends_with(path, key)))
