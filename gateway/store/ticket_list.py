"""Tickets as a list: those that fit, page by page, each page by one or two short queries.

A page begins behind the last ticket of the one before it (a keyset), so that the thousandth costs
what the first does, and tickets that come meanwhile shift nothing. However few fit, no more than
some thousands are looked through for a page, in the order of an index.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Text,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from gateway.config.desk import Phase
from gateway.store.schema import tickets

_T = TypeVar("_T")

MOST_WORDS = 6
# So many tickets are looked through for a page: they take some hundredths of a second.
_LOOKED_THROUGH = 5_000


class Shown(StrEnum):
    """Which phases are listed."""

    LIVE = "live"
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"
    ALL = "all"


class Order(StrEnum):
    """What comes first: what is due soonest, or what changed last."""

    DUE = "due"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Sought:
    """Which tickets are listed, and how. What is empty asks for nothing; None as assignee neither.

    `desks` are those of which tickets may be seen at all. The assignee "" is nobody. With `late`
    only those are listed that missed a target by then. Each of the `words` has to stand in the
    number, the subject, the requester's address or the organisation.
    """

    desks: tuple[str, ...]
    shown: Shown = Shown.LIVE
    status: str = ""
    severity: str = ""
    type: str = ""
    assignee: str | None = None
    group: str = ""
    tag: str = ""
    late: datetime | None = None
    words: tuple[str, ...] = ()
    order: Order = Order.DUE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: behind the ticket with that id.

    `at` is when that one is due, or when it last changed where it is `dueless`.
    """

    id: int
    at: datetime
    dueless: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What a list says of a ticket."""

    id: int
    number: str
    desk: str
    subject: str
    type: str
    severity: str
    status: str
    phase: Phase
    requester: str
    organisation: str
    assignee: str
    group: str
    tags: tuple[str, ...]
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None
    risk_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page: its tickets, and where the next one begins, None behind the last ticket of all.

    `goes_on` says that fewer fit than there is room for, among all that were looked through so far.
    """

    lines: tuple[Line, ...]
    behind: Place | None = None
    goes_on: bool = False


_SHOWN = (
    *("id", "number", "desk", "subject", "type", "severity", "status", "phase", "requester"),
    *("organisation", "assignee", "group", "tags", "opened_at", "updated_at", "due_at", "risk_at"),
)
# Spelt out, not bound: a partial index is found by nothing else.
_NOT_CLOSED = tickets.c.phase != literal_column(f"'{Phase.CLOSED}'")


def order_of(sought: Sought) -> Order:
    """Give the order of a list: what is closed is not due, so the last change comes first."""
    dueless = sought.shown in {Shown.CLOSED, Shown.ALL}
    return Order.UPDATED if dueless and sought.order is Order.DUE else sought.order


def page_of(connection: Connection, sought: Sought, behind: Place | None, most: int) -> Listing:
    """Give a page of at most so many tickets, `behind` the last one of the page before it."""
    found: list[Line] = []
    if not sought.desks:
        return Listing(())
    wanted = tuple(_wanted(sought))
    for stretch in _stretches(order_of(sought), behind):
        end = _end(connection, sought, stretch)
        within = (*stretch.from_on, *stretch.fits, *(stretch.until(end) if end else ()))
        asked = (
            select(*(tickets.c[name] for name in _SHOWN))
            .where(*wanted, *within)
            .order_by(*stretch.ordering)
            .limit(most + 1 - len(found))
        )
        found += (_line(row) for row in connection.execute(asked))
        if len(found) > most:
            return Listing(tuple(found[:most]), stretch.place_of(found[most - 1]))
        if end is not None:
            return Listing(tuple(found), end, goes_on=True)
    return Listing(tuple(found))


def _end(connection: Connection, sought: Sought, stretch: "_Stretch") -> Place | None:
    """Give the last ticket of a stretch that is looked through; None if it is the stretch's own.

    It is found in the index alone.
    """
    live = sought.shown not in {Shown.CLOSED, Shown.ALL}
    row = connection.execute(
        select(tickets.c.id, stretch.column.label("at"))
        .where(*stretch.from_on, *((_NOT_CLOSED,) if live else ()))
        .order_by(*stretch.ordering)
        .offset(_LOOKED_THROUGH - 1)
        .limit(1)
    ).first()
    return None if row is None else Place(row.id, row.at, stretch.dueless)


def number_like(connection: Connection, text: str, desks: tuple[str, ...]) -> str:
    """Give the case number that somebody typed, as it is written; "" if there is no such case."""
    found: str | None = connection.execute(
        select(tickets.c.number).where(
            tickets.c.number == text.strip("[] ").upper(), tickets.c.desk.in_(desks)
        )
    ).scalar()
    return found or ""


def _wanted(sought: Sought) -> Iterator[ColumnElement[bool]]:
    """Give what a listed ticket has to fit."""
    yield _aside(tickets.c.desk).in_(sought.desks)
    yield from _in_phase(sought.shown)
    for name in ("status", "severity", "type", "group"):
        if value := getattr(sought, name):
            yield tickets.c[name] == value
    if sought.assignee is not None:
        yield tickets.c.assignee == sought.assignee
    if sought.late is not None:
        yield tickets.c.due_at <= sought.late
    if sought.tag:
        yield cast(tickets.c.tags, Text).contains(json.dumps(sought.tag), autoescape=True)
    for word in sought.words[:MOST_WORDS]:
        yield or_(
            *(
                tickets.c[name].icontains(word, autoescape=True)
                for name in ("number", "subject", "requester", "organisation")
            )
        )


def _aside(column: Column[_T]) -> ColumnElement[_T]:
    """Give a column as an index cannot be chosen for it.

    A page is read in the order of its stretch's index until it is full. A database may guess that
    to read all of a desk and sort it is less.
    """
    return func.coalesce(column, column)


def _in_phase(shown: Shown) -> Iterator[ColumnElement[bool]]:
    if shown is Shown.CLOSED:
        yield tickets.c.phase == Phase.CLOSED.value
    elif shown is not Shown.ALL:
        yield _NOT_CLOSED
        if shown is not Shown.LIVE:
            yield tickets.c.phase == shown.value


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Tickets that are read one after the other in the order of an index on `column`.

    `from_on` is where they begin; of those there, `fits` are meant.
    """

    column: Column[datetime]
    from_on: tuple[ColumnElement[bool], ...]
    fits: tuple[ColumnElement[bool], ...]
    dueless: bool

    @property
    def ordering(self) -> tuple[ColumnElement[datetime], ColumnElement[int]]:
        """Give what comes first: the first to be due, or the last to have changed."""
        if self.dueless:
            return self.column.desc(), tickets.c.id.desc()
        return self.column, tickets.c.id

    def until(self, end: Place) -> tuple[ColumnElement[bool], ...]:
        """Give what ends with that ticket."""
        number = tickets.c.id
        if self.dueless:
            return self.column >= end.at, or_(self.column > end.at, number >= end.id)
        return self.column <= end.at, or_(self.column < end.at, number <= end.id)

    def place_of(self, last: Line) -> Place:
        """Give where a page ends whose last ticket is that."""
        at = last.updated_at if self.dueless or last.due_at is None else last.due_at
        return Place(last.id, at, self.dueless)


def _stretches(order: Order, behind: Place | None) -> Iterator[_Stretch]:
    """Give what a page is read from, one stretch after the other.

    Tickets of which no target runs come after all that are due.
    """
    due, changed = tickets.c.due_at, tickets.c.updated_at
    if order is Order.DUE and (behind is None or not behind.dueless):
        later = () if behind is None else _after(due, behind, backwards=False)
        yield _Stretch(due, (due.is_not(None), *later), (), dueless=False)
        behind = None
    earlier = () if behind is None else _after(changed, behind, backwards=True)
    dueless = (_aside(due).is_(None),) if order is Order.DUE else ()
    yield _Stretch(changed, earlier, dueless, dueless=True)


def _after(
    column: Column[datetime], place: Place, *, backwards: bool
) -> tuple[ColumnElement[bool], ...]:
    """Give what comes behind a place; the first condition is a range of the index."""
    number = tickets.c.id
    if backwards:
        return column <= place.at, or_(column < place.at, number < place.id)
    return column >= place.at, or_(column > place.at, number > place.id)


def _line(row: Row[tuple[object, ...]]) -> Line:
    values = {name: getattr(row, name) for name in _SHOWN}
    return Line(**{**values, "phase": Phase(row.phase), "tags": tuple(row.tags)})
