"""A database file as an object that threads share.

The functions of this package do the work and carry the documentation. ``reads``
and ``writes`` make each of them a method of a store: one runs it on one snapshot
of the file, the other in one transaction, both under the store's lock.
"""

import functools
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Concatenate, ParamSpec, Self, TypeVar

from eightcut.db import connection, migrations

P = ParamSpec("P")
T = TypeVar("T")
Transaction = Callable[[sqlite3.Connection], AbstractContextManager[None]]


class Store:
    """A file of one kind, created if it does not exist, migrated if it is older.

    Threads may share an object, processes may share a file: each call is one
    transaction and waits up to a minute for other writers.
    """

    KIND: ClassVar[migrations.Kind]

    def __init__(self, path: str | PathLike[str], *, read_only: bool = False) -> None:
        self.path = Path(path).expanduser().absolute()
        self._lock = threading.RLock()
        with connection.explained(self.path):
            opened = connection.for_reading if read_only else connection.connect
            self._db = opened(self.path)
            try:
                self._prepare(read_only=read_only)
            except BaseException:
                self._db.close()
                raise

    def back_up(self) -> Path:
        """Copy the file as it is now to ``NAME.bak-STAMP`` beside it and return that path."""
        with self._lock, connection.explained(self.path):
            return connection.copy_aside(self.path)

    def close(self) -> None:
        """Close the file; safe to call twice."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    @contextmanager
    def _session(self, transaction: Transaction) -> Iterator[sqlite3.Connection]:
        with self._lock, connection.explained(self.path), transaction(self._db):
            yield self._db

    def _prepare(self, *, read_only: bool) -> None:
        connection.check_whole(self._db, self.path)
        if read_only:
            migrations.check(self._db, self.path, self.KIND)
            return
        is_ours = migrations.version(self._db) > 0
        kept = migrations.apply(self._db, self.path, self.KIND)
        connection.settle(self._db)
        if kept is not None:
            connection.shrink(self._db)
            told = Store._migrated(self, kept) if is_ours else self._migrated(kept)
            print(told, file=sys.stderr)  # noqa: T201 - a person must know

    def _migrated(self, kept: Path) -> str:
        """What to tell the person whose file, of an earlier program, was migrated."""
        return f"{self.path} was migrated for eightcut. A copy from before is {kept}."


def _method(
    function: Callable[Concatenate[sqlite3.Connection, P], T], transaction: Transaction
) -> Callable[Concatenate[Store, P], T]:
    @functools.wraps(function)
    def method(self: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self._session(transaction) as db:
            return function(db, *args, **kwargs)

    return method


def reads(
    function: Callable[Concatenate[sqlite3.Connection, P], T],
) -> Callable[Concatenate[Store, P], T]:
    """The function as a method that sees one state of the file."""
    return _method(function, connection.snapshot)


def writes(
    function: Callable[Concatenate[sqlite3.Connection, P], T],
) -> Callable[Concatenate[Store, P], T]:
    """The function as a method whose changes are all stored, or none."""
    return _method(function, connection.atomic)
