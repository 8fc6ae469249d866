"""The tables come to be by migrations, and are what the schema says."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, inspect, text

from gateway.errors import Misused
from gateway.store import migrate as module
from gateway.store.database import Database
from gateway.store.migrate import configuration, migrate
from gateway.store.revision import REVISIONS, is_current
from gateway.store.schema import metadata
from lib import once


@pytest.fixture(autouse=True)
def _really(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the migrations themselves here."""
    monkeypatch.setattr(module, "_migrate", once.really_migrate)


def test_migrations_lead_to_the_schema(tmp_path: Path, database_url: str) -> None:
    """Alembic would add nothing to them; a second run changes nothing.

    Defaults are compared on PostgreSQL, which evaluates them; on SQLite Alembic compares spellings.
    """
    database = Database(database_url, tmp_path)
    migrate(database)
    migrate(database)

    with database.reading() as connection:
        defaults = False if database.is_sqlite else _comparable
        options = {
            "compare_type": True,
            "compare_server_default": defaults,
            "include_name": _is_no_index,
        }
        context = MigrationContext.configure(connection, opts=options)
        assert [] == compare_metadata(context, metadata)
        found = {name for name in inspect(connection).get_table_names() if _is_no_index(name)}
        assert {*metadata.tables, "alembic_version"} == found
    database.close()


def _is_no_index(name: str | None, *_: object) -> bool:
    """Leave out the tables that full-text search is made of, which each database has its own of."""
    return not (name or "").startswith("article_index")


def _comparable(
    _context: object, _inspected: object, column: Column[object], *_: object
) -> bool | None:
    """Leave defaults of JSON columns out: PostgreSQL cannot compare two values of that type."""
    return False if isinstance(column.type, JSON) else None


def test_the_revisions_are_the_migrations(tmp_path: Path) -> None:
    """What is known without Alembic is what Alembic finds; the last is where migrations lead."""
    database = Database("sqlite:///casepost.db", tmp_path)
    assert not is_current(database)
    migrate(database)
    assert is_current(database)
    with database.reading() as connection:
        script = ScriptDirectory.from_config(configuration(connection))
    found = [revision.revision for revision in script.walk_revisions()]
    assert list(REVISIONS) == found[::-1]
    assert REVISIONS[-1] == script.get_current_head()
    database.close()


def test_indexes_are_partial_where_the_schema_says_so(tmp_path: Path, database_url: str) -> None:
    """Of a spool of millions, only what waits is in them."""
    database = Database(database_url, tmp_path)
    migrate(database)

    with database.reading() as connection:
        found = {
            index["name"]: {key: str(value) for key, value in index["dialect_options"].items()}
            for table in ("spool", "outbox")
            for index in inspect(connection).get_indexes(table)
        }
    database.close()

    for name, condition in (
        ("ix_spool_waiting", "state"),
        ("ix_spool_waiting_message_id", "state"),
        ("ix_outbox_due", "settled_at"),
    ):
        assert condition in "".join(found[name].values())


def test_two_nodes_that_start_at_once_migrate_once(tmp_path: Path, database_url: str) -> None:
    """One waits for the other, and finds everything done."""
    both_ready = Barrier(2)

    def start() -> None:
        database = Database(database_url, tmp_path)
        both_ready.wait()
        migrate(database)
        database.close()

    with ThreadPoolExecutor(2) as threads:
        for future in [threads.submit(start) for _ in range(2)]:
            future.result()


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path, database_url: str) -> None:
    """With a sentence, and untouched."""
    database = Database(database_url, tmp_path)
    migrate(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(Misused, match=r"is at schema 9999, which this version does not know; run"):
        migrate(database)
    database.close()
