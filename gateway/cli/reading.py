"""Looking into the database of a house without changing anything."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from gateway.config.settings import Settings
from gateway.store.database import Database
from gateway.store.revision import require_present


@contextmanager
def reading(settings: Settings) -> Iterator[Connection]:
    """Read on one snapshot of the database that is there.

    Raises Misused when there is none yet, or one of another version.
    """
    database = Database(settings.database.url, settings.data)
    try:
        require_present(database)
        with database.reading() as connection:
            yield connection
    finally:
        database.close()
