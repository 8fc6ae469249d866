"""However many tickets wait, what is due is found at once, and a mail's timers cost the same."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.bench.due import FEW, few_and_many, measure
from gateway.house import House
from gateway.store.schema import timers
from lib.workbench import START

MANY = 100_000
MOST_TO_FIND = timedelta(milliseconds=50)
MOST_TIMES = 1.3


class ProcessorTime:
    """A clock of what this process has used, and what PostgreSQL has used for these houses.

    What else the machine does meanwhile does not count.
    """

    def __init__(self, *houses: House) -> None:
        """Find the processes that serve their connections; on SQLite there is none."""
        self._servers = [
            Path(f"/proc/{pid}/schedstat")
            for house in houses
            if not house.database.is_sqlite
            for pid in _servers(house)
        ]

    def __call__(self) -> float:
        """Give the seconds; the first figure of a schedstat is nanoseconds on a processor."""
        served = sum(int(server.read_text().split()[0]) for server in self._servers)
        return time.process_time() + served / 1_000_000_000


def _servers(house: House) -> Iterator[int]:
    """Give the ids of the processes that serve each kind of transaction: pools keep connections."""
    database = house.database
    for transaction in (database.reading(), database.writing(), database.writing(durable=False)):
        with transaction as connection:
            yield connection.execute(select(func.pg_backend_pid())).scalar_one()


@pytest.mark.thorough
@pytest.mark.timeout(900)
def test_timers_cost_the_same_among_a_hundred_thousand_tickets(
    tmp_path: Path, database_url: str
) -> None:
    """A sweep finds a hundred of them within 50 ms, and a mail's are written as among a thousand.

    Of several times the least counts, or the median.
    """
    with few_and_many(tmp_path / "houses", database_url, FEW, MANY, START) as (few, many):
        with many.database.reading() as connection:
            count = connection.execute(select(func.count()).select_from(timers)).scalar_one()
        assert 3 * MANY == count
        costs = measure(few, many, START, ProcessorTime(few, many))

    assert min(costs.found) < MOST_TO_FIND.total_seconds()
    assert costs.ratio <= MOST_TIMES
