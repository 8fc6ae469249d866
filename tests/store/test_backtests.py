"""One backtest at a time, however many begin one at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from gateway.store import backtests
from gateway.store.database import Database
from gateway.store.migrate import migrate

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AT_ONCE = 4


@pytest.fixture
def database(house_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database with all tables."""
    found = Database(house_url, tmp_path)
    migrate(found)
    yield found
    found.close()


@pytest.fixture
def meeting() -> Iterator[Barrier]:
    """Where all who begin wait for each other."""
    barrier = Barrier(AT_ONCE)
    yield barrier
    barrier.abort()


def test_of_many_who_begin_at_once_one_does(database: Database, meeting: Barrier) -> None:
    """The others hear that one runs."""

    def begin(nth: int) -> int | None:
        meeting.wait(30)
        with database.writing() as connection:
            return backtests.begin(
                connection, f"{nth}@desk.example", "", NOW - timedelta(days=30), NOW
            )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        begun = list(pool.map(begin, range(AT_ONCE)))
    assert 1 == len([one for one in begun if one is not None])
