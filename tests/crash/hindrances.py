"""What can be in a job's way: a full disk, small files only, folders that can only be read."""

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

FILLER = ".filler"


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """Mount a disk of memory on a folder; False where this machine does not allow that."""
    folder.mkdir(parents=True, exist_ok=True)
    how = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        is_mounted = subprocess.run(how, capture_output=True, check=False).returncode == 0
    except OSError:
        is_mounted = False
    try:
        yield is_mounted
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full_but_for(room: int):
    """A disk with so many bytes left; give it the folder of the work, on a disk of its own."""

    @contextlib.contextmanager
    def hindrance(folder):
        filler = folder.parent / FILLER
        with filler.open("wb") as file:
            free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
            os.posix_fallocate(file.fileno(), 0, max(free - room, 1))
        try:
            yield lambda: None
        finally:
            filler.unlink()

    return hindrance


def small_files_only(size: int):
    """No file may grow beyond so many bytes, as with a quota."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    @contextlib.contextmanager
    def hindrance(_folder):
        yield limit

    return hindrance


@contextlib.contextmanager
def read_only(folder):
    """The folder lies on a disk that can only be read; root may not write there either."""
    path = str(folder)
    subprocess.run(["mount", "--bind", path, path], check=True, capture_output=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", path], check=True, capture_output=True)
    try:
        yield lambda: None
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)
