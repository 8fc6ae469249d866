"""What a case takes over from its requester's row of the directory, and how it stays in step."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.config.service_time import Timer
from gateway.desk.appending import append
from gateway.desk.decision import Reason
from gateway.desk.entitled import NOT_ENTITLED, Account, Entitled, FoundBy, Order
from gateway.desk.known import Sender
from gateway.desk.lifecycle import blank, fold
from gateway.desk.opening import open_ticket
from gateway.desk.person import Fact, Person
from gateway.desk.requester import in_step, product_of
from gateway.desk.ticket import Dated, Ticket
from lib.desks import CASE, DESK, JAN, NOW, SENDER, TICKET

TRIAL = Timer("trial", since="evaluating_since", after="90d", notify=("agents",))
WATCHING = replace(DESK, timer=(TRIAL, replace(TRIAL, name="long", after="200d")))
BEGUN = Dated("evaluating_since", date(2026, 2, 1))


def jan(**facts: str) -> Person:
    """Give Jan with these columns of his row."""
    return Person(JAN, "Jan", facts=tuple(Fact(name, text) for name, text in facts.items()))


def opened(person: Person | None, received_before: timedelta = timedelta()) -> Ticket:
    """Give the case that a mail of Jan opens."""
    sender = replace(SENDER, person=person)
    case = replace(CASE, desk=WATCHING, sender=sender, received_at=NOW - received_before)
    decision = open_ticket(case, Reason.OPENED, NOW)
    return fold(blank(1, "NO-00013", "north", NOW), decision.events)


def test_a_case_begins_with_what_the_directory_says() -> None:
    """Its zone, product, and the days that timers of the desk count from; and when it came."""
    row = jan(
        timezone="Asia/Tokyo",
        product="Press",
        evaluating_since="2026-02-01",
        purchased_on="2026-01-01",
    )
    ticket = opened(row, timedelta(minutes=3))
    assert ("Asia/Tokyo", "Press", (BEGUN,)) == (ticket.timezone, ticket.product, ticket.dates)
    assert NOW - timedelta(minutes=3) == ticket.submitted_at
    # Clocks of two nodes may differ: nothing is submitted after it was filed.
    assert NOW == opened(row, -timedelta(minutes=3)).submitted_at


def test_mail_of_no_date_begins_a_case_now() -> None:
    """A mailbox that says none, or one of long ago, makes no clock run for centuries."""
    first = NOW - datetime.min.replace(tzinfo=UTC)
    assert NOW == opened(None, first).submitted_at
    assert NOW == opened(None, timedelta(days=20000)).submitted_at
    assert NOW - timedelta(days=3000) == opened(None, timedelta(days=3000)).submitted_at


@pytest.mark.parametrize(
    "person", [None, jan(), jan(timezone="Mars/Olympus", evaluating_since="soon")]
)
def test_of_whom_the_directory_says_nothing_the_desks_zone_holds(person: Person | None) -> None:
    """A zone or a day that is none is not taken over."""
    ticket = opened(person)
    assert ("", "", ()) == (ticket.timezone, ticket.product, ticket.dates)


def test_a_later_mail_of_the_requester_brings_what_is_new() -> None:
    """Once; what the directory has lost, the case forgets."""
    ticket = opened(jan(timezone="Asia/Tokyo", evaluating_since="2026-01-01"))
    row = jan(timezone="Europe/Amsterdam", evaluating_since="2026-02-01")
    case = replace(CASE, desk=WATCHING, sender=replace(SENDER, person=row))
    later = fold(ticket, append(case, ticket, NOW).events)
    assert ("Europe/Amsterdam", (BEGUN,)) == (later.timezone, later.dates)
    assert () == in_step(WATCHING, later, row, NOW)
    gone = fold(later, in_step(WATCHING, later, jan(), NOW))
    assert ("", ()) == (gone.timezone, gone.dates)


def test_a_mail_of_somebody_else_brings_nothing() -> None:
    """What their row says is theirs."""
    other = Sender(SENDER.role, "piet@klant.example", "Piet", authentic=True, why="", person=jan())
    case = replace(CASE, desk=WATCHING, sender=other)
    ticket = replace(TICKET, timezone="Asia/Tokyo", dates=(BEGUN,))
    later = fold(ticket, append(case, ticket, NOW).events)
    assert ("Asia/Tokyo", (BEGUN,)) == (later.timezone, later.dates)


@pytest.mark.parametrize(
    ("person", "ordered", "found_by", "product"),
    [
        (jan(product="Press"), ("Shop",), FoundBy.ADDRESS, "Press"),
        (jan(), ("Shop", "Shop"), FoundBy.ADDRESS, "Shop"),
        (jan(), ("Shop", "Press"), FoundBy.ADDRESS, ""),
        (jan(), ("Shop",), FoundBy.ORDER, ""),
        (None, (), FoundBy.ADDRESS, ""),
    ],
)
def test_the_product_is_what_all_orders_of_the_account_are_of(
    person: Person | None, ordered: tuple[str, ...], found_by: FoundBy, product: str
) -> None:
    """An account that a text names gives its level of support and nothing else."""
    orders = tuple(Order(str(n), JAN, product=name) for n, name in enumerate(ordered))
    entitled = Entitled("gold", "", Account(person or jan(), orders, found_by))
    assert product == product_of(person, entitled)
    assert (person.fact("product") if person else "") == product_of(person, NOT_ENTITLED)
