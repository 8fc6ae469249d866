"""Lists by pages: from a key on, so that no page costs more than another, however long the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of a list: the one older than a key, the one newer than a key, or the first."""

    most: int = 25
    older_than: int = 0
    newer_than: int = 0


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """A page of a list, newest first; `newer` and `older` say whether there is more."""

    rows: Sequence[T]
    newer: bool
    older: bool


def paged(
    connection: Connection,
    statement: Select[tuple[object, ...]],
    key: ColumnElement[int],
    asked: Asked,
) -> Paged[Row[tuple[object, ...]]]:
    """Give a page of what a statement finds, in the order of a key, the highest first."""
    upwards = asked.newer_than > 0
    if upwards:
        statement = statement.where(key > asked.newer_than).order_by(key)
    else:
        if asked.older_than:
            statement = statement.where(key < asked.older_than)
        statement = statement.order_by(key.desc())
    rows = list(connection.execute(statement.limit(asked.most + 1)))
    more = len(rows) > asked.most
    del rows[asked.most :]
    if upwards:
        rows.reverse()
        return Paged(rows, newer=more, older=True)
    return Paged(rows, newer=asked.older_than > 0, older=more)
