"""What each kind of change makes of a ticket: the words in which events are written."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from gateway.config.desk import Phase
from gateway.desk.ticket import Dated, Defect, Stay

Fields = dict[str, Any]
"""A ticket's fields by their names, while events change them."""

MOST_STAYS = 200
"""A ledger has at most so many stays: each mail on the ticket reads and writes all of it."""


def _text(field: str) -> Callable[[Fields, str], Fields]:
    return lambda _, value: {field: value}


_TEXTS = (
    *("subject", "type", "severity", "requester", "assignee", "language", "organisation"),
    *("group", "account", "level", "resolution", "timezone", "product"),
)

CHANGES: Mapping[str, Callable[[Fields, str], Fields]] = {
    **{field: _text(field) for field in _TEXTS},
    # Whoever folds has set `updated_at` to the event's time already. A hold ends with its status.
    "status": lambda ticket, value: {
        "status": value,
        "since": ticket["updated_at"],
        "fired": (),
        "hold_until": None,
        "stays": _with_stay(ticket["stays"], Stay(value, ticket["updated_at"])),
    },
    # When the mail that opens it reached us.
    "submitted": lambda _, value: {"submitted_at": datetime.fromisoformat(value)},
    # A timer of a target, or one of a day with that day.
    "alerted": lambda ticket, value: {"alerted": _with(ticket["alerted"], value)},
    # A column, a space, and a day of the directory; no day forgets it.
    "dated": lambda ticket, value: {"dates": _with_date(ticket["dates"], *value.split(" ", 1))},
    # How many articles were suggested.
    "suggested": lambda _, value: {"suggested": int(value)},
    "answerable": lambda _, value: {"answerable": value == "yes"},
    # A new stay in the same status, and a stay that counts from later on.
    "restarted": lambda _, value: {"since": datetime.fromisoformat(value), "fired": ()},
    "since": lambda _, value: {"since": datetime.fromisoformat(value)},
    "fired": lambda ticket, value: {"fired": (*ticket["fired"], value)},
    "phase": lambda ticket, value: {
        "phase": Phase(value),
        "alerted": _alerted(ticket, Phase(value)),
    },
    "participant": lambda ticket, value: (
        {}
        if not value or value in (ticket["requester"], *ticket["participants"])
        else {"participants": (*ticket["participants"], value)}
    ),
    "participant_left": lambda ticket, value: {
        "participants": tuple(one for one in ticket["participants"] if one != value)
    },
    # Ids of tickets, "0" for none.
    "merged_into": lambda _, value: {"merged_into": int(value)},
    "parent": lambda _, value: {"parent": int(value)},
    # What undoing a merge needs: the status before, and whom it brought to the other ticket.
    "was": lambda *_: {},
    "brought": lambda *_: {},
    # The type that time was spent on: that of the ticket may be another one later.
    "spent_on": lambda *_: {},
    # Who answered; when is the event's time.
    "answered": lambda ticket, value: {
        "answered_by": value,
        "answered_at": ticket["updated_at"],
        "first_answered_at": ticket["first_answered_at"] or ticket["updated_at"],
    },
    "hold_until": lambda _, value: {"hold_until": datetime.fromisoformat(value) if value else None},
    # Seconds that are added.
    "time_spent": lambda ticket, value: {"time_spent": ticket["time_spent"] + int(value)},
    "tag": lambda ticket, value: {"tags": _with(ticket["tags"], value)},
    "untag": lambda ticket, value: {"tags": tuple(t for t in ticket["tags"] if t != value)},
    # A canned answer that went out, by its template.
    "canned": lambda ticket, value: {"canned": _with(ticket["canned"], value)},
    # Clocks do not run for what nobody was to work on.
    "is_work": lambda ticket, value: {
        "is_work": value == "yes",
        **(
            {"submitted_at": ticket["updated_at"]}
            if value == "yes" and not ticket["is_work"]
            else {}
        ),
    },
    # A field that an agent has set.
    "by_agent": lambda ticket, value: {"by_agent": _with(ticket["by_agent"], value)},
    # A number, a space, and where to read about it.
    "defect": lambda ticket, value: {
        "defects": _with_defect(ticket["defects"], Defect(*value.split(" ", 1)))
    },
}
"""Gives what a change says of the ticket, from the fields as they are before it; by its field."""


def _alerted(ticket: Fields, phase: Phase) -> tuple[str, ...]:
    """Give the timers that have fired: what reopens a case begins a new round of warnings.

    A day of the requester, which stands after #, comes only once.
    """
    alerted: tuple[str, ...] = ticket["alerted"]
    reopened = ticket["phase"] is Phase.CLOSED and phase is not Phase.CLOSED
    return tuple(one for one in alerted if "#" in one) if reopened else alerted


def _with(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if value in values else (*values, value)


def _with_stay(stays: tuple[Stay, ...], stay: Stay) -> tuple[Stay, ...]:
    """Add a stay; a status that is given anew is the same stay."""
    if stays and stays[-1].status == stay.status:
        return stays
    kept = (*stays, stay)
    while len(kept) > MOST_STAYS:
        kept = _without_shortest(kept)
    return kept


def _without_shortest(stays: tuple[Stay, ...]) -> tuple[Stay, ...]:
    """Let the shortest stay count for the one before it; the first and the last two remain."""
    places = range(1, len(stays) - 2)
    place = min(places, key=lambda one: stays[one + 1].since - stays[one].since)
    same = stays[place - 1].status == stays[place + 1].status
    return (*stays[:place], *stays[place + 1 + same :])


def _with_date(dates: tuple[Dated, ...], column: str, day: str = "") -> tuple[Dated, ...]:
    others = tuple(one for one in dates if one.column != column)
    return (*others, Dated(column, date.fromisoformat(day))) if day else others


def _with_defect(defects: tuple[Defect, ...], defect: Defect) -> tuple[Defect, ...]:
    return (*(one for one in defects if one.number != defect.number), defect)
