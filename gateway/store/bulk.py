"""Writing many rows by one statement, with little effort for each row.

SQLAlchemy looks at every row of such a statement several times, which took longer than SQLite takes
to write it: 12 microseconds a row where this takes 3. What it makes of the statement, and how each
value is written for the driver, is its own and is asked for once; the rows are then made here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

from gateway.store.database import Instant

Row = Mapping[str, object]
_Write = Callable[[Any], Any] | None

# The same few instants stand in all rows of a transaction.
_INSTANTS = 512


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


def write_rows(connection: Connection, statement: UpdateBase, rows: Sequence[Row]) -> int:
    """Carry out a statement for each row; how many rows of the table were touched.

    `statement` is one that is kept and given again: what is found out about it is remembered by
    what it is, not by what it says. All rows have the same keys, and all that it needs.
    """
    if not rows:
        return 0
    plan = _plan(statement, connection.dialect, tuple(rows[0]))
    columns = [
        [one.constant] * len(rows)
        if not one.key
        else [row[one.key] for row in rows]
        if one.write is None
        else [one.write(row[one.key]) for row in rows]
        for one in plan.values
    ]
    written: list[Any] = list(zip(*columns, strict=True))
    if not plan.positional:
        names = [one.name for one in plan.values]
        written = [dict(zip(names, values, strict=True)) for values in written]
    options = {"preserve_rowcount": True}
    return connection.exec_driver_sql(plan.text, written, execution_options=options).rowcount


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
