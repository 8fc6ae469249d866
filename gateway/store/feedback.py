"""Requests for feedback, and what came of them; of their secrets only digests are kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Column, ColumnElement, Connection, Row, and_, func, or_, select, update

from gateway.desk.asking import Request
from gateway.desk.lately import Sendings
from gateway.desk.requested import Rating, Requested, Said
from gateway.desk.ticket import EventKind
from gateway.store.conflict import Conflict, expect
from gateway.store.lookup.threads import ticket_of
from gateway.store.portions import portions
from gateway.store.schema import events, feedback, tickets

T = TypeVar("T", int, str)


def enter(connection: Connection, requests: Sequence[tuple[int, Request]]) -> None:
    """Keep the requests of mails that are queued in this transaction, each with its mail's number.

    Raises Conflict if somebody has been asked too lately: whoever asks decides anew.
    """
    if not requests:
        return
    _check_pace(connection, [one for _, one in requests if one.not_since is not None])
    connection.execute(
        feedback.insert(),
        [
            {
                "token": one.digest,
                "ticket": one.ticket,
                "recipient": one.recipient,
                "mail": mail or None,
                "agent": one.agent,
                "asked_at": one.asked_at,
                "expires_at": one.expires_at,
            }
            for mail, one in requests
        ],
    )


def _check_pace(connection: Connection, requests: Sequence[Request]) -> None:
    if not requests:
        return
    people = {one.recipient for one in requests}
    expect(len(people), len(requests), "somebody would be asked for feedback twice")
    lately = (
        and_(feedback.c.recipient == one.recipient, feedback.c.asked_at > one.not_since)
        for one in requests
    )
    found = connection.execute(select(feedback.c.id).where(or_(*lately)).limit(1))
    if found.first() is not None:
        raise Conflict("somebody was asked for feedback meanwhile")


def with_asked(connection: Connection, sent: Mapping[str, Sendings]) -> dict[str, Sendings]:
    """Add to what was sent to addresses when each was asked for feedback last."""
    last = asked(connection, sent)
    return {address: replace(one, asked_at=last.get(address)) for address, one in sent.items()}


def asked(connection: Connection, addresses: Collection[str]) -> dict[str, datetime]:
    """Give when each of these addresses was asked for feedback last, if it ever was."""
    return _last_asked(connection, feedback.c.recipient, addresses)


def asked_on(connection: Connection, ids: Collection[int]) -> dict[int, datetime]:
    """Give when feedback was asked for last on each of these tickets, by its id."""
    return _last_asked(connection, feedback.c.ticket, ids)


def _last_asked(
    connection: Connection, column: Column[T], values: Collection[T]
) -> dict[T, datetime]:
    found: dict[T, datetime] = {}
    for some in portions(values):
        rows = connection.execute(
            select(column.label("value"), func.max(feedback.c.asked_at).label("last"))
            .where(column.in_(some))
            .group_by(column)
        )
        found |= {row.value: row.last for row in rows}
    return found


def find(connection: Connection, digest: str) -> Requested | None:
    """Give the request that a secret belongs to, by its digest; None if there is none."""
    return next(iter(_requested(connection, feedback.c.token == digest)), None)


def made_by(connection: Connection, mails: Collection[int]) -> dict[int, Requested]:
    """Give the requests that mails of ours make, by their numbers in the outbox."""
    found: dict[int, Requested] = {}
    for some in portions(mails):
        found |= {one.mail: one for one in _requested(connection, feedback.c.mail.in_(some))}
    return found


def _requested(connection: Connection, which: ColumnElement[bool]) -> tuple[Requested, ...]:
    times = select(func.count()).where(
        events.c.ticket == feedback.c.ticket,
        events.c.kind == EventKind.RATED.value,
        events.c.at >= feedback.c.asked_at,
    )
    rows = connection.execute(
        select(feedback, times.scalar_subquery().label("times")).where(which)
    ).all()
    about = select(tickets).where(tickets.c.id.in_({row.ticket for row in rows}))
    known = {row.id: ticket_of(row) for row in connection.execute(about)} if rows else {}
    return tuple(
        Requested(
            id=row.id,
            ticket=known[row.ticket],
            recipient=row.recipient,
            agent=row.agent,
            asked_at=row.asked_at,
            expires_at=row.expires_at,
            rating=_rating(row),
            times=row.times,
            mail=row.mail or 0,
            trapped_at=row.trapped_at,
            unconfirmed=_unconfirmed(row),
        )
        for row in rows
    )


def rate(connection: Connection, requested: Requested, rating: Rating) -> None:
    """Keep a rating. Raises Conflict if the request has been answered since it was read."""
    before = requested.rating
    unchanged = (
        feedback.c.rated_at.is_(None)
        if before is None
        else and_(feedback.c.rated_at == before.at, feedback.c.stars == before.stars)
    )
    rated = connection.execute(
        update(feedback)
        .where(feedback.c.id == requested.id, unchanged)
        .values(
            stars=rating.stars,
            comment=rating.comment,
            first_rated_at=rating.first_at,
            rated_at=rating.at,
            unconfirmed_stars=None,
            unconfirmed_comment="",
            unconfirmed_at=None,
        )
    )
    expect(rated.rowcount, 1, "the request was answered meanwhile")


def keep_unconfirmed(connection: Connection, request: int, said: Said, now: datetime) -> None:
    """Keep what may have been said by a program: it counts for nothing."""
    connection.execute(
        update(feedback)
        .where(feedback.c.id == request)
        .values(
            unconfirmed_stars=said.stars,
            unconfirmed_comment=said.comment,
            unconfirmed_at=now,
        )
    )


def note_trapped(connection: Connection, request: int, now: datetime) -> None:
    """Note that somebody did what no person does."""
    connection.execute(update(feedback).where(feedback.c.id == request).values(trapped_at=now))


def rating_of(connection: Connection, ticket: int) -> Rating | None:
    """Give the rating of the last closing of a ticket that was rated."""
    row = connection.execute(
        select(feedback)
        .where(feedback.c.ticket == ticket, feedback.c.stars.is_not(None))
        .order_by(feedback.c.id.desc())
        .limit(1)
    ).first()
    return _rating(row) if row is not None else None


def _rating(row: Row[tuple[object, ...]]) -> Rating | None:
    if row.stars is None:
        return None
    return Rating(row.stars, row.comment, row.first_rated_at, row.rated_at, row.agent)


def _unconfirmed(row: Row[tuple[object, ...]]) -> Said | None:
    if row.unconfirmed_stars is None:
        return None
    return Said(row.unconfirmed_stars, row.unconfirmed_comment)
