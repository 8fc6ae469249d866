"""Changing something in the database of a house, from a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from gateway.cli.owner import require_owner
from gateway.config.settings import Settings
from gateway.store.database import Database
from gateway.store.revision import require_present


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
