"""Leases: one of all nodes has each, and another gets it when that one is gone or frozen."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from gateway.store import leases
from gateway.store.claimant import Claimant, this_process
from gateway.store.database import Database
from gateway.store.migrate import migrate

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HERE = this_process("here")
# Of another machine nobody knows whether its processes live.
THERE = Claimant("there", "boot", 7, "1")


@pytest.fixture
def database(tmp_path: Path, house_url: str) -> Iterator[Database]:
    """A database of each kind."""
    found = Database(house_url, tmp_path)
    migrate(found)
    yield found
    found.close()


def take(database: Database, claimant: Claimant, now: datetime = NOW) -> int | None:
    """Take the lease `work` for a minute."""
    with database.writing() as connection:
        return leases.take(connection, "work", claimant, now, MINUTE)


def renew(database: Database, epoch: int, now: datetime) -> bool:
    """Renew it for a minute."""
    with database.writing() as connection:
        return leases.renew(connection, "work", epoch, now, MINUTE)


def holders(database: Database, now: datetime = NOW) -> dict[str, str]:
    """Give who has what."""
    with database.reading() as connection:
        return leases.holders(connection, now)


def test_a_lease_is_one_nodes_until_it_is_over(database: Database) -> None:
    """It can be renewed, also late, as long as nobody else took it; from then on it cannot."""
    assert 1 == take(database, HERE)
    assert take(database, THERE, NOW + MINUTE / 2) is None
    assert renew(database, 1, NOW + MINUTE / 2)
    assert take(database, THERE, NOW + MINUTE) is None
    assert {"work": "here"} == holders(database, NOW + MINUTE)
    assert {} == holders(database, NOW + 2 * MINUTE)
    assert renew(database, 1, NOW + 3 * MINUTE)
    assert 2 == take(database, THERE, NOW + 4 * MINUTE)
    assert not renew(database, 1, NOW + 4 * MINUTE)
    assert {"work": "there"} == holders(database, NOW + 4 * MINUTE)


def test_what_is_given_up_is_free_at_once(database: Database) -> None:
    """Who lost it before gives up nothing, and renews nothing."""
    assert 1 == take(database, HERE)
    with database.writing() as connection:
        leases.give_up(connection, "work", 1)
    assert not renew(database, 1, NOW)
    assert 2 == take(database, THERE)
    with database.writing() as connection:
        leases.give_up(connection, "work", 1)
    assert {"work": "there"} == holders(database)


def test_what_a_dead_process_had_is_free_on_its_machine(database: Database) -> None:
    """Elsewhere nobody can know, and waits for the end of the lease."""
    dead = Claimant(HERE.node, HERE.boot, HERE.pid, "before")
    assert 1 == take(database, dead)
    assert take(database, THERE) is None
    with database.reading() as connection:
        assert not leases.is_free(connection, "work", THERE, NOW)
        assert leases.is_free(connection, "work", HERE, NOW)
    assert 2 == take(database, HERE)


def test_of_four_who_take_at_once_one_has_it(database: Database) -> None:
    """Whether it is new, or has run out."""
    ready = Barrier(4)

    def one(number: int, now: datetime) -> int | None:
        ready.wait()
        return take(database, Claimant(f"node-{number}", "boot", number, "1"), now)

    with ThreadPoolExecutor(4) as pool:
        for round_, now in enumerate((NOW, NOW + 2 * MINUTE), 1):
            taken = list(pool.map(one, range(4), [now] * 4))
            assert [round_] == [epoch for epoch in taken if epoch is not None]
