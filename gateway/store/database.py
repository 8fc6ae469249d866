"""Connections and transactions, the same on SQLite and on PostgreSQL.

Two kinds of transaction: `reading` sees one snapshot and waits for nobody; `writing` is short. A
writing transaction is durable when it returns unless it says otherwise: a claim or a reserved
number that a power cut forgets does no harm, and a later durable commit takes it along, since
both databases write one log in order.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    TypeDecorator,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import IsolationLevel
from sqlalchemy.exc import OperationalError

from gateway.errors import Misused
from gateway.failpoint import reached
from gateway.store.log_doubt import LogDoubt
from gateway.store.outage import as_transient

if TYPE_CHECKING:
    import psycopg

# Below what a worker may take by the wall clock (config/settings.py): a lock that is not to be had
# is an outage, and no mail's fault.
_WAIT_SECONDS = 15
# Kilobytes, as SQLite has it when negative. There are many readers, and what one keeps is void as
# soon as anybody else has written.
_READERS_CACHE, _WRITERS_CACHE = -400, -2000

_POSTGRESQL = {
    "connect_timeout": _WAIT_SECONDS,
    "tcp_user_timeout": _WAIT_SECONDS * 1000,
    "options": f"-c lock_timeout={_WAIT_SECONDS}s",
}
# How long a daemon's process may write, and say nothing in between. One that was frozen would keep
# its locks from all nodes; the server ends what it does, and it wakes up to find nothing done.
_LONGEST_SECONDS = 120
_IDLE_SECONDS = 60
# In the middle of a pipeline of statements a frozen process is not idle, for all that a server
# knows. From this version on one can say how long a transaction takes at most.
_KNOWS_LONG_TRANSACTIONS = 170000


class Instant(TypeDecorator[datetime]):
    """An aware UTC time, on a database that has no such thing as well."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; write UTC, without its zone where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone cannot be stored"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give an aware UTC time."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One database as this process sees it; threads may share it, processes may not."""

    def __init__(self, url: str, data: Path, *, looks_only: bool = False) -> None:
        """Prepare connections to `url`; a relative SQLite path lies under `data`.

        Of a database that one `looks_only` at, the server or SQLite itself refuses to write.
        """
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            parsed = parsed.set(database=str(data / parsed.database))
        self.url = parsed
        # SQLite has one writer: threads queue here, fairly, instead of polling a busy file.
        self._turn = Lock() if self.is_sqlite else nullcontext()
        # What this process had committed by then is on the disk, whatever commit took it there; by
        # the monotonic clock. Who surely writes something in a durable transaction moves it on.
        self.synced_at = float("-inf")
        # How many connections of this process have written: those to a server do not outlive it.
        self.connected = 0
        self._doubt: LogDoubt | None = None
        if looks_only:
            self._readers = self._writers = self._lazy_writers = _looking_engine(self)
            return
        self._readers = _engine(self, "DEFERRED")
        self._writers = _engine(self, "IMMEDIATE")
        self._lazy_writers = _engine(self, "IMMEDIATE", synchronous="NORMAL")
        for engine in (self._writers, self._lazy_writers):
            event.listen(engine, "connect", self._count)
        if self.is_sqlite:
            self._doubt = LogDoubt((self._writers, self._lazy_writers))

    def _count(self, _connection: object, _record: object) -> None:
        self.connected += 1

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read on one snapshot."""
        with as_transient(), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """Write in one transaction; leaving normally commits, an exception rolls back."""
        engine = self._writers if durable else self._lazy_writers
        watching = self._doubt.watching() if self._doubt else nullcontext()
        with as_transient(), self._turn, watching, engine.begin() as connection:
            if not durable and not self.is_sqlite:
                connection.execute(text("SET LOCAL synchronous_commit = off"))
            yield connection
            reached("database.before_commit")
        reached("database.after_commit")

    def for_one_alone(self) -> "psycopg.Connection":
        """Open a connection to PostgreSQL that its user closes; each statement is a transaction.

        Raises Transient.
        """
        with as_transient():
            taken = self._writers.raw_connection()
        connection: Any = taken.driver_connection
        taken.detach()
        connection.autocommit = True
        opened: psycopg.Connection = connection
        return opened

    def bound_writing(self) -> None:
        """Let the server end what writes for longer than a daemon ever does, which is frozen then.

        It would keep its locks from all nodes. Not for commands, some of which take long.
        """
        if not self.is_sqlite and "options" not in self.url.query:
            for engine in (self._writers, self._lazy_writers):
                event.listen(engine, "connect", _bound)

    def check_durability(self) -> None:
        """Refuse a server that would forget what it has committed.

        Raises Misused when PostgreSQL runs with fsync, synchronous_commit or full_page_writes off.
        """
        if self.is_sqlite:
            return
        with self.reading() as connection:
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                if connection.execute(text(f"SHOW {name}")).scalar_one() == "off":
                    message = (
                        f"PostgreSQL runs with {name} = off and would lose mail in a crash; "
                        "turn it on, or set database.allow_unsafe = true"
                    )
                    raise Misused(message)

    def close(self) -> None:
        """Close every connection."""
        for engine in (self._readers, self._writers, self._lazy_writers):
            engine.dispose()


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Begin an INSERT that can say what happens ON CONFLICT; both databases know the same words."""
    return insert_into(connection.dialect.name, table)


def insert_into(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Begin it for a dialect by its name, where it is kept for many connections."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _looking_engine(database: Database) -> Engine:
    """Give connections that can write nothing."""
    if not database.is_sqlite:
        return _on_server(database, "REPEATABLE READ").execution_options(postgresql_readonly=True)
    path = Path(database.url.database or "").resolve().as_uri()
    return create_engine(
        database.url.set(database=path).update_query_dict({"mode": "ro", "uri": "true"}),
        connect_args={"timeout": _WAIT_SECONDS},
        hide_parameters=True,
    )


def _on_server(database: Database, isolation: IsolationLevel) -> Engine:
    given = database.url.query
    options = {name: value for name, value in _POSTGRESQL.items() if name not in given}
    return create_engine(
        database.url,
        isolation_level=isolation,
        pool_pre_ping=True,
        connect_args=options,
        hide_parameters=True,
    )


def _bound(connection: Any, _record: object) -> None:  # noqa: ANN401  a driver's connection
    connection.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
    if connection.info.server_version >= _KNOWS_LONG_TRANSACTIONS:
        connection.execute(f"SET transaction_timeout = '{_LONGEST_SECONDS}s'")
    connection.commit()


def _engine(database: Database, begin: str, *, synchronous: str = "FULL") -> Engine:
    if not database.is_sqlite:
        isolation: IsolationLevel = "REPEATABLE READ" if begin == "DEFERRED" else "READ COMMITTED"
        return _on_server(database, isolation)
    # What is wrong with a statement is logged; what people wrote, and digests, are none of a log's.
    engine = create_engine(
        database.url,
        json_serializer=_write_json,
        json_deserializer=_read_json,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _open(connection: Any, _record: object) -> None:  # noqa: ANN401  a driver's connection
        connection.isolation_level = None  # The driver begins no transaction of its own.
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {_WAIT_SECONDS * 1000}",
            "journal_mode = WAL",
            f"synchronous = {synchronous}",
            f"cache_size = {_READERS_CACHE if begin == 'DEFERRED' else _WRITERS_CACHE}",
            "foreign_keys = ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    said = f"BEGIN {begin}"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        # By the driver: by way of SQLAlchemy it was a tenth of what a transaction takes.
        try:
            driver.execute(said)
        except sqlite3.OperationalError as error:
            raise OperationalError(said, None, error) from error

    return engine


def _write_json(value: object) -> str:
    """Write a column of JSON; most of a ticket's are empty lists."""
    return "[]" if value == [] else json.dumps(value)


def _read_json(text: str) -> Any:  # noqa: ANN401  whatever a column has
    """Read a column of JSON; most of a ticket's are empty lists."""
    return [] if text == "[]" else json.loads(text)
