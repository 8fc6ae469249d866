"""How a mail opens a ticket, and is acknowledged."""

from datetime import datetime

from gateway.desk import lifecycle
from gateway.desk.case import Case, entry_of, why_not
from gateway.desk.decision import Decision, Outcome, Reason, Reply
from gateway.desk.ticket import Direction, Entry, EntryKind, Event, EventKind
from gateway.mail.model import Mailbox


def open_ticket(case: Case, reason: Reason, now: datetime) -> Decision:
    """Open a ticket, linked to those that the mail claims, and acknowledge it or say why not."""
    claims = case.choice.claims
    opened = lifecycle.opened(
        case.desk,
        lifecycle.Opening(
            subject=case.mail.subject,
            requester=case.sender.address,
            language=case.spoken.language,
            answerable=not why_not(case),
            forwarded_by=case.forward.agent if case.forward else "",
        ),
        now,
    )
    linked = tuple(
        Event(EventKind.LINKED, now, "casepost", f"the mail claims case {ticket.number}")
        for ticket in claims
    )
    replies, withheld = _acknowledge(case)
    return Decision(
        Outcome.FILED,
        reason,
        events=(opened, *linked),
        entry=entry_of(case),
        note=_note(case),
        replies=replies,
        links=tuple(ticket.id for ticket in claims),
        withheld=withheld,
    )


def _acknowledge(case: Case) -> tuple[tuple[Reply, ...], tuple[str, ...]]:
    """Acknowledge a new case, or say why not (RFC 3834 sections 2 and 3)."""
    if withheld := why_not(case):
        return (), (f"customer/acknowledge: {withheld}",)
    name = case.sender.name if case.sender.vouched else ""
    to = Mailbox(name, case.sender.address)
    return (Reply("customer/acknowledge", to, case.spoken.language),), ()


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
