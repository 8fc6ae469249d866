"""Nothing waits for a time that only a clock wrote which was ahead."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from gateway.store import leases, schema
from gateway.store.claimant import Claimant
from gateway.store.clock_steps import Longest, put_right
from lib.workbench import START, Workbench, mail, workbench

DAY = timedelta(days=1)
LONGEST = Longest(
    worker_lease=timedelta(minutes=1),
    courier_lease=timedelta(minutes=5),
    retry=timedelta(hours=1),
    lease=timedelta(minutes=2),
)
ELSEWHERE = Claimant("elsewhere", "b", 1, "1")


@pytest.fixture
def bench(tmp_path: Path, database_url: str) -> Iterator[Workbench]:
    """A house with one mail that waits and one that is to go out."""
    with workbench(tmp_path, database_url) as made:
        made.deliver(mail())
        made.work()
        made.deliver(mail(subject="Another"))
        yield made


def change(bench: Workbench, table: str, **values: object) -> None:
    """Change all rows of a table."""
    with bench.house.database.writing() as connection:
        connection.execute(update(schema.metadata.tables[table]).values(**values))


def put(bench: Workbench, now: datetime = START) -> int:
    """Put everything right."""
    with bench.house.database.writing() as connection:
        return put_right(connection, now, LONGEST)


def waiting(bench: Workbench) -> dict[str, Any]:
    """Give the row of the mail that waits."""
    return bench.rows("spool")[1]


def test_what_waits_for_as_long_as_it_may_is_left_alone(bench: Workbench) -> None:
    """A lease that runs, a mail that is put off, one that was refused for now."""
    change(bench, "spool", lease_until=START + LONGEST.worker_lease, not_before=START)
    later = START + LONGEST.retry
    change(bench, "outbox", due_at=later, attempts=1, lease_until=START + LONGEST.courier_lease)
    assert 0 == put(bench)
    assert later == bench.rows("outbox")[0]["due_at"]


def test_a_mail_that_is_put_off_for_days_is_taken_now(bench: Workbench) -> None:
    """Settled ones are no matter."""
    change(bench, "spool", not_before=START + 2 * DAY)
    assert 1 == put(bench)
    assert START == waiting(bench)["not_before"]
    assert 1 == len(bench.claim())


def test_a_lease_of_days_ends_as_one_that_began_now(bench: Workbench) -> None:
    """It is not ended, since its holder may be at work."""
    change(bench, "spool", claimed_by="elsewhere/0/1/1", lease_until=START + 2 * DAY)
    change(bench, "outbox", claimed_by="elsewhere/0/1/1", lease_until=START + 2 * DAY)
    assert () == bench.claim()
    assert 2 + len(bench.rows("outbox")) - 1 == put(bench)
    assert START + LONGEST.worker_lease == waiting(bench)["lease_until"]
    assert START + LONGEST.courier_lease == bench.rows("outbox")[0]["lease_until"]
    bench.time = START + LONGEST.worker_lease
    assert 1 == len(bench.claim())


@pytest.mark.parametrize(
    ("attempts", "due_in"), [(1, 2 * DAY), (0, 2 * DAY), (0, timedelta(minutes=10))]
)
def test_a_mail_goes_out_now(bench: Workbench, attempts: int, due_in: timedelta) -> None:
    """One that was refused two days from now, and one that will be queued in ten minutes."""
    change(bench, "outbox", attempts=attempts, due_at=START + due_in)
    put(bench)
    assert {START} == {row["due_at"] for row in bench.rows("outbox")}


def test_a_mailbox_is_free_when_its_reader_may_have_gone(bench: Workbench) -> None:
    """A reader elsewhere, with a lease of days, is not heard of again."""
    me = Claimant("here", "b", 1, "1")
    with bench.house.database.writing() as connection:
        leases.take(connection, "imap:box", ELSEWHERE, START + 2 * DAY, LONGEST.lease)
        leases.take(connection, "imap:other", ELSEWHERE, START, LONGEST.lease)
    assert 1 == put(bench)
    for name in ("imap:box", "imap:other"):
        with bench.house.database.reading() as connection:
            assert not leases.is_free(connection, name, me, START)
            assert leases.is_free(connection, name, me, START + LONGEST.lease)
