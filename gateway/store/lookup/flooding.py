"""A flood of nearly the same mails, whoever writes them, and the incidents that they are about.

Texts of the short time that makes a flood are found by the bands that they have in common. An
incident goes on for longer, but there are few.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from gateway.desk.likeness import near_texts
from gateway.desk.ticket import Ticket
from gateway.store.lookup.likened import Candidate, Seen, seen
from gateway.store.portions import portions
from gateway.store.schema import bands, incidents

_MOST_INCIDENTS = 100
# Of a flood no more are looked at; those that are left come with the next mail.
_MOST_FLOODING = 200
_MOST_REPORTS = 1000
# Of the bands; texts that have so many in common need not be compared.
_SURELY_NEAR = 16


def flooding(
    connection: Connection, asked: Sequence[Candidate], current: Sequence[Seen] = ()
) -> list[list[Seen]]:
    """Give for each mail the open tickets with nearly its text in the window, oldest first.

    Where they cannot be so many that they matter, none are given, and none are read: an incident
    needs its number of reports, the mails that are asked about together among them.
    """
    matters = _that_matter(connection, asked, {one.ticket.desk for one in current})
    tallies = iter(_tallies(connection, matters))
    found_for = {id(one): next(tallies) for one in matters}
    holders = seen(connection, {ticket for tally in found_for.values() for ticket in tally})
    found = []
    for one in asked:
        sketch = one.sought.like.sketch
        near = [
            holders[ticket]
            for ticket, common in found_for.get(id(one), {}).items()
            if ticket in holders
            and (common >= _SURELY_NEAR or near_texts(sketch, holders[ticket].sketch))
        ]
        found.append(sorted(near, key=lambda each: (each.ticket.opened_at, each.ticket.id)))
    return found


def _that_matter(
    connection: Connection, asked: Sequence[Candidate], with_incidents: Collection[str]
) -> list[Candidate]:
    """Give the mails that may be one of so many, or belong to an incident that there is.

    How many tickets have a band is counted where they are kept, since most have none in common.
    """
    beside = Counter(one.sought.desk for one in asked)
    # What is given of a flood is bounded; a desk that wants more reports has no incidents.
    possible = [
        one
        for one in asked
        if one.sought.desk in with_incidents
        or one.sought.reports <= _MOST_REPORTS + beside[one.sought.desk]
    ]
    counts = _counts(connection, possible)
    found = []
    for one in possible:
        desk = one.sought.desk
        common = sum(counts.get((desk, value), 0) for value in one.sought.like.bands)
        enough = common + beside[desk] >= one.sought.reports
        if common and (enough or desk in with_incidents):
            found.append(one)
    return found


def _counts(connection: Connection, asked: Sequence[Candidate]) -> dict[tuple[str, str], int]:
    """Count the tickets in the window that have each band, by desk and band."""
    found: dict[tuple[str, str], int] = {}
    for some in portions({value for one in asked for value in one.sought.like.bands}):
        rows = connection.execute(
            select(bands.c.desk, bands.c.value, func.count())
            .where(*_in_window(asked, some))
            .group_by(bands.c.desk, bands.c.value)
        )
        found.update({(desk, value): count for desk, value, count in rows})
    return found


def _in_window(
    asked: Sequence[Candidate], values: Sequence[str]
) -> tuple[ColumnElement[bool], ...]:
    return (
        bands.c.desk.in_({one.sought.desk for one in asked}),
        bands.c.value.in_(values),
        bands.c.at >= min(one.at - one.sought.flood for one in asked),
    )


def _tallies(connection: Connection, asked: Sequence[Candidate]) -> list[dict[int, int]]:
    """Count for each mail the bands that tickets in its window have in common with it."""
    holders: dict[tuple[str, str], list[tuple[int, datetime]]] = {}
    for some in portions({value for one in asked for value in one.sought.like.bands}):
        for row in connection.execute(select(bands).where(*_in_window(asked, some))):
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
        most = min(max(_MOST_FLOODING, one.sought.reports), _MOST_REPORTS)
        found.append(dict(tally.most_common(most)))
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
