"""Nodes are brought up to date one after the other: two versions go on beside each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from alembic import command
from sqlalchemy import Connection, insert, inspect, text, update

from gateway import agenda
from gateway.conversation.prepared import reopen
from gateway.errors import Misused
from gateway.store import books, migrate, outbox, outbox_list, revision
from gateway.store.claimant import this_process
from gateway.store.database import Database
from gateway.store.revision import REVISIONS, fits, is_current, require_present
from gateway.store.schema import metadata, spool
from gateway.store.schema import outbox as outbox_table
from lib import once
from lib.workbench import START, Workbench, mail, workbench
from servers import process

NEXT, SECOND = "0008", "0009"
HOUR = timedelta(hours=1)

# What a version may add: a column that may be empty, one with a default, a table, an index.
ADDED = (
    "ALTER TABLE spool ADD COLUMN novel text",
    "ALTER TABLE tickets ADD COLUMN novelty integer NOT NULL DEFAULT 7",
    "CREATE TABLE novelties (id integer PRIMARY KEY, spool bigint NOT NULL)",
    "CREATE INDEX ix_outbox_novel ON outbox (template)",
)


@pytest.fixture
def bench(tmp_path: Path, house_url: str) -> Iterator[Workbench]:
    """A house."""
    with workbench(tmp_path, house_url) as found:
        yield found
        found.house.database.close()  # It may be another by then.


def bring_up(connection: Connection, to: str, oldest: str) -> None:
    """Do what the migration of a newer version does."""
    for statement in ADDED:
        connection.execute(text(statement))
    connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": to})
    migrate.note_age(connection, to, oldest)


def newer(bench: Workbench, to: str = NEXT, oldest: str = REVISIONS[-1]) -> None:
    """Let the first node of a newer version start."""
    with bench.house.database.writing() as connection:
        bring_up(connection, to, oldest)


def test_an_older_node_goes_on_and_starts_again(bench: Workbench) -> None:
    """Beside a newer one, whose tables have more than it knows; mail and timers go their way."""
    bench.deliver(mail(subject="Before"))
    bench.work()
    newer(bench)
    bench.deliver(mail(subject="After"))
    bench.work()
    bench.house.database.close()
    bench.house = reopen(bench.house)
    assert is_current(bench.house.database)
    migrate.migrate(bench.house.database)
    require_present(bench.house.database)
    bench.deliver(mail(subject="Started"))
    bench.work()
    bench.time = START + timedelta(days=8)
    assert 3 == agenda.sweep(bench.house, bench.time)

    assert ["filed"] * 3 == bench.states()
    with bench.house.database.reading() as connection:
        rows = connection.execute(text("SELECT subject, novelty FROM tickets ORDER BY id")).all()
        assert [("Before", 7), ("After", 7), ("Started", 7)] == [tuple(row) for row in rows]
        assert NEXT == revision.present(connection)


def test_a_node_two_versions_behind_does_not_start(bench: Workbench) -> None:
    """Its tables need a program that it does not know; one clear sentence says so."""
    newer(bench, SECOND, oldest=NEXT)
    database = bench.house.database
    assert not is_current(database)
    for refused in (migrate.migrate, require_present):
        with pytest.raises(Misused, match=r"at schema 0009, which this version does not know; run"):
            refused(database)


def test_tables_that_say_nothing_fit_nobody_else(bench: Workbench) -> None:
    """As those of a version from before they said so."""
    newer(bench)
    with bench.house.database.writing() as connection:
        connection.execute(text("DELETE FROM schema_ages"))
        assert not fits(connection, NEXT)
        connection.execute(text("DROP TABLE schema_ages"))
        assert not fits(connection, NEXT)


def test_the_last_migration_only_adds(tmp_path: Path, database_url: str) -> None:
    """What older tables got by it may be left out by whoever does not know it; nothing is gone."""
    database = Database(database_url, tmp_path)
    with database.writing() as connection:
        command.upgrade(migrate.configuration(connection), REVISIONS[-2])
        before = columns(connection)
        command.upgrade(migrate.configuration(connection), REVISIONS[-1])
        after = columns(connection)
    database.close()

    assert before.keys() <= after.keys()
    added = {key for key in after if key[0] in {table for table, _ in before}} - before.keys()
    assert added
    assert [] == [key for key in added if not after[key]]


def columns(connection: Connection) -> dict[tuple[str, str], bool]:
    """Give all columns of all tables, and whether a row may say nothing of them."""
    found = inspect(connection)
    return {
        (table, column["name"]): column["nullable"] or column["default"] is not None
        for table in found.get_table_names()
        for column in found.get_columns(table)
    }


def test_what_only_a_newer_version_knows_is_left_alone(bench: Workbench) -> None:
    """Mails in states of its own are neither taken in nor sent, and are in the books as waiting."""
    aside, queued = (bench.deliver(mail(subject=subject)) for subject in ("Aside", "Taken"))
    set_state = update(spool).where(spool.c.id == aside.spool_id).values(state="resting")
    with bench.house.database.writing() as connection:
        connection.execute(set_state)
    bench.work()
    assert ["resting", "filed"] == bench.states()
    with bench.house.database.writing() as connection:
        (account,) = books.accounts(connection)
        connection.execute(
            update(outbox_table).values(state="resting", claimed_by="x/y/1/1", lease_until=START)
        )
        assert () == outbox.recover(connection, bench.house.node, START + HOUR, HOUR)
        connection.execute(update(outbox_table).values(claimed_by="", lease_until=None))
        assert outbox.next_due(connection) is None
        claimant = this_process(bench.house.node)
        assert () == outbox.claim(connection, claimant, START + HOUR, HOUR, 10)
    assert (2, 1, 1, 0) == (account.received, account.waiting, account.filed, account.difference)
    assert queued.spool_id != aside.spool_id
    with bench.house.database.reading() as connection:
        found = outbox_list.find(connection, 1)
    assert found
    assert outbox.OutboxState.QUEUED is found[0].state


def test_to_bring_tables_up_to_date_waits_for_nobody_for_long(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader that takes its time is waited for in pieces; in between mail is taken."""
    monkeypatch.setattr(migrate, "_migrate", once.really_migrate)
    monkeypatch.setattr(migrate, "_LOCK_SECONDS", 0.1)
    database, node = Database(postgresql_url, tmp_path), Database(postgresql_url, tmp_path)
    with database.writing() as connection:
        command.upgrade(migrate.configuration(connection), REVISIONS[-2])
    paused, go_on = Event(), Event()

    def pause(_: float) -> None:
        paused.set()
        assert go_on.wait(60)

    with ThreadPoolExecutor(1) as pool:
        with node.reading() as reader:
            reader.execute(text("SELECT count(*) FROM raw_mails"))
            migrating = pool.submit(migrate.migrate, database, pause)
            process.wait_until(
                lambda: paused.is_set() or migrating.done(), seconds=60, what="a first attempt"
            )
            assert not migrating.done()
            with node.writing() as connection:
                connection.execute(insert(metadata.tables["alarms"]).values(_ALARM))
                connection.execute(text("LOCK TABLE raw_mails IN ROW EXCLUSIVE MODE"))
        go_on.set()
        migrating.result()
    assert is_current(node)
    database.close()
    node.close()


_ALARM = {"about": "mail", "what": "is taken", "until": START}
