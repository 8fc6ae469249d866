"""A ticket on hold is left alone until the hold ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.config.desk import Desk, Phase, Status
from gateway.config.service_time import Timer
from gateway.desk import lifecycle
from gateway.desk.decision import Reason
from gateway.desk.firing import decide
from gateway.desk.ticket import Change, Ticket
from gateway.desk.timers import HOLD_ENDS, timers
from lib.desks import ADA, DESK, JAN, NOW, TICKET

UNTIL = NOW + timedelta(days=7)
KIM = "kim@klant.example"
REMIND = Timer("remind", "New", after="1d", mail="customer/reminder")
PLAIN = replace(DESK, timer=(REMIND,))
HOLDING = replace(
    PLAIN,
    status=(*DESK.status, Status("Parked", Phase.WAITING)),
    lifecycle=replace(DESK.lifecycle, hold="Parked", after_hold="Answered"),
)


def held(desk: Desk) -> Ticket:
    """Put the ticket on hold."""
    return lifecycle.fold(TICKET, [lifecycle.held(desk, ADA, UNTIL, NOW)])


@pytest.mark.parametrize(("desk", "status"), [(PLAIN, "New"), (HOLDING, "Parked")])
def test_while_it_is_held_nothing_else_is_due(desk: Desk, status: str) -> None:
    """Whether or not the desk has a status for it."""
    ticket = held(desk)

    assert status == ticket.status
    assert [(HOLD_ENDS, UNTIL)] == [(due.timer, due.at) for due in timers(ticket, desk)]
    assert decide(ticket, desk, None, UNTIL - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("desk", "status"),
    [
        (PLAIN, "New"),
        (HOLDING, "Answered"),
        (replace(HOLDING, lifecycle=replace(HOLDING.lifecycle, after_hold="")), "Again"),
    ],
)
def test_at_its_end_the_desk_says_what_follows_and_agents_are_told(desk: Desk, status: str) -> None:
    """Its other timers count from then on."""
    decision = decide(held(desk), desk, None, UNTIL)

    assert decision is not None
    assert Reason.TIMER is decision.reason
    assert [("agent/hold-ended", ADA)] == [(r.template, r.to.address) for r in decision.replies]
    after = lifecycle.fold(held(desk), decision.events)
    assert (status, None, UNTIL) == (after.status, after.hold_until, after.since)
    assert HOLD_ENDS not in [due.timer for due in timers(after, desk)]


def test_a_customer_who_writes_ends_it() -> None:
    """They are not to wait for it any longer."""
    wrote = lifecycle.customer_wrote(HOLDING, held(HOLDING), JAN, NOW, answerable=True)

    after = lifecycle.fold(held(HOLDING), wrote)
    assert ("Answered", None) == (after.status, after.hold_until)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("organisation", "Plant", {"organisation": "Plant"}),
        ("merged_into", "7", {"merged_into": 7}),
        ("parent", "7", {"parent": 7}),
        ("time_spent", "90", {"time_spent": 150}),
        ("participant", KIM, {"participants": (*TICKET.participants, KIM)}),
        ("participant", JAN, {"participants": TICKET.participants}),
        ("participant_left", "piet@klant.example", {"participants": ()}),
    ],
)
def test_an_event_changes_a_field(field: str, value: str, expected: dict[str, object]) -> None:
    """Time adds up; whoever takes part already is not added twice."""
    ticket = replace(TICKET, time_spent=60)
    event = lifecycle.moved(DESK, "New", ADA, "", NOW)
    event = replace(event, changes=(Change(field, value),))

    after = lifecycle.fold(ticket, [event])

    assert replace(ticket, version=2, **expected) == after  # type: ignore[arg-type]


def test_a_defect_is_recorded_once() -> None:
    """Its link may change."""
    event = lifecycle.moved(DESK, "New", ADA, "", NOW)
    events = [
        replace(event, changes=(Change("defect", f"12 https://{host}/12"),))
        for host in ("old.example", "new.example")
    ]

    (defect,) = lifecycle.fold(TICKET, events).defects

    assert ("12", "https://new.example/12") == (defect.number, defect.url)


def test_an_agents_answer_restarts_the_time_of_whoever_is_waited_for() -> None:
    """They have something new to read."""
    waiting = replace(TICKET, status="Parked", phase=Phase.WAITING, fired=("remind",))
    later = NOW + timedelta(days=3)

    after = lifecycle.fold(waiting, lifecycle.agent_answered(HOLDING, waiting, ADA, later))

    assert (later, (), ADA, later) == (
        after.since,
        after.fired,
        after.answered_by,
        after.answered_at,
    )
