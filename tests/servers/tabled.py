"""PostgreSQL databases with all tables and no row, which tests have one after the other.

To make the tables takes ten times as long as to take out what a test left in them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import Connection, sql

from servers.postgresql import PostgreSQL

# What a test may change beside rows. Where statistics were gathered, plans may be others.
_SHAPE = """
SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
  SELECT concat_ws(' ', relname, relkind, relnatts, relhastriggers, reltuples)
  FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', tgname, tgenabled) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', conname, convalidated) FROM pg_constraint
  UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines (line)
"""
_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
AND relname <> 'alembic_version'
"""
_SEQUENCES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# What is deleted takes room until the server cleans up.
_LARGE = 2 * 1024 * 1024


@dataclass(slots=True)
class Tabled:
    """Databases of a server; `migrate` makes the tables in the one with that name."""

    server: PostgreSQL
    migrate: Callable[[str], None]
    _pattern: str = ""
    _shape: str = ""
    _tables: list[str] = field(default_factory=list)
    _sequences: list[str] = field(default_factory=list)
    _ready: list[str] = field(default_factory=list)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the name of one; it goes to the next if it can be made as it was."""
        name = self._ready.pop() if self._ready else self._made()
        yield name
        with self._connected(name) as connection:
            connection.execute(_END_OTHERS)
            as_before = self._is_as_before(connection)
            if as_before:
                self._empty(connection)
        if as_before:
            self._ready.append(name)
        else:
            self.server.drop(name)

    def _made(self) -> str:
        if not self._pattern:
            self._pattern = self.server.create()
            self.migrate(self._pattern)
            with self._connected(self._pattern) as connection:
                self._shape = _texts(connection, _SHAPE)[0]
                self._tables = _texts(connection, _TABLES)
                self._sequences = _texts(connection, _SEQUENCES)
        return self.server.create(self._pattern)

    def _is_as_before(self, connection: Connection) -> bool:
        if _texts(connection, _SHAPE) != [self._shape]:
            return False
        size = "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND oid > 16384"
        return int(_texts(connection, size)[0]) < _LARGE

    def _empty(self, connection: Connection) -> None:
        """Delete all rows, whoever refers to whom, and count from one again."""
        connection.execute("SET session_replication_role = replica")
        any_row = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        asked = [any_row.format(name, sql.Identifier(name)) for name in self._tables]
        for name in _texts(connection, sql.SQL(" UNION ALL ").join(asked)):
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        for name in self._sequences:
            connection.execute("SELECT setval(%s::regclass, 1, false)", [name])

    def _connected(self, name: str) -> Connection:
        return psycopg.connect(f"host={self.server.folder} user=postgres dbname={name}")


def _texts(connection: Connection, query: str | sql.Composed) -> list[str]:
    return [str(value) for (value,) in connection.execute(query).fetchall()]
