"""What is the same for every house is made once a process: its database's tables, and statements.

A test of the program's way of mails opens a house of its own, and most of its time would go into
running the same migrations as the test before it, and into compiling the same statements.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from gateway.store import database, migrate
from gateway.store.database import Database

really_migrate = migrate._migrate  # noqa: SLF001  what `migrate` does between its errors


class AnySqlite(SQLiteDialect_pysqlite):
    """SQLite's dialect, for which a statement is the same whatever file it is run on."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        """Say that one is as good as any other."""
        return isinstance(other, AnySqlite)

    def __hash__(self) -> int:
        """Give what all of them have in common."""
        return hash(AnySqlite)


def compiling_once() -> Callable[..., Engine]:
    """Give what makes engines that share the statements which were compiled for SQLite."""
    registry.register("sqlite", __name__, AnySqlite.__name__)
    compiled: dict[object, object] = {}

    def _create(url: str | URL, **options: Any) -> Engine:  # noqa: ANN401  SQLAlchemy's own
        if make_url(url).get_backend_name() == "sqlite":
            options["execution_options"] = {"compiled_cache": compiled}
        return create_engine(url, **options)

    return _create


@contextmanager
def making_once(folder: Path) -> Iterator[None]:
    """Migrate really the first time; a new SQLite file is a copy of that one from then on.

    What is compiled for one SQLite file is used for all.
    """
    made = folder / "casepost.db"

    def _migrate(database: Database) -> None:
        file = Path(database.url.database or "") if database.is_sqlite else None
        if file is None or file.exists() or not file.parent.is_dir():
            really_migrate(database)
            return
        if not made.exists():
            first = Database(f"sqlite:///{made}", folder)
            really_migrate(first)
            first.close()
        shutil.copyfile(made, file)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "_migrate", _migrate)
        patch.setattr(database, "create_engine", compiling_once())
        yield
