"""What lies in a folder: every visible file by its content, every database by its rows."""

import contextlib
import hashlib
import json
import re
import sqlite3
from collections import Counter
from pathlib import Path

MAGIC = b"SQLite format 3\0"
CHANCE = re.compile(r"\.eightcut-[a-z-]*[0-9a-f]{16}")  # names drawn by lot
SIDES = ("-wal", "-shm", "-journal")


DATABASE = "a database"


def seen(folder: Path, *, with_rows: bool = True) -> dict[str, str]:
    """Relative path -> what it holds, of every file that no one is to overlook."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not _is_hidden(name) and not name.name.endswith(SIDES):
            found[name.as_posix()] = _held(path, with_rows=with_rows)
    return found


def _is_hidden(name: Path) -> bool:
    return any(part.startswith(".") or part.endswith(".partial") for part in name.parts)


def _held(path: Path, *, with_rows: bool) -> str:
    content = path.read_bytes()
    if content.startswith(MAGIC) or (path.suffix == ".db" and not content):  # as SQLite begins one
        return rows(path) if with_rows else DATABASE
    return hashlib.sha256(content).hexdigest()


def rows(path: Path) -> str:
    """Everything a database holds, as text, but for names and numbers that nothing relies on."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        lines = [line for line in db.iterdump() if '"sqlite_sequence"' not in line]
    return CHANCE.sub(".eightcut-", "\n".join(lines))


def broken(path: Path) -> list[str]:
    """What is wrong with a file of its own kind, as far as that can be told."""
    content = path.read_bytes()
    if content.startswith(MAGIC) or (path.suffix == ".db" and not content):
        with contextlib.closing(sqlite3.connect(path)) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            loose = db.execute("PRAGMA foreign_key_check").fetchall()
        return found + [f"{len(loose)} rows point to nothing"] * bool(loose)
    try:
        json.loads(content)
    except ValueError:
        return ["it is neither as before nor as after, and no whole JSON"]
    return []


def contents(folder: Path, patterns: tuple[str, ...]) -> Counter[str]:
    """How often each content lies anywhere in the folder, of files that match a pattern."""
    paths = {path for pattern in patterns for path in folder.rglob(pattern)}
    visible = (path for path in paths if path.is_file() and not path.name.startswith("."))
    return Counter(hashlib.sha256(path.read_bytes()).hexdigest() for path in visible)


def leftovers(folder: Path) -> list[str]:
    """Files and folders that were being written and are of no more use."""
    return sorted(
        path.relative_to(folder).as_posix()
        for pattern in (".eightcut-*", "*.partial", "*.part")
        for path in folder.rglob(pattern)
    )


def difference(wanted: str | None, found: str | None) -> str:
    """How two files differ, in few words."""
    if wanted is None or found is None:
        return "missing" if found is None else "one too many"
    lines = wanted.splitlines(), found.splitlines()
    told = [f"+{line}" for line in lines[1] if line not in lines[0]]
    told += [f"-{line}" for line in lines[0] if line not in lines[1]]
    return "different: " + "; ".join(line[:200] for line in told[:4])
