"""Many rows at once: the same rows and the same errors as one by one, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    select,
    text,
)
from sqlalchemy.exc import DataError, IntegrityError

from gateway.errors import Transient
from gateway.store.bulk import write_rows
from gateway.store.database import Database, Instant

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
# Few go as statements, many as a COPY where there is one.
NUMBERS = (1, 5, 300)

SAMPLES = Table(
    "samples",
    MetaData(),
    Column("name", String(64), primary_key=True),
    Column("at", Instant),
    Column("said", JSON, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("note", Text),
    Column("content", LargeBinary),
)
INSERT = SAMPLES.insert()
# All that could mean something on the way.
HARD = 'a\tb\\N\n"c" %s {d} \\. ä\U0001f600'


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    """A database with an empty table."""
    found = Database(database_url, tmp_path)
    with found.writing() as connection:
        SAMPLES.create(connection)
    yield found
    found.close()


def sample(number: int, name: str = "") -> dict[str, object]:
    """Make a row, every second one of which has all that it can have."""
    much = number % 2 == 0
    return {
        "name": name or f"{number:05}",
        "at": AT if much else None,
        "said": [{"field": HARD, "old": None}] if much else [],
        "whole": much,
        "note": HARD if much else None,
        "content": bytes(range(256)) if much else None,
    }


def count_of(database: Database) -> int:
    """Count the rows that are there."""
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(SAMPLES)).scalar_one()


@pytest.mark.parametrize("count", NUMBERS)
def test_values_arrive_as_they_are(database: Database, count: int) -> None:
    """Texts, times, JSON, bytes, and nothing at all."""
    rows = [sample(number) for number in range(count)]
    with database.writing() as connection:
        assert count == write_rows(connection, INSERT, rows)
    with database.reading() as connection:
        found = connection.execute(select(SAMPLES).order_by(SAMPLES.c.name)).mappings()
        assert rows == [dict(row) for row in found]


@pytest.mark.parametrize("count", NUMBERS)
def test_a_row_that_is_there_already(database: Database, count: int) -> None:
    """It is an error of the statement, whose words tell nothing of the other columns."""
    with database.writing() as connection:
        write_rows(connection, INSERT, [sample(0)])
    rows = [sample(number) for number in range(count)]
    with pytest.raises(IntegrityError) as error, database.writing() as connection:
        write_rows(connection, INSERT, rows)
    assert "field" not in str(error.value)
    assert 1 == count_of(database)


@pytest.mark.parametrize("count", NUMBERS)
def test_a_value_that_cannot_be_kept(database: Database, count: int) -> None:
    """It is an error of the statement; whoever wrote it may go on from a savepoint."""
    if database.is_sqlite:
        pytest.skip("SQLite keeps it")
    with database.writing() as connection:
        with pytest.raises(DataError) as error, connection.begin_nested():
            write_rows(connection, INSERT, [sample(n, "secret" * 20) for n in range(count)])
        write_rows(connection, INSERT, [sample(n) for n in range(count)])
    assert "secret" not in str(error.value)
    assert count == count_of(database)


@pytest.mark.parametrize("count", NUMBERS)
def test_a_server_that_goes_away(database: Database, count: int) -> None:
    """It is an outage, and the next transaction has another connection."""
    if database.is_sqlite:
        pytest.skip("SQLite is no server")
    rows = [sample(number) for number in range(count)]
    with pytest.raises(Transient, match="database"):
        _write_while_it_goes(database, rows)
    with database.writing() as connection:
        assert count == write_rows(connection, INSERT, rows)


def _write_while_it_goes(database: Database, rows: list[dict[str, object]]) -> None:
    with database.writing() as connection:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with database.writing() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})
        write_rows(connection, INSERT, rows)
