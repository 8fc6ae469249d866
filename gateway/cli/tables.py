"""Tables of people and of orders: read whole, compared, then written; all findings at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from gateway.cli.screen import progress
from gateway.config import csv_file
from gateway.config.csv_file import CsvFile
from gateway.config.load import Configuration
from gateway.desk import order_row
from gateway.desk.cells import Wrong
from gateway.desk.directory_row import ADDRESS, Registered, clashes, column_name, read_row
from gateway.desk.entitled import Order
from gateway.desk.order_row import read_order, repeated
from gateway.desk.person import Person
from gateway.errors import Finding, Misconfigured
from gateway.store import account_names, directory, directory_import, orders, orders_import
from gateway.store.directory_import import NOTHING_BROUGHT, Brought, taken

T = TypeVar("T")

_AT_ONCE = 2000

_Rows = list[tuple[int, T]]


@dataclass
class People:
    """A table of people: what it says, and what of it is to be written once it was compared."""

    table: CsvFile
    rows: _Rows[Registered]
    brought: Brought = NOTHING_BROUGHT
    different: list[Person] = field(default_factory=list)
    outdated: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path, configuration: Configuration) -> "People":
        """Read every row. Raises Misconfigured with what is wrong in any, or between them."""
        desks = frozenset(address for desk in configuration.desks for address in desk.addresses)
        table = csv_file.read(path, column_name)
        return cls(table, _read(table, read_row, lambda rows: clashes(rows, desks), (ADDRESS,)))

    @property
    def mains(self) -> dict[str, str]:
        """Give people's main addresses by each of their addresses."""
        people = [row.person for _, row in self.rows]
        return {a: p.address for p in people for a in (*p.aliases, p.address)}

    def compare(self, connection: Connection) -> None:
        """See what is new or different. Raises Misconfigured with what is somebody else's."""
        _refuse(self.table, taken(connection, self.rows, self.table.columns))
        for some in _portions([row for _, row in self.rows], "compared"):
            changed, counted = directory_import.compare(connection, some, self.table.columns)
            self.different += changed
            self.brought += counted
            whose = [row.person.address for row in some]
            self.outdated |= account_names.outdated(connection, whose)

    def write(self, connection: Connection) -> None:
        """Write what is new or different."""
        for some in _portions(self.different, "written"):
            directory.put(connection, some)
        people = [row for _, row in self.rows]
        domains = {domain: row.person.organisation for row in people for domain in row.domains}
        directory.put_domains(connection, domains)

    def renamed(self) -> set[str]:
        """Give whose accounts may be called otherwise now."""
        return self.outdated | {person.address for person in self.different}


@dataclass
class Orders:
    """A table of orders: what it says, and what of it is to be written once it was compared."""

    table: CsvFile
    rows: _Rows[Order]
    brought: Brought = NOTHING_BROUGHT
    different: list[Order] = field(default_factory=list)
    others: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> "Orders":
        """Read every row. Raises Misconfigured with what is wrong in any, or between them."""
        table = csv_file.read(path, column_name)
        needed = (order_row.NUMBER, order_row.ADDRESS)
        return cls(table, _read(table, read_order, repeated, needed))

    def compare(self, connection: Connection, beside: Mapping[str, str]) -> None:
        """See what is new or different. Raises Misconfigured with those that are nobody's.

        `beside` are the main addresses of people who are brought in as well, by each of theirs.
        """
        rows, wrong = orders_import.buyers(connection, self.rows, beside)
        _refuse(self.table, wrong)
        for some in _portions([order for _, order in rows], "compared"):
            changed, counted, former = orders_import.compare(connection, some, self.table.columns)
            self.different += changed
            self.brought += counted
            whose = {order.address for order in some}
            self.others |= former | account_names.outdated(connection, whose)

    def write(self, connection: Connection) -> None:
        """Write what is new or different."""
        for some in _portions(self.different, "written"):
            orders.put(connection, some)

    def renamed(self) -> set[str]:
        """Give whose accounts may be called otherwise now."""
        return self.others | {order.address for order in self.different}


def in_portions(addresses: Iterable[str]) -> Iterator[Sequence[str]]:
    """Give people by so many as one transaction can take, whose accounts get their names."""
    return _portions(sorted(addresses), "named")


def _read(
    table: CsvFile,
    read: Callable[[Mapping[str, str], Wrong], T | None],
    between: Callable[[_Rows[T]], Iterator[tuple[int, str, str]]],
    needed: Sequence[str],
) -> _Rows[T]:
    """Read every row. Raises Misconfigured with what is wrong in any, or between them."""
    missing = [name for name in needed if name not in table.columns]
    if missing:
        lines = (table.finding(1, f'there is no column "{name}"') for name in missing)
        raise Misconfigured(tuple(lines))
    findings: list[Finding] = []
    rows: _Rows[T] = []
    for line, cells in progress(table.rows, len(table.rows), "read"):
        by_column = dict(zip(table.columns, cells, strict=True))
        row = read(by_column, _noting(table, line, findings))
        if row is not None:
            rows.append((line, row))
    findings += _findings(table, between(rows))
    if findings:
        raise Misconfigured(tuple(sorted(findings, key=lambda finding: finding.line)))
    return rows


def _portions(things: Sequence[T], what: str) -> Iterator[Sequence[T]]:
    portions = [things[start : start + _AT_ONCE] for start in range(0, len(things), _AT_ONCE)]
    return progress(portions, len(portions), what)


def _noting(table: CsvFile, line: int, findings: list[Finding]) -> Wrong:
    """Give what takes note of all that is wrong on a line."""
    return lambda column, what: findings.append(table.finding(line, _said(column, what)))


def _refuse(table: CsvFile, problems: Iterable[tuple[int, str, str]]) -> None:
    if findings := tuple(_findings(table, problems)):
        raise Misconfigured(findings)


def _findings(table: CsvFile, problems: Iterable[tuple[int, str, str]]) -> Iterator[Finding]:
    for line, column, what in problems:
        yield table.finding(line, _said(column, what))


def _said(column: str, what: str) -> str:
    return f"{column}: {what}"
