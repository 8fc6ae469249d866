"""What SQLite leaves of what was erased: in its log, and in pages that are free.

A row that is changed leaves what it was in places of the file that are not used any more, and in
the log until that begins anew. Only writing the whole file anew is sure to leave nothing.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from gateway.errors import Transient
from gateway.store.database import Database

_WAIT_SECONDS = 15
SMALL = 256 * 1024 * 1024
"""Bytes of a file that is written anew in a moment, while whoever wants to write waits."""


def is_small(database: Database) -> bool:
    """Say whether nobody has to wait for long while the file is written anew."""
    return Path(database.url.database or "").stat().st_size <= SMALL


def remove_remains(database: Database) -> None:
    """Write the file anew and empty its log. Raises Transient where somebody holds on to it."""
    path = database.url.database or ""
    try:
        with closing(
            sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
        ) as connection:
            connection.execute("VACUUM")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        raise Transient(f"the file of the database cannot be written anew now: {error}") from error
    if busy:
        raise Transient("the log of the database is being read and cannot be emptied now")
