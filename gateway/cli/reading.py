"""Looking into the database of a house without changing anything."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from gateway.config.desk import Desk
from gateway.config.load import look
from gateway.config.settings import Settings
from gateway.errors import Misconfigured
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


def sound_desks(config: Path) -> Mapping[str, Desk]:
    """Give the desks by their names whose files are sound; what is kept of others can be read, too.

    `config` is the configuration's main file, whose settings were loaded before.
    """
    try:
        return {desk.name: desk for desk in look(config).configuration.desks}
    except Misconfigured:
        return {}
