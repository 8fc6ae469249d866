"""From a decision to what will be written and sent: ids, case number, composed mails."""

import dataclasses
import logging
from dataclasses import dataclass
from datetime import datetime

from gateway.desk.decide import Case
from gateway.desk.lifecycle import blank, fold
from gateway.desk.model import (
    Decision,
    Direction,
    Entry,
    EntryKind,
    Event,
    EventKind,
    Reply,
    Ticket,
)
from gateway.house import House
from gateway.mail.compose import Letter, Unsafe, compose, reference_list
from gateway.mail.model import Mailbox
from gateway.store.numbers import ENTRY, OUTBOX, TICKET, case_of
from gateway.store.outbox import Outgoing
from gateway.templates import RenderedText, Value

_log = logging.getLogger("casepost.rendering")


@dataclass(slots=True)
class Numbered:
    """The numbers given to one mail's effects; kept while it is looked up again.

    So a conflict costs no case number.
    """

    ticket: int = 0
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A decision with everything that it leads to, ready to be written."""

    decision: Decision
    ticket: Ticket | None
    entry_id: int
    outgoing: tuple[Outgoing, ...]


def render(
    house: House, case: Case, decision: Decision, numbered: Numbered, now: datetime
) -> Rendered:
    """Give the ticket after the decision's events, and its replies as bytes."""
    if not decision.events:
        return Rendered(decision, None, 0, ())
    start = decision.ticket or _new_ticket(house, case, numbered, now)
    if decision.replies:
        answered = tuple(
            Event(EventKind.ANSWERED, now, "casepost", f"{reply.template} to {reply.to.address}")
            for reply in decision.replies
        )
        decision = dataclasses.replace(decision, events=(*decision.events, *answered))
    ticket = fold(start, decision.events)
    # Entries of one moment stand in the order of their ids, and the mail comes before its answer.
    entry_id = house.numbers.take(ENTRY)
    outgoing = tuple(_outgoing(house, case, ticket, reply, now) for reply in decision.replies)
    return Rendered(decision, ticket, entry_id, outgoing)


def _new_ticket(house: House, case: Case, numbered: Numbered, now: datetime) -> Ticket:
    desk = case.desk.name
    if not numbered.case_number:
        numbered.ticket = house.numbers.take(TICKET)
        numbered.case_number = house.patterns[desk].format(house.numbers.take(case_of(desk)))
    return blank(numbered.ticket, numbered.case_number, desk, now)


def _outgoing(house: House, case: Case, ticket: Ticket, reply: Reply, now: datetime) -> Outgoing:
    text = house.templates.render(
        case.desk.name, reply.language, reply.template, _values(case, ticket, reply)
    )
    outbox_id = house.numbers.take(OUTBOX)
    domain = case.desk.address.rpartition("@")[2]
    message_id = house.message_ids.issue(outbox_id, domain)
    content = _compose(case, ticket, reply, text, message_id, now)
    return Outgoing(
        id=outbox_id,
        ticket=ticket.id,
        template=reply.template,
        recipient=reply.to.address,
        reverse_path="" if reply.automatic else case.desk.address,
        message_id=message_id,
        content=content,
        automatic=reply.automatic,
        queued_at=now,
        entry_id=house.numbers.take(ENTRY),
        entry=Entry(
            EntryKind.AUTOMATIC_ANSWER,
            Direction.OUT,
            now,
            case.desk.address,
            text.body,
            automatic=reply.automatic,
        ),
    )


def _compose(
    case: Case, ticket: Ticket, reply: Reply, text: RenderedText, message_id: str, now: datetime
) -> bytes:
    """Compose a reply; if a trick in a name or subject shows, without any of the sender's words."""
    mail = case.mail
    letter = Letter(
        sender=Mailbox(case.desk.title, case.desk.address),
        to=reply.to,
        subject=text.subject,
        body=text.body,
        message_id=message_id,
        at=now,
        references=reference_list(mail.references, mail.message_id),
        automatic=reply.automatic,
        language=reply.language,
    )
    try:
        return compose(letter)
    except Unsafe as error:
        _log.error(
            "an answer on case %s is sent without the sender's words: %s", ticket.number, error
        )
        plain = dataclasses.replace(
            letter, to=Mailbox("", reply.to.address), subject=f"[{ticket.number}]", references=()
        )
        return compose(plain)


def _values(case: Case, ticket: Ticket, reply: Reply) -> dict[str, Value]:
    """Give what a template may say, as plain values."""
    vouched = case.sender.vouched
    return {
        "ticket": {"number": ticket.number, "status": ticket.status},
        "subject": case.mail.subject if vouched else "",
        "person": {"name": reply.to.name},
        "desk": {"title": case.desk.title, "address": case.desk.address},
    }
