"""The directory of a golden conversation: people, and what they ordered, in any columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from gateway.conversation.table import Table
from gateway.desk.cells import Wrong
from gateway.desk.directory_row import Registered, clashes, column_name, read_row
from gateway.desk.entitled import Order
from gateway.desk.order_row import ADDRESS, read_order, repeated

T = TypeVar("T")


def read_people(table: Table) -> tuple[Registered, ...]:
    """Read the tables [[person]]; what is wrong is noted in the table's findings."""
    return tuple(_rows(table, "person", read_row, lambda rows: clashes(rows, ())))


def read_orders(table: Table, people: Sequence[Registered]) -> tuple[Order, ...]:
    """Read the tables [[order]]: what these people ordered, by any of their addresses."""
    mains = {a: r.person.address for r in people for a in (*r.person.aliases, r.person.address)}

    def between(rows: Sequence[tuple[int, Order]]) -> Iterator[tuple[int, str, str]]:
        yield from repeated(rows)
        for place, order in rows:
            if order.address not in mains:
                yield place, ADDRESS, f"no [[person]] has the address {order.address}"

    found = _rows(table, "order", read_order, between)
    return tuple(replace(order, address=mains.get(order.address, "")) for order in found)


def _rows(
    table: Table,
    key: str,
    read: Callable[[Mapping[str, str], Wrong], T | None],
    between: Callable[[Sequence[tuple[int, T]]], Iterator[tuple[int, str, str]]],
) -> Iterator[T]:
    tables = table.tables(key, f"must be written as [[{key}]]")
    rows = [
        (one.line, row)
        for one in tables
        if one.needed_text(ADDRESS) and (row := read(_cells(one), _noting(one))) is not None
    ]
    on_line = {one.line: one for one in tables}
    for line, column, what in between(rows):
        _noting(on_line[line])(column, what)
    return (row for _, row in rows)


def _noting(table: Table) -> Wrong:
    return lambda column, what: table.wrong(f'"{column}": {what}', column)


def _cells(table: Table) -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, value in table.tree.items():
        text = _cell(value)
        if text is None:
            table.wrong(f'"{key}" must be one value: text in quotes, a number or a date', key)
            continue
        try:
            cells[column_name(key)] = text
        except ValueError as error:
            table.wrong(f'"{key}" is no column of the directory: {error}', key)
    return cells


def _cell(value: object) -> str | None:
    """Write a value as a table of people has it in a cell; None for what fits in none."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return " ".join(value)
    return None if isinstance(value, list | dict) else str(value)
