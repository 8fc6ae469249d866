"""Finding what there is of a person, a portion at a time, so that no snapshot lasts long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, or_, select

from gateway.desk.ticket import Direction
from gateway.store.database import Database
from gateway.store.personal import marks
from gateway.store.personal.addresses import Addresses
from gateway.store.portions import portions
from gateway.store.schema import entries, outbox, spool, tickets
from gateway.store.spool import State

_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of whom something is looked for.

    `own` are the addresses of desks and agents: what they wrote is the house's. With `all_mails`
    other customers' mails on the person's cases count as the person's, too.
    """

    theirs: Addresses
    own: frozenset[str] = frozenset()
    all_mails: bool = False

    def is_anothers(self, author: str) -> bool:
        """Say whether somebody else wrote something, who is a customer as well."""
        return bool(author) and author not in self.theirs and author not in self.own


@dataclass(slots=True)
class Found:
    """What there is of a person, by ids.

    `cases` are tickets of theirs, `joined` those on which they take part or wrote. `mails` are
    received mails of theirs and of their cases; `others` are mails of other customers there, which
    stay; `ours` are mails of agents on joined tickets, whose bytes go where they name the person;
    `waiting` are theirs that are still to be taken in. `sent` are outgoing mails to them, and
    all that were sent of tickets that they are on; `leaving` are those on their way to somebody
    else, `stopped` those on their way to them.
    """

    cases: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    mails: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    ours: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    leaving: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)


def find(database: Database, wanted: Wanted) -> Found:
    """Find what there is of a person. Raises Transient."""
    found = Found()
    written: set[int] = set()
    with database.reading() as connection:
        found.cases = list(
            connection.execute(
                select(tickets.c.id)
                .where(tickets.c.requester.in_(wanted.theirs.all))
                .order_by(tickets.c.id)
            ).scalars()
        )
        found.joined, written = _joined(connection, wanted, set(found.cases))
        by_entry = _by_entry(connection, found.cases, written)
    for row in _portions(database, spool.c.id, spool.c.raw != marks.RAW, *_OF_MAIL):
        _sort_mail(found, wanted, row, by_entry)
    theirs = written | by_entry.keys()
    for row in _portions(database, outbox.c.id, or_(*_held_of(wanted, found, theirs)), *_OF_SENT):
        _sort_sent(found, wanted, row)
    return found


_OF_MAIL = (spool.c.author, spool.c.reverse_path, spool.c.ticket, spool.c.state)
_OF_SENT = (outbox.c.recipient, outbox.c.settled_at, outbox.c.content)


def _portions(
    database: Database,
    key: Column[int],
    which: ColumnElement[bool],
    *columns: Column[Any],
) -> Iterator[Row[Any]]:
    """Read rows in the order of their ids, each portion on a snapshot of its own."""
    after = 0
    while True:
        with database.reading() as connection:
            rows = connection.execute(
                select(key, *columns).where(key > after, which).order_by(key).limit(_AT_ONCE)
            ).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0]


def _joined(connection: Connection, wanted: Wanted, cases: set[int]) -> tuple[list[int], set[int]]:
    """Give the tickets of others that they are on, and the ids of what they wrote."""
    theirs = wanted.theirs
    on = select(tickets.c.id, tickets.c.participants, tickets.c.account).where(
        or_(theirs.may_be_in(tickets.c.participants), tickets.c.account.in_(theirs.all))
    )
    found = {
        row.id
        for row in connection.execute(on)
        if row.account in theirs or theirs.are_in(row.participants)
    }
    said = select(entries.c.id, entries.c.ticket).where(
        entries.c.author.in_(theirs.all), entries.c.direction == Direction.IN.value
    )
    written = {row.id: row.ticket for row in connection.execute(said)}
    return sorted((found | set(written.values())) - cases), set(written)


def _by_entry(connection: Connection, cases: Sequence[int], written: set[int]) -> dict[int, str]:
    """Give the mails that entries of theirs, and of their cases, came by: spool id and author."""
    found: dict[int, str] = {}
    columns = select(entries.c.spool, entries.c.author).where(entries.c.spool.is_not(None))
    for some in portions(cases):
        rows = connection.execute(columns.where(entries.c.ticket.in_(some)))
        found |= {row.spool: row.author for row in rows}
    for some in portions(written):
        rows = connection.execute(columns.where(entries.c.id.in_(some)))
        found |= {row.spool: row.author for row in rows}
    return found


def _sort_mail(found: Found, wanted: Wanted, row: Row[Any], by_entry: dict[int, str]) -> None:
    author = by_entry.get(row.id, row.author)
    theirs = author in wanted.theirs or (not author and row.reverse_path in wanted.theirs)
    if row.state == State.WAITING:
        if theirs or row.reverse_path in wanted.theirs:
            found.waiting.append(row.id)
    elif theirs:
        found.mails.append(row.id)
    elif row.id in by_entry or row.ticket in found.cases:
        is_kept = wanted.is_anothers(author) and not wanted.all_mails
        (found.others if is_kept else found.mails).append(row.id)
    elif row.ticket in found.joined and author in wanted.own:
        found.ours.append(row.id)


def _held_of(wanted: Wanted, found: Found, theirs: set[int]) -> Iterator[ColumnElement[bool]]:
    """Say which outgoing mails are theirs: to them, of cases that they are on, with their words.

    What is told of a case quotes what came before, so that all mails of it may have their words.
    """
    yield outbox.c.recipient.in_(wanted.theirs.all)
    on = [*found.cases, *found.joined]
    for column, ids in ((outbox.c.ticket, on), (outbox.c.spool, found.mails)):
        for some in portions(ids):
            yield column.in_(some)
    for some in portions(theirs):
        yield outbox.c.entry.in_(some)


def _sort_sent(found: Found, wanted: Wanted, row: Row[Any]) -> None:
    if row.recipient in wanted.theirs:
        (found.sent if row.settled_at else found.stopped).append(row.id)
    elif row.settled_at is None:
        found.leaving.append(row.id)
    elif row.content:
        found.sent.append(row.id)
