"""A small database of one's own, in which a look-up finds what the house's held at a time.

People, what they ordered, and articles are copied once, as they are today. Everything else is
entered for a look-up and taken out again after it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Table, create_engine, event, insert, select

from gateway.store.database import Database
from gateway.store.schema import (
    account_names,
    articles,
    metadata,
    orders,
    organisation_domains,
    person_aliases,
    persons,
)

_AS_TODAY = (persons, person_aliases, organisation_domains, orders, account_names, articles)
_AT_ONCE = 2000

Rows = Iterable[Mapping[str, object]]


class Scratch:
    """A database under an empty folder; `close` it."""

    def __init__(self, folder: Path) -> None:
        """Make the tables."""
        self._engine = create_engine(f"sqlite:///{folder / 'then.db'}")

        @event.listens_for(self._engine, "connect")
        def _open(connection: object, _record: object) -> None:
            # Nobody misses it after a crash.
            for pragma in ("synchronous = OFF", "journal_mode = MEMORY"):
                connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]  # a driver's

        metadata.create_all(self._engine)

    def copy(self, database: Database) -> None:
        """Copy what is looked up as it is today."""
        with database.reading() as connection, self._engine.begin() as ours:
            for table in _AS_TODAY:
                rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(table))
                for some in rows.mappings().partitions(_AT_ONCE):
                    ours.execute(insert(table), [dict(row) for row in some])

    @contextmanager
    def holding(self, rows: Mapping[Table, Rows]) -> Iterator[Connection]:
        """Give a connection that finds these rows, which are gone afterwards."""
        with self._engine.connect() as connection:
            # Those that others refer to come first.
            for table in metadata.sorted_tables:
                if listed := [dict(row) for row in rows.get(table, ())]:
                    connection.execute(insert(table), listed)
            yield connection
            connection.rollback()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Start; leaving closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()
