"""Changing something in the database of a house, from a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from gateway.cli.owner import require_owner
from gateway.config.settings import Settings
from gateway.store.database import Database
from gateway.store.revision import is_made, require_present


def make_tables(settings: Settings) -> None:
    """Make the database of a house that never ran, as its first start would; else do nothing.

    Raises Misused when the data is another user's.
    """
    require_owner(settings.data)
    settings.data.mkdir(mode=0o750, parents=True, exist_ok=True)
    database = Database(settings.database.url, settings.data)
    try:
        if not is_made(database):
            # Alembic takes a moment to load, and only this once.
            from gateway.store.migrate import migrate  # noqa: PLC0415  see above

            migrate(database)
    finally:
        database.close()


@contextmanager
def writing(settings: Settings) -> Iterator[Connection]:
    """Write to the database that is there, in one transaction; a daemon may run beside.

    Raises Misused when there is none yet, or one of another version, or one of another user.
    """
    require_owner(settings.data)
    database = Database(settings.database.url, settings.data)
    try:
        require_present(database)
        with database.writing() as connection:
            yield connection
    finally:
        database.close()
