"""What a daemon sees to before it opens its house: the database is sound, its tables are made.

And the keys are those that other nodes have: before any is made, so that a node without them makes
none of its own, and once more after it.
"""

from functools import partial

from gateway.apart import apart
from gateway.config.load import Configuration
from gateway.house import House, edited_templates, open_house, sound_templates
from gateway.store import key_prints
from gateway.store.database import Database
from gateway.store.house_time import HouseTime
from gateway.store.migrate_apart import migrate_apart
from gateway.store.revision import is_current


def open_for_daemon(configuration: Configuration) -> House:
    """Open a house to work in it.

    Raises Misused, Transient or OSError when that can't be.
    """
    settings = configuration.settings
    settings.data.mkdir(mode=0o750, parents=True, exist_ok=True)
    database = Database(settings.database.url, settings.data)
    try:
        if not settings.database.allow_unsafe:
            database.check_durability()
        _bring_up_to_date(database)
        with database.reading() as connection:
            key_prints.check(connection, settings.data)
        edited = edited_templates(database)
    finally:
        database.close()
    # What compiles and tries templates would stay in a daemon for good.
    house = open_house(configuration, apart(partial(sound_templates, configuration, edited)))
    house.database.bound_writing()
    return house


def note_keys(house: House, now: HouseTime) -> None:
    """Let other nodes know by which keys this one goes. Raises Misused and Transient."""
    with house.database.writing() as connection:
        key_prints.note(connection, house.data, now())


def _bring_up_to_date(database: Database) -> None:
    if not is_current(database):
        migrate_apart(database)
