"""Tickets that look like the same matter as a mail: duplicates, a crash, a flood.

Texts are compared by their sketches (`desk/likeness.py`): those of whoever wrote and of their
organisation one by one, since they have few open tickets, and all others by the bands that they
have in common, within the short time that makes a flood.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache

from sqlalchemy import Connection, Select, and_, bindparam, func, select, text

from gateway.desk.alike import Alike, Likenesses
from gateway.desk.likeness import Likeness, near_subjects, related_texts, resemblance
from gateway.desk.ticket import Ticket
from gateway.store.lookup.flooding import current_incidents, flooding, incident_of
from gateway.store.lookup.likened import IS_OPEN, Candidate, Seen, seen, seen_of
from gateway.store.lookup.people import People
from gateway.store.lookup.question import Question
from gateway.store.lookup.sought import Sought
from gateway.store.lookup.threads import Threads, ticket_of
from gateway.store.schema import likenesses, tickets

# The newest of an organisation that somebody's mail is compared with.
_MOST_COMPARED = 100
_MOST_PROPOSED = 3


def read_alike(
    connection: Connection, questions: Sequence[Question], threads: Threads, people: People
) -> dict[int, Likenesses]:
    """Give what is like each mail that wants it, by spool id.

    Of a mail that commands a merge it is what is like its ticket, as it was proposed to the agent.
    """
    wanted = {q.spool_id: (q, q.sought) for q in questions if q.sought is not None}
    about = {
        spool_id: (ticket, sought.duplicates)
        for spool_id, (question, sought) in wanted.items()
        if sought.duplicates is not None and (ticket := _agents_ticket(question, threads))
    }
    others = {i: _asked(q, sought, people) for i, (q, sought) in wanted.items() if i not in about}
    found = dict(zip(others, find(connection, list(others.values())), strict=True))
    again = zip(about, proposed(connection, list(about.values())), strict=True)
    return found | {spool_id: Likenesses(duplicates) for spool_id, duplicates in again}


def _agents_ticket(question: Question, threads: Threads) -> Ticket | None:
    """Give the ticket that is to be merged: that of the mail which an agent answers, if any."""
    if not question.asked.merges:
        return None
    tickets = {ticket.id: ticket for ticket in threads.tickets_of(question)}
    answered = (tickets.get(sent.ticket) for sent in threads.replied_of(question))
    return next((t for t in answered if t), None) or next(iter(tickets.values()), None)


def _asked(question: Question, sought: Sought, people: People) -> Candidate:
    author = question.original or question.author
    person = people.person(author)
    organisation = (person.organisation if person else "") or people.organisation_of(author)
    return Candidate(sought, author, organisation, question.received_at)


def find(connection: Connection, asked: Sequence[Candidate]) -> tuple[Likenesses, ...]:
    """Give the tickets that are like each of these mails, which may open tickets themselves."""
    if not asked:
        return ()
    current = current_incidents(connection, asked)
    floods = flooding(connection, asked, current)
    crashes = _crashes(connection, asked)
    neighbours = _neighbours(connection, asked)
    return tuple(
        _likenesses(one, flood, current, crashes, near)
        for one, flood, near in zip(asked, floods, neighbours, strict=True)
    )


def proposed(
    connection: Connection, asked: Sequence[tuple[Ticket, timedelta]]
) -> tuple[tuple[Alike, ...], ...]:
    """Give the likely duplicates of tickets, as they would have been proposed when they came.

    Each is asked with how far its desk looks back; what was opened after it does not count.
    """
    if not asked:
        return ()
    stored = seen(connection, {ticket.id for ticket, _ in asked})
    candidates = [_candidate(ticket, within, stored.get(ticket.id)) for ticket, within in asked]
    neighbours = _neighbours(connection, candidates)
    return tuple(
        _duplicates(one, [other for other in near if _came_before(other.ticket, ticket)])
        for one, near, (ticket, _) in zip(candidates, neighbours, asked, strict=True)
    )


def _candidate(ticket: Ticket, within: timedelta, seen: Seen | None) -> Candidate:
    like = Likeness(seen.sketch, (), seen.signature) if seen else Likeness()
    wanted = Sought(ticket.desk, ticket.subject, like, within, timedelta(), timedelta())
    return Candidate(wanted, ticket.requester, ticket.organisation, ticket.opened_at)


def _came_before(other: Ticket, ticket: Ticket) -> bool:
    return (other.opened_at, other.id) < (ticket.opened_at, ticket.id)


def _likenesses(
    one: Candidate,
    flood: Sequence[Seen],
    current: Sequence[Seen],
    crashes: dict[tuple[str, str], Ticket],
    near: Sequence[Seen],
) -> Likenesses:
    return Likenesses(
        duplicates=_duplicates(one, near),
        signature=crashes.get((one.sought.desk, one.sought.like.signature)),
        flood=tuple(other.ticket for other in flood),
        incident=incident_of(one, flood, current),
    )


def _duplicates(one: Candidate, near: Sequence[Seen]) -> tuple[Alike, ...]:
    """Give the likeliest first, of equally likely ones the newest."""
    found = []
    for other in near:
        score, why = _score(one.sought, other)
        if why:
            found.append((score, other.ticket.id, Alike(other.ticket, why)))
    found.sort(key=lambda each: each[:2], reverse=True)
    return tuple(alike for _, _, alike in found[:_MOST_PROPOSED])


def _score(wanted: Sought, other: Seen) -> tuple[float, str]:
    """Say how much a ticket is like a mail, and what shows it, "" if nothing does."""
    share = resemblance(wanted.like.sketch, other.sketch)
    same_crash = bool(other.signature) and other.signature == wanted.like.signature
    same_text = related_texts(wanted.like.sketch, other.sketch)
    same_subject = near_subjects(wanted.subject, other.ticket.subject)
    score = share + 2 * same_crash + same_text + same_subject / 2
    reasons = {"signature": same_crash, "text": same_text, "subject": same_subject}
    return score, next((why for why, holds in reasons.items() if holds), "")


def _crashes(connection: Connection, asked: Sequence[Candidate]) -> dict[tuple[str, str], Ticket]:
    """Give the oldest open ticket of each crash, by desk and signature."""
    signatures = {one.sought.like.signature for one in asked} - {""}
    if not signatures:
        return {}
    rows = connection.execute(
        select(tickets, likenesses.c.signature)
        .join(likenesses, likenesses.c.ticket == tickets.c.id)
        .where(
            likenesses.c.desk.in_({one.sought.desk for one in asked}),
            likenesses.c.signature.in_(signatures),
            text("likenesses.signature <> ''"),
            tickets.c.merged_into == 0,
            IS_OPEN,
        )
        .order_by(tickets.c.id.desc())
    )
    return {(row.desk, row.signature): ticket_of(row) for row in rows}


def _neighbours(connection: Connection, asked: Sequence[Candidate]) -> list[list[Seen]]:
    """Give for each mail the open tickets of its author and their organisation, if it wants them.

    Children of an incident and duplicates are nobody's original.
    """
    wanted = [one for one in asked if one.sought.duplicates is not None]
    of_author = _open_of(connection, "requester", wanted, lambda one: one.author)
    of_organisation = _open_of(connection, "organisation", wanted, lambda one: one.organisation)
    found: list[list[Seen]] = []
    for one in asked:
        if one.sought.duplicates is None:
            found.append([])
            continue
        start = one.at - one.sought.duplicates
        near = [
            *of_author.get((one.sought.desk, one.author), ()),
            *of_organisation.get((one.sought.desk, one.organisation), ()),
        ]
        by_id = {one.ticket.id: one for one in near if one.ticket.opened_at >= start}
        found.append(list(by_id.values()))
    return found


def _open_of(
    connection: Connection,
    column: str,
    wanted: Sequence[Candidate],
    whose: Callable[[Candidate], str],
) -> dict[tuple[str, str], list[Seen]]:
    """Give the newest open tickets by desk and by what a column says."""
    names = {whose(one) for one in wanted} - {""}
    if not names:
        return {}
    values = {
        "desks": list({one.sought.desk for one in wanted}),
        "names": list(names),
        "earliest": min(one.at - one.sought.duplicates for one in wanted if one.sought.duplicates),
    }
    rows = connection.execute(_newest_open(column), values)
    found: dict[tuple[str, str], list[Seen]] = {}
    for row in rows:
        found.setdefault((row.desk, getattr(row, column)), []).append(seen_of(row))
    return found


@cache
def _newest_open(column: str) -> Select[tuple[object, ...]]:
    """Make the statement for a column once, since that takes as long as to carry it out."""
    place = func.row_number().over(
        partition_by=(tickets.c.desk, tickets.c[column]), order_by=tickets.c.opened_at.desc()
    )
    ranked = (
        select(tickets.c.id, place.label("place"))
        .where(
            tickets.c.desk.in_(bindparam("desks", expanding=True)),
            tickets.c[column].in_(bindparam("names", expanding=True)),
            tickets.c.opened_at >= bindparam("earliest", type_=tickets.c.opened_at.type),
            text(f"{column} <> ''"),
            IS_OPEN,
        )
        .subquery()
    )
    return (
        select(tickets, likenesses.c.sketch, likenesses.c.signature)
        .join(ranked, and_(ranked.c.id == tickets.c.id, ranked.c.place <= _MOST_COMPARED))
        .outerjoin(likenesses, likenesses.c.ticket == tickets.c.id)
        .where(tickets.c.merged_into == 0, tickets.c.parent == 0)
    )
