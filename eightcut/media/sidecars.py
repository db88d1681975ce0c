"""Sidecars: a small JSON file beside a picture that names the decision it belongs to.

``NAME.decision`` lies beside ``NAME.png``. Earlier tools wrote three kinds: a
link to a group of the decision log (``group_id``, ``project_id``, ``needs_crop``,
later with the proposed crop), a whole group with recommendation and decision
(``<stamp>.decision``), and bare proposals. All are read, only links are written.
"""

import errno
import json
import os
import stat
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from eightcut import foreign
from eightcut.images.boxes import checked
from eightcut.media import moves
from eightcut.media.picture_names import SIDECAR, group_sidecar, shown

LARGEST = 1_000_000  # bytes; a real one has some hundred
ROUTES = ("suggestion", "manual")
_LINKS = frozenset(("group_id", "project_id", "needs_crop", "ai_crop_coords"))


class BadSidecar(ValueError):  # noqa: N818 - it names the file's fault, not the program's
    """A sidecar that is damaged, or belongs to something else; the message says which."""


def sidecar_path(image_path: str | PathLike[str]) -> Path:
    """Where the sidecar of a picture lies, whether there is one or not."""
    path = Path(image_path)
    return path.with_name(path.stem + SIDECAR)


def content(
    group_id: str,
    project_id: str,
    needs_crop: bool,  # noqa: FBT001 - the seed's signature
    *,
    ai_crop_coords: Sequence[float] | None = None,
    ai_crop_accepted: bool | None = None,
    ai_route: str | None = None,
) -> str:
    """The text of a sidecar; what is None is left out.

    Args:
        group_id: the row of the decision log.
        project_id: the project that the log belongs to.
        needs_crop: whether the picture waits for a crop.
        ai_crop_coords: the proposed box, x1, y1, x2, y2 in shares of the picture.
        ai_crop_accepted: whether the person took that box.
        ai_route: ``"suggestion"`` or ``"manual"``.

    Raises:
        ValueError: a box that is none, an empty id, another route.
    """
    if not (group_id and project_id):
        raise ValueError("a sidecar needs the id of a group and of a project")
    if ai_route is not None and ai_route not in ROUTES:
        raise ValueError(f"ai_route is {' or '.join(map(repr, ROUTES))}, not {ai_route!r}")
    told: dict[str, Any] = {"group_id": group_id, "project_id": project_id}
    told["needs_crop"] = bool(needs_crop)
    told["ai_route"] = ai_route
    told["ai_crop_coords"] = None if ai_crop_coords is None else list(checked(ai_crop_coords))
    told["ai_crop_accepted"] = ai_crop_accepted
    return json.dumps({name: value for name, value in told.items() if value is not None}, indent=2)


def create_decision_sidecar(
    image_path: str | PathLike[str],
    group_id: str,
    project_id: str,
    needs_crop: bool,  # noqa: FBT001 - the seed's signature
    *,
    ai_crop_coords: Sequence[float] | None = None,
    ai_crop_accepted: bool | None = None,
    ai_route: str | None = None,
) -> Path:
    """Write the sidecar of a picture and return its path; writing it twice is writing it once.

    Raises:
        FileExistsError: there is one with other content; it stays as it is.
        ValueError: as in ``content``.
    """
    path = sidecar_path(image_path)
    text = content(
        group_id,
        project_id,
        needs_crop,
        ai_crop_coords=ai_crop_coords,
        ai_crop_accepted=ai_crop_accepted,
        ai_route=ai_route,
    )
    moves.place(path, text)
    return path


def read_decision_sidecar(image_path: str | PathLike[str]) -> dict[str, Any] | None:
    """What the sidecar of a picture says, or None if it has none.

    Boxes come as they are written, also where they reach beyond the picture. From the
    sidecar of a whole group comes the part that concerns this picture.

    Raises:
        BadSidecar: it is damaged, too large, no plain file, or about another picture.
    """
    image = Path(image_path)
    own = sidecar_path(image)
    for path in dict.fromkeys((own, group_sidecar(image))):
        if (raw := _bytes(path)) is None:
            continue
        told = _parsed(path, raw)
        if path != own and "images" not in told:
            continue  # the link of a picture that is called like the group
        return _of_group(path, told, image.name) if "images" in told else _link(path, told, image)
    return None


def _bytes(path: Path) -> bytes | None:
    """The content of a sidecar that is there and small enough; opens no link and waits for none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as problem:
        if problem.errno == errno.ENAMETOOLONG:
            return None
        if path.is_symlink():
            raise BadSidecar(f"the sidecar {shown(path)} is a link and is not followed") from None
        raise BadSidecar(f"{shown(path)} cannot be read: {problem.strerror}") from problem
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BadSidecar(f"{shown(path)} is no plain file")
        raw = os.read(handle, LARGEST + 1)
    finally:
        os.close(handle)
    if len(raw) > LARGEST:
        raise BadSidecar(f"{shown(path)} is larger than a sidecar can be (1 MB)")
    return raw


def _parsed(path: Path, raw: bytes) -> dict[str, Any]:
    try:
        told = foreign.parse(raw, shown(path))
    except foreign.Unreadable as problem:
        raise BadSidecar(f"{problem}; the sidecar is damaged") from None
    if not isinstance(told, dict):
        raise BadSidecar(f"{shown(path)} is no sidecar: it holds no object")
    if not _LINKS & told.keys():
        raise BadSidecar(f"{shown(path)} is no sidecar: it names no group and no crop")
    return told


def _link(path: Path, told: dict[str, Any], image: Path) -> dict[str, Any]:
    for name in ("group_id", "project_id"):
        if name in told and not (isinstance(told[name], str) and told[name]):
            raise BadSidecar(f"{shown(path)} is damaged: {name} is no text")
    for name in ("needs_crop", "ai_crop_accepted"):
        if not isinstance(told.get(name), bool | None):
            raise BadSidecar(f"{shown(path)} is damaged: {name} is neither true nor false")
    if not _is_box(told.get("ai_crop_coords")):
        raise BadSidecar(f"{shown(path)} is damaged: ai_crop_coords are not four numbers")
    for name in ("filename", "image_path"):
        other = told.get(name)
        if isinstance(other, str) and Path(other.replace("\\", "/")).name != image.name:
            raise BadSidecar(f"{shown(path)} is about another picture, {foreign.shown(other)}")
    return told


def _of_group(path: Path, told: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of a group's sidecar that concerns one picture."""
    given = told["images"]
    names = [_name(entry) for entry in given] if isinstance(given, list) else []
    if name not in names:
        raise BadSidecar(f"{shown(path)} is about a group that {shown(name)} is not in")
    advice = told.get("ai_recommendation")
    found = {"group_id": told.get("group_id"), "project_id": told.get("project_id")}
    if isinstance(advice, dict) and _name(advice.get("selected_image")) == name:
        found |= {
            "needs_crop": advice.get("crop_needed"),
            "ai_crop_coords": advice.get("crop_coords"),
        }
    return _link(
        path, {key: value for key, value in found.items() if value is not None}, Path(name)
    )


def _name(entry: Any) -> str | None:
    """The name of a picture in a group's sidecar: text, or an object with a ``filename``."""
    named = entry.get("filename") if isinstance(entry, dict) else entry
    return Path(named.replace("\\", "/")).name if isinstance(named, str) else None


def _is_box(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, list) or len(value) != 4:
        return False
    return all(type(edge) in (int, float) and abs(edge) < 1e6 for edge in value)
