"""A copy of a SQLite database, by SQLite's own online backup.

It is copied in steps from one snapshot: whoever writes meanwhile waits for nothing, and since the
snapshot stays, no step has to begin anew. What is written meanwhile stays in the log until the end.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from gateway.backup.contents import Contents
from gateway.backup.contents import contents as contents_of
from gateway.backup.manifest import private
from gateway.errors import Transient
from gateway.store.database import Database
from gateway.store.large_folder import sync_folder

_WAIT_SECONDS = 15
# 4 MiB of the usual pages, after which others have a moment for themselves.
_PAGES = 1024
_PAUSE = 0.001


def copy(source: Path, target: Path, told: Callable[[int, int], None]) -> None:
    """Copy a database into a new file; `told` is told how many pages are done, and of how many.

    Raises Transient and OSError.
    """
    private(target).close()
    uri = f"{source.resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS)) as reading,
            closing(sqlite3.connect(target, isolation_level=None)) as writing,
        ):
            reading.isolation_level = None
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            reading.backup(
                writing,
                pages=_PAGES,
                sleep=_PAUSE,
                progress=lambda _, left, total: told(total - left, total),
            )
            # One file, without a log beside it.
            writing.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise Transient(f"the database cannot be copied: {error}") from error
    with target.open("rb") as file:
        os.fsync(file.fileno())
    sync_folder(target.parent)


def contents(path: Path) -> Contents:
    """Look into a copy. Raises Misused and Transient."""
    database = Database(f"sqlite:///{path.resolve()}", path.parent, looks_only=True)
    try:
        with database.reading() as connection:
            return contents_of(connection)
    finally:
        database.close()


def faults(path: Path) -> tuple[str, ...]:
    """Say what is damaged in a copy, a sentence each. Raises Transient."""
    database = Database(f"sqlite:///{path.resolve()}", path.parent, looks_only=True)
    try:
        with database.reading() as connection:
            said = list(connection.execute(text("PRAGMA integrity_check")).scalars())
            said = [] if said == ["ok"] else [f"the database is damaged: {one}" for one in said]
            lost = connection.execute(text("PRAGMA foreign_key_check")).all()
            return (*said, *(f"a row of {row[0]} refers to none of {row[2]}" for row in lost))
    except DatabaseError as error:
        return (f"the database is damaged: {error.orig}",)
    finally:
        database.close()
