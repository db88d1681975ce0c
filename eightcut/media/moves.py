"""Moving a user's files in batches that survive a crash.

A batch is written to a journal before the first file moves, and the journal
goes when everything that depends on the moves is done too. Each step can be
repeated: whoever finds a journal carries the batch out again, and files that
have arrived already are passed over.

A unit moves whole or not at all, and never onto something that exists. This is
the only module that moves or removes a user's files.
"""

import contextlib
import ctypes
import errno
import filecmp
import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from eightcut import atomic, foreign
from eightcut.media.disk_errors import reason
from eightcut.media.picture_names import companions, namesakes, shown

__all__ = [
    "Move", "Outcome", "Refusal", "Unit", "begin", "carry_out", "companions", "creating",
    "discard", "end", "namesakes", "obstacle", "pending", "place", "reason", "remove_if_empty",
]  # fmt: skip

_NO_SUCH_CALL = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV)
_NO_HARD_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS)
_RENAME_NOREPLACE = 1  # linux/fs.h
_AT_FDCWD = -100  # fcntl.h


class Move(NamedTuple):
    """One file or folder and its new place."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Unit:
    """Files that move together; ``note`` is JSON that the caller wants back from the journal."""

    name: str
    moves: tuple[Move, ...]
    note: dict[str, Any] = field(default_factory=dict)

    def reverse(self) -> "Unit":
        """The unit that takes this one back, in the opposite order."""
        back = tuple(Move(target, source) for source, target in reversed(self.moves))
        return Unit(self.name, back, self.note)


class Refusal(NamedTuple):
    """A unit that stays where it was, and the reason."""

    unit: Unit
    reason: str


class Outcome(NamedTuple):
    """What became of a batch."""

    moved: list[Unit]
    refused: list[Refusal]


def begin(journal: Path, units: Iterable[Unit]) -> None:
    """Write a batch down; nothing has moved yet."""
    batch = [
        {"name": unit.name, "moves": [list(map(str, move)) for move in unit.moves]}
        | {"note": unit.note}
        for unit in units
    ]
    atomic.write(journal, json.dumps(batch, indent=1))


def pending(journal: Path) -> list[Unit]:
    """The batch that a crash interrupted, or [] if there is none."""
    if not journal.exists():
        return []
    return [
        Unit(
            entry["name"],
            tuple(Move(Path(source), Path(target)) for source, target in entry["moves"]),
            entry["note"],
        )
        for entry in foreign.load(journal, paths=True)
    ]


def carry_out(units: Iterable[Unit]) -> Outcome:
    """Move each unit, or finish moving it; what cannot move goes back to where it was."""
    outcome = Outcome([], [])
    touched: set[Path] = set()
    for unit in units:
        touched |= {place.parent for move in unit.moves for place in move}
        touched |= {move.target.parent.parent for move in unit.moves}  # of folders made here
        try:
            _carry_out(unit)
        except OSError as problem:
            outcome.refused.append(Refusal(unit, reason(problem)))
        else:
            outcome.moved.append(unit)
    for folder in touched:
        _flush(folder)
    return outcome


def end(journal: Path) -> None:
    """Forget a batch after everything that depends on it is done."""
    journal.unlink(missing_ok=True)
    atomic.flush(journal.parent)


def obstacle(unit: Unit) -> str | None:
    """Why a unit that has not begun to move cannot, or None."""
    for source, target in unit.moves:
        if not os.path.lexists(source):
            return f"{shown(source)} is missing"
        if os.path.lexists(target):
            return f"{shown(target)} exists already"
    return None


@contextlib.contextmanager
def creating(path: Path) -> Iterator[Path]:
    """Yield a hidden path beside ``path``; it becomes ``path`` if the block succeeds.

    Raises:
        FileExistsError: that name is taken; what has it stays as it is.
    """
    if os.path.lexists(path):
        raise FileExistsError(f"{shown(path)} exists already; it stays as it is")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _temporary(path) as temporary:
        yield temporary
        atomic.flush(temporary)
        _rename(temporary, path)
    _flush(path.parent)


def place(path: Path, text: str) -> None:
    """Write a new file, whole or not at all; that it is there with this text already is fine.

    Raises:
        FileExistsError: something else has that name; it stays as it is.
    """
    content = text.encode()
    if _holds(path, content):
        return
    with creating(path) as temporary:
        temporary.write_bytes(content)


def discard(path: Path, text: str | None = None) -> bool:
    """Remove a file of our own making; True if it is gone.

    With ``text`` it is only removed while it holds just that; a file that somebody has
    changed, a link and a folder stay.
    """
    if not os.path.lexists(path):
        return True
    is_plain = path.is_file() and not path.is_symlink()
    if not is_plain or (text is not None and not _holds(path, text.encode())):
        return False
    path.unlink(missing_ok=True)
    _flush(path.parent)
    return True


def remove_if_empty(folder: Path) -> bool:
    """Remove a folder that holds nothing; True if it is gone."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return not folder.exists()


def _carry_out(unit: Unit) -> None:
    done: list[Move] = []
    try:
        for move in unit.moves:
            if os.path.lexists(move.source) or not os.path.lexists(move.target):
                _move(*move)
            done.append(move)
    except OSError as problem:
        if stranded := _take_back(done):
            raise OSError(f"{reason(problem)}; and not brought back: {stranded}") from problem
        raise


def _take_back(done: list[Move]) -> str:
    """Return what has moved to where it was; what cannot return, as a list for the person."""
    stranded = []
    for source, target in reversed(done):
        try:
            _move(target, source)
        except OSError as problem:
            stranded.append(f"{shown(target)} ({reason(problem)})")
    return ", ".join(stranded)


def _move(source: Path, target: Path) -> None:
    """Move without ever replacing something, also when the last try ended half way."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        _check_link(source, target)
    if os.path.lexists(target):
        if not _is_same(source, target):
            raise FileExistsError(f"{shown(target)} exists already")
        source.unlink()
        return
    try:
        _rename(source, target)
    except OSError as problem:
        if problem.errno != errno.EXDEV or (source.is_dir() and not source.is_symlink()):
            raise
        _move_across(source, target)


def _check_link(source: Path, target: Path) -> None:
    """A link moves as a link, as long as it leads to the same thing from its new place."""
    link = source.readlink()
    if os.path.realpath(source.parent / link) != os.path.realpath(target.parent / link):
        raise OSError(f"{shown(source)} is a link that would lead elsewhere from its new place")


def _is_same(source: Path, target: Path) -> bool:
    """Whether a crash came after the file arrived and before it left its old name."""
    if source.is_dir() or source.is_symlink() or target.is_symlink():
        return False
    here, there = source.stat(), target.stat()
    if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):
        return here.st_nlink > 1 and not _is_one_name(source, target)
    is_copy = here.st_dev != there.st_dev and here.st_mtime_ns == there.st_mtime_ns
    return is_copy and filecmp.cmp(source, target, shallow=False)


def _is_one_name(source: Path, target: Path) -> bool:
    """Whether both ways lead to one entry of one folder, as through a link to a folder."""
    return source.name == target.name and source.parent.samefile(target.parent)


def _rename(source: Path, target: Path) -> None:
    """Give a file, folder or link another name, which must be free."""
    if _rename_by_kernel(source, target):
        return
    if source.is_symlink() or not source.is_file():
        _rename_if_free(source, target)
        return
    try:
        target.hardlink_to(source)
    except OSError as problem:
        if problem.errno not in _NO_HARD_LINKS:
            raise
        _rename_if_free(source, target)
    else:
        _remove(source, target)


def _rename_if_free(source: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise FileExistsError(f"{shown(target)} exists already")
    source.rename(target)


def _rename_by_kernel(source: Path, target: Path) -> bool:
    """Rename in one step that fails if the name is taken; False where the system has none."""
    if sys.platform != "linux":
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    names = os.fsencode(source), os.fsencode(target)
    if call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_NOREPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_SUCH_CALL:
        return False
    is_open = number in _FORBIDDEN and os.access(target.parent, os.W_OK | os.X_OK)
    where = source if is_open or number == errno.ENOENT else target
    raise OSError(number, os.strerror(number), os.fspath(where))


def _move_across(source: Path, target: Path) -> None:
    """Move a file or link to another disk: the new one is safe before the old one goes."""
    if source.is_symlink():
        target.symlink_to(source.readlink())
    else:
        with _temporary(target) as temporary:
            _copy(source, temporary)
            _rename(temporary, target)
    _flush(target.parent)
    _remove(source, target)


def _copy(source: Path, temporary: Path) -> None:
    before = source.stat()
    shutil.copyfile(source, temporary)
    shutil.copystat(source, temporary)
    atomic.flush(temporary)
    after = source.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise OSError(f"{shown(source)} was changed while it was copied; try again")
    if not filecmp.cmp(source, temporary, shallow=False):
        raise OSError(f"{shown(source)} could not be copied to another disk without damage")


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    """A hidden name beside ``path`` that is free again afterwards; errors name ``path``."""
    temporary = path.with_name(f"{atomic.PREFIX}{secrets.token_hex(8)}")
    try:
        yield temporary
    except OSError as problem:
        if problem.errno and problem.filename in (None, os.fspath(temporary)):
            raise OSError(problem.errno, problem.strerror, os.fspath(path)) from problem
        raise
    finally:
        with contextlib.suppress(OSError):  # what went wrong before says more
            temporary.unlink()


def _remove(source: Path, arrived: Path) -> None:
    """Remove what has arrived under another name; if that is forbidden, it has not arrived."""
    try:
        source.unlink()
    except OSError:
        arrived.unlink()
        raise


def _holds(path: Path, content: bytes) -> bool:
    """Whether this is a plain file with just this content."""
    is_plain = path.is_file() and not path.is_symlink()
    return is_plain and path.stat().st_size == len(content) and path.read_bytes() == content


def _flush(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some disks cannot, and what has moved has moved
        atomic.flush(folder)
