"""Rows into a table, many in one statement: half the cost of a statement for each."""

import itertools
import sqlite3
from collections.abc import Iterable

MOST = 100  # rows in one statement


def insert(db: sqlite3.Connection, table: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Store rows of one width; ``table`` may name its columns: ``"scans (id, filename)"``."""
    given = iter(rows)
    for block in iter(lambda: list(itertools.islice(given, MOST)), []):
        one = "(" + ",".join("?" * len(block[0])) + ")"
        if len(block) == MOST:
            every = ",".join([one] * MOST)
            cells = list(itertools.chain.from_iterable(block))
            db.execute(f"INSERT INTO {table} VALUES {every}", cells)  # noqa: S608 - of this package
        else:  # a statement of its own for each length would have to be compiled
            db.executemany(f"INSERT INTO {table} VALUES {one}", block)  # noqa: S608
