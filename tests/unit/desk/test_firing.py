"""What becomes of a ticket when a timer fires: on time, late, or too late."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from gateway.config.desk import Agent, Phase, Status
from gateway.config.policy import Escalation, Group
from gateway.config.service_time import Calendar, Target, Timer
from gateway.desk.decision import Decision
from gateway.desk.firing import decide
from gateway.desk.lifecycle import fold, moved
from gateway.desk.person import Fact, Person
from gateway.desk.ruling import Ruling, Said, Setting
from gateway.desk.ticket import Change, Dated, EventKind, Stay, Ticket
from gateway.desk.timers import timers
from lib.desks import ADA, DESK, JAN, NOW, TICKET

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DEE = "dee@north.example"
OFFICE = Calendar("office", open=("mon-fri 09:00-17:00",), working_day="8h")
BEGUN = "evaluating_since"
DESK = replace(
    DESK,
    calendar=(OFFICE,),
    severities=("high", "medium", "low"),
    status=(
        *DESK.status,
        Status("Waiting", Phase.WAITING),
        Status("Archived", Phase.CLOSED, after=("Done",)),
    ),
    agent=(Agent(ADA, "Ada"), Agent(DEE, "Dee", role="manager")),
    group=(Group("second", (ADA,)),),
    escalation=(
        Escalation("raise", raise_severity=True),
        Escalation("chief", ("managers",), status="Waiting", assign="second"),
    ),
    target=(
        Target("solution", "2d", paused_in_phases=("waiting",), met_in=("Answered",)),
        Target("answer", "1d", met_by_answer=True),
    ),
)
# A Monday, 09:00 UTC.
TICKET = replace(TICKET, stays=(Stay("New", NOW),))
JANS = Person(JAN, "Jan", facts=(Fact(BEGUN, "2026-03-01"),))


def fires(*timers: Timer, at: datetime, ticket: Ticket = TICKET) -> Decision | None:
    """Decide on a ticket of the desk with these timers."""
    return decide(ticket, replace(DESK, timer=timers), None, at)


def told(decision: Decision | None) -> list[tuple[str, str]]:
    """Give the mails of a decision as (template, recipient)."""
    assert decision is not None
    return [(reply.template, reply.to.address) for reply in decision.replies]


def changes(decision: Decision | None) -> list[tuple[str, str]]:
    """Give all changes of a decision."""
    assert decision is not None
    return [(c.field, c.value) for event in decision.events for c in event.changes]


REMIND = Timer("remind", "New", after="7d", mail="customer/reminder")
CLOSE = Timer("close", "New", after="14d", mail="customer/closed", then="Done")


@pytest.mark.parametrize(
    ("late", "since"),
    [
        (timedelta(), None),
        (timedelta(hours=1), None),
        (timedelta(hours=2), timedelta(hours=2)),
        (23 * DAY, 23 * DAY),
    ],
)
def test_a_late_timer_moves_those_that_follow(late: timedelta, since: timedelta | None) -> None:
    """What is late by little counts as on time: the time that was promised is kept to."""
    decision = fires(REMIND, CLOSE, at=NOW + 7 * DAY + late)

    moved = [] if since is None else [("since", (NOW + since).isoformat())]
    assert [*moved, ("fired", "remind")] == changes(decision)
    assert [("customer/reminder", JAN)] == told(decision)


def test_after_an_outage_each_time_keeps_its_distance() -> None:
    """In the hours that it is counted in: the third reminder and the end come a week after it."""
    desk = replace(
        DESK,
        timer=(
            Timer("a", "New", after="5 working days", times=2, calendar="office", mail="c/r"),
            Timer("b", "New", after="15 working days", calendar="office", then="Done"),
        ),
    )
    ticket, at = TICKET, NOW + 30 * DAY + HOUR
    fired = []
    while (decision := decide(ticket, desk, None, at)) is not None:
        ticket = fold(ticket, decision.events)
        fired.append((ticket.fired[-1:] or (ticket.status,), f"{at:%a %d %H}"))
        at = max((one.at for one in timers(ticket, desk)[:1]), default=at)

    assert [(("a",), "Wed 01 10"), (("a#2",), "Wed 08 10"), (("Done",), "Wed 15 10")] == fired


def test_a_later_time_that_is_late_moves_the_next_by_as_much() -> None:
    """And not by the times before it."""
    remind = replace(REMIND, times=3)
    desk, ticket = replace(DESK, timer=(remind,)), replace(TICKET, fired=("remind",))

    decision = decide(ticket, desk, None, NOW + 20 * DAY)

    assert decision is not None
    after = fold(ticket, decision.events)
    assert [NOW + 27 * DAY] == [one.at for one in timers(after, desk)]


def test_what_waits_for_hours_is_looked_at_again_when_they_begin() -> None:
    """Also where it was due in hours, and it is night by now."""
    remind = replace(REMIND, only_in="office")

    assert fires(remind, at=NOW + 7 * DAY + 9 * HOUR) is None
    assert [("customer/reminder", JAN)] == told(fires(remind, at=NOW + 8 * DAY))


@pytest.mark.parametrize(
    ("timer", "ticket", "template"),
    [
        (Timer("a", "New", after="1d", notify=("managers",)), TICKET, "agent/reminder"),
        (Timer("a", target="answer", notify=("managers",)), TICKET, "agent/target-missed"),
        (
            Timer("a", target="solution", before="1d", notify=("managers",)),
            TICKET,
            "agent/target-at-risk",
        ),
        (
            Timer("a", "New", after="1d", notify=("managers",), notify_with="agent/late"),
            TICKET,
            "agent/late",
        ),
    ],
)
def test_a_timer_tells_whom_it_names(timer: Timer, ticket: Ticket, template: str) -> None:
    """By a template that fits what it is about, where it names none; with its name and when."""
    decision = fires(timer, at=NOW + DAY, ticket=ticket)

    assert [(template, DEE)] == told(decision)
    assert decision is not None
    (content,) = [reply.content for reply in decision.replies]
    due = {"answer": NOW + DAY, "solution": NOW + 2 * DAY}.get(timer.target)
    assert (timer.name, due) == (content.timer, content.due)


def test_a_rule_may_let_a_timer_pass() -> None:
    """It is remembered, and comes again as often as it would; what rules set is set."""
    kept = Ruling(keep=Said("", "thanked"), settings=(Setting("tag", "quiet", "thanked"),))
    desk = replace(DESK, timer=(replace(REMIND, times=2, notify=("managers",)), CLOSE))

    first = decide(TICKET, desk, None, NOW + 7 * DAY, ruling=kept)
    assert first is not None
    assert [] == told(first)
    assert "rule thanked" == first.events[0].actor
    assert first.events[0].why.endswith(": let pass")
    ticket = fold(TICKET, first.events)
    assert ("New", ("remind",), ("quiet",)) == (ticket.status, ticket.fired, ticket.tags)
    assert [("remind", NOW + 14 * DAY), ("close", NOW + 14 * DAY)] == [
        (one.timer, one.at) for one in timers(ticket, desk)
    ]


def test_a_timer_escalates() -> None:
    """It is recorded, told, and the case is given to whom the escalation says."""
    decision = fires(Timer("a", target="answer", escalate="chief"), at=NOW + DAY)

    assert decision is not None
    assert [("agent/escalated", DEE)] == told(decision)
    assert [EventKind.TIMER_FIRED, EventKind.ESCALATED] == [e.kind for e in decision.events]
    after = fold(TICKET, decision.events)
    assert ("Waiting", "second", ("a",)) == (after.status, after.group, after.alerted)


@pytest.mark.parametrize(
    ("severity", "expected"),
    [("low", "medium"), ("medium", "high"), ("high", "high"), ("", ""), ("gone", "gone")],
)
def test_an_escalation_may_raise_the_severity_silently(severity: str, expected: str) -> None:
    """One step, whatever an agent has set; the highest stays, and is recorded all the same."""
    ticket = replace(TICKET, severity=severity, by_agent=("severity",))

    decision = fires(Timer("a", target="answer", escalate="raise"), at=NOW + DAY, ticket=ticket)

    assert [] == told(decision)
    assert decision is not None
    assert EventKind.ESCALATED is decision.events[-1].kind
    assert expected == fold(ticket, decision.events).severity


WARN = Timer("warn", target="solution", before="4h", notify=("assignee", "managers"))
LATE = Timer("late", target="solution", notify=("managers",))
LATER = Timer("later", target="solution", after="4h", escalate="chief")


@pytest.mark.parametrize(
    ("hours", "expected", "marked"),
    [
        (44, [("agent/target-at-risk", DEE)], ["warn"]),
        (47, [("agent/target-at-risk", DEE)], ["warn"]),
        (48, [("agent/target-missed", DEE)], ["warn", "late"]),
        (96, [("agent/escalated", DEE)], ["warn", "late", "later"]),
    ],
)
def test_of_several_levels_that_are_due_the_latest_acts(
    hours: int, expected: list[tuple[str, str]], marked: list[str]
) -> None:
    """The others are remembered: they never come after it."""
    decision = fires(WARN, LATE, LATER, at=NOW + hours * HOUR)

    assert expected == told(decision)
    assert marked == [value for field, value in changes(decision) if field == "alerted"]


def test_levels_of_another_target_are_another_matter() -> None:
    """Each target that is missed is told of once, one after the other."""
    other = Timer("other", target="answer", notify=("managers",))
    desk = replace(DESK, timer=(LATE, other))
    first = decide(TICKET, desk, None, NOW + 4 * DAY)
    assert first is not None
    second = decide(fold(TICKET, first.events), desk, None, NOW + 4 * DAY)

    assert [("alerted", "other")] == changes(first)
    assert [("alerted", "late")] == changes(second)


def test_a_warning_of_what_has_happened_is_never_sent() -> None:
    """It is remembered, and says why; nothing else is done."""
    ends = replace(WARN, then="Done", mail="customer/reminder", escalate="chief")

    decision = fires(ends, at=NOW + 2 * DAY)

    assert decision is not None
    assert ([], [("alerted", "warn")]) == (told(decision), changes(decision))
    assert "warn: 4h before solution is due; too late for warn" == decision.events[0].why


@pytest.mark.parametrize("then", ["Done", "Archived", "New"])
def test_a_status_that_may_not_follow_is_not_given(then: str) -> None:
    """A target's timer fires in any status: what the file can not say is seen then."""
    decision = fires(Timer("a", target="answer", then=then), at=NOW + DAY)

    assert decision is not None
    after = fold(TICKET, decision.events)
    assert ("New" if then == "Archived" else then) == after.status
    why = ("a: status Archived: it may not follow New",)
    assert (why if then == "Archived" else ()) == decision.withheld


def test_nobody_is_told_of_a_status_that_is_not_given() -> None:
    """A mail that says that the case is closed is not sent of one that is not."""
    timer = Timer("a", target="answer", then="Archived", mail="customer/closed", notify=(DEE,))

    decision = fires(timer, at=NOW + DAY)

    assert decision is not None
    assert [("agent/target-missed", DEE)] == told(decision)
    assert (
        "a: status Archived: it may not follow New",
        "customer/closed: the case does not get the status that it tells of",
    ) == decision.withheld
    assert [("customer/closed", JAN)] == told(
        fires(replace(timer, then="Done", notify=()), at=NOW + DAY)
    )


SALES = Timer("sales", since=BEGUN, after="30d", status="New", escalate="chief")
EVALUATING = replace(TICKET, dates=(Dated(BEGUN, date(2026, 3, 1)),))


def test_at_a_day_of_its_requester_a_case_passes_on() -> None:
    """Once for that day."""
    desk, at = replace(DESK, timer=(SALES,)), NOW.replace(hour=0) + 29 * DAY

    assert decide(EVALUATING, desk, JANS, at - timedelta(seconds=1)) is None
    decision = decide(EVALUATING, desk, JANS, at)

    assert [("agent/escalated", DEE)] == told(decision)
    assert ("alerted", "sales#2026-03-01") in changes(decision)
    assert decision is not None
    again = fold(EVALUATING, (*decision.events, moved(desk, "New", ADA, "", at)))
    assert () == timers(again, desk)


@pytest.mark.parametrize(
    ("person", "written", "due"),
    [
        (replace(JANS, facts=(Fact(BEGUN, "2026-03-11"),)), "2026-03-11", [NOW + 39 * DAY]),
        (replace(JANS, facts=(Fact(BEGUN, "2026-01-01"),)), "2026-01-01", []),
        (replace(JANS, facts=(Fact(BEGUN, "soon"),)), "", []),
        (replace(JANS, facts=()), "", []),
        (None, "", []),
    ],
)
def test_a_day_that_is_another_one_by_now_is_planned_anew(
    person: Person | None, written: str, due: list[datetime]
) -> None:
    """The directory was changed since the requester wrote: it is looked at when it matters."""
    desk, at = replace(DESK, timer=(SALES,)), NOW + 29 * DAY

    decision = decide(EVALUATING, desk, person, at)

    assert ([], [("dated", f"{BEGUN} {written}")]) == (told(decision), changes(decision))
    assert decision is not None
    after = fold(EVALUATING, decision.events)
    assert [at.replace(hour=0) for at in due] == [one.at for one in timers(after, desk)]
    assert Change("dated", f"{BEGUN} {written}") == decision.events[0].changes[0]
