"""Export folders and the numbered ``vid_NNN`` folders inside them.

``EXPORT/vid_NNN/clip.mp4``: the name of ``EXPORT`` is the class of the clip,
and each video has one ``vid_NNN`` folder per export folder. Numbers count over
all profiles, because profiles may share an export folder, and are never used
again.
"""

import re
import sqlite3
from collections import Counter, defaultdict
from pathlib import Path

from eightcut.db import clips, paths


def get_export_folders(
    db: sqlite3.Connection,
    profile: str = "default",
    include_scan_exports: bool = False,  # noqa: FBT001, FBT002 - the seeds' signature
) -> list[str]:
    """The names of the folders with clips of a profile, sorted.

    Folders that hold only scan exports are left out unless asked for.
    """
    return sorted({name for _, name in clips.folders(db, profile, with_scans=include_scan_exports)})


def get_training_stats(
    db: sqlite3.Connection,
    profile: str = "default",
    include_scan_exports: bool = False,  # noqa: FBT001, FBT002 - the seeds' signature
) -> dict[str, dict[str, int]]:
    """How many videos and clips each folder could teach from; folders without clips are absent.

    Folders whose name ends with ``_disabled`` teach nothing and are absent too.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for filename, folder in clips.folders(db, profile, with_scans=include_scan_exports):
        if not folder.endswith(paths.DISABLED):
            found[folder].append(filename)
    return {
        folder: {"videos": len(set(names)), "clips": len(names)}
        for folder, names in sorted(found.items())
    }


def get_clip_counts_grouped(
    db: sqlite3.Connection, profile: str = "default"
) -> dict[str, dict[str, int]]:
    """How many clips each file has in each folder: filename -> folder -> count."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for filename, folder in clips.folders(db, profile, with_scans=True):
        counts[filename][folder] += 1
    return {filename: dict(found) for filename, found in counts.items()}


def get_all_folder_counts(db: sqlite3.Connection, profile: str = "default") -> dict[str, int]:
    """How many clips lie in each folder, scan exports included."""
    return dict(Counter(name for _, name in clips.folders(db, profile, with_scans=True)))


def get_max_counter(db: sqlite3.Connection, folder: str, name: str) -> int:
    """The highest N of ``folder/name_N…`` over all clips of all profiles, 0 if there is none."""
    numbered = re.compile(rf"{re.escape(name)}_(\d+)(?:[_.]|$)", re.ASCII)
    above = paths.parts(folder)
    highest = 0
    rows = db.execute(
        "SELECT DISTINCT output_path FROM processed WHERE instr(output_path, ?)", (f"{name}_",)
    )
    for (path,) in rows:
        own = paths.parts(path)
        if len(own) > len(above) and own[: len(above)] == above:
            match = numbered.match(own[len(above)])
            highest = max(highest, int(match[1])) if match else highest
    return highest


def get_vid_folder(db: sqlite3.Connection, filename: str, profile: str, export_folder: str) -> str:
    """The ``vid_NNN`` name for a file's clips in an export folder: the one it has, or the next.

    The file's newest folder in this very export folder is used again, the
    profile's own before another profile's. A new number is above every one in
    any row and on disk.
    """
    above = paths.parts(str(export_folder))
    rows = db.execute(
        "SELECT filename, profile, output_path FROM processed WHERE instr(output_path, ?) "
        "ORDER BY profile = ? DESC, id DESC",
        (above[-1], profile),
    )
    numbers = [0, *_numbers_on_disk(Path(export_folder))]
    for owner, _, path in rows:
        own = paths.parts(path)
        if len(own) < len(above) + 2 or own[: len(above)] != above:
            continue
        if match := paths.VID.fullmatch(own[len(above)]):
            if owner == filename and len(own) == len(above) + 2:
                return match[0]
            numbers.append(int(match[1]))
    return f"vid_{max(numbers) + 1:03d}"


def _numbers_on_disk(folder: Path) -> list[int]:
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    return [int(match[1]) for name in names if (match := paths.VID.fullmatch(name))]
