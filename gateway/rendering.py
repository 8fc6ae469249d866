"""From a decision to what will be written and sent: ids, case number, composed mails."""

import dataclasses
import logging
from dataclasses import dataclass
from datetime import datetime

from gateway.config.desk import Desk
from gateway.desk.case import Case
from gateway.desk.decision import Decision, Due, Reply
from gateway.desk.lifecycle import blank, fold
from gateway.desk.ticket import Direction, Entry, EntryKind, Event, EventKind, Ticket
from gateway.desk.timers import timers
from gateway.house import House
from gateway.mail.compose import Letter, Origin, Unsafe, compose, reference_list
from gateway.mail.model import Mailbox
from gateway.mail.reply.marker import MARKERS
from gateway.store.numbers import ENTRY, OUTBOX, TICKET, case_of
from gateway.store.outbox import Outgoing
from gateway.templates import RenderedText, Value

_TO_AGENTS = "agent/"
_LAST_LANGUAGE = "en"

_log = logging.getLogger("casepost.rendering")


@dataclass(slots=True)
class Numbered:
    """The numbers given to one mail's effects, until somebody else turns out to have them."""

    ticket: int = 0
    case_number: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What our mails are about: the mail that they answer, or a ticket's time.

    `references` end with the mail that is answered. `subject` is "" where the words of whoever
    wrote must not be repeated.
    """

    desk: Desk
    references: tuple[str, ...]
    subject: str


def occasion(case: Case) -> Occasion:
    """Give the occasion that a mail is."""
    return Occasion(
        desk=case.desk,
        references=reference_list(case.mail.references, case.mail.message_id),
        subject=case.mail.subject if case.sender.vouched else "",
    )


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
    outgoing = tuple(_outgoing(house, about, ticket, reply, now) for reply in decision.replies)
    due = timers(ticket, about.desk)
    return Rendered(decision, ticket, due, entry_id, note_id, outgoing)


def _new_ticket(house: House, desk: Desk, numbered: Numbered, now: datetime) -> Ticket:
    if not numbered.case_number:
        numbered.ticket = house.numbers.take(TICKET)
        pattern = house.patterns[desk.name]
        numbered.case_number = pattern.format(house.numbers.take(case_of(pattern)))
    return blank(numbered.ticket, numbered.case_number, desk.name, now)


def _outgoing(
    house: House, about: Occasion, ticket: Ticket, reply: Reply, now: datetime
) -> Outgoing:
    desk = about.desk
    text = house.templates.render(
        desk.name, reply.language, reply.template, _values(about, ticket, reply)
    )
    outbox_id = house.numbers.take(OUTBOX)
    message_id = house.message_ids.issue(outbox_id, desk.address.rpartition("@")[2])
    content = _compose(about, ticket, reply, text, message_id, now)
    return Outgoing(
        id=outbox_id,
        ticket=ticket.id,
        template=reply.template,
        recipient=reply.to.address,
        reverse_path="" if reply.automatic else desk.address,
        message_id=message_id,
        content=content,
        automatic=reply.automatic,
        queued_at=now,
        entry_id=house.numbers.take(ENTRY),
        entry=Entry(
            EntryKind.AUTOMATIC_ANSWER,
            Direction.OUT,
            now,
            desk.address,
            text.body,
            automatic=reply.automatic,
        ),
    )


def _compose(
    about: Occasion,
    ticket: Ticket,
    reply: Reply,
    text: RenderedText,
    message_id: str,
    now: datetime,
) -> bytes:
    """Compose a reply; if a trick in a name or subject shows, without any of the sender's words."""
    letter = Letter(
        sender=Mailbox(about.desk.title, about.desk.address),
        to=reply.to,
        subject=text.subject,
        body=marked(about.desk, reply, text.body),
        message_id=message_id,
        at=now,
        references=about.references,
        origin=_origin(reply),
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


def marked(desk: Desk, reply: Reply, body: str) -> str:
    """Put our marker line above what a customer gets; in an answer, all below it is quotation.

    It stands here and not in templates, so that none can forget it.
    """
    if not desk.reply_marker or reply.template.startswith(_TO_AGENTS):
        return body
    marker = MARKERS.get(reply.language) or MARKERS[_LAST_LANGUAGE]
    return f"{marker}\n\n{body}"


def _origin(reply: Reply) -> Origin:
    if not reply.automatic:
        return Origin.PERSON
    return Origin.GENERATED if reply.unasked else Origin.REPLIED


def _values(about: Occasion, ticket: Ticket, reply: Reply) -> dict[str, Value]:
    """Give what a template may say, as plain values."""
    return {
        "ticket": {"number": ticket.number, "status": ticket.status},
        "subject": about.subject,
        "person": {"name": reply.to.name},
        "desk": {"title": about.desk.title, "address": about.desk.address},
    }
