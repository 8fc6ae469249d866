"""What becomes of a mail: the desk's policy as one value, with nothing done yet."""

from dataclasses import dataclass
from datetime import datetime

from gateway.config.desk import Desk, Phase, StrangerPolicy
from gateway.desk import lifecycle
from gateway.desk.model import (
    Choice,
    Decision,
    Direction,
    Entry,
    EntryKind,
    Event,
    EventKind,
    Known,
    Outcome,
    Reason,
    Reply,
    Role,
    Sender,
    Ticket,
)
from gateway.mail.model import Classification, Kind, Mail, Mailbox


@dataclass(frozen=True, slots=True)
class Case:
    """All that is known of a mail when its desk decides.

    `quiet` mails are filed and never answered: they lay in a mailbox before we came.
    `issued_by_us` ones bear a Message-ID of ours.
    """

    mail: Mail
    kind: Classification
    known: Known
    sender: Sender
    choice: Choice
    desk: Desk
    received_at: datetime
    quiet: bool = False
    unreadable: bool = False
    issued_by_us: bool = False


def decide(case: Case, now: datetime) -> Decision:
    """Decide what becomes of a mail; the first line that fits holds."""
    if case.known.duplicate_of is not None:
        return Decision(Outcome.DUPLICATE, Reason.DUPLICATE, duplicate_of=case.known.duplicate_of)
    if case.unreadable:
        return _open(case, Reason.UNREADABLE, now)
    if case.sender.role is Role.OURSELVES or case.kind.kind is Kind.LOOP:
        return _own_mail(case, now)
    if case.kind.kind is not Kind.PERSON:
        return _automatic(case, now)
    if case.sender.role is Role.AGENT:
        return Decision(Outcome.HELD, Reason.AGENT_NOT_PROVEN)
    if case.choice.ticket is not None:
        return _append(case, case.choice.ticket, now)
    if case.choice.claims and case.desk.strangers_number is StrangerPolicy.HOLD:
        return Decision(Outcome.HELD, Reason.CLAIMS_A_CASE)
    reason = Reason.OPENED_CLAIMING if case.choice.claims else Reason.OPENED
    return _open(case, reason, now)


def language_of(case: Case) -> str:
    """Give the language to write in: the person's own if the desk has it, else the desk's first."""
    person = case.sender.person
    if person and person.language in case.desk.languages:
        return person.language
    return case.desk.languages[0]


def _open(case: Case, reason: Reason, now: datetime) -> Decision:
    language = language_of(case)
    claims = case.choice.claims
    opened = lifecycle.opened(
        case.desk,
        case.mail.subject,
        case.sender.address,
        language,
        now,
        answerable=not _why_not(case),
    )
    linked = tuple(
        Event(EventKind.LINKED, now, "casepost", f"the mail claims case {ticket.number}")
        for ticket in claims
    )
    replies, withheld = _acknowledge(case, language)
    return Decision(
        Outcome.FILED,
        reason,
        None,
        (opened, *linked),
        _entry(case),
        replies,
        tuple(ticket.id for ticket in claims),
        withheld,
    )


def _append(case: Case, ticket: Ticket, now: datetime) -> Decision:
    events = lifecycle.customer_wrote(
        case.desk, ticket, case.sender.address, now, answerable=not _why_not(case)
    )
    reason = Reason.REOPENED if ticket.phase is Phase.CLOSED else Reason.APPENDED
    return Decision(Outcome.FILED, reason, ticket, events, _entry(case))


def _automatic(case: Case, now: datetime) -> Decision:
    """File a machine's mail: on the ticket that it belongs to, which it moves in no way.

    One that belongs to none opens a ticket, silently, since a monitoring system is a customer,
    too; but a bounce, a receipt or an absence notice that belongs to none is filed as an orphan.
    """
    ticket = case.choice.ticket
    if ticket is not None:
        events = lifecycle.automatic_arrived(case.sender.address or "unidentified sender", now)
        return Decision(Outcome.FILED, Reason.AUTOMATIC_FILED, ticket, events, _entry(case))
    if case.kind.kind in {Kind.BOUNCE, Kind.RECEIPT, Kind.OUT_OF_OFFICE}:
        return Decision(Outcome.FILED, Reason.ORPHAN)
    return _open(case, Reason.AUTOMATIC_OPENED, now)


def _own_mail(case: Case, now: datetime) -> Decision:
    """Keep mail that is from one of our addresses, and never answer it.

    What we sent ourselves and got back is filed without a ticket, unless it belongs to one. A web
    form that writes in our name has a person behind it: it opens a ticket, silently.
    """
    if case.choice.ticket is not None:
        return _automatic(case, now)
    if case.issued_by_us:
        return Decision(Outcome.FILED, Reason.OWN_MAIL)
    return _open(case, Reason.OWN_MAIL, now)


def _acknowledge(case: Case, language: str) -> tuple[tuple[Reply, ...], tuple[str, ...]]:
    """Acknowledge a new case, or say why not (RFC 3834 sections 2 and 3)."""
    if withheld := _why_not(case):
        return (), (f"customer/acknowledge: {withheld}",)
    name = case.sender.name if case.sender.vouched else ""
    to = Mailbox(name, case.sender.address)
    return (Reply("customer/acknowledge", to, language),), ()


def _why_not(case: Case) -> str:
    """Say why no automatic answer goes out, or ""."""
    if case.unreadable:
        return "the mail could not be read"
    if case.quiet:
        return "the mail is older than our first look at its mailbox"
    if case.sender.role is Role.OURSELVES:
        return "the mail is from one of our addresses"
    if case.kind.kind is not Kind.PERSON:
        return f"the mail is not a person's: {case.kind.kind.value}"
    if not case.kind.answerable:
        return "; ".join(case.kind.reasons) or "the mail asks for no automatic answer"
    if not case.sender.address:
        return f"nobody to answer to: {case.sender.why}"
    return ""


def _entry(case: Case) -> Entry:
    if case.unreadable:
        kind = EntryKind.UNREADABLE
    elif case.kind.kind is Kind.PERSON:
        kind = EntryKind.CUSTOMER
    else:
        kind = EntryKind.AUTOMATIC_IN
    return Entry(
        kind=kind,
        direction=Direction.IN,
        at=case.received_at,
        author=case.sender.address,
        text=case.mail.text,
        attachments=case.mail.attachments,
        automatic=kind is not EntryKind.CUSTOMER,
        internal=kind is EntryKind.AUTOMATIC_IN,
    )
