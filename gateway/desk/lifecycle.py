"""How a ticket changes: events fold to its row, and a desk's lifecycle says which events happen.

The store keeps the row and the events side by side; folding the events gives the row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.config.desk import Desk, Phase, Timer
from gateway.desk.ticket import Change, Event, EventKind, Ticket

_CHANGES: Mapping[str, Callable[[Ticket, str], Ticket]] = {
    "subject": lambda ticket, value: replace(ticket, subject=value),
    "type": lambda ticket, value: replace(ticket, type=value),
    "severity": lambda ticket, value: replace(ticket, severity=value),
    # `fold` has set `updated_at` to the event's time already.
    "status": lambda ticket, value: replace(
        ticket, status=value, since=ticket.updated_at, fired=()
    ),
    "answerable": lambda ticket, value: replace(ticket, answerable=value == "yes"),
    # A new stay in the same status, and a stay that counts from later on.
    "restarted": lambda ticket, value: replace(
        ticket, since=datetime.fromisoformat(value), fired=()
    ),
    "since": lambda ticket, value: replace(ticket, since=datetime.fromisoformat(value)),
    "fired": lambda ticket, value: replace(ticket, fired=(*ticket.fired, value)),
    "phase": lambda ticket, value: replace(ticket, phase=Phase(value)),
    "requester": lambda ticket, value: replace(ticket, requester=value),
    "participant": lambda ticket, value: replace(
        ticket, participants=(*ticket.participants, value)
    ),
    "assignee": lambda ticket, value: replace(ticket, assignee=value),
    "language": lambda ticket, value: replace(ticket, language=value),
}


def fold(ticket: Ticket, events: Iterable[Event]) -> Ticket:
    """Give the ticket after these events. Raises ValueError for a field no event may change."""
    for event in events:
        ticket = replace(ticket, updated_at=event.at, version=ticket.version + 1)
        for change in event.changes:
            if change.field not in _CHANGES:
                raise ValueError(f"an event cannot change the field {change.field!r}")
            ticket = _CHANGES[change.field](ticket, change.value)
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
        since=at,
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """What a ticket begins with.

    `answerable` says whether its requester may get automatic mail. `forwarded_by` is the agent who
    forwarded the requester's mail, "" if they wrote themselves.
    """

    subject: str
    requester: str
    language: str
    answerable: bool
    forwarded_by: str = ""


def opened(desk: Desk, opening: Opening, at: datetime) -> Event:
    """Give the event that opens a ticket in the desk's first status."""
    requester = opening.requester or "unidentified sender"
    agent = opening.forwarded_by
    return Event(
        kind=EventKind.OPENED,
        at=at,
        actor=agent or requester,
        why=f"{agent} forwarded a mail of {requester}" if agent else "a mail opened the case",
        changes=(
            Change("subject", opening.subject),
            Change("requester", opening.requester),
            Change("language", opening.language),
            Change("answerable", _yes_or_no(opening.answerable)),
            Change("type", desk.type),
            Change("severity", desk.severity),
            *_status(desk, desk.lifecycle.start),
        ),
    )


def customer_wrote(
    desk: Desk, ticket: Ticket, actor: str, at: datetime, *, answerable: bool
) -> tuple[Event, ...]:
    """Give the events of a customer's entry: reopening, or the status after an answer.

    A ticket that goes on waiting has been answered all the same, so its timers begin anew. Whether
    automatic mail may go to the requester is what their own mail says, and nobody else's.
    """
    own = actor == ticket.requester
    changes = [Change("answerable", _yes_or_no(answerable))] if own else []
    if ticket.phase is Phase.WAITING:
        changes.append(Change("restarted", at.isoformat()))
    added = Event(EventKind.ENTRY_ADDED, at, actor, "the customer wrote", tuple(changes))
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


def timer_fired(desk: Desk, timer: Timer, at: datetime) -> Event:
    """Give the event of a timer that fired, with the status that the ticket gets, if any.

    The stay counts as begun so much later as the timer is late: the next one keeps its distance,
    and nobody is reminded and closed in one moment after an outage.
    """
    status = _status(desk, timer.then) if timer.then else ()
    since = Change("since", (at - timer.delay).isoformat())
    changes = (since, Change("fired", timer.name), *status)
    return Event(
        EventKind.TIMER_FIRED, at, "casepost", f"{timer.name} after {timer.after}", changes
    )


def _yes_or_no(true: bool) -> str:  # noqa: FBT001  it says what is asked
    return "yes" if true else "no"


def _status(desk: Desk, status: str) -> tuple[Change, ...]:
    return (Change("status", status), Change("phase", desk.phase_of(status).value))
