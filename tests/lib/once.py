"""What is the same for every house is made once a process: the tables of its database.

A test of the program's way of mails opens a house of its own, and most of its time would go into
running the same migrations as the test before it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event, inspect

really_upgrade = command.upgrade


@contextmanager
def making_once() -> Iterator[None]:
    """Migrate really the first time, and by the statements of that from then on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", _replaying())
        yield


def _replaying() -> Callable[[Config, str], None]:
    """Run the statements on an empty database that the migrations ran on the first of its kind."""
    known: dict[str, list[tuple[str, Any]]] = {}

    def upgrade(config: Config, revision: str) -> None:
        connection: Connection = config.attributes["connection"]
        kind = connection.dialect.name
        if inspect(connection).get_table_names():
            really_upgrade(config, revision)
        elif kind in known:
            for statement, parameters in known[kind]:
                connection.exec_driver_sql(statement, parameters)
        else:
            with _recording(connection) as statements:
                really_upgrade(config, revision)
            known[kind] = statements

    return upgrade


@contextmanager
def _recording(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements that change something."""
    statements: list[tuple[str, Any]] = []

    def note(
        _connection: object, _cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.split(None, 1)[0] not in {"SELECT", "PRAGMA"}:
            statements.append((statement, parameters or None))

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)
