"""Bringing the database up to the present tables in a process that ends when that is done.

Alembic, and what it brings along, would stay in a daemon for good.
"""

from pathlib import Path

from gateway.apart import apart
from gateway.errors import Misused, Transient
from gateway.store.database import Database


def migrate_apart(database: Database) -> None:
    """Do as `migrate.migrate`, and raise what that raises; nothing of it stays in memory."""
    error = apart(lambda: _outcome(database))
    if error is not None:
        raise error


def _outcome(database: Database) -> Misused | Transient | None:
    """Migrate over connections of our own, as inherited ones are another's; what kept it."""
    from gateway.store.migrate import migrate  # noqa: PLC0415  a library for a process

    own = Database(database.url.render_as_string(hide_password=False), Path())
    try:
        migrate(own)
    except (Misused, Transient) as error:
        return error
    finally:
        own.close()
    return None
