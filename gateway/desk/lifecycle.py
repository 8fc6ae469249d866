"""How a ticket changes: events fold to its row, and a desk's lifecycle says which events happen.

The store keeps the row and the events side by side; folding the events gives the row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.config.desk import Desk, Phase
from gateway.desk.changes import CHANGES, Fields
from gateway.desk.ticket import (
    FIELDS,
    Change,
    Dated,
    Event,
    EventKind,
    Ticket,
)

# Below what a ledger keeps, so that it is never fewer again.
MOST_BY_ITSELF = 100


def fold(ticket: Ticket, events: Iterable[Event]) -> Ticket:
    """Give the ticket after these events. Raises ValueError for a field no event may change."""
    now: Fields = {field: getattr(ticket, field) for field in FIELDS}
    for event in events:
        now["updated_at"] = event.at
        now["version"] += 1
        for change in event.changes:
            if change.field not in CHANGES:
                raise ValueError(f"an event cannot change the field {change.field!r}")
            now.update(CHANGES[change.field](now, change.value))
    return Ticket(**now)


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
    forwarded the requester's mail, `begun_by` the one who began the case themselves; both are "" if
    the requester wrote. `is_work` says whether agents are told of it.
    """

    subject: str
    requester: str
    language: str
    answerable: bool
    forwarded_by: str = ""
    begun_by: str = ""
    organisation: str = ""
    is_work: bool = True
    submitted_at: datetime | None = None
    timezone: str = ""
    product: str = ""
    dates: tuple[Dated, ...] = ()


def opened(desk: Desk, opening: Opening, at: datetime) -> Event:
    """Give the event that opens a ticket in the desk's first status."""
    requester = opening.requester or "unidentified sender"
    why = "a mail opened the case"
    if opening.forwarded_by:
        why = f"{opening.forwarded_by} forwarded a mail of {requester}"
    elif opening.begun_by:
        why = f"{opening.begun_by} began a case for {requester}"
    return Event(
        kind=EventKind.OPENED,
        at=at,
        actor=opening.forwarded_by or opening.begun_by or requester,
        why=why,
        changes=(
            Change("subject", opening.subject),
            Change("requester", opening.requester),
            Change("organisation", opening.organisation),
            Change("language", opening.language),
            Change("answerable", _yes_or_no(opening.answerable)),
            Change("type", desk.type),
            Change("severity", desk.severity),
            *(() if opening.is_work else (Change("is_work", "no"),)),
            *_of_requester(opening),
            *into(desk, desk.lifecycle.start),
        ),
    )


def _of_requester(opening: Opening) -> tuple[Change, ...]:
    """Give the changes that a ticket's clocks and reports need, of what the directory says."""
    submitted = opening.submitted_at
    return (
        *((Change("submitted", submitted.isoformat()),) if submitted else ()),
        *((Change("timezone", opening.timezone),) if opening.timezone else ()),
        *((Change("product", opening.product),) if opening.product else ()),
        *(Change("dated", f"{one.column} {one.day}") for one in opening.dates),
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
    return (added, Event(kind, at, actor, why, (*into(desk, target), *unsolved(ticket))))


def unsolved(ticket: Ticket) -> tuple[Change, ...]:
    """Give the change of a ticket that goes on after it was solved."""
    return (Change("resolution", ""),) if ticket.resolution else ()


def agent_answered(desk: Desk, ticket: Ticket, agent: str, at: datetime) -> tuple[Event, ...]:
    """Give the events of an agent's answer: who answered last, and the status that follows.

    Whoever is waited for has a new answer to read, so the timers of a waiting ticket begin anew.
    """
    changes = [Change("answered", agent)]
    if ticket.phase is Phase.WAITING:
        changes.append(Change("restarted", at.isoformat()))
    added = Event(EventKind.ENTRY_ADDED, at, agent, "an agent answered", tuple(changes))
    target = desk.lifecycle.after_agent.get(ticket.status, "")
    if not target or target == ticket.status:
        return (added,)
    return (added, moved(desk, target, agent, "an agent answered", at))


def noted(agent: str, at: datetime) -> tuple[Event, ...]:
    """Give the event of an agent's note: it moves nothing."""
    return (Event(EventKind.ENTRY_ADDED, at, agent, "an agent made a note"),)


def kept_internally(actor: str, at: datetime, why: str) -> tuple[Event, ...]:
    """Give the event of a mail that is kept for agents to read: it moves nothing."""
    return (Event(EventKind.ENTRY_ADDED, at, actor, why),)


def kept(actor: str, at: datetime, why: str) -> tuple[Event, ...]:
    """Give the event of a customer's mail that a rule keeps: it moves nothing."""
    return (Event(EventKind.ENTRY_ADDED, at, actor, why),)


def becomes_work(at: datetime) -> Event:
    """Give the event of a case of which agents are told for the first time."""
    why = "agents have something to do"
    return Event(EventKind.CHANGED, at, "casepost", why, (Change("is_work", "yes"),))


def moved(desk: Desk, status: str, actor: str, why: str, at: datetime) -> Event:
    """Give the event of a ticket that gets a status."""
    return Event(EventKind.STATUS_CHANGED, at, actor, why, into(desk, status))


def held(desk: Desk, agent: str, until: datetime, at: datetime) -> Event:
    """Give the event of a ticket that is left alone until then, in the desk's status for that."""
    status = into(desk, desk.lifecycle.hold) if desk.lifecycle.hold else ()
    changes = (*status, Change("hold_until", until.isoformat()))
    return Event(EventKind.STATUS_CHANGED, at, agent, "an agent holds the case", changes)


def hold_ended(desk: Desk, ticket: Ticket, at: datetime) -> Event:
    """Give the event of a hold's end, with the status that follows it."""
    rules = desk.lifecycle
    status = rules.after_hold
    if not status and rules.hold and ticket.status == rules.hold:
        status = rules.reopened
    changes = (
        into(desk, status)
        if status
        else (Change("hold_until", ""), Change("restarted", at.isoformat()))
    )
    return Event(EventKind.TIMER_FIRED, at, "casepost", "the hold has ended", changes)


def automatic_arrived(actor: str, at: datetime) -> tuple[Event, ...]:
    """Give the event of an automatic mail on a ticket: it is kept, and moves nothing."""
    return (Event(EventKind.ENTRY_ADDED, at, actor, "an automatic mail was kept"),)


def _yes_or_no(true: bool) -> str:  # noqa: FBT001  it says what is asked
    return "yes" if true else "no"


def may_become(desk: Desk, ticket: Ticket, status: str) -> bool:
    """Say whether a ticket may get a status from the one that it has."""
    after = next((one.after for one in desk.status if one.name == status), ())
    return not after or ticket.status == status or ticket.status in after


def kept_from(desk: Desk, ticket: Ticket, status: str) -> str:
    """Say why timers and rules may not give a ticket a status, "" if they may.

    What they pass to and fro comes to rest some day; people go on.
    """
    if status != ticket.status and len(ticket.stays) >= MOST_BY_ITSELF:
        return f"the case has had {MOST_BY_ITSELF} statuses, and gets no other by itself"
    return "" if may_become(desk, ticket, status) else f"it may not follow {ticket.status}"


def may_follow(desk: Desk, ticket: Ticket) -> tuple[str, ...]:
    """Give the statuses that a ticket may get from the one that it has."""
    names = (status.name for status in desk.status)
    return tuple(name for name in names if name != ticket.status and may_become(desk, ticket, name))


def into(desk: Desk, status: str) -> tuple[Change, ...]:
    """Give the changes by which a ticket gets a status of the desk."""
    return (Change("status", status), Change("phase", desk.phase_of(status).value))
