"""A house opened to decide on its past mails anew, with room for what is needed meanwhile."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.backtest.replay import Backtest
from gateway.config.load import Configuration
from gateway.house import open_to_look
from gateway.store.database import Database
from gateway.store.past import Window
from gateway.store.revision import require_present


@contextmanager
def opened(
    configuration: Configuration, window: Window, *, files_only: bool = False
) -> Iterator[Backtest]:
    """Open a house to look into it; with `files_only`, without what was written in the console.

    Raises Misused where there is no database yet, or no key, and Misconfigured with what is wrong
    in the templates.
    """
    settings = configuration.settings
    database = Database(settings.database.url, settings.data, looks_only=True)
    try:
        require_present(database)
        # On the disk: a directory may be larger than what a folder in memory holds.
        with tempfile.TemporaryDirectory(prefix="casepost-") as folder:
            house = open_to_look(configuration, database, with_edited=not files_only)
            with Backtest(house, Path(folder), window) as test:
                yield test
    finally:
        database.close()
