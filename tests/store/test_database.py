"""Two kinds of transaction, times in UTC, and what counts as an outage."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from gateway.errors import Misused, Transient
from gateway.store.database import Database, Instant

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))

times = Table("times", MetaData(), Column("at", Instant))


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    """An empty database with a table of times."""
    opened = Database(database_url, tmp_path)
    with opened.writing() as connection:
        times.create(connection)
    yield opened
    opened.close()


def test_times_come_back_as_the_same_instant_in_utc(database: Database) -> None:
    """To the microsecond, on a database without zones too."""
    with database.writing() as connection:
        connection.execute(insert(times), [{"at": NOON}])
    with database.reading() as connection:
        found = connection.execute(select(times.c.at)).scalar_one()

    assert (NOON, UTC) == (found, found.tzinfo)


def test_times_are_compared_as_instants(database: Database) -> None:
    """Whatever zone they are asked for in."""
    with database.writing() as connection:
        connection.execute(insert(times), [{"at": NOON}, {"at": None}])
    with database.reading() as connection:
        count = select(text("count(*)")).select_from(times)
        assert 1 == connection.execute(count.where(times.c.at <= NOON.astimezone(UTC))).scalar()
        before = NOON - timedelta(microseconds=1)
        assert 0 == connection.execute(count.where(times.c.at <= before)).scalar()


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    """Nobody could say later which instant was meant."""
    naive = insert(times).values(at=NOON.replace(tzinfo=None))
    with database.writing() as connection, pytest.raises(StatementError, match="without a zone"):
        connection.execute(naive)


def test_reading_waits_for_no_writer_and_sees_one_snapshot(database: Database) -> None:
    """A look-up goes on while a transaction is open, and while others commit."""
    with database.reading() as reader:
        assert [] == reader.execute(select(times.c.at)).all()
        with database.writing() as writer:
            writer.execute(insert(times), [{"at": NOON}])
            with database.reading() as another:
                assert [] == another.execute(select(times.c.at)).all()
        assert [] == reader.execute(select(times.c.at)).all()
    with database.reading() as later:
        assert 1 == len(later.execute(select(times.c.at)).all())


def fail(connection: Connection) -> None:
    """Write, and raise."""
    connection.execute(insert(times), [{"at": NOON}])
    raise KeyError


def test_an_exception_undoes_what_was_written(database: Database) -> None:
    """And goes on to whoever can act."""
    with pytest.raises(KeyError), database.writing() as connection:
        fail(connection)
    with database.reading() as connection:
        assert [] == connection.execute(select(times.c.at)).all()


@pytest.mark.parametrize("durable", [True, False])
def test_only_a_durable_transaction_waits_for_the_disk(
    database: Database,
    durable: bool,  # noqa: FBT001
) -> None:
    """A claim that a power cut forgets does no harm; a mail that it forgets does."""
    with database.writing(durable=durable) as connection:
        if database.is_sqlite:
            found = connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
            assert "wal" == connection.execute(text("PRAGMA journal_mode")).scalar_one()
        else:
            found = connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
    assert durable is found
    with database.writing() as connection:  # The setting does not stay behind.
        if not database.is_sqlite:
            assert "on" == connection.execute(text("SHOW synchronous_commit")).scalar_one()


def test_a_wrong_statement_is_no_outage(database: Database) -> None:
    """Trying it again later would help nobody."""
    with pytest.raises(DBAPIError), database.reading() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))


def test_what_is_wrong_is_said_without_what_was_given(database: Database) -> None:
    """A log that has the statement has no mail and no digest of a secret."""
    wrong = text("SELECT nothing_there FROM times WHERE :given = 'a'")
    with database.reading() as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(wrong, {"given": "a customer's words"})

    assert "nothing_there" in str(raised.value)
    assert "words" not in str(raised.value)


def test_a_locked_database_is_an_outage(tmp_path: Path) -> None:
    """Somebody else's program holds the file."""
    database = Database("sqlite:///a.db", tmp_path)
    with database.writing() as connection:
        times.create(connection)
    with database.writing() as connection:
        connection.execute(text("PRAGMA busy_timeout = 0"))
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Transient, match="locked"), database.writing():
        pass

    other.close()
    database.close()


def test_a_damaged_file_is_an_outage(tmp_path: Path) -> None:
    """No mail is to blame for it, whichever is in hand when it shows."""
    path = tmp_path / "a.db"
    database = Database("sqlite:///a.db", tmp_path)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE t (a TEXT)"))
        connection.execute(text("INSERT INTO t VALUES (:a)"), [{"a": "x" * 3000}] * 20)
    database.close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xee" * (len(content) - 4096))
    damaged = Database("sqlite:///a.db", tmp_path)

    with pytest.raises(Transient, match="restore a backup"), damaged.reading() as connection:
        connection.execute(text("SELECT count(a) FROM t")).scalar_one()
    with pytest.raises(Transient, match="restore a backup"), damaged.writing() as connection:
        connection.execute(text("INSERT INTO t VALUES ('y')"))

    damaged.close()


def test_a_server_that_is_not_there_is_an_outage(tmp_path: Path) -> None:
    """Of a database by network."""
    database = Database(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}", tmp_path)

    with pytest.raises(Transient, match="does not answer"), database.reading():
        pass

    database.close()


def test_a_lock_that_is_not_to_be_had_is_an_outage(tmp_path: Path, postgresql_url: str) -> None:
    """A worker is told so before its own time is over."""
    database = Database(postgresql_url, tmp_path)
    with database.reading() as connection:
        assert "15s" == connection.execute(text("SHOW lock_timeout")).scalar_one()
    with database.writing() as connection:
        times.create(connection)
    with database.writing() as holder:
        holder.execute(text("LOCK TABLE times"))
        statement = text("SET LOCAL lock_timeout = '10ms'; LOCK TABLE times")
        with pytest.raises(Transient, match="lock timeout"), database.writing() as connection:
            connection.execute(statement)
    database.close()


def test_a_relative_path_lies_under_the_data_folder(tmp_path: Path) -> None:
    """An absolute one stays what it is."""
    for url in ("sqlite:///a.db", f"sqlite:///{tmp_path / 'a.db'}"):
        database = Database(url, tmp_path)
        assert str(tmp_path / "a.db") == database.url.database
        database.close()


def test_a_server_that_only_reads_is_an_outage(tmp_path: Path, postgresql_url: str) -> None:
    """As one that stands by: no mail's fault, and another may soon be in its place."""
    database = Database(
        f"{postgresql_url}&options=-c%20default_transaction_read_only%3Don", tmp_path
    )
    with (
        pytest.raises(Transient, match="read-only transaction"),
        database.writing() as connection,
    ):
        connection.execute(text("CREATE TABLE a (b INTEGER)"))
    database.close()


def test_a_server_that_would_forget_is_refused(tmp_path: Path, postgresql_url: str) -> None:
    """The sentence says which setting, and how to do without."""
    sound = Database(postgresql_url, tmp_path)
    sound.check_durability()
    sound.close()

    unsafe = Database(f"{postgresql_url}&options=-c%20synchronous_commit%3Doff", tmp_path)
    with pytest.raises(Misused, match=r"synchronous_commit = off .* database\.allow_unsafe"):
        unsafe.check_durability()
    unsafe.close()


def test_sqlite_is_durable_as_it_is(tmp_path: Path) -> None:
    """Its settings are ours."""
    database = Database("sqlite:///a.db", tmp_path)
    database.check_durability()
    database.close()


def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    """Foreign keys hold on both databases."""
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE b (a INTEGER REFERENCES a(id))"))
    with pytest.raises(DBAPIError) as caught, database.writing() as connection:
        connection.execute(text("INSERT INTO b VALUES (1)"))
    assert not isinstance(caught.value, OperationalError)
