"""Nodes on PostgreSQL wake each other, and all go by its server's clock."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Lock

import pytest
from sqlalchemy import text

from gateway.store.database import Database
from gateway.store.house_time import ASKED_EACH, TIME_OF_SERVER, HouseTime
from gateway.waking import Channel, Waking
from servers import process

FAR = timedelta(minutes=1)
_MANY = 1100


class Ears:
    """What a node has heard."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lock = Lock()
        self._heard: list[Channel] = []

    def hear(self, channel: Channel) -> None:
        """Hear something."""
        with self._lock:
            self._heard.append(channel)

    def forget(self) -> None:
        """Forget it."""
        with self._lock:
            self._heard.clear()

    def have(self, *channels: Channel) -> bool:
        """Say whether all of these were heard."""
        with self._lock:
            return set(channels) <= set(self._heard)


@contextmanager
def node(url: str) -> Iterator[tuple[Waking, Ears, HouseTime]]:
    """Give a node that listens."""
    database, ears = Database(url, Path()), Ears()
    time = HouseTime(database, own=lambda: datetime.now(UTC) + timedelta(minutes=5))
    waking = Waking(database, time, ears.hear)
    waking.start()
    try:
        process.wait_until(lambda: ears.have(*Channel), what="the first look")
        ears.forget()
        yield waking, ears, time
    finally:
        waking.stop(5)
        database.close()


def test_what_one_node_tells_all_others_hear(postgresql_url: str) -> None:
    """Each channel by itself, however often; who tells it knows it, and hears nothing."""
    with node(postgresql_url) as (one, own, _), node(postgresql_url) as (other, heard, _):
        for _ in range(100):
            one.tell(Channel.RECEIVED)
        process.wait_until(lambda: heard.have(Channel.RECEIVED), what="the hint")
        assert not heard.have(Channel.QUEUED)
        other.tell(Channel.QUEUED)
        process.wait_until(lambda: own.have(Channel.QUEUED), what="the answer")
        assert not own.have(Channel.RECEIVED)


def test_a_node_that_lost_its_server_looks_at_all_and_listens_again(postgresql_url: str) -> None:
    """What was told meanwhile it could not hear."""
    with node(postgresql_url) as (one, own, _), node(postgresql_url) as (_, heard, _):
        database = Database(postgresql_url, Path())
        with database.writing() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        for ears in (own, heard):
            process.wait_until(partial(ears.have, *Channel), what="a look at all")
            ears.forget()
        one.tell(Channel.REVISED)
        process.wait_until(lambda: heard.have(Channel.REVISED), what="the hint")
        database.close()


def test_what_was_told_last_is_told_before_a_node_stops(postgresql_url: str) -> None:
    """As that a mailbox waits for somebody to read it."""
    with node(postgresql_url) as (_, heard, _):
        with node(postgresql_url) as (one, _, _):
            one.tell(Channel.FREED)
        process.wait_until(lambda: heard.have(Channel.FREED), what="the hint")


def test_a_node_with_many_files_open_hears(postgresql_url: str) -> None:
    """Each session that a listener has is one, and it may have more than a thousand."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * _MANY), hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(_MANY)]
    try:
        with node(postgresql_url) as (one, _, _), node(postgresql_url) as (_, heard, _):
            one.tell(Channel.RECEIVED)
            process.wait_until(lambda: heard.have(Channel.RECEIVED), what="the hint")
    finally:
        for file in files:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_on_sqlite_nobody_listens(tmp_path: Path) -> None:
    """There is one machine; what is told costs nothing."""
    ears = Ears()
    database = Database("sqlite:///casepost.db", tmp_path)
    waking = Waking(database, HouseTime(database), ears.hear)
    waking.start()
    waking.tell(Channel.RECEIVED)
    waking.stop(1)
    assert not ears.have(Channel.RECEIVED)
    database.close()


@pytest.mark.parametrize("off", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_all_nodes_have_the_servers_time(postgresql_url: str, off: timedelta) -> None:
    """However wrong a machine's own clock is, and if somebody sets it."""
    database = Database(postgresql_url, Path())
    wrong = off
    time = HouseTime(database, own=lambda: datetime.now(UTC) + wrong)
    before = time()
    time.ask()
    wrong = -off
    with database.reading() as connection:
        server = connection.execute(text(TIME_OF_SERVER)).scalar_one()
    assert abs(time() - server) < FAR < abs(before - server)
    database.close()


def test_a_listening_node_keeps_its_time(postgresql_url: str) -> None:
    """It asks over the connection that it has anyhow."""
    with node(postgresql_url) as (_, _, time):
        assert abs(time() - datetime.now(UTC)) < FAR
        assert not time.is_due()


def test_time_is_asked_for_now_and_then(postgresql_url: str) -> None:
    """And goes on in between by a counter; an answer that took very long does not count."""
    database = Database(postgresql_url, Path())
    counted = 100.0
    time = HouseTime(database, counter=lambda: counted)
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    time.ask_by(lambda: start)
    counted += 30
    assert start + timedelta(seconds=30) == time()
    assert not time.is_due()
    counted += ASKED_EACH.total_seconds() - 30
    assert time.is_due()

    def slow() -> datetime:
        nonlocal counted
        counted += 10
        return start

    time.ask_by(slow)
    assert start + ASKED_EACH + timedelta(seconds=10) == time()
    database.close()


def test_sqlites_time_is_the_machines(tmp_path: Path) -> None:
    """There is nobody else to ask."""
    database = Database("sqlite:///casepost.db", tmp_path)
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    time = HouseTime(database, own=lambda: at)
    time.ask()
    assert at == time()
    database.close()
