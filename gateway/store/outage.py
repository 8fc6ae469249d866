"""An outage of the database, told apart from a statement that is wrong."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.errors import Transient

# What SQLite says of a statement or a value that is wrong, now and later.
_WRONG = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_MISUSE})
# What SQLite says of a file that has changed under it. No mail is to blame for it.
_DAMAGED = sqlite3.SQLITE_CORRUPT
_PRIMARY = 0xFF  # of an extended code (https://sqlite.org/rescode.html)
# What PostgreSQL says of itself and not of a statement: it only reads, as one that stands by; it
# ended a session that was idle; something in it is broken (its appendix A).
_OF_THE_SERVER = ("25006", "25P03", "XX")


def _is_damaged(error: object) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY == _DAMAGED


@contextmanager
def as_transient() -> Iterator[None]:
    """Turn an outage of the database into Transient; a wrong statement stays what it is."""
    try:
        yield
    except PoolTimeout as error:
        raise Transient("every connection to the database is in use") from error
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) in _WRONG:
            raise
        raise Transient(f"the database does not answer: {error.orig}") from error
    except DBAPIError as error:
        if _is_damaged(error.orig):
            message = "the file of the database is damaged: stop, and restore a backup"
            raise Transient(f"{message} ({error.orig})") from error
        if error.connection_invalidated:
            raise Transient(f"the database went away: {error.orig}") from error
        if str(getattr(error.orig, "sqlstate", "")).startswith(_OF_THE_SERVER):
            raise Transient(f"the database does not do it now: {error.orig}") from error
        raise
