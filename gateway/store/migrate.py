"""Bringing the database up to the present tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from gateway.errors import Misused
from gateway.failpoint import reached
from gateway.store.database import Database
from gateway.store.revision import REVISIONS, present, require_known

# Any number will do, as long as nobody else on this server locks the same.
_LOCK = 0x63617365706F7374


def migrate(database: Database) -> None:
    """Apply the steps that are missing, all in one transaction; another node may do so, too.

    Raises Misused when the database was written by a newer version, or can't be used by us.
    """
    try:
        _migrate(database)
    except DatabaseError as error:
        raise Misused(
            f"the database {database.url.database} can't be used: {error.orig}"
        ) from error


def _migrate(database: Database) -> None:
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        revision = present(connection)
        if revision is not None:
            require_known(revision)
        if revision != REVISIONS[-1]:
            reached("migrate.begun")
            command.upgrade(configuration(connection), "head")
            reached("migrate.applied")


def configuration(connection: Connection) -> Config:
    """Give Alembic what it needs to work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
