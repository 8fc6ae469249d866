"""How a ticket changes: events fold to its row, and a desk's lifecycle says which events happen.

The store keeps the row and the events side by side; folding the events gives the row.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from gateway.config.desk import Desk, Phase
from gateway.desk.model import Change, Event, EventKind, Ticket

_PLAIN = frozenset({"subject", "type", "severity", "status", "requester", "assignee", "language"})


def fold(ticket: Ticket, events: Iterable[Event]) -> Ticket:
    """Give the ticket after these events. Raises ValueError for a field no event may change."""
    for event in events:
        ticket = replace(ticket, updated_at=event.at, version=ticket.version + 1)
        for change in event.changes:
            ticket = _changed(ticket, change)
    return ticket


def blank(ticket_id: int, number: str, desk: str, at: datetime) -> Ticket:
    """Give the ticket before its first event, which `fold` starts from."""
    return Ticket(
        id=ticket_id,
        number=number,
        desk=desk,
        subject="",
        type="",
        severity="",
        status="",
        phase=Phase.OPEN,
        requester="",
        participants=(),
        assignee="",
        language="",
        opened_at=at,
        updated_at=at,
        version=0,
    )


def _changed(ticket: Ticket, change: Change) -> Ticket:
    match change.field:
        case "phase":
            return replace(ticket, phase=Phase(change.value))
        case "participant":
            return replace(ticket, participants=(*ticket.participants, change.value))
        case field if field in _PLAIN:
            return replace(ticket, **{field: change.value})
    message = f"an event cannot change the field {change.field!r}"
    raise ValueError(message)


def opened(desk: Desk, subject: str, requester: str, language: str, at: datetime) -> Event:
    """Give the event that opens a ticket in the desk's first status."""
    return Event(
        kind=EventKind.OPENED,
        at=at,
        actor=requester or "unidentified sender",
        why="a mail opened the case",
        changes=(
            Change("subject", subject),
            Change("requester", requester),
            Change("language", language),
            Change("type", desk.type),
            Change("severity", desk.severity),
            *_status(desk, desk.lifecycle.start),
        ),
    )


def customer_wrote(desk: Desk, ticket: Ticket, actor: str, at: datetime) -> tuple[Event, ...]:
    """Give the events of a customer's entry on a ticket: reopening, or the status after an answer."""
    added = Event(EventKind.ENTRY_ADDED, at, actor, "the customer wrote")
    lifecycle = desk.lifecycle
    if ticket.phase is Phase.CLOSED:
        target, kind, why = lifecycle.reopened, EventKind.REOPENED, "the customer wrote again"
    elif ticket.phase is Phase.WAITING:
        target, kind, why = lifecycle.after_customer, EventKind.STATUS_CHANGED, "the customer wrote"
    else:
        return (added,)
    if not target or target == ticket.status:
        return (added,)
    return (added, Event(kind, at, actor, why, _status(desk, target)))


def automatic_arrived(actor: str, at: datetime) -> tuple[Event, ...]:
    """Give the event of an automatic mail on a ticket: it is kept, and moves nothing."""
    return (Event(EventKind.ENTRY_ADDED, at, actor, "an automatic mail was kept"),)


def _status(desk: Desk, status: str) -> tuple[Change, ...]:
    return (Change("status", status), Change("phase", desk.phase_of(status).value))
