"""Tickets as plain values: the shape that `--json` shows and golden conversations ask for.

Others script against these keys. Add to them, do not change them. Times are ISO 8601 in UTC,
`time_spent`, and what clocks have run, is in seconds; `rating` is in stars.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.config.desk import Desk
from gateway.desk.targets import Clock, clocks
from gateway.desk.ticket import Event, Ticket
from gateway.desk.time_spent import by_type
from gateway.desk.timers import timers
from gateway.mail.reply.model import Fold
from gateway.store.archive import KeptEntry, Listed, Whole

Plain = dict[str, object]

TICKET_KEYS = (
    "number",
    "desk",
    "subject",
    "type",
    "severity",
    "status",
    "phase",
    "requester",
    "participants",
    "assignee",
    "language",
    "opened_at",
    "updated_at",
    "entries",
    "due",
    "events",
    "links",
    "rating",
    "resolution",
    "organisation",
    "merged_into",
    "parent",
    "answered_by",
    "answered_at",
    "hold_until",
    "time_spent",
    "defects",
    "group",
    "tags",
    "canned",
    "account",
    "level",
    "is_work",
    "timers",
    "time_by_type",
    "targets",
    "submitted_at",
    "first_answered_at",
    "timezone",
    "product",
    "rating_comment",
)

_SECOND = timedelta(seconds=1)


def listed(one: Listed, desk: Desk | None, now: datetime) -> Plain:
    """Give a ticket of a list; `entries` is how many there are.

    What is due follows from its `desk`, None where that is not known.
    """
    related = _related(one.merged_into, one.parent)
    due = _due(clocks(one.ticket, desk, now) if desk else ())
    return {**_ticket(one.ticket), **related, "entries": one.entries, "due": due}


def shown(whole: Whole, desk: Desk | None, now: datetime) -> Plain:
    """Give a ticket with all that belongs to it; it has exactly TICKET_KEYS.

    What is due, which timers are to come and what is chargeable follows from its `desk`, None where
    that is not known.
    """
    targets = clocks(whole.ticket, desk, now) if desk else ()
    return {
        **_ticket(whole.ticket),
        **_related(whole.merged_into, whole.parent),
        "entries": [_entry(entry) for entry in whole.entries],
        "due": _due(targets),
        "targets": [_target(clock) for clock in targets],
        "events": [_event(event) for event in whole.events],
        "links": [{"number": number, "why": why} for number, why in whole.links],
        "rating": whole.rating.stars if whole.rating else None,
        "rating_comment": (whole.rating.comment or None) if whole.rating else None,
        "timers": [
            {"name": due.timer, "at": due.at.isoformat()}
            for due in (timers(whole.ticket, desk) if desk else ())
        ],
        "time_by_type": [
            {
                "type": name,
                "seconds": seconds,
                "chargeable": name in desk.chargeable_types if desk else None,
            }
            for name, seconds in by_type(whole.events).items()
        ],
    }


def _ticket(ticket: Ticket) -> Plain:
    return {
        "number": ticket.number,
        "desk": ticket.desk,
        "subject": ticket.subject,
        "type": ticket.type,
        "severity": ticket.severity,
        "status": ticket.status,
        "phase": ticket.phase.value,
        "requester": ticket.requester,
        "participants": list(ticket.participants),
        "assignee": ticket.assignee,
        "language": ticket.language,
        "opened_at": ticket.opened_at.isoformat(),
        "updated_at": ticket.updated_at.isoformat(),
        "organisation": ticket.organisation,
        "answered_by": ticket.answered_by,
        "answered_at": _time(ticket.answered_at),
        "hold_until": _time(ticket.hold_until),
        "time_spent": ticket.time_spent,
        "defects": [{"number": one.number, "url": one.url} for one in ticket.defects],
        "resolution": ticket.resolution or None,
        "group": ticket.group,
        "tags": list(ticket.tags),
        "canned": list(ticket.canned),
        "account": ticket.account,
        "level": ticket.level,
        "is_work": ticket.is_work,
        "submitted_at": _time(ticket.submitted_at),
        "first_answered_at": _time(ticket.first_answered_at),
        "timezone": ticket.timezone,
        "product": ticket.product,
    }


def _due(targets: Iterable[Clock]) -> Plain:
    """Give when each target is due, null while its clock stands."""
    return {clock.target.name: _time(clock.due) for clock in targets}


def _target(clock: Clock) -> Plain:
    return {
        "name": clock.target.name,
        "state": clock.state.value,
        "due": _time(clock.due),
        "met_at": _time(clock.met_at),
        "spent": clock.spent // _SECOND,
        "allowed": None if clock.allowed is None else clock.allowed // _SECOND,
    }


def _related(merged_into: str, parent: str) -> Plain:
    """Give the case numbers of tickets that one is part of; None where there is none."""
    return {"merged_into": merged_into or None, "parent": parent or None}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _entry(entry: KeptEntry) -> Plain:
    return {
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "author": entry.author,
        "direction": entry.direction,
        "text": entry.text,
        "reply_text": entry.reply_text,
        "folds": [plain_fold(fold) for fold in entry.folds],
        "attachments": [
            {"name": kept.name, "type": kept.media_type, "size": kept.size}
            for kept in entry.attachments
        ],
        "automatic": entry.automatic,
        "internal": entry.internal,
        "mail": entry.spool_id,
        "undelivered": [{"address": to, "why": why} for to, why in entry.undelivered],
    }


def plain_fold(fold: Fold) -> Plain:
    """Give a piece of a text that is not new: its characters from `start` up to `end`."""
    return {"start": fold.start, "end": fold.end, "kind": fold.kind.value}


def _event(event: Event) -> Plain:
    return {
        "at": event.at.isoformat(),
        "kind": event.kind.value,
        "actor": event.actor,
        "why": event.why,
        "changes": [{"field": change.field, "value": change.value} for change in event.changes],
    }
