"""What an acknowledgement promises is what the clocks run to; and whether the desk works then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.config.desk import Desk, Phase
from gateway.config.service_time import Calendar, Target
from gateway.desk.decision import Availability, Promise
from gateway.desk.promising import available, promised
from gateway.desk.targets import clocks
from gateway.desk.ticket import Stay, Ticket
from lib.desks import DESK, TICKET

OFFICE = Calendar(
    "office",
    open=("mon-fri 09:00-12:00 13:00-17:00",),
    holidays=("NL",),
    closed=("2026-04-02 Outing", "2026-04-03"),
    extra=("2026-04-25 10:00-12:00",),
    working_day="7h",
)
NIGHT = Calendar("night", open=("mon-thu 22:00-06:00",), customers_timezone=True)
NEVER = Calendar("never")
HOURS = replace(
    DESK, timezone="Europe/Amsterdam", calendar=(OFFICE, NIGHT, NEVER), opening_hours="office"
)
TARGETS = replace(
    HOURS,
    target=(
        Target("resolution", "2 working days", calendar="office", met_in=("Done",)),
        Target("response", "1h", calendar="office", met_by_answer=True),
        Target("review", "none"),
        Target("check", "30m", promised=False),
        Target("favour", "1h", types=("favour",)),
    ),
)


def at(text: str) -> datetime:
    """Read a time of 2026 in UTC."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


NOW = at("03-23 08:30")
"""A Monday, half past nine in Amsterdam."""
OPENED = replace(
    TICKET, opened_at=NOW, updated_at=NOW, since=NOW, submitted_at=NOW, stays=(Stay("New", NOW),)
)


def test_what_is_promised_is_when_the_clocks_run_out() -> None:
    """The soonest first; not what the desk keeps to itself, promises to nobody, or to others."""
    due = {clock.target.name: clock.due for clock in clocks(OPENED, TARGETS, NOW)}
    expected = (Promise("response", at("03-23 09:30")), Promise("resolution", at("03-25 08:30")))
    assert expected == promised(OPENED, TARGETS, NOW)
    assert {one.target: one.due for one in expected}.items() <= due.items()


def test_a_promise_follows_the_type_and_severity_of_the_case() -> None:
    """As the mail leaves it."""
    favour = replace(OPENED, type="favour")
    found = promised(favour, TARGETS, NOW)
    # One at the same instant keeps the order of the desk's file.
    assert ["response", "favour", "resolution"] == [one.target for one in found]


def test_time_that_a_mail_waited_counts() -> None:
    """It is promised from when it reached us, and what is over is promised no more."""
    later = NOW + timedelta(minutes=59)
    assert Promise("response", at("03-23 09:30")) in promised(OPENED, TARGETS, later)
    over = NOW + timedelta(minutes=60)
    assert ["resolution"] == [one.target for one in promised(OPENED, TARGETS, over)]


@pytest.mark.parametrize(
    "ticket",
    [
        replace(OPENED, is_work=False),
        replace(OPENED, status="Done", phase=Phase.CLOSED, stays=(Stay("Done", NOW),)),
    ],
    ids=["nobody's work", "closed"],
)
def test_nothing_is_promised_of_what_nobody_works_on(ticket: Ticket) -> None:
    """A canned answer has done with it, or it is closed."""
    assert () == promised(ticket, TARGETS, NOW)


def test_what_is_met_or_stands_is_promised_no_more() -> None:
    """A second mail does not promise the first answer again."""
    answered = replace(OPENED, first_answered_at=NOW + timedelta(minutes=5))
    later = NOW + timedelta(minutes=10)
    assert ["resolution"] == [one.target for one in promised(answered, TARGETS, later)]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("03-23 08:30", Availability(is_open=True)),
        ("03-23 11:00", Availability(is_open=False, opens_at=at("03-23 12:00"))),
        ("03-23 16:00", Availability(is_open=False, opens_at=at("03-24 08:00"))),
        # Over a weekend in which summer time begins.
        ("03-27 16:00", Availability(is_open=False, opens_at=at("03-30 07:00"))),
        # Closed days, then Easter, the Tuesday after which is the next day of work.
        ("04-02 08:00", Availability(is_open=False, opens_at=at("04-07 07:00"), holiday="Outing")),
        ("04-03 08:00", Availability(is_open=False, opens_at=at("04-07 07:00"))),
        (
            "04-06 08:00",
            Availability(is_open=False, opens_at=at("04-07 07:00"), holiday="Tweede paasdag"),
        ),
        # A Saturday that is open, and the evening before it.
        ("04-24 20:00", Availability(is_open=False, opens_at=at("04-25 08:00"))),
        ("04-25 09:00", Availability(is_open=True)),
    ],
)
def test_it_is_said_whether_the_desk_works_and_when_it_begins(
    now: str, expected: Availability
) -> None:
    """On working days, at noon, at weekends, on holidays and closed days."""
    assert expected == available(HOURS, at(now), language="nl")


def desk_of(opening_hours: str) -> Desk:
    """Give the desk with other hours."""
    return replace(HOURS, opening_hours=opening_hours)


def test_hours_may_be_the_customer_s() -> None:
    """In whose zone the calendar is then, the desk's where nobody knows theirs."""
    night = desk_of("night")
    assert Availability(is_open=True) == available(night, at("03-23 23:00"))
    away = Availability(is_open=False, opens_at=at("03-24 02:00"))
    assert away == available(night, at("03-23 23:00"), "America/New_York")
    assert Availability(is_open=True) == available(night, at("03-23 23:00"), "Nowhere/Land")


def test_a_desk_that_says_nothing_of_its_hours_is_not_spoken_of() -> None:
    """And one that never opens names no day."""
    assert available(desk_of(""), NOW) is None
    assert Availability(is_open=False) == available(desk_of("never"), NOW)
