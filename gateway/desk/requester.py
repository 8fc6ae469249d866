"""What a case takes over from its requester's row of the directory, and keeps in step with it.

Clocks and timers follow from the ticket alone, so that what they count from has to stand there.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from gateway.config.desk import Desk
from gateway.desk.calendar import known_zone
from gateway.desk.dates import date_of
from gateway.desk.directory_row import TIMEZONE
from gateway.desk.entitled import Entitled, FoundBy
from gateway.desk.person import Person
from gateway.desk.ticket import Change, Dated, Event, EventKind, Ticket

PRODUCT = "product"

_OLDEST = timedelta(days=3660)


def submitted(received_at: datetime, now: datetime) -> datetime:
    """Give when a case was submitted whose mail was taken in at `received_at`.

    What a mailbox dates ten years back, or not at all, came nobody knows when; and clocks of two
    nodes may differ. Such a case begins now.
    """
    return received_at if now - _OLDEST <= received_at <= now else now


def zone_of(person: Person | None) -> str:
    """Give a person's time zone, "" where nobody knows one: then the desk's holds."""
    zone = person.fact(TIMEZONE) if person else ""
    return zone if known_zone(zone) else ""


def days_of(desk: Desk, person: Person | None) -> tuple[Dated, ...]:
    """Give the days of a person's row that timers of the desk count from."""
    columns = dict.fromkeys(timer.since for timer in desk.timer if timer.since)
    found = ((one, date_of(person.fact(one)) if person else None) for one in columns)
    return tuple(Dated(column, day) for column, day in found if day is not None)


def product_of(person: Person | None, entitled: Entitled) -> str:
    """Give the product that a person writes about, as far as the directory says.

    It is the one in their row, or else what all orders of their own account are of.
    """
    if person is not None and person.fact(PRODUCT):
        return person.fact(PRODUCT)
    account = entitled.account
    if account is None or account.found_by is not FoundBy.ADDRESS:
        return ""
    ordered = {order.product for order in account.orders}
    return ordered.pop() if len(ordered) == 1 else ""


def in_step(desk: Desk, ticket: Ticket, person: Person | None, now: datetime) -> tuple[Event, ...]:
    """Give the event of a ticket whose requester's row says something new, none if it does not.

    `person` is the requester as the directory has them now.
    """
    changes = tuple(_changed(desk, ticket, person))
    if not changes:
        return ()
    why = "the directory says so of the requester"
    return (Event(EventKind.CHANGED, now, "casepost", why, changes),)


def _changed(desk: Desk, ticket: Ticket, person: Person | None) -> Iterator[Change]:
    zone = zone_of(person)
    if zone != ticket.timezone:
        yield Change("timezone", zone)
    days = days_of(desk, person)
    for known in ticket.dates:
        if all(known.column != one.column for one in days):
            yield Change("dated", known.column)
    for one in days:
        if one not in ticket.dates:
            yield Change("dated", f"{one.column} {one.day}")
