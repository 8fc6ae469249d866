"""Bringing the database up to the present tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from gateway.errors import Misused
from gateway.store.database import Database

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
        config = configuration(connection)
        script = ScriptDirectory.from_config(config)
        present = MigrationContext.configure(connection).get_current_revision()
        known = {revision.revision for revision in script.walk_revisions()}
        if present is not None and present not in known:
            raise Misused(_newer(present))
        if present != script.get_current_head():
            command.upgrade(config, "head")


def require_present(database: Database) -> None:
    """See to it that there is something to read, and make nothing.

    Raises Misused when there is no database yet, or one that another version of the program wrote.
    """
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        raise Misused(f"there is no database yet at {database.url.database}: {_START}")
    try:
        with database.reading() as connection:
            script = ScriptDirectory.from_config(configuration(connection))
            present = MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        message = f"{database.url.database} is no database of Casepost: {error.orig}"
        raise Misused(message) from error
    head = script.get_current_head()
    if present is None:
        raise Misused(f"the database has no tables yet: {_START}")
    if present not in {revision.revision for revision in script.walk_revisions()}:
        raise Misused(_newer(present))
    if present != head:
        raise Misused(f"the database is at schema {present}, which is older than {head}: {_START}")


_START = "start `casepost run` first"


def _newer(present: str) -> str:
    return (
        f"the database is at schema {present}, which this version does not know; "
        "run the version of Casepost that wrote it, or a newer one"
    )


def configuration(connection: Connection) -> Config:
    """Give Alembic what it needs to work on this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
