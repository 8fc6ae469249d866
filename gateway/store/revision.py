"""Which tables a database has: the migration that it was last brought up to.

Alembic, which runs the migrations, is not needed to know that there are none to run. So that nodes
can be brought up to date one after the other, the tables of a newer version say which program is
the oldest that works on them, and that one goes on.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DatabaseError

from gateway.errors import Misused
from gateway.store.database import Database
from gateway.store.schema import schema_ages

OLDEST = "0007"
"""The oldest revision whose program works on these tables.

It is the one before the last where a migration only adds what an older program need not know:
tables, and columns with a default; else it is the last.
"""
# The revisions of migrations/versions, oldest first.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")


def is_current(database: Database) -> bool:
    """Say whether this program can work on the tables; False where that can't be found out, too."""
    try:
        with database.reading() as connection:
            return fits(connection, present(connection))
    except DatabaseError:
        return False


def fits(connection: Connection, revision: str | None) -> bool:
    """Say whether tables are this version's, or newer ones that it works on as well."""
    if revision is None or revision in REVISIONS:
        return revision == REVISIONS[-1]
    if not inspect(connection).has_table(schema_ages.name):
        return False
    oldest = select(schema_ages.c.oldest).where(schema_ages.c.revision == revision)
    return connection.scalar(oldest) in REVISIONS


def is_made(database: Database) -> bool:
    """Say whether there are any tables of ours, of whatever version; nothing is made."""
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        return False
    with database.reading() as connection:
        return present(connection) is not None


def require_present(database: Database) -> None:
    """See to it that there is something to read, and make nothing.

    Raises Misused when there is no database yet, or one that another version of the program wrote.
    """
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        raise Misused(f"there is no database yet at {database.url.database}: {_START}")
    try:
        with database.reading() as connection:
            found = present(connection)
            fit = fits(connection, found)
    except DatabaseError as error:
        message = f"{database.url.database} is no database of Casepost: {error.orig}"
        raise Misused(message) from error
    if found is None:
        raise Misused(f"the database has no tables yet: {_START}")
    if not fit:
        require_known(found)
        raise Misused(
            f"the database is at schema {found}, which is older than {REVISIONS[-1]}: {_START}"
        )


_START = "start `casepost run` first"


def require_known(revision: str) -> None:
    """Raise Misused for a revision that a newer version of the program made."""
    if revision not in REVISIONS:
        raise Misused(
            f"the database is at schema {revision}, which this version does not know; "
            "run the version of Casepost that wrote it, or a newer one"
        )


def present(connection: Connection) -> str | None:
    """Give what Alembic noted when it last ran here; None where it never did."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    noted: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return noted
