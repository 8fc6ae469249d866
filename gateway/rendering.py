"""From a decision to what will be written and sent: ids, case number, composed mails."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk.decision import Decision, Due
from gateway.desk.lifecycle import blank, fold
from gateway.desk.ticket import Event, EventKind, Ticket
from gateway.desk.timers import timers
from gateway.house import House
from gateway.letters import Occasion, write
from gateway.store.numbers import ENTRY, TICKET, case_of
from gateway.store.outbox import Outgoing


@dataclass(slots=True)
class Numbered:
    """The numbers given to one mail's effects, until somebody else turns out to have them."""

    ticket: int = 0
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A decision with everything that it leads to, ready to be written."""

    decision: Decision
    ticket: Ticket | None
    timers: tuple[Due, ...]
    entry_id: int
    note_id: int
    outgoing: tuple[Outgoing, ...]


def render(
    house: House, about: Occasion, decision: Decision, numbered: Numbered, now: datetime
) -> Rendered:
    """Give the ticket after the decision's events, its timers, and its replies as bytes."""
    if not decision.events:
        return Rendered(decision, None, (), 0, 0, ())
    start = decision.ticket or _new_ticket(house, about.desk, numbered, now)
    if decision.replies:
        answered = tuple(
            Event(EventKind.ANSWERED, now, "casepost", f"{reply.template} to {reply.to.address}")
            for reply in decision.replies
        )
        decision = dataclasses.replace(decision, events=(*decision.events, *answered))
    ticket = fold(start, decision.events)
    # Entries of one moment stand in the order of their ids, and the mail comes before its answer.
    entry_id = house.numbers.take(ENTRY) if decision.entry else 0
    note_id = house.numbers.take(ENTRY) if decision.note else 0
    outgoing = tuple(
        write(house, about, ticket, reply, house.numbers.take(ENTRY), now)
        for reply in decision.replies
    )
    due = timers(ticket, about.desk)
    return Rendered(decision, ticket, due, entry_id, note_id, outgoing)


def _new_ticket(house: House, desk: Desk, numbered: Numbered, now: datetime) -> Ticket:
    if not numbered.case_number:
        numbered.ticket = house.numbers.take(TICKET)
        pattern = house.patterns[desk.name]
        numbered.case_number = pattern.format(house.numbers.take(case_of(pattern)))
    return blank(numbered.ticket, numbered.case_number, desk.name, now)
