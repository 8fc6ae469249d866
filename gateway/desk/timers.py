"""Which timers a ticket has, and what becomes of it when one fires.

The set follows from the ticket's state alone. Whoever writes a ticket makes the stored timers equal
to it, so a ticket whose customer has answered can have no stale reminder.
"""

from collections.abc import Collection
from datetime import datetime

from gateway.config.desk import Desk, Phase
from gateway.config.service_time import Timer
from gateway.desk import news
from gateway.desk.appending import CLOSED
from gateway.desk.calendar import hours
from gateway.desk.decision import Content, Decision, Due, Outcome, Reason, Reply
from gateway.desk.known import ReplyRole
from gateway.desk.lifecycle import becomes_work, fold, hold_ended, timer_fired
from gateway.desk.person import Fact, Person
from gateway.desk.ruled import carried_out
from gateway.desk.ruling import NO_RULING, Ruling
from gateway.desk.telling import Matter, with_rules
from gateway.desk.ticket import Ticket
from gateway.desk.whom import whom
from gateway.mail.model import Mailbox

# Not a name that a desk could give a timer of its own.
HOLD_ENDS = "hold ends"


def timers(ticket: Ticket, desk: Desk) -> tuple[Due, ...]:
    """Give the timers that a ticket in this state has, soonest first.

    While it is held it has none but that of the hold's end.
    """
    if ticket.hold_until is not None:
        return (Due(HOLD_ENDS, ticket.hold_until),)
    due = (
        Due(timer.name, later(desk, ticket, timer))
        for timer in desk.timer
        if timer.status == ticket.status and timer.name not in ticket.fired
    )
    return tuple(sorted(due, key=lambda one: one.at))


def later(desk: Desk, ticket: Ticket, timer: Timer) -> datetime:
    """Give when a timer runs out that counts from when the ticket got its status."""
    counted = hours(desk, timer.calendar, ticket.timezone)
    return counted.add(ticket.since, counted.length(timer.delay))


def due_timer(ticket: Ticket, desk: Desk, now: datetime) -> str:
    """Give the name of the timer that fires now, "" if none does.

    One at a time: after it, the next one may be no more.
    """
    return next((one.timer for one in timers(ticket, desk) if one.at <= now), "")


def decide(
    ticket: Ticket,
    desk: Desk,
    person: Person | None,
    now: datetime,
    away: Collection[str] = (),
    ruling: Ruling = NO_RULING,
) -> Decision | None:
    """Decide what becomes of a ticket whose first timer is due; None if none is, after all.

    `away` are the agents who are, and `ruling` is what the desk's rules make of the timer.
    """
    name = due_timer(ticket, desk, now)
    if not name:
        return None
    if name == HOLD_ENDS:
        told = news.of_hold_ended(desk, ticket, away)
        events = (hold_ended(desk, ticket, now),)
        return Decision(Outcome.FILED, Reason.TIMER, ticket, events, replies=told)
    timer = next(timer for timer in desk.timer if timer.name == name)
    fired = timer_fired(desk, timer, now, ticket.timezone)
    ruled = carried_out(desk, fold(ticket, [fired]), ruling, now, cause=f"timer {name}")
    closes = ruled.ticket.phase is Phase.CLOSED and ticket.phase is not Phase.CLOSED
    by_rule = closes and any(c.field == "phase" for e in ruled.events for c in e.changes)
    replies, withheld = _to_requester(
        timer, ruled.ticket, person, ruling, CLOSED if by_rule else ""
    )
    works = ruling.work is True and not ticket.is_work
    told = _told(desk, ruled.ticket, person, away, ruling, works=works)
    return Decision(
        Outcome.FILED,
        Reason.TIMER,
        ticket,
        (fired, *ruled.events, *((becomes_work(now),) if works else ())),
        replies=(*replies, *told),
        withheld=(*withheld, *ruled.skipped),
    )


def _to_requester(
    timer: Timer, ticket: Ticket, person: Person | None, ruling: Ruling, notice: str
) -> tuple[tuple[Reply, ...], tuple[str, ...]]:
    """Write to the requester: a rule's canned answer, else what the timer sends, else `notice`."""
    template = ruling.reply.value if ruling.reply else timer.mail or notice
    if not template:
        return (), ()
    if not (ticket.requester and ticket.answerable):
        return (), (f"{template}: nobody who may get automatic mail",)
    reply = Reply(
        template,
        Mailbox(person.name if person else "", ticket.requester),
        ticket.language,
        unasked=True,
        content=Content(level=ticket.level),
        reply_role=ReplyRole.CUSTOMER,
        canned=ruling.reply is not None,
    )
    return (reply,), ()


def _told(
    desk: Desk,
    ticket: Ticket,
    person: Person | None,
    away: Collection[str],
    ruling: Ruling,
    *,
    works: bool,
) -> tuple[Reply, ...]:
    """Tell agents of a case that becomes theirs by a rule, and whom rules name."""
    content = Content(facts=_facts(ticket, person), level=ticket.level)
    told: tuple[Reply, ...] = ()
    if works:
        agents = whom(desk, ticket.assignee, away, ticket.group, desk.notifications.new)
        told = news.news(desk, agents, news.NEW, content)
    return with_rules(Matter(desk, ticket, content, away), ruling, told)


def _facts(ticket: Ticket, person: Person | None) -> tuple[Fact, ...]:
    """Give what is known of a ticket's requester."""
    known = (
        Fact("address", ticket.requester),
        Fact("name", person.name if person else ""),
        Fact("organisation", ticket.organisation),
        *(person.facts if person else ()),
    )
    return tuple(fact for fact in known if fact.value)
