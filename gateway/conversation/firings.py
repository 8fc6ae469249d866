"""Which timers fired on a ticket, as its events tell."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from gateway.conversation.played import Fired
from gateway.desk.ticket import EventKind
from gateway.desk.timers import HOLD_ENDS, marked

# What says that a timer has fired.
_REMEMBERED = ("fired", "alerted")


def firings(ticket: Mapping[str, Any], known: int = 0) -> Iterator[Fired]:
    """Give the timers that fired on a ticket, in the shape of `show --json`, oldest first.

    `known` is how many of its events are left out. The end of a hold is a timer, too.
    """
    for event in ticket["events"][known:]:
        if event["kind"] != EventKind.TIMER_FIRED.value:
            continue
        changes = [(change["field"], change["value"]) for change in event["changes"]]
        names = [value for field, value in changes if field in _REMEMBERED]
        statuses = [value for field, value in changes if field == "status"]
        yield Fired(
            at=datetime.fromisoformat(event["at"]),
            case_number=ticket["number"],
            timer=marked(names[-1]) if names else HOLD_ENDS,
            why=event["why"],
            status=statuses[-1] if statuses else "",
        )
