"""SQLite's write-ahead log after an error of the disk: begun anew before anything builds on it.

After a sync that failed the system may have dropped what was to be written, and says of the next
sync that all went well. A commit behind such a gap would be acknowledged and, after a power cut,
not be found: recovery ends at the gap. So the log's content is first copied into the database, as
it was read, and synced there, and the log is emptied.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from gateway.errors import Transient

_log = logging.getLogger("casepost.store")

# Extended codes have the kind of error in their lowest byte.
_KIND = 0xFF


class LogDoubt:
    """Whether the log of one SQLite database can be built on; used by one writer at a time."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        """Begin without doubt; `engines` are those that write, the durable one first."""
        self._engines = engines
        self._doubtful = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Take note when a transaction meets an error of the disk.

        Raises Transient when the log is in doubt and can't be begun anew just now.
        """
        if self._doubtful:
            self._begin_anew()
        try:
            yield
        except OperationalError as error:
            code = getattr(error.orig, "sqlite_errorcode", 0)
            self._doubtful |= code & _KIND == sqlite3.SQLITE_IOERR
            raise

    def _begin_anew(self) -> None:
        """Give up the connections that saw the error, and empty the log through a new one."""
        for engine in self._engines:
            engine.dispose()
        try:
            connection = self._engines[0].raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (state,) = cursor.fetchall()
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise Transient(f"the database's log can't be begun anew: {error}") from error
        if state[0]:
            raise Transient("the database's log is in use and can't be begun anew yet")
        self._doubtful = False
        _log.warning("after an error of the disk the database's log was begun anew")
