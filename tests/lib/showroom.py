"""A house as it looks after some days of work, of all shipped desks: for pictures of its pages."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from gateway.config.duration import parse
from gateway.config.load import Configuration, load
from gateway.config.settings import Database
from gateway.conversation.player import play
from gateway.house import House, open_house

CONFIG = Path(__file__).parents[2] / "config" / "casepost.toml"
_STORY = Path(__file__).with_name("showroom.toml")
_BEGINNING = 'title = "Some days of work"\ndesk = "{desk}"\nstart = {start}\nstrict = false\n'
# So long ago was the last thing that happened.
_QUIET = timedelta(minutes=6)


@contextmanager
def showroom(folder: Path, now: datetime) -> Iterator[House]:
    """Open a house under an empty folder, on SQLite, in which people have written until just now.

    Cases of all desks, open, waiting and closed; answers, notes, ratings, a mail that is held, and
    cases that are due: on a Wednesday afternoon one is overdue and one at risk. Nothing of it is
    made up: the mails went their way, at their times.
    """
    configuration = load(CONFIG)
    story = _STORY.read_text()
    waits = re.findall(r'^after = "(.*)"$', story, re.MULTILINE)
    length = sum((parse(wait) for wait in waits), timedelta())
    start = (now - _QUIET - length).replace(microsecond=0)
    beginning = _BEGINNING.format(desk=configuration.desks[0].name, start=start.isoformat())
    path = folder / "showroom.toml"
    path.write_text(f"{beginning}\n{story}")
    # On a thread of its own, since a browser's loop may run on this one.
    with ThreadPoolExecutor(1) as apart:
        played = apart.submit(play, path, configuration, folder).result()
    assert () == played.differences, played.differences
    house = open_house(_in(configuration, folder))
    try:
        yield house
    finally:
        house.database.close()


def _in(configuration: Configuration, folder: Path) -> Configuration:
    settings = configuration.settings
    database = Database(url="sqlite:///casepost.db")
    return replace(configuration, settings=replace(settings, data=folder, database=database))
