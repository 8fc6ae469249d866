"""What rules set on a ticket, and how they escalate it."""

from dataclasses import replace

import pytest

from gateway.config.desk import Agent, Phase, Status
from gateway.config.policy import Escalation, Group
from gateway.desk.ruled import Ruled, carried_out
from gateway.desk.ruling import Ruling, Said, Setting
from gateway.desk.ticket import EventKind, Ticket
from lib.desks import ADA, DESK, NOW, TICKET

BEN = "ben@north.example"
DESK = replace(
    DESK,
    status=(
        Status("New", Phase.OPEN),
        Status("Waiting", Phase.WAITING),
        Status("Done", Phase.CLOSED),
        Status("Archived", Phase.CLOSED, after=("Done",)),
    ),
    severities=("high", "low"),
    agent=(Agent(ADA, "Ada"), Agent(BEN, "Ben")),
    group=(Group("sales", (BEN,)),),
    escalation=(
        Escalation("up", ("managers",), severity="high", assign="sales"),
        Escalation("away", ("managers",), status="Archived"),
    ),
)


def ruled(ruling: Ruling, ticket: Ticket = TICKET) -> Ruled:
    """Apply a ruling."""
    return carried_out(DESK, ticket, ruling, NOW, cause="the test")


def settings(*settings: tuple[str, str]) -> Ruling:
    """Give a ruling that sets these fields, each by a rule of its own."""
    return Ruling(settings=tuple(Setting(f, v, f"r{n}") for n, (f, v) in enumerate(settings, 1)))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([("severity", "high")], {"severity": "high"}),
        ([("severity", "high"), ("severity", "low")], {"severity": "low"}),
        ([("type", "bug"), ("language", "nl")], {"type": "bug", "language": "nl"}),
        ([("status", "Done")], {"status": "Done", "phase": Phase.CLOSED}),
        ([("status", "Archived")], {"status": "New", "phase": Phase.OPEN}),
        ([("tag", "a"), ("tag", "b"), ("tag", "a")], {"tags": ("b", "a")}),
        ([("tag", "a"), ("tag", "b"), ("untag", "a"), ("untag", "c")], {"tags": ("b",)}),
        ([("untag", "a"), ("tag", "a")], {"tags": ("a",)}),
        ([("assignee", ADA), ("group", "sales")], {"assignee": "", "group": "sales"}),
        ([("group", "sales"), ("assignee", ADA)], {"assignee": ADA, "group": ""}),
    ],
)
def test_the_last_of_a_field_holds(
    given: list[tuple[str, str]], expected: dict[str, object]
) -> None:
    """Of tags all do; an agent and a group are one field; a status must be allowed to follow."""
    after = ruled(settings(*given)).ticket

    assert expected == {name: getattr(after, name) for name in expected}


def test_each_change_says_who_and_why() -> None:
    """What is so already is no change."""
    done = ruled(settings(("severity", "high"), ("type", "question"), ("status", "Waiting")))

    assert [
        (EventKind.CHANGED, "rule r1", "severity high: the test"),
        (EventKind.STATUS_CHANGED, "rule r3", "status Waiting: the test"),
    ] == [(event.kind, event.actor, event.why) for event in done.events]


@pytest.mark.parametrize("field", ["severity", "type", "assignee"])
def test_what_an_agent_has_set_stays(field: str) -> None:
    """And it is said what was not done."""
    ticket = replace(TICKET, by_agent=(field,))
    done = ruled(settings((field, "high")), ticket)

    assert (ticket, ()) == (done.ticket, done.events)
    assert (f"rule r1: {field} high: an agent has set it",) == done.skipped


def test_a_group_takes_a_case_from_its_assignee() -> None:
    """It is the members' until one of them takes it; but not from whom an agent gave it to."""
    ticket = replace(TICKET, assignee=ADA)

    assert ("sales", "") == _whose(ruled(settings(("group", "sales")), ticket))
    kept = replace(ticket, by_agent=("assignee",))
    assert ("", ADA) == _whose(ruled(settings(("group", "sales")), kept))


def _whose(done: Ruled) -> tuple[str, str]:
    return done.ticket.group, done.ticket.assignee


def test_an_escalation_is_recorded_and_goes_before_an_agents_word() -> None:
    """Once for each time, whatever it changes."""
    ticket = replace(TICKET, by_agent=("severity", "assignee"), assignee=ADA)
    done = ruled(Ruling(escalations=(Said("up", "angry"), Said("gone", "?"))), ticket)

    assert ("high", "sales", "") == (
        done.ticket.severity,
        done.ticket.group,
        done.ticket.assignee,
    )
    assert [(EventKind.ESCALATED, "rule angry", "up, to managers: the test")] == [
        (event.kind, event.actor, event.why) for event in done.events
    ]


def test_an_escalation_gives_no_status_that_may_not_follow() -> None:
    """It is one all the same."""
    done = ruled(Ruling(escalations=(Said("away", "angry"),)))

    assert ("New", 1) == (done.ticket.status, len(done.events))
    assert ("rule angry: status Archived: it may not follow New",) == done.skipped
