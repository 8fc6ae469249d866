"""How a mail opens a ticket: linked, acknowledged, told to agents.

Some mail that would open one is kept on a ticket that is there: a crash that is known, and what
somebody writes who writes without end.
"""

from collections.abc import Iterator
from datetime import datetime

from gateway.desk import lifecycle, news
from gateway.desk.automatic_answer import acknowledge, is_work
from gateway.desk.case import Case, entry_of, why_not
from gateway.desk.decision import Decision, Outcome, Reason
from gateway.desk.flood import storm_ticket
from gateway.desk.judged import judged, told_of_new
from gateway.desk.requester import days_of, product_of, submitted, zone_of
from gateway.desk.ticket import Change, Direction, Entry, EntryKind, Event, EventKind, Ticket
from gateway.mail.model import Kind

# Whatever else a mail is, nobody has read it.
_ALWAYS_OPENS = frozenset({Reason.UNREADABLE})


def open_ticket(case: Case, reason: Reason, now: datetime) -> Decision:
    """Open a ticket, linked to those that the mail claims, and acknowledge it or say why not.

    Agents are told of it.
    """
    kept = _kept(case, reason, now)
    if kept is not None:
        return kept
    opened = lifecycle.opened(
        case.desk,
        lifecycle.Opening(
            subject=case.mail.subject,
            requester=case.sender.address,
            language=case.spoken.language,
            answerable=not why_not(case),
            is_work=is_work(case),
            forwarded_by=case.forward.agent if case.forward else "",
            organisation=case.sender.organisation,
            submitted_at=submitted(case.received_at, now),
            timezone=zone_of(case.sender.person),
            product=product_of(case.sender.person, case.entitled),
            dates=days_of(case.desk, case.sender.person),
        ),
        now,
    )
    linked = tuple(_linked(case, now))
    ticket = lifecycle.fold(lifecycle.blank(0, "", case.desk.name, now), [opened])
    ruled = judged(case, ticket, now)
    replies, withheld = acknowledge(case, ruled.ticket, now)
    return Decision(
        Outcome.FILED,
        reason,
        events=(opened, *ruled.events, *(event for _, event in linked)),
        entry=entry_of(case),
        note=_note(case),
        replies=(*replies, *told_of_new(case, ruled.ticket)),
        links=tuple(dict.fromkeys(ticket.id for ticket, _ in linked)),
        withheld=(*withheld, *ruled.skipped),
    )


def _kept(case: Case, reason: Reason, now: datetime) -> Decision | None:
    """Keep a mail on a ticket that is there, for agents to read, if it is to open none."""
    if reason in _ALWAYS_OPENS or case.forward is not None or case.choice.continues is not None:
        return None
    crash = _crash(case)
    if crash is not None and _may_join(case, crash):
        return _joined(case, crash, now)
    storm = storm_ticket(case.known.arrivals)
    if storm is not None:
        why = "its author writes without end"
        return _on(case, storm, Reason.STORM, why, now)
    return None


def _crash(case: Case) -> Ticket | None:
    """Give the open ticket of the crash that the mail reports, if the desk joins reports."""
    return case.known.alike.signature if case.desk.duplicates.join else None


def _may_join(case: Case, crash: Ticket) -> bool:
    """Say whether a report is kept on the ticket of its crash; else it is a case of its own.

    Anybody can write down a signature, and to take part is to read answers. So a person joins whom
    the directory has or whose organisation's the ticket is, and any other for whom somebody vouches
    only where no person is yet: what machines reported is nobody's secret.
    """
    sender = case.sender
    if case.kind.kind is not Kind.PERSON:
        return True
    if not sender.vouched:
        return False
    alone = not crash.answerable and not crash.participants
    colleague = bool(sender.organisation) and sender.organisation == crash.organisation
    return alone or colleague or sender.person is not None or crash.has_on_it(sender.address)


def _joined(case: Case, ticket: Ticket, now: datetime) -> Decision:
    """Keep one more report of a crash; whoever can be answered takes part, and gets the number."""
    why = "a report with the signature of this crash"
    address = case.sender.address
    if why_not(case):
        return _on(case, ticket, Reason.JOINED, why, now)
    events = [Event(EventKind.ENTRY_ADDED, now, address, why)]
    if not ticket.has_on_it(address):
        joined = Change("participant", address)
        events.append(Event(EventKind.PARTICIPANT_ADDED, now, "casepost", why, (joined,)))
    replies, withheld = acknowledge(case, ticket, now)
    return Decision(
        Outcome.FILED,
        Reason.JOINED,
        ticket,
        tuple(events),
        entry_of(case),
        replies=(*replies, *news.of_answer(case, ticket)),
        withheld=withheld,
    )


def _on(case: Case, ticket: Ticket, reason: Reason, why: str, now: datetime) -> Decision:
    actor = case.sender.address or "unidentified sender"
    events = lifecycle.kept_internally(actor, now, why)
    withheld = (f"customer/acknowledge: kept on case {ticket.number}",)
    return Decision(
        Outcome.FILED, reason, ticket, events, entry_of(case, internal=True), withheld=withheld
    )


def _linked(case: Case, now: datetime) -> Iterator[tuple[Ticket, Event]]:
    """Give the tickets that the new one is linked to, with the events that say why."""
    long_closed = case.choice.continues
    if long_closed is not None:
        why = f"the mail continues case {long_closed.number}, which was closed long ago"
        yield long_closed, Event(EventKind.LINKED, now, "casepost", why)
    crash = _crash(case)
    if crash is not None:
        why = f"the mail has the signature of the crash of case {crash.number}"
        yield crash, Event(EventKind.LINKED, now, "casepost", why)
    for ticket in case.choice.claims:
        why = f"the mail claims case {ticket.number}"
        yield ticket, Event(EventKind.LINKED, now, "casepost", why)


def _note(case: Case) -> Entry | None:
    """Give what the agent wrote who forwarded the mail, for agents to read."""
    if case.forward is None or not case.forward.comment:
        return None
    return Entry(
        EntryKind.NOTE,
        Direction.IN,
        case.received_at,
        case.forward.agent,
        case.forward.comment,
        internal=True,
    )
