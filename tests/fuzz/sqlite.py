"""SQLite files changed: their bytes, their header, their schema and their cells."""

import contextlib
import os
import sqlite3
import struct
import tempfile
from random import Random

from tests.fuzz.mutate import NUMBERS, TEXTS, as_json, damage, value

HEADER = ((16, "H"), (18, "B"), (20, "B"), (24, "I"), (28, "I"), (32, "I"), (36, "I"), (40, "I"),
          (44, "I"), (52, "I"), (56, "I"), (60, "I"), (64, "I"), (68, "I"))  # fmt: skip
"""Fields of the header by offset: page size, versions, size, freelist, schema, encoding …"""
WORDS = (
    ("STRICT", ""), ("NOT NULL", ""), ("TEXT", "BLOB"), ("REAL", "TEXT"), ("INTEGER", "REAL"),
    ("CHECK", "--"),
    ("PRIMARY KEY", ""), ("id", "id2"), ("filename", "file_name"), ("timestamp", "time"), (",",
    ",,"), ("UNIQUE", ""),
)  # fmt: skip
COUNTING = """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
SELECT i AS id, i AS filename FROM n"""
VERSIONS = (0, 1, 2, 3, 999, 2**31 - 1, -1)


def of_sqlite(random: Random, content: bytes) -> bytes:
    """A database with odd values or another shape, or with damaged pages."""
    fate = random.random()
    if fate < 0.2:
        return damage(random, content)
    if fate < 0.35:
        return _header(random, content)
    handle, path = tempfile.mkstemp(suffix=".db")
    os.close(handle)
    try:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(content)
        _edited(random, path)
        with open(path, "rb") as file:  # noqa: PTH123
            return file.read()
    finally:
        os.unlink(path)  # noqa: PTH108


def cyclic(content: bytes) -> bytes:
    """A freelist whose first page names itself as the next."""
    size = struct.unpack_from(">H", content, 16)[0]
    changed = bytearray(content)
    struct.pack_into(">II", changed, 32, 2, 1000)
    struct.pack_into(">II", changed, size, 2, 5)
    return bytes(changed)


def _header(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 2))):
        at, code = random.choice(HEADER)
        most = 2 ** (8 * struct.calcsize(">" + code)) - 1
        wanted = random.choice((0, 1, 2, 3, 512, 4096, 65_535, most, random.randrange(most + 1)))
        struct.pack_into(">" + code, changed, at, min(wanted, most))
    return bytes(changed)


def _edited(random: Random, path: str) -> None:
    if random.random() < 0.5:
        _on(path, lambda db: _reshape(random, db))
    _on(path, lambda db: _fill(random, db))


def _on(path: str, change) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        with contextlib.suppress(sqlite3.Error, UnicodeError, OverflowError, IndexError):
            change(db)


def _tables(db):
    found = db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return [name for (name,) in found if not name.startswith("sqlite_")] or ["none"]


def _reshape(random: Random, db) -> None:
    """The schema as text, a table, a column or a mark in the header."""
    table, kind = random.choice(_tables(db)), random.randrange(7)
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    if kind < 3:
        db.execute("PRAGMA writable_schema = ON")
        sql = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
        for old, new in random.sample(WORDS, random.choice((1, 2, 4))):
            sql = sql.replace(old, new, random.choice((1, 100)))
        db.execute("UPDATE sqlite_schema SET sql = ? WHERE name = ?", (sql, table))
    elif kind == 3:
        db.execute(f"ALTER TABLE {table} DROP COLUMN {random.choice(columns)}")
    elif kind == 4:
        db.execute(f"DROP TABLE {table}")
        if random.random() < 0.5:
            db.execute(f"CREATE VIEW {table} AS {COUNTING}")
    elif kind == 5:
        mark = random.choice(("user_version", "application_id"))
        db.execute(f"PRAGMA {mark} = {random.choice(VERSIONS)}")
    else:
        db.execute(
            f"CREATE TRIGGER odd AFTER INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
        )


def _fill(random: Random, db) -> None:
    """Cells of any type in any column; a table that is strict keeps its own out."""
    for _ in range(random.choice((1, 2, 5))):
        table = random.choice(_tables(db))
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        with contextlib.suppress(sqlite3.Error, UnicodeError, OverflowError):
            db.execute(f"UPDATE {table} SET {random.choice(columns)} = {_cell(random)}"
                       f" WHERE rowid % {random.choice((1, 2))} = 0")  # fmt: skip
        if random.random() < 0.1:
            db.execute(f"INSERT INTO {table} SELECT * FROM {table}")


def _cell(random: Random) -> str:
    """A value as SQL spells it: also text that is no text, and infinity."""
    kind = random.randrange(6)
    if kind == 0:
        return random.choice(("NULL", "x'ff00fe'", "9e999", "-9e999", "zeroblob(100000)", "''"))
    if kind == 1:
        return f"CAST(x'{random.randbytes(random.choice((1, 3, 8))).hex()}' AS TEXT)"
    if kind == 2:
        return str(random.choice([number for number in NUMBERS if abs(number) < 1e308]))
    text = as_json(random, value(random))[:20_000] if kind < 5 else random.choice(TEXTS)
    quoted = text.encode("utf-8", "replace").hex()
    return f"CAST(x'{quoted}' AS TEXT)"
