"""Erasing what `[retention]` keeps no longer: a portion each minute, or all at once."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select, update

from gateway.config.desk import Desk
from gateway.config.retention import Retention
from gateway.desk.ticket import Direction
from gateway.privacy.erasing import remove_large
from gateway.store import retention
from gateway.store.database import Database
from gateway.store.large_mails import LargeMails, Named
from gateway.store.personal import cases, mails, posted
from gateway.store.personal.addresses import Addresses
from gateway.store.personal.cases import Erasure
from gateway.store.personal.found import Wanted
from gateway.store.personal.marks import ERASED
from gateway.store.personal.mentions import erase_from_backtests
from gateway.store.schema import entries, feedback, outbox, tickets

_log = logging.getLogger("casepost.privacy")

_ACTOR = "casepost"
_WHY = "what closed cases say is not kept for longer"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is erased from; `outgoing` has outgoing mails as files, `own` are the house's."""

    database: Database
    large: LargeMails
    outgoing: Path
    desks: Sequence[Desk]

    @property
    def own(self) -> frozenset[str]:
        """Give the addresses of desks and of those who work for them."""
        return house_addresses(self.desks)


def house_addresses(desks: Sequence[Desk]) -> frozenset[str]:
    """Give the addresses of desks and of all who work for them, which are no customer's."""
    agents = {agent.address for desk in desks for agent in desk.agent}
    return frozenset(agents.union(*(desk.addresses for desk in desks)))


def due(database: Database, wanted: Retention, now: datetime) -> Mapping[str, int]:
    """Count what would be erased, by key; nothing is changed. Raises Transient."""
    with database.reading() as connection:
        return {
            what: retention.count(connection, what, now - term)
            for what, term in wanted.terms().items()
        }


def go_on(place: Place, wanted: Retention, now: datetime) -> Mapping[str, int]:
    """Erase the next portion of each; how many were erased, by key. Raises Transient."""
    erased = {what: _portion(place, what, now - term, now)[0] for what, term in _terms(wanted)}
    for what, count in erased.items():
        if count:
            _log.info("%d erased, which were kept for long enough: %s", count, what)
    return erased


def finish(place: Place, wanted: Retention, now: datetime) -> Mapping[str, int]:
    """Erase all that is due; how many were erased, by key. Raises Transient."""
    erased = {}
    for what, term in _terms(wanted):
        count, more = _portion(place, what, now - term, now)
        while more:
            some, more = _portion(place, what, now - term, now)
            count += some
        erased[what] = count
    return erased


def _terms(wanted: Retention) -> list[tuple[str, timedelta]]:
    return list(wanted.terms().items())


def _portion(place: Place, what: str, before: datetime, now: datetime) -> tuple[int, bool]:
    with place.database.writing() as connection:
        portion = retention.next_portion(connection, what, before, now)
        if portion is None:
            return 0, False
        if not portion.ids:
            return 0, portion.more
        if what == "outbox":
            for one in portion.ids:
                (place.outgoing / f"{one}.eml").unlink(missing_ok=True)
        if what == "closed_tickets":
            closed = retention.still_due(connection, what, portion.ids, before)
            given_up = _erase_tickets(connection, place, closed, now)
        else:
            given_up = retention.WORK[what](connection, portion.ids, now)
    remove_large(place.large, given_up, now)
    return len(portion.ids), portion.more


def _erase_tickets(
    connection: Connection, place: Place, ids: Sequence[int], now: datetime
) -> set[Named]:
    """Erase what closed tickets say, whoever said it; when what happened stays."""
    desks = {desk.name: desk for desk in place.desks}
    given_up: set[Named] = set()
    for ticket in ids:
        everybody = Addresses(tuple(sorted(_people(connection, ticket) - place.own)))
        wanted = Wanted(everybody, place.own, all_mails=True)
        came_by = mails.with_entries(connection, [ticket])
        given_up |= mails.erase_mails(connection, came_by, now)
        sent = select(outbox.c.id).where(outbox.c.ticket == ticket)
        ids_sent = list(connection.execute(sent).scalars())
        for one in ids_sent:
            (place.outgoing / f"{one}.eml").unlink(missing_ok=True)
        posted.erase_posted(connection, ids_sent, everybody)
        erase_from_backtests(connection, came_by)
        connection.execute(
            update(feedback)
            .where(feedback.c.ticket == ticket)
            .values(recipient=ERASED, comment="", unconfirmed_comment="")
        )
        cases.erase_case(connection, ticket, Erasure(wanted, now, _ACTOR, _WHY, desks.get))
    return given_up


def _people(connection: Connection, ticket: int) -> set[str]:
    """Give the addresses of everybody on a ticket."""
    row = connection.execute(
        select(tickets.c.requester, tickets.c.participants, tickets.c.account).where(
            tickets.c.id == ticket
        )
    ).one()
    wrote = select(entries.c.author).where(
        entries.c.ticket == ticket, entries.c.direction == Direction.IN.value
    )
    got = select(outbox.c.recipient).where(outbox.c.ticket == ticket)
    found = {row.requester, row.account, *row.participants}
    found |= {*connection.execute(wrote).scalars(), *connection.execute(got).scalars()}
    return {one for one in found if "@" in one}
