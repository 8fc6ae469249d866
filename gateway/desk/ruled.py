"""What a ruling does to a ticket: the events of what rules set, and of escalations.

Each event says which rule it is of. What an agent has set by command stands: rules leave it alone,
escalations do not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from gateway.config.desk import Desk
from gateway.config.policy import Escalation
from gateway.desk.lifecycle import fold, into, kept_from
from gateway.desk.ruling import Ruling, Setting
from gateway.desk.ticket import Change, Event, EventKind, Ticket

# What an assignment sets: of the two, the last one that a rule gives holds.
_ASSIGNED = frozenset({"assignee", "group"})
_MARKS = frozenset({"tag", "untag"})
# Who escalates where no rule does, but a timer itself.
OURSELVES = "casepost"
_KINDS = {"status": EventKind.STATUS_CHANGED, **dict.fromkeys(_ASSIGNED, EventKind.ASSIGNED)}


@dataclass(frozen=True, slots=True)
class Ruled:
    """What rules come to on a ticket: `ticket` after `events`; `skipped` is what they may not."""

    ticket: Ticket
    events: tuple[Event, ...] = ()
    skipped: tuple[str, ...] = ()

    def then(self, event: Event) -> "Ruled":
        """Add an event."""
        return Ruled(fold(self.ticket, [event]), (*self.events, event), self.skipped)

    def skip(self, why: str) -> "Ruled":
        """Add something that was not done."""
        return Ruled(self.ticket, self.events, (*self.skipped, why))


def carried_out(desk: Desk, ticket: Ticket, ruling: Ruling, now: datetime, *, cause: str) -> Ruled:
    """Give what the rules set on a ticket, and how they escalate it; `cause` is what made them."""
    ruled = Ruled(ticket)
    for setting in _standing(ruling.settings):
        ruled = _set(desk, ruled, setting, now, cause)
    for said in ruling.escalations:
        escalation = escalation_of(desk, said.value)
        if escalation is not None:
            by = f"rule {said.rule}" if said.rule else OURSELVES
            ruled = _escalated(desk, ruled, escalation, by, now, cause)
    return ruled


def escalation_of(desk: Desk, name: str) -> Escalation | None:
    """Give the desk's escalation of that name."""
    return next((one for one in desk.escalation if one.name == name), None)


def severity_by(desk: Desk, escalation: Escalation, severity: str) -> str:
    """Give the severity that a case of `severity` gets by an escalation, "" if it gets none.

    The next higher one of the highest is none, and so is that of a severity the desk does not have.
    """
    if not escalation.raise_severity:
        return escalation.severity
    above = dict(pairwise(reversed(desk.severities)))
    return above.get(severity, "")


def _standing(settings: Iterable[Setting]) -> tuple[Setting, ...]:
    """Give the settings that hold: the last of each field, and of each tag."""
    last: dict[object, Setting] = {}
    for one in settings:
        field = "assigned" if one.field in _ASSIGNED else one.field
        key = ("tag", one.value) if field in _MARKS else field
        last.pop(key, None)
        last[key] = one
    return tuple(last.values())


def _set(desk: Desk, ruled: Ruled, one: Setting, now: datetime, cause: str) -> Ruled:
    """Set one field, unless it is so already, an agent has set it, or the status may not follow."""
    ticket = ruled.ticket
    field = "assignee" if one.field in _ASSIGNED else one.field
    if field in ticket.by_agent:
        return ruled.skip(f"rule {one.rule}: {one.field} {one.value}: an agent has set it")
    if one.field == "status" and (why_not := kept_from(desk, ticket, one.value)):
        return ruled.skip(f"rule {one.rule}: status {one.value}: {why_not}")
    changes = tuple(_changes(desk, ticket, one.field, one.value))
    if not changes:
        return ruled
    kind = _KINDS.get(one.field, EventKind.CHANGED)
    why = f"{one.field} {one.value}: {cause}"
    return ruled.then(Event(kind, now, f"rule {one.rule}", why, changes))


def _changes(desk: Desk, ticket: Ticket, field: str, value: str) -> tuple[Change, ...]:
    """Give the changes by which a ticket's field gets a value; none if it has it."""
    match field:
        case "tag":
            return () if value in ticket.tags else (Change("tag", value),)
        case "untag":
            return (Change("untag", value),) if value in ticket.tags else ()
        case "status":
            return () if value == ticket.status else into(desk, value)
        case "group":
            nobodys = (Change("assignee", ""),) if ticket.assignee else ()
            same = ticket.group == value
            return nobodys if same else (Change("group", value), *nobodys)
        case _:
            return () if getattr(ticket, field) == value else (Change(field, value),)


def _escalated(
    desk: Desk, ruled: Ruled, escalation: Escalation, by: str, now: datetime, cause: str
) -> Ruled:
    """Record an escalation, with what becomes of the ticket by it."""
    ticket = ruled.ticket
    assigned = "group" if any(g.name == escalation.assign for g in desk.group) else "assignee"
    severity = severity_by(desk, escalation, ticket.severity)
    wanted = [("severity", severity), (assigned, escalation.assign)]
    if escalation.status and (why_not := kept_from(desk, ticket, escalation.status)):
        ruled = ruled.skip(f"{by}: status {escalation.status}: {why_not}")
    else:
        wanted.append(("status", escalation.status))
    changes = tuple(
        change
        for field, value in wanted
        if value
        for change in _changes(desk, ticket, field, value)
    )
    to = f", to {', '.join(escalation.to)}" if escalation.to else ""
    why = f"{escalation.name}{to}: {cause}"
    return ruled.then(Event(EventKind.ESCALATED, now, by, why, changes))
