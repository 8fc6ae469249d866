"""A flood of nearly the same mails, whoever writes them, and the incidents that they are about.

Texts of the short time that makes a flood are found by the bands that they have in common. An
incident goes on for longer, but there are few.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from gateway.desk.likeness import near_texts
from gateway.desk.ticket import Ticket
from gateway.store.lookup.likened import Candidate, Seen, seen
from gateway.store.portions import portions
from gateway.store.schema import bands, incidents

_MOST_INCIDENTS = 100
# Of a flood no more are looked at; those that are left come with the next mail.
_MOST_FLOODING = 200
# Of the bands; texts that have so many in common need not be compared.
_SURELY_NEAR = 16


def flooding(connection: Connection, asked: Sequence[Candidate]) -> list[list[Seen]]:
    """Give for each mail the open tickets with nearly its text in the window, oldest first."""
    tallies = _tallies(connection, asked)
    holders = seen(connection, {ticket for tally in tallies for ticket in tally})
    found = []
    for one, tally in zip(asked, tallies, strict=True):
        sketch = one.sought.like.sketch
        near = [
            holders[ticket]
            for ticket, common in tally.items()
            if ticket in holders
            and (common >= _SURELY_NEAR or near_texts(sketch, holders[ticket].sketch))
        ]
        found.append(sorted(near, key=lambda each: (each.ticket.opened_at, each.ticket.id)))
    return found


def _tallies(connection: Connection, asked: Sequence[Candidate]) -> list[dict[int, int]]:
    """Count for each mail the bands that tickets in its window have in common with it."""
    holders: dict[tuple[str, str], list[tuple[int, datetime]]] = {}
    values = {value for one in asked for value in one.sought.like.bands}
    earliest = min(one.at - one.sought.flood for one in asked)
    for some in portions(values):
        rows = connection.execute(
            select(bands).where(
                bands.c.desk.in_({one.sought.desk for one in asked}),
                bands.c.value.in_(some),
                bands.c.at >= earliest,
            )
        )
        for row in rows:
            holders.setdefault((row.desk, row.value), []).append((row.ticket, row.at))
    found = []
    for one in asked:
        start = one.at - one.sought.flood
        tally = Counter(
            ticket
            for value in one.sought.like.bands
            for ticket, at in holders.get((one.sought.desk, value), ())
            if at >= start
        )
        found.append(dict(tally.most_common(_MOST_FLOODING)))
    return found


def current_incidents(connection: Connection, asked: Sequence[Candidate]) -> list[Seen]:
    """Give the open incidents of these desks, those with the latest child first."""
    if not any(one.sought.like.sketch for one in asked):
        return []
    latest = connection.execute(
        select(incidents.c.ticket)
        .where(
            incidents.c.desk.in_({one.sought.desk for one in asked}),
            incidents.c.at >= min(one.at - one.sought.incidents for one in asked),
        )
        .order_by(incidents.c.at.desc())
        .limit(_MOST_INCIDENTS)
    ).scalars()
    ids = list(latest)
    found = seen(connection, ids)
    return [found[ticket] for ticket in ids if ticket in found]


def incident_of(one: Candidate, flood: Sequence[Seen], current: Sequence[Seen]) -> Ticket | None:
    """Give the incident that a mail is one more report of."""
    parents = {other.ticket.parent for other in flood}
    named = (other.ticket for other in current if other.ticket.id in parents)
    alike = (other.ticket for other in current if _is_alike(one, other))
    return next(named, None) or next(alike, None)


def _is_alike(one: Candidate, other: Seen) -> bool:
    wanted = one.sought
    return other.ticket.desk == wanted.desk and near_texts(other.sketch, wanted.like.sketch)
