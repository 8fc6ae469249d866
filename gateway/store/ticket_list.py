"""Tickets as a list: those that fit, page by page, each page by one or two short queries.

A page begins behind the last ticket of the one before it (a keyset), so that the thousandth costs
what the first does, and tickets that come meanwhile shift nothing. However few fit, no more than
some thousands are looked through for a page, in the order of an index.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, Text, cast, literal_column, or_, select

from gateway.config.desk import Phase
from gateway.store.schema import tickets

MOST_WORDS = 6
# So many tickets are looked through for a page: they take some hundredths of a second.
_LOOKED_THROUGH = 10_000


class Shown(StrEnum):
    """Which phases are listed."""

    LIVE = "live"
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"
    ALL = "all"


class Order(StrEnum):
    """What comes first: what is due soonest, what changed last, what was opened last."""

    DUE = "due"
    UPDATED = "updated"
    OPENED = "opened"


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
    """Where a page ends: behind the ticket with that id and, in its order, that time."""

    id: int
    at: datetime | None = None


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
    order = order_of(sought)
    for stretch in _stretches(order, behind):
        end = _end(connection, sought, stretch, order)
        within = (*stretch.here, *(stretch.until(end) if end else ()))
        asked = (
            select(*(tickets.c[name] for name in _SHOWN))
            .where(*wanted, *within)
            .order_by(*stretch.ordering)
            .limit(most + 1 - len(found))
        )
        found += (_line(row) for row in connection.execute(asked))
        if len(found) > most:
            return Listing(tuple(found[:most]), _place_of(order, found[most - 1]))
        if end is not None:
            return Listing(tuple(found), end, goes_on=True)
    return Listing(tuple(found))


def _place_of(order: Order, last: Line) -> Place:
    if order is Order.OPENED:
        return Place(last.id)
    return Place(last.id, last.due_at if order is Order.DUE else last.updated_at)


def _end(connection: Connection, sought: Sought, stretch: "_Stretch", order: Order) -> Place | None:
    """Give the last ticket of a stretch that is looked through; None if it is the stretch's own.

    It is found in the index alone.
    """
    column = {Order.DUE: tickets.c.due_at, Order.UPDATED: tickets.c.updated_at}.get(order)
    live = sought.shown not in {Shown.CLOSED, Shown.ALL}
    row = connection.execute(
        select(tickets.c.id, *(() if column is None else (column.label("at"),)))
        .where(*stretch.here, *((_NOT_CLOSED,) if live else ()))
        .order_by(*stretch.ordering)
        .offset(_LOOKED_THROUGH - 1)
        .limit(1)
    ).first()
    return None if row is None else Place(row.id, None if column is None else row.at)


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
    yield tickets.c.desk.in_(sought.desks)
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


def _in_phase(shown: Shown) -> Iterator[ColumnElement[bool]]:
    if shown is Shown.CLOSED:
        yield tickets.c.phase == Phase.CLOSED.value
    elif shown is not Shown.ALL:
        yield _NOT_CLOSED
        if shown is not Shown.LIVE:
            yield tickets.c.phase == shown.value


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Tickets that are read one after the other in the order of an index."""

    here: tuple[ColumnElement[bool], ...]
    ordering: tuple[ColumnElement[object], ...]
    until: Callable[[Place], tuple[ColumnElement[bool], ...]]


def _stretches(order: Order, behind: Place | None) -> Iterator[_Stretch]:
    """Give what a page is read from, one stretch after the other.

    Tickets of which no target runs come after all that are due.
    """
    at, number = (behind.at, behind.id) if behind else (None, 0)
    newest = tickets.c.id.desc()
    if order is Order.OPENED:
        yield _Stretch(_older(number), (newest,), _down_to)
    elif order is Order.UPDATED:
        column = tickets.c.updated_at
        earlier = (column <= at, or_(column < at, tickets.c.id < number)) if at else ()
        yield _Stretch(earlier, (column.desc(), newest), _back_to)
    else:
        column = tickets.c.due_at
        if behind is None or at is not None:
            later = (column >= at, or_(column > at, tickets.c.id > number)) if at else ()
            yield _Stretch((column.is_not(None), *later), (column, tickets.c.id), _due_until)
            number = 0
        yield _Stretch((column.is_(None), *_older(number)), (newest,), _down_to)


def _older(number: int) -> tuple[ColumnElement[bool], ...]:
    return (tickets.c.id < number,) if number else ()


def _down_to(end: Place) -> tuple[ColumnElement[bool], ...]:
    return (tickets.c.id >= end.id,)


def _back_to(end: Place) -> tuple[ColumnElement[bool], ...]:
    column = tickets.c.updated_at
    return column >= end.at, or_(column > end.at, tickets.c.id >= end.id)


def _due_until(end: Place) -> tuple[ColumnElement[bool], ...]:
    column = tickets.c.due_at
    return column <= end.at, or_(column < end.at, tickets.c.id <= end.id)


def _line(row: Row[tuple[object, ...]]) -> Line:
    values = {name: getattr(row, name) for name in _SHOWN}
    return Line(**{**values, "phase": Phase(row.phase), "tags": tuple(row.tags)})
