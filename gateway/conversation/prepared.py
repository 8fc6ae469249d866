"""What many conversations begin with: the configured templates, and a database without a row."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.config.load import Configuration
from gateway.config.settings import Database as DatabaseSettings
from gateway.house import House, open_house
from gateway.store.migrate import migrate
from gateway.templates import Templates
from gateway.templates.folder import Edited

_FILE = "casepost.db"
_URL = f"sqlite:///{_FILE}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """Templates that were read once, and a SQLite file that has all tables."""

    templates: Templates
    tables: Path


def prepare(
    configuration: Configuration, folder: Path, edited: tuple[Edited, ...] = ()
) -> Prepared:
    """Read the templates, and make the tables in a file under an empty folder.

    `edited` is what was written in the console, which holds in all conversations.
    """
    house = open_house(_in(configuration, folder, _URL), edited=edited)
    migrate(house.database)
    house.database.close()
    return Prepared(house.templates, folder / _FILE)


def open_stage(
    configuration: Configuration, folder: Path, url: str | None, prepared: Prepared | None
) -> House:
    """Open a house with an empty database: at a URL, or else in a file under an empty folder."""
    configuration = _in(configuration, folder, url or _URL)
    if prepared is not None and url is None:
        shutil.copyfile(prepared.tables, folder / _FILE)
    house = open_house(configuration, prepared.templates if prepared else None)
    if prepared is None or url is not None:
        migrate(house.database)
    return house


def reopen(house: House) -> House:
    """Open a house that was closed, on what was kept."""
    return open_house(Configuration(house.settings, house.desks), house.templates)


def _in(configuration: Configuration, folder: Path, url: str) -> Configuration:
    settings = replace(configuration.settings, data=folder, database=DatabaseSettings(url=url))
    return replace(configuration, settings=settings)
