"""Writing many rows by one statement, with little effort for each row.

SQLAlchemy looks at every row of such a statement several times, which took longer than SQLite takes
to write it: 12 microseconds a row where this takes 3. What it makes of the statement, and how each
value is written for the driver, is its own and is asked for once; the rows are then made here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

from gateway.store.database import Instant

Row = Mapping[str, object]
_Write = Callable[[Any], Any] | None

# The same few instants stand in all rows of a transaction.
_INSTANTS = 512
# Rows of one INSERT: with the columns that our tables have, well under what either database takes
# as parameters.
_TOGETHER = 200
# The places for values, by their order or by name (PEP 249 `qmark` and `pyformat`).
_ROW = re.compile(r"(.* VALUES )(\((?:[^()]|%\(\w+\)s)*\))(.*)", re.DOTALL)
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of each row: what the statement calls it, and how the driver wants it.

    `key` is what it is called in a row, "" for a constant of the statement's.
    """

    name: str
    key: str
    write: _Write
    constant: object = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement in the words of the driver, and its values in their order."""

    text: str
    values: tuple[_Value, ...]
    positional: bool


@dataclass(frozen=True, slots=True)
class _Several:
    """An INSERT whose `row` of places for values stands there as often as there are rows."""

    begin: str
    row: str
    end: str
    values: tuple[_Value, ...]


def write_rows(connection: Connection, statement: UpdateBase, rows: Sequence[Row]) -> int:
    """Carry out a statement for each row; how many rows of the table were touched.

    `statement` is one that is kept and given again: what is found out about it is remembered by
    what it is, not by what it says. All rows have the same keys, and all that it needs.
    """
    if not rows:
        return 0
    plan = _plan(statement, connection.dialect, tuple(rows[0]))
    written: list[Any] = _for_driver(plan.values, rows)
    if not plan.positional:
        names = [one.name for one in plan.values]
        written = [dict(zip(names, values, strict=True)) for values in written]
    options = {"preserve_rowcount": True}
    return connection.exec_driver_sql(plan.text, written, execution_options=options).rowcount


def write_returning(
    connection: Connection, statement: Insert, rows: Sequence[Row]
) -> list[tuple[Any, ...]]:
    """Insert rows, some hundred by one statement; what it returns of each, in no order.

    As for `write_rows`. Values come as the driver has them.
    """
    returned: list[tuple[Any, ...]] = []
    for start in range(0, len(rows), _TOGETHER):
        some = rows[start : start + _TOGETHER]
        several = _several(statement, connection.dialect, tuple(some[0]))
        values = tuple(chain.from_iterable(_for_driver(several.values, some)))
        text = several.begin + ", ".join([several.row] * len(some)) + several.end
        returned += map(tuple, connection.exec_driver_sql(text, values))
    return returned


def _for_driver(values: Sequence[_Value], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Give the values of each row, in their order, as the driver wants them."""
    columns = [
        [one.constant] * len(rows)
        if not one.key
        else [row[one.key] for row in rows]
        if one.write is None
        else [one.write(row[one.key]) for row in rows]
        for one in values
    ]
    return list(zip(*columns, strict=True))


# Engines are few, and so are the statements.
@lru_cache(maxsize=256)
def _plan(statement: UpdateBase, dialect: Dialect, keys: tuple[str, ...]) -> _Plan:
    """Find out what a statement is to the driver. Raises ValueError where that is not all."""
    compiled = statement.compile(dialect=dialect, column_keys=list(keys), for_executemany=True)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError("this is no statement of SQL")
    if compiled.insert_prefetch or compiled.update_prefetch or compiled.post_compile_params:
        raise ValueError("a row lacks values that SQLAlchemy would have to make")
    by_name = {name: bind for bind, name in compiled.bind_names.items()}
    values = []
    for name in compiled.positiontup or by_name:
        bind = by_name[name]
        write = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if bind.key not in keys:
            values.append(_Value(name, "", None, write(bind.value) if write else bind.value))
            continue
        if write is not None and isinstance(bind.type, Instant):
            write = lru_cache(maxsize=_INSTANTS)(write)
        values.append(_Value(name, bind.key, write))
    return _Plan(compiled.string, tuple(values), compiled.positiontup is not None)


@lru_cache(maxsize=32)
def _several(statement: Insert, dialect: Dialect, keys: tuple[str, ...]) -> _Several:
    """Find out how to insert several rows at once. Raises ValueError where that can't be seen."""
    plan = _plan(statement, dialect, keys)
    parts = _ROW.fullmatch(plan.text)
    if parts is None:
        raise ValueError("this is no INSERT of one row of values")
    begin, row, end = parts.groups()
    values = plan.values
    if not plan.positional:
        # By their places from here on, as the same name would stand there for every row.
        by_name = {one.name: one for one in values}
        values = tuple(by_name[name] for name in _NAMED.findall(row))
        row = _NAMED.sub("%s", row)
    if "%(" in begin + end or len(values) != len(plan.values):
        raise ValueError("not all values of this statement stand in its rows")
    return _Several(begin, row, end, values)
