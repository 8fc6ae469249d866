"""What becomes of a ticket when one of its timers fires.

A timer looks again when it is due: what is decided follows from the ticket as it is then.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.config.desk import Desk, Phase
from gateway.config.service_time import Timer
from gateway.desk import news
from gateway.desk.appending import CLOSED
from gateway.desk.dates import date_of
from gateway.desk.decision import Content, Decision, Outcome, Reason, Reply
from gateway.desk.due_now import DueNow, due_now
from gateway.desk.fired import fired, replanned
from gateway.desk.known import ReplyRole
from gateway.desk.lifecycle import becomes_work, fold, hold_ended, kept_from
from gateway.desk.person import Fact, Person
from gateway.desk.ruled import Ruled, carried_out
from gateway.desk.ruling import NO_RULING, Notice, Ruling, Said
from gateway.desk.telling import Matter, with_rules
from gateway.desk.ticket import Event, Ticket
from gateway.desk.timers import dated_of
from gateway.desk.whom import whom
from gateway.mail.model import Mailbox


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
    due = due_now(ticket, desk, now)
    if due is None:
        return None
    if due.timer is None:
        told = news.of_hold_ended(desk, ticket, away)
        events = (hold_ended(desk, ticket, now),)
        return Decision(Outcome.FILED, Reason.TIMER, ticket, events, replies=told)
    other_day = _other_day(ticket, due.timer, person, now)
    if other_day is not None:
        return Decision(Outcome.FILED, Reason.TIMER, ticket, (other_day,))
    timer = _without_effect(due.timer) if ruling.keep else due.timer
    event = fired(desk, ticket, due, timer, now)
    if ruling.keep:
        why = f"{event.why}: let pass"
        event = replace(event, actor=f"rule {ruling.keep.rule}", why=why)
    if due.stale:
        return Decision(Outcome.FILED, Reason.TIMER, ticket, (event,))
    ruling = _with_timer(ruling, timer)
    return _Firing(desk, ticket, timer, due, person, away, ruling).decide(event)


def _other_day(ticket: Ticket, timer: Timer, person: Person | None, now: datetime) -> Event | None:
    """Look again at the day of a ticket's requester; None if it is what the timer counts from."""
    dated = dated_of(ticket, timer) if timer.since else None
    if dated is None:
        return None
    day = date_of(person.fact(dated.column)) if person else None
    return None if day == dated.day else replanned(ticket, dated, day, now)


@dataclass(frozen=True, slots=True)
class _Firing:
    """A timer that fires: of which ticket and requester, and what it asks for, rules included."""

    desk: Desk
    ticket: Ticket
    timer: Timer
    due: DueNow
    person: Person | None
    away: Collection[str]
    ruling: Ruling

    def decide(self, event: Event) -> Decision:
        """Give what becomes of the ticket, of which `event` is the first."""
        before = fold(self.ticket, [event])
        cause = f"timer {self.timer.name}"
        ruled = carried_out(self.desk, before, self.ruling, event.at, cause=cause)
        works = self.ruling.work is True and not self.ticket.is_work
        unmoved = self._unmoved()
        replies, withheld = self._to_requester(ruled, told=not unmoved)
        return Decision(
            Outcome.FILED,
            Reason.TIMER,
            self.ticket,
            (event, *ruled.events, *((becomes_work(event.at),) if works else ())),
            replies=(*replies, *self._told(ruled.ticket, works=works)),
            withheld=(*unmoved, *withheld, *ruled.skipped),
        )

    def _unmoved(self) -> tuple[str, ...]:
        """Say which status the ticket may not get."""
        timer, ticket = self.timer, self.ticket
        why_not = timer.then and kept_from(self.desk, ticket, timer.then)
        return (f"{timer.name}: status {timer.then}: {why_not}",) if why_not else ()

    def _to_requester(
        self, ruled: Ruled, *, told: bool
    ) -> tuple[tuple[Reply, ...], tuple[str, ...]]:
        """Write to the requester: a rule's canned answer, else what the timer sends if `told`.

        It is not where the timer's status is refused, of which its mail tells. Where neither does,
        a case that a rule closes gets the notice of that.
        """
        ticket, canned = ruled.ticket, self.ruling.reply
        closes = ticket.phase is Phase.CLOSED and self.ticket.phase is not Phase.CLOSED
        by_rule = closes and any(c.field == "phase" for e in ruled.events for c in e.changes)
        own = self.timer.mail if told else ""
        template = canned.value if canned else own or (CLOSED if by_rule else "")
        if not template:
            held = f"{self.timer.mail}: the case does not get the status that it tells of"
            return (), (held,) if self.timer.mail else ()
        if not (ticket.requester and ticket.answerable):
            return (), (f"{template}: nobody who may get automatic mail",)
        reply = Reply(
            template,
            Mailbox(self.person.name if self.person else "", ticket.requester),
            ticket.language,
            unasked=True,
            content=self._content(ticket),
            reply_role=ReplyRole.CUSTOMER,
            canned=canned is not None,
        )
        return (reply,), ()

    def _told(self, ticket: Ticket, *, works: bool) -> tuple[Reply, ...]:
        """Tell agents of a case that becomes theirs by a rule, and whom timer and rules name."""
        desk, away = self.desk, self.away
        content = replace(self._content(ticket), facts=_facts(ticket, self.person))
        told: tuple[Reply, ...] = ()
        if works:
            agents = whom(desk, ticket.assignee, away, ticket.group, desk.notifications.new)
            told = news.news(desk, agents, news.NEW, content)
        return with_rules(Matter(desk, ticket, content, away), self.ruling, told)

    def _content(self, ticket: Ticket) -> Content:
        clock = self.due.clock
        return Content(level=ticket.level, timer=self.timer.name, due=clock.due if clock else None)


def _without_effect(timer: Timer) -> Timer:
    """Give a timer that a rule lets pass: it is remembered as fired, and nothing else."""
    return replace(timer, mail="", then="", notify=(), escalate="")


def _with_timer(ruling: Ruling, timer: Timer) -> Ruling:
    """Put what the timer itself asks for before what the rules do."""
    escalated = (Said(timer.escalate, ""),) if timer.escalate else ()
    notices = (Notice(timer.notify, timer.notice, ""),) if timer.notify else ()
    return replace(
        ruling,
        escalations=(*escalated, *ruling.escalations),
        notices=(*notices, *ruling.notices),
    )


def _facts(ticket: Ticket, person: Person | None) -> tuple[Fact, ...]:
    """Give what is known of a ticket's requester."""
    known = (
        Fact("address", ticket.requester),
        Fact("name", person.name if person else ""),
        Fact("organisation", ticket.organisation),
        *(person.facts if person else ()),
    )
    return tuple(fact for fact in known if fact.value)
