"""Bringing the database up to the present tables, while other nodes may be at work on them."""

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, DBAPIError

from gateway.errors import Misused, Transient
from gateway.failpoint import reached
from gateway.store.database import Database, insert
from gateway.store.revision import OLDEST, REVISIONS, fits, present, require_known
from gateway.store.schema import schema_ages

_log = logging.getLogger("casepost.store")

# Any number will do, as long as nobody else on this server locks the same.
_LOCK = 0x63617365706F7374
# Whoever waits to change a table lets nobody pass who wants to use it: so it is for a moment only,
# and then everybody else has their turn.
_LOCK_SECONDS = 2
_PAUSE_SECONDS = 1.0
_MOST_ATTEMPTS = 40
# What PostgreSQL says of a lock that was not to be had, and of two who waited for each other.
_BUSY_STATES = frozenset({"55P03", "40P01"})
_BUSY_CODES = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def migrate(database: Database, pause: Callable[[float], object] = time.sleep) -> None:
    """Apply the steps that are missing, all in one transaction; another node may do so, too.

    Where tables are in use it tries again, with a `pause` of some seconds, for a few minutes.

    Raises Misused when the database was written by a newer version that this one does not go with,
    or can't be used by us, and Transient when the tables stay in use.
    """
    for attempt in range(_MOST_ATTEMPTS):
        try:
            _migrate(database)
        except Transient as error:
            if not _is_busy(error) or attempt + 1 == _MOST_ATTEMPTS:
                raise
            _log.warning("the tables cannot be brought up to date yet: %s", error)
            pause(_PAUSE_SECONDS)
        except DatabaseError as error:
            raise Misused(
                f"the database {database.url.database} can't be used: {error.orig}"
            ) from error
        else:
            return


def _is_busy(error: Transient) -> bool:
    """Say whether others had the tables, and not that there is no database to talk to."""
    cause = error.__cause__
    orig = cause.orig if isinstance(cause, DBAPIError) else None
    busy = getattr(orig, "sqlstate", None) in _BUSY_STATES
    # Of an extended code the last byte says what kind it is.
    return busy or getattr(orig, "sqlite_errorcode", 0) & 0xFF in _BUSY_CODES


def _migrate(database: Database) -> None:
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        revision = present(connection)
        if fits(connection, revision):
            return
        if revision is not None:
            require_known(revision)
        reached("migrate.begun")
        command.upgrade(configuration(connection), "head")
        reached("migrate.applied")
        note_age(connection, REVISIONS[-1], OLDEST)


def note_age(connection: Connection, revision: str, oldest: str) -> None:
    """Note which revision's program is the oldest that works on the tables of a revision."""
    entry = insert(connection, schema_ages).values(revision=revision, oldest=oldest)
    connection.execute(
        entry.on_conflict_do_update(
            index_elements=[schema_ages.c.revision], set_={"oldest": entry.excluded.oldest}
        )
    )


def configuration(connection: Connection) -> Config:
    """Give Alembic what it needs to work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
