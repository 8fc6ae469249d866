"""Which timers fired on a ticket, as its events tell."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from gateway.conversation.played import Fired
from gateway.desk.ticket import EventKind
from gateway.desk.timers import HOLD_ENDS

# What a timer that has fired is remembered by: its name, and which time it was, or for which day.
_REMEMBERED = ("fired", "alerted")
_TIME = "#"


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
            timer=names[-1].partition(_TIME)[0] if names else HOLD_ENDS,
            why=event["why"],
            status=statuses[-1] if statuses else "",
        )
