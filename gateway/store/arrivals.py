"""What arrived lately, by whom it is and for which desk: floods are known by it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, case, func, literal, select, text, union_all

from gateway.config import duration
from gateway.config.desk import Desk
from gateway.config.settings import Sending
from gateway.desk.decision import Reason
from gateway.desk.flood import FLOOD, OPENING
from gateway.desk.lately import Arrivals
from gateway.desk.ticket import Ticket
from gateway.store.lookup import ticket_of
from gateway.store.schema import outbox, spool, tickets

_STRANGER = text("stranger")
_FLOOD = text(f"template = '{FLOOD}'")


def arrivals(
    connection: Connection,
    authors: Collection[tuple[str, str]],
    desks: Collection[Desk],
    sending: Sending,
    at: datetime,
) -> dict[tuple[str, str], Arrivals]:
    """Say of each (desk, author) what arrived in the time before `at`."""
    strangers = _strangers(connection, desks, at)
    found = {key: strangers.get(key[0], Arrivals()) for key in authors}
    of_authors = _of_authors(connection, {a for _, a in authors if a}, sending, at)
    storming = {row.latest for row in of_authors if row.sent >= sending.storm and row.latest}
    latest = _tickets(connection, storming)
    for row in of_authors:
        key = (row.desk, row.author)
        if key in found:
            storms = row.sent >= sending.storm
            found[key] = replace(
                found[key],
                of_author=row.sent,
                latest=latest.get(row.latest or 0) if storms else None,
                stormed=storms or bool(row.stormed),
            )
    return found


@dataclass(frozen=True, slots=True)
class _OfAuthor:
    desk: str
    author: str
    sent: int
    latest: int | None
    stormed: int


def _of_authors(
    connection: Connection, authors: Collection[str], sending: Sending, at: datetime
) -> list[_OfAuthor]:
    if not authors:
        return []
    within = timedelta(seconds=sending.storm_within)
    quiet = timedelta(seconds=sending.storm_quiet)
    values = {
        "authors": list(authors),
        "lately": at - within,
        "quiet": at - quiet,
        "since": at - max(within, quiet),
    }
    return [_OfAuthor(*row) for row in connection.execute(_BY_AUTHOR, values)]


# Made once: to make it takes as long as to carry it out.
_LATELY = spool.c.received_at >= bindparam("lately", type_=spool.c.received_at.type)
_STORMED = and_(
    spool.c.reason == Reason.STORM.value,
    spool.c.received_at >= bindparam("quiet", type_=spool.c.received_at.type),
)
_BY_AUTHOR = (
    select(
        spool.c.desk,
        spool.c.author,
        func.sum(case((_LATELY, 1), else_=0)),
        func.max(case((_LATELY, spool.c.ticket))),
        func.max(case((_STORMED, 1), else_=0)),
    )
    .where(
        spool.c.author.in_(bindparam("authors", expanding=True)),
        spool.c.received_at >= bindparam("since", type_=spool.c.received_at.type),
        spool.c.reason.in_([reason.value for reason in sorted(OPENING)]),
    )
    .group_by(spool.c.desk, spool.c.author)
)


def _tickets(connection: Connection, ids: Collection[int]) -> dict[int, Ticket]:
    if not ids:
        return {}
    rows = connection.execute(select(tickets).where(tickets.c.id.in_(ids)))
    return {row.id: ticket_of(row) for row in rows}


def _strangers(
    connection: Connection, desks: Collection[Desk], at: datetime
) -> Mapping[str, Arrivals]:
    """Count the new tickets of strangers on each desk, and say whether agents know of a flood."""
    since = {desk.name: at - duration.parse(desk.strangers.within) for desk in desks}
    if not since:
        return {}
    # One search of the index for each desk: grouped, it would be read from end to end.
    counts = [
        select(literal(name).label("desk"), func.count().label("opened")).where(
            _STRANGER, spool.c.desk == name, spool.c.received_at >= start
        )
        for name, start in since.items()
    ]
    rows = connection.execute(union_all(*counts))
    found = {row.desk: Arrivals(of_strangers=row.opened) for row in rows}
    most = {desk.name: desk.strangers.most for desk in desks}
    if any(one.of_strangers >= most[name] for name, one in found.items()):
        for name, told_at in _told(connection, min(since.values())).items():
            if name in found and told_at >= since[name]:
                found[name] = replace(found[name], told=True)
    return found


def _told(connection: Connection, since: datetime) -> dict[str, datetime]:
    """Say when the agents of each desk were last told of a flood."""
    # It is about the ticket, or the mail that waits, which was one too many.
    desk = func.coalesce(tickets.c.desk, spool.c.desk)
    rows = connection.execute(
        select(desk, func.max(outbox.c.queued_at))
        .outerjoin(tickets, tickets.c.id == outbox.c.ticket)
        .outerjoin(spool, spool.c.id == outbox.c.spool)
        .where(_FLOOD, outbox.c.queued_at >= since)
        .group_by(desk)
    )
    return {row[0]: row[1] for row in rows}
